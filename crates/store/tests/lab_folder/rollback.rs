//! The way back to the version that was in production before.

use assay_core::registry::Stage;
use assay_core::{Code, ModelName};

use crate::support::{ACT, Lab, key};

/// The stages of the versions, the oldest first.
fn stages(lab: &Lab) -> Vec<Stage> {
    let versions = lab.store.model_versions(&ModelName::new("species"));
    let mut versions = versions.unwrap();
    versions.sort_by_key(|version| version.version);
    versions.iter().map(|version| version.stage).collect()
}

fn with_versions(n: u32) -> Lab {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    for _ in 0..n {
        lab.model("species", &run_id);
    }
    lab
}

fn promote(lab: &Lab, version: u32) {
    let key = key("species", version);
    lab.store
        .set_stage(&key, Stage::Production, "", ACT)
        .unwrap();
}

fn target(lab: &Lab) -> Option<u32> {
    let target = lab.store.rollback_target(&ModelName::new("species"));
    target.unwrap().map(|target| target.version)
}

#[test]
fn the_version_before_comes_back_with_its_aliases_and_one_undo_takes_it_back() {
    let lab = with_versions(3);
    assert_eq!(target(&lab), None);
    let point = |version, alias: &str| {
        lab.store
            .set_alias(&key("species", version), alias, ACT)
            .unwrap();
    };
    promote(&lab, 1);
    point(1, "champion");
    point(3, "challenger");
    assert_eq!(target(&lab), None);
    promote(&lab, 3);
    point(3, "champion");
    assert_eq!(target(&lab), Some(1));

    let done = lab
        .store
        .roll_back(&key("species", 1), "it drifts", ACT)
        .unwrap();
    assert_eq!(done.to, key("species", 1));
    assert_eq!(done.from, Some(key("species", 3)));
    assert_eq!(done.aliases, ["champion"]);
    let after = [Stage::Production, Stage::Development, Stage::Archived];
    assert_eq!(stages(&lab), after);
    let aliases = lab.store.models().unwrap()[0].aliases.clone();
    assert_eq!((aliases["champion"], aliases["challenger"]), (1, 3));
    let entry = &lab.store.audit(Some("species@1"), 1).unwrap()[0];
    assert_eq!(entry.action, "model.rolled_back");
    assert_eq!(
        entry.detail,
        "Back in production in the place of species@3. `champion` came back. Reason: it drifts"
    );

    assert_eq!(
        lab.store.undo(ACT).unwrap().as_deref(),
        Some("rollback to species@1")
    );
    let before = [Stage::Production, Stage::Development, Stage::Production];
    assert_eq!(stages(&lab), before);
    assert_eq!(lab.store.models().unwrap()[0].aliases["champion"], 3);
    assert!(lab.store.verify_audit().unwrap().is_ok());
}

#[test]
fn what_was_taken_out_comes_back_and_what_came_later_is_not_before() {
    let lab = with_versions(3);
    promote(&lab, 1);
    promote(&lab, 2);
    lab.store.undo(ACT).unwrap();
    // The promotion of 2 was taken back, and 1 has none before it.
    assert_eq!(target(&lab), None);
    lab.store
        .set_stage(&key("species", 1), Stage::Archived, "", ACT)
        .unwrap();
    // Nothing is in production: the last one that was.
    assert_eq!(target(&lab), Some(1));
    promote(&lab, 3);
    let error = lab
        .store
        .roll_back(&key("species", 2), "", ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    let error = lab
        .store
        .roll_back(&key("species", 9), "", ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    assert_eq!(stages(&lab)[2], Stage::Production);
}
