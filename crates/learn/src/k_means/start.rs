//! Where the centres start: k-means++ (Arthur and Vassilvitskii 2007) several times on a sample, each refined there; the
//! best goes on with all rows (Bradley and Fayyad 1998).

use assay_core::Cancelled;
use assay_core::split::shuffled;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::KMeansValidParams;
use super::hamerly::{Descent, Rows};
use crate::draw::share;

/// Rows of the sample: as many, and enough for each cluster.
const SAMPLE: usize = 20_000;
const SAMPLE_A_CLUSTER: usize = 200;
/// Iterations on the sample.
const MAX_ITER: usize = 100;

/// At most `n_clusters` centres, none twice.
pub fn best(params: &KMeansValidParams, all: &Rows<'_>) -> Result<Vec<Vec<f64>>, Cancelled> {
    let n = all.n_features;
    let n_sample = SAMPLE
        .max(SAMPLE_A_CLUSTER * params.n_clusters)
        .min(all.n_rows());
    let values: Vec<f32> = if n_sample < all.n_rows() {
        let mut rows = shuffled((0..all.n_rows()).collect::<Vec<usize>>(), params.seed);
        rows.truncate(n_sample);
        rows.sort_unstable();
        rows.into_iter()
            .flat_map(|row| all.row(row))
            .copied()
            .collect()
    } else {
        all.values.to_vec()
    };
    let sample = Rows {
        values: &values,
        n_features: n,
    };
    let mut random = Xoshiro256PlusPlus::seed_from_u64(params.seed);
    let mut best: Option<(f64, Vec<Vec<f64>>)> = None;
    for start in 0..params.n_init {
        let (done, total) = (start as u64, params.n_init as u64);
        params
            .task
            .step(done, total, format!("start {} of {total}", done + 1));
        let drawn = plus_plus(params, &sample, &mut random)?;
        let mut descent = Descent::new(&sample, drawn, &params.task);
        descent.run(params.max_iter.min(MAX_ITER), 0.0, false)?;
        let inertia = descent.inertia()?;
        if best.as_ref().is_none_or(|(least, _)| inertia < *least) {
            best = Some((inertia, descent.into_centres()));
        }
    }
    Ok(best.map(|(_, centres)| centres).unwrap_or_default())
}

/// Rows drawn one after the other, each with a chance that grows with its squared distance to those drawn before; of
/// a few draws the one that brings the rows nearest is taken.
fn plus_plus(
    params: &KMeansValidParams,
    rows: &Rows<'_>,
    random: &mut Xoshiro256PlusPlus,
) -> Result<Vec<Vec<f64>>, Cancelled> {
    let n_rows = rows.n_rows();
    let n_draws = 2 + (params.n_clusters as f64).ln() as usize;
    let widened = |row: usize| {
        rows.row(row)
            .iter()
            .map(|&x| f64::from(x))
            .collect::<Vec<f64>>()
    };
    let first = ((share(random) * n_rows as f64) as usize).min(n_rows - 1);
    let mut centres = vec![widened(first)];
    let mut squares = nearer(rows, first, None);
    while centres.len() < params.n_clusters {
        let total: f64 = squares.iter().sum();
        if total <= 0.0 {
            break;
        }
        let mut taken: Option<(f64, usize, Vec<f64>)> = None;
        for _ in 0..n_draws {
            params.task.check()?;
            let row = drawn(&squares, share(random) * total);
            let after = nearer(rows, row, Some(&squares));
            let left: f64 = after.iter().sum();
            if taken.as_ref().is_none_or(|(least, _, _)| left < *least) {
                taken = Some((left, row, after));
            }
        }
        if let Some((_, row, after)) = taken {
            centres.push(widened(row));
            squares = after;
        }
    }
    Ok(centres)
}

/// Squared distances to the nearest centre when `row` becomes one too.
fn nearer(rows: &Rows<'_>, row: usize, before: Option<&[f64]>) -> Vec<f64> {
    let centre = rows.row(row);
    (0..rows.n_rows())
        .map(|other| {
            let pairs = rows.row(other).iter().zip(centre);
            let square: f32 = pairs.map(|(a, b)| (a - b).powi(2)).sum();
            let least = before.map_or(f64::INFINITY, |before| before[other]);
            f64::from(square).min(least)
        })
        .collect()
}

/// The row in which the sum of `squares` passes `at`; never one whose square is 0.
fn drawn(squares: &[f64], at: f64) -> usize {
    let mut sum = 0.0;
    let mut last = 0;
    for (row, &square) in squares.iter().enumerate() {
        if square > 0.0 {
            last = row;
            sum += square;
            if sum > at {
                break;
            }
        }
    }
    last
}
