//! The 95 % bands of what was measured in a window with labels.

use super::classes::{ClassTally, OneAgainstRest, share};
use super::{Band, MeasuredMetric, ScoreSketch};
use crate::metrics::{Z, wilson_interval};
use crate::sketch::Moments;

impl ClassTally {
    /// The metrics of rows with labels, each with its band; what is not defined is left out. Without a row: none.
    pub fn measured(&self) -> Vec<MeasuredMetric> {
        let values = self.values();
        let value = |metric: &str| {
            values
                .iter()
                .find_map(|&(name, value)| (name == metric).then_some(value))
        };
        let mut measured = Vec::new();
        let mut add = |metric: &str, band: Band, ends: Option<(f64, f64)>| {
            if let (Some(value), Some((low, high))) = (value(metric), ends) {
                measured.push(MeasuredMetric {
                    metric: metric.to_owned(),
                    value,
                    low,
                    high,
                    band,
                });
            }
        };
        let k = self.n_classes();
        let hits: f64 = (0..k).filter_map(|c| self.confusion().get(c * k + c)).sum();
        let n = self.n_rows() as f64;
        add("accuracy", Band::Wilson, Some(wilson(hits, n - hits)));
        if k == 2 {
            let one = self.against_rest(1);
            let OneAgainstRest {
                true_positive: tp,
                false_negative: fn_,
                false_positive: fp,
                true_negative: tn,
            } = one;
            add("precision", Band::Wilson, Some(wilson(tp, fp)));
            add("recall", Band::Wilson, Some(wilson(tp, fn_)));
            add("specificity", Band::Wilson, Some(wilson(tn, fp)));
            let (low, high) = wilson(tp, fp + fn_);
            let f1 = |share: f64| 2.0 * share / (1.0 + share);
            add("f1", Band::Wilson, Some((f1(low), f1(high))));
        }
        let spread = Gradients::of(self);
        for (metric, std) in [
            ("balanced_accuracy", spread.balanced_accuracy),
            ("precision_macro", spread.precision),
            ("recall_macro", spread.recall),
            ("specificity_macro", spread.specificity),
            ("f1_macro", spread.f1),
        ] {
            let ends = value(metric).map(|value| within(value, Z * std));
            add(metric, Band::Delta, ends);
        }
        let roc = half_width(self.scores());
        let ends = value("roc_auc").zip(roc).map(|(v, half)| within(v, half));
        add("roc_auc", Band::DeLong, ends);
        add("pr_auc", Band::Logit, logit_ends(self.scores()));
        for (metric, rows) in [("log_loss", self.log_loss()), ("brier", self.brier())] {
            measured.extend(mean_of(metric, rows));
        }
        measured.extend(self.measured_calibration());
        measured
    }

    /// Two classes: of the second; more: the mean over the classes, each against the rest.
    fn measured_calibration(&self) -> Option<MeasuredMetric> {
        let errors: Option<Vec<(f64, f64)>> = self
            .scores()
            .iter()
            .map(ScoreSketch::calibration_error)
            .collect();
        let errors = errors.filter(|errors| !errors.is_empty())?;
        let n = errors.len() as f64;
        let value = errors.iter().map(|e| e.0).sum::<f64>() / n;
        let std = errors.iter().map(|e| e.1).sum::<f64>() / n;
        let (low, high) = within(value, Z * std);
        Some(MeasuredMetric {
            metric: "calibration_error".to_owned(),
            value,
            low,
            high,
            band: Band::Delta,
        })
    }
}

/// The mean of rows and its normal band; of a loss, so not below 0.
pub(super) fn mean_of(metric: &str, rows: &Moments) -> Option<MeasuredMetric> {
    let half = Z * rows.std() / (rows.n as f64).sqrt();
    (rows.n > 0).then(|| MeasuredMetric {
        metric: metric.to_owned(),
        value: rows.mean,
        low: (rows.mean - half).max(0.0),
        high: rows.mean + half,
        band: Band::Normal,
    })
}

fn wilson(hits: f64, misses: f64) -> (f64, f64) {
    // Invariant: counts of rows with labels are whole.
    wilson_interval(hits.round() as u64, (hits + misses).round() as u64)
}

