//! Delete, restore, undo, and the end of it.

use assay_core::lab::TrashKind::{Dataset, Model, Replay, Run};
use assay_core::lab::{LabStatus, TrashKind};
use assay_core::run_table::RunQuery;
use assay_core::{Code, ObjectHash};

use crate::support::{ACT, Lab, key, stored_file, unsigned};

/// One of everything; the run made the model.
fn full_lab() -> (Lab, Vec<(TrashKind, String)>) {
    let lab = Lab::new();
    lab.dataset("penguins", "rows");
    let run_id = lab.finished_run(1);
    let artifact = lab.run(2);
    let object = lab.object(b"artifact");
    lab.store
        .add_artifact(&artifact, &stored_file("a.bin", &object, 8), 1)
        .unwrap();
    let end = assay_store::FinishedRun::new(assay_core::run::RunStatus::Failed, ACT.at_ms + 5);
    lab.store.finish_run(&artifact, &end).unwrap();
    lab.model("species", &run_id);
    lab.store
        .write_registry(&key("species", 1), &[("f".to_owned(), vec![1])], unsigned)
        .unwrap();
    let replay_id = lab.replay(7, &key("species", 1));
    let things = vec![
        (Dataset, "penguins".to_owned()),
        (Run, artifact.0),
        (Model, "species".to_owned()),
        (Replay, replay_id.0),
    ];
    (lab, things)
}

fn counts(lab: &Lab) -> [u64; 5] {
    let LabStatus {
        n_datasets,
        n_runs,
        n_models,
        n_replays,
        n_in_trash,
        ..
    } = lab.store.status("1", |_| true).unwrap();
    let lists = [
        lab.store.datasets().unwrap().len() as u64,
        lab.store.runs(&RunQuery::default()).unwrap().n_matching,
        lab.store.models().unwrap().len() as u64,
        lab.store.replays().unwrap().len() as u64,
        lab.store.trash().unwrap().len() as u64,
    ];
    assert_eq!(lists, [n_datasets, n_runs, n_models, n_replays, n_in_trash]);
    lists
}

#[test]
fn what_is_deleted_vanishes_and_comes_back_by_restore_and_by_undo() {
    let (lab, things) = full_lab();
    let whole = counts(&lab);
    assert_eq!(whole, [1, 2, 1, 1, 0]);
    for (kind, id) in &things {
        lab.store.delete(*kind, id, ACT).unwrap();
        assert_ne!(counts(&lab), whole, "{id}");
        assert_eq!(lab.store.trash().unwrap()[0].id, *id);
        assert_eq!(
            lab.store.delete(*kind, id, ACT).unwrap_err().code(),
            Code::NotFound
        );
        lab.store.restore(*kind, id, ACT).unwrap();
        assert_eq!(counts(&lab), whole, "{id}");
        assert_eq!(
            lab.store.restore(*kind, id, ACT).unwrap_err().code(),
            Code::NotFound
        );
        lab.store.delete(*kind, id, ACT).unwrap();
        assert!(
            lab.store
                .undo_title()
                .unwrap()
                .unwrap()
                .starts_with("delete of the ")
        );
        lab.store.undo(ACT).unwrap();
        assert_eq!(counts(&lab), whole, "{id}");
        // Then the restore, then the first delete: all the way back.
        lab.store.undo(ACT).unwrap();
        assert_ne!(counts(&lab), whole, "{id}");
        lab.store.undo(ACT).unwrap();
        assert_eq!(counts(&lab), whole, "{id}");
    }
    assert_eq!(lab.store.undo(ACT).unwrap(), None);
    assert!(lab.store.verify_audit().unwrap().is_ok());
}

