//! Runs: listed, shown, compared.

use std::collections::{BTreeMap, BTreeSet};

use assay_core::code::Code;
use assay_core::result::{Costs, RunResult, ScoredRows};
use assay_core::run::{
    Comparison, ComparisonRow, ExperimentSummary, MetricRow, RunDetail, RunSummary,
    StoredPredictions,
};
use assay_core::{RunId, metrics};

use crate::error::{Attempt, Cause};
use crate::training::{self, PREDICTIONS, RESULT, VALIDATION};
use crate::{Error, Lab};

/// At most so many runs are laid side by side.
const MAX_COMPARED: usize = 20;

impl Lab {
    pub fn experiments(&self) -> Result<Vec<ExperimentSummary>, Error> {
        self.store
            .experiments()
            .attempt(|| "list the experiments".to_owned())
    }

    /// A run by its id, by the beginning of its id, or by its name when that is unique.
    pub fn find_run(&self, text: &str) -> Result<RunSummary, Error> {
        self.store
            .run(text)
            .attempt(|| format!("find run `{text}`"))
    }

    /// Each as [`Lab::find_run`] does, in their order.
    pub fn find_runs(&self, texts: &[String]) -> Result<Vec<RunId>, Error> {
        texts
            .iter()
            .map(|text| Ok(self.find_run(text)?.run_id))
            .collect()
    }

    pub fn run(&self, run_id: &RunId) -> Result<RunDetail, Error> {
        let parts = self
            .store
            .run_parts(run_id)
            .attempt(|| format!("show run `{run_id}`"))?;
        let command = parts
            .record
            .as_ref()
            .map(training::command)
            .unwrap_or_default();
        Ok(RunDetail {
            summary: parts.summary,
            record: parts.record,
            metric_summaries: parts.metric_summaries,
            confusion: parts.confusion,
            parity: parts.parity,
            artifacts: parts.artifacts,
            failure: parts.failure,
            command,
        })
    }

    /// What a run says of its model. Other costs of wrong answers choose other thresholds; `None`: as it was stored.
    pub fn run_result(&self, run_id: &RunId, costs: Option<Costs>) -> Result<RunResult, Error> {
        self.result_of(run_id, costs)
            .attempt(|| format!("show the result of run `{run_id}`"))
    }

    pub(crate) fn result_of(
        &self,
        run_id: &RunId,
        costs: Option<Costs>,
    ) -> Result<RunResult, Cause> {
        if costs.is_some_and(|costs| !costs.are_usable()) {
            return Err(Cause::with_hint(
                Code::Invalid,
                "the costs of wrong answers must be numbers from 0 up, and one of them over 0",
                "name for example 1 for a false positive and 5 for a false negative",
            ));
        }
        let path = self.artifact(run_id, RESULT)?;
        let bytes = std::fs::read(&path).map_err(|error| Cause::io(&path, error))?;
        let mut result: RunResult = serde_json::from_slice(&bytes)?;
        if let Some(costs) = costs.filter(|_| result.threshold.is_some()) {
            let test = scored_rows(&self.predictions(run_id)?);
            let artifacts = self.store.artifacts(run_id)?;
            let validation = artifacts
                .iter()
                .find(|artifact| artifact.path == VALIDATION)
                .map(|_| self.artifact(run_id, VALIDATION))
                .transpose()?
                .map(|path| assay_frame::read_predictions(&path))
                .transpose()?
                .map(|stored| scored_rows(&stored));
            result.threshold =
                training::threshold(&test, validation.as_ref(), &result.classes, costs);
        }
        Ok(result)
    }

    /// What differs between runs, and what is equal.
    pub fn compare(&self, runs: &[RunId]) -> Result<Comparison, Error> {
        self.compare_runs(runs)
            .attempt(|| "compare runs".to_owned())
    }

