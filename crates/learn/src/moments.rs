//! What least squares need of the data: means, and sums of products around them. Small, however many rows there are.

use assay_core::Task;
use linfa::DatasetBase;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

use crate::linear::LinearModel;
use crate::rows::Rows;
use crate::{Error, data};

pub struct Moments {
    /// The number of rows, where they do not weigh differently.
    pub total_weight: f64,
    /// Zero without an intercept, as `y_mean` is.
    pub x_means: Array1<f64>,
    pub y_mean: f64,
    /// Σ weight · x xᵀ of centred rows; exactly zero in columns that do not vary.
    pub gram: Array2<f64>,
    /// Σ weight · x y of centred rows.
    pub xy: Array1<f64>,
    /// Σ weight · y² of centred targets.
    pub yy: f64,
}

/// Rows and numbers as the least-squares estimators take them.
pub type Numbers<'v> = DatasetBase<ArrayView2<'v, f32>, ArrayView1<'v, f64>>;

impl Moments {
    pub fn new(dataset: &Numbers<'_>, fit_intercept: bool, task: &Task) -> Result<Self, Error> {
        let targets = dataset.targets.to_vec();
        let rows = Rows::new(dataset, task)?;
        let n = rows.n_features();
        let (x_means, y_mean) = if fit_intercept {
            let y_mean = data::mean(dataset.targets, dataset.weights());
            (rows.means()?, y_mean)
        } else {
            (Array1::zeros(n), 0.0)
        };
        let rows = rows.centred(x_means.clone()).with_target(&targets, y_mean);
        let products = rows.gram()?;
        Ok(Self {
            total_weight: rows.total_weight(),
            x_means,
            y_mean,
            gram: products.slice(s![..n, ..n]).to_owned(),
            xy: products.slice(s![..n, n]).to_owned(),
            yy: products[(n, n)],
        })
    }

    /// Σ weight · x (y − x · coefficients) of centred rows, taken from the rows again: exact where
    /// `xy − gram · coefficients` has lost its digits.
    pub fn residual_products(
        &self,
        dataset: &Numbers<'_>,
        coefficients: &Array1<f64>,
        task: &Task,
    ) -> Result<Array1<f64>, Error> {
        let targets = dataset.targets.to_vec();
        let n = coefficients.len();
        let rows = Rows::new(dataset, task)?
            .centred(self.x_means.clone())
            .with_target(&targets, self.y_mean);
        let sums = rows.fold(
            n,
            || Array1::<f64>::zeros(n),
            |sums, block| {
                for (row, xy) in block.x.rows().into_iter().enumerate() {
                    let (x, y) = (xy.slice(s![..n]), xy[n]);
                    let residual = y - x.dot(coefficients);
                    sums.scaled_add(block.weight(row) * residual, &x);
                }
            },
            |total, sums| *total += &sums,
        )?;
        Ok(sums)
    }

    /// The model on features as they were.
    pub fn model(&self, coefficients: Array1<f64>) -> LinearModel {
        LinearModel {
            intercept: self.y_mean - self.x_means.dot(&coefficients),
            coefficients,
        }
    }
}
