//! What clients of the tracking API do in the registry, beside what is registered here.

use std::collections::BTreeMap;

use assay_core::lab::TrashKind;
use assay_core::registered::{NewClientVersion, Origin, RegisteredVersion};
use assay_core::registry::Stage;
use assay_core::{Code, ModelName};

use crate::support::{ACT, Lab, key};

fn new_version(model: &str) -> NewClientVersion {
    NewClientVersion {
        model: ModelName::new(model),
        source: "models:/m-1".to_owned(),
        location: "mlflow-artifacts:/0/models/m-1/artifacts".to_owned(),
        run_id: None,
        run_link: String::new(),
        logged_model: None,
        description: "from a notebook".to_owned(),
        tags: BTreeMap::from([("q".to_owned(), "good".to_owned())]),
    }
}

fn created(lab: &Lab, model: &str) {
    lab.store
        .create_registered_model(&ModelName::new(model), "", &[], ACT)
        .unwrap();
}

fn registered(lab: &Lab, model: &str) -> RegisteredVersion {
    lab.store
        .register_for_client(&new_version(model), ACT)
        .unwrap()
}

#[test]
fn versions_of_both_kinds_are_one_line() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    assert_eq!(lab.model("species", &run_id).version, 1);
    assert_eq!(registered(&lab, "species").version, 2);
    assert_eq!(lab.model("species", &run_id).version, 3);
    let model = lab
        .store
        .registered_model(&ModelName::new("species"))
        .unwrap();
    let kinds: Vec<(u32, bool)> = model
        .versions
        .iter()
        .map(|version| (version.version, version.origin == Origin::Assay))
        .collect();
    assert_eq!(kinds, [(3, true), (2, false), (1, true)]);
    let summary = &lab.store.models().unwrap()[0];
    assert_eq!(
        (summary.n_versions, summary.exported.as_slice()),
        (3, [3, 1].as_slice())
    );
    assert_eq!(summary.newest.as_ref().unwrap().version, 3);
    // What needs an exported model says why there is none.
    let error = lab
        .store
        .model_version(&"species@2".parse().unwrap())
        .unwrap_err();
    assert_eq!(error.code(), Code::Invalid);
    assert!(error.to_string().contains("a client"), "{error}");
}

#[test]
fn an_alias_and_a_stage_move_over_both_kinds_and_back() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    registered(&lab, "species");
    let model = ModelName::new("species");
    lab.store
        .set_alias(&key("species", 1), "champion", ACT)
        .unwrap();
    lab.store
        .set_any_alias(&key("species", 2), "champion", ACT)
        .unwrap();
    let aliases = || lab.store.registered_model(&model).unwrap().aliases;
    assert_eq!(aliases()["champion"], 2);
    lab.store.undo(ACT).unwrap();
    assert_eq!(aliases()["champion"], 1);
    lab.store
        .set_stage(&key("species", 2), Stage::Production, "", ACT)
        .unwrap();
    assert_eq!(lab.store.models().unwrap()[0].production, Some(2));
    lab.store.undo(ACT).unwrap();
    assert_eq!(lab.store.models().unwrap()[0].production, None);
}

#[test]
fn a_client_may_name_and_describe_what_it_likes() {
    let lab = Lab::new();
    for name in ["März 100% 'q'", "UPPER", "upper", "a@b"] {
        created(&lab, name);
    }
    let error = lab
        .store
        .create_registered_model(&ModelName::new("upper"), "", &[], ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
    let (model, to) = (ModelName::new("a@b"), ModelName::new("c"));
    lab.store.describe_model(&model, "words", ACT).unwrap();
    lab.store.set_model_tag(&model, "k", "1", ACT).unwrap();
    lab.store.set_model_tag(&model, "k", "2", ACT).unwrap();
    assert_eq!(registered(&lab, "a@b").version, 1);
    lab.store.rename_model(&model, &to, ACT).unwrap();
    let found = lab.store.registered_model(&to).unwrap();
    assert_eq!(
        (found.description.as_str(), found.tags["k"].as_str()),
        ("words", "2")
    );
    assert_eq!(found.versions[0].description, "from a notebook");
    assert_eq!(found.versions[0].tags["q"], "good");
    // The line goes on under the new name.
    assert_eq!(registered(&lab, "c").version, 2);
    assert_eq!(
        lab.store.registered_model(&model).unwrap_err().code(),
        Code::NotFound
    );
    assert_eq!(
        lab.store
            .rename_model(&to, &ModelName::new("UPPER"), ACT)
            .unwrap_err()
            .code(),
        Code::Conflict
    );
    assert!(lab.store.verify_audit().unwrap().is_ok());
}

#[test]
fn what_was_registered_here_keeps_its_name() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    let error = lab
        .store
        .rename_model(&ModelName::new("species"), &ModelName::new("kinds"), ACT)
        .unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
}

#[test]
fn a_version_registered_here_is_only_hidden_from_clients() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.store
        .set_alias(&key("species", 1), "champion", ACT)
        .unwrap();
    lab.store
        .delete_version_for_client(&key("species", 1), ACT)
        .unwrap();
    let seen = || lab.store.registered_version(&key("species", 1));
    assert_eq!(seen().unwrap_err().code(), Code::NotFound);
    let kept = lab
        .store
        .model_version(&"species@1".parse().unwrap())
        .unwrap();
    assert_eq!((kept.stage, kept.aliases.len()), (Stage::Archived, 0));
    assert_eq!(lab.store.models().unwrap()[0].n_versions, 1);
    lab.store
        .set_stage(&key("species", 1), Stage::Candidate, "", ACT)
        .unwrap();
    assert_eq!(seen().unwrap().stage, Stage::Candidate);
    // A client's own goes for good, and its number with it.
    registered(&lab, "species");
    lab.store
        .delete_version_for_client(&key("species", 2), ACT)
        .unwrap();
    assert_eq!(registered(&lab, "species").version, 3);
}

#[test]
fn a_deleted_model_waits_in_the_trash_with_or_without_versions() {
    let lab = Lab::new();
    for name in ["empty", "full"] {
        created(&lab, name);
    }
    registered(&lab, "full");
    for name in ["empty", "full"] {
        lab.store.delete(TrashKind::Model, name, ACT).unwrap();
    }
    let mut titles: Vec<String> = lab
        .store
        .trash()
        .unwrap()
        .into_iter()
        .map(|item| item.title)
        .collect();
    titles.sort();
    assert_eq!(titles, ["model empty, 0 versions", "model full, 1 version"]);
    lab.store.restore(TrashKind::Model, "full", ACT).unwrap();
    assert_eq!(registered(&lab, "full").version, 2);
    lab.store.empty_trash(ACT).unwrap();
    assert_eq!(lab.store.trash().unwrap(), []);
    assert_eq!(lab.store.models().unwrap().len(), 1);
}

#[test]
fn prompts_are_not_among_the_models() {
    let lab = Lab::new();
    let tag = ("mlflow.prompt.is_prompt".to_owned(), "true".to_owned());
    lab.store
        .create_registered_model(&ModelName::new("greeting"), "", &[tag], ACT)
        .unwrap();
    assert_eq!(lab.store.models().unwrap(), []);
    assert!(lab.store.registered_models().unwrap()[0].is_prompt());
}
