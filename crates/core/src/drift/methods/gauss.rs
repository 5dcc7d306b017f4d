//! Sums of Gaussians over many points, and the median gap between them.

use super::sides::Point;

/// Terms of the Hermite series; with boxes of width 1 the rest is under 1e-15 of a point's weight.
const N_TERMS: usize = 24;
/// From here on (in roots of 1 / gamma) a Gaussian is under 1e-21.
const REACH: f64 = 7.0;

/// A stretch of points with its sum of Gaussians as a series around its middle.
struct Cluster {
    middle: f64,
    terms: [f64; N_TERMS],
}

/// Σ w exp(−gamma (x − y)²) over all values y, at every value x: the fast Gauss transform of Greengard and Strain
/// (1991). `values` ascend.
pub(super) fn gauss_sums(values: &[f64], weights: &[f64], gamma: f64) -> Vec<f64> {
    let origin = values.first().copied().unwrap_or(0.0);
    let scale = gamma.sqrt();
    let scaled: Vec<f64> = values
        .iter()
        .map(|value| (value - origin) * scale)
        .collect();
    let clusters = clusters(&scaled, weights);
    let mut near = 0;
    scaled
        .iter()
        .map(|&x| {
            while clusters.get(near).is_some_and(|one| one.middle < x - REACH) {
                near += 1;
            }
            clusters
                .iter()
                .skip(near)
                .take_while(|one| one.middle <= x + REACH)
                .map(|one| one.at(x))
                .sum()
        })
        .collect()
}

fn clusters(scaled: &[f64], weights: &[f64]) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for (&y, &weight) in scaled.iter().zip(weights) {
        if weight == 0.0 {
            continue;
        }
        let middle = y.floor() + 0.5;
        if clusters.last().is_none_or(|last| last.middle != middle) {
            clusters.push(Cluster {
                middle,
                terms: [0.0; N_TERMS],
            });
        }
        let Some(cluster) = clusters.last_mut() else {
            continue;
        };
        let (off, mut term) = (y - middle, weight);
        for (order, sum) in cluster.terms.iter_mut().enumerate() {
            *sum += term;
            term *= off / (order + 1) as f64;
        }
    }
    clusters
}

impl Cluster {
    fn at(&self, x: f64) -> f64 {
        let t = x - self.middle;
        let (mut before, mut hermite) = (0.0, (-t * t).exp());
        let mut sum = 0.0;
        for (order, term) in self.terms.iter().enumerate() {
            sum += term * hermite;
            let next = 2.0 * t * hermite - 2.0 * order as f64 * before;
            before = hermite;
            hermite = next;
        }
        sum
    }
}

/// The median of |x − y| over all pairs of rows of the reference, each row with itself and every pair twice.
pub(super) fn middle_gap(points: &[Point]) -> f64 {
    let points: Vec<(f64, u128)> = points
        .iter()
        .filter(|point| point.a > 0)
        .map(|point| (point.value, u128::from(point.a)))
        .collect();
    let n: u128 = points.iter().map(|point| point.1).sum();
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return 0.0;
    };
    // The nearest place to (n² − 1) / 2, the even one of two.
    let places = n * n - 1;
    let place = match (places % 2, (places / 2) % 2) {
        (1, 1) => places / 2 + 1,
        _ => places / 2,
    };
    // Not negative, so that bits are ordered as the numbers are.
    let (mut low, mut high) = (0, (last.0 - first.0).to_bits());
    while low < high {
        let middle = low + (high - low) / 2;
        if pairs_within(&points, f64::from_bits(middle)) > place {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    f64::from_bits(low)
}

fn pairs_within(points: &[(f64, u128)], gap: f64) -> u128 {
    let (mut from, mut within, mut pairs) = (0, 0, 0);
    for &(value, count) in points {
        within += count;
        while let Some(&(_, rows)) = points.get(from).filter(|point| value - point.0 > gap) {
            within -= rows;
            from += 1;
        }
        pairs += 2 * count * within - count * count;
    }
    pairs
}
