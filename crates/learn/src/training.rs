//! What one fit is given: rows, targets, weights, a seed, and the task that watches it.

use std::collections::BTreeMap;

use assay_core::model::Model;
use assay_core::train::ParamValue;
use assay_core::{Matrix, Target, Task};

use crate::catalogue::{self, Entry};
use crate::params::Resolved;
use crate::{Error, data};

#[derive(Debug, Clone, Copy)]
pub struct Training<'a> {
    /// n_rows x n_features.
    pub x: &'a Matrix,
    /// n_rows.
    pub y: &'a Target,
    /// n_rows, each at least 0, not all of them 0; a row of weight 2 counts as two rows. `None`: all are 1.
    pub weights: Option<&'a [f32]>,
    /// Decides bootstrap samples and drawn features; algorithms without randomness ignore it.
    pub seed: u64,
    /// Progress, warnings (not converged) and cancellation.
    pub task: &'a Task,
}

/// Trains `algorithm`. Parameters that are not given take the catalogue's default; `class_weight` is turned into row
/// weights here, so that estimators see nothing but those.
///
/// # Errors
/// An unknown algorithm, a parameter that is unknown or out of range, a target the algorithm is not made for, data
/// without rows or with values it does not take, and [`Error::Cancelled`].
pub fn fit(
    algorithm: &str,
    params: &BTreeMap<String, ParamValue>,
    training: &Training<'_>,
) -> Result<Model, Error> {
    let entry = catalogue::algorithm(algorithm)?;
    let params = Resolved::new(entry, params)?;
    data::check(entry, training)?;
    training.task.check()?;
    let balanced = class_weights(entry, &params, training)?;
    entry.fit(
        &params,
        &Training {
            weights: balanced.as_deref().or(training.weights),
            ..*training
        },
    )
}

/// Row weights under which every class that has rows weighs the same, as scikit-learn's `balanced`: the weight of all
/// rows / (number of such classes · weight of the row's class), times the row's own.
fn class_weights(
    entry: &Entry,
    params: &Resolved,
    training: &Training<'_>,
) -> Result<Option<Vec<f32>>, Error> {
    let Target::Classes {
        indices, classes, ..
    } = training.y
    else {
        return Ok(None);
    };
    if !entry.takes_class_weight() || params.text("class_weight")? != "balanced" {
        return Ok(None);
    }
    let own = |row: usize| {
        let weight = training.weights.and_then(|weights| weights.get(row));
        weight.map_or(1.0, |&weight| f64::from(weight))
    };
    let mut sums = vec![0.0; classes.len()];
    for (row, &class) in indices.iter().enumerate() {
        sums[class as usize] += own(row);
    }
    let n_present = sums.iter().filter(|&&sum| sum > 0.0).count() as f64;
    let total: f64 = sums.iter().sum();
    let weight_of = |(row, &class): (usize, &u32)| match sums[class as usize] {
        sum if sum > 0.0 => (own(row) * total / (n_present * sum)) as f32,
        _ => 0.0,
    };
    Ok(Some(indices.iter().enumerate().map(weight_of).collect()))
}
