//! Recipes: how raw columns become features. Fitted on training rows only; every step has an ONNX form.

mod calendar;
mod components;
mod fitted;
mod op;
mod plan;
mod recommend;
mod step;
mod validate;
mod without;
mod words;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::schema::ColumnType;

pub use components::{Components, components_name};
pub use fitted::{FittedRecipe, FittedStep, Missing, TargetMeans};
pub use op::Op;
pub use plan::{Categories, Number, OneHot, Plan, PlanError, Planned, Source, Text, Value};
pub use recommend::recommend;
pub use step::{
    BinEncoding, BinMethod, DatePart, DateUnit, ImputeStrategy, Step, missing_name, n_words_name,
};
pub use validate::{RecipeError, validate};
pub use words::{MAX_WORDS, WordWeigher, Words, words_of};

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

impl Recipe {
    /// Whether a step looks at the target.
    pub fn needs_target(&self) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| matches!(step, Step::Target { .. }))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InputColumn {
    pub name: String,
    pub kind: ColumnType,
}

impl InputColumn {
    /// Whether it enters the graph as text. Else as a number: booleans as 0 and 1, dates as days and date-times as
    /// microseconds since 1970-01-01.
    pub fn is_text(&self) -> bool {
        self.kind == ColumnType::Text
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LeftOut {
    pub column: String,
    pub reason: String,
}
