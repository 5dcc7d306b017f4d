//! `assay train N[@V] --target COL …`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::ids::ExperimentName;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::recipe::Recipe;
use assay_core::reference::Reference;
use assay_core::run::RunDetail;
use assay_core::train::{ParamValue, SplitMethod, SplitSpec, TRAIN_SPEC_SCHEMA, TrainSpec};
use assay_lab::{Cause, Error, Lab};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::output::{Output, figure, table};
use crate::progress;

#[derive(clap::Args)]
pub struct Arguments {
    /// The data set, `name` or `name@version`
    #[arg(required_unless_present = "spec")]
    dataset: Option<Reference>,
    /// The column to predict
    #[arg(long, required_unless_present = "spec", value_name = "COL")]
    target: Option<String>,
    /// logistic_regression, linear_regression, ridge, decision_tree or random_forest
    #[arg(long, default_value = "random_forest", value_parser = algorithms())]
    algorithm: String,
    /// A parameter of the algorithm; may be given several times
    #[arg(long = "param", value_name = "K=V")]
    params: Vec<String>,
    /// A recipe as JSON; else one is made from the profile
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// Share of rows held out for the test
    #[arg(long, default_value_t = 0.2, value_name = "F", value_parser = fraction)]
    test_size: f64,
    /// Folds of a cross-validation on the training rows
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100))]
    cv: Option<u32>,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Stratified for classes and random for numbers when nothing is said
    #[arg(long, value_enum)]
    split: Option<Split>,
    #[arg(long)]
    experiment: Option<String>,
    /// The run's name
    #[arg(long)]
    name: Option<String>,
    /// Train although the data breaks its expectations, and say why; the audit log keeps it
    #[arg(long = "override", value_name = "WHY")]
    override_expectations: Option<String>,
    /// All of it as one JSON file, as `assay runs show` prints it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dataset", "target"])]
    spec: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Split {
    Random,
    Stratified,
    Time,
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let spec = self.spec()?;
        let job = progress::run(lab, JobSpec::Train(spec))?;
        if let Some(JobOutcome::Run { run_id }) = &job.outcome {
            let detail = lab.run(run_id)?;
            output.result(&summary(&detail), |_| text(&detail));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn spec(&self) -> Result<TrainSpec, Error> {
        if let Some(path) = &self.spec {
            let mut spec: TrainSpec = read(path, "a training spec")?;
            if let Some(reason) = &self.override_expectations {
                spec.override_expectations = Some(reason.clone());
            }
            return Ok(spec);
        }
        let mut params: BTreeMap<String, ParamValue> = BTreeMap::new();
        for given in &self.params {
            let (name, value) = given.split_once('=').ok_or_else(|| {
                let cause = Cause::with_hint(
                    Code::Invalid,
                    "it holds no `=`",
                    "write for example --param max_depth=10",
                );
                Error::new(format!("read the parameter `{given}`"), cause)
            })?;
            let value = assay_lab::parse_param(&self.algorithm, name, value)
                .map_err(|error| Error::new(format!("read the parameter `{given}`"), error))?;
            params.insert(name.to_owned(), value);
        }
        let recipe: Option<Recipe> = self
            .recipe
            .as_deref()
            .map(|path| read(path, "a recipe"))
            .transpose()?;
        let (Some(dataset), Some(target)) = (self.dataset.clone(), self.target.clone()) else {
            // The argument parser wants both when no file is named.
            return Err(Error::new(
                "train",
                Cause::said(Code::Invalid, "no data set and target were named"),
            ));
        };
        Ok(TrainSpec {
            schema: TRAIN_SPEC_SCHEMA,
            dataset,
            target,
            algorithm: Some(self.algorithm.clone()),
            params,
            recipe,
            split: SplitSpec {
                method: match self.split {
                    None => SplitMethod::Auto,
                    Some(Split::Random) => SplitMethod::Random,
                    Some(Split::Stratified) => SplitMethod::Stratified,
                    Some(Split::Time) => SplitMethod::Time,
                },
                test_fraction: self.test_size,
            },
            cv_folds: self.cv,
            seed: self.seed,
            experiment: self.experiment.clone().map(ExperimentName::new),
            run_name: self.name.clone(),
            override_expectations: self.override_expectations.clone(),
        })
    }
}

fn read<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Error> {
    let attempted = || format!("read {what} from {}", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(attempted(), Cause::io(path, error)))?;
    serde_json::from_str(&text).map_err(|error| {
        Error::new(
            attempted(),
            Cause::said(Code::Invalid, format!("it is not {what}: {error}")),
        )
    })
}

fn algorithms() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(assay_lab::algorithm_names())
}

fn fraction(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("a share over 0 and under 1, for example 0.2".to_owned()),
    }
}

/// What scripts need of a run, under the names that stay.
pub fn summary(detail: &RunDetail) -> serde_json::Value {
    let record = detail.record.as_ref();
    json!({
        "run_id": detail.summary.run_id,
        "name": detail.summary.name,
        "experiment": detail.summary.experiment,
        "status": detail.summary.status,
        "dataset": detail.summary.dataset,
        "dataset_version": record.map(|record| &record.dataset_version),
        "algorithm": record.map(|record| &record.algorithm),
        "params": detail.summary.params,
        "metrics": detail.summary.metrics,
        "onnx": detail.artifacts.iter().find(|artifact| artifact.path == "model.onnx").map(|artifact| &artifact.object),
        "parity": detail.parity,
        "warnings": record.map(|record| &record.warnings),
        "failure": detail.failure,
        "spec": record.map(|record| &record.spec),
        "environment": record.map(|record| &record.environment),
        "recipe": record.map(|record| &record.recipe),
        "artifacts": detail.artifacts,
        "command": detail.command,
    })
}

pub fn text(detail: &RunDetail) -> String {
    let summary = &detail.summary;
    let mut lines = vec![format!(
        "{} ({})  {} on {}",
        summary.name,
        summary.run_id.as_str().get(..8).unwrap_or_default(),
        summary
            .params
            .get("algorithm")
            .map(String::as_str)
            .unwrap_or_default(),
        summary
            .dataset
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    )];
    if let Some(failure) = &detail.failure {
        lines.push(failure.to_string());
    }
    let rows = summary
        .metrics
        .iter()
        .map(|(name, value)| vec![name.clone(), figure(Some(*value))])
        .collect();
    lines.push(table(&["metric", "value"], rows, &[1]));
    if let Some(parity) = &detail.parity {
        lines.push(format!(
            "ONNX parity {}: {} rows, {} labels differ, largest difference {:.1e}",
            if parity.passed { "passed" } else { "failed" },
            parity.rows,
            parity.label_flips,
            parity.max_rel_diff
        ));
    }
    lines.join("\n")
}
