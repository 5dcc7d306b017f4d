//! The registry of models in a store of files: a folder per model, in it a folder per version.

use std::path::Path;

use assay_core::imports::ImportProblem;
use assay_core::registered::{Origin, RegisteredModel, RegisteredVersion};
use assay_core::registry::Stage;
use assay_core::tracking::LoggedModelId;
use assay_core::{ModelName, RunId};

use super::META;
use super::meta::texts;
use crate::files::{folders_in, name_of};
use crate::problem;
use crate::yaml::Document;

const FOLDER: &str = "models";

pub(super) fn models(root: &Path, problems: &mut Vec<ImportProblem>) -> Vec<RegisteredModel> {
    let mut found = Vec::new();
    for folder in folders_in(&root.join(FOLDER)) {
        let place = format!("{FOLDER}/{}", name_of(&folder));
        match Document::read(&folder.join(META)) {
            Ok(document) => found.push(model(&document, &folder, &place, problems)),
            // without a description it is no model
            Err(_) if !folder.join(META).exists() => {}
            Err(wrong) => problems.push(problem(
                format!("{place}/{META}"),
                format!("the model is left out: {wrong}"),
            )),
        }
    }
    found
}

fn model(
    document: &Document,
    folder: &Path,
    place: &str,
    problems: &mut Vec<ImportProblem>,
) -> RegisteredModel {
    let name = document.text("name").unwrap_or_else(|| name_of(folder));
    let created_ms = document.integer("creation_timestamp").unwrap_or(0);
    let mut versions = Vec::new();
    for own in folders_in(folder) {
        let is_version = name_of(&own)
            .strip_prefix("version-")
            .map(str::parse::<u32>);
        let Some(Ok(number)) = is_version else {
            continue;
        };
        match Document::read(&own.join(META)) {
            Ok(document) => {
                let tags = texts(&own.join("tags"), place, problems);
                versions.push(RegisteredVersion {
                    tags,
                    ..version(&document, &name, number)
                });
            }
            Err(wrong) => problems.push(problem(
                format!("{place}/{}", name_of(&own)),
                format!("the version is left out: {wrong}"),
            )),
        }
    }
    let aliases = texts(&folder.join("aliases"), place, problems);
    RegisteredModel {
        description: document.text("description").unwrap_or_default(),
        tags: texts(&folder.join("tags"), place, problems),
        aliases: aliases
            .into_iter()
            .filter_map(|(alias, number)| Some((alias, number.trim().parse().ok()?)))
            .collect(),
        created_ms,
        updated_ms: document
            .integer("last_updated_timestamp")
            .unwrap_or(created_ms),
        versions,
        model: ModelName(name),
    }
}

fn version(document: &Document, model: &str, number: u32) -> RegisteredVersion {
    let run_id = document.text("run_id");
    let source = document.text("source").unwrap_or_default();
    let created_ms = document.integer("creation_timestamp").unwrap_or(0);
    RegisteredVersion {
        model: ModelName::new(model),
        version: number,
        stage: stage(&document.text("current_stage").unwrap_or_default()),
        aliases: Vec::new(),
        description: document.text("description").unwrap_or_default(),
        tags: Default::default(),
        origin: Origin::Client {
            location: location(&source, run_id.as_deref()),
            source,
            run_link: document.text("run_link").unwrap_or_default(),
            logged_model: document.text("model_id").map(LoggedModelId),
        },
        run_id: run_id.map(RunId),
        created_ms,
        updated_ms: document
            .integer("last_updated_timestamp")
            .unwrap_or(created_ms),
    }
}

/// As MLflow names them.
pub fn stage(word: &str) -> Stage {
    match word {
        "Staging" => Stage::Candidate,
        "Production" => Stage::Production,
        "Archived" => Stage::Archived,
        _ => Stage::Development,
    }
}

/// Where the files of a version lie once its run, or its logged model, is in the lab: by its id instead of a path on
/// another computer. What lies elsewhere stays there.
pub fn location(source: &str, run_id: Option<&str>) -> String {
    let parts: Vec<&str> = source.split('/').collect();
    for (place, window) in parts.windows(2).enumerate() {
        let &[id, "artifacts"] = window else {
            continue;
        };
        let rest = parts.get(place + 2..).unwrap_or_default().join("/");
        if Some(id) == run_id {
            return format!("runs:/{id}/{rest}");
        }
        if id.starts_with("m-") && rest.is_empty() {
            return format!("models:/{id}");
        }
    }
    source.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_the_id_of_what_came_along() {
        for (source, expected) in [
            (
                "file:///home/anna/mlruns/1/abc/artifacts/model",
                "runs:/abc/model",
            ),
            ("./mlartifacts/1/abc/artifacts/a/b", "runs:/abc/a/b"),
            ("/x/1/models/m-12/artifacts", "models:/m-12"),
            ("s3://bucket/abc/artifacts/model", "runs:/abc/model"),
            ("s3://bucket/somewhere", "s3://bucket/somewhere"),
            ("models:/m-12", "models:/m-12"),
            ("runs:/abc/model", "runs:/abc/model"),
        ] {
            assert_eq!(location(source, Some("abc")), expected);
        }
    }
}
