//! What matters to a model: what it says itself, and what it loses on test rows when a raw column is shuffled
//! (permutation importances, Breiman 2001).

use assay_core::matrix::Prediction;
use assay_core::model::{Form, Model};
use assay_core::result::{
    ColumnImportance, FeatureImportance, OwnImportances, PermutationImportances,
};
use assay_core::split::shuffled;
use assay_core::train::ProblemKind;
use assay_core::{Target, Task, metrics};

use super::Fitted;
use super::folds::mean_and_std;
use crate::error::Cause;

/// Bounds on the rows that are predicted, so that it never costs much more than measuring did.
const MIN_PREDICTED: usize = 20_000;
const MAX_PREDICTED: usize = 200_000;
const FEWEST_ROWS: usize = 50;
const N_REPEATS: usize = 5;
/// With more columns each is shuffled once.
const MANY_COLUMNS: usize = 100;

impl Fitted {
    /// Rows, columns and repeats decide how much is predicted, never the clock, so that a run reproduces. `None`
    /// without columns, or when the metric is not defined on the rows.
    pub fn permutation_importances(
        &self,
        problem: ProblemKind,
        seed: u64,
        task: &Task,
    ) -> Result<Option<PermutationImportances>, Cause> {
        let n_columns = self.test_columns.columns.len();
        if n_columns == 0 {
            return Ok(None);
        }
        let n_repeats = if n_columns > MANY_COLUMNS {
            1
        } else {
            N_REPEATS
        };
        let rows = self.drawn_rows(n_columns * n_repeats, seed);
        let truth = self.test_target.take(&rows);
        let columns = self.test_columns.take(&rows);
        let metric = match problem {
            ProblemKind::Binary => "roc_auc",
            ProblemKind::Multiclass => "accuracy",
            ProblemKind::Regression => "r2",
            ProblemKind::Clustering | ProblemKind::Anomaly | ProblemKind::Embedding => {
                return Ok(None);
            }
        };
        let Some(baseline) = measure(&truth, &self.test_prediction.take(&rows), metric)? else {
            return Ok(None);
        };
        let mut found = Vec::with_capacity(n_columns);
        for (place, column) in columns.columns.iter().enumerate() {
            task.step(place as u64, n_columns as u64, "shuffling columns");
            let mut falls = Vec::with_capacity(n_repeats);
            for repeat in 0..n_repeats {
                task.check()?;
                let draw = seed.wrapping_add((place * N_REPEATS + repeat) as u64 + 1);
                let order = shuffled((0..rows.len()).collect(), draw);
                let mut shuffled = columns.clone();
                shuffled.columns[place].values = column.values.take(&order);
                // A row that no one ever saw may leave the range of a step; such a shuffle says nothing.
                let Ok(matrix) = assay_frame::apply_recipe(&shuffled, &self.fitted) else {
                    continue;
                };
                let prediction = assay_learn::predict(&self.model, &matrix);
                falls.extend(measure(&truth, &prediction, metric)?.map(|value| baseline - value));
            }
            if !falls.is_empty() {
                let (mean, std) = mean_and_std(&falls);
                found.push(ColumnImportance {
                    column: column.name.clone(),
                    mean,
                    std,
                });
            }
        }
        found.sort_by(|a, b| b.mean.total_cmp(&a.mean));
        Ok(Some(PermutationImportances {
            metric: metric.to_owned(),
            baseline,
            n_rows: rows.len() as u64,
            n_repeats: n_repeats as u32,
            columns: found,
        }))
    }

    fn drawn_rows(&self, n_shuffles: usize, seed: u64) -> Vec<usize> {
        let n_test = self.test_rows.len();
        let n_predicted = (5 * n_test).clamp(MIN_PREDICTED, MAX_PREDICTED);
        let n_rows = (n_predicted / n_shuffles).max(FEWEST_ROWS).min(n_test);
        let mut rows: Vec<usize> = shuffled((0..n_test).collect(), seed);
        rows.truncate(n_rows);
        rows.sort_unstable();
        rows
    }
}

/// What the model says of its features, the largest first: the shares that they have in what the splits of trees gained,
/// or the coefficients of a linear model. `None` for models that say nothing.
pub fn own_importances(model: &Model, features: &[String]) -> Option<OwnImportances> {
    // What is behind a calibration or a transform is on another scale, and orders the features alike.
    let model = model.innermost();
    let (kind, values) = match (&model.form, model.importances()) {
        (Form::Trees { .. } | Form::Median { .. }, Some(shares)) => ("impurity", shares),
        (_, Some(shares)) => ("split gain", shares),
        (form, None) => ("coefficient", coefficients(form, features.len())?),
    };
    let mut features: Vec<FeatureImportance> = features
        .iter()
        .zip(values)
        .map(|(feature, value)| FeatureImportance {
            feature: feature.clone(),
            value,
        })
        .collect();
    features.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    Some(OwnImportances {
        kind: kind.to_owned(),
        features,
    })
}

/// One a feature; of more than two classes the mean of their sizes.
fn coefficients(form: &Form, n_features: usize) -> Option<Vec<f64>> {
    let coefficients: Vec<f32> = match form {
        Form::Linear { coefficients, .. } | Form::LogLinear { coefficients, .. } => {
            coefficients.clone()
        }
        Form::Logistic { coefficients, .. } | Form::Threshold { coefficients, .. } => {
            match &coefficients[..] {
                [one] => one.clone(),
                classes => (0..n_features)
                    .map(|feature| {
                        let sizes = classes.iter().filter_map(|class| class.get(feature));
                        sizes.map(|value| value.abs()).sum::<f32>() / classes.len().max(1) as f32
                    })
                    .collect(),
            }
        }
        _ => return None,
    };
    Some(coefficients.into_iter().map(f64::from).collect())
}

fn measure(truth: &Target, prediction: &Prediction, metric: &str) -> Result<Option<f64>, Cause> {
    Ok(metrics::evaluate(truth, prediction)?.get(metric).copied())
}
