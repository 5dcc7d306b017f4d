//! Newton's method for one weighted sum a row: iteratively reweighted least squares, where the reweighted squares are
//! solved by a Cholesky factor or, under an absolute penalty, by coordinate descent (Lee, Sun, Saunders 2014).

use assay_core::Task;
use ndarray::{Array1, Array2};

use super::objective::{Evaluated, Objective};
use crate::Error;
use crate::coordinates::{Quadratic, State};
use crate::quasi_newton::{Minimum, SMALLEST_DECREMENT, absolute_penalty};
use crate::solve::Cholesky;

/// Below this the loss itself is too coarse to tell a good step from a bad one.
const MEASURABLE_DECREMENT: f64 = 1e-12;

const MAX_HALVINGS: usize = 40;

/// Rounds of coordinate descent inside a step, and the share of change that ends them.
const MAX_ROUNDS: usize = 1_000;
const SMALLEST_CHANGE: f64 = 1e-9;

/// Minimises the objective + Σ l1ⱼ |wⱼ| from `start`, or from zero where the value at the start is over `bound`.
/// `l1` is per column.
pub fn minimise(
    objective: &Objective<'_>,
    l1: &[f64],
    (start, bound): (Array1<f64>, f64),
    max_steps: usize,
    phase: &str,
) -> Result<Minimum, Error> {
    let task = objective.rows.task();
    let is_smooth = l1.iter().all(|l1| *l1 == 0.0);
    let mut w = start;
    let mut here = objective.evaluate_with_hessian(&w)?;
    let mut value = here.value + absolute_penalty(l1, &w);
    if value.is_nan() || value > bound {
        w.fill(0.0);
        here = objective.evaluate_with_hessian(&w)?;
        value = here.value;
    }
    let mut decrement = f64::INFINITY;
    for n_steps in 0..max_steps {
        task.step(n_steps as u64, max_steps as u64, phase);
        task.metric("train.loss", value, n_steps as u64);
        let (target, promised) = if is_smooth {
            smooth_step(&here, &w)?
        } else {
            penalised_step(&here, l1, &w, task)?
        };
        let step = &target - &w;
        decrement = promised;
        if !decrement.is_finite() {
            return Err(Error::Numeric(
                "the loss left the range of numbers".to_owned(),
            ));
        }
        let scale = value.abs().max(1.0);
        if decrement <= SMALLEST_DECREMENT * scale {
            return Ok(Minimum {
                w: target,
                value,
                decrement,
                n_steps,
                converged: true,
            });
        }
        let mut length = 1.0;
        let mut accepted = false;
        for _ in 0..MAX_HALVINGS {
            // The whole step keeps the exact zeros that coordinate descent found.
            let tried = if length == 1.0 {
                target.clone()
            } else {
                &w + &(&step * length)
            };
            let there = objective.evaluate_with_hessian(&tried)?;
            let tried_value = there.value + absolute_penalty(l1, &tried);
            let is_lower = tried_value <= value - 2e-4 * length * decrement;
            let is_beyond_measure = decrement < MEASURABLE_DECREMENT * scale && length == 1.0;
            if tried_value.is_finite() && (is_lower || is_beyond_measure) {
                (w, here, value) = (tried, there, tried_value);
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
        w,
        value,
        decrement,
        n_steps: max_steps,
        converged: false,
    })
}

/// Where the quadratic at `w` is least, and half of what it promises to take off the value.
fn smooth_step(here: &Evaluated, w: &Array1<f64>) -> Result<(Array1<f64>, f64), Error> {
    let step = -Cholesky::regularised(here.hessian.clone())?.solve(&here.gradient);
    let decrement = -here.gradient.dot(&step) / 2.0;
    Ok((w + &step, decrement))
}

fn penalised_step(
    here: &Evaluated,
    l1: &[f64],
    w: &Array1<f64>,
    task: &Task,
) -> Result<(Array1<f64>, f64), Error> {
    let hessian: &Array2<f64> = &here.hessian;
    let q = hessian.dot(w) - &here.gradient;
    let quadratic = Quadratic {
        q_matrix: hessian,
        q: &q,
        l1,
        l2: 0.0,
        task,
    };
    let mut state = State::new(&quadratic, w.clone());
    for _ in 0..MAX_ROUNDS {
        let round = quadratic.round(&mut state)?;
        if round.largest_change <= SMALLEST_CHANGE * round.largest {
            break;
        }
    }
    let step = &state.w - w;
    let change =
        here.gradient.dot(&step) + absolute_penalty(l1, &state.w) - absolute_penalty(l1, w);
    Ok((state.w, -change / 2.0))
}
