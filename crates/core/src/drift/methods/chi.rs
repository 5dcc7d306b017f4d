//! Tests of tables with two columns: chi-square and G, as textbooks, Evidently and NannyML have them.

use statrs::function::gamma::checked_gamma_ur;

use super::Measured;
use crate::drift::chi_square::{Tested, g_test, homogeneity};

/// Pearson's test of homogeneity with rare categories pooled, see [`homogeneity`]; the effect is Cramér's V.
pub(super) fn chi_square(rows: &[(u64, u64)]) -> Option<Measured> {
    homogeneity(rows).map(|tested| measured(tested, n_all(rows)))
}

/// The same by the likelihood ratio.
pub(super) fn g(rows: &[(u64, u64)]) -> Option<Measured> {
    g_test(rows).map(|tested| measured(tested, n_all(rows)))
}

/// The goodness of fit of the window to the reference's shares, as Evidently calls `scipy.stats.chisquare`: the
/// reference counts as known without error. A category that only the window has gives p 0, and leaves the statistic of
/// the others.
pub(super) fn chi_square_of_fit(rows: &[(u64, u64)]) -> Measured {
    fit(rows, |observed, expected| {
        (observed - expected).powi(2) / expected
    })
}

/// The same by the likelihood ratio, as Evidently calls `scipy.stats.power_divergence`. Evidently refuses samples of
/// unequal size; here the reference is brought to the size of the window.
pub(super) fn g_of_fit(rows: &[(u64, u64)]) -> Measured {
    fit(rows, |observed, expected| {
        if observed > 0.0 {
            2.0 * observed * (observed / expected).ln()
        } else {
            0.0
        }
    })
}

/// `scipy.stats.chi2_contingency`, as NannyML calls it: every category for itself, Yates' correction with two.
pub(super) fn contingency(rows: &[(u64, u64)]) -> Measured {
    let (n, m) = sums(rows);
    let all = n + m;
    let yates = rows.len() == 2;
    let statistic: f64 = rows
        .iter()
        .flat_map(|&(a, b)| {
            let sum = (a + b) as f64;
            [(a as f64, sum * n / all), (b as f64, sum * m / all)]
        })
        .filter(|&(_, expected)| expected > 0.0)
        .map(|(observed, expected)| {
            let off = (observed - expected).abs();
            let off = if yates { off - off.min(0.5) } else { off };
            off * off / expected
        })
        .sum();
    Measured {
        statistic,
        p_value: Some(p_value(statistic, rows.len())),
        effect: (statistic / all).sqrt(),
    }
}

/// P(X >= x) of the chi-square distribution: the regularised upper incomplete gamma function.
pub(in crate::drift) fn survival(x: f64, degrees: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    checked_gamma_ur(degrees / 2.0, x / 2.0)
        .unwrap_or(0.0)
        .clamp(0.0, 1.0)
}

fn fit(rows: &[(u64, u64)], part: impl Fn(f64, f64) -> f64) -> Measured {
    let (n, m) = sums(rows);
    let statistic: f64 = rows
        .iter()
        .filter(|row| row.0 > 0)
        .map(|&(a, b)| part(b as f64, a as f64 * m / n))
        .sum();
    let unexpected = rows.iter().any(|row| row.0 == 0 && row.1 > 0);
    Measured {
        statistic,
        p_value: Some(if unexpected {
            0.0
        } else {
            p_value(statistic, rows.len())
        }),
        effect: (statistic.max(0.0) / m).sqrt(),
    }
}

fn p_value(statistic: f64, n_rows: usize) -> f64 {
    match n_rows.saturating_sub(1) {
        0 => 1.0,
        degrees => survival(statistic, degrees as f64),
    }
}

fn measured(tested: Tested, n_all: f64) -> Measured {
    Measured {
        statistic: tested.statistic,
        p_value: Some(tested.p_value),
        effect: (tested.statistic.max(0.0) / n_all).sqrt(),
    }
}

fn n_all(rows: &[(u64, u64)]) -> f64 {
    let (n, m) = sums(rows);
    n + m
}

fn sums(rows: &[(u64, u64)]) -> (f64, f64) {
    rows.iter().fold((0.0, 0.0), |(n, m), row| {
        (n + row.0 as f64, m + row.1 as f64)
    })
}
