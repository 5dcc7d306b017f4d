//! Gates asked: the facts behind each condition of a move, and what a refusal says.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_core::code::Code;
use assay_core::gate::{
    self, BetterThan, Champion, ConditionKind, DataCheck, GateCondition, GateReport, GateSettings,
};
use assay_core::matrix::Target;
use assay_core::metrics::{
    Measure, MeasureOptions, PairedDifference, deciding_metric, paired_difference,
};
use assay_core::reference::Reference;
use assay_core::registry::{ModelVersion, Stage};
use assay_core::run::{StoredPredictions, TrainRecord};
use assay_core::schema::ColumnType;
use assay_core::task::Task;
use assay_core::{DatasetName, ObjectHash, RunId};

use crate::Lab;
use crate::error::Cause;
use crate::model_files::DataFacts;
use crate::models::{stored_prediction, trained};

/// Resamples are drawn the same way every time a gate is asked.
const SEED: u64 = 42;

impl Lab {
    /// `reason` is what the person who moves the version says so far.
    pub(crate) fn gate_of(
        &self,
        version: &ModelVersion,
        to: Stage,
        reason: &str,
    ) -> Result<GateReport, Cause> {
        let settings = self.store.settings()?;
        let default = (to == Stage::Production).then(GateSettings::default);
        let Some(wanted) = settings.gate.get(to.label()).cloned().or(default) else {
            return Ok(GateReport::of(version.key(), to, Vec::new()));
        };
        let mut conditions = Vec::new();
        for (name, limit) in &wanted.metrics {
            let value = version.metrics.get(name).copied();
            conditions.push(gate::metric_condition(name, value, *limit));
        }
        if let Some(rule) = &wanted.better_than {
            let metric = rule.metric.as_deref().map_or_else(
                || version.problem.map_or("any metric", deciding_metric),
                // As a version names its own metrics.
                |name| name.strip_prefix("test.").unwrap_or(name),
            );
            let champion = self.champion(version, rule, metric)?;
            conditions.push(gate::comparison_condition(rule, metric, &champion));
        }
        if wanted.expectations {
            conditions.push(self.expectations_met(version)?);
        }
        if wanted.parity {
            conditions.push(gate::parity_condition(version.parity.as_ref()));
        }
        if let Some(max_days) = wanted.max_data_age_days {
            conditions.push(self.data_age(version, max_days)?);
        }
        if wanted.approval {
            conditions.push(gate::approval_condition(reason));
        }
        Ok(GateReport::of(version.key(), to, conditions))
    }

    fn expectations_met(&self, version: &ModelVersion) -> Result<GateCondition, Cause> {
        let Some(trained) = version.trained() else {
            return Ok(GateCondition::of_imported(
                ConditionKind::Expectations,
                "expectations",
                "suite passes".to_owned(),
            ));
        };
        // A data set of that name here may be another one than in the lab that the version comes from.
        if self.record_here(version)?.is_none() {
            let facts = self.provenance_of(&version.key())?.data;
            return Ok(gate::expectations_condition(
                facts.and_then(|facts| facts.check),
                " in its own lab",
            ));
        }
        let check = self.data_check(trained.dataset, trained.dataset_number)?;
        Ok(gate::expectations_condition(check, ""))
    }

    fn data_check(&self, dataset: &DatasetName, version: u32) -> Result<Option<DataCheck>, Cause> {
        let report = self.store.latest_check(dataset, version)?;
        Ok(report.map(|report| DataCheck {
            n_passed: u64::from(report.outcome.n_passed),
            n_rules: report.results.len() as u64,
            passed: report.outcome.passed(),
        }))
    }

    /// What travels with a version about the data that it was trained on.
    pub(crate) fn data_facts(&self, version: &ModelVersion) -> Result<DataFacts, Cause> {
        let trained = trained(version)?;
        let reference = Reference::version(trained.dataset.as_str(), trained.dataset_number);
        Ok(DataFacts {
            imported_ms: self.store.dataset_version(&reference)?.created_ms,
            check: self.data_check(trained.dataset, trained.dataset_number)?,
        })
    }

    fn data_age(&self, version: &ModelVersion, max_days: f64) -> Result<GateCondition, Cause> {
        let Some(trained) = version.trained() else {
            return Ok(GateCondition::of_imported(
                ConditionKind::DataAge,
                "age of the data",
                format!("at most {max_days} days"),
            ));
        };
        let imported_ms = match self.record_here(version)? {
            Some(_) => {
                let dataset = trained.dataset.as_str();
                let reference = Reference::version(dataset, trained.dataset_number);
                Some(self.store.dataset_version(&reference)?.created_ms)
            }
            None => {
                let facts = self.provenance_of(&version.key())?.data;
                facts.map(|facts| facts.imported_ms)
            }
        };
        let now_ms = self.act().at_ms;
        Ok(gate::data_age_condition(imported_ms, now_ms, max_days))
    }

