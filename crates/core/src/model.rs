//! A trained model as plain data. It crosses crates in this form and is saved as ONNX alone.

mod calibration;
mod inverse;
mod isotonic;

pub use calibration::{Calibration, LEAST_PROBABILITY, Piece, Score, SigmoidCurve, logarithm};
pub use inverse::{Inverse, InverseCurve};
pub use isotonic::{Pool, Scored, rising_pools};

use crate::schema::ColumnType;

/// A model over the features of a [`crate::recipe::FittedRecipe`].
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub n_features: usize,
    /// What it answers: classes (with the type of the target column) or numbers.
    pub output: Output,
    pub form: Form,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// At least two classes, in the order of the target; or clusters, of which one may be all.
    Classes {
        classes: Vec<String>,
        kind: ColumnType,
    },
    Value,
    /// A place among few coordinates.
    Coordinates {
        /// At least 1.
        n_components: usize,
    },
}

/// How the answer is computed, here and in the exported graph alike: features are f32; sums are taken in f64 and
/// rounded to f32 once, within the range of f32; logistic and softmax start from that f32 sum, in f64; for the
/// mean of the leaves each is divided by the number of trees in f32, and these are added up in f64. Answers are f32 in the end, and
/// [`crate::matrix::most_probable`] says which class they mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// y = x · coefficients + intercept.
    Linear {
        coefficients: Vec<f32>,
        intercept: f32,
    },
    /// y = exp(x · coefficients + intercept), taken in f64 from the rounded sum, within the range of f32.
    LogLinear {
        coefficients: Vec<f32>,
        intercept: f32,
    },
    /// Binary: one row of coefficients, P(class 1) = 1 / (1 + exp(−z)). More classes: one row a class,
    /// P = softmax(z). Class-major.
    Logistic {
        coefficients: Vec<Vec<f32>>,
        intercepts: Vec<f32>,
    },
    /// The same, of features that are 1 when they are over the threshold and else 0.
    Threshold {
        threshold: f32,
        coefficients: Vec<Vec<f32>>,
        intercepts: Vec<f32>,
    },
    /// Normal features: z of a class = its constant − ½ Σ (x − mean)² · precision, P = softmax(z), for two classes too.
    /// Class-major.
    Gaussian {
        means: Vec<Vec<f64>>,
        /// 1 / variance.
        precisions: Vec<Vec<f64>>,
        constants: Vec<f64>,
    },
    /// Normal features that may go together: z of a class = its constant − ½ Σ over the columns of its factor of
    /// ((x − mean) · column)², P = softmax(z), for two classes too. A single class has the probability 1. Class-major.
    Mixture {
        means: Vec<Vec<f64>>,
        /// F with F Fᵀ = covariance⁻¹; the columns of F one after the other, n_features numbers each.
        factors: Vec<Vec<f64>>,
        constants: Vec<f64>,
    },
    /// Coordinate = (x − origin) · component.
    Projection {
        /// n_features.
        origin: Vec<f64>,
        /// n_components x n_features.
        components: Vec<Vec<f64>>,
    },
    /// The class of the nearest stored row has the probability 1 when that row is no farther than the radius; else
    /// the last class, noise, has. Distances are those of [`Form::Neighbours`], Euclidean; of equally near rows the one
    /// stored first is nearer.
    Reach {
        /// Row-major, n_stored x n_features; may be none.
        rows: Vec<f32>,
        /// n_stored; under the number of classes less one.
        clusters: Vec<u32>,
        /// Compared with the rounded sum of squares.
        radius_squared: f32,
    },
    /// The class of the nearest centre has the probability 1. In f64: nearness of a centre = (x − origin) · (centre −
    /// origin) − ½ |centre − origin|²; of those within 1e-12 of the largest, as a share of it, the first is nearest.
    Nearest {
        /// Where the centres lie, so that features far from zero keep their digits.
        origin: Vec<f64>,
        /// Less the origin. Class-major.
        centres: Vec<Vec<f64>>,
    },
    /// The mean of the leaves that a row falls into, taken as the f32 sum of `value / n_trees`. Trees that Assay grew
    /// make that sum exact in every order.
    Trees { trees: Vec<Tree> },
    /// Sums of leaves, one a class or, for two classes and for numbers, a single one. Sum j starts at `offsets[j]`;
    /// a leaf of tree t with k values adds them to the sums from number (t · k) mod n_sums on.
    Boosted {
        trees: Vec<Tree>,
        offsets: Vec<f32>,
        link: Link,
    },
    /// The nearest of stored rows. A distance is the sum over the features, in f64, of (x − stored)² or |x − stored|,
    /// rounded to f32 within its range; of equally near rows the one stored first is nearer. The answer is the weighted
    /// mean, in f64, of the answers of the nearest `n_neighbours`.
    Neighbours {
        /// Row-major, n_stored x n_features.
        rows: Vec<f32>,
        /// Row-major, n_stored x n_outputs: 1 for the row's class and 0 for the others, or the row's value.
        answers: Vec<f32>,
        n_neighbours: u32,
        distance: Distance,
        weighting: Weighting,
    },
    /// Decisions Σ coefficient · K(vector, x) + intercept, one for every row of `coefficients`: in f64, rounded to f32
    /// within its range.
    Kernel {
        kernel: Kernel,
        /// Row-major, n_vectors x n_features.
        vectors: Vec<f32>,
        /// n_decisions rows of n_vectors numbers.
        coefficients: Vec<Vec<f64>>,
        /// n_decisions.
        intercepts: Vec<f64>,
        decisions: Decisions,
    },
    /// The median of the leaves, which have one value each: of the values in ascending order the first at which the
    /// weights up to it reach half of all. Invariant: weights are whole numbers over 0 whose sum is exact in f64.
    Median { trees: Vec<Tree>, weights: Vec<f64> },
    /// The answers of another classifier, calibrated; rounded to f32.
    Calibrated {
        base: Box<Model>,
        calibration: Calibration,
    },
    /// The answer of another model of numbers, on the scale of the target; within the range of f32.
    Transformed { base: Box<Model>, inverse: Inverse },
    /// Σ weight · answer over members with the same output, in f64, rounded to f32 within its range. Weights sum to 1.
    Vote {
        members: Vec<Model>,
        weights: Vec<f64>,
    },
    /// The answer of `last` to what the members answer, side by side: a value, or the probabilities of all classes
    /// (of two: of the second alone).
    Stack {
        members: Vec<Model>,
        last: Box<Model>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Compared as its square.
    Euclidean,
    Manhattan,
}

