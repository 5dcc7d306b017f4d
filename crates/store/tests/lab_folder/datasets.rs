//! Data sets, suites and checks.

use assay_core::expect::{CheckReport, SuiteOutcome};
use assay_core::reference::Reference;
use assay_core::{Code, DatasetName};

use crate::support::{ACT, Lab, hash_of, new_dataset, suite};

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

#[test]
fn the_same_rows_are_the_same_version() {
    let lab = Lab::new();
    for (content, version, already_there) in [
        ("a", 1, false),
        ("a", 1, true),
        ("b", 2, false),
        ("a", 1, true),
        ("c", 3, false),
    ] {
        let (added, found) = lab.dataset("penguins", content);
        assert_eq!(
            (added.version, found),
            (version, already_there),
            "{content}"
        );
    }
    // The same rows under another name are another line.
    assert_eq!(lab.dataset("birds", "a").0.version, 1);

    let latest = lab.store.dataset_version(&reference("penguins")).unwrap();
    assert_eq!((latest.version, latest.content), (3, hash_of("c")));
    let second = lab.store.dataset_version(&reference("penguins@2")).unwrap();
    assert_eq!(second.content, hash_of("b"));
    let summaries = lab.store.datasets().unwrap();
    let names: Vec<_> = summaries
        .iter()
        .map(|s| (s.latest.dataset.as_str(), s.n_versions))
        .collect();
    assert_eq!(names, [("birds", 1), ("penguins", 3)]);
}

#[test]
fn what_is_not_there_is_not_found() {
    let lab = Lab::new();
    lab.dataset("penguins", "a");
    for text in ["birds", "penguins@2", "penguins@champion"] {
        let error = lab.store.dataset_version(&reference(text)).unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{text}");
        assert!(error.to_string().contains(text), "{error}");
    }
    let missing = new_dataset("x", "x", hash_of("no such object"));
    assert_eq!(
        lab.store
            .add_dataset_version(missing, ACT)
            .unwrap_err()
            .code(),
        Code::NotFound
    );
    let object = lab.object(b"x");
    let error = lab
        .store
        .add_dataset_version(new_dataset("../x", "x", object), ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::Invalid);
}

#[test]
fn the_page_of_a_data_set_knows_its_runs_replays_and_checks() {
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let run_id = lab.finished_run(1);
    let model = lab.model("species", &run_id);
    let replay_id = lab.replay(5, &model.key());
    let detail = lab.store.dataset_detail(&reference("penguins")).unwrap();
    assert_eq!(detail.runs, [run_id]);
    assert_eq!(detail.replays, [replay_id]);
    assert_eq!(detail.expectations, None);

    lab.dataset("penguins", "more rows");
    let detail = lab.store.dataset_detail(&reference("penguins")).unwrap();
    assert_eq!((detail.runs.len(), detail.versions.len()), (0, 2));
    assert_eq!(detail.versions[0].version, 2);
}

#[test]
fn the_newest_check_of_a_version_counts() {
    let lab = Lab::new();
    let (version, _) = lab.dataset("penguins", "a");
    let check = |checked_ms, n_failed| CheckReport {
        schema: 1,
        suite: "penguins".to_owned(),
        dataset: reference("penguins@1"),
        n_rows: 344,
        outcome: SuiteOutcome {
            suite: "penguins".to_owned(),
            n_failed,
            ..SuiteOutcome::default()
        },
        results: Vec::new(),
        checked_ms,
        duration_secs: 0.1,
    };
    let name = DatasetName::new("penguins");
    assert_eq!(lab.store.latest_check(&name, 1).unwrap(), None);
    for report in [check(20, 1), check(30, 0), check(10, 3)] {
        lab.store.save_check(&report, &version.content).unwrap();
    }
    assert_eq!(
        lab.store.latest_check(&name, 1).unwrap(),
        Some(check(30, 0))
    );
    let summary = &lab.store.datasets().unwrap()[0];
    assert!(summary.expectations.as_ref().unwrap().passed());
    let error = lab
        .store
        .save_check(&check(1, 0), &hash_of("other"))
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}

#[test]
fn suites_are_replaced_and_come_back() {
    let lab = Lab::new();
    assert_eq!(lab.store.suite("penguins").unwrap(), None);
    for rules in [1, 2] {
        lab.store
            .save_suite(&suite("penguins", rules), ACT)
            .unwrap();
    }
    // Saved as it was: nothing to undo.
    lab.store.save_suite(&suite("penguins", 2), ACT).unwrap();
    assert_eq!(lab.store.suites().unwrap(), [suite("penguins", 2)]);
    lab.store.undo(ACT).unwrap();
    assert_eq!(
        lab.store.suite("penguins").unwrap(),
        Some(suite("penguins", 1))
    );
    lab.store.undo(ACT).unwrap();
    assert_eq!(lab.store.suite("penguins").unwrap(), None);
}
