//! Watched folders and their files.

use assay_core::watch::{WatchOutcome, WatchedFile};
use assay_core::{Code, DatasetName};

use crate::support::{ACT, Lab};

fn file(name: &str, size_bytes: u64, seen_ms: i64) -> WatchedFile {
    WatchedFile {
        file: name.to_owned(),
        size_bytes,
        modified_ns: u128::MAX.to_string(),
        seen_ms,
        outcome: WatchOutcome::Waiting,
    }
}

#[test]
fn the_last_that_happened_to_a_file_is_known() {
    let lab = Lab::new();
    let name = DatasetName::new("sales");
    lab.store.add_watch("/data/in", None, ACT).unwrap();
    lab.store.add_watch("/data/in", Some(&name), ACT).unwrap();
    lab.store.add_watch("/data/more", None, ACT).unwrap();
    for file in [
        file("a.csv", 1, 10),
        file("b.csv", 1, 20),
        file("a.csv", 2, 30),
    ] {
        lab.store.save_watched_file("/data/in", &file).unwrap();
    }
    // A folder that is not watched is nobody's.
    lab.store
        .save_watched_file("/elsewhere", &file("a.csv", 1, 1))
        .unwrap();
    let watches = lab.open_again().watches().unwrap();
    assert_eq!(watches.len(), 2);
    assert_eq!(watches[0].name, Some(name));
    assert_eq!(
        watches[0].files,
        [file("a.csv", 2, 30), file("b.csv", 1, 20)]
    );
    assert_eq!(watches[1].files, []);

    lab.store
        .forget_watched_file("/data/in", "a.csv", 40)
        .unwrap();
    assert_eq!(lab.store.watches().unwrap()[0].files.len(), 1);
    lab.store.remove_watch("/data/in", ACT).unwrap();
    assert_eq!(lab.store.watches().unwrap().len(), 1);
    let again = lab.store.remove_watch("/data/in", ACT).unwrap_err();
    assert_eq!(again.code(), Code::NotFound);
    // Watched anew, its files are new.
    lab.store.add_watch("/data/in", None, ACT).unwrap();
    assert_eq!(lab.store.watches().unwrap()[1].files, []);
    let entries = lab.store.audit(Some("/data/in"), 9).unwrap();
    assert_eq!(entries.len(), 4, "added, renamed, removed, added");
}

#[test]
fn one_process_watches() {
    let lab = Lab::new();
    let other = lab.open_again();
    let lock = lab.store.lock_watching().unwrap();
    assert!(lock.is_some());
    assert!(other.lock_watching().unwrap().is_none());
    drop(lock);
    assert!(other.lock_watching().unwrap().is_some());
}
