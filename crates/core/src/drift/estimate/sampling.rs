//! How far a metric strays on so many rows, by the scatter of the reference's rows (NannyML's sampling errors).

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use super::classes::ClassTally;
use super::scores::ScoreSketch;
use crate::metrics::weighted_areas;

/// Resamples behind the error of average precision, and the rows of each at most.
const N_RESAMPLES: usize = 50;
const MAX_RESAMPLE_ROWS: usize = 50_000;
/// By how much NannyML found the error of a macro average of areas too small.
const MACRO_AREA_FACTOR: f64 = 1.2;

/// Standard error of a metric on n rows: scale / √n, or scale · √n of a sum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SamplingScale {
    pub metric: String,
    pub scale: f64,
    pub grows: Grows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grows {
    /// Less with more rows: a mean or a share.
    Down,
    /// More with more rows: a sum.
    Up,
}

impl SamplingScale {
    pub fn error(&self, n_rows: u64) -> Option<f64> {
        let n = n_rows as f64;
        let error = match self.grows {
            Grows::Down => self.scale / n.sqrt(),
            Grows::Up => self.scale * n.sqrt(),
        };
        error.is_finite().then_some(error)
    }
}

/// Of shares and areas, by the metrics' names. `tally` holds all reference rows, every score apart.
pub(super) fn scales(tally: &ClassTally) -> Vec<(&'static str, f64)> {
    let n = tally.n_rows() as f64;
    let k = tally.n_classes();
    let accuracy = tally.value("accuracy").unwrap_or(f64::NAN);
    let mut scales = vec![("accuracy", bernoulli(accuracy).sqrt())];
    // Variance of a row that counts, over the share of rows that do.
    let of_class = |class: usize| {
        let one = tally.against_rest(class);
        let over =
            |hits: f64, misses: f64| bernoulli(hits / (hits + misses)) / ((hits + misses) / n);
        [
            over(one.true_positive, one.false_positive),
            over(one.true_positive, one.false_negative),
            over(one.true_negative, one.false_positive),
            over(one.true_positive, one.false_positive + one.false_negative),
        ]
    };
    let names = if k == 2 {
        ["precision", "recall", "specificity", "f1"]
    } else {
        [
            "precision_macro",
            "recall_macro",
            "specificity_macro",
            "f1_macro",
        ]
    };
    let classes: Vec<usize> = if k == 2 { vec![1] } else { (0..k).collect() };
    let per_class: Vec<[f64; 4]> = classes.iter().map(|&class| of_class(class)).collect();
    for (at, name) in names.into_iter().enumerate() {
        let sum: f64 = per_class.iter().map(|variances| variances[at]).sum();
        let scale = sum.sqrt() / classes.len() as f64;
        scales.push((name, scale * f1_correction(tally, name)));
    }
    let areas: f64 = tally.scores().iter().map(area_variance).sum();
    let factor = if k == 2 { 1.0 } else { MACRO_AREA_FACTOR };
    scales.push(("roc_auc", areas.sqrt() / classes.len() as f64 * factor));
    scales
}

/// Rows that are hits or misses count by more than one in F1 of two classes.
fn f1_correction(tally: &ClassTally, name: &str) -> f64 {
    if name != "f1" {
        return 1.0;
    }
    let one = tally.against_rest(1);
    let misses = one.false_positive + one.false_negative;
    (one.true_positive + misses) / (one.true_positive + misses / 2.0)
}

pub(super) fn bernoulli(share: f64) -> f64 {
    share * (1.0 - share)
}

/// Variance of the rarer kind's placements among the other, over its share of the rows.
fn area_variance(scores: &ScoreSketch) -> f64 {
    let (positive, negative) = scores.totals();
    let (placements, rarer) = if positive > negative {
        (scores.negative_placements(), negative)
    } else {
        (scores.positive_placements(), positive)
    };
    let weighted = |of: &dyn Fn(f64) -> f64| -> f64 {
        placements
            .iter()
            .map(|(share, n)| n * of(*share))
            .sum::<f64>()
            / rarer
    };
    let mean = weighted(&|share| share);
    weighted(&|share| (share - mean).powi(2)) / (rarer / (positive + negative))
}

/// The scale of average precision from seeded resamples of half the rows, as NannyML draws them (unseeded).
pub(super) fn average_precision_scale(scores: &[ScoreSketch], seed: u64) -> f64 {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let variances: Vec<f64> = scores
        .iter()
        .map(|sketch| resampled_variance(sketch, &mut random))
        .collect();
    (variances.iter().sum::<f64>() / variances.len() as f64).sqrt()
}

/// Times the number of rows drawn.
fn resampled_variance(scores: &ScoreSketch, random: &mut Xoshiro256PlusPlus) -> f64 {
    // Each row by its cell and kind; positives come first within a cell.
    let mut rows = Vec::new();
    for (at, cell) in scores.cells().enumerate() {
        let n_positive = cell.positive.round() as u64;
        rows.extend((0..cell.n).map(|row| (at, row < n_positive)));
    }
    let n_cells = scores.cells().count();
    let n_drawn = (rows.len() / 2).min(MAX_RESAMPLE_ROWS);
    let mut found = Vec::new();
    for _ in 0..N_RESAMPLES {
        let mut steps = vec![(0.0, 0.0); n_cells];
        for _ in 0..n_drawn {
            let (at, positive) = rows[(random.next_u64() % rows.len() as u64) as usize];
            if positive {
                steps[at].0 += 1.0;
            } else {
                steps[at].1 += 1.0;
            }
        }
        found.extend(weighted_areas(&steps).map(|areas| areas.1));
    }
    let n = found.len() as f64;
    let mean = found.iter().sum::<f64>() / n;
    found.iter().map(|area| (area - mean).powi(2)).sum::<f64>() / n * n_drawn as f64
}
