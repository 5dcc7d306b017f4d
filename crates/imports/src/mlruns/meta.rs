//! What the descriptions in a store of files say, and the small files beside them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assay_core::RunId;
use assay_core::imports::{ImportProblem, ImportedExperiment, ImportedRun};
use assay_core::run::RunStatus;
use assay_core::tracking::{DatasetInput, LoggedModelId, ModelOutput};

use super::{META, TRASH};
use crate::files::{files_below, folders_in, name_of};
use crate::problem;
use crate::yaml::Document;

/// Parameters and tags are texts of a line or a page; a longer file is none.
const MAX_TEXT_BYTES: u64 = 64 << 20;

pub(super) fn experiment(
    document: &Document,
    path: &Path,
    problems: &mut Vec<ImportProblem>,
) -> ImportedExperiment {
    let in_trash = path.parent().is_some_and(|parent| name_of(parent) == TRASH);
    let name = document.text("name").unwrap_or_else(|| name_of(path));
    let created_ms = document.integer("creation_time").unwrap_or(0);
    ImportedExperiment {
        experiment_id: document
            .text("experiment_id")
            .and_then(|id| id.parse().ok()),
        is_deleted: in_trash || document.text("lifecycle_stage").as_deref() == Some("deleted"),
        created_ms,
        updated_ms: document.integer("last_update_time").unwrap_or(created_ms),
        tags: texts(&path.join("tags"), &name, problems),
        name,
    }
}

/// `None`: it is no run.
pub(super) fn run(
    document: &Document,
    path: &Path,
    problems: &mut Vec<ImportProblem>,
) -> Option<ImportedRun> {
    let run_id = document
        .text("run_id")
        .or_else(|| document.text("run_uuid"))?;
    let params = texts(&path.join("params"), "params", problems);
    let mut tags = texts(&path.join("tags"), "tags", problems);
    // before there were tags for them
    for (key, tag) in [
        ("source_name", "mlflow.source.name"),
        ("source_version", "mlflow.source.git.commit"),
        ("entry_point_name", "mlflow.project.entryPoint"),
    ] {
        if let Some(text) = document.text(key).filter(|_| !tags.contains_key(tag)) {
            tags.insert(tag.to_owned(), text);
        }
    }
    let name = tags
        .get("mlflow.runName")
        .cloned()
        .or_else(|| document.text("run_name"))
        .or_else(|| document.text("name"))
        .unwrap_or_default();
    let is_deleted = document.text("lifecycle_stage").as_deref() == Some("deleted");
    let started_ms = document.integer("start_time").unwrap_or(0);
    let ended_ms = document.integer("end_time");
    let (inputs, outputs) = vertices(path, problems);
    Some(ImportedRun {
        run_id: RunId(run_id),
        name,
        user: document.text("user_id").unwrap_or_default(),
        status: status(document),
        started_ms,
        ended_ms,
        deleted_ms: is_deleted.then(|| {
            document
                .integer("deleted_time")
                .or(ended_ms)
                .unwrap_or(started_ms)
        }),
        params,
        tags,
        inputs,
        outputs,
    })
}

/// A number in `RunStatus` of MLflow's protocol, in some versions its name.
fn status(document: &Document) -> RunStatus {
    match document.text("status").unwrap_or_default().as_str() {
        "3" | "FINISHED" => RunStatus::Finished,
        "4" | "FAILED" => RunStatus::Failed,
        "5" | "KILLED" => RunStatus::Killed,
        _ => RunStatus::Running,
    }
}

/// A file per key, its bytes the value.
pub(super) fn texts(
    folder: &Path,
    place: &str,
    problems: &mut Vec<ImportProblem>,
) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for file in files_below(folder, problems) {
        let size = fs::metadata(&file.file).map_or(0, |found| found.len());
        let read = if size > MAX_TEXT_BYTES {
            Err(format!("it is too long ({size} bytes)"))
        } else {
            fs::read(&file.file)
                .map_err(|error| error.to_string())
                .and_then(|bytes| {
                    String::from_utf8(bytes).map_err(|_| "it is no UTF-8 text".to_owned())
                })
        };
        match read {
            Ok(text) => {
                texts.insert(file.path, text);
            }
            Err(wrong) => problems.push(problem(format!("{place}/{}", file.path), wrong)),
        }
    }
    texts
}

/// What went into the run, and the models that came out of it.
fn vertices(
    run: &Path,
    problems: &mut Vec<ImportProblem>,
) -> (Vec<DatasetInput>, Vec<ModelOutput>) {
    let datasets = run.parent().map(|above| above.join("datasets"));
    let mut inputs = Vec::new();
    for folder in folders_in(&run.join("inputs")) {
        let place = format!("inputs/{}", name_of(&folder));
        let read = Document::read(&folder.join(META)).and_then(|input| {
            if input.text("source_type").as_deref() == Some("MODEL") {
                return Ok(None);
            }
            let id = input.text("source_id").unwrap_or_default();
            let fits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let described = match datasets.as_ref().filter(|_| fits) {
                Some(datasets) => Document::read(&datasets.join(&id).join(META))?,
                None => Document::default(),
            };
            Ok(Some(DatasetInput {
                name: described.text("name").unwrap_or_default(),
                digest: described.text("digest").unwrap_or_default(),
                source_type: described.text("source_type").unwrap_or_default(),
                source: described.text("source").unwrap_or_default(),
                schema: described.text("schema"),
                profile: described.text("profile"),
                tags: input.texts("tags"),
            }))
        });
        match read {
            Ok(found) => inputs.extend(found),
            Err(wrong) => problems.push(problem(place, wrong)),
        }
    }
    let outputs = folders_in(&run.join("outputs"))
        .into_iter()
        .map(|folder| ModelOutput {
            step: Document::read(&folder.join(META))
                .ok()
                .and_then(|output| output.integer("step"))
                .unwrap_or(0),
            model_id: LoggedModelId(name_of(&folder)),
        })
        .collect();
    (inputs, outputs)
}
