//! How sure a share is.

/// The 97.5 % quantile of the standard normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The 95 % interval of a share, 0 to 1 (Wilson 1927, without continuity correction); (0, 1) without a row.
pub fn wilson_interval(n_success: u64, n: u64) -> (f64, f64) {
    if n == 0 {
        return (0.0, 1.0);
    }
    let count = n as f64;
    let share = n_success.min(n) as f64 / count;
    let z2 = Z * Z;
    let centre = (share + z2 / (2.0 * count)) / (1.0 + z2 / count);
    let half = Z / (1.0 + z2 / count)
        * (share * (1.0 - share) / count + z2 / (4.0 * count * count)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// The 95 % interval of a root mean squared error, from its errors: the normal approximation of the mean of their
/// squares, its ends rooted, the lower one not under 0. `None` for fewer than two finite errors.
pub fn rmse_interval(errors: &[f64]) -> Option<(f64, f64)> {
    let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
    let n = squares.len() as f64;
    let mean = squares.iter().sum::<f64>() / n;
    let spread = squares.iter().map(|s| (s - mean).powi(2)).sum::<f64>();
    if squares.len() < 2 || !spread.is_finite() {
        return None;
    }
    let half = Z * (spread / (n - 1.0) / n).sqrt();
    Some(((mean - half).max(0.0).sqrt(), (mean + half).sqrt()))
}