    fn compare_runs(&self, ids: &[RunId]) -> Result<Comparison, Cause> {
        if ids.is_empty() || ids.len() > MAX_COMPARED {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("{} runs were named", ids.len()),
                format!("name 1 to {MAX_COMPARED} runs"),
            ));
        }
        let parts = ids
            .iter()
            .map(|id| self.store.run_parts(id))
            .collect::<Result<Vec<_>, _>>()?;
        let runs: Vec<RunSummary> = parts.iter().map(|part| part.summary.clone()).collect();
        let (params, equal) = compare_params(&runs);
        Ok(Comparison {
            metrics: compare_metrics(&runs),
            confusions: parts.into_iter().map(|part| part.confusion).collect(),
            runs,
            params,
            equal,
        })
    }

    /// The test-set predictions that were stored with a run.
    pub(crate) fn predictions(&self, run_id: &RunId) -> Result<StoredPredictions, Cause> {
        let path = self.artifact(run_id, PREDICTIONS)?;
        Ok(assay_frame::read_predictions(&path)?)
    }

    pub(crate) fn artifact(&self, run_id: &RunId, name: &str) -> Result<std::path::PathBuf, Cause> {
        let artifacts = self.store.artifacts(run_id)?;
        let artifact = artifacts
            .iter()
            .find(|artifact| artifact.path == name)
            .ok_or_else(|| {
                Cause::with_hint(
                    Code::NotFound,
                    format!("run {run_id} has no {name}"),
                    "choose a run that finished",
                )
            })?;
        Ok(self.store.object_path(&artifact.object)?)
    }
}

fn scored_rows(stored: &StoredPredictions) -> ScoredRows {
    ScoredRows {
        positive: stored.truth_class.iter().map(|&class| class == 1).collect(),
        probability: stored
            .probabilities
            .iter()
            .skip(1)
            .step_by(2)
            .copied()
            .collect(),
    }
}

/// Parameters that differ, and those that are equal in all runs.
fn compare_params(runs: &[RunSummary]) -> (Vec<ComparisonRow>, Vec<ComparisonRow>) {
    let mut names: BTreeSet<&str> = runs
        .iter()
        .flat_map(|run| run.params.keys().map(String::as_str))
        .collect();
    // The algorithm first: it explains most of the others.
    let algorithm = names.take("algorithm");
    algorithm
        .into_iter()
        .chain(names)
        .map(|name| ComparisonRow {
            name: name.to_owned(),
            values: runs
                .iter()
                .map(|run| run.params.get(name).cloned())
                .collect(),
        })
        .chain(std::iter::once(ComparisonRow {
            name: "data".to_owned(),
            values: runs
                .iter()
                .map(|run| run.dataset.as_ref().map(ToString::to_string))
                .collect(),
        }))
        .partition(|row| {
            row.values
                .windows(2)
                .any(|pair| pair.first() != pair.last())
        })
}

fn compare_metrics(runs: &[RunSummary]) -> Vec<MetricRow> {
    let mut by_name: BTreeMap<&str, Vec<Option<f64>>> = BTreeMap::new();
    for name in runs.iter().flat_map(|run| run.metrics.keys()) {
        by_name.entry(name).or_insert_with(|| {
            runs.iter()
                .map(|run| run.metrics.get(name).copied())
                .collect()
        });
    }
    by_name
        .into_iter()
        .map(|(name, values)| {
            let larger_is_better = metrics::larger_is_better(name);
            MetricRow {
                name: name.to_owned(),
                best: best(&values, larger_is_better),
                values,
                larger_is_better,
            }
        })
        .collect()
}

/// The index of the best value; `None` when nothing stands out.
fn best(values: &[Option<f64>], larger_is_better: bool) -> Option<u32> {
    let sign = if larger_is_better { 1.0 } else { -1.0 };
    let present: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| value.map(|value| (index, sign * value)))
        .collect();
    let (index, top) = present
        .iter()
        .copied()
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    let stands_out = present.iter().any(|(_, value)| *value < top);
    if stands_out {
        u32::try_from(index).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_value_follows_the_direction_of_the_metric() {
        for (values, larger, expected) in [
            (vec![Some(0.9), Some(0.95), None], true, Some(1)),
            (vec![Some(0.4), Some(0.3)], false, Some(1)),
            (vec![Some(0.5), Some(0.5)], true, None),
            (vec![None, None], true, None),
            (vec![Some(0.5), Some(0.5), Some(0.1)], true, Some(0)),
        ] {
            assert_eq!(best(&values, larger), expected, "{values:?}");
        }
    }
}
