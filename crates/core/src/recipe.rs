//! Recipes: how raw columns become features. Fitted on training rows only; every step has an ONNX form.

mod recommend;
mod validate;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::schema::ColumnType;

pub use recommend::recommend;
pub use validate::{RecipeError, validate};

pub const RECIPE_SCHEMA: u32 = 1;

/// An unfitted recipe: which columns are used and what is done to them, step after step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Recipe {
    pub schema: u32,
    /// The raw columns that enter; a column that is not named here is not used.
    pub inputs: Vec<InputColumn>,
    /// Applied in order, each to the columns it names. At the end every column must be numeric.
    pub steps: Vec<Step>,
    /// Columns of the data set that were left out, each with its reason.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InputColumn {
    pub name: String,
    pub kind: ColumnType,
}

impl InputColumn {
    /// Whether it enters the graph as text (else as a number; booleans are 0 and 1).
    pub fn is_text(&self) -> bool {
        self.kind == ColumnType::Text
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOut {
    pub column: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Fills missing values.
    Impute {
        columns: Vec<String>,
        strategy: ImputeStrategy,
    },
    /// (x − mean) / population standard deviation of the training rows; a constant column becomes 0.
    Standardise { columns: Vec<String> },
    /// One feature per category of the training rows, the `max_categories` most frequent (ties in text order),
    /// sorted; any other value, a missing one too, is all zeros.
    OneHot {
        columns: Vec<String>,
        max_categories: u32,
    },
    /// A category's position: in `order`, or in text order of the training rows when it is empty. Any other value
    /// is −1.
    Ordinal {
        columns: Vec<String>,
        #[serde(default)]
        order: Vec<String>,
    },
    /// Numeric columns as they are. Says so plainly; does nothing.
    Passthrough { columns: Vec<String> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "strategy", rename_all = "snake_case")]
pub enum ImputeStrategy {
    /// Numbers only.
    Mean,
    /// Numbers only.
    Median,
    /// The most frequent value; the smallest wins a tie.
    Mode,
    /// Read as a number for numeric columns.
    Constant { value: String },
}

impl Step {
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Impute { columns, .. }
            | Self::Standardise { columns }
            | Self::OneHot { columns, .. }
            | Self::Ordinal { columns, .. }
            | Self::Passthrough { columns } => columns,
        }
    }
}

/// A recipe with what it learnt from the training rows.
///
/// Numbers are computed in f64 and rounded to f32 once, at the end; the exported graph does the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FittedRecipe {
    pub schema: u32,
    pub inputs: Vec<InputColumn>,
    /// One entry per column and step, in the order of application.
    pub steps: Vec<FittedStep>,
    /// Names of the features in matrix order: inputs in their order, a one-hot column as `column=category`.
    pub features: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum FittedStep {
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
    OneHot {
        column: String,
        categories: Vec<String>,
    },
    Ordinal {
        column: String,
        categories: Vec<String>,
    },
}

impl FittedStep {
    pub fn column(&self) -> &str {
        match self {
            Self::ImputeNumber { column, .. }
            | Self::ImputeText { column, .. }
            | Self::Standardise { column, .. }
            | Self::OneHot { column, .. }
            | Self::Ordinal { column, .. } => column,
        }
    }
}
