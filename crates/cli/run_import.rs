//! `assay runs import`

use std::path::PathBuf;

use assay_core::ExperimentName;
use assay_core::imports::{RunFormat, RunImportReport, RunImportSpec};
use assay_core::job::{JobOutcome, JobSpec};
use assay_lab::{Error, Lab};

use crate::data::absolute;
use crate::output::{Output, bytes, plural};
use crate::progress;

#[derive(clap::Args)]
pub struct Import {
    /// An mlruns folder, an mlflow.db, TensorBoard event files, W&B run folders, a CSV file of metrics, or an archive
    path: PathBuf,
    /// What it is, when that is not found out
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// The experiment that gets the runs; else as the source has it, or after the folder or file
    #[arg(long, value_name = "E")]
    experiment: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum Format {
    /// The folder that MLflow keeps its runs in
    Mlruns,
    /// MLflow's SQLite database
    MlflowDb,
    Tensorboard,
    /// Folders that W&B's client leaves behind
    Wandb,
    /// A table with a step and metrics
    Csv,
    /// What `assay runs export` wrote
    Archive,
}

impl Import {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let spec = RunImportSpec {
            path: absolute(&self.path),
            format: self.format.map(|format| match format {
                Format::Mlruns => RunFormat::MlflowFolder,
                Format::MlflowDb => RunFormat::MlflowDatabase,
                Format::Tensorboard => RunFormat::Tensorboard,
                Format::Wandb => RunFormat::Wandb,
                Format::Csv => RunFormat::Csv,
                Format::Archive => RunFormat::Archive,
            }),
            experiment: self.experiment.clone().map(ExperimentName::new),
        };
        let job = progress::run(lab, JobSpec::ImportRuns(spec))?;
        if let Some(JobOutcome::RunsImported(report)) = job.outcome {
            output.result(&report, imported);
        }
        Ok(())
    }
}

fn imported(report: &RunImportReport) -> String {
    let counts = [
        (report.n_new, "imported"),
        (report.n_updated, "brought up to date"),
        (report.n_unchanged, "there already"),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, words)| format!("{} {words}", plural(n, "run")))
        .collect();
    let mut lines = vec![match counts.is_empty() {
        true => "no runs".to_owned(),
        false => counts.join(", "),
    }];
    if report.n_new + report.n_updated > 0 {
        let experiments: Vec<&str> = report
            .experiments
            .iter()
            .map(ExperimentName::as_str)
            .collect();
        lines.push(format!(
            "{}, {} ({}), in {}",
            plural(report.n_points, "point"),
            plural(report.n_artifacts, "file"),
            bytes(report.artifact_bytes),
            experiments.join(", ")
        ));
    }
    if report.n_model_versions > 0 {
        lines.push(plural(report.n_model_versions, "new model version"));
    }
    lines.push(format!("read as {}", report.read_as));
    if !report.problems.is_empty() {
        let n = report.problems.len() as u64;
        lines.push(format!("left out: {}", plural(n, "place")));
    }
    lines.join("\n")
}
