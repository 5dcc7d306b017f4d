//! A trained model as plain data. It crosses crates in this form and is saved as ONNX alone.

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
    /// At least two classes, in the order of the target.
    Classes {
        classes: Vec<String>,
        kind: ColumnType,
    },
    Value,
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
    /// The mean of the leaves that a row falls into, taken as the f32 sum of `value / n_trees`. Trees that Assay grew
    /// make that sum exact in every order.
    Trees { trees: Vec<Tree> },
}

/// A binary tree; node 0 is the root.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Goes left when `x[feature] <= threshold`. Invariant: children come after their parent.
    Split {
        feature: u32,
        threshold: f32,
        left: u32,
        right: u32,
    },
    /// Class probabilities (one per class; over the trees of a row they sum to n_trees, in one leaf to 1 within
    /// n_trees / 2^23), or one value for regression.
    Leaf { values: Vec<f32> },
}
