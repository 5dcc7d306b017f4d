//! The normal distributions of a mixture, and what one pass over the rows says of them.

use assay_core::Task;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Axis};

use super::Covariance;
use crate::Error;
use crate::rows::{Block, Rows};

/// A weight under it is none: fewer than a row.
const LEAST_ROWS: f64 = 1e-9;

/// One normal distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Of all components they sum to 1.
    pub weight: f64,
    pub mean: Array1<f64>,
    shape: Shape,
}

/// What makes the distance from the mean one of variance 1 in every direction.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// L⁻¹ of the covariance L Lᵀ: lower triangular.
    Full(Array2<f64>),
    /// 1 / standard deviation.
    Diagonal(Array1<f64>),
}

impl Component {
    /// Of weight 1, and variance 1 along every feature.
    pub fn at(mean: Array1<f64>) -> Self {
        Self {
            weight: 1.0,
            shape: Shape::Diagonal(Array1::ones(mean.len())),
            mean,
        }
    }

    /// ln weight + the logarithm of the density at the mean.
    pub fn constant(&self) -> f64 {
        let n = self.mean.len() as f64;
        let log_determinant: f64 = match &self.shape {
            Shape::Full(inverse) => inverse.diag().iter().map(|value| value.ln()).sum(),
            Shape::Diagonal(scales) => scales.iter().map(|value| value.ln()).sum(),
        };
        self.weight.ln() + log_determinant - 0.5 * n * std::f64::consts::TAU.ln()
    }

    /// The rows of L⁻¹ one after the other: the columns of a factor of covariance⁻¹.
    pub fn whitening(&self) -> Vec<f64> {
        match &self.shape {
            Shape::Full(inverse) => inverse.iter().copied().collect(),
            Shape::Diagonal(scales) => Array2::from_diag(scales).iter().copied().collect(),
        }
    }

    /// 1 / variance, of diagonal components.
    pub fn precisions(&self) -> Vec<f64> {
        match &self.shape {
            Shape::Full(inverse) => inverse.diag().mapv(|value| value * value).to_vec(),
            Shape::Diagonal(scales) => scales.mapv(|value| value * value).to_vec(),
        }
    }

    /// ln (weight · density) of every row of `apart`, which are rows less the mean.
    fn log_densities(&self, apart: &Array2<f64>) -> Array1<f64> {
        let constant = self.constant();
        let of = |squares: Array1<f64>| squares.mapv(|square| constant - 0.5 * square);
        match &self.shape {
            Shape::Full(inverse) => {
                let white = apart.dot(&inverse.t());
                of((&white * &white).sum_axis(Axis(1)))
            }
            Shape::Diagonal(scales) => {
                let white = apart * scales;
                of((&white * &white).sum_axis(Axis(1)))
            }
        }
    }
}

/// Sums over the rows, each counted in every component by how likely it comes from there.
#[derive(Debug, Clone)]
pub struct Sums {
    weights: Array1<f64>,
    /// Of rows less the component's mean. n_components x n_features.
    firsts: Array2<f64>,
    /// Products of rows less the component's mean: n_features x n_features each, or the squares alone, 1 x n_features.
    seconds: Vec<Array2<f64>>,
    pub log_likelihood: f64,
}

impl Sums {
    /// By how likely each row comes from each component.
    pub fn of(
        rows: &Rows<'_>,
        components: &[Component],
        covariance: Covariance,
    ) -> Result<Self, Error> {
        let means: Vec<&Array1<f64>> = components.iter().map(|c| &c.mean).collect();
        Self::over(rows, &means, covariance, |_, apart, shares| {
            for ((component, apart), mut share) in
                components.iter().zip(apart).zip(shares.columns_mut())
            {
                share.assign(&component.log_densities(apart));
            }
            let mut total = 0.0;
            for mut row in shares.rows_mut() {
                let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                row.mapv_inplace(|value| (value - largest).exp());
                let sum = row.sum();
                row.mapv_inplace(|value| value / sum);
                total += largest + sum.ln();
            }
            total
        })
    }

    /// Each row in the component of the nearest mean alone.
    pub fn of_nearest(
        rows: &Rows<'_>,
        means: &[Array1<f64>],
        covariance: Covariance,
    ) -> Result<Self, Error> {
        let means: Vec<&Array1<f64>> = means.iter().collect();
        Self::over(rows, &means, covariance, |block, apart, shares| {
            shares.fill(0.0);
            for row in 0..block.rows.len() {
                let squares = apart.iter().map(|apart| {
                    let row = apart.row(row);
                    row.dot(&row)
                });
                let nearest = squares
                    .enumerate()
                    .reduce(|best, other| if other.1 < best.1 { other } else { best });
                if let Some((nearest, _)) = nearest {
                    shares[(row, nearest)] = 1.0;
                }
            }
            0.0
        })
    }

