//! The sample lab: the whole chain on the bundled data, from a dropped file to a seen drift.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use assay_core::dataset::{ImportOptions, ImportSpec};
use assay_core::gate::GateReport;
use assay_core::ids::ExperimentName;
use assay_core::reference::Reference;
use assay_core::registry::{ModelVersion, PromoteRequest, Stage};
use assay_core::replay::{DriftReport, LogMapping, ReplaySpec, WindowSpec};
use assay_core::run::RunSummary;
use assay_core::run_table::RunQuery;
use assay_core::tracking::OrderBy;
use assay_core::train::{CvSpec, SplitSpec, TrainSpec};
use assay_core::{DatasetName, ModelName, ReplayId, RunId, Task};
use flate2::read::GzDecoder;
use jiff::civil::date;
use jiff::{Span, Unit};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

const PENGUINS: &[u8] = include_bytes!("../../../assets/penguins.csv.gz");
const ELECTRICITY: &[u8] = include_bytes!("../../../assets/electricity.csv.gz");

pub const PENGUIN_MODEL: &str = "penguin-species";
pub const PRICE_MODEL: &str = "nsw-price";
/// The name of the log that the demo replays.
pub const LOG_NAME: &str = "electricity-log.csv";

/// Algorithms that are tried on the penguins.
const TRIED: [&str; 3] = ["random_forest", "logistic_regression", "decision_tree"];
/// The first fifth of the electricity data trains; the rest is the log.
const TRAINING_SHARE: f64 = 0.2;
const WEEK_MS: i64 = 604_800_000;

/// What the demo made, read back from the lab.
#[derive(Debug, Clone)]
pub struct DemoSummary {
    /// The runs on the penguins, best first.
    pub runs: Vec<RunSummary>,
    pub model: ModelVersion,
    pub gate: GateReport,
    pub report: DriftReport,
}

impl Lab {
    /// Runs the chain. Running it again adds runs and versions, and changes nothing that is there.
    pub fn demo(&self, task: &Task) -> Result<(), Error> {
        let folder = tempfile::tempdir().map_err(|error| {
            Error::new(
                "make the sample lab",
                Cause::io(Path::new("a temporary folder"), error),
            )
        })?;
        let files = unpack(folder.path()).attempt(|| "unpack the sample data".to_owned())?;
        let quiet = task.without_steps();
        let step = |done: u64, phase: &str| task.step(done, 8, phase);

        step(0, "importing penguins");
        self.import(
            &ImportSpec {
                path: files.penguins.clone(),
                name: None,
                options: ImportOptions::default(),
            },
            &quiet,
        )?;
        step(1, "checking its expectations");
        let penguins = Reference::latest("penguins");
        let suite = self.suggest_expectations(&penguins)?;
        self.save_expectations(&penguins, &suite)?;
        self.check(&penguins, &quiet)?;
        step(2, "training on penguins");
        let best = self.train_penguins(&quiet)?;
        step(3, "registering the best");
        self.publish(&best, PENGUIN_MODEL)?;

        step(4, "importing electricity");
        self.import(
            &ImportSpec {
                path: files.training.clone(),
                name: Some(DatasetName::new("electricity")),
                options: ImportOptions::default(),
            },
            &quiet,
        )?;
        let electricity = Reference::latest("electricity");
        let suite = self.suggest_expectations(&electricity)?;
        self.save_expectations(&electricity, &suite)?;
        self.check(&electricity, &quiet)?;
        step(5, "training on electricity");
        let run = self.train_electricity(&quiet)?;
        step(6, "registering it");
        self.publish(&run, PRICE_MODEL)?;
        step(7, "replaying two years of production");
        let replay_id = ReplayId::from_bits(self.environment.id_bits());
        self.replay(
            &ReplaySpec {
                logs: vec![files.log.clone()],
                model: Some(Reference::latest(PRICE_MODEL)),
                reference: None,
                mapping: LogMapping {
                    timestamp: Some("time".to_owned()),
                    label: Some("class".to_owned()),
                    ..LogMapping::default()
                },
                window: Some(WindowSpec::Millis(WEEK_MS)),
                options: ImportOptions::default(),
                rule: None,
                challengers: Vec::new(),
                retrain: Vec::new(),
                domain_classifier: false,
            },
            &replay_id,
            &quiet,
        )?;
        step(8, "done");
        Ok(())
    }

    /// What the newest demo of this lab made.
    pub fn demo_summary(&self) -> Result<DemoSummary, Error> {
        let query = RunQuery {
            experiment: Some(ExperimentName::new("penguins")),
            order_by: vec![OrderBy {
                name: "metrics.cv.accuracy.mean".to_owned(),
                ascending: false,
            }],
            ..RunQuery::default()
        };
        let model = self.model(&Reference::latest(PENGUIN_MODEL))?;
        let newest = self
            .replays()?
            .into_iter()
            .filter(|replay| {
                let model = replay.model.as_ref();
                model.is_some_and(|model| model.model.as_str() == PRICE_MODEL)
            })
            .max_by_key(|replay| replay.created_ms)
            .ok_or_else(|| {
                Error::new(
                    "sum up the demo",
                    Cause::said(assay_core::Code::NotFound, "it has no replay"),
                )
            })?;
        Ok(DemoSummary {
            runs: self
                .runs(&query)?
                .runs
                .into_iter()
                .map(|run| run.summary)
                .collect(),
            model: model.version,
            gate: model.gate,
            report: self.drift_report(&newest.replay_id)?,
        })
    }

