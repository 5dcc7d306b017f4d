//! The chi-square test of homogeneity of two rows of counts.

use statrs::function::gamma::checked_gamma_ur;

/// Least count that the test expects in every cell (Cochran's rule).
const LEAST_EXPECTED: f64 = 5.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ChiSquare {
    pub statistic: f64,
    pub p_value: f64,
}

/// Pearson's test without continuity correction.
///
/// Categories of which fewer than 5 are expected in either sample are pooled into one; where the pool itself stays
/// under 5 it joins the rarest category left. With one category left nothing can differ: statistic 0, p 1.
/// `None` when a sample is empty.
pub(super) fn chi_square(a: &[u64], b: &[u64]) -> Option<ChiSquare> {
    let (n_a, n_b) = (a.iter().sum::<u64>() as f64, b.iter().sum::<u64>() as f64);
    if n_a == 0.0 || n_b == 0.0 {
        return None;
    }
    let smaller = n_a.min(n_b) / (n_a + n_b);
    let table = pooled(a, b, LEAST_EXPECTED / smaller);
    let mut statistic = 0.0;
    for &(x, y) in &table {
        for (observed, n) in [(x, n_a), (y, n_b)] {
            let expected = (x + y) * n / (n_a + n_b);
            statistic += (observed - expected).powi(2) / expected;
        }
    }
    let degrees = table.len().saturating_sub(1);
    if degrees == 0 {
        return Some(ChiSquare {
            statistic: 0.0,
            p_value: 1.0,
        });
    }
    Some(ChiSquare {
        statistic,
        p_value: survival(statistic, degrees as f64),
    })
}

/// Pairs of counts, each with a sum of at least `least` where more than one is left.
fn pooled(a: &[u64], b: &[u64], least: f64) -> Vec<(f64, f64)> {
    let (mut kept, mut pool) = (Vec::new(), (0.0, 0.0));
    for (&x, &y) in a.iter().zip(b) {
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

/// P(X >= x) of the chi-square distribution: the regularised upper incomplete gamma function.
fn survival(x: f64, degrees: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    checked_gamma_ur(degrees / 2.0, x / 2.0)
        .unwrap_or(0.0)
        .clamp(0.0, 1.0)
}
