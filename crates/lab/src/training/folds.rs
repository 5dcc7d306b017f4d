//! Cross-validation on the training rows: the recipe is fitted anew inside each fold.

use std::collections::BTreeMap;

use assay_core::train::TrainSpec;
use assay_core::{RunId, Task, metrics, split};

use super::{Plan, fit};
use crate::Lab;
use crate::error::Cause;

impl Lab {
    /// Logs `cv.KEY` once per fold (step = fold), then `cv.KEY.mean` and `cv.KEY.std` (sample standard deviation).
    pub(super) fn cross_validate(
        &self,
        spec: &TrainSpec,
        run_id: &RunId,
        plan: &Plan,
        train: &[usize],
        n_folds: u32,
        task: &Task,
    ) -> Result<(), Cause> {
        let folds = split::k_folds(&plan.target.target, train, n_folds as usize, spec.seed)?;
        let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (index, fold) in folds.iter().enumerate() {
            task.check()?;
            task.step(
                index as u64,
                folds.len() as u64,
                format!("fold {} of {}", index + 1, folds.len()),
            );
            let measured = self.measure_fold(spec, plan, fold, task)?;
            self.log_all(
                run_id,
                measured
                    .iter()
                    .map(|(key, value)| (format!("cv.{key}"), *value, index as i64)),
            )?;
            for (key, value) in measured {
                values.entry(key).or_default().push(value);
            }
        }
        let summary = values.iter().flat_map(|(key, values)| {
            let (mean, std) = mean_and_std(values);
            [
                (format!("cv.{key}.mean"), mean, 0),
                (format!("cv.{key}.std"), std, 0),
            ]
        });
        self.log_all(run_id, summary)
    }

    fn measure_fold(
        &self,
        spec: &TrainSpec,
        plan: &Plan,
        fold: &split::Fold,
        task: &Task,
    ) -> Result<BTreeMap<String, f64>, Cause> {
        let columns = |positions: &[usize]| {
            let rows: Vec<usize> = positions
                .iter()
                .filter_map(|&position| plan.target.rows.get(position).copied())
                .collect();
            assay_frame::raw_columns(&plan.frame, &rows, &plan.recipe.inputs)
        };
        let train = columns(&fold.train)?;
        let fitted = assay_frame::fit_recipe(&train, &plan.recipe)?;
        let matrix = assay_frame::apply_recipe(&train, &fitted)?;
        // Steps inside a fold would make the bar jump back.
        let inner = task.without_steps();
        let model = fit(
            plan,
            &matrix,
            &plan.target.target.take(&fold.train),
            spec.seed,
            &inner,
        )?;
        let validation = assay_frame::apply_recipe(&columns(&fold.validation)?, &fitted)?;
        Ok(metrics::evaluate(
            &plan.target.target.take(&fold.validation),
            &assay_learn::predict(&model, &validation),
        )?)
    }
}

fn mean_and_std(values: &[f64]) -> (f64, f64) {
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
