//! One change to many runs, taken back by one undo, and what the trash would free.

use std::collections::BTreeMap;

use assay_core::bulk::{LeftReason, PurgeRuns, RunChange, RunSelection, RunsChange, RunsChanged};
use assay_core::run_table::{RunQuery, RunView};
use assay_core::tracking::{DEFAULT_EXPERIMENT_ID, NewTrackedRun, ViewType};
use assay_core::{Code, ExperimentName, RunId};
use assay_store::Error;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::support::{ACT, Lab, stored_file};

fn ids(numbers: &[u128]) -> Vec<RunId> {
    numbers
        .iter()
        .map(|&number| RunId::from_bits(number))
        .collect()
}

fn runs(numbers: &[u128]) -> RunSelection {
    RunSelection {
        runs: ids(numbers),
        ..RunSelection::default()
    }
}

fn found(filter: &str, view: RunView) -> RunSelection {
    RunSelection {
        matching: Some(RunQuery {
            filter: filter.to_owned(),
            view,
            ..RunQuery::default()
        }),
        ..RunSelection::default()
    }
}

fn apply(lab: &Lab, selection: RunSelection, change: RunChange) -> Result<RunsChanged, Error> {
    lab.store
        .change_runs(&RunsChange { selection, change }, ACT)
}

fn tag(key: &str, value: &str) -> RunChange {
    RunChange::Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn untag(key: &str) -> RunChange {
    RunChange::Untag {
        key: key.to_owned(),
    }
}

fn to(experiment: &str) -> RunChange {
    RunChange::Move {
        experiment: ExperimentName::new(experiment),
    }
}

const DELETE: RunChange = RunChange::Delete {
    even_running: false,
};

/// All that a table of runs says of them, by id.
fn state(lab: &Lab) -> BTreeMap<String, (String, BTreeMap<String, String>, bool, bool)> {
    let query = RunQuery {
        view: RunView::All,
        ..RunQuery::default()
    };
    let page = lab.store.runs(&query).unwrap();
    page.runs
        .into_iter()
        .map(|run| {
            let told = (
                run.summary.experiment.0,
                run.summary.tags,
                run.is_archived,
                run.deleted_ms.is_some(),
            );
            (run.summary.run_id.0, told)
        })
        .collect()
}

fn client_run(lab: &Lab, number: u128, parent: Option<u128>) {
    let parent = parent.map(|parent| {
        let parent = RunId::from_bits(parent);
        ("mlflow.parentRunId".to_owned(), parent.0)
    });
    let new = NewTrackedRun {
        run_id: RunId::from_bits(number),
        experiment_id: DEFAULT_EXPERIMENT_ID,
        name: format!("client-{number}"),
        user: "ann".to_owned(),
        started_ms: ACT.at_ms,
        tags: parent.into_iter().collect(),
    };
    lab.store.begin_tracked_run(&new).unwrap();
}

fn n_audited(lab: &Lab) -> usize {
    lab.store.audit(None, 1_000).unwrap().len()
}

#[test]
fn every_change_is_one_step_that_one_undo_takes_back() {
    let lab = Lab::new();
    for number in 1..=5 {
        lab.finished_run(number);
    }
    apply(&lab, runs(&[2]), tag("team", "old")).unwrap();
    apply(&lab, runs(&[4]), RunChange::Archive).unwrap();
    apply(&lab, runs(&[5]), DELETE).unwrap();
    for (selection, change, n_changed, n_unchanged, undo) in [
        (
            runs(&[1, 2, 3]),
            tag("team", "new"),
            3,
            0,
            "tag team on 3 runs",
        ),
        (
            runs(&[1, 2, 2]),
            tag("team", "old"),
            1,
            1,
            "tag team on the run random_forest-01",
        ),
        (
            runs(&[1, 2, 3]),
            untag("team"),
            1,
            2,
            "removal of the tag team from the run random_forest-02",
        ),
        (runs(&[1, 3]), to("other"), 2, 0, "move of 2 runs to other"),
        (
            runs(&[1, 3, 4]),
            RunChange::Archive,
            2,
            1,
            "archiving of 2 runs",
        ),
        (
            runs(&[4]),
            RunChange::Unarchive,
            1,
            0,
            "return of the run random_forest-04 from the archive",
        ),
        (runs(&[1, 2, 3]), DELETE, 3, 0, "delete of 3 runs"),
        (
            runs(&[5]),
            RunChange::Restore,
            1,
            0,
            "restore of the run random_forest-05",
        ),
        (found("", RunView::Active), DELETE, 3, 0, "delete of 3 runs"),
        (
            found("tags.team = 'old'", RunView::All),
            to("other"),
            1,
            0,
            "move of the run random_forest-02 to other",
        ),
    ] {
        let before = state(&lab);
        let n_before = n_audited(&lab);
        let told = apply(&lab, selection, change.clone()).unwrap();
        assert_eq!(
            (
                told.n_changed,
                told.n_unchanged,
                told.n_left,
                told.undo.as_deref()
            ),
            (n_changed, n_unchanged, 0, Some(undo)),
            "{change:?}"
        );
        assert_ne!(state(&lab), before, "{change:?}");
        assert_eq!(n_audited(&lab), n_before + 1, "{change:?}");
        assert_eq!(lab.store.undo(ACT).unwrap().as_deref(), Some(undo));
        assert_eq!(state(&lab), before, "{change:?}");
    }
    assert!(lab.store.verify_audit().unwrap().is_ok());
}

#[test]
fn a_change_of_nothing_is_no_step() {
    let lab = Lab::new();
    lab.finished_run(1);
    let n_before = n_audited(&lab);
    for change in [untag("team"), to("default"), RunChange::Unarchive] {
        let told = apply(&lab, runs(&[1]), change).unwrap();
        assert_eq!((told.n_changed, told.n_unchanged, told.undo), (0, 1, None));
    }
    assert_eq!(n_audited(&lab), n_before);
    assert_eq!(lab.store.undo_title().unwrap(), None);
}

#[test]
fn what_is_left_is_told_with_its_reason() {
    let lab = Lab::new();
    lab.finished_run(1);
    let registered = lab.finished_run(2);
    lab.model("species", &registered);
    lab.run(3);
    client_run(&lab, 4, None);
    lab.finished_run(5);
    apply(&lab, runs(&[5]), DELETE).unwrap();

    let told = apply(&lab, runs(&[1, 2, 3, 4, 5, 6]), DELETE).unwrap();
    let reasons: Vec<(String, LeftReason)> = told
        .left
        .iter()
        .map(|left| (left.run_id.0.clone(), left.reason))
        .collect();
    let id = |number| RunId::from_bits(number).0;
    assert_eq!(
        reasons,
        [
            (id(6), LeftReason::NotFound),
            (id(2), LeftReason::Registered),
            (id(3), LeftReason::Training),
            (id(4), LeftReason::Running),
            (id(5), LeftReason::InTrash),
        ]
    );
    assert_eq!((told.n_changed, told.n_left), (1, 5));
    assert!(
        told.left[1].why.contains("species@1"),
        "{}",
        told.left[1].why
    );

    let all = RunChange::Delete { even_running: true };
    let told = apply(&lab, runs(&[3, 4]), all).unwrap();
    assert_eq!(
        (told.n_changed, told.left[0].reason),
        (1, LeftReason::Training)
    );
    for (change, reason) in [
        (RunChange::Restore, LeftReason::NotInTrash),
        (tag("a", "b"), LeftReason::InTrash),
    ] {
        let number = if change == RunChange::Restore { 2 } else { 4 };
        let told = apply(&lab, runs(&[number]), change).unwrap();
        assert_eq!((told.n_changed, told.left[0].reason), (0, reason));
    }
}

#[test]
fn runs_below_others_come_along_when_they_are_to() {
    let lab = Lab::new();
    client_run(&lab, 1, None);
    client_run(&lab, 2, Some(1));
    client_run(&lab, 3, Some(2));
    client_run(&lab, 4, None);
    let whole = RunSelection {
        with_children: true,
        ..runs(&[1])
    };
    let all = RunChange::Delete { even_running: true };
    let but = RunSelection {
        except: ids(&[2]),
        ..whole.clone()
    };
    assert_eq!(apply(&lab, but, RunChange::Archive).unwrap().n_changed, 2);
    assert_eq!(apply(&lab, whole.clone(), all).unwrap().n_changed, 3);
    // Those in the trash are found below each other, too.
    assert_eq!(apply(&lab, whole, RunChange::Restore).unwrap().n_changed, 3);
}

#[test]
fn clients_see_an_archived_run_with_a_tag() {
    let lab = Lab::new();
    client_run(&lab, 1, None);
    apply(&lab, runs(&[1]), RunChange::Archive).unwrap();
    let run = lab.store.tracked_run(&RunId::from_bits(1)).unwrap();
    assert!(!run.is_deleted && ViewType::ActiveOnly.shows(run.is_deleted));
    assert_eq!(run.tags["assay.archived"], "true");
    lab.store
        .delete_tracked_tag(&run.run_id, "assay.archived", 1)
        .unwrap();
    assert_eq!(lab.store.runs(&RunQuery::default()).unwrap().n_total, 1);
}

#[test]
fn changes_that_cannot_be_are_refused() {
    let lab = Lab::new();
    lab.finished_run(1);
    for (selection, change, code) in [
        (RunSelection::default(), DELETE, Code::Invalid),
        (found("metrics.a >", RunView::Active), DELETE, Code::Invalid),
        (runs(&[1]), tag(" ", "x"), Code::Invalid),
        (runs(&[1]), tag("mlflow.runName", "x"), Code::Invalid),
        (runs(&[1]), to("../x"), Code::Invalid),
    ] {
        let error = apply(&lab, selection, change).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.hint().is_some());
    }
    let gone = lab.store.create_experiment("gone", None, &[], 1).unwrap();
    lab.store.delete_experiment(gone, 2).unwrap();
    let error = apply(&lab, runs(&[1]), to("gone")).unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
}

