//! The methods as NannyML 0.13 computes them.

use std::f64::consts::LN_2;

use super::sides::{Numbers, Sides, Table};
use super::{Measured, Method, bins, chi, distance, shares};
use crate::drift::steps::{self, Steps};

/// References from this size on are binned for Kolmogorov-Smirnov and Wasserstein.
const LARGE: u64 = 10_000;
const N_BINS: usize = 10_000;

/// Jensen-Shannon and Hellinger lie on Doane's bins of the reference with one more for what falls outside of them;
/// Wasserstein is in the unit of the values.
pub(super) fn measure(method: Method, sides: &Sides<'_>) -> Option<Measured> {
    match sides {
        Sides::Numeric(a, b) => numeric(method, a, b),
        Sides::Categorical(table) => categorical(method, table),
    }
}

fn numeric(method: Method, a: &Numbers<'_>, b: &Numbers<'_>) -> Option<Measured> {
    match method {
        Method::KolmogorovSmirnov if a.n < LARGE => {
            Some(distance(steps::kolmogorov_smirnov(a.steps, b.steps)))
        }
        Method::KolmogorovSmirnov => Some(distance(binned_kolmogorov_smirnov(a, b))),
        Method::Wasserstein if a.n < LARGE => Some(distance(steps::wasserstein(a.steps, b.steps))),
        Method::Wasserstein => Some(distance(binned_wasserstein(a, b))),
        _ => {
            let edges = bins::doane(a);
            let (of_a, of_b) = (bins::histogram(&edges, a), bins::histogram(&edges, b));
            let outside = b.n - of_b.iter().sum::<u64>().min(b.n);
            let mut rows: Vec<_> = of_a.into_iter().zip(of_b).collect();
            rows.push((0, outside));
            on_shares(method, &shares::shares_of(&rows, a.n as f64, b.n as f64))
        }
    }
}

fn categorical(method: Method, table: &Table) -> Option<Measured> {
    match method {
        Method::ChiSquare => Some(chi::contingency(&table.union())),
        Method::LInfinity => Some(distance(shares::l_infinity(&shares::shares(
            &table.union(),
        )))),
        _ => on_shares(method, &shares::shares(&table.lumped())),
    }
}

fn on_shares(method: Method, both: &[(f64, f64)]) -> Option<Measured> {
    match method {
        Method::JensenShannon => Some(distance(shares::jensen_shannon(both, LN_2).min(1.0))),
        Method::Hellinger => Some(distance(shares::hellinger(both))),
        _ => None,
    }
}

/// The largest difference of the distribution functions at the upper edges of 10,000 equal bins of the reference.
fn binned_kolmogorov_smirnov(a: &Numbers<'_>, b: &Numbers<'_>) -> f64 {
    let edges = bins::equal(a.min, a.max, N_BINS);
    let up_to = |steps: Steps<'_>, n: u64, place: usize, edge: f64| {
        let rows = if place == N_BINS {
            steps.rows_up_to(edge)
        } else {
            steps.rows_below(edge)
        };
        rows as f64 / n as f64
    };
    edges
        .iter()
        .enumerate()
        .skip(1)
        .map(|(place, &edge)| {
            (up_to(a.steps, a.n, place, edge) - up_to(b.steps, b.n, place, edge)).abs()
        })
        .fold(0.0, f64::max)
}

/// The area between the distribution functions on 10,000 equal bins of the reference, and beyond them value by value.
///
/// What lies below the reference counts one row too many, as it does in NannyML.
fn binned_wasserstein(a: &Numbers<'_>, b: &Numbers<'_>) -> f64 {
    let (low, high) = if a.min == a.max {
        (a.min - 0.5, a.max + 0.5)
    } else {
        (a.min, a.max)
    };
    let edges = bins::equal(low, high, N_BINS);
    let n = b.n as f64;
    let below: Vec<(f64, u64)> = b.steps.counts().filter(|point| point.0 < low).collect();
    let above: Vec<(f64, u64)> = b.steps.counts().filter(|point| point.0 > high).collect();
    let rows = |points: &[(f64, u64)]| points.iter().map(|point| point.1).sum::<u64>() as f64;

    let (n_below, n_above) = (rows(&below), rows(&above));
    let (mut outside, mut so_far) = (0.0, 0.0);
    let uppers = below.iter().skip(1).map(|point| point.0).chain([low]);
    for (&(value, count), upper) in below.iter().zip(uppers) {
        so_far += count as f64;
        outside += so_far / n * (upper - value);
    }
    let (mut so_far, mut from) = (1.0, high);
    for &(value, count) in &above {
        outside += (n_above + 1.0 - so_far) / n * (value - from);
        so_far += count as f64;
        from = value;
    }

    let width = edges.get(1).map_or(0.0, |edge| edge - low);
    let start = if n_below > 0.0 {
        (n_below + 1.0) / n
    } else {
        0.0
    };
    let (mut of_a, mut of_b) = (0, 0);
    let mut within = 0.0;
    for (in_a, in_b) in bins::histogram(&edges, a)
        .into_iter()
        .zip(bins::histogram(&edges, b))
    {
        of_a += in_a;
        of_b += in_b;
        within += (of_a as f64 / a.n as f64 - of_b as f64 / n - start).abs() * width;
    }
    within + outside
}
