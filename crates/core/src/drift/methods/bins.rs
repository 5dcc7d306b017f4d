//! The bins of numpy, on which Evidently and NannyML measure numeric columns.

use super::sides::Numbers;
use crate::drift::steps::Steps;

/// `numpy.histogram_bin_edges(both, bins="sturges")` for `n` values between `min` and `max`. Whole numbers have bins of
/// width 1 at least.
pub(super) fn sturges(min: f64, max: f64, n: f64, whole: bool) -> Vec<f64> {
    edges(min, max, (max - min) / (n.log2() + 1.0), whole)
}

/// `numpy.histogram_bin_edges(numbers, bins="doane")`: more bins where the numbers are skewed.
pub(super) fn doane(numbers: &Numbers<'_>) -> Vec<f64> {
    let n = numbers.n as f64;
    let std = numbers.population_std();
    let width = if n > 2.0 && std > 0.0 {
        let error = (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt();
        let cubes: f64 = numbers
            .steps
            .counts()
            .map(|(value, count)| ((value - numbers.mean) / std).powi(3) * count as f64)
            .sum();
        let skewness = (cubes / n).abs();
        (numbers.max - numbers.min) / (1.0 + n.log2() + (1.0 + skewness / error).log2())
    } else {
        0.0
    };
    edges(numbers.min, numbers.max, width, false)
}

/// `numpy.linspace(low, high, n + 1)`
pub(super) fn equal(low: f64, high: f64, n: usize) -> Vec<f64> {
    let step = (high - low) / n as f64;
    let mut edges: Vec<f64> = (0..=n).map(|i| i as f64 * step + low).collect();
    if let Some(last) = edges.last_mut() {
        *last = high;
    }
    edges
}

/// Rows in each bin, as `numpy.histogram` counts: left-closed, the last right-closed too, what lies beyond nowhere.
/// Where the sketch is thinned, what lies between two of its values is spread evenly: within a 2,000th of the rows per
/// edge.
pub(super) fn histogram(edges: &[f64], numbers: &Numbers<'_>) -> Vec<u64> {
    let (Some(&last), n_bins) = (edges.last(), edges.len().saturating_sub(1)) else {
        return Vec::new();
    };
    let steps = numbers.steps;
    let below: Vec<u64> = edges
        .iter()
        .take(n_bins)
        .map(|&edge| {
            if numbers.exact {
                steps.rows_below(edge)
            } else {
                spread_below(steps, edge)
            }
        })
        .chain([steps.rows_up_to(last)])
        .collect();
    below
        .windows(2)
        .map(|pair| pair[1].saturating_sub(pair[0]))
        .collect()
}

/// More rows than a step of a thinned sketch has lie at its value.
fn spread_below(steps: Steps<'_>, edge: f64) -> u64 {
    let at = steps.values.partition_point(|&value| value < edge);
    let before = at.checked_sub(1);
    let rows = steps.rows_below(edge);
    let neighbours =
        before.and_then(|before| Some((*steps.values.get(before)?, *steps.values.get(at)?)));
    let (Some((low, high)), Some(&next)) = (neighbours, steps.cumulative.get(at)) else {
        return rows;
    };
    let step = next - rows;
    if step > steps.n() / 1_000 + 1 {
        return rows;
    }
    rows + (step as f64 * (edge - low) / (high - low)).round() as u64
}

fn edges(min: f64, max: f64, width: f64, whole: bool) -> Vec<f64> {
    let (low, high) = if min == max {
        (min - 0.5, max + 0.5)
    } else {
        (min, max)
    };
    let width = if whole && width > 0.0 {
        width.max(1.0)
    } else {
        width
    };
    // A width of the smallest numbers would ask for more bins than anyone can hold.
    let n = if width > 0.0 {
        ((high - low) / width).ceil().clamp(1.0, 10_000.0) as usize
    } else {
        1
    };
    equal(low, high, n)
}
