//! The table of runs: trees, views, columns, what changed, and what a filter may be completed with.

use std::collections::BTreeMap;

use assay_core::RunId;
use assay_core::bulk::{RunChange, RunSelection, RunsChange};
use assay_core::run_table::{
    FieldKind, FieldsRequest, NotFinite, RunChangesRequest, RunPage, RunQuery, RunView,
    ValuesRequest,
};
use assay_core::tracking::OrderBy;
use assay_store::{MetricPoint, NewRun};

use crate::support::{ACT, Lab, new_run};

/// Name, parent, loss; ids are 1 to 6 and each began after the one before.
const RUNS: [(&str, Option<u128>, &[f64]); 6] = [
    ("search", None, &[]),
    ("alone", None, &[0.5]),
    ("good", Some(1), &[0.9, 0.1, 0.2]),
    ("bad", Some(1), &[0.8]),
    ("inner", Some(4), &[0.3, f64::INFINITY]),
    ("lost", Some(99), &[f64::NAN]),
];

fn lab() -> Lab {
    let lab = Lab::new();
    for (number, (name, parent, losses)) in (1..).zip(RUNS) {
        let mut tags = BTreeMap::new();
        tags.extend(parent.map(|parent| {
            let parent = RunId::from_bits(parent);
            ("mlflow.parentRunId".to_owned(), parent.0)
        }));
        let new = NewRun {
            name: Some(name.to_owned()),
            started_ms: ACT.at_ms + number as i64,
            tags,
            ..new_run(number)
        };
        let run_id = lab.store.begin_run(new).unwrap().run_id;
        log(&lab, &run_id, losses);
    }
    lab
}

fn log(lab: &Lab, run_id: &RunId, losses: &[f64]) {
    let points: Vec<MetricPoint> = (0..)
        .zip(losses)
        .map(|(step, value)| MetricPoint {
            key: "loss".to_owned(),
            value: *value,
            step,
            at_ms: 1,
        })
        .collect();
    lab.store.log_metrics(run_id, &points).unwrap();
}

fn by(names: &[(&str, bool)]) -> Vec<OrderBy> {
    names
        .iter()
        .map(|(name, ascending)| OrderBy {
            name: (*name).to_owned(),
            ascending: *ascending,
        })
        .collect()
}

fn tree(filter: &str, order_by: &[(&str, bool)]) -> RunQuery {
    RunQuery {
        filter: filter.to_owned(),
        order_by: by(order_by),
        tree: true,
        ..RunQuery::default()
    }
}

/// `name` after a dash for each level, in parentheses when it is shown for the sake of another.
fn outline(page: &RunPage) -> Vec<String> {
    page.runs
        .iter()
        .map(|run| {
            let dashes = "-".repeat(run.depth as usize);
            let name = &run.summary.name;
            if run.is_match {
                format!("{dashes}{name}")
            } else {
                format!("{dashes}({name})")
            }
        })
        .collect()
}

#[test]
fn children_stay_with_their_parents_under_every_order_and_filter() {
    let lab = lab();
    let name = &[("attributes.name", true)][..];
    let loss = &[("metrics.loss@min", true)][..];
    for (query, expected) in [
        (
            tree("", &[]),
            vec!["lost", "alone", "search", "-bad", "--inner", "-good"],
        ),
        (
            tree("", name),
            vec!["alone", "lost", "search", "-bad", "--inner", "-good"],
        ),
        (
            tree("", loss),
            vec!["alone", "lost", "search", "-good", "-bad", "--inner"],
        ),
        (
            tree("metrics.loss@min < 0.4", loss),
            vec!["(search)", "-good", "-(bad)", "--inner"],
        ),
        (tree("run_name = 'bad'", &[]), vec!["(search)", "-bad"]),
        (tree("run_name = 'nobody'", &[]), vec![]),
    ] {
        let page = lab.store.runs(&query).unwrap();
        assert_eq!(outline(&page), expected, "{query:?}");
        assert_eq!(page.n_rows, expected.len() as u64);
        let n_matching = expected.iter().filter(|row| !row.contains('(')).count();
        assert_eq!((page.n_matching, page.n_total), (n_matching as u64, 6));
    }
    let page = lab.store.runs(&tree("", &[])).unwrap();
    let n_children: Vec<u32> = page.runs.iter().map(|run| run.n_children).collect();
    assert_eq!(n_children, [0, 0, 2, 1, 0, 0]);
    assert_eq!(page.runs[0].parent_run_id, Some(RunId::from_bits(99)));
}

