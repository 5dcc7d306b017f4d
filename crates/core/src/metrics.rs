//! Metrics on slices: how good predictions are, as scikit-learn defines it.

mod bootstrap;
mod catalogue;
mod classes;
mod clusters;
mod curve;
mod embedding;
mod interval;
mod measure;
mod paired;
mod values;

use std::collections::BTreeMap;

use crate::matrix::{Prediction, Target};
use crate::train::ProblemKind;

pub use bootstrap::{Intervals, intervals, quantile};
pub use catalogue::{Metric, MetricInfo, MetricTask, catalogue, metric, place};
pub use classes::confusion;
pub(crate) use classes::{brier, log_loss, of_confusion};
pub use clusters::{
    adjusted_rand, calinski_harabasz, completeness, davies_bouldin, homogeneity, inertia,
    normalized_mutual_info, silhouette,
};
pub(crate) use curve::weighted_areas;
pub use curve::{PrecisionRecallCurve, RocCurve, precision_recall_curve, roc_auc, roc_curve, thin};
pub use embedding::trustworthiness;
pub(crate) use interval::Z;
pub use interval::wilson_interval;
pub use measure::{Measure, MeasureOptions};
pub use paired::{PairedDifference, paired_difference};

/// Why a prediction cannot be measured against a truth.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetricError {
    #[error("there is no row to measure on")]
    NoRows,
    #[error(
        "the truth has {truth} rows and the prediction {prediction}; they must be the same rows"
    )]
    Lengths { truth: usize, prediction: usize },
    #[error("classes cannot be measured against numbers; predict what the target holds")]
    Kinds,
    #[error(
        "the target has {truth} classes and the prediction {prediction}; they must be the same classes"
    )]
    Classes { truth: usize, prediction: usize },
    #[error(
        "{rows} rows of {n_classes} classes need {} probabilities, and there are {found}",
        rows * n_classes
    )]
    Probabilities {
        rows: usize,
        n_classes: usize,
        found: usize,
    },
    #[error("row {row} names class {class}, and there are {n_classes}")]
    ClassOutOfRange {
        row: usize,
        class: u32,
        n_classes: usize,
    },
    #[error("row {row} has the weight {weight}; weights are numbers from 0 up")]
    Weight { row: usize, weight: String },
}

/// Those by which a model is judged at a glance, without areas under curves by class; empty where nothing can be
/// measured.
pub fn main_metrics(truth: &Target, prediction: &Prediction) -> BTreeMap<String, f64> {
    let is_main = |name: &str| metric(name).is_some_and(|metric| metric.is_main);
    let options = MeasureOptions {
        without_class_areas: true,
        ..MeasureOptions::default()
    };
    Measure::new(truth, prediction, &options)
        .map(|measure| measure.metrics())
        .unwrap_or_default()
        .into_iter()
        .filter(|(name, _)| is_main(name))
        .collect()
}

/// All metrics of the catalogue that are defined for these rows; the catalogue says what each is.
///
/// Classes: a class without any rows counts as 0 in macro averages; `roc_auc` and `pr_auc` are of class 1 for two
/// classes and macro averages of each against the rest for more, only when every class occurs in the truth; the
/// logarithm of `log_loss` is natural, probabilities are clipped to f64's epsilon. Numbers: `r2` only when the truth
/// varies. A value that is not defined, or not finite, is left out.
///
/// # Errors
/// Differing lengths, kinds or classes, or no row at all.
pub fn evaluate(
    truth: &Target,
    prediction: &Prediction,
) -> Result<BTreeMap<String, f64>, MetricError> {
    Ok(Measure::new(truth, prediction, &MeasureOptions::default())?.metrics())
}

/// By which models are chosen and compared: `roc_auc` for two classes, `f1_macro` for more, `r2` for numbers,
/// `silhouette` for clusters, `roc_auc` for anomalies that are known, `trustworthiness` for embeddings.
pub fn deciding_metric(problem: ProblemKind) -> &'static str {
    match problem {
        ProblemKind::Binary => "roc_auc",
        ProblemKind::Multiclass => "f1_macro",
        ProblemKind::Regression => "r2",
        ProblemKind::Clustering => "silhouette",
        ProblemKind::Anomaly => "roc_auc",
        ProblemKind::Embedding => "trustworthiness",
    }
}

