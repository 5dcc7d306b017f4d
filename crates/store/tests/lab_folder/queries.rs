//! The table of runs.

use std::collections::BTreeMap;

use assay_core::run_table::{RunPage, RunQuery};
use assay_core::tracking::OrderBy;
use assay_core::{Code, ExperimentName};
use assay_store::{MetricPoint, NewRun};

use crate::support::{ACT, Lab, new_run};

/// Four runs: name, experiment, depth, accuracy.
const RUNS: [(&str, &str, Option<&str>, Option<f64>); 4] = [
    ("one", "default", Some("10"), Some(0.90)),
    ("two", "default", Some("9"), None),
    ("three", "other", None, Some(f64::NAN)),
    ("four", "default", Some("deep"), Some(0.95)),
];

fn lab() -> Lab {
    let lab = Lab::new();
    for (number, (name, experiment, depth, accuracy)) in (1..).zip(RUNS) {
        let mut new = NewRun {
            name: Some(name.to_owned()),
            experiment: ExperimentName::new(experiment),
            started_ms: ACT.at_ms + number as i64,
            ..new_run(number)
        };
        new.params = BTreeMap::from([("algorithm".to_owned(), "tree".to_owned())]);
        new.params
            .extend(depth.map(|depth| ("depth".to_owned(), depth.to_owned())));
        let run_id = lab.store.begin_run(new).unwrap().run_id;
        if let Some(value) = accuracy {
            let key = "test.accuracy".to_owned();
            let point = MetricPoint {
                key,
                value,
                step: 0,
                at_ms: 1,
            };
            lab.store.log_metrics(&run_id, &[point]).unwrap();
        }
    }
    lab
}

fn by(name: &str, ascending: bool) -> OrderBy {
    OrderBy {
        name: name.to_owned(),
        ascending,
    }
}

fn names(page: &RunPage) -> Vec<&str> {
    page.runs
        .iter()
        .map(|run| run.summary.name.as_str())
        .collect()
}

#[test]
fn filters_name_metrics_parameters_tags_and_attributes() {
    let lab = lab();
    for (filter, expected) in [
        ("", vec!["four", "three", "two", "one"]),
        ("metrics.test.accuracy > 0.9", vec!["four"]),
        (
            "metrics.test.accuracy >= 0.9 or name = 'two'",
            vec!["four", "two", "one"],
        ),
        ("params.depth in (9, 10)", vec!["two", "one"]),
        ("params.depth is null", vec!["three"]),
        (
            "attributes.name like 't%' and not params.depth is null",
            vec!["two"],
        ),
        ("experiment = 'other'", vec!["three"]),
        (
            "status = 'running' and dataset = 'penguins@1' and run_name = 'one'",
            vec!["one"],
        ),
        ("tags.x = 'y'", vec![]),
        ("duration_secs > 0", vec![]),
    ] {
        let query = RunQuery {
            filter: filter.to_owned(),
            ..RunQuery::default()
        };
        let page = lab.store.runs(&query).unwrap();
        assert_eq!(names(&page), expected, "{filter}");
        assert_eq!(
            (page.n_matching, page.n_total),
            (expected.len() as u64, 4),
            "{filter}"
        );
    }
}

#[test]
fn missing_values_stand_last_in_both_directions() {
    let lab = lab();
    for (order_by, ascending, expected) in [
        (
            "metrics.test.accuracy",
            false,
            ["four", "one", "three", "two"],
        ),
        (
            "metrics.test.accuracy",
            true,
            ["one", "four", "three", "two"],
        ),
        ("params.depth", true, ["two", "one", "four", "three"]),
        ("params.depth", false, ["four", "one", "two", "three"]),
        ("attributes.name", true, ["four", "one", "three", "two"]),
        (
            "attributes.start_time",
            true,
            ["one", "two", "three", "four"],
        ),
        ("tags.none", true, ["four", "three", "two", "one"]),
    ] {
        let query = RunQuery {
            order_by: vec![by(order_by, ascending)],
            ..RunQuery::default()
        };
        let page = lab.store.runs(&query).unwrap();
        assert_eq!(names(&page), expected, "{order_by} {ascending}");
    }
}

#[test]
fn a_page_counts_all_and_holds_what_was_asked_for() {
    let lab = lab();
    let query = RunQuery {
        offset: 1,
        limit: 2,
        ..RunQuery::default()
    };
    let page = lab.store.runs(&query).unwrap();
    assert_eq!(names(&page), ["three", "two"]);
    assert_eq!((page.n_matching, page.n_total), (4, 4));
    assert_eq!(page.param_names, ["algorithm", "depth"]);
    assert_eq!(page.metric_names, ["test.accuracy"]);

    let query = RunQuery {
        experiment: Some(ExperimentName::new("other")),
        ..RunQuery::default()
    };
    let page = lab.store.runs(&query).unwrap();
    assert_eq!((names(&page), page.n_total), (vec!["three"], 1));
    assert_eq!(page.param_names, ["algorithm"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    let lab = lab();
    for (filter, order_by) in [
        ("metrics.a >", ""),
        ("colour = 1", ""),
        ("", "attributes.colour"),
    ] {
        let query = RunQuery {
            filter: filter.to_owned(),
            order_by: match order_by {
                "" => Vec::new(),
                name => vec![by(name, false)],
            },
            ..RunQuery::default()
        };
        let error = lab.store.runs(&query).unwrap_err();
        assert_eq!(error.code(), Code::Invalid, "{filter}{order_by}");
        assert!(error.hint().is_some());
    }
}

/// More runs than are looked at one by one.
#[test]
fn names_are_those_of_the_matching_runs_among_many() {
    let lab = Lab::new();
    for number in 0..450_u128 {
        let mut new = new_run(number);
        let (key, group) = if number < 225 {
            ("early", "a")
        } else {
            ("late", "b")
        };
        new.params.insert(key.to_owned(), number.to_string());
        new.params.insert("group".to_owned(), group.to_owned());
        lab.store.begin_run(new).unwrap();
    }
    let query = RunQuery {
        filter: "params.group = 'b'".to_owned(),
        limit: 3,
        ..RunQuery::default()
    };
    let page = lab.store.runs(&query).unwrap();
    assert_eq!(
        (page.n_matching, page.n_total, page.runs.len()),
        (225, 450, 3)
    );
    assert_eq!(page.param_names, ["algorithm", "group", "late"]);
}
