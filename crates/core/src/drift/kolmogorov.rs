//! The distribution of the Kolmogorov-Smirnov statistic, to the digits that scipy's `ks_2samp(method="asymp")` gives.
//!
//! Simard and L'Ecuyer (2011), "Computing the two-sided Kolmogorov-Smirnov distribution", Journal of Statistical
//! Software 39(11): exact where that is cheap, Pelz and Good's series elsewhere.

use std::f64::consts::PI;

use statrs::function::gamma::ln_gamma;

/// P(D >= `distance`) for two samples of these sizes that share a continuous distribution.
///
/// The two-sample statistic is judged by the one-sample distribution of the effective size n·m / (n + m), rounded.
/// With ties the value is conservative (too large). 1 when a sample is empty.
pub(super) fn two_sample_p(distance: f64, n: u64, m: u64) -> f64 {
    let (n, m) = (n as f64, m as f64);
    let effective = (n * m / (n + m)).round_ties_even();
    if effective >= 1.0 {
        survival(effective, distance).clamp(0.0, 1.0)
    } else {
        1.0
    }
}

/// Up to here sums over all ranks are cheap enough.
const LARGEST_EXACT: f64 = 10_000.0;

fn survival(n: f64, x: f64) -> f64 {
    let t = n * x;
    let nx2 = t * x;
    if x >= 1.0 || nx2 >= 370.0 {
        0.0
    } else if t <= 0.5 {
        1.0
    } else if x >= 0.5 || nx2 > if n <= 140.0 { 4.0 } else { 2.2 } {
        2.0 * one_sided(n, x)
    } else if n <= 140.0 || (n <= LARGEST_EXACT && n * x.powf(1.5) <= 1.4) {
        1.0 - by_matrix(n as usize, x)
    } else {
        1.0 - by_series(n, x)
    }
}

/// P(D+ >= x), Smirnov's sum; over [`LARGEST_EXACT`] Maag and Dicaire's approximation.
fn one_sided(n: f64, x: f64) -> f64 {
    if n > LARGEST_EXACT {
        let root = 6.0 * n * x + 1.0;
        return (-root * root / (18.0 * n)).exp();
    }
    let ln_n_factorial = ln_gamma(n + 1.0);
    let last = (n * (1.0 - x)).floor() as u64;
    let sum: f64 = (0..=last)
        .map(|j| {
            let j = j as f64;
            let below = 1.0 - x - j / n;
            let ln_choose = ln_n_factorial - ln_gamma(j + 1.0) - ln_gamma(n - j + 1.0);
            let ln_below = if n - j == 0.0 {
                0.0
            } else {
                (n - j) * below.max(0.0).ln()
            };
            (ln_choose + ln_below + (j - 1.0) * (x + j / n).ln()).exp()
        })
        .sum();
    x * sum
}

/// P(D <= x), exactly: Marsaglia, Tsang and Wang (2003), Journal of Statistical Software 8(18).
fn by_matrix(n: usize, x: f64) -> f64 {
    let t = n as f64 * x;
    let k = t.ceil() as usize;
    let h = k as f64 - t;
    let size = 2 * k - 1;
    let mut base = vec![0.0; size * size];
    for i in 0..size {
        for j in 0..size {
            base[i * size + j] = if i + 1 >= j { 1.0 } else { 0.0 };
        }
    }
    for i in 0..size {
        base[i * size] -= h.powi(i as i32 + 1);
        base[(size - 1) * size + i] -= h.powi((size - i) as i32);
    }
    if 2.0 * h > 1.0 {
        base[(size - 1) * size] += (2.0 * h - 1.0).powi(size as i32);
    }
    for i in 0..size {
        for j in 0..=(i + 1).min(size - 1) {
            for divisor in 1..=(i + 1 - j) {
                base[i * size + j] /= divisor as f64;
            }
        }
    }
    let (power, mut ln_scale) = matrix_power(base, size, n);
    let mut probability = power[(k - 1) * size + k - 1];
    // n! / n^n, in steps that neither overflow nor underflow.
    for i in 1..=n {
        probability *= i as f64 / n as f64;
        if probability < 1e-140 {
            probability *= 1e140;
            ln_scale -= 140.0 * std::f64::consts::LN_10;
        }
    }
    probability * ln_scale.exp()
}

