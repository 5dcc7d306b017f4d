//! A lab of an older format is brought up with all that it holds.

use assay_core::DatasetName;
use assay_core::expect::{CheckReport, SuiteOutcome};
use assay_core::reference::Reference;
use assay_core::run_table::RunQuery;
use assay_store::Store;
use rusqlite::{Connection, params};

use crate::support::{ACT, Lab, VERSION, hash_of, new_run};

const FORMAT_1: &str = include_str!("../../src/migrations/1.sql");

/// As format 1 kept a version: one object, named beside the content.
fn version_document(version: u32, content: &str, object: &str) -> serde_json::Value {
    serde_json::json!({
        "schema": 1, "dataset": "penguins", "version": version,
        "content": hash_of(content), "object": hash_of(object),
        "columns": { "columns": [{ "name": "island", "kind": "text", "nullable": false }] },
        "n_rows": 344, "size_bytes": object.len(),
        "source": {
            "file_name": "penguins.csv", "size_bytes": 10, "hash": hash_of("source"),
            "options": { "no_header": false, "columns": [], "delimiter": null, "null_values": [] }
        },
        "created_ms": ACT.at_ms
    })
}

fn check() -> CheckReport {
    CheckReport {
        schema: 1,
        suite: "penguins".to_owned(),
        suite_version: 0,
        dataset: Reference::version("penguins", 1),
        n_rows: 344,
        outcome: SuiteOutcome::default(),
        results: Vec::new(),
        checked_ms: 1,
        duration_secs: 0.1,
    }
}

#[test]
fn a_lab_of_format_1_keeps_versions_checks_and_runs() {
    let lab = Lab::new();
    let path = lab.path();
    for bytes in ["one", "two"] {
        lab.object(bytes.as_bytes());
    }
    // The newest format is put aside, and a database of format 1 takes its place.
    let objects: Vec<_> = lab.objects().into_iter().collect();
    let folder = lab.close();
    for (path, bytes) in objects {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    for part in ["lab.db", "lab.db-wal", "lab.db-shm"] {
        let _ = std::fs::remove_file(path.join(part));
    }
    let db = Connection::open(path.join("lab.db")).unwrap();
    db.execute_batch(FORMAT_1).unwrap();
    db.pragma_update(None, "user_version", 1).unwrap();
    db.pragma_update(None, "application_id", 0x4153_4159)
        .unwrap();
    db.execute("INSERT INTO datasets (id, name) VALUES (7, 'penguins')", [])
        .unwrap();
    for (id, version, content, object) in [(70, 1, "a", "one"), (71, 2, "b", "two")] {
        db.execute(
            "INSERT INTO dataset_versions (id, dataset_id, version, content, object, size_bytes, doc)
             VALUES (?1, 7, ?2, ?3, ?4, ?5, ?6)",
            params![
                id,
                version,
                hash_of(content).as_str(),
                hash_of(object).as_str(),
                object.len() as i64,
                version_document(version, content, object).to_string()
            ],
        )
        .unwrap();
    }
    db.execute(
        "INSERT INTO version_counters (kind, name, last) VALUES ('dataset', 'penguins', 2)",
        [],
    )
    .unwrap();
    db.execute(
        "INSERT INTO checks (dataset_version_id, checked_ms, outcome, doc) VALUES (70, 1, ?1, ?2)",
        params![
            serde_json::to_string(&SuiteOutcome::default()).unwrap(),
            serde_json::to_string(&check()).unwrap()
        ],
    )
    .unwrap();
    drop(db);

    let store = Store::open(&path, VERSION, ACT.at_ms).unwrap();
    let name = DatasetName::new("penguins");
    let versions = store.dataset_versions(&name).unwrap();
    let found: Vec<_> = versions
        .iter()
        .map(|version| {
            let group = &version.row_groups[0];
            assert_eq!(version.row_groups.len(), 1);
            assert_eq!((&group.content, group.n_rows), (&version.content, 344));
            (version.version, store.read_object(&group.object).unwrap())
        })
        .collect();
    assert_eq!(found, [(2, b"two".to_vec()), (1, b"one".to_vec())]);
    assert_eq!(store.latest_check(&name, 1).unwrap(), Some(check()));
    assert_eq!(
        store.row_group(&hash_of("a")).unwrap(),
        Some(versions[1].row_groups[0].clone())
    );
    let report = store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{report:?}");

    // And it goes on from there.
    store.begin_run(new_run(1)).unwrap();
    assert_eq!(store.runs(&RunQuery::default()).unwrap().n_total, 1);
    let restored = store
        .restore_dataset_version(&Reference::version("penguins", 1), ACT)
        .unwrap();
    assert_eq!(restored.version, 3);
    let backups = std::fs::read_dir(path.join("backups")).unwrap().count();
    assert_eq!(backups, 1);
    drop(store);
    drop(folder);
}
