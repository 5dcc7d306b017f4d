//! Which metrics there are. The window and the command line read titles, help and direction here.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::train::ProblemKind;

/// What a metric is measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MetricTask {
    Binary,
    Multiclass,
    Regression,
    Clusters,
    Anomalies,
    Embeddings,
}

impl From<ProblemKind> for MetricTask {
    fn from(problem: ProblemKind) -> Self {
        match problem {
            ProblemKind::Binary => Self::Binary,
            ProblemKind::Multiclass => Self::Multiclass,
            ProblemKind::Regression => Self::Regression,
            ProblemKind::Clustering => Self::Clusters,
            ProblemKind::Anomaly => Self::Anomalies,
            ProblemKind::Embedding => Self::Embeddings,
        }
    }
}

/// One entry of the metric catalogue, as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MetricInfo {
    pub name: String,
    pub title: String,
    pub help: String,
    pub tasks: Vec<MetricTask>,
    pub greater_is_better: bool,
    /// Among the few that are shown first.
    pub is_main: bool,
}

pub struct Metric {
    pub name: &'static str,
    pub title: &'static str,
    pub help: &'static str,
    pub tasks: &'static [MetricTask],
    pub greater_is_better: bool,
    pub is_main: bool,
}

impl Metric {
    pub fn info(&self) -> MetricInfo {
        MetricInfo {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            help: self.help.to_owned(),
            tasks: self.tasks.to_vec(),
            greater_is_better: self.greater_is_better,
            is_main: self.is_main,
        }
    }
}

/// Every metric, in the order in which they are shown.
pub fn catalogue() -> Vec<MetricInfo> {
    METRICS.iter().map(Metric::info).collect()
}

/// The entry of a name without prefix.
pub fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// The place of a metric in the catalogue, behind all of them for a name that is not in it.
pub fn place(name: &str) -> usize {
    METRICS
        .iter()
        .position(|metric| metric.name == name)
        .unwrap_or(METRICS.len())
}

const TWO: &[MetricTask] = &[MetricTask::Binary];
const MORE: &[MetricTask] = &[MetricTask::Multiclass];
const CLASSES: &[MetricTask] = &[MetricTask::Binary, MetricTask::Multiclass];
const NUMBERS: &[MetricTask] = &[MetricTask::Regression];
const CLUSTERS: &[MetricTask] = &[MetricTask::Clusters];
const ANOMALIES: &[MetricTask] = &[MetricTask::Anomalies];
const EMBEDDINGS: &[MetricTask] = &[MetricTask::Embeddings];

const fn more(
    name: &'static str,
    title: &'static str,
    tasks: &'static [MetricTask],
    help: &'static str,
) -> Metric {
    Metric {
        name,
        title,
        help,
        tasks,
        greater_is_better: true,
        is_main: false,
    }
}

const fn less(
    name: &'static str,
    title: &'static str,
    tasks: &'static [MetricTask],
    help: &'static str,
) -> Metric {
    Metric {
        name,
        title,
        help,
        tasks,
        greater_is_better: false,
        is_main: false,
    }
}

const fn main(metric: Metric) -> Metric {
    Metric {
        is_main: true,
        ..metric
    }
}

