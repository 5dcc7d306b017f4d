//! Rows and targets on their way into linfa: checked once, then lent or widened.

use assay_core::model::Output;
use assay_core::train::ProblemKind;
use assay_core::{Matrix, Target};
use linfa::DatasetBase;
use ndarray::{Array1, ArrayView1, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::catalogue::{Entry, names};
use crate::trees::below;
use crate::{Error, Training};

/// Beyond this a target's squares and its f32 coefficients leave the range of their types.
const LARGEST_TARGET: f64 = 1e30;

/// Everything that an estimator takes for granted about its data.
pub fn check(entry: &Entry, training: &Training<'_>) -> Result<(), Error> {
    let y = training.y;
    let problem = y.problem();
    if !entry.problems.contains(&problem) {
        if !problem.has_target() || entry.problems.iter().all(|problem| !problem.has_target()) {
            return Err(Error::Target {
                algorithm: entry.name.to_owned(),
                needs: if problem.has_target() { "no" } else { "a" },
                instead: names(|other| other.problems.contains(&problem)),
            });
        }
        let said = |classes: bool| if classes { "classes" } else { "numbers" };
        return Err(Error::Problem {
            algorithm: entry.name.to_owned(),
            predicts: said(entry.problems.contains(&ProblemKind::Binary)),
            holds: said(problem.is_classification()),
            instead: names(|other| other.problems.contains(&problem)),
        });
    }
    match fault(entry, training) {
        None => Ok(()),
        Some((reason, hint)) => Err(Error::Data {
            algorithm: entry.name.to_owned(),
            reason,
            hint,
        }),
    }
}

/// The features as linfa's tree estimators read them, n_rows x n_features.
pub fn view(x: &Matrix) -> Result<ArrayView2<'_, f32>, Error> {
    ArrayView2::from_shape((x.n_rows, x.n_columns()), &x.values)
        .map_err(|error| Error::Numeric(error.to_string()))
}

/// Features, numbers and weights as linfa's estimators read them. Empty for classes, which [`check`] keeps away from
/// regressors.
pub fn with_numbers<'a>(
    training: &Training<'a>,
) -> Result<DatasetBase<ArrayView2<'a, f32>, ArrayView1<'a, f64>>, Error> {
    let values: &[f64] = match training.y {
        Target::Values(values) => values,
        Target::Classes { .. } | Target::Nothing { .. } => &[],
    };
    let dataset = DatasetBase::new(view(training.x)?, ArrayView1::from(values));
    Ok(dataset.with_weights(weights(training)))
}

/// Features, class indices and weights as linfa's estimators read them. Empty for numbers, which [`check`] keeps away
/// from classifiers.
pub fn with_classes<'a>(
    training: &Training<'a>,
) -> Result<DatasetBase<ArrayView2<'a, f32>, ArrayView1<'a, u32>>, Error> {
    let indices: &[u32] = match training.y {
        Target::Classes { indices, .. } => indices,
        Target::Values(_) | Target::Nothing { .. } => &[],
    };
    let dataset = DatasetBase::new(view(training.x)?, ArrayView1::from(indices));
    Ok(dataset.with_weights(weights(training)))
}

/// Of the target, whether or not all are among the training rows; 0 for numbers.
pub fn n_classes(y: &Target) -> usize {
    match y {
        Target::Classes { classes, .. } => classes.len(),
        Target::Values(_) | Target::Nothing { .. } => 0,
    }
}

/// Class indices, n_rows. Empty for numbers, which [`check`] keeps away from classifiers.
pub fn class_indices(y: &Target) -> Array1<usize> {
    match y {
        Target::Classes { indices, .. } => indices.iter().map(|&index| index as usize).collect(),
        Target::Values(_) | Target::Nothing { .. } => Array1::default(0),
    }
}

/// Numbers, n_rows. Empty for classes, which [`check`] keeps away from regressors.
pub fn numbers(y: &Target) -> Array1<f64> {
    match y {
        Target::Values(values) => values.iter().copied().collect(),
        Target::Classes { .. } | Target::Nothing { .. } => Array1::default(0),
    }
}

pub fn output(y: &Target) -> Output {
    match y {
        Target::Classes { classes, kind, .. } => Output::Classes {
            classes: classes.clone(),
            kind: *kind,
        },
        Target::Values(_) | Target::Nothing { .. } => Output::Value,
    }
}

/// linfa's form of the weights: empty when there are none.
pub fn weights(training: &Training<'_>) -> Array1<f32> {
    training
        .weights
        .map_or_else(|| Array1::default(0), |weights| weights.to_vec().into())
}

/// The weighted mean; 0 of nothing.
pub fn mean(values: ArrayView1<'_, f64>, weights: Option<&[f32]>) -> f64 {
    let Some(weights) = weights else {
        return values.mean().unwrap_or(0.0);
    };
    let (sum, total) =
        values
            .iter()
            .zip(weights)
            .fold((0.0, 0.0), |(sum, total), (value, &weight)| {
                let weight = f64::from(weight);
                (sum + weight * value, total + weight)
            });
    if total > 0.0 { sum / total } else { 0.0 }
}