#[test]
fn the_name_is_free_but_its_numbers_are_not() {
    let lab = Lab::new();
    lab.dataset("penguins", "a");
    lab.dataset("penguins", "b");
    lab.store.delete(Dataset, "penguins", ACT).unwrap();
    let (again, already_there) = lab.dataset("penguins", "a");
    assert_eq!((again.version, already_there), (3, false));
    let error = lab.store.restore(Dataset, "penguins", ACT).unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    assert_eq!(lab.store.undo(ACT).unwrap_err().code(), Code::Conflict);

    // Two of a name in the trash are told apart.
    lab.store.delete(Dataset, "penguins", ACT).unwrap();
    let trash = lab.store.trash().unwrap();
    let ids: Vec<_> = trash.iter().map(|item| item.id.as_str()).collect();
    assert_eq!(ids, ["penguins", "penguins@1"]);
    lab.store.restore(Dataset, "penguins@1", ACT).unwrap();
    assert_eq!(lab.store.datasets().unwrap()[0].latest.version, 2);
    lab.store.empty_trash(ACT).unwrap();
    assert_eq!(lab.dataset("penguins", "d").0.version, 4);
}

#[test]
fn a_run_that_is_needed_cannot_be_deleted() {
    let lab = Lab::new();
    let run_id = lab.run(1);
    let delete = || lab.store.delete(Run, run_id.as_str(), ACT);
    assert!(delete().unwrap_err().to_string().contains("still runs"));
    let end = assay_store::FinishedRun::new(assay_core::run::RunStatus::Finished, ACT.at_ms);
    lab.store.finish_run(&run_id, &end).unwrap();
    lab.model("species", &run_id);
    assert!(delete().unwrap_err().to_string().contains("species@1"));
    lab.store.delete(Model, "species", ACT).unwrap();
    delete().unwrap();
    // The model comes back while its run is in the trash: the run outlives the emptying.
    lab.store.restore(Model, "species", ACT).unwrap();
    lab.store.empty_trash(ACT).unwrap();
    assert_eq!(lab.store.trash().unwrap().len(), 1);
    lab.store.restore(Run, run_id.as_str(), ACT).unwrap();
}

#[test]
fn emptied_trash_is_gone_with_its_bytes_and_only_those() {
    let (lab, things) = full_lab();
    let shared = lab.object(b"artifact");
    let keeper = lab.run(9);
    lab.store
        .add_artifact(&keeper, &stored_file("same.bin", &shared, 8), 1)
        .unwrap();
    let objects = |lab: &Lab| lab.objects().len();
    // rows, artifact, onnx, sketch, shapes
    assert_eq!(objects(&lab), 5);
    for (kind, id) in &things {
        lab.store.delete(*kind, id, ACT).unwrap();
    }
    assert_eq!(objects(&lab), 5);
    let removed = lab.store.empty_trash(ACT).unwrap();
    assert_eq!(removed.n_files, 4);
    assert_eq!(objects(&lab), 1);
    assert_eq!(lab.store.read_object(&shared).unwrap(), b"artifact");
    assert!(!lab.path().join("registry/species").exists());
    assert_eq!(lab.store.trash().unwrap(), []);
    assert_eq!(lab.store.undo(ACT).unwrap(), None);
    assert_eq!(counts(&lab), [0, 2, 0, 0, 0]);
    let report = lab.store.doctor(false, |_| true, 0);
    assert!(report.healthy, "{report:?}");
}

#[test]
fn emptying_leaves_fresh_objects_of_other_processes_alone() {
    let lab = Lab::new();
    let other = lab.open_again();
    let (foreign, _): (ObjectHash, u64) = other.put_object(b"about to be used").unwrap();
    let (own, _) = lab.store.put_object(b"mine").unwrap();
    lab.dataset("penguins", "rows");
    lab.store.delete(Dataset, "penguins", ACT).unwrap();
    lab.store.empty_trash(ACT).unwrap();
    assert!(lab.store.read_object(&foreign).is_ok());
    assert!(lab.store.read_object(&own).is_ok());
    // What is closed without having referred to its bytes takes them with it.
    drop(other);
    assert!(lab.store.read_object(&foreign).is_err());
    assert_eq!(lab.store.empty_trash(ACT).unwrap().n_files, 0);
    assert!(lab.store.read_object(&own).is_ok());
}
