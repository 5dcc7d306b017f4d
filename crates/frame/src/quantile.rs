//! Quantiles by linear interpolation.

use assay_core::sketch::lerp;

/// The quantile of ascending values at `probability` (0 to 1): type 7 of Hyndman and Fan (1996), numpy's default.
/// `None` without values.
pub(crate) fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = probability.clamp(0.0, 1.0) * last as f64;
    let below = place.floor();
    let low = *sorted.get(below as usize)?;
    let high = *sorted.get((below as usize + 1).min(last))?;
    Some(lerp(low, high, place - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        for (values, probability, expected) in [
            (&[][..], 0.5, None),
            (&[3.0], 0.25, Some(3.0)),
            (&[1.0, 2.0, 3.0, 4.0], 0.5, Some(2.5)),
            (&[1.0, 2.0, 3.0, 4.0], 0.25, Some(1.75)),
            (&[1.0, 2.0], 1.0, Some(2.0)),
            (&[1.0, 2.0], 0.0, Some(1.0)),
        ] {
            assert_eq!(
                quantile(values, probability),
                expected,
                "{values:?} {probability}"
            );
        }
    }
}
