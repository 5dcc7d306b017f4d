//! What a data set looks like: one profile per version.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::schema::ColumnType;

pub mod association;
mod histogram;
mod likely;
mod numeric;
mod shape;
mod spelling;

pub use likely::{Likely, LikelyKind, Seen, names_an_id};
pub use shape::{is_code_like, is_date_like, is_number_like};
pub use spelling::{Spellings, spellings};

pub const PROFILE_SCHEMA: u32 = 2;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, TS)]
pub struct Profile {
    pub schema: u32,
    pub n_rows: u64,
    /// Cells without a value, over all columns.
    pub n_missing: u64,
    /// Rows that repeat an earlier row in every column.
    pub n_duplicate_rows: u64,
    pub columns: Vec<ColumnProfile>,
    /// How strongly columns go together, pair by pair; a pair of which one is constant, or with too few rows, is left out.
    pub associations: Vec<Association>,
    /// Sentences worth a person's look, the most useful first.
    pub notes: Vec<Note>,
    /// Whether every figure counts every row.
    pub exact: bool,
    /// How exact each group of figures is.
    pub accuracy: Vec<Accuracy>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnProfile {
    pub name: String,
    pub kind: ColumnType,
    pub n_rows: u64,
    pub n_missing: u64,
    /// Distinct values, missing not counted.
    pub n_distinct: u64,
    /// For numeric columns with at least one value. Booleans have none; see `top`.
    pub numeric: Option<NumericProfile>,
    /// The most frequent values, most frequent first, at most 20; for numeric columns of at most 20 distinct
    /// values, and for all others. When not `exact`, only values in at least a thousandth of the rows.
    pub top: Vec<TopValue>,
    /// Earliest and latest, ISO 8601, for dates and date-times; shortest and longest length is `text`.
    pub time: Option<TimeProfile>,
    pub text: Option<TextProfile>,
    /// What the column seems to be for.
    pub likely: Likely,
    /// Whether every figure of the column is exact; else `Profile::accuracy` tells the bounds.
    pub exact: bool,
}

/// Statistics of the finite values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct NumericProfile {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Sample standard deviation (divisor n − 1); 0 for one value.
    pub std: f64,
    /// Third standardised moment, m3 / m2^1.5 with divisor n (scipy's default); `None` for a constant.
    pub skewness: Option<f64>,
    /// Excess kurtosis, m4 / m2² − 3 with divisor n (scipy's default): 0 for a normal distribution; `None` for a constant.
    pub kurtosis: Option<f64>,
    /// Quantiles at [`QUANTILES`], linear interpolation (numpy's default).
    pub quantiles: Vec<f64>,
    pub n_zero: u64,
    pub n_negative: u64,
    /// NaN or infinite; not in the other figures.
    pub n_not_finite: u64,
    /// Values outside of `fences`.
    pub n_outliers: u64,
    /// Tukey's fences: the quartiles less and plus 1.5 times the distance between them.
    pub fences: [f64; 2],
    /// Values more than 3 such distances outside of the quartiles: Tukey's outer fences.
    pub n_far_out: u64,
    pub histogram: Histogram,
}

/// The probabilities of [`NumericProfile::quantiles`].
pub const QUANTILES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// Counts between ascending edges; bin `i` holds `edges[i] <= v < edges[i + 1]`, the last one its right edge too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Histogram {
    /// n + 1 edges for n counts.
    pub edges: Vec<f64>,
    pub counts: Vec<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TopValue {
    pub value: String,
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimeProfile {
    pub min: String,
    pub max: String,
}

/// Lengths in characters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TextProfile {
    pub min_length: u64,
    pub max_length: u64,
    pub mean_length: f64,
}

/// How strongly two columns go together, over the rows in which both have a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Association {
    pub a: String,
    pub b: String,
    pub method: AssociationMethod,
    /// −1 to 1 for the correlations, else 0 to 1.
    pub value: f64,
    /// Rows it was computed on.
    pub n: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AssociationMethod {
    /// Product-moment correlation of two numeric columns.
    Pearson,
    /// Pearson's correlation of the ranks, ties at their mean rank.
    Spearman,
    /// Of two columns of categories, without bias correction (scipy's default).
    CramersV,
    /// η of the categories in `a` on the numbers in `b`: the root of the share of variance between the categories.
    CorrelationRatio,
}

/// Figures that are exact or bounded together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Figures {
    /// Rows, missing values, least and greatest, means, standard deviations, lengths.
    Totals,
    /// Numbers of distinct values.
    Distinct,
    /// Most frequent values.
    Top,
    /// Quantiles, outliers and histograms.
    Quantiles,
    DuplicateRows,
    Associations,
    /// What the notes say of rows and values.
    Notes,
}

/// Whether a group of figures counts every row, and if not, how far off it may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Accuracy {
    pub figures: Figures,
    pub exact: bool,
    /// In words, empty when exact.
    pub bound: String,
}

/// A sentence with the columns and rows it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Note {
    pub kind: NoteKind,
    pub severity: NoteSeverity,
    pub text: String,
    pub columns: Vec<String>,
    /// 1-based, at most 20.
    pub rows: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    EmptyRows,
    DuplicateRows,
    /// Columns that determine one another.
    Leakage,
    /// One value of a column that determines another column.
    PartialLeakage,
    Correlated,
    Spelling,
    NumericText,
    DateText,
    MixedTypes,
    Missing,
    /// Zeros that may stand for missing values.
    Zeros,
    Constant,
    NearConstant,
    LikelyId,
    HighCardinality,
    Imbalance,
    Outliers,
    Skew,
    /// What was left out of the profile itself.
    Scope,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteSeverity {
    /// Good to know.
    Low,
    /// Look before training.
    Medium,
    /// A model trained on it as it stands misleads.
    High,
}

impl ColumnProfile {
    /// Rows that hold a value.
    pub fn n_values(&self) -> u64 {
        self.n_rows - self.n_missing.min(self.n_rows)
    }
}
