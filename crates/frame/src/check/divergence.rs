//! The Kullback-Leibler divergence of a column from an expected distribution, as Great Expectations defines it.

use assay_core::expect::read::{Interpolation, KlDivergence, Partition};
use assay_core::schema::ColumnType;
use serde_json::{Value, json};

use super::cell::{Cell, read_value};
use super::distinct::Distinct;
use super::numbers::quantiles;

/// What was found; `None` where something was seen that is expected never.
pub(super) struct Divergence {
    pub(super) nats: Option<f64>,
    /// The observed and the expected partition.
    pub(super) details: Value,
}

pub(super) fn of_values(
    test: &KlDivergence,
    values: &[Value],
    weights: &[f64],
    kind: ColumnType,
    distinct: &Distinct,
) -> Divergence {
    let n = distinct.n_values as f64;
    let keys: Vec<Option<u128>> = values
        .iter()
        .map(|value| Some(read_value(value, kind)?.key()))
        .collect();
    let mut names = values.to_vec();
    let mut observed: Vec<f64> = keys
        .iter()
        .map(|key| key.map_or(0.0, |key| distinct.count(key) as f64 / n))
        .collect();
    let others: Vec<(&Cell<String>, u64)> = distinct
        .ascending()
        .into_iter()
        .filter(|(cell, _)| !keys.contains(&Some(cell.key())))
        .collect();
    let mut expected = weights.to_vec();
    if !others.is_empty() {
        let holdout = test.tail_weight_holdout;
        expected.iter_mut().for_each(|w| *w *= 1.0 - holdout);
        expected.extend(vec![holdout / others.len() as f64; others.len()]);
        names.extend(others.iter().map(|(cell, _)| cell.json()));
        observed.extend(others.iter().map(|(_, count)| *count as f64 / n));
    }
    Divergence {
        nats: relative_entropy(&observed, &expected),
        details: json!({
            "observed_partition": {"values": names, "weights": observed},
            "expected_partition": {"values": names, "weights": expected},
        }),
    }
}

pub(super) fn of_bins(
    test: &KlDivergence,
    bins: &[f64],
    weights: &[f64],
    tails: Option<(f64, f64)>,
    numbers: &[f64],
) -> Divergence {
    let n = numbers.len() as f64;
    let (counts, below, above) = histogram(bins, numbers);
    let mut observed: Vec<f64> = counts.iter().map(|count| *count as f64 / n).collect();
    let holdout = test.tail_weight_holdout;
    let internal = test.internal_weight_holdout;
    let scale = 1.0 - holdout - internal;
    let mut expected: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
    let n_empty = expected.iter().filter(|weight| **weight == 0.0).count();
    if internal > 0.0 {
        for weight in expected.iter_mut().filter(|weight| **weight == 0.0) {
            *weight = internal / n_empty as f64;
        }
    }
    let low = bins.first().is_some_and(|edge| edge.is_infinite());
    let high = bins.last().is_some_and(|edge| edge.is_infinite());
    let (mut below, mut above) = (below as f64 / n, above as f64 / n);
    let (mut expected_below, mut expected_above) = match (tails, low || high) {
        (Some(tails), _) => tails,
        // with one infinite end the other tail has all of it
        (None, true) => (holdout, holdout),
        (None, false) => (holdout / 2.0, holdout / 2.0),
    };
    let mut bins = bins.to_vec();
    if low && !bins.is_empty() {
        bins.remove(0);
        below = observed.remove(0);
        expected_below = expected.remove(0);
    }
    if high {
        bins.pop();
        above = observed.pop().unwrap_or_default();
        expected_above = expected.pop().unwrap_or_default();
    }
    let with_tails = |below: f64, inner: &[f64], above: f64| {
        let mut all = vec![below];
        all.extend_from_slice(inner);
        all.push(above);
        all
    };
    Divergence {
        nats: relative_entropy(
            &with_tails(below, &observed, above),
            &with_tails(expected_below, &expected, expected_above),
        ),
        details: json!({
            "observed_partition":
                {"bins": bins, "weights": observed, "tail_weights": [below, above]},
            "expected_partition":
                {"bins": bins, "weights": expected, "tail_weights": [expected_below, expected_above]},
        }),
    }
}

/// The column's own distribution in bins: as many as numpy's `auto` takes, all as wide.
pub(super) fn own_bins(numbers: &[f64]) -> Partition {
    let n = numbers.len() as f64;
    let found = quantiles(numbers, &[0.0, 0.25, 0.75, 1.0], Interpolation::Nearest);
    let [min, low, high, max] = found.as_slice() else {
        return Partition::Bins {
            bins: vec![0.0, 0.0],
            weights: vec![0.0],
            tails: None,
        };
    };
    let sturges = (n + 1.0).log2().ceil().max(1.0);
    let range = high - low;
    let n_bins = if range < 1e-10 {
        sturges
    } else {
        ((max - min) / (2.0 * range / n.cbrt())).ceil().max(sturges)
    } as usize;
    let width = (max - min) / n_bins as f64;
    let bins: Vec<f64> = (0..=n_bins)
        .map(|at| {
            if at == n_bins {
                *max
            } else {
                min + width * at as f64
            }
        })
        .collect();
    let weights = histogram(&bins, numbers).0;
    Partition::Bins {
        weights: weights.iter().map(|count| *count as f64 / n).collect(),
        bins,
        tails: None,
    }
}

/// Counts per bin, the last one with its right edge; then those below the first and above the last.
fn histogram(bins: &[f64], numbers: &[f64]) -> (Vec<u64>, u64, u64) {
    let n_bins = bins.len().saturating_sub(1);
    let mut counts = vec![0; n_bins];
    let (mut below, mut above) = (0, 0);
    for value in numbers {
        let edges = bins.partition_point(|edge| edge <= value);
        let bin = match edges {
            0 => None,
            at if at > n_bins && bins.last().is_some_and(|last| value > last) => {
                above += 1;
                continue;
            }
            at => Some(at.min(n_bins) - 1),
        };
        match bin.and_then(|bin| counts.get_mut(bin)) {
            Some(count) => *count += 1,
            None => below += 1,
        }
    }
    (counts, below, above)
}

/// Σ p ln(p / q) of both scaled to sum 1; `None` where it is infinite or nothing.
fn relative_entropy(observed: &[f64], expected: &[f64]) -> Option<f64> {
    let (p_sum, q_sum): (f64, f64) = (observed.iter().sum(), expected.iter().sum());
    let nats: f64 = observed
        .iter()
        .zip(expected)
        .map(|(p, q)| (p / p_sum, q / q_sum))
        .map(|(p, q)| if p == 0.0 { 0.0 } else { p * (p / q).ln() })
        .sum();
    nats.is_finite().then_some(nats)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_does_not_diverge_from_itself() {
        let numbers: Vec<f64> = (0..50).map(|i| f64::from(i * i % 23)).collect();
        let test = KlDivergence {
            partition: None,
            threshold: None,
            tail_weight_holdout: 0.0,
            internal_weight_holdout: 0.0,
            bucketize: true,
        };
        let Partition::Bins { bins, weights, .. } = own_bins(&numbers) else {
            panic!("bins");
        };
        let found = of_bins(&test, &bins, &weights, None, &numbers);
        assert!(found.nats.unwrap().abs() < 1e-12);
        assert_eq!(
            histogram(&[0.0, 1.0, 2.0], &[-1.0, 0.0, 1.0, 2.0, 3.0]),
            (vec![1, 2], 1, 1)
        );
        assert_eq!(relative_entropy(&[0.5, 0.5], &[1.0, 0.0]), None);
    }
}
