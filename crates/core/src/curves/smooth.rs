//! TensorBoard's smoothing.

use super::bucket::MetricBucket;

/// An exponential moving average with its bias towards 0 taken out: `classicSmoothing` of TensorBoard's scalar cards,
/// at the last point of each bucket.
///
/// `weight` from 0 (the values themselves) to below 1. Of buckets of one point each it is TensorBoard's to the last
/// digits; a bucket of n counts as n points of its mean: what that changes is never more than the difference of
/// its smallest and largest value, smoothed likewise. Without finite values it counts nothing and is NaN. A line of
/// equal values stays itself to the bit.
pub fn smooth(buckets: &[MetricBucket], weight: f64) -> Vec<f64> {
    let finite = || buckets.iter().filter(|bucket| bucket.n_finite > 0);
    let first = finite().next().map(|bucket| bucket.min);
    let is_constant = finite().all(|bucket| Some(bucket.min) == first && Some(bucket.max) == first);
    if is_constant || weight <= 0.0 {
        return buckets.iter().map(|bucket| bucket.last).collect();
    }
    let (mut average, mut remaining) = (0.0, 1.0);
    let mut kept = (1, weight);
    buckets
        .iter()
        .map(|bucket| {
            if bucket.n_finite == 0 {
                return f64::NAN;
            }
            if kept.0 != bucket.n_finite {
                kept = (bucket.n_finite, weight.powf(bucket.n_finite as f64));
            }
            average = average * kept.1 + (1.0 - kept.1) * bucket.mean;
            remaining *= kept.1;
            average / (1.0 - remaining)
        })
        .collect()
}
