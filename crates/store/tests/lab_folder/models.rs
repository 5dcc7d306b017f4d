//! The registry.

use assay_core::registry::Stage;
use assay_core::{Code, ModelName};
use assay_store::{Error, Store, check_folder};

use crate::support::{ACT, Lab, key, new_model, unsigned};

fn version_of(store: &Store, reference: &str) -> Result<u32, Error> {
    Ok(store.model_version(&reference.parse()?)?.version)
}

#[test]
fn versions_count_up_and_are_reached_by_number_alias_or_latest() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    for version in 1..=3 {
        assert_eq!(lab.model("species", &run_id).version, version);
    }
    lab.store
        .set_alias(&key("species", 2), "champion", ACT)
        .unwrap();
    for (reference, version) in [
        ("species", 3),
        ("species@latest", 3),
        ("species@1", 1),
        ("species@champion", 2),
    ] {
        assert_eq!(
            version_of(&lab.store, reference).unwrap(),
            version,
            "{reference}"
        );
    }
    for reference in ["species@4", "species@loser", "Species", "other"] {
        let error = version_of(&lab.store, reference).unwrap_err();
        assert_eq!(error.code(), Code::NotFound, "{reference}");
    }
    let summary = &lab.store.models().unwrap()[0];
    assert_eq!(
        (
            summary.n_versions,
            summary.latest.as_ref().unwrap().version,
            summary.production
        ),
        (3, 3, None)
    );
    assert_eq!(summary.aliases["champion"], 2);
    assert_eq!(lab.store.run(run_id.as_str()).unwrap().models.len(), 3);
    let error = lab
        .store
        .register(
            new_model("SPECIES", &run_id, lab.object(b"o"), lab.object(b"r")),
            ACT,
        )
        .unwrap_err();
    assert_eq!(error.code(), Code::Conflict);
}

#[test]
fn an_alias_moves_and_moves_back() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.model("species", &run_id);
    lab.store
        .set_alias(&key("species", 1), "champion", ACT)
        .unwrap();
    lab.store
        .set_alias(&key("species", 2), "champion", ACT)
        .unwrap();
    assert_eq!(version_of(&lab.store, "species@champion").unwrap(), 2);
    assert_eq!(
        lab.store.undo(ACT).unwrap().unwrap(),
        "move of the alias species@champion"
    );
    assert_eq!(version_of(&lab.store, "species@champion").unwrap(), 1);
    lab.store.undo(ACT).unwrap();
    assert!(version_of(&lab.store, "species@champion").is_err());
    for alias in ["latest", "3", "v3", "", "a/b", "a@b"] {
        let error = lab
            .store
            .set_alias(&key("species", 1), alias, ACT)
            .unwrap_err();
        assert_eq!(error.code(), Code::Invalid, "{alias}");
    }
    let model = ModelName::new("species");
    assert!(lab.store.remove_alias(&model, "champion", ACT).is_err());
}

#[test]
fn a_stage_moves_alone_and_is_in_the_log() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.model("species", &run_id);
    for version in [1, 2] {
        let from = lab
            .store
            .set_stage(
                &key("species", version),
                Stage::Production,
                "it is good",
                ACT,
            )
            .unwrap();
        assert_eq!(from, Stage::Development);
    }
    let stages = || -> Vec<Stage> {
        let versions = lab
            .store
            .model_versions(&ModelName::new("species"))
            .unwrap();
        versions.iter().map(|version| version.stage).collect()
    };
    assert_eq!(stages(), [Stage::Production, Stage::Production]);
    assert_eq!(lab.store.models().unwrap()[0].production, Some(2));
    let entry = &lab.store.audit(Some("species@2"), 1).unwrap()[0];
    assert_eq!(entry.action, "model.promoted");
    assert!(entry.detail.contains("it is good"), "{}", entry.detail);
    lab.store.undo(ACT).unwrap();
    assert_eq!(stages(), [Stage::Development, Stage::Production]);
    lab.store
        .set_stage(&key("species", 1), Stage::Archived, "", ACT)
        .unwrap();
    assert_eq!(
        lab.store.audit(Some("species@1"), 1).unwrap()[0].action,
        "model.archived"
    );
}

#[test]
fn an_exported_folder_is_whole_and_damage_is_seen() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    let key = key("species", 1);
    assert_eq!(
        lab.store.registry_path(&key).unwrap_err().code(),
        Code::NotFound
    );
    let files = |onnx: &[u8]| {
        vec![
            ("model.onnx".to_owned(), onnx.to_vec()),
            ("MLmodel".to_owned(), b"flavors:".to_vec()),
            ("plots/roc.svg".to_owned(), b"<svg/>".to_vec()),
        ]
    };
    let folder = lab
        .store
        .write_registry(&key, &files(b"first"), unsigned)
        .unwrap();
    assert_eq!(folder, lab.path().join("registry/species/1"));
    let sums = std::fs::read_to_string(folder.join("CHECKSUMS")).unwrap();
    // sha256 of `first`, from coreutils.
    assert!(sums.contains(
        "SHA256 (model.onnx) = a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e"
    ));
    // Written anew in place of the old one.
    lab.store
        .write_registry(&key, &files(b"second"), unsigned)
        .unwrap();
    assert_eq!(std::fs::read(folder.join("model.onnx")).unwrap(), b"second");
    let check = lab.store.verify_registry(&key).unwrap();
    assert_eq!((check.n_files, check.damaged.len()), (3, 0));
    assert_eq!(
        std::fs::read_dir(lab.path().join("registry"))
            .unwrap()
            .count(),
        1
    );

    std::fs::write(folder.join("model.onnx"), b"other").unwrap();
    std::fs::remove_file(folder.join("plots/roc.svg")).unwrap();
    let check = lab.store.verify_registry(&key).unwrap();
    assert_eq!(check.damaged, ["model.onnx", "plots/roc.svg"]);
    for sums in ["", "nonsense", "SHA256 (../../assay.toml) = 00"] {
        std::fs::write(folder.join("CHECKSUMS"), sums).unwrap();
        assert_eq!(
            check_folder(&folder).unwrap().damaged,
            ["CHECKSUMS"],
            "{sums}"
        );
    }
    for path in ["../x", "/x", "a\\b", "CHECKSUMS", "", "c:x"] {
        let error = lab
            .store
            .write_registry(&key, &[(path.to_owned(), vec![])], unsigned)
            .unwrap_err();
        assert_eq!(error.code(), Code::Invalid, "{path}");
    }
}

#[test]
fn a_withdrawn_version_leaves_the_lab_as_it_was() {
    let lab = Lab::new();
    let run_id = lab.finished_run(1);
    lab.model("species", &run_id);
    lab.store.withdraw_version(&key("species", 1), ACT).unwrap();
    assert_eq!(lab.store.models().unwrap(), []);
    assert_eq!(lab.model("species", &run_id).version, 2);
    assert_eq!(
        lab.store
            .model_versions(&ModelName::new("species"))
            .unwrap()
            .len(),
        1
    );
    assert!(lab.store.verify_audit().unwrap().is_ok());
}
