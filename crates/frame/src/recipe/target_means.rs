//! Means of the target by category, so made that no row's own target is in its features.

use std::collections::BTreeMap;

use assay_core::Target;
use assay_core::recipe::{FittedStep, TargetMeans};

/// The step, and per feature the values of the training rows.
pub struct OfTarget {
    pub step: FittedStep,
    pub training_values: Vec<(String, Vec<f64>)>,
}

/// Means are drawn to that of all rows: with m rows of `smoothing` (sum + m · mean) / (n + m), else by the empirical
/// Bayes weight n · v / (n · v + s), where v is the variance of all rows and s that of the category's (scikit-learn's
/// `TargetEncoder(smooth="auto")`).
pub fn learn(
    name: &str,
    values: &[Option<&str>],
    target: &Target,
    smoothing: Option<f64>,
    n_folds: u32,
) -> OfTarget {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values.iter().flatten() {
        places.entry(value).or_default();
    }
    for (place, at) in places.values_mut().enumerate() {
        *at = place;
    }
    let codes: Vec<Option<usize>> = values
        .iter()
        .map(|value| value.and_then(|value| places.get(value).copied()))
        .collect();
    let folds = folds(values.len(), n_folds as usize);
    let mut outputs = Vec::new();
    let mut training_values = Vec::new();
    for (name, y) in numeric_targets(name, target) {
        let rows = Rows {
            codes: &codes,
            y: &y,
            folds: &folds,
            n_categories: places.len(),
            smoothing,
        };
        let (means, otherwise) = rows.means_without(None);
        training_values.push((name.clone(), rows.cross_fitted(n_folds as usize)));
        outputs.push(TargetMeans {
            name,
            means,
            otherwise,
        });
    }
    OfTarget {
        step: FittedStep::Target {
            column: name.to_owned(),
            categories: places.keys().map(|key| (*key).to_owned()).collect(),
            outputs,
        },
        training_values,
    }
}

/// The numbers whose means are taken, with the names of their features.
fn numeric_targets(name: &str, target: &Target) -> Vec<(String, Vec<f64>)> {
    match target {
        // Training refuses such a step before.
        Target::Nothing { .. } => Vec::new(),
        Target::Values(values) => vec![(name.to_owned(), values.clone())],
        Target::Classes {
            classes, indices, ..
        } => {
            let of_class = |class: u32| -> Vec<f64> {
                let is_class = indices.iter().map(|&index| index == class);
                is_class.map(|is| f64::from(u8::from(is))).collect()
            };
            if classes.len() <= 2 {
                return vec![(name.to_owned(), of_class(1))];
            }
            (0..)
                .zip(classes)
                .map(|(index, class)| (format!("{name}_target_{class}"), of_class(index)))
                .collect()
        }
    }
}

/// Which of the parts each row is in: as many rows in each, in an order that has nothing to do with that of the rows
/// (Steele, Lea and Flood's SplitMix64 of the row's number).
fn folds(n_rows: usize, n_folds: usize) -> Vec<usize> {
    let mixed = |row: &usize| {
        let mut z = (*row as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut order: Vec<usize> = (0..n_rows).collect();
    order.sort_by_cached_key(mixed);
    let mut folds = vec![0; n_rows];
    for (rank, row) in order.into_iter().enumerate() {
        folds[row] = rank % n_folds.max(1);
    }
    folds
}

/// Invariant: one code, target and fold per row.
struct Rows<'a> {
    codes: &'a [Option<usize>],
    y: &'a [f64],
    folds: &'a [usize],
    n_categories: usize,
    smoothing: Option<f64>,
}

impl Rows<'_> {
    /// Each row's value, from the rows of the other parts.
    fn cross_fitted(&self, n_folds: usize) -> Vec<f64> {
        let mut values = vec![0.0; self.codes.len()];
        for fold in 0..n_folds.clamp(1, self.codes.len().max(1)) {
            let (means, otherwise) = self.means_without(Some(fold));
            for (row, value) in values.iter_mut().enumerate() {
                if self.folds[row] == fold {
                    *value = self.codes[row].map_or(otherwise, |code| means[code]);
                }
            }
        }
        values
    }

    /// Per category, and of all rows, leaving out the rows of a part.
    fn means_without(&self, fold: Option<usize>) -> (Vec<f64>, f64) {
        let rows = || {
            let rows = self.codes.iter().zip(self.y).zip(self.folds);
            rows.filter(move |(_, of)| Some(**of) != fold)
                .map(|((code, y), _)| (*code, *y))
        };
        let n = rows().count();
        if n == 0 {
            return (vec![0.0; self.n_categories], 0.0);
        }
        let mean = rows().map(|(_, y)| y).sum::<f64>() / n as f64;
        let variance = rows().map(|(_, y)| (y - mean) * (y - mean)).sum::<f64>() / n as f64;
        let mut counts = vec![0.0; self.n_categories];
        let mut sums = vec![0.0; self.n_categories];
        for (code, y) in rows() {
            if let Some(code) = code {
                counts[code] += 1.0;
                sums[code] += y;
            }
        }
        let mut squares = vec![0.0; self.n_categories];
        for (code, y) in rows() {
            if let Some(code) = code {
                let from_mean = y - sums[code] / counts[code];
                squares[code] += from_mean * from_mean;
            }
        }
        let drawn = |code: usize| {
            let (n, sum) = (counts[code], sums[code]);
            if n == 0.0 {
                return mean;
            }
            if let Some(rows) = self.smoothing {
                return (sum + rows * mean) / (n + rows);
            }
            let weight = variance * n / (variance * n + squares[code] / n);
            if weight.is_nan() {
                return mean;
            }
            weight * (sum / n) + (1.0 - weight) * mean
        };
        ((0..self.n_categories).map(drawn).collect(), mean)
    }
}