#[test]
fn a_tree_that_was_asked_for_before_is_as_new_after_every_change() {
    let lab = lab();
    let query = tree("", &[("metrics.loss", true)]);
    let rows = || outline(&lab.store.runs(&query).unwrap());
    let first = rows();
    assert_eq!((first.len(), rows()), (6, first));

    log(&lab, &RunId::from_bits(2), &[0.05]);
    assert_eq!(rows()[0], "alone", "a value decides the order");
    lab.store
        .set_tracked_tag(&RunId::from_bits(3), "mlflow.parentRunId", "", ACT.at_ms)
        .unwrap();
    assert!(
        rows().contains(&"good".to_owned()),
        "a tag decides the tree"
    );
    let new = NewRun {
        name: Some("late".to_owned()),
        ..new_run(7)
    };
    lab.store.begin_run(new).unwrap();
    assert!(rows().contains(&"late".to_owned()));
    // Another process, which keeps a tree of its own.
    let other = lab.open_again();
    assert_eq!(outline(&other.runs(&query).unwrap()), rows());
    log(&lab, &RunId::from_bits(7), &[0.01]);
    assert_eq!(outline(&other.runs(&query).unwrap())[0], "late");
}

#[test]
fn folded_runs_hide_what_is_below_them_and_windows_are_cut_from_what_is_left() {
    let lab = lab();
    for (folded, toggled, expected) in [
        (
            false,
            vec![4],
            vec!["lost", "alone", "search", "-bad", "-good"],
        ),
        (true, vec![], vec!["lost", "alone", "search"]),
        (
            true,
            vec![1],
            vec!["lost", "alone", "search", "-bad", "-good"],
        ),
    ] {
        let query = RunQuery {
            folded,
            toggled: toggled.into_iter().map(RunId::from_bits).collect(),
            ..tree("", &[])
        };
        let page = lab.store.runs(&query).unwrap();
        assert_eq!(outline(&page), expected);
        for offset in 0..=expected.len() {
            let window = RunQuery {
                offset: offset as u64,
                limit: 2,
                skip_names: true,
                ..query.clone()
            };
            let page = lab.store.runs(&window).unwrap();
            let end = expected.len().min(offset + 2);
            assert_eq!(outline(&page), expected[offset..end]);
            assert_eq!(page.n_rows, expected.len() as u64);
            assert!(page.metric_names.is_empty());
        }
    }
}

#[test]
fn equals_are_decided_by_the_next_order() {
    let lab = lab();
    for (order_by, expected) in [
        (
            &[("metrics.loss@n", false), ("attributes.name", true)][..],
            ["good", "inner", "alone", "bad", "lost", "search"],
        ),
        (
            &[("metrics.loss@n", false), ("attributes.name", false)],
            ["good", "inner", "lost", "bad", "alone", "search"],
        ),
        (
            &[("metrics.loss@best", true), ("metrics.loss", true)],
            ["good", "inner", "alone", "bad", "lost", "search"],
        ),
        (
            &[("metrics.loss@max", false)],
            ["inner", "good", "bad", "alone", "lost", "search"],
        ),
    ] {
        let query = RunQuery {
            order_by: by(order_by),
            ..RunQuery::default()
        };
        let page = lab.store.runs(&query).unwrap();
        assert_eq!(outline(&page), expected, "{order_by:?}");
    }
}

#[test]
fn rows_hold_the_columns_that_are_named() {
    let lab = lab();
    let columns = [
        "metrics.loss",
        "metrics.loss@min",
        "metrics.loss@n",
        "metrics.loss@best_step",
        "params.absent",
        "tags.mlflow.parentRunId",
        "attributes.name",
    ];
    let query = RunQuery {
        filter: "run_name in ('good', 'inner')".to_owned(),
        order_by: by(&[("attributes.name", true)]),
        columns: Some(columns.map(str::to_owned).to_vec()),
        ..RunQuery::default()
    };
    let page = lab.store.runs(&query).unwrap();
    let metrics: Vec<Vec<(&str, f64)>> = page
        .runs
        .iter()
        .map(|run| {
            let metrics = run.summary.metrics.iter();
            metrics
                .map(|(name, value)| (name.as_str(), *value))
                .collect()
        })
        .collect();
    let row = |last, best_step, min, n| {
        vec![
            ("loss", last),
            ("loss@best_step", best_step),
            ("loss@min", min),
            ("loss@n", n),
        ]
    };
    assert_eq!(
        metrics,
        [row(0.2, 1.0, 0.1, 3.0), row(f64::INFINITY, 0.0, 0.3, 2.0)]
    );
    assert!(page.runs[0].not_finite.is_empty());
    assert_eq!(page.runs[1].not_finite["loss"], NotFinite::Infinity);
    assert!(page.runs.iter().all(|run| run.summary.params.is_empty()));
    assert_eq!(page.runs[0].summary.tags.len(), 1);
    // Names are told of all that occurs.
    assert_eq!(page.param_names, ["algorithm"]);
    assert_eq!(page.tag_names, ["mlflow.parentRunId"]);
}

fn change(lab: &Lab, number: u128, change: RunChange) {
    let request = RunsChange {
        selection: RunSelection {
            runs: vec![RunId::from_bits(number)],
            ..RunSelection::default()
        },
        change,
    };
    let changed = lab.store.change_runs(&request, ACT).unwrap();
    assert_eq!(changed.n_changed, 1, "{changed:?}");
}

