//! Drift: the sketch of a reference, distances and tests against a window, and the verdict.

mod accumulate;
mod bins;
mod cells;
pub mod challenge;
mod chi_square;
mod compare;
mod correction;
pub mod detectors;
mod ecdf;
mod encoded;
pub mod estimate;
pub(crate) mod findings;
mod judge;
mod kolmogorov;
mod methods;
pub mod multivariate;
mod own;
pub mod quality;
mod rule;
mod rulings;
mod sentences;
mod settings;
mod sketch;
mod steps;
mod watch;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::profile::Histogram;

pub use accumulate::{Dictionary, MAX_KEPT, MAX_TEXTS, MIN_KEPT, SketchBuilder, rank_error};
pub use bins::{OTHER_CATEGORIES, bins, bins_over, bins_over_sketch, counts, reference_counts};
pub use compare::{compare_column, compare_columns, compare_values, compare_window};
pub use ecdf::Ecdf;
pub use encoded::{DamagedSketches, decode_sketches, encode_sketches};
pub use findings::findings;
pub use judge::{MIN_VALUES, judge, judge_windows, verdicts, window_verdict};
pub(crate) use methods::jensen_shannon;
pub use methods::{
    ColumnKind, Decides, Limits, Measured, Method, MethodError, Mode, default_method, measure,
};
pub use rule::{
    CALIBRATION_DEVIATIONS, ColumnLimits, ColumnRule, Correction, CorrectionScope, DriftRule,
    LimitOverride,
};
pub use rulings::{CellMeasure, Ruling, Why, rulings};
pub use sentences::{cell_sentence, rule_sentence, verdict_sentence};
pub use settings::{DriftSettings, SettingFault};
pub use sketch::{sketch_column, sketch_reference};
pub(crate) use steps::distance as kolmogorov_smirnov;
pub use watch::{LossModel, WatchReference};

pub const SKETCH_SCHEMA: u32 = 1;

/// What a model version remembers of the rows it was trained on. Travels with it as `reference.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReferenceSketch {
    pub schema: u32,
    pub n_rows: u64,
    /// The model's inputs in their order, then `prediction` (the model's own on rows it had not seen, where they are like
    /// the training rows) and `target`.
    pub columns: Vec<ColumnSketch>,
    /// What no column shows alone; `None` in versions of an older Assay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub watch: Option<Box<WatchReference>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnSketch {
    pub name: String,
    pub n_rows: u64,
    pub n_missing: u64,
    pub shape: SketchShape,
    /// How far the reference's own stretches lie from the whole; `None` when it has too few rows to cut.
    #[serde(default)]
    pub own: Option<OwnDistances>,
    /// The same of every method and mode that a limit can be calibrated for; empty in sketches of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_by_method: Vec<MethodDistances>,
}

/// How far the reference's own stretches lie from it, by one method of one mode.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct MethodDistances {
    pub mode: Mode,
    pub method: Method,
    pub distances: OwnDistances,
}

/// Distances of consecutive stretches of the reference from all of it: what is ordinary here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct OwnDistances {
    pub n_stretches: u32,
    pub mean: f64,
    /// Sample standard deviation; in NannyML's mode that of the population, as there.
    pub std: f64,
}

impl ColumnSketch {
    /// `None` where there is no value.
    pub fn kind(&self) -> Option<ColumnKind> {
        match self.shape {
            SketchShape::Numeric { .. } => Some(ColumnKind::Numeric),
            SketchShape::Categorical { .. } => Some(ColumnKind::Categorical),
            SketchShape::Empty => None,
        }
    }

    pub fn is_numeric(&self) -> bool {
        matches!(self.shape, SketchShape::Numeric { .. })
    }