/// Words of a metric's name that say that less is better.
const SMALLER_WORDS: [&str; 16] = [
    "loss",
    "logloss",
    "error",
    "err",
    "rmse",
    "mse",
    "mae",
    "mape",
    "msle",
    "rmsle",
    "deviance",
    "brier",
    "perplexity",
    "time",
    "secs",
    "std",
];

/// Whether a larger value of the metric is the better one, from its name.
///
/// The prefixes `test.`, `train.`, `cv.` and the suffix `.mean` do not count. Losses, errors, durations and spreads
/// (`cv.accuracy.std`) are better when small; scikit-learn's negated ones (`neg_log_loss`) are better when large.
pub fn larger_is_better(metric: &str) -> bool {
    let mut name = metric;
    while let Some(rest) = ["test.", "train.", "cv."]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
    {
        name = rest;
    }
    let name = name.strip_suffix(".mean").unwrap_or(name).to_lowercase();
    if let Some(metric) = catalogue::metric(&name) {
        return metric.greater_is_better;
    }
    if name.ends_with(".std") {
        return false;
    }
    if name.starts_with("neg_") {
        return true;
    }
    !name
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| SMALLER_WORDS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ColumnType;

    #[test]
    fn the_direction_of_a_metric_is_read_from_its_name() {
        for name in [
            "accuracy",
            "test.accuracy",
            "cv.roc_auc.mean",
            "test.r2",
            "neg_log_loss",
            "val/f1",
        ] {
            assert!(larger_is_better(name), "{name}");
        }
        for name in [
            "test.log_loss",
            "rmse",
            "cv.rmse.mean",
            "cv.accuracy.std",
            "train.mae",
            "val_loss",
            "mean_squared_error",
            "fit_time",
        ] {
            assert!(!larger_is_better(name), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_measured_is_said() {
        let truth = Target::Classes {
            classes: vec!["a".into(), "b".into()],
            kind: ColumnType::Text,
            indices: vec![0, 1],
        };
        let numbers = Prediction::Values(vec![1.0, 2.0]);
        assert_eq!(evaluate(&truth, &numbers), Err(MetricError::Kinds));
        let short = Prediction::Values(vec![1.0]);
        assert_eq!(
            evaluate(&truth, &short),
            Err(MetricError::Lengths {
                truth: 2,
                prediction: 1
            })
        );
        let classes = |indices: Vec<u32>, n_probabilities: usize, n_classes| Prediction::Classes {
            indices,
            probabilities: vec![0.5; n_probabilities],
            n_classes,
        };
        assert_eq!(
            evaluate(&truth, &classes(vec![0, 1], 6, 3)),
            Err(MetricError::Classes {
                truth: 2,
                prediction: 3
            })
        );
        assert!(matches!(
            evaluate(&truth, &classes(vec![0, 1], 3, 2)),
            Err(MetricError::Probabilities { found: 3, .. })
        ));
        assert!(matches!(
            evaluate(&truth, &classes(vec![0, 7], 4, 2)),
            Err(MetricError::ClassOutOfRange { row: 1, .. })
        ));
        assert_eq!(
            evaluate(&Target::Values(vec![]), &Prediction::Values(vec![])),
            Err(MetricError::NoRows)
        );
    }

    #[test]
    fn an_undefined_metric_is_left_out() {
        let one_class = Target::Classes {
            classes: vec!["a".into(), "b".into()],
            kind: ColumnType::Text,
            indices: vec![1, 1],
        };
        let prediction = Prediction::Classes {
            indices: vec![1, 0],
            probabilities: vec![0.2, 0.8, 0.6, 0.4],
            n_classes: 2,
        };
        let metrics = evaluate(&one_class, &prediction).expect("measurable");
        assert!(!metrics.contains_key("roc_auc"));
        assert_eq!(metrics["accuracy"], 0.5);

        let constant = Target::Values(vec![2.0, 2.0]);
        let metrics = evaluate(&constant, &Prediction::Values(vec![1.0, 3.0])).expect("measurable");
        assert!(metrics.contains_key("rmse"));
        assert!(!metrics.contains_key("r2") && !metrics.contains_key("explained_variance"));
    }
}
