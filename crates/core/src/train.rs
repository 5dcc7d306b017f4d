//! What is to be trained, and the catalogue entries that forms and help are made from.

mod around;
mod split;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::ExperimentName;
use crate::recipe::Recipe;
use crate::reference::Reference;

pub use around::{CalibrationMethod, TargetTransform};
pub use split::{CvSpec, CvWindow, SplitMethod, SplitSpec};

pub const TRAIN_SPEC_SCHEMA: u32 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    Binary,
    Multiclass,
    Regression,
    /// Rows are put into groups that no target names.
    Clustering,
    /// Rows that are unlike the others are found.
    Anomaly,
    /// Rows get a place among few coordinates.
    Embedding,
}

impl ProblemKind {
    pub fn is_classification(self) -> bool {
        matches!(self, Self::Binary | Self::Multiclass)
    }

    /// Whether rows come with an answer to learn from.
    pub fn has_target(self) -> bool {
        matches!(self, Self::Binary | Self::Multiclass | Self::Regression)
    }
}

/// Everything that decides the outcome of a training run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TrainSpec {
    #[serde(default = "train_spec_schema")]
    pub schema: u32,
    pub dataset: Reference,
    /// Empty for an algorithm that learns without one.
    #[serde(default)]
    pub target: String,
    /// Without a target: a column of groups, or of anomalies, known from elsewhere. It is no feature and no fit sees it;
    /// the answers for the test rows are compared with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub labels: Option<String>,
    /// A name of the catalogue; `None`: `random_forest`.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// Parameters that are not named take the catalogue's default.
    #[serde(default)]
    pub params: BTreeMap<String, ParamValue>,
    /// `None`: made from the profile.
    #[serde(default)]
    pub recipe: Option<Recipe>,
    /// A recipe of the lab, `name` or `name@version`, in the place of `recipe`. A run's record names the version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub named_recipe: Option<Reference>,
    #[serde(default)]
    pub split: SplitSpec,
    /// A column of numbers from 0 up: a row of weight 2 counts as two rows in every fit. It is no feature, and metrics
    /// count each row once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub weight: Option<String>,
    /// Classes only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub calibrate: Option<CalibrationMethod>,
    /// Numbers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub target_transform: Option<TargetTransform>,
    /// Cross-validation folds on the training rows, 2 to 100; `None`: no cross-validation.
    #[serde(default)]
    pub cv_folds: Option<u32>,
    /// How the folds are made.
    #[serde(default, skip_serializing_if = "CvSpec::is_default")]
    #[ts(as = "Option<CvSpec>", optional)]
    pub cv: CvSpec,
    /// Parameters among which folds inside the training rows choose, each laid over `params`; empty: nothing is chosen.
    /// With a cross-validation every fold chooses anew, so that its score is that of the choice too (nested).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<BTreeMap<String, ParamValue>>>", optional)]
    pub candidates: Vec<BTreeMap<String, ParamValue>>,
    /// Points of a learning curve, 2 to 20; `None`: none is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub learning_curve: Option<u32>,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub experiment: Option<ExperimentName>,
    /// `None`: made from the algorithm and a number.
    #[serde(default)]
    pub run_name: Option<String>,
    /// Why it is trained although the data breaks its expectations; `None`: then it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub override_expectations: Option<String>,
}

impl TrainSpec {
    /// The column that is known and no feature: the target, or the labels of a run without one; empty for neither.
    pub fn known_column(&self) -> &str {
        if self.target.is_empty() {
            self.labels.as_deref().unwrap_or_default()
        } else {
            &self.target
        }
    }

    pub fn algorithm_name(&self) -> &str {
        self.algorithm.as_deref().unwrap_or("random_forest")
    }
}

fn train_spec_schema() -> u32 {
    TRAIN_SPEC_SCHEMA
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum ParamValue {
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl std::fmt::Display for ParamValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// One entry of the algorithm catalogue, as forms and help show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AlgorithmInfo {
    pub name: String,
    /// `Random forest`
    pub title: String,
    /// What it is grouped under: `Trees`
    pub family: String,
    pub help: String,
    pub problems: Vec<ProblemKind>,
    /// Whether rows may weigh differently in the fit.
    pub takes_weights: bool,
    /// Whether features may be missing, so that the recipe need not impute them.
    pub takes_missing: bool,
    pub params: Vec<ParamInfo>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ParamInfo {
    pub name: String,
    pub help: String,
    pub default: ParamValue,
    pub range: ParamRange,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ParamRange {
    /// Inclusive.
    Integer {
        min: i64,
        max: i64,
    },
    /// Inclusive.
    Float {
        min: f64,
        max: f64,
    },
    Choice {
        options: Vec<String>,
    },
    Bool,
    /// Text: up to `max` names of algorithms with commas between, each with its parameters in parentheses:
    /// `ridge,random_forest(n_estimators=50,max_depth=4)`; `auto`: the algorithm's own choice.
    Algorithms {
        max: u32,
    },
    /// Text: numbers over 0 with commas between; empty: the algorithm's own choice.
    Numbers,
}

/// `1 to 64`, `gini, entropy`
impl std::fmt::Display for ParamRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer { min, max } => write!(f, "{min} to {max}"),
            Self::Float { min, max } => write!(f, "{min} to {max}"),
            Self::Choice { options } => f.write_str(&options.join(", ")),
            Self::Bool => f.write_str("true, false"),
            Self::Algorithms { max: 1 } => f.write_str("an algorithm"),
            Self::Algorithms { max } => write!(f, "up to {max} algorithms"),
            Self::Numbers => f.write_str("numbers over 0"),
        }
    }
}
