//! Tests of one share on either side: z and Fisher's exact test.

use statrs::function::erf::erfc;
use statrs::function::gamma::ln_gamma;

use super::Measured;

/// Rows of a side, and how many of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub of: u64,
    pub n: u64,
}

/// The z test of two shares with their pooled variance, two-sided. The statistic is positive where the reference's share
/// is larger. Where all or none counts on both sides nothing differs: z 0, p 1.
pub(super) fn z_test(a: Share, b: Share) -> Measured {
    let (n, m) = (a.n as f64, b.n as f64);
    let (p, q) = (a.of as f64 / n, b.of as f64 / m);
    let pooled = (a.of + b.of) as f64 / (n + m);
    let variance = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m);
    let z = if variance > 0.0 {
        (p - q) / variance.sqrt()
    } else {
        0.0
    };
    Measured {
        statistic: z,
        p_value: Some(erfc(z.abs() / std::f64::consts::SQRT_2).clamp(0.0, 1.0)),
        effect: (p - q).abs(),
    }
}

/// Fisher's exact test, two-sided: the chance of all tables with the same margins that are no likelier than this one
/// (up to a part in 10^7, as R and scipy have it). The statistic is the difference of the shares.
pub(super) fn fisher_exact(a: Share, b: Share) -> Measured {
    let (p, q) = (a.of as f64 / a.n as f64, b.of as f64 / b.n as f64);
    let counting = a.of + b.of;
    let lowest = counting.saturating_sub(b.n);
    let highest = counting.min(a.n);
    let ln_choose = |n: u64, k: u64| {
        ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
    };
    let ln_all = ln_choose(a.n + b.n, counting);
    let chance = |k: u64| (ln_choose(a.n, k) + ln_choose(b.n, counting - k) - ln_all).exp();
    let ceiling = chance(a.of) * (1.0 + 1e-7);
    // From the likeliest table outwards the chances fall.
    let likeliest = ((a.n + 1) as f64 * (counting + 1) as f64 / (a.n + b.n + 2) as f64) as u64;
    let likeliest = likeliest.clamp(lowest, highest);
    let up = first(likeliest, highest, |k| chance(k) <= ceiling);
    let down = first(0, likeliest - lowest, |k| chance(likeliest - k) <= ceiling);
    let mut sum = 0.0;
    if let Some(from) = up {
        sum += falling(
            chance(from),
            (from..highest).map(|k| ratio(a.n - k, counting - k, k + 1, b.n + k + 1 - counting)),
        );
    }
    if let Some(steps) = down {
        let from = likeliest - steps;
        // Where every table is as unlikely, the likeliest was counted above.
        if up != Some(from) {
            sum += falling(
                chance(from),
                (lowest..from)
                    .rev()
                    .map(|k| ratio(k + 1, b.n + k + 1 - counting, a.n - k, counting - k)),
            );
        } else if from > lowest {
            sum += falling(
                chance(from - 1),
                (lowest..from - 1)
                    .rev()
                    .map(|k| ratio(k + 1, b.n + k + 1 - counting, a.n - k, counting - k)),
            );
        }
    }
    Measured {
        statistic: p - q,
        p_value: Some(sum.clamp(0.0, 1.0)),
        effect: (p - q).abs(),
    }
}

/// The first of `from..=to` that holds, where all after it hold, too.
fn first(from: u64, to: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (from, to + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low <= to).then_some(low)
}

fn ratio(a: u64, b: u64, c: u64, d: u64) -> f64 {
    a as f64 * b as f64 / (c as f64 * d as f64)
}

/// A chance and those after it, each by its ratio to the one before, until they no longer count.
fn falling(chance: f64, ratios: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut term) = (chance, chance);
    for ratio in ratios {
        term *= ratio;
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum
}
