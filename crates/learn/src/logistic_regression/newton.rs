//! Newton's method with conjugate gradients inside (Nocedal and Wright 2006, chapter 7).
//!
//! The inner system is preconditioned with the Cholesky factor of Xᵀ D X, D the rows' curvatures. For two classes that
//! is the whole second derivative: one inner step solves it, and the method is iteratively reweighted least squares.

use assay_core::Cancelled;
use ndarray::{Array1, Array2, Zip};

use super::likelihood::{Likelihood, Part};
use crate::Error;
use crate::solve::{self, Cholesky};

/// Done when the next step would lower the mean loss by less than this; Newton's steps then square the error.
const SMALLEST_DECREMENT: f64 = 1e-15;

/// Below this the loss itself is too coarse to tell a good step from a bad one.
const MEASURABLE_DECREMENT: f64 = 1e-11;

/// With more columns a factorisation costs more than the inner steps it saves.
const MAX_FACTORED: usize = 400;

const MAX_INNER_STEPS: usize = 500;
const MAX_HALVINGS: usize = 40;

pub struct Minimum {
    pub weights: Array2<f64>,
    /// Mean loss with penalty.
    pub loss: f64,
    /// What the next step promises to take off the loss.
    pub decrement: f64,
    pub n_steps: usize,
    pub converged: bool,
}

pub fn minimise(likelihood: &Likelihood<'_>, max_steps: usize) -> Result<Minimum, Error> {
    let mut parts = likelihood.parts();
    let mut weights = likelihood.zeros();
    let (mut loss, mut gradient) = likelihood.evaluate(&mut parts, &weights)?;
    let mut decrement = f64::INFINITY;
    for n_steps in 0..max_steps {
        likelihood.task.step(
            n_steps as u64,
            max_steps as u64,
            "fitting logistic regression",
        );
        let step = newton_step(likelihood, &parts, &gradient)?;
        decrement = -dot(&gradient, &step) / 2.0;
        if !decrement.is_finite() {
            return Err(Error::Numeric(
                "the loss of logistic regression left the range of numbers".to_owned(),
            ));
        }
        if decrement <= SMALLEST_DECREMENT {
            return Ok(Minimum {
                weights: weights + step,
                loss,
                decrement,
                n_steps,
                converged: true,
            });
        }
        let mut length = 1.0;
        let mut accepted = false;
        for _ in 0..MAX_HALVINGS {
            let tried = &weights + &(&step * length);
            let (tried_loss, tried_gradient) = likelihood.evaluate(&mut parts, &tried)?;
            if tried_loss <= loss - 2e-4 * length * decrement || decrement < MEASURABLE_DECREMENT {
                (weights, loss, gradient) = (tried, tried_loss, tried_gradient);
                accepted = true;
                break;
            }
            length /= 2.0;
        }
        if !accepted {
            break;
        }
    }
    Ok(Minimum {
        weights,
        loss,
        decrement,
        n_steps: max_steps,
        converged: false,
    })
}

/// Solves curvature · step = −gradient, more exactly the nearer the minimum is.
fn newton_step(
    likelihood: &Likelihood<'_>,
    parts: &[Part],
    gradient: &Array2<f64>,
) -> Result<Array2<f64>, Cancelled> {
    let preconditioner = Preconditioner::new(likelihood, parts)?;
    let mut step = likelihood.zeros();
    let mut residual = gradient.mapv(|value| -value);
    let mut scaled = preconditioner.apply(&residual);
    let mut direction = scaled.clone();
    let mut energy = dot(&residual, &scaled);
    let wanted = energy * energy.clamp(1e-12, 1e-2);
    for _ in 0..MAX_INNER_STEPS {
        if energy <= wanted {
            break;
        }
        let curved = likelihood.curvature(parts, &direction)?;
        let bend = dot(&direction, &curved);
        if bend <= 0.0 {
            break;
        }
        let length = energy / bend;
        step.scaled_add(length, &direction);
        residual.scaled_add(-length, &curved);
        scaled = preconditioner.apply(&residual);
        let before = std::mem::replace(&mut energy, dot(&residual, &scaled));
        direction = &scaled + &(&direction * (energy / before));
    }
    Ok(step)
}

enum Preconditioner {
    Factored(Cholesky),
    /// The inverse of the diagonal, n_columns.
    Diagonal(Array1<f64>),
}

impl Preconditioner {
    fn new(likelihood: &Likelihood<'_>, parts: &[Part]) -> Result<Self, Cancelled> {
        let curvatures = likelihood.row_curvatures(parts);
        let n_rows = likelihood.n_rows();
        if likelihood.x.ncols() <= MAX_FACTORED {
            let mut matrix =
                solve::gram(likelihood.x, Some(&curvatures), likelihood.task)? / n_rows;
            for entry in matrix.diag_mut().iter_mut().take(likelihood.n_penalised) {
                *entry += likelihood.penalty;
            }
            if let Some(factor) = Cholesky::new(&matrix) {
                return Ok(Self::Factored(factor));
            }
        }
        let x = likelihood.x;
        let mut diagonal = Array1::from_elem(x.ncols(), likelihood.penalty);
        solve::in_steps(0..x.nrows(), x.ncols(), likelihood.task, |rows| {
            for row in rows {
                let weight = curvatures[row] / n_rows;
                Zip::from(&mut diagonal)
                    .and(&x.row(row))
                    .for_each(|sum, x| *sum += weight * x * x);
            }
        })?;
        Ok(Self::Diagonal(diagonal.mapv(f64::recip)))
    }

    fn apply(&self, residual: &Array2<f64>) -> Array2<f64> {
        match self {
            Self::Factored(factor) => factor.solve(residual),
            Self::Diagonal(inverse) => residual * inverse,
        }
    }
}

fn dot(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    Zip::from(a).and(b).fold(0.0, |sum, a, b| sum + a * b)
}
