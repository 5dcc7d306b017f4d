//! The penalised mean loss over all rows, with its derivatives: one pass over the data for all three.

use assay_core::Cancelled;
use ndarray::{Array1, Array2};

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
    loss: f64,
    gradient: Array1<f64>,
    /// Empty where it is not wanted.
    hessian: Array2<f64>,
    curvatures: Vec<f64>,
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
            loss: 0.0,
            gradient: Array1::zeros(n),
            hessian: Array2::zeros((n_second, n_second)),
            curvatures: Vec::new(),
            scaled: Scaled::default(),
        };
        let sums = self.rows.fold(
            n * n_second + n,
            new,
            |sums, block| {
                let z = block.x.dot(w);
                sums.curvatures.clear();
                for (row, (x, &z)) in block.x.rows().into_iter().zip(&z).enumerate() {
                    let weight = block.weight(row);
                    let at = self.loss.at(z, (self.y)(block.rows.start + row));
                    sums.loss += weight * at.loss;
                    sums.gradient.scaled_add(weight * at.slope, &x);
                    sums.curvatures.push(weight * at.curvature);
                }
                if with_hessian {
                    let curvatures = sums.curvatures.iter().copied();
                    sums.scaled.add_gram(block, curvatures, &mut sums.hessian);
                }
            },
            |total, sums| {
                total.loss += sums.loss;
                total.gradient += &sums.gradient;
                total.hessian += &sums.hessian;
            },
        )?;
        let total_weight = self.rows.total_weight();
        let penalised = ..self.rows.n_features();
        let mut gradient = sums.gradient / total_weight;
        let mut hessian = sums.hessian / total_weight;
        let own = w.slice(ndarray::s![penalised]);
        gradient
            .slice_mut(ndarray::s![penalised])
            .scaled_add(self.l2, &own);
        for value in hessian.diag_mut().iter_mut().take(penalised.end) {
            *value += self.l2;
        }
        Ok(Evaluated {
            value: sums.loss / total_weight + self.l2 / 2.0 * own.dot(&own),
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
