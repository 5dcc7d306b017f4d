//! TensorBoard's smoothing.

/// An exponential moving average with its bias towards 0 taken out: `classicSmoothing` of TensorBoard's scalar cards.
///
/// `weight` from 0 (the values themselves) to below 1. Values that are no finite number stay as they are and count
/// nothing; a line of equal values stays itself to the bit.
pub fn smooth(values: &[f64], weight: f64) -> Vec<f64> {
    let is_constant = values.windows(2).all(|pair| pair[0] == pair[1]);
    if is_constant || weight <= 0.0 {
        return values.to_vec();
    }
    let (mut average, mut remaining) = (0.0, 1.0);
    values
        .iter()
        .map(|&value| {
            if !value.is_finite() {
                return value;
            }
            average = average * weight + (1.0 - weight) * value;
            remaining *= weight;
            average / (1.0 - remaining)
        })
        .collect()
}