#[rustfmt::skip]
static METRICS: &[Metric] = &[
    main(more("accuracy", "Accuracy", CLASSES, "Share of rows whose class is right.")),
    main(more("balanced_accuracy", "Balanced accuracy", CLASSES, "Mean over the classes of the share of their rows that is found. A rare class counts as much as a common one.")),
    main(more("roc_auc", "ROC AUC", CLASSES, "Chance that a row of the class scores over a row of another; more than two classes: each against the rest, averaged. 0.5 is chance.")),
    main(more("pr_auc", "PR AUC", CLASSES, "Average precision over the recall; more than two classes: each against the rest, averaged. The share of the class is chance. Tells more than ROC AUC when the class is rare.")),
    more("precision", "Precision", TWO, "Of the rows called the second class, the share that is."),
    more("recall", "Recall", TWO, "Of the rows of the second class, the share that is found."),
    main(more("f1", "F1", TWO, "Harmonic mean of precision and recall of the second class.")),
    more("precision_macro", "Precision, macro", CLASSES, "Precision of each class, averaged over the classes."),
    more("recall_macro", "Recall, macro", CLASSES, "Recall of each class, averaged over the classes."),
    main(more("f1_macro", "F1, macro", CLASSES, "F1 of each class, averaged over the classes.")),
    more("precision_weighted", "Precision, weighted", CLASSES, "Precision of each class, weighted by its rows."),
    more("recall_weighted", "Recall, weighted", CLASSES, "Recall of each class, weighted by its rows."),
    more("f1_weighted", "F1, weighted", CLASSES, "F1 of each class, weighted by its rows."),
    main(more("mcc", "Matthews correlation", CLASSES, "Correlation of true and predicted classes, -1 to 1; 0 is chance, whatever the shares of the classes.")),
    more("cohen_kappa", "Cohen's kappa", CLASSES, "Agreement beyond what the shares of the classes would give by chance, at most 1."),
    main(less("log_loss", "Log loss", CLASSES, "Mean of minus the logarithm of the probability given to the true class. Punishes confident mistakes.")),
    less("brier", "Brier score", CLASSES, "Mean squared distance of the probabilities from the truth. Two classes: of the second class, 0 to 1; more: summed over the classes, 0 to 2."),
    more("top_2_accuracy", "Top-2 accuracy", MORE, "Share of rows whose class is among the two most probable."),
    more("top_3_accuracy", "Top-3 accuracy", MORE, "Share of rows whose class is among the three most probable."),
    more("top_5_accuracy", "Top-5 accuracy", MORE, "Share of rows whose class is among the five most probable."),
    main(less("rmse", "RMSE", NUMBERS, "Root of the mean squared error, in the unit of the target. Large errors count most.")),
    main(less("mae", "MAE", NUMBERS, "Mean absolute error, in the unit of the target.")),
    main(more("r2", "R²", NUMBERS, "Share of the target's variance that is explained; 0 is as good as the mean.")),
    less("median_ae", "Median absolute error", NUMBERS, "Half of the errors are smaller, in the unit of the target. Outliers do not move it."),
    main(less("mape", "MAPE", NUMBERS, "Mean of the error as a share of the truth; 0.1 is 10 %. Left out when a truth is 0.")),
    more("explained_variance", "Explained variance", NUMBERS, "As R², but a constant offset of all predictions costs nothing."),
    less("max_error", "Largest error", NUMBERS, "The largest absolute error, in the unit of the target."),
    less("quantile_loss", "Quantile loss", NUMBERS, "Pinball loss at the quantile that the model was trained for."),
    less("poisson_deviance", "Poisson deviance", NUMBERS, "Mean deviance of counts. Left out when a truth is negative or a prediction is not positive."),
    less("gamma_deviance", "Gamma deviance", NUMBERS, "Mean deviance of amounts, relative to their size. Left out when a truth or a prediction is not positive."),
    main(more("silhouette", "Silhouette", CLUSTERS, "How much nearer a row is to its own cluster than to the next one, -1 to 1, averaged.")),
    more("calinski_harabasz", "Calinski-Harabasz", CLUSTERS, "Spread between the clusters over the spread within them, from 0 up."),
    less("davies_bouldin", "Davies-Bouldin", CLUSTERS, "How alike each cluster and its nearest one are, from 0 up."),
    less("inertia", "Inertia", CLUSTERS, "Sum of the squared distances of the rows to the mean of their cluster."),
    more("adjusted_rand", "Adjusted Rand index", CLUSTERS, "Agreement of two clusterings over pairs of rows; 0 is chance, 1 the same."),
    more("homogeneity", "Homogeneity", CLUSTERS, "How far each cluster holds rows of one known group only, 0 to 1."),
    more("completeness", "Completeness", CLUSTERS, "How far the rows of each known group are in one cluster, 0 to 1."),
    more("normalized_mutual_info", "Normalised mutual information", CLUSTERS, "What one clustering tells of the other, 0 to 1."),
    main(more("anomaly_share", "Share of anomalies", ANOMALIES, "Of the rows, the share that is called an anomaly. Neither more nor less is better in itself.")),
    main(more("trustworthiness", "Trustworthiness", EMBEDDINGS, "How far rows that are neighbours among the coordinates are neighbours among the features too, 0 to 1.")),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_every_task_has_a_main_metric() {
        let names: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len());
        for task in [
            MetricTask::Binary,
            MetricTask::Multiclass,
            MetricTask::Regression,
            MetricTask::Clusters,
            MetricTask::Anomalies,
            MetricTask::Embeddings,
        ] {
            let main = METRICS
                .iter()
                .filter(|metric| metric.is_main && metric.tasks.contains(&task));
            assert!(main.count() > 0, "{task:?}");
        }
    }
}
