//! What a recipe learnt.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::InputColumn;
use super::step::{DatePart, DateUnit};

/// A recipe with what it learnt from the training rows.
///
/// Numbers are computed in f64 and rounded to f32 once, at the end; the exported graph does the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FittedRecipe {
    pub schema: u32,
    pub inputs: Vec<InputColumn>,
    /// One entry per column and step, in the order of application.
    pub steps: Vec<FittedStep>,
    /// Names of the features in matrix order: inputs in their order, what was made of a column in its place (a category
    /// as `column=category`), ratios and products at the end.
    pub features: Vec<String>,
    /// Whether its model takes missing numbers.
    #[serde(default, skip_serializing_if = "Missing::is_refused")]
    #[ts(as = "Option<Missing>", optional)]
    pub missing: Missing,
}

/// What becomes of a number that no step filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The row has no features.
    #[default]
    Refused,
    /// NaN reaches the model.
    Kept,
}

impl Missing {
    fn is_refused(&self) -> bool {
        *self == Self::Refused
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum FittedStep {
    /// Adds `name` behind the column: 1 where it is missing, else 0.
    MissingFlag {
        column: String,
        name: String,
    },
    ImputeNumber {
        column: String,
        value: f64,
    },
    ImputeText {
        column: String,
        value: String,
    },
    Standardise {
        column: String,
        mean: f64,
        std: f64,
    },
    /// (x − min) / (max − min); of equal ones x − min.
    MinMax {
        column: String,
        min: f64,
        max: f64,
    },
    /// (x − median) / interquartile_range.
    Robust {
        column: String,
        median: f64,
        interquartile_range: f64,
    },
    YeoJohnson {
        column: String,
        lambda: f64,
    },
    Log {
        column: String,
    },
    Square {
        column: String,
    },
    OneHot {
        column: String,
        categories: Vec<String>,
        /// The feature of every value that is none of the categories.
        #[serde(default)]
        rare: Option<String>,
    },
    Ordinal {
        column: String,
        categories: Vec<String>,
    },
    Frequency {
        column: String,
        categories: Vec<String>,
        shares: Vec<f64>,
    },
    Target {
        column: String,
        categories: Vec<String>,
        /// One for a number or two classes, else one per class.
        outputs: Vec<TargetMeans>,
    },
    Hash {
        column: String,
        categories: Vec<String>,
        /// Per category.
        buckets: Vec<u32>,
        n_buckets: u32,
    },
    /// x is in the bin of its number of edges ≤ x. Ascending, distinct.
    Bins {
        column: String,
        edges: Vec<f64>,
        one_hot: bool,
    },
    Ratio {
        name: String,
        numerator: String,
        denominator: String,
    },
    Product {
        name: String,
        left: String,
        right: String,
    },
    DateParts {
        column: String,
        unit: DateUnit,
        parts: Vec<DatePart>,
    },
    /// Adds `name` behind the column: how many words it has.
    TextLength {
        column: String,
        name: String,
    },
    Tfidf {
        column: String,
        words: Vec<String>,
        /// Per word.
        weights: Vec<f64>,
    },
    Pca {
        /// Of the components: `<name>_1`, `<name>_2` …
        name: String,
        columns: Vec<String>,
        /// Per feature of the columns.
        means: Vec<f64>,
        /// Per component, a weight per feature of the columns.
        components: Vec<Vec<f64>>,
        /// Per component, its share of the variance of the columns, 0 to 1.
        shares: Vec<f64>,
    },
    /// A column, or one feature of a column of categories.
    Drop {
        column: String,
        reason: String,
    },
}

/// What each category becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TargetMeans {
    /// Of the feature.
    pub name: String,
    /// Per category.
    pub means: Vec<f64>,
    /// Of every other value.
    pub otherwise: f64,
}
