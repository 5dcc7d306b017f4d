//! The penalised mean log loss of more than two classes, and its gradient.

use assay_core::Cancelled;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, s};

use crate::quasi_newton::Smooth;
use crate::rows::Rows;

/// f(W) = Σ weight · log loss / Σ weight + l2 / 2 · ‖W without intercepts‖², P = softmax(W x).
///
/// W is n_classes x n_columns, as one vector.
pub struct SoftmaxLoss<'a> {
    /// With an intercept, centred and with a last column of ones.
    pub rows: Rows<'a>,
    /// Class indices, n_rows.
    pub y: &'a [u32],
    pub n_classes: usize,
    pub l2: f64,
}

struct Sums {
    weight: f64,
    loss: f64,
    gradient: Array2<f64>,
}

impl Smooth for SoftmaxLoss<'_> {
    fn evaluate(&self, w: &Array1<f64>) -> Result<(f64, Array1<f64>), Cancelled> {
        let shape = (self.n_classes, self.rows.n_columns());
        let Ok(weights) = w.view().into_shape_with_order(shape) else {
            return Ok((f64::NAN, Array1::zeros(w.len())));
        };
        let new = || Sums {
            weight: 0.0,
            loss: 0.0,
            gradient: Array2::zeros(shape),
        };
        let sums = self.rows.fold(
            w.len(),
            new,
            |sums, block| {
                sums.weight += block.total_weight();
                let mut z = block.x.dot(&weights.t());
                for (row, mut z) in z.rows_mut().into_iter().enumerate() {
                    let weight = block.weight(row);
                    let class = self.y[block.rows.start + row] as usize;
                    sums.loss += weight * into_residuals(&mut z, class);
                    if block.is_weighted() {
                        z *= weight;
                    }
                }
                general_mat_mul(1.0, &z.t(), &block.x, 1.0, &mut sums.gradient);
            },
            |total, sums| {
                total.weight += sums.weight;
                total.loss += sums.loss;
                total.gradient += &sums.gradient;
            },
        )?;
        let penalised = s![.., ..self.rows.n_features()];
        let mut gradient = sums.gradient / sums.weight;
        let own: ArrayView2<'_, f64> = weights.slice(penalised);
        gradient.slice_mut(penalised).scaled_add(self.l2, &own);
        let squares: f64 = own.iter().map(|weight| weight * weight).sum();
        let value = sums.loss / sums.weight + self.l2 / 2.0 * squares;
        Ok((value, gradient.into_iter().collect()))
    }
}

/// Turns the z of a row into its probabilities less the truth; its log loss.
fn into_residuals(z: &mut ArrayViewMut1<'_, f64>, class: usize) -> f64 {
    let largest = z.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let of_class = z[class] - largest;
    z.mapv_inplace(|sum| (sum - largest).exp());
    let total = z.sum();
    z.mapv_inplace(|share| share / total);
    z[class] -= 1.0;
    total.ln() - of_class
}
