//! AdaBoost for numbers: AdaBoost.R2 with a linear loss (Drucker 1997), as scikit-learn has it.
//!
//! Every tree grows on rows drawn by their weights, which shrink where a tree is near; the answer is the median of the
//! trees, each with a weight of its own.

use assay_core::model::Tree;
use assay_core::{Cancelled, Task};
use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, ArrayView2};
use rand_xoshiro::rand_core::RngCore;
use rayon::prelude::*;

use super::ada_boost::{AdaBoostValidParams, normalise, start_weights};
use super::bins;
use super::forest::{plain, stream};
use super::grow::{Grown, GrownNode, Rows, grow};
use super::split::Numbers;
use crate::{Error, data};

/// Weights become whole numbers with this sum, so that sums of them are exact in every order.
const WHOLE: f64 = 1_099_511_627_776.0; // 2^40

/// Rows drawn between two looks at the task.
const DRAWS_A_LOOK: usize = 65_536;

/// Trees whose weighted median is the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighted {
    pub trees: Vec<Tree>,
    /// Whole numbers over 0.
    pub weights: Vec<f64>,
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<f64>, Error> for AdaBoostValidParams {
    type Object = Weighted;

    /// Targets are numbers.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<f64>>,
    ) -> Result<Weighted, Error> {
        let x = *dataset.records();
        let n_rows = x.nrows();
        let mean = data::mean(dataset.targets().view(), dataset.weights());
        let centred = (dataset.targets() - mean).to_vec();
        let features = bins::cut(x, &self.task)?;
        let rows = Rows {
            x: x.to_slice()
                .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?,
            n_features: x.ncols(),
            features: &features,
            objective: Numbers {
                centred: &centred,
                mean,
            },
        };
        let limits = self.limits(x.ncols());
        let mut weights = start_weights(dataset.weights(), n_rows);
        let targets = dataset.targets();
        let mut found: Vec<(Grown, f64)> = Vec::new();
        for number in 0..self.n_estimators {
            self.task
                .step(number as u64, self.n_estimators as u64, "boosting");
            normalise(&mut weights);
            let drawn = draw(&weights, self.seed, number, &self.task)?;
            let samples = rows.samples(n_rows, |row| drawn[row]);
            let tree = grow(rows, limits, samples, None, &self.task)?;
            self.task.check()?;
            let mut losses: Vec<f64> = (0..n_rows)
                .into_par_iter()
                .map(|row| match weights[row] > 0.0 {
                    true => (answer(&tree, rows.x, row * x.ncols()) - targets[row]).abs(),
                    false => 0.0,
                })
                .collect();
            let largest = losses.iter().copied().fold(0.0, f64::max);
            if largest > 0.0 {
                losses.iter_mut().for_each(|loss| *loss /= largest);
            }
            let error: f64 = weights.iter().zip(&losses).map(|(w, loss)| w * loss).sum();
            self.task.metric("train.error", error, number as u64 + 1);
            if error <= 0.0 {
                // It is never wrong: its word ends the matter.
                found.push((tree, 1.0));
                break;
            }
            if error >= 0.5 {
                if found.is_empty() {
                    self.task
                        .warn("no tree is better than a guess; the answer is a single tree's");
                    found.push((tree, 1.0));
                }
                break;
            }
            let share = error / (1.0 - error);
            for (weight, loss) in weights.iter_mut().zip(&losses) {
                *weight *= share.powf((1.0 - loss) * self.learning_rate);
            }
            found.push((tree, -self.learning_rate * share.ln()));
        }
        let total: f64 = found.iter().map(|(_, weight)| weight).sum();
        let weights = found.iter().map(|(_, weight)| weight / total * WHOLE);
        Ok(Weighted {
            weights: weights.map(|weight| weight.round().max(1.0)).collect(),
            trees: found
                .iter()
                .map(|(tree, _)| plain(tree, |leaf| leaf.iter().map(|&v| v as f32).collect()))
                .collect(),
        })
    }
}

/// How often each row is drawn, as many times as there are rows: each by its weight.
fn draw(weights: &[f64], seed: u64, number: usize, task: &Task) -> Result<Vec<f32>, Cancelled> {
    let mut upto = 0.0;
    let sums: Vec<f64> = weights
        .iter()
        .map(|weight| {
            upto += weight;
            upto
        })
        .collect();
    let mut rng = stream(seed, number);
    let mut drawn = vec![0.0; weights.len()];
    for at in 0..weights.len() {
        if at % DRAWS_A_LOOK == 0 {
            task.check()?;
        }
        let share = (rng.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0; // 2^53
        let row = sums.partition_point(|&sum| sum / upto <= share);
        if let Some(times) = drawn.get_mut(row) {
            *times += 1.0;
        }
    }
    Ok(drawn)
}

/// What the tree says of the row that starts at `start`.
fn answer(tree: &Grown, x: &[f32], start: usize) -> f64 {
    let mut at = 0;
    loop {
        match tree.nodes.get(at) {
            Some(GrownNode::Split {
                feature,
                threshold,
                missing_left,
                left,
                right,
                ..
            }) => {
                let value = x[start + *feature as usize];
                let goes_left = value <= *threshold || (*missing_left && value.is_nan());
                at = if goes_left { *left } else { *right } as usize;
            }
            Some(GrownNode::Leaf(leaf)) => {
                return tree.answer(*leaf).first().copied().unwrap_or_default();
            }
            None => return 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_drawn_by_their_weights() {
        let weights = [0.0, 0.1, 0.2, 0.7];
        let mut drawn = [0.0; 4];
        for number in 0..1_000 {
            for (sum, times) in drawn
                .iter_mut()
                .zip(draw(&weights, 3, number, &Task::silent()).unwrap())
            {
                *sum += f64::from(times) / 4_000.0;
            }
        }
        assert_eq!(drawn[0], 0.0);
        for (share, weight) in drawn.iter().zip(weights) {
            assert!((share - weight).abs() < 0.03, "{drawn:?}");
        }
    }
}
