//! What the doctor finds, mends, and leaves alone.

use assay_core::lab::DoctorReport;

use crate::support::{Lab, key, unsigned};

fn problems(report: &DoctorReport) -> Vec<(&str, &str)> {
    report
        .checks
        .iter()
        .flat_map(|check| {
            check
                .problems
                .iter()
                .map(|text| (check.name.as_str(), text.as_str()))
        })
        .collect()
}

/// A lab with one of everything that can be damaged.
fn lab() -> Lab {
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.store
        .write_registry(
            &key("species", 1),
            &[("model.onnx".to_owned(), b"onnx".to_vec())],
            unsigned,
        )
        .unwrap();
    lab
}

#[test]
fn a_whole_lab_is_healthy() {
    let lab = lab();
    let report = lab.store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{:?}", problems(&report));
    assert!(report.checks.iter().all(|check| check.repaired.is_empty()));
    let objects = report
        .checks
        .iter()
        .find(|check| check.name == "objects")
        .unwrap();
    assert_eq!(objects.n_checked, 3);
}

#[test]
fn damage_is_found_and_user_data_is_not_touched() {
    let lab = lab();
    let object = lab
        .store
        .dataset_version(&"penguins".parse().unwrap())
        .unwrap()
        .row_groups[0]
        .object
        .clone();
    let path = lab.store.object_path(&object).unwrap();
    for (damage, check, part) in [
        ("change", "objects", "was changed"),
        ("remove", "objects", "cannot be read"),
    ] {
        if damage == "change" {
            std::fs::write(&path, b"rowz").unwrap();
        } else {
            std::fs::remove_file(&path).unwrap();
        }
        let before = lab.objects();
        let report = lab.store.doctor(true, |_| true, 0);
        let found = problems(&report);
        assert_eq!(found.len(), 1, "{damage}: {found:?}");
        assert_eq!(found[0].0, check, "{damage}");
        assert!(found[0].1.contains(part), "{damage}: {found:?}");
        assert!(!report.healthy);
        assert_eq!(lab.objects(), before, "{damage}");
    }
    assert_eq!(lab.store.datasets().unwrap().len(), 1);
}

#[test]
fn exported_folders_are_held_against_their_sums() {
    let lab = lab();
    let folder = lab.store.registry_path(&key("species", 1)).unwrap();
    std::fs::write(folder.join("model.onnx"), b"other").unwrap();
    std::fs::create_dir_all(lab.path().join("registry/species/7")).unwrap();
    let report = lab.store.doctor(false, |_| true, 0);
    assert_eq!(problems(&report).len(), 2, "{report:?}");
    let report = lab.store.doctor(true, |_| true, 0);
    assert_eq!(problems(&report).len(), 1, "{report:?}");
    assert!(!lab.path().join("registry/species/7").exists());
    std::fs::remove_dir_all(&folder).unwrap();
    let report = lab.store.doctor(true, |_| true, 0);
    assert!(
        problems(&report)[0].1.contains("no exported folder"),
        "{report:?}"
    );
}

#[test]
fn links_settings_and_jobs_are_looked_at() {
    let lab = lab();
    lab.sql(
        "PRAGMA foreign_keys = OFF; INSERT INTO run_tags VALUES (99, 'a', 'b');
         INSERT INTO jobs (job_id, state, process_id, created_ms, doc) VALUES ('1', 'running', 7, 1, 'x')",
    );
    std::fs::write(lab.store.settings_path(), "[nonsense]\n").unwrap();
    let report = lab.store.doctor(false, |_| true, 0);
    let names: Vec<_> = problems(&report)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        ["links in the database", "jobs", "settings"],
        "{report:?}"
    );
}

#[test]
fn unfinished_files_are_not_taken_from_those_who_write_them() {
    let lab = lab();
    let object = lab.store.begin_object().unwrap();
    // As an older Assay left them.
    let left_over = lab.path().join("objects/tmp/object-dead");
    std::fs::write(&left_over, b"half").unwrap();
    let report = lab.store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{:?}", problems(&report));
    assert_eq!(
        report.checks[3].repaired,
        ["1 files of 4 bytes were removed."]
    );
    assert!(!left_over.exists());
    drop(lab.open_again());
    assert!(object.path().exists());
    assert!(object.commit().is_ok());
}

#[test]
fn objects_that_nothing_refers_to_are_found_and_removed_when_asked() {
    let lab = lab();
    let stray = lab.path().join("objects/ab");
    std::fs::create_dir_all(&stray).unwrap();
    let stray = stray.join("ab".repeat(32));
    std::fs::write(&stray, b"stray").unwrap();
    let report = lab.store.doctor(false, |_| true, 0);
    assert_eq!(
        problems(&report),
        [(
            "objects that nothing refers to",
            "1 objects are referred to by nothing."
        )]
    );
    assert!(stray.exists());
    assert!(lab.store.doctor(true, |_| true, 0).healthy);
    assert!(!stray.exists());
}
