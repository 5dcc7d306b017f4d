//! Models that were found without a target: the nearest centre, mixtures, coordinates, lengths of paths.

use assay_core::model::NEAREST_TOLERANCE;
use ndarray::{Array2, ArrayView2, ArrayViewMut1, Axis};

use super::{in_range, rounded, softmax};

pub fn nearest(x: &ArrayView2<'_, f32>, origin: &[f64], centres: &[Vec<f64>], y: &mut Array2<f64>) {
    let halves: Vec<f64> = centres.iter().map(|centre| half_square(centre)).collect();
    let mut nearness = vec![0.0; centres.len()];
    for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
        for ((near, centre), half) in nearness.iter_mut().zip(centres).zip(&halves) {
            let features = row.iter().zip(origin).zip(centre);
            *near = features.fold(0.0, |sum, ((&x, origin), centre)| {
                sum + (f64::from(x) - origin) * centre
            }) - half;
        }
        out.fill(0.0);
        if let Some(nearest) = out.get_mut(largest(&nearness)) {
            *nearest = 1.0;
        }
    }
}

fn half_square(centre: &[f64]) -> f64 {
    0.5 * centre.iter().map(|value| value * value).sum::<f64>()
}

/// The first of those that are as good as the largest.
fn largest(nearness: &[f64]) -> usize {
    let largest = nearness.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = largest - NEAREST_TOLERANCE * largest.abs();
    nearness.iter().position(|near| *near >= least).unwrap_or(0)
}

pub fn mixture(
    x: &ArrayView2<'_, f32>,
    means: &[Vec<f64>],
    factors: &[Vec<f64>],
    constants: &[f64],
    y: &mut Array2<f64>,
) {
    let mut sums = vec![0.0; constants.len()];
    let mut apart = Vec::new();
    for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
        let classes = means.iter().zip(factors).zip(constants);
        for (sum, ((mean, factor), constant)) in sums.iter_mut().zip(classes) {
            apart.clear();
            apart.extend(row.iter().zip(mean).map(|(&x, mean)| f64::from(x) - mean));
            let distance: f64 = factor
                .chunks_exact(mean.len().max(1))
                .map(|column| {
                    let products = apart.iter().zip(column);
                    products.fold(0.0, |sum, (a, b)| sum + a * b).powi(2)
                })
                .sum();
            *sum = f64::from(in_range(constant - 0.5 * distance));
        }
        softmax(&sums, &mut out);
    }
}

pub fn projection(
    x: &ArrayView2<'_, f32>,
    origin: &[f64],
    components: &[Vec<f64>],
    y: &mut Array2<f64>,
) {
    for (row, mut out) in x.axis_iter(Axis(0)).zip(y.axis_iter_mut(Axis(0))) {
        for (out, component) in out.iter_mut().zip(components) {
            let features = row.iter().zip(origin).zip(component);
            let sum = features.fold(0.0, |sum, ((&x, origin), component)| {
                sum + (f64::from(x) - origin) * component
            });
            *out = f64::from(in_range(sum));
        }
    }
}

/// Of 1 − 2^(−sum), and of 2^(−sum).
pub fn halving(sum: f64, out: &mut ArrayViewMut1<'_, f64>) {
    let second = (-std::f64::consts::LN_2 * sum).exp();
    for (p, value) in out.iter_mut().zip([1.0 - second, second]) {
        *p = rounded(value);
    }
}