    /// `share` fills in how much each row of a block counts in each component (block x n_components), from the rows
    /// less each mean, and says what they add to the likelihood.
    fn over(
        rows: &Rows<'_>,
        means: &[&Array1<f64>],
        covariance: Covariance,
        share: impl Fn(&Block<'_>, &[Array2<f64>], &mut Array2<f64>) -> f64 + Sync,
    ) -> Result<Self, Error> {
        let (n, n_features) = (means.len(), rows.n_features());
        let n_products = match covariance {
            Covariance::Full => n_features,
            Covariance::Diagonal => 1,
        };
        let new = || Self {
            weights: Array1::zeros(n),
            firsts: Array2::zeros((n, n_features)),
            seconds: vec![Array2::zeros((n_products, n_features)); n],
            log_likelihood: 0.0,
        };
        Ok(rows.fold(
            n * n_features * n_products,
            new,
            |sums, block| {
                let apart: Vec<Array2<f64>> = means.iter().map(|mean| &block.x - *mean).collect();
                let mut shares = Array2::zeros((block.rows.len(), n));
                sums.log_likelihood += share(block, &apart, &mut shares);
                for (at, apart) in apart.iter().enumerate() {
                    let share = shares.column(at);
                    sums.weights[at] += share.sum();
                    let weighted = apart * &share.insert_axis(Axis(1));
                    let mut first = sums.firsts.row_mut(at);
                    first += &weighted.sum_axis(Axis(0));
                    match covariance {
                        Covariance::Full => {
                            let second = &mut sums.seconds[at];
                            general_mat_mul(1.0, &weighted.t(), apart, 1.0, second);
                        }
                        Covariance::Diagonal => {
                            let squares = (&weighted * apart).sum_axis(Axis(0));
                            let mut second = sums.seconds[at].row_mut(0);
                            second += &squares;
                        }
                    }
                }
            },
            |total, part| {
                total.weights += &part.weights;
                total.firsts += &part.firsts;
                for (total, part) in total.seconds.iter_mut().zip(part.seconds) {
                    *total += &part;
                }
                total.log_likelihood += part.log_likelihood;
            },
        )?)
    }

    /// The distributions that make these sums most likely. One that no row counts in keeps its place and weighs 0.
    pub fn components(
        &self,
        before: &[Component],
        least_variance: f64,
        task: &Task,
    ) -> Result<Vec<Component>, Error> {
        let total = self.weights.sum();
        let rows = self.weights.iter().zip(self.firsts.rows());
        rows.zip(&self.seconds)
            .zip(before)
            .map(|(((&weight, first), second), before)| {
                task.check()?;
                if weight <= LEAST_ROWS {
                    return Ok(Component {
                        weight: 0.0,
                        ..before.clone()
                    });
                }
                let moved = &first / weight;
                let shape = if second.nrows() == 1 {
                    let squares = &second.row(0) / weight - &moved * &moved;
                    let variances = squares.mapv(|square| square.max(0.0) + least_variance);
                    let floor = f64::MIN_POSITIVE;
                    Shape::Diagonal(variances.mapv(|value| value.max(floor).sqrt().recip()))
                } else {
                    let mut covariance = second / weight;
                    for (row, a) in moved.iter().enumerate() {
                        for (column, b) in moved.iter().enumerate() {
                            covariance[(row, column)] -= a * b;
                        }
                    }
                    Shape::Full(inverse_factor(covariance, least_variance)?)
                };
                Ok(Component {
                    weight: weight / total,
                    mean: &before.mean + &moved,
                    shape,
                })
            })
            .collect()
    }
}

/// L⁻¹ of covariance + `least` on its diagonal; where that is not positive definite, of the least more that is.
fn inverse_factor(mut covariance: Array2<f64>, least: f64) -> Result<Array2<f64>, Error> {
    let n = covariance.nrows();
    for value in covariance.diag_mut() {
        *value = value.max(0.0) + least;
    }
    let largest = covariance.diag().iter().copied().fold(least, f64::max);
    let mut more = if largest > 0.0 { largest * 1e-14 } else { 1.0 };
    for _ in 0..20 {
        if let Some(factor) = cholesky(&covariance) {
            return Ok(inverse(&factor));
        }
        for at in 0..n {
            covariance[(at, at)] += more;
        }
        more *= 10.0;
    }
    Err(Error::Numeric(
        "the covariances of a component are no numbers".to_owned(),
    ))
}

fn cholesky(matrix: &Array2<f64>) -> Option<Array2<f64>> {
    let n = matrix.nrows();
    let mut lower = Array2::<f64>::zeros((n, n));
    for row in 0..n {
        for column in 0..=row {
            let (a, b) = (lower.row(row), lower.row(column));
            let sum = (0..column).fold(0.0, |sum, k| sum + a[k] * b[k]);
            let left = matrix[(row, column)] - sum;
            lower[(row, column)] = if row == column {
                // What is left of a sum of others is rounding.
                if left.is_nan() || left <= matrix[(row, row)] * 1e-13 {
                    return None;
                }
                left.sqrt()
            } else {
                left / lower[(column, column)]
            };
        }
    }
    Some(lower)
}

/// Of a lower triangular matrix.
fn inverse(lower: &Array2<f64>) -> Array2<f64> {
    let n = lower.nrows();
    let mut found = Array2::<f64>::zeros((n, n));
    for column in 0..n {
        found[(column, column)] = lower[(column, column)].recip();
        for row in column + 1..n {
            let sum = (column..row).fold(0.0, |sum, k| sum + lower[(row, k)] * found[(k, column)]);
            found[(row, column)] = -sum / lower[(row, row)];
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_factor_undoes_the_covariance() -> Result<(), Error> {
        let covariance = ndarray::arr2(&[[4.0, 2.0, 0.6], [2.0, 3.0, 0.4], [0.6, 0.4, 0.5]]);
        let inverse = inverse_factor(covariance.clone(), 0.0)?;
        let one = inverse.dot(&covariance).dot(&inverse.t());
        for ((row, column), value) in one.indexed_iter() {
            let wanted = f64::from(u8::from(row == column));
            assert!((value - wanted).abs() < 1e-12, "{one}");
        }
        // Twice the same feature has no inverse, until its variance grows a little.
        let twice = ndarray::arr2(&[[1.0, 1.0], [1.0, 1.0]]);
        assert!(
            inverse_factor(twice, 0.0)?
                .iter()
                .all(|value| value.is_finite())
        );
        Ok(())
    }
}
