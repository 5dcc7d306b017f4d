//! Metrics of predicted numbers.

/// Every metric of numbers; r² only when the truth varies.
pub(super) fn evaluate(truth: &[f64], predicted: &[f64]) -> Vec<(&'static str, f64)> {
    let n = truth.len() as f64;
    let pairs = || truth.iter().zip(predicted);
    let squares: f64 = pairs().map(|(t, p)| (t - p) * (t - p)).sum();
    let absolutes: f64 = pairs().map(|(t, p)| (t - p).abs()).sum();
    let mean = truth.iter().sum::<f64>() / n;
    let spread: f64 = truth.iter().map(|t| (t - mean) * (t - mean)).sum();
    let varies = truth
        .first()
        .is_some_and(|first| truth.iter().any(|t| t != first));

    let mut metrics = vec![("rmse", (squares / n).sqrt()), ("mae", absolutes / n)];
    if varies && spread > 0.0 {
        metrics.push(("r2", 1.0 - squares / spread));
    }
    metrics
}
