//! Naive Bayes: every feature speaks for itself. Normal, multinomial and Bernoulli features, as scikit-learn's.
//!
//! Ours behind linfa's traits, since linfa's split the rows by class into copies, take no weights, and answer with a
//! label alone.

mod counts;
mod gaussian;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use assay_core::Cancelled;
use linfa::DatasetBase;

use crate::rows::Rows;

pub use counts::{CountsParams, CountsValidParams};
pub(crate) use counts::{fit_bernoulli, fit_multinomial};
pub(crate) use gaussian::fit as fit_gaussian;
pub use gaussian::{GaussianModel, GaussianParams, GaussianValidParams};

/// Rows and class indices as these estimators take them.
type Classes<'v> = DatasetBase<ArrayView2<'v, f32>, ArrayView1<'v, u32>>;

/// The z of a class without rows: its probability is 0.
const LOG_OF_NOTHING: f64 = -1e30;

fn n_present(dataset: &Classes<'_>) -> usize {
    let largest = dataset.targets.iter().max();
    largest.map_or(1, |&largest| largest as usize + 1)
}

/// Σ weight of the rows of every class.
fn class_weights(dataset: &Classes<'_>, n_classes: usize) -> Array1<f64> {
    let mut sums = Array1::zeros(n_classes);
    for (row, &class) in dataset.targets.iter().enumerate() {
        sums[class as usize] += f64::from(dataset.weight_for(row));
    }
    sums
}

/// Σ weight · of(class, x) of the rows of every class, n_classes x n_features.
fn class_sums(
    rows: &Rows<'_>,
    y: &[u32],
    n_classes: usize,
    of: impl Fn(usize, usize, f64) -> f64 + Sync,
) -> Result<Array2<f64>, Cancelled> {
    let shape = (n_classes, rows.n_features());
    rows.fold(
        shape.0 * shape.1,
        || Array2::<f64>::zeros(shape),
        |sums, block| {
            for (row, x) in block.each_row().enumerate() {
                let class = y[block.rows.start + row] as usize;
                let weight = block.weight(row);
                let mut own = sums.row_mut(class);
                for (column, (sum, &x)) in own.iter_mut().zip(x).enumerate() {
                    *sum += weight * of(class, column, x);
                }
            }
        },
        |total, sums| *total += &sums,
    )
}

/// The logarithm of every class's share of the rows; without `from_rows` all classes that have rows share alike.
fn log_priors(class_weights: &Array1<f64>, from_rows: bool) -> Array1<f64> {
    let total: f64 = class_weights.sum();
    let n_present = class_weights.iter().filter(|&&weight| weight > 0.0).count();
    class_weights.mapv(|weight| match weight {
        weight if weight <= 0.0 => LOG_OF_NOTHING,
        weight if from_rows => (weight / total).ln(),
        _ => -(n_present as f64).ln(),
    })
}
