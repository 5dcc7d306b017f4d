//! The choice among candidate parameters, by folds inside the rows that may train.

use std::collections::BTreeMap;

use assay_core::code::Code;
use assay_core::result::{Candidate, Choice};
use assay_core::train::{CvSpec, ParamValue, TrainSpec};
use assay_core::{Task, metrics, split};

use super::Plan;
use super::folds::mean_and_std;
use crate::error::Cause;

/// Parameters that a spec offers for choice.
#[derive(Debug)]
pub struct Offered {
    /// As given.
    pub given: BTreeMap<String, ParamValue>,
    /// With the spec's own parameters and the defaults.
    pub resolved: BTreeMap<String, ParamValue>,
}

pub const INNER_FOLDS: std::ops::RangeInclusive<u32> = 2..=20;

/// # Errors
/// A parameter that the algorithm does not have, or a number of inner folds that is none.
pub fn offered(spec: &TrainSpec) -> Result<Vec<Offered>, Cause> {
    if !INNER_FOLDS.contains(&spec.cv.inner_folds) {
        return Err(Cause::with_hint(
            Code::Invalid,
            format!("{} inner folds were asked for", spec.cv.inner_folds),
            "choose 2 to 20",
        ));
    }
    spec.candidates
        .iter()
        .map(|given| {
            let mut params = spec.params.clone();
            params.extend(given.clone());
            Ok(Offered {
                resolved: assay_learn::resolve_params(spec.algorithm_name(), &params)?,
                given: given.clone(),
            })
        })
        .collect()
}

impl Plan {
    /// Mean and standard deviation of the deciding metric over inner folds of `rows`, per candidate.
    pub fn score_candidates(
        &self,
        spec: &TrainSpec,
        rows: &[usize],
        task: &Task,
    ) -> Result<Vec<(f64, f64)>, Cause> {
        let once = CvSpec {
            repeats: 1,
            ..spec.cv.clone()
        };
        let n_folds = spec.cv.inner_folds as usize;
        let rows = self.division.rows(&self.target, rows);
        let folds = split::folds(&rows, &spec.split, &once, n_folds, spec.seed)?;
        let metric = metrics::deciding_metric(self.target.target.problem());
        let total = (self.candidates.len() * folds.len()) as u64;
        let mut done = 0;
        let inner = task.without_steps();
        self.candidates
            .iter()
            .map(|candidate| {
                let mut scores = Vec::with_capacity(folds.len());
                for fold in &folds {
                    task.step(done, total, "choosing parameters");
                    done += 1;
                    let sides = (&fold.train[..], &fold.validation[..]);
                    let prediction =
                        self.fit_and_predict(&candidate.resolved, sides, spec.seed, &inner)?;
                    let truth = self.target.target.take(&fold.validation);
                    // A fold that lacks a class has no AUC, and says nothing.
                    scores.extend(metrics::evaluate(&truth, &prediction)?.get(metric).copied());
                }
                Ok(mean_and_std(&scores))
            })
            .collect()
    }

    /// What all training rows choose; `n_chosen` says what the folds of the cross-validation chose. `None` without
    /// candidates.
    pub fn choose(
        &self,
        spec: &TrainSpec,
        n_chosen: Option<&[u32]>,
        task: &Task,
    ) -> Result<Option<Choice>, Cause> {
        if self.candidates.is_empty() {
            return Ok(None);
        }
        let scores = self.score_candidates(spec, &self.division.hold_out.train, task)?;
        Ok(Some(Choice {
            metric: metrics::deciding_metric(self.target.target.problem()).to_owned(),
            n_inner_folds: spec.cv.inner_folds,
            chosen: best(&scores) as u32,
            candidates: self
                .candidates
                .iter()
                .zip(&scores)
                .enumerate()
                .map(|(index, (candidate, &(mean, std)))| Candidate {
                    params: candidate.given.clone(),
                    mean,
                    std,
                    n_outer_chosen: n_chosen
                        .and_then(|counts| counts.get(index).copied())
                        .unwrap_or(0),
                })
                .collect(),
        }))
    }
}

/// The largest mean, the first of equals; a candidate that could not be measured is never better.
pub fn best(scores: &[(f64, f64)]) -> usize {
    let mean = |&(mean, _): &(f64, f64)| {
        if mean.is_nan() {
            f64::NEG_INFINITY
        } else {
            mean
        }
    };
    scores
        .iter()
        .map(mean)
        .enumerate()
        .reduce(|best, other| if other.1 > best.1 { other } else { best })
        .map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_the_first_of_the_largest() {
        for (scores, expected) in [
            (vec![(0.5, 0.1), (0.7, 0.2), (0.7, 0.0)], 1),
            (vec![(f64::NAN, 0.0), (0.1, 0.0)], 1),
            (vec![(f64::NAN, 0.0)], 0),
        ] {
            assert_eq!(best(&scores), expected, "{scores:?}");
        }
    }
}
