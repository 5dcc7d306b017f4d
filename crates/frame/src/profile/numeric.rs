//! Figures of a numeric column, over its finite values.

use assay_core::profile::{NumericProfile, QUANTILES};
use assay_core::schema::ColumnType;

use super::histogram;
use crate::columns::View;
use crate::quantile::quantile;

/// `None` without a finite value.
pub(super) fn of(view: View<'_>) -> Option<NumericProfile> {
    let present: Vec<f64> = view.numbers()?.into_iter().flatten().collect();
    let mut finite: Vec<f64> = present.iter().copied().filter(|v| v.is_finite()).collect();
    finite.sort_unstable_by(f64::total_cmp);
    let (min, max) = (*finite.first()?, *finite.last()?);
    // A constant has no spread, whatever rounding makes of it.
    let (mean, std) = if min == max {
        (min, 0.0)
    } else {
        mean_and_std(&finite)
    };
    Some(NumericProfile {
        skewness: None,
        kurtosis: None,
        n_outliers: 0,
        fences: [min, max],
        min,
        max,
        mean,
        std,
        quantiles: QUANTILES
            .iter()
            .filter_map(|probability| quantile(&finite, *probability))
            .collect(),
        n_zero: finite.iter().filter(|value| **value == 0.0).count() as u64,
        n_negative: finite.iter().filter(|value| **value < 0.0).count() as u64,
        n_not_finite: (present.len() - finite.len()) as u64,
        histogram: histogram::of_sorted(&finite, view.kind() == ColumnType::Integer),
    })
}

/// Mean and sample standard deviation (divisor n − 1), in two passes; 0 for one value.
fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    if values.len() < 2 {
        return (mean, 0.0);
    }
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}
