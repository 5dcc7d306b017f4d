//! Principal components of the training rows.

use assay_core::Task;
use assay_core::eigen::{Eigen, eigen};
use assay_core::recipe::{FittedStep, Plan, Value, components_name};

use super::fit::refused;
use super::rows::Rows;
use crate::error::Error;

/// Products between two looks at whether to go on.
const PRODUCTS_A_CHECK: usize = 1 << 22;
/// A component with less than this share of the variance is rounding, not data.
const NOISE: f64 = 1e-14;

pub struct Size {
    /// At most.
    pub n_components: usize,
    /// Share to hold, 0 to 1.
    pub variance: f64,
}

/// Eigenvectors of the covariance, each turned so that its largest weight is positive (as scikit-learn's `svd_flip` does).
/// Components without variance are left out; one stays.
pub fn learn(
    rows: &Rows<'_>,
    plan: &Plan,
    names: Vec<String>,
    size: Size,
    task: &Task,
) -> Result<FittedStep, Error> {
    let mut features = Vec::new();
    for column in names.iter().filter_map(|name| plan.column(name)) {
        task.check()?;
        if let Value::Text(_) = column.value {
            return Err(refused(
                &column.name,
                "components need numbers; text needs a one-hot or an ordinal step",
            ));
        }
        for (name, values) in rows.features(column) {
            if values.iter().any(|value| value.is_nan()) {
                return Err(refused(
                    name,
                    "it has missing values, and components need all; impute it before",
                ));
            }
            features.push(values);
        }
    }
    let means: Vec<f64> = features.iter_mut().map(|values| centre(values)).collect();
    let covariance = covariance(&features, task)?;
    if covariance.iter().any(|value| !value.is_finite()) {
        return Err(Error::Recipe(
            "the columns of its components are too large; standardise them before".to_owned(),
        ));
    }
    let p = means.len();
    let total: f64 = (0..p).map(|at| covariance[at * p + at]).sum();
    let Eigen { values, vectors } = eigen(covariance, p, task)?;
    let share = |value: f64| if total > 0.0 { value / total } else { 0.0 };
    let shares: Vec<f64> = values.iter().map(|value| share(*value)).collect();
    let n = n_kept(&shares, &size);
    let kept = plan.columns().iter().filter(|c| !names.contains(&c.name));
    let taken: Vec<&str> = kept
        .flat_map(|column| std::iter::once(column.name.as_str()).chain(column.features()))
        .collect();
    Ok(FittedStep::Pca {
        name: components_name(taken.into_iter()),
        columns: names,
        means,
        components: vectors.into_iter().take(n).map(turned).collect(),
        shares: shares.into_iter().take(n).collect(),
    })
}

fn n_kept(shares: &[f64], size: &Size) -> usize {
    let n_with_variance = shares.iter().filter(|share| **share > NOISE).count();
    let mut held = 0.0;
    let n_before = shares.iter().take_while(|share| {
        let goes_on = held < size.variance - NOISE;
        held += **share;
        goes_on
    });
    let n = n_before.count().min(n_with_variance).max(1);
    n.min(size.n_components).min(shares.len())
}

/// Takes the mean away, and gives it.
fn centre(values: &mut [f64]) -> f64 {
    let first = values.first().copied().unwrap_or_default();
    // Of equal values exactly that value, whatever the rounding of a sum would say.
    let from_first: f64 = values.iter().map(|value| value - first).sum();
    let mean = first + from_first / values.len().max(1) as f64;
    for value in values {
        *value -= mean;
    }
    mean
}

/// p × p, with divisor n − 1.
fn covariance(features: &[Vec<f64>], task: &Task) -> Result<Vec<f64>, Error> {
    let p = features.len();
    let n = features.first().map_or(0, Vec::len);
    let divisor = n.saturating_sub(1).max(1) as f64;
    let mut covariance = vec![0.0; p * p];
    let mut n_products = 0;
    for (i, a) in features.iter().enumerate() {
        for (j, b) in features.iter().enumerate().skip(i) {
            n_products += n;
            if n_products > PRODUCTS_A_CHECK {
                n_products = 0;
                task.check()?;
            }
            let sum: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
            covariance[i * p + j] = sum / divisor;
            covariance[j * p + i] = sum / divisor;
        }
    }
    Ok(covariance)
}

fn turned(mut vector: Vec<f64>) -> Vec<f64> {
    let largest = vector
        .iter()
        .fold(0.0_f64, |a, b| if b.abs() > a.abs() { *b } else { a });
    if largest < 0.0 {
        vector.iter_mut().for_each(|weight| *weight = -*weight);
    }
    vector
}
