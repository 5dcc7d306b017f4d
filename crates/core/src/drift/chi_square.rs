//! Tests of homogeneity of two rows of counts, with rare categories pooled.

use super::methods::survival;

/// Least count that the tests expect in every cell (Cochran's rule).
const LEAST_EXPECTED: f64 = 5.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tested {
    pub statistic: f64,
    pub p_value: f64,
}

/// Pearson's test without continuity correction.
///
/// Categories of which fewer than 5 are expected in either sample are pooled into one; where the pool itself stays
/// under 5 it joins the rarest category left. With one category left nothing can differ: statistic 0, p 1.
/// `None` when a sample is empty.
pub(super) fn homogeneity(rows: &[(u64, u64)]) -> Option<Tested> {
    tested(rows, |observed, expected| {
        (observed - expected).powi(2) / expected
    })
}

/// The likelihood ratio of the same hypotheses, over the same pooled categories.
pub(super) fn g_test(rows: &[(u64, u64)]) -> Option<Tested> {
    tested(rows, |observed, expected| {
        if observed > 0.0 {
            2.0 * observed * (observed / expected).ln()
        } else {
            0.0
        }
    })
}

fn tested(rows: &[(u64, u64)], part: impl Fn(f64, f64) -> f64) -> Option<Tested> {
    let n_a = rows.iter().map(|row| row.0).sum::<u64>() as f64;
    let n_b = rows.iter().map(|row| row.1).sum::<u64>() as f64;
    if n_a == 0.0 || n_b == 0.0 {
        return None;
    }
    let smaller = n_a.min(n_b) / (n_a + n_b);
    let table = pooled(rows, LEAST_EXPECTED / smaller);
    let mut statistic = 0.0;
    for &(x, y) in &table {
        for (observed, n) in [(x, n_a), (y, n_b)] {
            statistic += part(observed, (x + y) * n / (n_a + n_b));
        }
    }
    let degrees = table.len().saturating_sub(1);
    if degrees == 0 {
        return Some(Tested {
            statistic: 0.0,
            p_value: 1.0,
        });
    }
    Some(Tested {
        statistic,
        p_value: survival(statistic, degrees as f64),
    })
}

/// Pairs of counts, each with a sum of at least `least` where more than one is left.
fn pooled(rows: &[(u64, u64)], least: f64) -> Vec<(f64, f64)> {
    let (mut kept, mut pool) = (Vec::new(), (0.0, 0.0));
    for &(x, y) in rows {
        let (x, y) = (x as f64, y as f64);
        if x + y >= least {
            kept.push((x, y));
        } else {
            pool = (pool.0 + x, pool.1 + y);
        }
    }
    let size = |pair: &(f64, f64)| pair.0 + pair.1;
    if size(&pool) == 0.0 {
        return kept;
    }
    let rarest = kept
        .iter_mut()
        .min_by(|a, b| size(a).total_cmp(&size(b)))
        .filter(|_| size(&pool) < least);
    match rarest {
        Some(rarest) => *rarest = (rarest.0 + pool.0, rarest.1 + pool.1),
        None => kept.push(pool),
    }
    kept
}