/// What a neighbour counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weighting {
    Uniform,
    /// 1 / distance, the square root of the rounded sum for a Euclidean one; when there are neighbours at no distance,
    /// they alone count, and alike.
    Distance,
}

/// A similarity of two rows a and b, in f64.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kernel {
    /// a · b.
    Linear,
    /// exp(−gamma · |a − b|²).
    Rbf { gamma: f64 },
    /// (gamma · a · b + offset)^degree.
    Polynomial {
        gamma: f64,
        offset: f64,
        /// 1 to 10.
        degree: u32,
    },
}

impl Kernel {
    /// Of rows of one length.
    pub fn of(self, a: &[f32], b: &[f32]) -> f64 {
        let pairs = || {
            let narrow = a.iter().zip(b);
            narrow.map(|(&a, &b)| (f64::from(a), f64::from(b)))
        };
        let dot = || pairs().fold(0.0, |sum, (a, b)| sum + a * b);
        match self {
            Self::Linear => dot(),
            Self::Rbf { gamma } => {
                let apart = pairs().fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b));
                (-gamma * apart).exp()
            }
            Self::Polynomial {
                gamma,
                offset,
                degree,
            } => (gamma * dot() + offset).powi(degree as i32),
        }
    }
}

/// What decisions mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Decisions {
    /// The only one is the answer.
    Value,
    /// Each is between two classes; the probability of a class is the mean over all pairs of what it gets of them.
    Pairs(Vec<ClassPair>),
}

/// P(second of the two) = 1 / (1 + exp(−(slope · decision + shift))), the rest is the first's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassPair {
    pub first: u32,
    pub second: u32,
    pub slope: f64,
    pub shift: f64,
}

/// From a sum z to the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// z.
    Identity,
    /// exp(z), at most the largest f32.
    Exp,
    /// P(class 1) = 1 / (1 + exp(−z)).
    Logistic,
    /// P = softmax(z).
    Softmax,
    /// P(class 1) = 2^(−z) for z from 0 up.
    Halving,
}