#[test]
fn the_trash_says_what_emptying_it_frees_and_frees_that() {
    let lab = Lab::new();
    // Runs 1 and 2 share a file, 2 and 3 another, 1 has one of its own and one twice.
    let files: [(u128, &str, &[u8]); 7] = [
        (1, "own", b"12345"),
        (1, "twice", b"1234567"),
        (1, "again", b"1234567"),
        (1, "shared", b"123"),
        (2, "shared", b"123"),
        (2, "other", b"12"),
        (3, "other", b"12"),
    ];
    for number in 1..=3 {
        lab.run(number);
    }
    for (number, path, bytes) in files {
        let object = lab.object(bytes);
        let run_id = RunId::from_bits(number);
        lab.store
            .add_artifact(&run_id, &stored_file(path, &object, bytes.len() as u64), 1)
            .unwrap();
    }
    for number in 1..=3 {
        let end = assay_store::FinishedRun::new(assay_core::run::RunStatus::Finished, 9);
        lab.store
            .finish_run(&RunId::from_bits(number), &end)
            .unwrap();
    }
    let freed = || {
        let query = RunQuery {
            view: RunView::Trash,
            ..RunQuery::default()
        };
        let mut rows: Vec<(String, Option<u64>)> = lab
            .store
            .runs(&query)
            .unwrap()
            .runs
            .into_iter()
            .map(|run| (run.summary.name, run.freed_bytes))
            .collect();
        rows.sort();
        rows.into_iter()
            .map(|(_, bytes)| bytes.unwrap())
            .collect::<Vec<_>>()
    };
    let whole = || {
        let trash = lab.store.run_trash().unwrap();
        (trash.n_runs, trash.size_bytes, trash.n_registered)
    };
    assert_eq!(whole(), (0, 0, 0));
    apply(&lab, runs(&[1]), DELETE).unwrap();
    assert_eq!((freed(), whole()), (vec![12], (1, 12, 0)));
    apply(&lab, runs(&[2]), DELETE).unwrap();
    assert_eq!((freed(), whole()), (vec![12, 0], (2, 15, 0)));
    let items = lab.store.trash().unwrap();
    assert_eq!(items.iter().map(|item| item.size_bytes).sum::<u64>(), 12);

    let purge = |selection| lab.store.purge_runs(&PurgeRuns { selection }, ACT).unwrap();
    let told = purge(runs(&[1, 3]));
    assert_eq!((told.n_deleted, told.freed_bytes), (1, 12));
    assert_eq!(told.left[0].reason, LeftReason::NotInTrash);
    let told = purge(found("", RunView::Trash));
    assert_eq!((told.n_deleted, told.freed_bytes, told.n_left), (1, 3, 0));
    assert_eq!((whole(), lab.objects().len()), ((0, 0, 0), 1));
    // What is gone for good is passed over.
    assert_eq!(lab.store.undo(ACT).unwrap(), None);
}

