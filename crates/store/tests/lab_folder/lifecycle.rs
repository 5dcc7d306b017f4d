//! Making and opening a lab.

use assay_core::Code;
use assay_store::{Error, Store};

use crate::support::{ACT, Lab, VERSION, files, sql_on};

#[test]
fn a_new_lab_has_its_parts_and_opens_again() {
    let lab = Lab::new();
    for part in [
        "assay.toml",
        "lab.db",
        "objects",
        "registry",
        "inbox",
        "logs",
    ] {
        assert!(lab.path().join(part).exists(), "{part}");
    }
    let gate = &lab.store.settings().unwrap().gate["production"];
    assert!(gate.expectations && gate.parity);
    assert!(Store::is_lab(&lab.path()));
    assert_eq!(
        lab.open_again().audit(None, 10).unwrap()[0].action,
        "lab.created"
    );
}

#[test]
fn only_an_empty_folder_becomes_a_lab() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("thesis.docx"), "years of work").unwrap();
    let before = files(folder.path());
    let error = Store::create(folder.path(), VERSION, ACT).unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    assert!(error.to_string().contains("thesis.docx"), "{error}");
    assert_eq!(files(folder.path()), before);

    // What version control put there is no obstacle.
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    assert!(Store::create(folder.path(), VERSION, ACT).is_ok());
    let error = Store::create(folder.path(), VERSION, ACT).unwrap_err();
    assert!(matches!(error, Error::AlreadyALab { .. }), "{error}");
}

#[test]
fn what_a_killed_create_left_is_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("assay.toml"), "[server]\nport = 6000\n").unwrap();
    std::fs::create_dir(folder.path().join("objects")).unwrap();
    std::fs::write(folder.path().join("lab.db"), "").unwrap();
    assert!(!Store::is_lab(folder.path()));
    let store = Store::create(folder.path(), VERSION, ACT).unwrap();
    assert_eq!(store.settings().unwrap().server.port, 6000);
}

#[test]
fn what_is_no_lab_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    for setup in ["nothing", "another database", "garbage"] {
        if setup != "nothing" {
            std::fs::write(folder.path().join("assay.toml"), "").unwrap();
        }
        if setup == "another database" {
            sql_on(folder.path(), "CREATE TABLE t (x)");
        }
        if setup == "garbage" {
            std::fs::write(folder.path().join("lab.db"), vec![7; 5_000]).unwrap();
        }
        let error = Store::open(folder.path(), VERSION, 0).unwrap_err();
        if setup == "garbage" {
            assert_eq!(error.code(), Code::Io, "{setup}: {error}");
        } else {
            assert!(matches!(error, Error::NotALab { .. }), "{setup}: {error}");
        }
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_newer_lab_is_refused_and_left_alone() {
    let lab = Lab::new();
    let path = lab.path();
    lab.sql("PRAGMA user_version = 99");
    let before = std::fs::read(path.join("lab.db")).unwrap();
    let error = Store::open(&path, VERSION, 0).unwrap_err();
    assert!(
        matches!(error, Error::NewerLab { found: 99, .. }),
        "{error}"
    );
    assert_eq!(error.code(), Code::NewerData);
    assert_eq!(std::fs::read(path.join("lab.db")).unwrap(), before);
}

#[test]
fn two_versions_do_not_hold_a_lab_at_once() {
    let lab = Lab::new();
    let second = lab.open_again();
    match Store::open(&lab.path(), "2.0.0", 0) {
        Err(Error::HeldByOtherVersion { version }) => assert_eq!(version, VERSION),
        other => panic!("{other:?}"),
    }
    let path = lab.path();
    let Lab { store, .. } = &lab;
    assert_eq!(
        store.change_number().unwrap(),
        second.change_number().unwrap()
    );
    drop(second);
    assert!(
        Store::open(&path, "2.0.0", 0).is_err(),
        "the first one still holds it"
    );
}

#[test]
fn another_version_opens_a_lab_that_nobody_holds() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::create(folder.path(), VERSION, ACT).unwrap());
    let store = Store::open(folder.path(), "2.0.0", 0).unwrap();
    assert!(matches!(
        Store::open(folder.path(), VERSION, 0),
        Err(Error::HeldByOtherVersion { version }) if version == "2.0.0"
    ));
    drop(store);
}

#[test]
fn a_lab_can_be_moved() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    let store = Store::create(&here, VERSION, ACT).unwrap();
    let (hash, _) = store.put_object(b"bytes").unwrap();
    let new = crate::support::new_dataset("penguins", "rows", hash.clone());
    store.add_dataset_version(new, ACT).unwrap();
    drop(store);
    std::fs::rename(&here, &there).unwrap();
    let store = Store::open(&there, VERSION, 0).unwrap();
    assert_eq!(store.read_object(&hash).unwrap(), b"bytes");
}

#[test]
fn settings_errors_name_the_line() {
    let lab = Lab::new();
    std::fs::write(lab.store.settings_path(), "[server]\n\nport = -1\n").unwrap();
    let error = lab.store.settings().unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
    assert_eq!(error.code(), Code::Invalid);
}

#[test]
fn a_watch_hears_of_writes_by_others() {
    let lab = Lab::new();
    let mut watch = lab.store.watch().unwrap();
    assert_eq!(watch.poll().unwrap(), []);
    let other = lab.open_again();
    other.begin_run(crate::support::new_run(1)).unwrap();
    assert_eq!(watch.poll().unwrap(), [assay_core::event::Kind::Runs]);
    assert_eq!(watch.poll().unwrap(), []);
    let (number, kinds) = lab.store.changes_since(0).unwrap();
    assert_eq!(number, lab.store.change_number().unwrap());
    assert!(kinds.contains(&assay_core::event::Kind::Audit));
    assert_eq!(lab.store.changes_since(number).unwrap(), (number, vec![]));
}

#[test]
fn who_looks_too_late_is_told_that_everything_changed() {
    let lab = Lab::new();
    lab.sql(
        "DELETE FROM changes; INSERT INTO changes (number, kind, at_ms) VALUES (20000, 'jobs', 1)",
    );
    let (number, kinds) = lab.store.changes_since(3).unwrap();
    assert_eq!(
        (number, kinds.len()),
        (20_000, assay_core::event::Kind::ALL.len())
    );
    let (_, kinds) = lab.store.changes_since(19_999).unwrap();
    assert_eq!(kinds, [assay_core::event::Kind::Jobs]);
}
