//! Models that MLflow 3 logs beside its runs: a folder each in `models` of the experiment.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use assay_core::RunId;
use assay_core::imports::ImportProblem;
use assay_core::tracking::{
    ExperimentId, LoggedMetric, LoggedModel, LoggedModelId, LoggedModelStatus, ModelMetric,
};

use super::META;
use super::meta::texts;
use crate::files::{files_below, folders_in, name_of, relative};
use crate::yaml::Document;
use crate::{SourceModel, problem};

pub(super) fn of_experiment(
    path: &Path,
    root: &Path,
    experiment: (usize, i64),
    problems: &mut Vec<ImportProblem>,
) -> Vec<SourceModel> {
    let (index, experiment_id) = experiment;
    let mut found = Vec::new();
    for folder in folders_in(&path.join("models")) {
        let place = relative(&folder, root);
        let mut own = Vec::new();
        match Document::read(&folder.join(META)) {
            Ok(document) if document.text("lifecycle_stage").as_deref() == Some("deleted") => {}
            Ok(document) => found.push(SourceModel {
                experiment: index,
                model: model(&document, &folder, ExperimentId(experiment_id), &mut own),
                files: files_below(&folder.join("artifacts"), &mut own),
            }),
            Err(wrong) => own.push(problem(META, format!("the model is left out: {wrong}"))),
        }
        problems.extend(
            own.into_iter()
                .map(|found| problem(format!("{place}/{}", found.place), found.wrong)),
        );
    }
    found
}

fn model(
    document: &Document,
    folder: &Path,
    experiment_id: ExperimentId,
    problems: &mut Vec<ImportProblem>,
) -> LoggedModel {
    let created_ms = document.integer("creation_timestamp").unwrap_or(0);
    LoggedModel {
        model_id: LoggedModelId(document.text("model_id").unwrap_or_else(|| name_of(folder))),
        experiment_id,
        name: document.text("name").unwrap_or_else(|| name_of(folder)),
        model_type: document.text("model_type").unwrap_or_default(),
        status: status(document.integer("status").unwrap_or(0)),
        source_run_id: document.text("source_run_id").unwrap_or_default(),
        created_ms,
        updated_ms: document
            .integer("last_updated_timestamp")
            .unwrap_or(created_ms),
        params: texts(&folder.join("params"), "params", problems),
        tags: texts(&folder.join("tags"), "tags", problems),
        metrics: metrics(&folder.join("metrics"), problems),
    }
}

/// A number in `LoggedModelStatus` of MLflow's protocol.
pub fn status(number: i64) -> LoggedModelStatus {
    match number {
        1 => LoggedModelStatus::Pending,
        3 => LoggedModelStatus::Failed,
        _ => LoggedModelStatus::Ready,
    }
}

/// A file per metric with a line per value: `time value step run [data set, digest]`.
fn metrics(folder: &Path, problems: &mut Vec<ImportProblem>) -> Vec<ModelMetric> {
    let mut metrics = Vec::new();
    for file in files_below(folder, problems) {
        let lines = match File::open(&file.file) {
            Ok(opened) => BufReader::new(opened).lines(),
            Err(error) => {
                problems.push(problem(format!("metrics/{}", file.path), error));
                continue;
            }
        };
        metrics.extend(lines.map_while(Result::ok).filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let field = |place: usize| fields.get(place).copied().unwrap_or_default();
            Some(ModelMetric {
                metric: LoggedMetric {
                    key: file.path.clone(),
                    at_ms: field(0).parse().ok()?,
                    value: field(1).parse().ok()?,
                    step: field(2).parse().ok()?,
                },
                run_id: RunId(field(3).to_owned()),
                dataset_name: field(4).to_owned(),
                dataset_digest: field(5).to_owned(),
            })
        }));
    }
    metrics
}