    /// The reference holds one value only (besides missing ones).
    pub fn is_constant(&self) -> bool {
        match &self.shape {
            SketchShape::Numeric { min, max, .. } => min == max,
            SketchShape::Categorical {
                values, n_other, ..
            } => values.len() == 1 && *n_other == 0,
            SketchShape::Empty => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SketchShape {
    Numeric {
        min: f64,
        max: f64,
        mean: f64,
        /// Sample standard deviation; 0 when constant.
        std: f64,
        /// Ascending distinct values and the number of rows at or below each; all of them when `exact`, else at most
        /// 2,000 that keep every step of the distribution function under 1/2,000 (besides jumps at one value).
        values: Vec<f64>,
        cumulative: Vec<u64>,
        exact: bool,
        /// For pictures and binned distances: deciles-free equal-width bins.
        histogram: Histogram,
    },
    /// By falling count, then by value; at most 1,000, the rest in `n_other`.
    Categorical {
        values: Vec<String>,
        counts: Vec<u64>,
        n_other: u64,
    },
    /// The reference had no value here.
    Empty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Stable,
    /// Nearer to drift than is ordinary.
    Warning,
    Drifted,
    /// Too few values to judge (under 30), or nothing to compare with.
    NotJudged,
}

/// One column of one window against the reference. Measures that do not apply are `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnDrift {
    pub column: String,
    pub n_rows: u64,
    pub n_missing: u64,
    /// Share of missing values in the window less that of the reference.
    pub missing_rise: f64,
    /// What the verdict goes by.
    #[serde(default = "jensen_shannon_method")]
    pub method: Method,
    #[serde(default)]
    pub decides: Decides,
    /// Of `method`.
    #[serde(default)]
    pub statistic: Option<f64>,
    /// How large the difference is, whatever the number of rows; see [`Method::effect_words`].
    #[serde(default)]
    pub effect: Option<f64>,
    /// Distance on the deciles of the reference, base 2, 0 to 1.
    pub jensen_shannon: Option<f64>,
    /// The distance (or, where the p-value decides, the p-value) from which on this column counts as drifted.
    pub limit: f64,
    /// And from which on it is warned of.
    #[serde(default)]
    pub warning_limit: Option<f64>,
    pub psi: Option<f64>,
    /// Kolmogorov-Smirnov, numeric columns.
    pub ks_statistic: Option<f64>,
    /// In units of the reference's standard deviation (of max(std, 0.001) when constant).
    pub wasserstein: Option<f64>,
    /// Chi-square, categorical columns.
    pub chi_square: Option<f64>,
    /// Of `method`, or of the test that confirms it (KS or chi-square).
    pub p_value: Option<f64>,
    /// After the correction of the rule.
    pub p_adjusted: Option<f64>,
    /// Values outside the reference's range, or categories it did not hold.
    pub n_outside: u64,
    /// Distinct values (numeric, for constant references) or categories that the reference did not hold.
    pub n_unseen: u64,
    /// Every method of the mode, where the rule asks for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<MethodMeasure>>", optional)]
    pub every_method: Vec<MethodMeasure>,
    pub verdict: Verdict,
    /// Why, in words: `distance 0.738 over 0.1 and p 4e-128`, `a constant moved`, `missing rose by 12.0 %`.
    pub reason: String,
}

/// One of several methods on one cell; it decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct MethodMeasure {
    pub method: Method,
    #[serde(flatten)]
    pub measured: Measured,
}

/// Where the scale of [`ColumnDrift::times_limit`] ends.
const MOST_LIMITS: f64 = 10.0;

impl ColumnDrift {
    /// How far from the reference in multiples of the limit, whatever the method; of a p-value, the power of the limit
    /// that it is. Nothing tells cells over ten apart.
    pub fn times_limit(&self) -> Option<f64> {
        let times = if self.decides == Decides::PValue {
            let p = self.p_adjusted.or(self.p_value)?;
            p.max(f64::MIN_POSITIVE).ln() / self.limit.ln()
        } else {
            self.statistic.or(self.jensen_shannon)? / self.limit
        };
        times.is_finite().then(|| times.clamp(0.0, MOST_LIMITS))
    }
}

fn jensen_shannon_method() -> Method {
    Method::JensenShannon
}
