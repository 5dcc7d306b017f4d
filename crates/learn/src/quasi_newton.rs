//! L-BFGS (Nocedal and Wright 2006, chapter 7) and, under an absolute penalty, its orthant-wise form (Andrew and Gao
//! 2007): for objectives whose second derivative is too large to hold.

use std::collections::VecDeque;

use assay_core::{Cancelled, Task};
use ndarray::Array1;

use crate::Error;

/// Done when the next step would lower the mean loss by less than this share of it, or of 1 where it is smaller.
pub const SMALLEST_DECREMENT: f64 = 1e-11;

/// The same for L-BFGS, which knows its next step less well than Newton's method does and so goes on a little longer.
const ENOUGH: f64 = 1e-15;

/// Steps remembered.
const MEMORY: usize = 12;

const MAX_HALVINGS: usize = 40;

/// Loss that rounding alone may add.
const ROUNDING: f64 = 4e-16;

/// A function of many variables with its gradient.
pub trait Smooth {
    fn evaluate(&self, w: &Array1<f64>) -> Result<(f64, Array1<f64>), Cancelled>;
}

pub struct Minimum {
    pub w: Array1<f64>,
    /// With penalties.
    pub value: f64,
    /// What the next step promises to take off the value.
    pub decrement: f64,
    pub n_steps: usize,
    pub converged: bool,
}

impl Minimum {
    /// Warns where the minimum was not reached; `what` is the algorithm's name for people, `remedy` what to do.
    pub fn warn_unless_converged(&self, what: &str, remedy: &str, task: &Task) {
        if !self.converged {
            task.warn(format!(
                "{what} did not converge in {} steps: the next would lower the mean loss of {:.6} by {:.1e}; {remedy}",
                self.n_steps, self.value, self.decrement
            ));
        }
    }
}

/// How a search is started, steered and watched.
pub struct Search<'a> {
    /// Per variable; empty: none.
    pub l1: &'a [f64],
    /// The inverse of a matrix near the second derivative, times a vector; diagonal where there is an `l1`.
    pub precondition: &'a dyn Fn(&Array1<f64>) -> Array1<f64>,
    pub max_steps: usize,
    pub phase: &'a str,
    pub task: &'a Task,
}

/// A place with the smooth part of the function there and its gradient.
struct Point {
    w: Array1<f64>,
    smooth: f64,
    gradient: Array1<f64>,
}

/// A step taken and the change of the gradient over it.
struct Pair {
    step: Array1<f64>,
    change: Array1<f64>,
    /// step · change, over 0.
    product: f64,
}

/// Σ l1ⱼ |wⱼ|.
pub fn absolute_penalty(l1: &[f64], w: &Array1<f64>) -> f64 {
    l1.iter().zip(w).map(|(l1, w)| l1 * w.abs()).sum()
}

pub fn minimise(
    objective: &dyn Smooth,
    search: &Search<'_>,
    start: Array1<f64>,
) -> Result<Minimum, Error> {
    let mut here = Point::new(objective, start)?;
    let mut pairs: VecDeque<Pair> = VecDeque::with_capacity(MEMORY);
    let mut decrement = f64::INFINITY;
    let mut n_steps = 0;
    while n_steps < search.max_steps {
        let value = here.smooth + absolute_penalty(search.l1, &here.w);
        search
            .task
            .step(n_steps as u64, search.max_steps as u64, search.phase);
        search.task.metric("train.loss", value, n_steps as u64);
        let steepest = search.steepest(&here);
        let direction = search.direction(&pairs, &steepest);
        decrement = -steepest.dot(&direction) / 2.0;
        if !decrement.is_finite() {
            return Err(Error::Numeric(
                "the loss left the range of numbers".to_owned(),
            ));
        }
        if decrement <= ENOUGH * value.abs().max(1.0) {
            return Ok(Minimum {
                w: here.w,
                value,
                decrement,
                n_steps,
                converged: true,
            });
        }
        let Some(next) = search.line(objective, &here, &steepest, &direction)? else {
            if pairs.is_empty() {
                break;
            }
            // What was remembered misleads: once more without it.
            pairs.clear();
            continue;
        };
        let step = &next.w - &here.w;
        let change = &next.gradient - &here.gradient;
        let product = step.dot(&change);
        if product > 1e-10 * step.dot(&step).sqrt() * change.dot(&change).sqrt() {
            if pairs.len() == MEMORY {
                pairs.pop_front();
            }
            pairs.push_back(Pair {
                step,
                change,
                product,
            });
        }
        here = next;
        n_steps += 1;
    }
    let value = here.smooth + absolute_penalty(search.l1, &here.w);
    Ok(Minimum {
        // Where no step is found any more, the loss may be too coarse to tell.
        converged: decrement <= SMALLEST_DECREMENT * value.abs().max(1.0),
        w: here.w,
        value,
        decrement,
        n_steps,
    })
}