#[test]
fn what_changed_is_told_for_the_rows_in_sight() {
    let lab = lab();
    let mut since = lab.store.runs(&RunQuery::default()).unwrap().change;
    let mut follow = |shown: &[u128]| {
        let request = RunChangesRequest {
            since,
            shown: shown
                .iter()
                .map(|&number| RunId::from_bits(number))
                .collect(),
            columns: Some(vec!["metrics.loss@n".to_owned()]),
        };
        let changes = lab.store.run_changes(&request).unwrap();
        since = changes.change;
        let rows: Vec<(String, Option<f64>)> = changes
            .runs
            .iter()
            .map(|run| {
                let n = run.summary.metrics.get("loss@n").copied();
                (run.summary.name.clone(), n)
            })
            .collect();
        (rows, changes.n_changed, changes.rows_shift)
    };
    assert_eq!(follow(&[1, 2, 3]), (vec![], 0, false));
    log(&lab, &RunId::from_bits(2), &[0.1, 0.2]);
    log(&lab, &RunId::from_bits(5), &[0.1]);
    let alone = ("alone".to_owned(), Some(3.0));
    assert_eq!(follow(&[1, 2, 3]), (vec![alone], 2, false));
    assert_eq!(follow(&[1, 2, 3]), (vec![], 0, false));
    lab.run(7);
    assert_eq!(follow(&[1]), (vec![], 1, true));
    change(&lab, 1, RunChange::Archive);
    assert_eq!(follow(&[1]), (vec![("search".to_owned(), None)], 1, true));
    let tag = RunChange::Tag {
        key: "team".to_owned(),
        value: "a".to_owned(),
    };
    change(&lab, 1, tag);
    assert_eq!(follow(&[1]), (vec![("search".to_owned(), None)], 1, false));
}

#[test]
fn archived_runs_are_in_a_list_of_their_own() {
    let lab = lab();
    change(&lab, 2, RunChange::Archive);
    for (view, expected) in [
        (RunView::Active, 5),
        (RunView::Archived, 1),
        (RunView::Trash, 0),
        (RunView::All, 6),
    ] {
        let query = RunQuery {
            view,
            ..RunQuery::default()
        };
        let page = lab.store.runs(&query).unwrap();
        assert_eq!(
            (page.n_total, page.runs.len()),
            (expected, expected as usize),
            "{view:?}"
        );
        let alone = page.runs.iter().find(|run| run.summary.name == "alone");
        assert!(alone.is_none_or(|run| run.is_archived));
    }
    change(&lab, 2, RunChange::Unarchive);
    assert_eq!(lab.store.runs(&RunQuery::default()).unwrap().n_total, 6);
}

#[test]
fn a_filter_is_completed_with_names_and_values_that_occur() {
    let lab = lab();
    for (number, value) in [(1, "Ann"), (2, "Bob"), (3, "ann b"), (4, "Ann")] {
        let tag = RunChange::Tag {
            key: "made by".to_owned(),
            value: value.to_owned(),
        };
        change(&lab, number, tag);
    }
    change(&lab, 2, RunChange::Archive);
    for (view, n_loss, n_made) in [(RunView::Active, 4, 3), (RunView::All, 5, 4)] {
        let request = FieldsRequest {
            view,
            experiment: None,
        };
        let fields = lab.store.run_fields(&request).unwrap();
        let find = |name: &str| {
            let field = fields.iter().find(|field| field.name == name).unwrap();
            (field.text.as_str(), field.kind, field.n_runs)
        };
        assert_eq!(
            find("metrics.loss"),
            ("metrics.loss", FieldKind::Metric, n_loss)
        );
        assert_eq!(
            find("tags.made by"),
            ("`tags.made by`", FieldKind::Tag, n_made)
        );
        assert_eq!(find("attributes.status").1, FieldKind::Attribute);
    }
    for (name, prefix, expected) in [
        (
            "tags.made by",
            "a",
            vec![("Ann", "'Ann'", 2), ("ann b", "'ann b'", 1)],
        ),
        (
            "tags.made by",
            "",
            vec![("Ann", "'Ann'", 2), ("ann b", "'ann b'", 1)],
        ),
        ("tags.made by", "x", vec![]),
        ("status", "RUN", vec![("running", "'running'", 5)]),
        ("metrics.loss", "", vec![]),
    ] {
        let request = ValuesRequest {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
            ..ValuesRequest::default()
        };
        let values = lab.store.run_values(&request).unwrap();
        let found: Vec<(&str, &str, u64)> = values
            .iter()
            .map(|value| (value.value.as_str(), value.text.as_str(), value.n_runs))
            .collect();
        assert_eq!(found, expected, "{name} {prefix}");
    }
}