/// See [`Form::Nearest`].
pub const NEAREST_TOLERANCE: f64 = 1e-12;

/// A binary tree; node 0 is the root.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Goes left when `x[feature] <= threshold`, or when it is missing (NaN) and `missing_left`. Invariants: children
    /// come after their parent, the threshold is finite.
    Split {
        feature: u32,
        threshold: f32,
        missing_left: bool,
        left: u32,
        right: u32,
        /// How much the split improved the fit of the training rows, in a unit of the algorithm's own; at least 0.
        /// No answer depends on it.
        gain: f32,
    },
    /// Class probabilities (one per class; over the trees of a row they sum to n_trees, in one leaf to 1 within
    /// n_trees / 2^23), or one value for regression; what is added to the sums for boosted trees.
    Leaf { values: Vec<f32> },
}

impl Model {
    /// Each feature's share of what all splits gained, n_features numbers with the sum 1 (all 0 when there was no
    /// split); for the mean of trees every tree counts alike, for their median by its weight. `None` for models without trees
    /// of their own.
    ///
    /// For trees grown by impurity this is the mean decrease in impurity (Breiman 2001), for boosted ones the total
    /// gain.
    pub fn importances(&self) -> Option<Vec<f64>> {
        let model = self.innermost();
        let (trees, weights, counts_alike) = match &model.form {
            Form::Trees { trees } => (trees, None, true),
            Form::Median { trees, weights } => (trees, Some(weights), true),
            Form::Boosted { trees, .. } => (trees, None, false),
            _ => return None,
        };
        let mut total = vec![0.0; model.n_features];
        for (number, tree) in trees.iter().enumerate() {
            let weight = weights.and_then(|weights| weights.get(number));
            let mut of_tree = vec![0.0; self.n_features];
            for node in &tree.nodes {
                if let Node::Split { feature, gain, .. } = node
                    && let Some(sum) = of_tree.get_mut(*feature as usize)
                {
                    *sum += f64::from(*gain);
                }
            }
            if counts_alike {
                normalise(&mut of_tree);
            }
            for (sum, gain) in total.iter_mut().zip(of_tree) {
                *sum += weight.copied().unwrap_or(1.0) * gain;
            }
        }
        normalise(&mut total);
        Some(total)
    }

    /// The model whose answers are calibrated or transformed; itself, where nothing is.
    pub fn innermost(&self) -> &Self {
        match &self.form {
            Form::Calibrated { base, .. } | Form::Transformed { base, .. } => base.innermost(),
            _ => self,
        }
    }

    /// Numbers that it answers a row with: one a class, one a coordinate, or one.
    pub fn n_outputs(&self) -> usize {
        match &self.output {
            Output::Classes { classes, .. } => classes.len(),
            Output::Value => 1,
            Output::Coordinates { n_components } => *n_components,
        }
    }
}

fn normalise(shares: &mut [f64]) {
    let sum: f64 = shares.iter().sum();
    if sum > 0.0 {
        for share in shares {
            *share /= sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump(feature: u32, gain: f32) -> Tree {
        let leaf = || Node::Leaf { values: vec![0.0] };
        let root = Node::Split {
            feature,
            threshold: 0.0,
            missing_left: false,
            left: 1,
            right: 2,
            gain,
        };
        Tree {
            nodes: vec![root, leaf(), leaf()],
        }
    }

    #[test]
    fn importances_are_shares_of_the_gain() {
        let model = |form| Model {
            n_features: 3,
            output: Output::Value,
            form,
        };
        let trees = || vec![stump(0, 3.0), stump(2, 1.0)];
        let boosted = Form::Boosted {
            trees: trees(),
            offsets: vec![0.0],
            link: Link::Identity,
        };
        let linear = Form::Linear {
            coefficients: vec![1.0; 3],
            intercept: 0.0,
        };
        let table = [
            (Form::Trees { trees: trees() }, Some(vec![0.5, 0.0, 0.5])),
            (boosted, Some(vec![0.75, 0.0, 0.25])),
            (
                Form::Trees {
                    trees: vec![stump(1, 0.0)],
                },
                Some(vec![0.0; 3]),
            ),
            (linear, None),
        ];
        for (form, wanted) in table {
            assert_eq!(model(form).importances(), wanted);
        }
    }
}
