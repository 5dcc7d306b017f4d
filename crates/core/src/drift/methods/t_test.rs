//! The t tests of two means.

use statrs::function::beta::checked_beta_reg;
use statrs::function::erf::erfc;

use super::Measured;
use super::sides::Numbers;

/// Welch's test, which lets the variances differ; `None` where a side has one value only.
pub(super) fn welch(a: &Numbers<'_>, b: &Numbers<'_>) -> Option<Measured> {
    let (n, m) = sizes(a, b)?;
    let (of_a, of_b) = (a.std * a.std / n, b.std * b.std / m);
    let error = of_a + of_b;
    let freedom = error * error / (of_a * of_a / (n - 1.0) + of_b * of_b / (m - 1.0));
    Some(measured(a, b, error, freedom))
}

/// Student's test, which takes the variances as equal, as Evidently does.
pub(super) fn student(a: &Numbers<'_>, b: &Numbers<'_>) -> Option<Measured> {
    let (n, m) = sizes(a, b)?;
    let error = pooled_variance(a, b) * (1.0 / n + 1.0 / m);
    Some(measured(a, b, error, n + m - 2.0))
}

fn sizes(a: &Numbers<'_>, b: &Numbers<'_>) -> Option<(f64, f64)> {
    (a.n > 1 && b.n > 1).then_some((a.n as f64, b.n as f64))
}

fn pooled_variance(a: &Numbers<'_>, b: &Numbers<'_>) -> f64 {
    let (n, m) = (a.n as f64, b.n as f64);
    ((n - 1.0) * a.std * a.std + (m - 1.0) * b.std * b.std) / (n + m - 2.0)
}

/// Two constants: p is 1 when they are the same one, else 0, and the statistic their difference.
fn measured(a: &Numbers<'_>, b: &Numbers<'_>, error: f64, freedom: f64) -> Measured {
    let difference = a.mean - b.mean;
    if error <= 0.0 {
        let same = difference == 0.0;
        return Measured {
            statistic: difference,
            p_value: Some(if same { 1.0 } else { 0.0 }),
            effect: if same { 0.0 } else { 1.0 },
        };
    }
    let t = difference / error.sqrt();
    Measured {
        statistic: t,
        p_value: Some(two_sided(t, freedom)),
        effect: (difference / pooled_variance(a, b).sqrt()).abs(),
    }
}

/// From here on Student's distribution is the normal one of a transformed t, to 1e-11 (Abramowitz and Stegun 26.7.8).
const MANY_DEGREES: f64 = 20_000.0;

fn two_sided(t: f64, freedom: f64) -> f64 {
    if freedom < MANY_DEGREES {
        return checked_beta_reg(freedom / 2.0, 0.5, freedom / (freedom + t * t))
            .unwrap_or(1.0)
            .clamp(0.0, 1.0);
    }
    let z = t.abs() * (1.0 - 1.0 / (4.0 * freedom)) / (1.0 + t * t / (2.0 * freedom)).sqrt();
    erfc(z / std::f64::consts::SQRT_2).clamp(0.0, 1.0)
}