    /// Both models on the rows that the candidate was tested on: the candidate by its stored answers, the champion by
    /// its exported graph.
    fn champion(
        &self,
        version: &ModelVersion,
        rule: &BetterThan,
        metric: &str,
    ) -> Result<Champion, Cause> {
        let versions = self.store.model_versions(&version.model)?;
        let champion = versions
            .into_iter()
            .find(|other| other.aliases.contains(&rule.alias));
        let Some(champion) = champion.filter(|champion| champion.version != version.version) else {
            return Ok(Champion::Nobody);
        };
        let (Some(trained), Some(_)) = (version.trained(), champion.trained()) else {
            let imported = if version.imported.is_some() {
                version.key()
            } else {
                champion.key()
            };
            return Ok(Champion::NotComparable(format!(
                "cannot be judged: {imported} was imported, no run here trained it"
            )));
        };
        let question = Question {
            run_id: trained.run_id.clone(),
            champion: champion.onnx.clone(),
            metric: metric.to_owned(),
            confidence_bits: rule.confidence.to_bits(),
        };
        if let Some(known) = self.comparisons.known(&question) {
            return Ok(Champion::Compared(champion.key(), known));
        }
        let compared = self.compare_with(version, &champion, metric, rule.confidence)?;
        if let Champion::Compared(_, found) = &compared {
            self.comparisons.keep(question, *found);
        }
        Ok(compared)
    }

    fn compare_with(
        &self,
        version: &ModelVersion,
        champion: &ModelVersion,
        metric: &str,
        confidence: f64,
    ) -> Result<Champion, Cause> {
        let Some(record) = self.record_here(version)? else {
            return Ok(Champion::NotComparable(
                "the rows that it was tested on are in another lab".to_owned(),
            ));
        };
        let other = self.record_of(champion)?;
        if other.spec.target != record.spec.target || other.classes != record.classes {
            return Ok(Champion::NotComparable(format!(
                "{} answers something else",
                champion.key()
            )));
        }
        let stored = self.predictions(trained(version)?.run_id)?;
        let Some(truth) = truth(&stored, &record) else {
            return Ok(Champion::NotComparable("no stored answers".to_owned()));
        };
        let champions = match self.intact(&champion.key()) {
            Err(Cause::Said { wrong, .. }) => return Ok(Champion::NotComparable(wrong)),
            intact => intact?,
        };
        let columns = match self.tested_columns(&record, &stored, &other.fitted.inputs) {
            Err(Cause::Frame(error)) => return Ok(Champion::NotComparable(error.to_string())),
            columns => columns?,
        };
        let theirs = self
            .runtime()?
            .session(&champions.onnx)?
            .predict(&columns, &other.classes)?;
        let ours = stored_prediction(&stored);
        let options = MeasureOptions {
            weights: None,
            quantile: None,
            without_class_areas: false,
        };
        let (Ok(mine), Ok(others)) = (
            Measure::new(&truth, &ours, &options),
            Measure::new(&truth, &theirs, &options),
        ) else {
            return Ok(Champion::NotComparable("other kinds of answers".to_owned()));
        };
        let found = paired_difference(mine, others, metric, confidence, SEED, &Task::silent())?;
        Ok(match found {
            Some(found) => Champion::Compared(champion.key(), found),
            None => Champion::NotComparable(format!("`{metric}` is not defined for both")),
        })
    }
}

/// What was found before: pages ask for a gate again with every change, and it reads all test rows many times over.
#[derive(Debug, Default)]
pub(crate) struct Comparisons(Mutex<HashMap<Question, PairedDifference>>);

/// Invariant: names contents that never change, not versions.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    run_id: RunId,
    champion: ObjectHash,
    metric: String,
    confidence_bits: u64,
}

impl Comparisons {
    fn known(&self, question: &Question) -> Option<PairedDifference> {
        self.held().get(question).copied()
    }

    fn keep(&self, question: Question, found: PairedDifference) {
        self.held().insert(question, found);
    }

    /// A thread that panicked left whole entries behind.
    fn held(&self) -> MutexGuard<'_, HashMap<Question, PairedDifference>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// # Errors
/// What the gate refused, and how to meet it.
pub(crate) fn gate_passed(gate: &GateReport, version: &ModelVersion) -> Result<(), Cause> {
    if gate.passed {
        return Ok(());
    }
    let refused: Vec<_> = gate
        .conditions
        .iter()
        .filter(|condition| !condition.passed)
        .collect();
    let said: Vec<String> = refused
        .iter()
        .map(|condition| {
            format!(
                "{} needs {}, measured {}",
                condition.name, condition.needs, condition.measured
            )
        })
        .collect();
    let hint = if refused
        .iter()
        .all(|condition| condition.kind == ConditionKind::Approval)
    {
        "say why: `--approve WHY` in a shell, the field below the conditions in the window"
            .to_owned()
    } else if let Some(dataset) = &version.dataset {
        format!(
            "meet the condition, or change [gate.{}] in assay.toml; `assay expect check {dataset}` checks the data",
            gate.to.label(),
        )
    } else {
        format!(
            "change [gate.{}] in assay.toml to what can be known of a file: `parity = false`, `expectations = false`, `approval = true`",
            gate.to.label(),
        )
    };
    Err(Cause::with_hint(
        Code::Precondition,
        format!("its gate refused: {}", said.join("; ")),
        hint,
    ))
}

/// `None` for what was not measured against an answer.
pub(crate) fn truth(stored: &StoredPredictions, record: &TrainRecord) -> Option<Target> {
    if !stored.truth_value.is_empty() {
        Some(Target::Values(stored.truth_value.clone()))
    } else if !stored.truth_class.is_empty() {
        Some(Target::Classes {
            classes: record.classes.clone(),
            kind: ColumnType::Text,
            indices: stored.truth_class.clone(),
        })
    } else {
        None
    }
}
