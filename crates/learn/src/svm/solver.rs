//! Sequential minimal optimisation with second-order choice of the pair (Fan, Chen and Lin 2005), as in libsvm.
//!
//! Minimises ½ Σ y_s y_t α_s α_t K_st + Σ p_t α_t with 0 <= α_t <= C_t and Σ y_t α_t = 0. What is carried along is the
//! slope v_t = −y_t · ∂/∂α_t, so that moving y_i α_i up and y_j α_j down by the same step is all there is to do.

use assay_core::{Cancelled, Task};

use super::kernel::{KernelMatrix, PartRows};

/// Multiplications between two looks at the task: some 20 ms of them.
const CHECK_EVERY: usize = 20_000_000;

/// The least curvature of a pair.
const LEAST_CURVATURE: f64 = 1e-12;

/// One variable each; `rows` are the training rows they belong to.
pub struct Problem<'a> {
    pub rows: &'a [usize],
    /// Whether y is 1 or −1.
    pub is_positive: Vec<bool>,
    pub linear: Vec<f64>,
    pub upper: Vec<f64>,
    /// α at first, which must be allowed; empty: all are 0.
    pub start: Vec<f64>,
}

pub struct Solution {
    /// y α of every variable.
    pub coefficients: Vec<f64>,
    pub intercept: f64,
    pub is_converged: bool,
}

/// Steps until no pair violates the optimum by `tolerance`, or `max_iter` of them.
pub fn solve(
    problem: &Problem<'_>,
    matrix: &KernelMatrix<'_>,
    tolerance: f64,
    max_iter: usize,
    task: &Task,
) -> Result<Solution, Cancelled> {
    let n = problem.rows.len();
    let mut rows = PartRows::new(matrix, problem.rows);
    let diagonal: Vec<f64> = (0..n).map(|at| rows.diagonal(at)).collect();
    let mut state = State::new(problem);
    let signed: Vec<(usize, f64)> = state.started().collect();
    for (at, alpha) in signed {
        task.check()?;
        let row = rows.row(at);
        for (slope, &k) in state.slopes.iter_mut().zip(&*row) {
            *slope -= alpha * f64::from(k);
        }
    }
    // An iteration takes two rows of the kernel and a few rounds over the variables.
    let work = 2 * matrix.work_a_row() + 4 * n;
    let check_every = (CHECK_EVERY / work.max(1)).max(1);
    let mut is_converged = false;
    let mut lowest = f64::INFINITY;
    let mut highest = f64::NEG_INFINITY;
    for iteration in 0..max_iter {
        if iteration % check_every == 0 {
            task.check()?;
        }
        let Some(first) = state.steepest() else {
            is_converged = true;
            break;
        };
        highest = state.slopes[first];
        let of_first = rows.row(first);
        let (second, least) = state.partner(first, &of_first, &diagonal);
        lowest = least;
        let Some(second) = second.filter(|_| highest - lowest >= tolerance) else {
            is_converged = true;
            break;
        };
        let of_second = rows.row(second);
        let curvature = diagonal[first] + diagonal[second] - 2.0 * f64::from(of_first[second]);
        let step = (highest - state.slopes[second]) / curvature.max(LEAST_CURVATURE);
        let step = state.take(first, second, step);
        for ((slope, &a), &b) in state.slopes.iter_mut().zip(&*of_first).zip(&*of_second) {
            *slope -= step * (f64::from(a) - f64::from(b));
        }
    }
    Ok(state.solution(highest, lowest, is_converged))
}

struct State<'a> {
    problem: &'a Problem<'a>,
    alphas: Vec<f64>,
    slopes: Vec<f64>,
    /// Whether y α can go up or down.
    can_rise: Vec<bool>,
    can_fall: Vec<bool>,
}

impl<'a> State<'a> {
    fn new(problem: &'a Problem<'a>) -> Self {
        let n = problem.rows.len();
        let mut state = Self {
            problem,
            alphas: match problem.start.len() == n {
                true => problem.start.clone(),
                false => vec![0.0; n],
            },
            slopes: problem
                .linear
                .iter()
                .zip(&problem.is_positive)
                .map(|(p, is_positive)| if *is_positive { -p } else { *p })
                .collect(),
            can_rise: vec![false; n],
            can_fall: vec![false; n],
        };
        (0..n).for_each(|at| state.look(at));
        state
    }

