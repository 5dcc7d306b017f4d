//! The audit chain.

use assay_store::ChainBreak;

use crate::support::{ACT, Lab};

fn lab() -> Lab {
    let lab = Lab::new();
    for number in 1..=3 {
        lab.store
            .append_audit(
                ACT,
                "gate.refused",
                &format!("species@{number}"),
                "Too low.",
            )
            .unwrap();
    }
    lab
}

#[test]
fn entries_are_chained_and_found_by_subject() {
    let lab = lab();
    assert_eq!(lab.store.verify_audit().unwrap(), Ok(4));
    let entries = lab.store.audit(None, 10).unwrap();
    let numbers: Vec<_> = entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [4, 3, 2, 1]);
    assert_eq!(entries[0].previous_hash, entries[1].hash);
    assert_eq!(entries[3].previous_hash, "0".repeat(64));
    assert_eq!(
        lab.store.audit(Some("species@2"), 10).unwrap(),
        entries[1..2]
    );
    assert_eq!(lab.store.audit(None, 1).unwrap(), entries[..1]);
}

#[test]
fn tampering_is_seen_where_it_was_done() {
    let unlock = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;";
    for (tamper, number, wrong) in [
        (
            "UPDATE audit SET detail = 'Fine.' WHERE number = 3",
            3,
            "was changed",
        ),
        (
            "UPDATE audit SET at_ms = at_ms + 1 WHERE number = 1",
            1,
            "was changed",
        ),
        (
            "UPDATE audit SET hash = 'x' WHERE number = 2",
            2,
            "was changed",
        ),
        ("DELETE FROM audit WHERE number = 2", 2, "is missing"),
        ("DELETE FROM audit WHERE number = 4", 4, "is missing"),
        (
            "UPDATE audit SET previous_hash = 'x' WHERE number = 2",
            2,
            "does not follow from the one before",
        ),
    ] {
        let lab = lab();
        lab.sql(&format!("{unlock} {tamper}"));
        let found = lab.store.verify_audit().unwrap();
        assert_eq!(found, Err(ChainBreak { number, wrong }), "{tamper}");
        assert!(!lab.store.doctor(true, |_| true, 0).healthy);
    }
}

#[test]
fn the_database_itself_refuses_to_change_the_log() {
    let lab = lab();
    for change in ["UPDATE audit SET detail = ''", "DELETE FROM audit"] {
        let db = rusqlite::Connection::open(lab.path().join("lab.db")).unwrap();
        let error = db.execute(change, []).unwrap_err();
        assert!(
            error.to_string().contains("append-only"),
            "{change}: {error}"
        );
    }
    assert_eq!(lab.store.verify_audit().unwrap(), Ok(4));
}