fn within(value: f64, half: f64) -> (f64, f64) {
    ((value - half).max(0.0), (value + half).min(1.0))
}

fn half_width(scores: &[ScoreSketch]) -> Option<f64> {
    let stds: Option<Vec<f64>> = scores.iter().map(ScoreSketch::area_std).collect();
    let stds = stds.filter(|stds| !stds.is_empty())?;
    Some(Z * stds.iter().sum::<f64>() / stds.len() as f64)
}

fn logit_ends(scores: &[ScoreSketch]) -> Option<(f64, f64)> {
    let (mut low, mut high) = (0.0, 0.0);
    for sketch in scores {
        let (_, area) = sketch.areas()?;
        let (positive, _) = sketch.totals();
        if area >= 1.0 {
            low += 1.0;
            high += 1.0;
            continue;
        }
        let half = Z / (positive * area * (1.0 - area)).sqrt();
        let logit = (area / (1.0 - area)).ln();
        low += 1.0 / (1.0 + (half - logit).exp());
        high += 1.0 / (1.0 + (-logit - half).exp());
    }
    let n = scores.len() as f64;
    (n > 0.0).then_some((low / n, high / n))
}

/// Standard errors of macro averages: the first-order change with each cell of the confusion matrix, whose counts are
/// multinomial (Takahashi, Yamamoto, Kuchiba and Koyama 2022). A metric of shares changes with no common factor of all
/// counts, so the variance is the sum of count times squared change.
struct Gradients {
    precision: f64,
    recall: f64,
    specificity: f64,
    f1: f64,
    balanced_accuracy: f64,
}

impl Gradients {
    fn of(tally: &ClassTally) -> Self {
        let k = tally.n_classes();
        let ones: Vec<OneAgainstRest> = (0..k).map(|class| tally.against_rest(class)).collect();
        let truth = |c: usize| ones[c].true_positive + ones[c].false_negative;
        let predicted = |c: usize| ones[c].true_positive + ones[c].false_positive;
        let rest = |c: usize| ones[c].true_negative + ones[c].false_positive;
        let over = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        let precision: Vec<f64> = ones
            .iter()
            .map(|o| share(o.true_positive, o.false_positive))
            .collect();
        let recall: Vec<f64> = ones
            .iter()
            .map(|o| share(o.true_positive, o.false_negative))
            .collect();
        let specificity: Vec<f64> = ones
            .iter()
            .map(|o| share(o.true_negative, o.false_positive))
            .collect();
        let both = |c: usize| truth(c) + predicted(c);
        let f1: Vec<f64> = (0..k)
            .map(|c| over(2.0 * ones[c].true_positive, both(c)))
            .collect();
        let all_specific: f64 = (0..k).map(|c| over(1.0 - specificity[c], rest(c))).sum();
        let mut squares = [0.0; 4];
        for (at, &count) in tally.confusion().iter().enumerate() {
            let (i, j) = (at / k, at % k);
            let same = f64::from(u8::from(i == j));
            let of_precision = over(same - precision[j], predicted(j));
            let of_recall = over(same - recall[i], truth(i));
            let of_f1 = if i == j {
                over(2.0 - 2.0 * f1[i], both(i))
            } else {
                -over(f1[i], both(i)) - over(f1[j], both(j))
            };
            let of_specificity = all_specific
                - over(1.0 - specificity[i], rest(i))
                - (1.0 - same) * over(1.0, rest(j));
            for (sum, change) in
                squares
                    .iter_mut()
                    .zip([of_precision, of_recall, of_f1, of_specificity])
            {
                *sum += count * change * change;
            }
        }
        let [of_precision, of_recall, of_f1, of_specificity] = squares.map(f64::sqrt);
        let occurring = (0..k).filter(|&c| both(c) > 0.0).count().max(1) as f64;
        let true_classes = (0..k).filter(|&c| truth(c) > 0.0).count().max(1) as f64;
        Self {
            precision: of_precision / occurring,
            recall: of_recall / occurring,
            specificity: of_specificity / k.max(1) as f64,
            f1: of_f1 / occurring,
            balanced_accuracy: of_recall / true_classes,
        }
    }
}