    /// Variables that do not start at 0, with y α.
    fn started(&self) -> impl Iterator<Item = (usize, f64)> {
        let signed = self.alphas.iter().zip(&self.problem.is_positive);
        signed
            .map(|(alpha, is_positive)| if *is_positive { *alpha } else { -alpha })
            .enumerate()
            .filter(|(_, alpha)| *alpha != 0.0)
    }

    fn look(&mut self, at: usize) {
        let (alpha, upper) = (self.alphas[at], self.problem.upper[at]);
        let (grows, shrinks) = (alpha < upper, alpha > 0.0);
        let is_positive = self.problem.is_positive[at];
        self.can_rise[at] = if is_positive { grows } else { shrinks };
        self.can_fall[at] = if is_positive { shrinks } else { grows };
    }

    /// The variable that can rise with the largest slope.
    fn steepest(&self) -> Option<usize> {
        let mut best = None;
        let mut largest = f64::NEG_INFINITY;
        for (at, (&slope, &can_rise)) in self.slopes.iter().zip(&self.can_rise).enumerate() {
            if can_rise && slope > largest {
                largest = slope;
                best = Some(at);
            }
        }
        best
    }

    /// The variable that can fall with which `first` gains most, and the least slope of those that can fall.
    fn partner(&self, first: usize, of_first: &[f32], diagonal: &[f64]) -> (Option<usize>, f64) {
        let (highest, own) = (self.slopes[first], diagonal[first]);
        let mut best = None;
        let mut most = 0.0;
        let mut lowest = f64::INFINITY;
        for (at, &slope) in self.slopes.iter().enumerate() {
            if !self.can_fall[at] {
                continue;
            }
            lowest = lowest.min(slope);
            let gap = highest - slope;
            if gap > 0.0 {
                let curvature = own + diagonal[at] - 2.0 * f64::from(of_first[at]);
                let gain = gap * gap / curvature.max(LEAST_CURVATURE);
                if gain > most {
                    most = gain;
                    best = Some(at);
                }
            }
        }
        (best, lowest)
    }

    /// Moves y α of `first` up and of `second` down by at most `step`; how far they went.
    fn take(&mut self, first: usize, second: usize, step: f64) -> f64 {
        let room = |state: &Self, at: usize, rises: bool| {
            if state.problem.is_positive[at] == rises {
                state.problem.upper[at] - state.alphas[at]
            } else {
                state.alphas[at]
            }
        };
        let rooms = [(first, true), (second, false)].map(|(at, rises)| room(self, at, rises));
        let step = step.min(rooms[0]).min(rooms[1]);
        for ((at, rises), room) in [(first, true), (second, false)].into_iter().zip(rooms) {
            let grows = self.problem.is_positive[at] == rises;
            let upper = self.problem.upper[at];
            // A bound that is reached is reached exactly.
            self.alphas[at] = match (grows, step >= room) {
                (true, true) => upper,
                (true, false) => (self.alphas[at] + step).min(upper),
                (false, true) => 0.0,
                (false, false) => (self.alphas[at] - step).max(0.0),
            };
            self.look(at);
        }
        step
    }

    /// The intercept is the mean slope of the free variables, or else the middle of what the bound ones allow.
    fn solution(self, highest: f64, lowest: f64, is_converged: bool) -> Solution {
        let is_free = |at: &usize| self.can_rise[*at] && self.can_fall[*at];
        let free: Vec<usize> = (0..self.alphas.len()).filter(is_free).collect();
        let intercept = if !free.is_empty() {
            free.iter().map(|&at| self.slopes[at]).sum::<f64>() / free.len() as f64
        } else if highest.is_finite() && lowest.is_finite() {
            (highest + lowest) / 2.0
        } else {
            0.0
        };
        let signed =
            |(alpha, is_positive): (&f64, &bool)| if *is_positive { *alpha } else { -alpha };
        Solution {
            coefficients: self
                .alphas
                .iter()
                .zip(&self.problem.is_positive)
                .map(signed)
                .collect(),
            intercept,
            is_converged,
        }
    }
}
