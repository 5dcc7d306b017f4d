//! The Cramér-von Mises test of two samples (Anderson 1962).

use std::collections::BTreeMap;
use std::f64::consts::PI;

use statrs::function::erf::erfc;
use statrs::function::gamma::ln_gamma;

use super::Measured;
use super::sides::Point;

/// Up to here on both sides p is exact, as scipy has it.
const SMALL_SAMPLE: u64 = 20;

/// T and its p-value as `scipy.stats.cramervonmises_2samp(method="auto")`. `None` where a side has one value only.
/// `effect` is taken from the caller.
///
/// scipy gives equal values their middle rank, which makes T grow with the ties even where both samples are the same;
/// `as_scipy` keeps that. Else T is n m / N² times the sum of the squared differences of the distribution functions at
/// all values, the same without ties and 0 for equal samples.
pub(super) fn cramer_von_mises(points: &[Point], as_scipy: bool, effect: f64) -> Option<Measured> {
    let n = points.iter().map(|point| point.a).sum::<u64>();
    let m = points.iter().map(|point| point.b).sum::<u64>();
    if n < 2 || m < 2 {
        return None;
    }
    let (n_f, m_f) = (n as f64, m as f64);
    let (k, all) = (n_f * m_f, n_f + m_f);
    let least = (4.0 * k - 1.0) / (6.0 * all);
    let (statistic, u) = if as_scipy {
        let u = by_ranks(points, n_f, m_f);
        (u / (k * all) - least, u)
    } else {
        let statistic = by_steps(points, n_f, m_f);
        (statistic, (statistic + least) * k * all)
    };
    let p_value = if n.max(m) <= SMALL_SAMPLE {
        exact(u, n, m)
    } else {
        let expected = (1.0 + 1.0 / all) / 6.0;
        let variance = (all + 1.0) * (4.0 * k * all - 3.0 * (n_f * n_f + m_f * m_f) - 2.0 * k)
            / (45.0 * all * all * 4.0 * k);
        survival(1.0 / 6.0 + (statistic - expected) / (45.0 * variance).sqrt())
    };
    Some(Measured {
        statistic,
        p_value: Some(p_value.clamp(0.0, 1.0)),
        effect,
    })
}

fn by_ranks(points: &[Point], n: f64, m: f64) -> f64 {
    let (mut of_a, mut of_b, mut below, mut below_a, mut below_b) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for point in points {
        let (a, b) = (point.a as f64, point.b as f64);
        let rank = below + (a + b + 1.0) / 2.0;
        of_a += squares(rank - below_a, a);
        of_b += squares(rank - below_b, b);
        below += a + b;
        below_a += a;
        below_b += b;
    }
    n * of_a + m * of_b
}

fn by_steps(points: &[Point], n: f64, m: f64) -> f64 {
    let (mut below_a, mut below_b, mut sum) = (0.0, 0.0, 0.0);
    for point in points {
        below_a += point.a as f64;
        below_b += point.b as f64;
        sum += (point.a + point.b) as f64 * (below_a / n - below_b / m).powi(2);
    }
    n * m / ((n + m) * (n + m)) * sum
}

/// Σ (d − i)² for i from 1 to `count`: the rank of equal values less their places in their own sample.
fn squares(d: f64, count: f64) -> f64 {
    count * d * d - d * count * (count + 1.0) + count * (count + 1.0) * (2.0 * count + 1.0) / 6.0
}

/// P(T >= t) over all orders of the samples: Xiao, Gordon and Yakovlev (2006), Journal of Statistical Software 17(8).
fn exact(u: f64, n: u64, m: u64) -> f64 {
    let common = n / greatest_divisor(n, m) * m;
    let (step_n, step_m) = ((common / n) as i64, (common / m) as i64);
    let (n_f, m_f, common) = (n as f64, m as f64, common as f64);
    let k = n_f * m_f;
    let zeta = (common * common * (n_f + m_f) * (6.0 * u - k * (4.0 * k - 1.0)) / (6.0 * k * k))
        .floor() as i64;
    let mut row: Vec<BTreeMap<i64, f64>> = vec![BTreeMap::new(); n as usize + 1];
    if let Some(first) = row.first_mut() {
        first.insert(0, 1.0);
    }
    for down in 0..=m as i64 {
        let mut before: BTreeMap<i64, f64> = BTreeMap::new();
        for (across, ways) in row.iter_mut().enumerate() {
            let height = (step_n * across as i64 - step_m * down).pow(2);
            for (value, count) in ways.iter() {
                *before.entry(*value).or_default() += count;
            }
            *ways = before
                .iter()
                .map(|(value, count)| (value + height, *count))
                .collect();
            before.clone_from(ways);
        }
    }
    let Some(all) = row.last() else { return 1.0 };
    let total: f64 = all.values().sum();
    all.range(zeta..).map(|(_, count)| count).sum::<f64>() / total
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_divisor(b, a % b)
    }
}

/// Beyond, the first part of the limit alone gives p to more digits than the whole.
const TAIL: f64 = 2.5;

/// P(T > x) of the limiting distribution, the sum of χ²₁ / (j π)² (Csörgő and Faraway 1996).
fn survival(x: f64) -> f64 {
    if x < 0.003 {
        return 1.0;
    }
    if x > TAIL {
        return 2.0_f64.sqrt() * erfc(PI * (x / 2.0).sqrt());
    }
    let mut sum = 0.0;
    for k in 0..100 {
        let k = f64::from(k);
        let y = 4.0 * k + 1.0;
        let q = y * y / (16.0 * x);
        let factor = (ln_gamma(k + 0.5) - ln_gamma(k + 1.0)).exp() / (PI.powf(1.5) * x.sqrt());
        let term = factor * y.sqrt() * (-2.0 * q).exp() * scaled_bessel(q);
        sum += term;
        if term < 1e-15 {
            break;
        }
    }
    1.0 - sum
}

/// e^q K(q) of the modified Bessel function of order 1/4: ∫ exp(−q (cosh t − 1)) cosh(t / 4) dt from 0, by trapezoids,
/// which converge exponentially here.
fn scaled_bessel(q: f64) -> f64 {
    const STEP: f64 = 0.05;
    let mut sum = 0.5;
    for i in 1..2_000 {
        let t = STEP * f64::from(i);
        let term = (-q * (t.cosh() - 1.0)).exp() * (t / 4.0).cosh();
        sum += term;
        if term < 1e-18 {
            break;
        }
    }
    sum * STEP
}
