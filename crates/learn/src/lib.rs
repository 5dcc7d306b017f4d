//! The algorithm catalogue behind linfa's traits: what can be trained, with which parameters, and how it predicts.
//!
//! Every algorithm is a pair of linfa parameter sets (`ParamGuard`, `Fit`) in a module of its own; [`fit`] turns what
//! it fitted into plain [`Model`] data, and [`Scorer`] (`PredictInplace`) answers from that data alone, so a model
//! that was read back from a file predicts what the fresh one did.
//!
//! Invariant: the same data, parameters and seed give the same model to the bit, on any number of threads.

mod catalogue;
mod data;
mod error;
mod linear;
pub mod linear_regression;
pub mod logistic_regression;
mod params;
pub mod ridge;
mod score;
mod solve;
pub mod trees;

use std::collections::BTreeMap;

use assay_core::model::Model;
use assay_core::train::ParamValue;
use assay_core::{Matrix, Target, Task};

pub use catalogue::{Entry, algorithm, catalogue};
pub use error::Error;
pub use linear::LinearModel;
pub use params::{parse_param, resolve_params};
pub use score::{Scorer, predict};

/// Trains `algorithm` on `x` (n_rows x n_features) and `y` (n_rows).
///
/// Parameters that are not given take the catalogue's default. The seed decides bootstrap samples and drawn features;
/// algorithms without randomness ignore it. Progress, warnings (not converged) and cancellation go through `task`.
///
/// # Errors
/// An unknown algorithm, a parameter that is unknown or out of range, a target the algorithm is not made for, data
/// without rows or with values that are not finite, and [`Error::Cancelled`].
pub fn fit(
    algorithm: &str,
    params: &BTreeMap<String, ParamValue>,
    x: &Matrix,
    y: &Target,
    seed: u64,
    task: &Task,
) -> Result<Model, Error> {
    let entry = catalogue::algorithm(algorithm)?;
    let params = params::Resolved::new(entry, params)?;
    data::check(entry, x, y)?;
    task.check()?;
    entry.fit(&params, x, y, seed, task)
}