impl Point {
    fn new(objective: &dyn Smooth, w: Array1<f64>) -> Result<Self, Cancelled> {
        let (smooth, gradient) = objective.evaluate(&w)?;
        Ok(Self {
            w,
            smooth,
            gradient,
        })
    }
}

impl Search<'_> {
    /// The gradient of the penalised function on the side on which it falls; zero where it falls on neither.
    fn steepest(&self, here: &Point) -> Array1<f64> {
        let mut steepest = here.gradient.clone();
        for ((slope, &w), &l1) in steepest.iter_mut().zip(&here.w).zip(self.l1) {
            *slope = if w != 0.0 {
                *slope + l1 * w.signum()
            } else {
                slope.signum() * (slope.abs() - l1).max(0.0)
            };
        }
        steepest
    }

    /// −(about the inverse of the second derivative) · steepest, by the two loops over the remembered steps.
    fn direction(&self, pairs: &VecDeque<Pair>, steepest: &Array1<f64>) -> Array1<f64> {
        let mut rest = steepest.clone();
        let mut shares = Vec::with_capacity(pairs.len());
        for pair in pairs.iter().rev() {
            let share = pair.step.dot(&rest) / pair.product;
            rest.scaled_add(-share, &pair.change);
            shares.push(share);
        }
        let mut direction = (self.precondition)(&rest);
        if let Some(last) = pairs.back() {
            let scaled = (self.precondition)(&last.change);
            direction *= last.product / last.change.dot(&scaled);
        }
        for (pair, share) in pairs.iter().zip(shares.into_iter().rev()) {
            let back = pair.change.dot(&direction) / pair.product;
            direction.scaled_add(share - back, &pair.step);
        }
        direction.mapv_inplace(|value| -value);
        // Under an absolute penalty no variable may move against its own slope.
        for ((value, slope), l1) in direction.iter_mut().zip(steepest).zip(self.l1) {
            if *l1 > 0.0 && *value * slope >= 0.0 {
                *value = 0.0;
            }
        }
        direction
    }

    /// The first point on the way that is low enough.
    fn line(
        &self,
        objective: &dyn Smooth,
        here: &Point,
        steepest: &Array1<f64>,
        direction: &Array1<f64>,
    ) -> Result<Option<Point>, Cancelled> {
        let w = &here.w;
        let value = here.smooth + absolute_penalty(self.l1, w);
        let mut length = 1.0;
        for _ in 0..MAX_HALVINGS {
            let mut next = w + &(direction * length);
            for (((next, &w), slope), l1) in next.iter_mut().zip(w).zip(steepest).zip(self.l1) {
                let side = if w != 0.0 {
                    w.signum()
                } else {
                    -slope.signum()
                };
                if *l1 > 0.0 && *next * side <= 0.0 {
                    *next = 0.0;
                }
            }
            let promised = 1e-4 * steepest.dot(&(&next - w));
            let next = Point::new(objective, next)?;
            let there = next.smooth + absolute_penalty(self.l1, &next.w);
            if there <= value + promised + ROUNDING * value.abs() {
                return Ok(Some(next));
            }
            length /= 2.0;
        }
        Ok(None)
    }
}