    fn train_penguins(&self, task: &Task) -> Result<RunId, Error> {
        let mut best: Option<(f64, RunId)> = None;
        for algorithm in TRIED {
            let spec = TrainSpec {
                algorithm: Some(algorithm.to_owned()),
                cv_folds: Some(5),
                experiment: Some(ExperimentName::new("penguins")),
                ..spec("penguins", "species")
            };
            let run_id = self.new_run_id();
            self.train(&spec, &run_id, task)?;
            let run = self.find_run(run_id.as_str())?;
            let score = run.metrics.get("cv.accuracy.mean").copied().unwrap_or(0.0);
            if best.as_ref().is_none_or(|(top, _)| score > *top) {
                best = Some((score, run_id));
            }
        }
        best.map(|(_, run_id)| run_id).ok_or_else(|| {
            Error::new(
                "choose the best run",
                Cause::said(assay_core::Code::Bug, "nothing was trained"),
            )
        })
    }

    fn train_electricity(&self, task: &Task) -> Result<RunId, Error> {
        let spec = TrainSpec {
            experiment: Some(ExperimentName::new("electricity")),
            ..spec("electricity", "class")
        };
        let run_id = self.new_run_id();
        self.train(&spec, &run_id, task)?;
        Ok(run_id)
    }

    fn publish(&self, run_id: &RunId, name: &str) -> Result<(), Error> {
        let version = self.register(run_id, &ModelName::new(name))?;
        let reference = Reference::version(name, version.version);
        self.set_alias(&reference, "champion")?;
        self.promote(&PromoteRequest {
            model: reference,
            to: Stage::Production,
            reason: "the sample lab".to_owned(),
        })?;
        Ok(())
    }

    fn new_run_id(&self) -> RunId {
        let bits = || u128::from(self.environment.id_bits());
        RunId::from_bits((bits() << 64) | bits())
    }
}

fn spec(dataset: &str, target: &str) -> TrainSpec {
    TrainSpec {
        schema: assay_core::train::TRAIN_SPEC_SCHEMA,
        dataset: Reference::latest(dataset),
        target: target.to_owned(),
        labels: None,
        algorithm: None,
        params: std::collections::BTreeMap::new(),
        recipe: None,
        named_recipe: None,
        split: SplitSpec::default(),
        weight: None,
        calibrate: None,
        target_transform: None,
        cv_folds: None,
        cv: CvSpec::default(),
        candidates: Vec::new(),
        learning_curve: None,
        seed: 42,
        experiment: None,
        run_name: None,
        override_expectations: None,
    }
}

struct SampleFiles {
    penguins: PathBuf,
    training: PathBuf,
    log: PathBuf,
}

/// The bundled data as files: penguins as they are, electricity cut into training rows and a log with its time.
fn unpack(folder: &Path) -> Result<SampleFiles, Cause> {
    let files = SampleFiles {
        penguins: folder.join("penguins.csv"),
        training: folder.join("electricity.csv"),
        log: folder.join(LOG_NAME),
    };
    let write =
        |path: &Path, text: &str| fs::write(path, text).map_err(|error| Cause::io(path, error));
    write(&files.penguins, &inflate(PENGUINS)?)?;
    let electricity = inflate(ELECTRICITY)?;
    let (training, log) = cut(&electricity)?;
    write(&files.training, &training)?;
    write(&files.log, &log)?;
    Ok(files)
}

fn inflate(bytes: &[u8]) -> Result<String, Cause> {
    let mut text = String::new();
    GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .map_err(|error| Cause::io(Path::new("the bundled data"), error))?;
    Ok(text)
}

/// The first fifth of the rows, and the rest with the half hour in which each was measured: the data begin on
/// 7 May 1996 and hold one row per half hour.
fn cut(text: &str) -> Result<(String, String), Cause> {
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let rows: Vec<&str> = lines.collect();
    let n_training = (rows.len() as f64 * TRAINING_SHARE) as usize;
    let (training, log) = rows.split_at(n_training);
    let training = format!("{header}\n{}\n", training.join("\n"));
    let mut with_time = format!("time,{header}\n").into_bytes();
    let start = date(1996, 5, 7).at(0, 0, 0, 0);
    for (index, row) in log.iter().enumerate() {
        let minutes = 30 * (n_training + index) as i64;
        let time = start
            .checked_add(Span::new().minutes(minutes))
            .and_then(|time| time.round(Unit::Minute))
            .map_err(|error| Cause::said(assay_core::Code::Bug, error.to_string()))?;
        writeln!(with_time, "{time}Z,{row}")
            .map_err(|error| Cause::io(Path::new(LOG_NAME), error))?;
    }
    Ok((training, String::from_utf8_lossy(&with_time).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_goes_on_where_training_ends() {
        let text = inflate(ELECTRICITY).expect("bundled");
        let (training, log) = cut(&text).expect("cut");
        assert_eq!(training.lines().count(), 9_063);
        assert_eq!(log.lines().count(), 45_312 - 9_062 + 1);
        // 9,062 half hours are 188 days and 19 hours
        assert!(
            log.lines()
                .nth(1)
                .is_some_and(|line| line.starts_with("1996-11-11T19:00:00Z,")),
            "{:?}",
            log.lines().nth(1)
        );
    }
}