/// The n-th power of a square matrix, as a matrix and the logarithm of its factor.
fn matrix_power(base: Vec<f64>, size: usize, n: usize) -> (Vec<f64>, f64) {
    let mut square = (base, 0.0);
    let mut power: Option<(Vec<f64>, f64)> = None;
    let mut left = n;
    loop {
        if left % 2 == 1 {
            power = Some(match power {
                None => square.clone(),
                Some(power) => multiply(&power, &square, size),
            });
        }
        left /= 2;
        if left == 0 {
            return power.unwrap_or(square);
        }
        square = multiply(&square, &square, size);
    }
}

fn multiply(a: &(Vec<f64>, f64), b: &(Vec<f64>, f64), size: usize) -> (Vec<f64>, f64) {
    let mut product = vec![0.0; size * size];
    for i in 0..size {
        for l in 0..size {
            let factor = a.0[i * size + l];
            for j in 0..size {
                product[i * size + j] += factor * b.0[l * size + j];
            }
        }
    }
    let mut ln_scale = a.1 + b.1;
    let centre = product[(size / 2) * size + size / 2];
    if centre > 1e140 {
        for value in &mut product {
            *value *= 1e-140;
        }
        ln_scale += 140.0 * std::f64::consts::LN_10;
    }
    (product, ln_scale)
}

/// P(D <= x) by Pelz and Good's (1976) series in 1/√n, in the form that converges fast for small x·√n.
fn by_series(n: f64, x: f64) -> f64 {
    let z = n.sqrt() * x;
    let (z2, z4) = (z * z, z.powi(4));
    let (z6, z8) = (z.powi(6), z.powi(8));
    let pi2 = PI * PI;
    let (pi4, pi6) = (pi2 * pi2, pi2 * pi2 * pi2);
    let root = (2.0 * PI).sqrt();
    let n_terms = (16.0 * z / PI).ceil() as i32;

    let mut odd = [0.0; 4];
    let mut even = [0.0; 2];
    for k in (1..=n_terms).rev() {
        let m2 = f64::from(2 * k - 1).powi(2);
        let (m4, m6) = (m2 * m2, m2 * m2 * m2);
        let weight = (-pi2 * m2 / (8.0 * z2)).exp();
        odd[0] += weight;
        odd[1] += weight * (-z2 + pi2 / 4.0 * m2);
        odd[2] += weight
            * (6.0 * z6
                + 2.0 * z4
                + (2.0 * z4 - 5.0 * z2) * pi2 / 4.0 * m2
                + pi4 * (1.0 - 2.0 * z2) / 16.0 * m4);
        odd[3] += weight
            * (-30.0 * z6 - 90.0 * z8
                + pi2 * (135.0 * z4 - 96.0 * z6) / 4.0 * m2
                + pi4 * (-60.0 * z2 + 212.0 * z4) / 16.0 * m4
                + pi6 * (5.0 - 30.0 * z2) / 64.0 * m6);
        let k2 = f64::from(k).powi(2);
        let weight = (-pi2 * k2 / (2.0 * z2)).exp();
        even[0] += weight * k2;
        even[1] += weight * (3.0 * z2 - pi2 * k2) * k2;
    }
    let k0 = odd[0] * root / z;
    let k1 = odd[1] * root / (6.0 * z4);
    let k2 = odd[2] * root / (72.0 * z.powi(7)) - even[0] * pi2 * root / (36.0 * z.powi(3));
    let k3 = odd[3] * root / (6480.0 * z.powi(10)) + even[1] * pi2 * root / (216.0 * z6);
    k0 + k1 / n.sqrt() + k2 / n + k3 / n.powf(1.5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_of_computing_meet_at_their_borders() {
        for (n, x) in [
            (140.0, 0.17),
            (141.0, 0.12),
            (2_000.0, 0.0331),
            (10_000.0, 0.0149),
        ] {
            let exact = 2.0 * one_sided(n, x);
            let series = 1.0 - by_series(n, x);
            assert!((exact - series).abs() < 1e-5, "{n} {x}: {exact} {series}");
        }
        let exact = 1.0 - by_matrix(140, 0.1);
        assert!((exact - (1.0 - by_series(140.0, 0.1))).abs() < 1e-5);
        let below = 2.0 * one_sided(LARGEST_EXACT, 0.02);
        let above = 2.0 * one_sided(LARGEST_EXACT + 1.0, 0.02);
        assert!((below / above - 1.0).abs() < 0.01, "{below} {above}");
    }

    #[test]
    fn nothing_to_compare_proves_nothing() {
        assert_eq!(two_sample_p(1.0, 0, 5), 1.0);
        assert_eq!(two_sample_p(0.0, 5, 5), 1.0);
        assert_eq!(two_sample_p(1.0, 500, 500), 0.0);
    }
}
