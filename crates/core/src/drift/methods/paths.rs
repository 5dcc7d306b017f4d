//! The exact distribution of the two-sample Kolmogorov-Smirnov statistic.

use crate::drift::kolmogorov;

/// Largest sample for which scipy computes p exactly.
const LARGEST_EXACT: u64 = 10_000;

/// The p-value of `scipy.stats.ks_2samp(method="auto")`: exact up to 10,000 values a side and `most` for the product of
/// the sizes (the time it takes), else asymptotic. Ties make it conservative, too large.
pub(super) fn two_sample_p(distance: f64, n: u64, m: u64, most: u64) -> f64 {
    let exact = n.max(m) <= LARGEST_EXACT && n * m <= most && n > 0 && m > 0;
    if exact {
        outside(distance, n, m)
    } else {
        kolmogorov::two_sample_p(distance, n, m)
    }
}

/// The chance that a path of n steps across and m steps up, in random order, leaves |x / n − y / m| < `distance`.
///
/// Only the chances to leave are added up, so that small ones keep all their digits.
fn outside(distance: f64, n: u64, m: u64) -> f64 {
    let common = n / greatest_divisor(n, m) * m;
    let border = (distance * common as f64).round() as i64;
    if border == 0 {
        return 1.0;
    }
    let (across, up) = ((common / n) as i64, (common / m) as i64);
    let (n, m) = (n as usize, m as usize);
    let is_out = |x: usize, y: usize| (across * x as i64 - up * y as i64).abs() >= border;
    // Chances to come to (x, y) inside, for the x at hand and every y.
    let mut chances = vec![0.0; m + 1];
    let mut left = 0.0;
    // Invariant: before x, chances beyond these are 0.
    let (mut low, mut high) = (0, 0);
    for x in 0..=n {
        let mut from_below = if x == 0 { 1.0 } else { 0.0 };
        let mut y = low;
        let (mut next_low, mut next_high) = (None, low);
        while y <= m && (y <= high || from_below > 0.0) {
            let before = if y <= high { chances[y] } else { 0.0 };
            let here = if x == 0 {
                from_below
            } else {
                before + from_below
            };
            if is_out(x, y) {
                left += here;
                chances[y] = 0.0;
                from_below = 0.0;
            } else {
                let steps = (n - x + m - y).max(1) as f64;
                from_below = here * (m - y) as f64 / steps;
                chances[y] = here * (n - x) as f64 / steps;
                next_low.get_or_insert(y);
                next_high = y;
            }
            y += 1;
        }
        let Some(first) = next_low else { break };
        (low, high) = (first, next_high);
    }
    left.clamp(0.0, 1.0)
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_divisor(b, a % b)
    }
}