#[test]
fn a_run_that_made_a_model_stays_in_the_trash() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.store
        .delete(assay_core::lab::TrashKind::Model, "species", ACT)
        .unwrap();
    assert_eq!(apply(&lab, runs(&[1]), DELETE).unwrap().n_changed, 1);
    assert_eq!(lab.store.run_trash().unwrap().n_registered, 1);
    let selection = found("", RunView::Trash);
    let told = lab.store.purge_runs(&PurgeRuns { selection }, ACT).unwrap();
    assert_eq!(
        (told.n_deleted, told.left[0].reason),
        (0, LeftReason::Registered)
    );
}

fn any_change() -> impl Strategy<Value = RunChange> {
    prop_oneof![
        ("[ab]", "[xy]").prop_map(|(key, value)| tag(&key, &value)),
        "[ab]".prop_map(|key| untag(&key)),
        "[cd]".prop_map(|experiment| to(&experiment)),
        Just(RunChange::Archive),
        Just(RunChange::Unarchive),
        Just(DELETE),
        Just(RunChange::Restore),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 16,
        rng_seed: RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn undo_walks_back_through_every_state(
        steps in prop::collection::vec(
            (any_change(), prop::collection::btree_set(1_u128..6, 1..5), any::<bool>()),
            1..12,
        )
    ) {
        let lab = Lab::new();
        for number in 1..6 {
            lab.finished_run(number);
        }
        let mut states = Vec::new();
        for (change, numbers, by_filter) in steps {
            let numbers: Vec<u128> = numbers.into_iter().collect();
            let selection = if by_filter {
                found("attributes.name != 'random_forest-03'", RunView::All)
            } else {
                runs(&numbers)
            };
            let before = state(&lab);
            let told = apply(&lab, selection, change).unwrap();
            prop_assert_eq!(told.undo.is_some(), state(&lab) != before);
            prop_assert_eq!(told.undo.is_some(), told.n_changed > 0);
            if told.undo.is_some() {
                states.push(before);
            }
        }
        while let Some(before) = states.pop() {
            prop_assert!(lab.store.undo(ACT).unwrap().is_some());
            prop_assert_eq!(state(&lab), before);
        }
        prop_assert_eq!(lab.store.undo(ACT).unwrap(), None);
    }
}
