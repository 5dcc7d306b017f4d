//! The penalised mean loss over all rows, with its derivatives: one pass over the data for all three.

use assay_core::Cancelled;
use ndarray::{Array1, Array2, s};

use super::loss::Loss;
use crate::quasi_newton::Smooth;
use crate::rows::{Rows, Scaled};

/// f(w) = Σ weight · loss(z) / Σ weight + l2 / 2 · ‖w without the intercept‖², z = x · w.
pub struct Objective<'a> {
    /// With an intercept, centred and with a last column of ones.
    pub rows: Rows<'a>,
    pub y: &'a (dyn Fn(usize) -> f64 + Sync),
    pub loss: Loss,
    pub l2: f64,
}

/// f with its first and second derivative in w.
pub struct Evaluated {
    pub value: f64,
    pub gradient: Array1<f64>,
    pub hessian: Array2<f64>,
}

/// Sums of one part of the rows.
struct Sums {
    weight: f64,
    loss: f64,
    /// The second derivative, where it is wanted, and under it the first.
    derivatives: Array2<f64>,
    /// Slope and curvature of the rows of a block.
    of_rows: Vec<(f64, f64)>,
    scaled: Scaled,
}

impl Objective<'_> {
    pub fn evaluate_with_hessian(&self, w: &Array1<f64>) -> Result<Evaluated, Cancelled> {
        self.pass(w, true)
    }

    fn pass(&self, w: &Array1<f64>, with_hessian: bool) -> Result<Evaluated, Cancelled> {
        let n = w.len();
        let n_second = if with_hessian { n } else { 0 };
        let new = || Sums {
            weight: 0.0,
            loss: 0.0,
            derivatives: Array2::zeros((n_second + 1, n)),
            of_rows: Vec::new(),
            scaled: Scaled::default(),
        };
        let sums = self.rows.fold(
            n * (n_second + 1),
            new,
            |sums, block| {
                sums.of_rows.clear();
                for (row, &z) in block.x.dot(w).iter().enumerate() {
                    let weight = block.weight(row);
                    let at = self.loss.at(z, (self.y)(block.rows.start + row));
                    sums.loss += weight * at.loss;
                    sums.of_rows
                        .push((weight * at.slope, weight * at.curvature));
                }
                sums.weight += block.total_weight();
                let derivatives = &mut sums.derivatives;
                if with_hessian {
                    let of_rows = sums.of_rows.iter().copied();
                    sums.scaled.add_derivatives(block, of_rows, derivatives);
                } else {
                    for (x, (slope, _)) in block.each_row().zip(&sums.of_rows) {
                        for (sum, x) in derivatives.iter_mut().zip(x) {
                            *sum += slope * x;
                        }
                    }
                }
            },
            |total, sums| {
                total.weight += sums.weight;
                total.loss += sums.loss;
                total.derivatives += &sums.derivatives;
            },
        )?;
        let n_penalised = self.rows.n_features();
        let means = sums.derivatives / sums.weight;
        let mut gradient = means.row(n_second).to_owned();
        let mut hessian = means.slice(s![..n_second, ..]).to_owned();
        let own = w.slice(s![..n_penalised]);
        gradient
            .slice_mut(s![..n_penalised])
            .scaled_add(self.l2, &own);
        for value in hessian.diag_mut().iter_mut().take(n_penalised) {
            *value += self.l2;
        }
        Ok(Evaluated {
            value: sums.loss / sums.weight + self.l2 / 2.0 * own.dot(&own),
            gradient,
            hessian,
        })
    }
}

impl Smooth for Objective<'_> {
    fn evaluate(&self, w: &Array1<f64>) -> Result<(f64, Array1<f64>), Cancelled> {
        let found = self.pass(w, false)?;
        Ok((found.value, found.gradient))
    }
}
