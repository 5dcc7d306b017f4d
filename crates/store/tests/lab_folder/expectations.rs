//! Suites, their versions, and the history of checks.

use assay_core::expect::{CheckReport, SuiteOutcome};
use assay_core::reference::Reference;
use assay_core::{Code, DatasetName};
use assay_store::Store;

use crate::support::{ACT, Lab, VERSION, hash_of, sql_on, suite};

const FORMAT_1: &str = include_str!("../../src/migrations/1.sql");
const FORMAT_2: &str = include_str!("../../src/migrations/2.sql");

fn reference(text: &str) -> Reference {
    text.parse().unwrap()
}

fn check(dataset: &str, suite: &str, checked_ms: i64, n_failed: u32) -> CheckReport {
    CheckReport {
        schema: 1,
        suite: suite.to_owned(),
        suite_version: 7,
        dataset: reference(dataset),
        n_rows: 344,
        outcome: SuiteOutcome {
            suite: suite.to_owned(),
            n_failed,
            ..SuiteOutcome::default()
        },
        results: Vec::new(),
        checked_ms,
        duration_secs: 0.1,
    }
}

#[test]
fn the_newest_check_by_the_own_suite_counts() {
    let lab = Lab::new();
    let (version, _) = lab.dataset("penguins", "a");
    let name = DatasetName::new("penguins");
    assert_eq!(lab.store.latest_check(&name, 1).unwrap(), None);
    let report = |suite, checked_ms, n_failed| check("penguins@1", suite, checked_ms, n_failed);
    for report in [
        report("penguins", 20, 1),
        report("penguins", 30, 0),
        report("penguins", 10, 3),
        report("lenient", 40, 2),
    ] {
        lab.store
            .save_check(&report, &version.content, ACT)
            .unwrap();
    }
    assert_eq!(
        lab.store.latest_check(&name, 1).unwrap(),
        Some(report("penguins", 30, 0))
    );
    assert_eq!(
        lab.store.latest_check_by(&name, 1, "lenient").unwrap(),
        Some(report("lenient", 40, 2))
    );
    let summary = &lab.store.datasets().unwrap()[0];
    assert!(summary.expectations.as_ref().unwrap().passed());
    let error = lab
        .store
        .save_check(&report("penguins", 1, 0), &hash_of("other"), ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}

#[test]
fn the_history_holds_every_check_with_its_report() {
    let lab = Lab::new();
    let (first, _) = lab.dataset("penguins", "a");
    let (second, _) = lab.dataset("penguins", "b");
    for (version, at_ms) in [(&first, 10), (&second, 20), (&first, 30)] {
        let name = format!("penguins@{}", version.version);
        let report = check(&name, "penguins", at_ms, 0);
        lab.store
            .save_check(&report, &version.content, ACT)
            .unwrap();
    }
    let seen = |asked: &str| {
        let history = lab.store.check_history(&reference(asked)).unwrap();
        history
            .iter()
            .map(|check| (check.dataset.to_string(), check.checked_ms))
            .collect::<Vec<_>>()
    };
    let line = |version: u32, at_ms: i64| (format!("penguins@{version}"), at_ms);
    assert_eq!(seen("penguins"), [line(1, 30), line(2, 20), line(1, 10)]);
    assert_eq!(seen("penguins@2"), [line(2, 20)]);
    let newest = &lab.store.check_history(&reference("penguins")).unwrap()[0];
    assert_eq!((newest.suite_version, newest.n_rows), (7, 344));
    assert_eq!(
        lab.store.check_report(newest.check_id).unwrap(),
        check("penguins@1", "penguins", 30, 0)
    );
    assert_eq!(
        lab.store.check_report(99).unwrap_err().code(),
        Code::NotFound
    );
    let audit = lab.store.audit(None, 1).unwrap();
    assert_eq!(
        (audit[0].action.as_str(), audit[0].actor.as_str()),
        ("expectations.checked", ACT.actor)
    );
}

#[test]
fn suites_have_versions_and_come_back() {
    let lab = Lab::new();
    let current = || {
        let found = lab.store.suite("penguins", None).unwrap();
        found.map(|found| (found.version, found.suite.expectations.len()))
    };
    assert_eq!(current(), None);
    for rules in [1, 2] {
        lab.store
            .save_suite(&suite("penguins", rules), ACT)
            .unwrap();
    }
    // Saved as it was: no version, nothing to undo.
    let same = lab.store.save_suite(&suite("penguins", 2), ACT).unwrap();
    assert_eq!(same.version, 2);
    let listed = lab.store.suites().unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (
            listed[0].version,
            listed[0].n_versions,
            listed[0].n_expectations
        ),
        (2, 2, 2)
    );
    lab.store.undo(ACT).unwrap();
    assert_eq!(current(), Some((1, 1)));
    // The number of what was taken back is not given again, and it can still be looked at.
    let third = lab.store.save_suite(&suite("penguins", 3), ACT).unwrap();
    assert_eq!(third.version, 3);
    let second = lab.store.suite("penguins", Some(2)).unwrap().unwrap();
    assert_eq!(second.suite, suite("penguins", 2));
    for expected in [Some((1, 1)), None] {
        lab.store.undo(ACT).unwrap();
        assert_eq!(current(), expected);
    }
    assert_eq!(lab.store.suites().unwrap(), []);
    assert_eq!(lab.store.suite("penguins", Some(9)).unwrap(), None);
}

