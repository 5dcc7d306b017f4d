//! How good the model is when it learns from fewer rows: whether more data would help.

use std::collections::BTreeMap;

use assay_core::code::Code;
use assay_core::result::{LearningCurve, LearningPoint};
use assay_core::split::{self, Fold, shuffled};
use assay_core::train::{CvSpec, ParamValue, SplitMethod, TrainSpec};
use assay_core::{Columns, Target, Task, metrics};

use super::Plan;
use super::folds::mean_and_std;
use crate::error::Cause;

/// Folds behind each point.
const N_FOLDS: usize = 3;
/// The first point trains on this share of the rows.
const FIRST_SHARE: f64 = 0.1;
const FEWEST_ROWS: usize = 5;

/// # Errors
/// A number of points that makes no curve.
pub fn check_points(n_points: u32) -> Result<(), Cause> {
    if (2..=20).contains(&n_points) {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::Invalid,
        format!("{n_points} points were asked for, which make no learning curve"),
        "choose 2 to 20",
    ))
}

impl Plan {
    /// Shares of each fold's training rows, from a tenth to all, each part of the next; of a split by time the latest
    /// ones. Points whose rows have one class only are left out.
    pub fn learning_curve(
        &self,
        spec: &TrainSpec,
        params: &BTreeMap<String, ParamValue>,
        n_points: u32,
        task: &Task,
    ) -> Result<LearningCurve, Cause> {
        let cv = CvSpec {
            repeats: 1,
            ..spec.cv.clone()
        };
        let rows = self
            .division
            .rows(&self.target, &self.division.hold_out.train);
        let folds = split::folds(&rows, &spec.split, &cv, N_FOLDS, spec.seed)?;
        let metric = metrics::deciding_metric(self.target.target.problem());
        let inner = task.without_steps();
        let total = u64::from(n_points) * folds.len() as u64;
        let mut points = Vec::new();
        for point in 0..n_points {
            let share = FIRST_SHARE
                + (1.0 - FIRST_SHARE) * f64::from(point) / f64::from(n_points.max(2) - 1);
            let (mut train, mut validation, mut n_rows) = (Vec::new(), Vec::new(), 0);
            for (index, fold) in folds.iter().enumerate() {
                task.check()?;
                let done = u64::from(point) * folds.len() as u64 + index as u64;
                task.step(done, total, "drawing the learning curve");
                let rows = self.part(spec, fold, share);
                if !varies(&self.target.target, &rows) {
                    continue;
                }
                n_rows += rows.len();
                let target = self.target.target.take(&rows);
                let columns = self.columns(&rows)?;
                let fitted = self.fit(params, &columns, &rows, spec.seed, &inner)?;
                let of = |truth: &Target, columns: &Columns| -> Result<Option<f64>, Cause> {
                    let measured = metrics::evaluate(truth, &fitted.predict(columns)?)?;
                    Ok(measured.get(metric).copied())
                };
                let truth = self.target.target.take(&fold.validation);
                let on_validation = of(&truth, &self.columns(&fold.validation)?)?;
                if let (Some(on_train), Some(on_validation)) =
                    (of(&target, &columns)?, on_validation)
                {
                    train.push(on_train);
                    validation.push(on_validation);
                }
            }
            if !train.is_empty() {
                let (validation, validation_std) = mean_and_std(&validation);
                points.push(LearningPoint {
                    n_train_rows: (n_rows / folds.len()) as u64,
                    train: mean_and_std(&train).0,
                    validation,
                    validation_std,
                });
            }
        }
        Ok(LearningCurve {
            metric: metric.to_owned(),
            n_folds: folds.len() as u32,
            points,
        })
    }

    fn part(&self, spec: &TrainSpec, fold: &Fold, share: f64) -> Vec<usize> {
        let n = ((fold.train.len() as f64 * share).ceil() as usize)
            .clamp(FEWEST_ROWS.min(fold.train.len()), fold.train.len());
        if spec.split.method == SplitMethod::Time {
            let ordered = self.division.by_time(&fold.train);
            return ordered[ordered.len() - n..].to_vec();
        }
        let mut rows = shuffled(fold.train.clone(), spec.seed);
        rows.truncate(n);
        rows.sort_unstable();
        rows
    }
}

fn varies(target: &Target, rows: &[usize]) -> bool {
    match target {
        Target::Classes { indices, .. } => {
            let mut classes = rows.iter().map(|&row| indices.get(row));
            let first = classes.next();
            classes.any(|class| Some(class) != first)
        }
        Target::Values(_) | Target::Nothing { .. } => rows.len() >= 2,
    }
}
