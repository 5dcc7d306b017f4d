//! Coordinate descent on a quadratic with an absolute and a squared penalty (Friedman, Hastie, Tibshirani 2010):
//! minimises ½ w·Q·w − q·w + Σ l1ⱼ |wⱼ| + l2/2 ‖w‖², one coordinate after the other.

use assay_core::{Cancelled, Task};
use ndarray::{Array1, Array2};

/// Multiplications between two looks at the task.
const MULTIPLICATIONS_A_LOOK: usize = 4_000_000;

pub struct Quadratic<'a> {
    /// Symmetric, positive semidefinite.
    pub q_matrix: &'a Array2<f64>,
    pub q: &'a Array1<f64>,
    /// Per coordinate.
    pub l1: &'a [f64],
    pub l2: f64,
    pub task: &'a Task,
}

/// Where the descent stands.
pub struct State {
    pub w: Array1<f64>,
    /// Q · w.
    pub qw: Array1<f64>,
}

/// How far one round over the coordinates moved.
pub struct Round {
    pub largest: f64,
    pub largest_change: f64,
}

impl State {
    pub fn new(quadratic: &Quadratic<'_>, w: Array1<f64>) -> Self {
        Self {
            qw: quadratic.q_matrix.dot(&w),
            w,
        }
    }
}

impl Quadratic<'_> {
    /// One round over all coordinates.
    pub fn round(&self, state: &mut State) -> Result<Round, Cancelled> {
        let n = state.w.len();
        let look_every = (MULTIPLICATIONS_A_LOOK / n.max(1)).max(1);
        let mut round = Round {
            largest: 0.0,
            largest_change: 0.0,
        };
        for j in 0..n {
            if j % look_every == 0 {
                self.task.check()?;
            }
            let curvature = self.q_matrix[(j, j)];
            if curvature <= 0.0 {
                continue;
            }
            let before = state.w[j];
            let pull = self.q[j] - state.qw[j] + curvature * before;
            let after = soft(pull, self.l1[j]) / (curvature + self.l2);
            if after != before {
                state.qw.scaled_add(after - before, &self.q_matrix.row(j));
                state.w[j] = after;
            }
            round.largest_change = round.largest_change.max((after - before).abs());
            round.largest = round.largest.max(after.abs());
        }
        Ok(round)
    }
}

/// `value` drawn towards zero by `by`.
fn soft(value: f64, by: f64) -> f64 {
    value.signum() * (value.abs() - by).max(0.0)
}
