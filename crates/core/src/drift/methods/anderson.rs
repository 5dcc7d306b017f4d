//! The Anderson-Darling test of two samples (Scholz and Stephens 1987).

use statrs::function::erf::erfc;
use statrs::function::gamma::digamma;

use super::Measured;
use super::sides::Point;

/// The standardised statistic with middle ranks, as `scipy.stats.anderson_ksamp(midrank=True)`. `None` with fewer than
/// four values or a single distinct one.
///
/// p-values lie between 0.001 and 0.25 in scipy's table and are interpolated there as scipy does. `as_scipy` keeps
/// those two as the outermost; else p goes on outside by the limiting distribution of A², so that it survives a
/// correction for many columns. `effect` is taken from the caller.
pub(super) fn anderson_darling(points: &[Point], as_scipy: bool, effect: f64) -> Option<Measured> {
    let n = points.iter().map(|point| point.a).sum::<u64>() as f64;
    let m = points.iter().map(|point| point.b).sum::<u64>() as f64;
    let all = n + m;
    if points.len() < 2 || all < 4.0 {
        return None;
    }
    let (mut below, mut below_a, mut below_b) = (0.0, 0.0, 0.0);
    let (mut of_a, mut of_b) = (0.0, 0.0);
    for point in points {
        let (a, b) = (point.a as f64, point.b as f64);
        let count = a + b;
        let middle = below + count / 2.0;
        let weight = count / all / (middle * (all - middle) - all * count / 4.0);
        of_a += weight * (all * (below_a + a / 2.0) - middle * n).powi(2);
        of_b += weight * (all * (below_b + b / 2.0) - middle * m).powi(2);
        below += count;
        below_a += a;
        below_b += b;
    }
    let squared = (of_a / n + of_b / m) * (all - 1.0) / all;
    let statistic = (squared - 1.0) / variance(n, m).sqrt();
    Some(Measured {
        statistic,
        p_value: Some(p_value(statistic, squared, as_scipy)),
        effect,
    })
}

/// Of A² under the same distribution.
fn variance(n: f64, m: f64) -> f64 {
    let all = n + m;
    let inverse = 1.0 / n + 1.0 / m;
    let (g, h) = sums(all);
    let k = 2.0;
    let a = (4.0 * g - 6.0) * (k - 1.0) + (10.0 - 6.0 * g) * inverse;
    let b = (2.0 * g - 4.0) * k * k + 8.0 * h * k + (2.0 * g - 14.0 * h - 4.0) * inverse - 8.0 * h
        + 4.0 * g
        - 6.0;
    let c = (6.0 * h + 2.0 * g - 2.0) * k * k
        + (4.0 * h - 4.0 * g + 6.0) * k
        + (2.0 * h - 6.0) * inverse
        + 4.0 * h;
    let d = (2.0 * h + 6.0) * k * k - 4.0 * h * k;
    (((a * all + b) * all + c) * all + d) / ((all - 1.0) * (all - 2.0) * (all - 3.0))
}

/// Over this many values the sums are taken by their expansion, within 1e-8.
const MOST_SUMMED: f64 = 20_000.0;
const EULER: f64 = 0.577_215_664_901_532_9;

/// Scholz and Stephens' g and h of `all` values.
fn sums(all: f64) -> (f64, f64) {
    if all > MOST_SUMMED {
        let limit = std::f64::consts::PI.powi(2) / 6.0;
        let g = limit - (2.0 * all.ln() + 2.0 * EULER + 1.0) / all;
        return (g, digamma(all) + EULER);
    }
    let (mut g, mut tail) = (0.0, 0.0);
    let all = all as u64;
    for (i, j) in (2..all).rev().enumerate() {
        tail += 1.0 / j as f64;
        g += tail / (i as f64 + 2.0);
    }
    (g, tail + 1.0)
}

const CRITICAL: [f64; 7] = [
    0.675 - 0.245 - 0.105,
    1.281 + 0.25 - 0.305,
    1.645 + 0.678 - 0.362,
    1.96 + 1.149 - 0.391,
    2.326 + 1.822 - 0.396,
    2.573 + 2.364 - 0.345,
    3.085 + 3.615 - 0.154,
];
const LEVELS: [f64; 7] = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];

fn p_value(statistic: f64, squared: f64, as_scipy: bool) -> f64 {
    if statistic < CRITICAL[0] {
        return if as_scipy {
            LEVELS[0]
        } else {
            beyond(squared).max(LEVELS[0])
        };
    }
    if statistic > CRITICAL[6] {
        return if as_scipy {
            LEVELS[6]
        } else {
            tail(squared).min(LEVELS[6])
        };
    }
    let [c0, c1, c2] = parabola();
    (c0 + statistic * (c1 + statistic * c2)).exp()
}

/// ln p as the parabola of least squares through the table.
fn parabola() -> [f64; 3] {
    let mean = CRITICAL.iter().sum::<f64>() / 7.0;
    let mut powers = [0.0; 5];
    let mut right = [0.0; 3];
    for (&critical, &level) in CRITICAL.iter().zip(&LEVELS) {
        let x = critical - mean;
        for (exponent, power) in powers.iter_mut().enumerate() {
            *power += x.powi(exponent as i32);
        }
        for (exponent, sum) in right.iter_mut().enumerate() {
            *sum += x.powi(exponent as i32) * level.ln();
        }
    }
    let [s0, s1, s2, s3, s4] = powers;
    let determinant = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let rows = [[s0, s1, s2], [s1, s2, s3], [s2, s3, s4]];
    let whole = determinant(rows);
    let solved = |column: usize| {
        let mut replaced = rows;
        for (row, &value) in replaced.iter_mut().zip(&right) {
            row[column] = value;
        }
        determinant(replaced) / whole
    };
    let (d0, d1, d2) = (solved(0), solved(1), solved(2));
    [d0 - d1 * mean + d2 * mean * mean, d1 - 2.0 * d2 * mean, d2]
}

/// P(A² > z) of the limit for small z: Marsaglia and Marsaglia (2004), Journal of Statistical Software 9(2).
fn beyond(z: f64) -> f64 {
    if z <= 0.0 {
        return 1.0;
    }
    let below = if z < 2.0 {
        (-1.233_714_1 / z).exp() / z.sqrt()
            * (2.000_12
                + (0.247_105
                    - (0.064_982_1 - (0.034_796_2 - (0.011_672 - 0.001_686_91 * z) * z) * z) * z)
                    * z)
    } else {
        let inner = 1.077_6
            - (2.306_95 - (0.434_24 - (0.082_433 - (0.008_056 - 0.000_314_6 * z) * z) * z) * z) * z;
        (-inner.exp()).exp()
    };
    (1.0 - below).clamp(0.0, 1.0)
}

/// P(A² > z) for large z. A² is the sum of χ²₁ / (j (j + 1)); its largest part, 1/2, rules the tail, with the factor
/// √Π 1 / (1 − 2 / (j (j + 1))) = √3 of the others (Zolotarev 1961).
fn tail(z: f64) -> f64 {
    3.0_f64.sqrt() * erfc(z.sqrt())
}
