//! Metrics of predicted classes.

use super::{MetricError, roc_auc};

/// How often each true class (row) was predicted as each class (column).
///
/// Pairs that name a class outside `0..n_classes` are not counted.
pub fn confusion(truth: &[u32], predicted: &[u32], n_classes: usize) -> Vec<Vec<u64>> {
    let mut counts = vec![vec![0; n_classes]; n_classes];
    for (&truth, &predicted) in truth.iter().zip(predicted) {
        if let Some(cell) = counts
            .get_mut(truth as usize)
            .and_then(|row| row.get_mut(predicted as usize))
        {
            *cell += 1;
        }
    }
    counts
}

/// Every metric of classes; those that are undefined are left out.
pub(super) fn evaluate(
    truth: &[u32],
    predicted: &[u32],
    probabilities: &[f64],
    n_classes: usize,
) -> Result<Vec<(&'static str, f64)>, MetricError> {
    if probabilities.len() != truth.len() * n_classes {
        return Err(MetricError::Probabilities {
            rows: truth.len(),
            n_classes,
            found: probabilities.len(),
        });
    }
    for (row, (&truth, &predicted)) in truth.iter().zip(predicted).enumerate() {
        let class = truth.max(predicted);
        if class as usize >= n_classes {
            return Err(MetricError::ClassOutOfRange {
                row,
                class,
                n_classes,
            });
        }
    }
    let counts = confusion(truth, predicted, n_classes);
    let averages = Averages::of(&counts);
    let mut metrics = vec![
        ("accuracy", averages.accuracy),
        ("precision_macro", averages.precision.macro_),
        ("precision_weighted", averages.precision.weighted),
        ("recall_macro", averages.recall.macro_),
        ("recall_weighted", averages.recall.weighted),
        ("f1_macro", averages.f1.macro_),
        ("f1_weighted", averages.f1.weighted),
        ("log_loss", log_loss(truth, probabilities, n_classes)),
    ];
    if let Some(area) = classes_roc_auc(truth, probabilities, n_classes) {
        metrics.push(("roc_auc", area));
    }
    Ok(metrics)
}

#[derive(Default)]
struct Average {
    macro_: f64,
    weighted: f64,
}

#[derive(Default)]
struct Averages {
    accuracy: f64,
    precision: Average,
    recall: Average,
    f1: Average,
}

impl Averages {
    fn of(counts: &[Vec<u64>]) -> Self {
        let n_rows: u64 = counts.iter().flatten().sum();
        let mut averages = Self::default();
        let mut n_occurring = 0.0;
        for (class, row) in counts.iter().enumerate() {
            let of_class: u64 = row.iter().sum();
            let as_class: u64 = counts.iter().filter_map(|row| row.get(class)).sum();
            if of_class + as_class == 0 {
                continue;
            }
            n_occurring += 1.0;
            let hits = row.get(class).copied().unwrap_or(0) as f64;
            let precision = ratio(hits, as_class as f64);
            let recall = ratio(hits, of_class as f64);
            let f1 = ratio(2.0 * hits, (of_class + as_class) as f64);
            let weight = ratio(of_class as f64, n_rows as f64);
            averages.accuracy += ratio(hits, n_rows as f64);
            for (average, value) in [
                (&mut averages.precision, precision),
                (&mut averages.recall, recall),
                (&mut averages.f1, f1),
            ] {
                average.macro_ += value;
                average.weighted += weight * value;
            }
        }
        for average in [
            &mut averages.precision,
            &mut averages.recall,
            &mut averages.f1,
        ] {
            average.macro_ = ratio(average.macro_, n_occurring);
        }
        averages
    }
}

/// 0 where nothing is divided by nothing, as scikit-learn's `zero_division=0`.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn log_loss(truth: &[u32], probabilities: &[f64], n_classes: usize) -> f64 {
    let total: f64 = truth
        .iter()
        .zip(probabilities.chunks_exact(n_classes.max(1)))
        .map(|(&class, row)| {
            let probability = row.get(class as usize).copied().unwrap_or(0.0);
            -probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
        })
        .sum();
    total / truth.len() as f64
}

fn classes_roc_auc(truth: &[u32], probabilities: &[f64], n_classes: usize) -> Option<f64> {
    let area = |class: usize| {
        let positive: Vec<bool> = truth.iter().map(|&truth| truth as usize == class).collect();
        let score: Vec<f64> = probabilities
            .iter()
            .skip(class)
            .step_by(n_classes)
            .copied()
            .collect();
        roc_auc(&positive, &score)
    };
    match n_classes {
        0 | 1 => None,
        2 => area(1),
        _ => {
            let areas: Option<Vec<f64>> = (0..n_classes).map(area).collect();
            areas.map(|areas| areas.iter().sum::<f64>() / n_classes as f64)
        }
    }
}
