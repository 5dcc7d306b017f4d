//! Runs from begin to end.

use std::collections::BTreeMap;

use assay_core::run::{Confusion, RunStatus};
use assay_core::{Code, ExperimentName, RunId};
use assay_store::{Error, FinishedRun, MetricPoint, NewRun};

use crate::support::{ACT, Lab, failure, new_run, parity, stored_file};

fn point(value: f64) -> MetricPoint {
    MetricPoint {
        key: "loss".to_owned(),
        value,
        step: 0,
        at_ms: 1,
    }
}

#[test]
fn a_run_keeps_all_that_it_was_given() {
    let lab = Lab::new();
    let mut new = new_run(1);
    new.tags = BTreeMap::from([("by".to_owned(), "me".to_owned())]);
    let begun = lab.store.begin_run(new).unwrap();
    assert_eq!(
        (begun.name.as_str(), begun.status),
        ("random_forest-01", RunStatus::Running)
    );
    assert_eq!(
        begun.dataset.as_ref().map(ToString::to_string),
        Some("penguins@1".to_owned())
    );
    let object = lab.object(b"picture");
    lab.store
        .add_artifact(&begun.run_id, &stored_file("plots/roc.svg", &object, 7), 5)
        .unwrap();
    lab.store.log_metrics(&begun.run_id, &[point(0.5)]).unwrap();
    let end = FinishedRun {
        status: RunStatus::Finished,
        ended_ms: ACT.at_ms + 2_500,
        record: None,
        failure: Some(failure()),
        confusion: Some(Confusion {
            classes: vec!["a".to_owned()],
            counts: vec![vec![3]],
        }),
        parity: Some(parity()),
    };
    lab.store.finish_run(&begun.run_id, &end).unwrap();

    let parts = lab.open_again().run_parts(&begun.run_id).unwrap();
    assert_eq!(parts.summary.duration_secs(), Some(2.5));
    assert_eq!(parts.summary.tags["by"], "me");
    assert_eq!(parts.summary.params["algorithm"], "random_forest");
    assert_eq!(parts.summary.metrics["loss"], 0.5);
    assert_eq!(
        (parts.failure, parts.confusion, parts.parity),
        (end.failure, end.confusion, end.parity)
    );
    assert_eq!(parts.record, None);
    assert_eq!(parts.artifacts[0].path, "plots/roc.svg");
    assert_eq!(parts.artifacts[0].object, object);
}

#[test]
fn a_finished_run_does_not_change() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    let before = lab.store.run_parts(&run_id).unwrap();
    let object = lab.object(b"late");
    let end = FinishedRun::new(RunStatus::Failed, 9);
    for outcome in [
        lab.store.log_metrics(&run_id, &[point(1.0)]),
        lab.store
            .add_artifact(&run_id, &stored_file("late.txt", &object, 4), 9),
        lab.store.finish_run(&run_id, &end),
    ] {
        assert_eq!(outcome.unwrap_err().code(), Code::Conflict);
    }
    assert_eq!(lab.store.run_parts(&run_id).unwrap(), before);
    // Tags are what people say about it.
    lab.store.set_tag(&run_id, "verdict", "good", 9).unwrap();
    assert_eq!(
        lab.store.run_parts(&run_id).unwrap().summary.tags["verdict"],
        "good"
    );
    lab.store.set_tag(&run_id, "verdict", "", 9).unwrap();
    assert_eq!(lab.store.run_parts(&run_id).unwrap(), before);
}

#[test]
fn names_count_up_per_algorithm_and_experiment() {
    let lab = Lab::new();
    let begin = |number: u128, experiment: &str, algorithm: Option<&str>, name: Option<&str>| {
        let params = algorithm.map(|algorithm| ("algorithm".to_owned(), algorithm.to_owned()));
        lab.store
            .begin_run(NewRun {
                experiment: ExperimentName::new(experiment),
                name: name.map(str::to_owned),
                params: params.into_iter().collect(),
                ..new_run(number)
            })
            .unwrap()
            .name
    };
    assert_eq!(begin(1, "a", Some("tree"), None), "tree-01");
    assert_eq!(begin(2, "a", Some("tree_2"), None), "tree_2-01");
    assert_eq!(begin(3, "a", Some("tree"), Some("tree-09")), "tree-09");
    assert_eq!(begin(4, "a", Some("tree"), Some("tree-fine")), "tree-fine");
    assert_eq!(begin(5, "a", Some("tree"), None), "tree-10");
    assert_eq!(begin(6, "b", Some("tree"), Some(" ")), "tree-01");
    assert_eq!(begin(7, "b", None, None), "run-01");
    let experiments = lab.store.experiments().unwrap();
    let counts: Vec<_> = experiments
        .iter()
        .map(|e| (e.experiment.as_str(), e.n_runs))
        .collect();
    assert_eq!(counts, [("a", 5), ("b", 2)]);
    assert_eq!(
        lab.store.begin_run(new_run(7)).unwrap_err().code(),
        Code::Conflict
    );
}

#[test]
fn runs_are_found_by_id_beginning_or_name() {
    let lab = Lab::new();
    let ids = [0xabcd_1111_u128 << 96, 0xabcd_2222_u128 << 96];
    for (id, name) in ids.into_iter().zip(["first", "twice"]) {
        let name = Some(name.to_owned());
        lab.store
            .begin_run(NewRun {
                name,
                ..new_run(id)
            })
            .unwrap();
    }
    let third = NewRun {
        name: Some("twice".to_owned()),
        ..new_run(3)
    };
    lab.store.begin_run(third).unwrap();
    let first = RunId::from_bits(ids[0]);
    for wanted in [first.as_str(), "abcd1", "ABCD11", "first"] {
        assert_eq!(lab.store.run(wanted).unwrap().run_id, first, "{wanted}");
    }
    for (wanted, code) in [
        ("abcd", Code::Invalid),
        ("twice", Code::Invalid),
        ("abc", Code::NotFound),
        ("ffff", Code::NotFound),
        ("", Code::NotFound),
        ("firs", Code::NotFound),
    ] {
        assert_eq!(lab.store.run(wanted).unwrap_err().code(), code, "{wanted}");
    }
    match lab.store.run("abcd") {
        Err(Error::Ambiguous { candidates, .. }) => {
            assert_eq!(candidates, ["first (abcd1111)", "twice (abcd2222)"]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn artifacts_stay_inside_their_run() {
    let lab = Lab::new();
    let run_id = lab.run(1);
    let object = lab.object(b"x");
    for path in [
        "",
        "/etc/passwd",
        "a//b",
        "../x",
        "a/../b",
        ".",
        "a\\b",
        "a/",
    ] {
        let error = lab
            .store
            .add_artifact(&run_id, &stored_file(path, &object, 1), 1)
            .unwrap_err();
        assert_eq!(error.code(), Code::Invalid, "{path}");
    }
    assert_eq!(lab.store.artifacts(&run_id).unwrap(), []);
}