#[test]
fn a_lab_of_format_2_gets_versions_of_its_suites() {
    let lab = Lab::new();
    let (version, _) = lab.dataset("penguins", "a");
    let document = |rules| serde_json::to_string(&suite("penguins", rules)).unwrap();
    let report = serde_json::to_string(&check("penguins@1", "penguins", 10, 0)).unwrap();
    let (first, second) = (document(1), document(2));
    let folder = lab.close();
    let path = folder.path().join("lab");
    // The newest format is put aside, and a database of format 2 with the same data set takes its place.
    std::fs::rename(path.join("lab.db"), path.join("newest.db")).unwrap();
    sql_on(
        &path,
        &format!(
            "{FORMAT_1} {FORMAT_2}
             ATTACH '{newest}' AS newest;
             INSERT INTO datasets SELECT * FROM newest.datasets;
             INSERT INTO dataset_versions SELECT * FROM newest.dataset_versions;
             INSERT INTO row_groups SELECT * FROM newest.row_groups;
             INSERT INTO version_counters SELECT * FROM newest.version_counters;
             DETACH newest;
             INSERT INTO suites VALUES ('penguins', '{second}');
             INSERT INTO undo (title, step) VALUES
                 ('save 1', '{{\"step\": \"suite\", \"name\": \"penguins\", \"previous\": null}}'),
                 ('save 2', '{{\"step\": \"suite\", \"name\": \"penguins\", \"previous\": {first}}}');
             INSERT INTO checks VALUES (1, 1, 10, '{{\"suite\": \"penguins\", \"n_passed\": 1, \"n_failed\": 0,
                 \"n_warning\": 0, \"n_not_run\": 0}}', '{report}');
             PRAGMA user_version = 2; PRAGMA application_id = 0x41534159;",
            newest = path.join("newest.db").display()
        ),
    );
    std::fs::remove_file(path.join("newest.db")).unwrap();
    let store = Store::open(&path, VERSION, ACT.at_ms).unwrap();
    let current = || {
        let found = store.suite("penguins", None).unwrap();
        found.map(|found| (found.version, found.suite))
    };
    assert_eq!(current(), Some((2, suite("penguins", 2))));
    let history = store.check_history(&reference("penguins")).unwrap();
    assert_eq!(
        (history[0].suite.as_str(), history[0].suite_version),
        ("penguins", 2)
    );
    assert_eq!(
        history[0].dataset,
        reference(&format!("penguins@{}", version.version))
    );
    assert_eq!(store.undo(ACT).unwrap().as_deref(), Some("save 2"));
    assert_eq!(current(), Some((1, suite("penguins", 1))));
    store.undo(ACT).unwrap();
    assert_eq!(current(), None);
    let again = store.save_suite(&suite("penguins", 1), ACT).unwrap();
    assert_eq!(again.version, 3);
    assert!(store.doctor(false, |_| true, 0).healthy);
}