/// The rows that an estimator looks at whose cost grows with the square of their number.
pub struct Taken {
    /// None: all of them.
    drawn: Option<(Matrix, Target, Array1<f32>)>,
}

/// `most` of the rows, drawn by the seed and in their order, with a warning; all, when there are no more.
pub fn at_most(most: usize, training: &Training<'_>) -> Taken {
    let n_rows = training.x.n_rows;
    if n_rows <= most {
        return Taken { drawn: None };
    }
    training.task.warn(format!(
        "{most} of the {n_rows} training rows were drawn and used; `max_rows` allows more"
    ));
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(training.seed);
    let mut rows: Vec<usize> = (0..n_rows).collect();
    for at in 0..most {
        rows.swap(at, at + below(&mut rng, n_rows - at));
    }
    rows.truncate(most);
    rows.sort_unstable();
    let weights = training.weights.unwrap_or_default();
    let weights = rows.iter().filter_map(|&row| weights.get(row).copied());
    Taken {
        drawn: Some((
            training.x.take(&rows),
            training.y.take(&rows),
            weights.collect(),
        )),
    }
}

impl Taken {
    pub fn x<'a>(&'a self, training: &Training<'a>) -> &'a Matrix {
        self.drawn.as_ref().map_or(training.x, |(x, ..)| x)
    }

    pub fn y<'a>(&'a self, training: &Training<'a>) -> &'a Target {
        self.drawn.as_ref().map_or(training.y, |(_, y, _)| y)
    }

    /// linfa's form of the weights.
    pub fn weights(&self, training: &Training<'_>) -> Array1<f32> {
        match &self.drawn {
            Some((.., drawn)) => drawn.clone(),
            None => weights(training),
        }
    }
}

/// What is wrong with the data, and what to do about it.
fn fault(entry: &Entry, training: &Training<'_>) -> Option<(String, &'static str)> {
    let (x, y) = (training.x, training.y);
    if x.n_rows == 0 {
        return Some(("there are no rows".to_owned(), "give at least two rows"));
    }
    if x.n_columns() == 0 {
        return Some((
            "there are no features".to_owned(),
            "keep at least one column besides the target",
        ));
    }
    if x.values.len() != x.n_rows * x.n_columns() || y.n_rows() != x.n_rows {
        return Some((
            format!(
                "for {} rows there are {} targets, and {} values in {} columns",
                x.n_rows,
                y.n_rows(),
                x.values.len(),
                x.n_columns(),
            ),
            "give one of each for every row",
        ));
    }
    if let Some(fault) = training
        .weights
        .and_then(|weights| weights_fault(entry, weights, x.n_rows))
    {
        return Some(fault);
    }
    let is_unfit = |value: &f32| !(value.is_finite() || (entry.takes_missing && value.is_nan()));
    if let Some(at) = x.values.iter().position(is_unfit) {
        let column = x.names.get(at % x.n_columns());
        let reason = format!(
            "feature `{}` is {} in row {}",
            column.map_or("", String::as_str),
            x.values.get(at).copied().unwrap_or(f32::NAN),
            at / x.n_columns() + 1
        );
        return Some((reason, "let the recipe impute or scale it"));
    }
    match y {
        Target::Nothing { .. } => None,
        Target::Classes { classes, .. } if classes.len() < 2 => Some((
            "the target has fewer than two classes".to_owned(),
            "choose another target",
        )),
        Target::Classes {
            classes, indices, ..
        } => {
            let n_classes = classes.len();
            let row = indices
                .iter()
                .position(|&index| index as usize >= n_classes)?;
            Some((
                format!("row {} has no class of the {n_classes}", row + 1),
                "check the target's classes",
            ))
        }
        Target::Values(values) => {
            let unfit = |value: &f64| !value.is_finite() || value.abs() > LARGEST_TARGET;
            let row = values.iter().position(unfit)?;
            let value = values.get(row).copied().unwrap_or(f64::NAN);
            Some((
                format!("the target is {value} in row {}", row + 1),
                "leave such rows out or rescale the target",
            ))
        }
    }
}

fn weights_fault(entry: &Entry, weights: &[f32], n_rows: usize) -> Option<(String, &'static str)> {
    if !entry.takes_weights {
        return Some((
            "it takes no row weights".to_owned(),
            "leave the weights out or choose another algorithm",
        ));
    }
    if weights.len() != n_rows {
        return Some((
            format!("for {n_rows} rows there are {} weights", weights.len()),
            "give one weight for every row",
        ));
    }
    if let Some(row) = weights.iter().position(|w| !w.is_finite() || *w < 0.0) {
        return Some((
            format!("the weight of row {} is {}", row + 1, weights[row]),
            "give weights of 0 and more",
        ));
    }
    weights.iter().all(|weight| *weight == 0.0).then(|| {
        (
            "all row weights are 0".to_owned(),
            "give at least two rows a weight over 0",
        )
    })
}
