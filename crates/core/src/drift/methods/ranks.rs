//! Tests on the ranks of both samples together; equal values share their middle rank.

use statrs::function::erf::erfc;

use super::Measured;
use super::sides::Point;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alternative {
    TwoSided,
    /// The reference lies below the window.
    Less,
}

/// Up to here, without ties, every order of the smaller sample is counted.
const SMALL_SAMPLE: u64 = 8;
/// Largest product of the sizes for which that is done.
const MOST_COUNTED: u64 = 20_000;

/// Mann-Whitney's U of the reference, with its p-value as `scipy.stats.mannwhitneyu(method="auto")`: exact for samples
/// of up to 8 without ties (and a product of the sizes of up to 20,000), else normal with corrections for ties and
/// continuity. The effect is the rank-biserial correlation, |1 − 2 U / (n m)|.
pub(super) fn mann_whitney(points: &[Point], alternative: Alternative) -> Measured {
    let (mut rank_sum, mut before, mut n, mut m, mut ties) = (0.0, 0.0, 0u64, 0u64, 0.0);
    for point in points {
        let count = (point.a + point.b) as f64;
        rank_sum += point.a as f64 * (before + (count + 1.0) / 2.0);
        before += count;
        ties += count * count * count - count;
        n += point.a;
        m += point.b;
    }
    let (n_f, m_f) = (n as f64, m as f64);
    let u = rank_sum - n_f * (n_f + 1.0) / 2.0;
    let other = n_f * m_f - u;
    let (tested, sides) = match alternative {
        Alternative::TwoSided => (u.max(other), 2.0),
        Alternative::Less => (other, 1.0),
    };
    let one_sided = if n.min(m) <= SMALL_SAMPLE && ties == 0.0 && n * m <= MOST_COUNTED {
        at_least(n.min(m), n.max(m), tested)
    } else {
        let all = n_f + m_f;
        let variance = n_f * m_f / 12.0 * ((all + 1.0) - ties / (all * (all - 1.0)).max(1.0));
        if variance > 0.0 {
            let z = (tested - n_f * m_f / 2.0 - 0.5) / variance.sqrt();
            erfc(z / std::f64::consts::SQRT_2) / 2.0
        } else {
            1.0
        }
    };
    Measured {
        statistic: u,
        p_value: Some((sides * one_sided).clamp(0.0, 1.0)),
        effect: (1.0 - 2.0 * u / (n_f * m_f)).abs(),
    }
}

/// P(U >= `u`) of two samples without ties: the coefficients of the Gaussian binomial over their sum.
fn at_least(n: u64, m: u64, u: f64) -> f64 {
    let largest = (n * m) as usize;
    let mut ways = vec![0.0_f64; largest + 1];
    ways[0] = 1.0;
    for i in 1..=n as usize {
        let above = m as usize + i;
        for at in (above..=largest).rev() {
            ways[at] -= ways[at - above];
        }
        for at in i..=largest {
            ways[at] += ways[at - i];
        }
    }
    let all: f64 = ways.iter().sum();
    let from = (u.max(0.0) as usize).min(largest + 1);
    ways.iter().skip(from).sum::<f64>() / all
}
