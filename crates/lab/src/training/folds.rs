//! Cross-validation on the training rows: the recipe is fitted anew inside each fold, and the choice among candidates
//! is made anew too.

use std::collections::BTreeMap;

use assay_core::matrix::Prediction;
use assay_core::result::ScoredRows;
use assay_core::train::TrainSpec;
use assay_core::{RunId, Target, Task, metrics, split};

use super::Plan;
use crate::Lab;
use crate::error::Cause;

/// What a cross-validation leaves behind beside its metrics.
#[derive(Debug, Default)]
pub struct Validated {
    /// Two classes: each row with what a model said that had not seen it.
    pub scored: ScoredRows,
    /// Per candidate: how many folds chose it.
    pub n_chosen: Vec<u32>,
}

impl Lab {
    /// Logs `cv.KEY` once per fold (step = fold), then `cv.KEY.mean` and `cv.KEY.std` (sample standard deviation).
    pub(super) fn cross_validate(
        &self,
        spec: &TrainSpec,
        run_id: &RunId,
        plan: &Plan,
        n_folds: u32,
        task: &Task,
    ) -> Result<Validated, Cause> {
        let rows = plan
            .division
            .rows(&plan.target, &plan.division.hold_out.train);
        let folds = split::folds(&rows, &spec.split, &spec.cv, n_folds as usize, spec.seed)?;
        let mut validated = Validated {
            n_chosen: vec![0; plan.candidates.len()],
            ..Validated::default()
        };
        let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (index, fold) in folds.iter().enumerate() {
            task.check()?;
            task.step(
                index as u64,
                folds.len() as u64,
                format!("fold {} of {}", index + 1, folds.len()),
            );
            // Steps inside a fold would make the bar jump back.
            let inner = task.without_steps();
            let params = if plan.candidates.is_empty() {
                &plan.params
            } else {
                let scores = plan.score_candidates(spec, &fold.train, &inner)?;
                let chosen = super::choose::best(&scores);
                validated.n_chosen[chosen] += 1;
                &plan.candidates[chosen].resolved
            };
            let sides = (&fold.train[..], &fold.validation[..]);
            let prediction = plan.fit_and_predict(params, sides, spec.seed, &inner)?;
            let truth = plan.target.target.take(&fold.validation);
            let measured = metrics::evaluate(&truth, &prediction)?;
            self.log_all(
                run_id,
                measured
                    .iter()
                    .map(|(key, value)| (format!("cv.{key}"), *value, index as i64)),
            )?;
            for (key, value) in measured {
                values.entry(key).or_default().push(value);
            }
            validated.scored.extend(scored(&truth, &prediction));
        }
        let summary = values.iter().flat_map(|(key, values)| {
            let (mean, std) = mean_and_std(values);
            [
                (format!("cv.{key}.mean"), mean, 0),
                (format!("cv.{key}.std"), std, 0),
            ]
        });
        self.log_all(run_id, summary)?;
        Ok(validated)
    }
}

/// The probabilities of the second of two classes; nothing for other targets.
pub fn scored(truth: &Target, prediction: &Prediction) -> ScoredRows {
    match (truth, prediction) {
        (
            Target::Classes { indices, .. },
            Prediction::Classes {
                probabilities,
                n_classes: 2,
                ..
            },
        ) => ScoredRows {
            positive: indices.iter().map(|&class| class == 1).collect(),
            probability: probabilities.iter().skip(1).step_by(2).copied().collect(),
        },
        _ => ScoredRows::default(),
    }
}

pub fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    if values.len() < 2 {
        return (mean, 0.0);
    }
    let sum: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (sum / (n - 1.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spread_of_folds_is_the_sample_standard_deviation() {
        assert_eq!(mean_and_std(&[1.0, 2.0, 3.0]), (2.0, 1.0));
        assert_eq!(mean_and_std(&[5.0]), (5.0, 0.0));
    }
}
