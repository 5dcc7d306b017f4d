//! The distribution function of a column as a picture draws it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::sketch::thinned_to;
use super::steps::Steps;
use super::{ColumnSketch, SketchShape};

/// More steps than pixels are wide say nothing.
const MAX_STEPS: usize = 200;

/// Steps of an empirical distribution function, at most 200: between two of them lies at most half a per cent of the rows
/// that the sketch tells apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Ecdf {
    /// Ascending.
    pub values: Vec<f64>,
    /// Of the values, those at or below each; the last is 1.
    pub shares: Vec<f64>,
}

impl ColumnSketch {
    /// `None` for texts and for nothing.
    pub fn ecdf(&self) -> Option<Ecdf> {
        let SketchShape::Numeric {
            values, cumulative, ..
        } = &self.shape
        else {
            return None;
        };
        let steps = Steps { values, cumulative };
        let n = steps.n() as f64;
        let thinned = (values.len() > MAX_STEPS).then(|| thinned_to(steps, MAX_STEPS));
        let (values, cumulative) = thinned.unwrap_or_else(|| (values.clone(), cumulative.clone()));
        let shares = cumulative.iter().map(|&rows| rows as f64 / n).collect();
        Some(Ecdf { values, shares })
    }
}

#[cfg(test)]
mod tests {
    use crate::drift::sketch_column;
    use crate::matrix::RawValues;

    #[test]
    fn steps_are_shares_of_the_rows_and_few() {
        let few = RawValues::Numbers(vec![2.0, 1.0, f64::NAN, 2.0, 4.0]);
        let ecdf = sketch_column("a", &few).ecdf().expect("numbers");
        assert_eq!(ecdf.values, [1.0, 2.0, 4.0]);
        assert_eq!(ecdf.shares, [0.25, 0.75, 1.0]);

        let many = RawValues::Numbers((0..5_000).map(f64::from).collect());
        let ecdf = sketch_column("a", &many).ecdf().expect("numbers");
        assert_eq!(ecdf.values.len(), 200);
        assert_eq!(ecdf.shares.last(), Some(&1.0));
        for (value, share) in ecdf.values.iter().zip(&ecdf.shares) {
            assert!((share - value / 5_000.0).abs() < 0.01, "{share} at {value}");
        }

        let texts = RawValues::Texts(vec![Some("a".to_owned())]);
        for nothing in [texts, RawValues::Numbers(Vec::new())] {
            assert_eq!(sketch_column("a", &nothing).ecdf(), None);
        }
    }
}
