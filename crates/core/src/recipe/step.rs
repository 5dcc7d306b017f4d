//! The steps that a recipe may have.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A step names its columns. A column that an earlier step made several of (date parts, the means of several classes)
/// stands for all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Fills missing values.
    Impute {
        columns: Vec<String>,
        strategy: ImputeStrategy,
        /// Adds, behind each column, `<column>_is_missing`: 1 where a value was missing, else 0.
        #[serde(default)]
        indicator: bool,
    },
    /// (x − mean) / population standard deviation of the training rows; a constant column becomes 0.
    Standardise { columns: Vec<String> },
    /// (x − min) / (max − min) of the training rows; a constant column becomes 0. Other rows may fall outside 0 to 1.
    MinMax { columns: Vec<String> },
    /// (x − median) / (third − first quartile) of the training rows; where the quartiles are equal, x − median.
    Robust { columns: Vec<String> },
    /// Yeo and Johnson's power transform (Biometrika 87, 2000), λ by maximum likelihood, then standardised.
    Power { columns: Vec<String> },
    /// sign(x) · ln(1 + |x|): log1p for x ≥ 0, and mirrored for negative numbers, which have no logarithm.
    Log { columns: Vec<String> },
    /// x².
    Square { columns: Vec<String> },
    /// One feature per category of the training rows, the `max_categories` most frequent (ties in text order) among
    /// those of at least `min_count` rows, sorted; any other value, a missing one too, is all zeros, or 1 in the last
    /// feature `<column>=<rare>` when `rare` is given.
    OneHot {
        columns: Vec<String>,
        max_categories: u32,
        #[serde(default)]
        min_count: u32,
        #[serde(default)]
        rare: Option<String>,
    },
    /// A category's position: in `order`, or in text order of the training rows when it is empty. Any other value
    /// is −1.
    Ordinal {
        columns: Vec<String>,
        #[serde(default)]
        order: Vec<String>,
    },
    /// A category's share of the training rows, 0 to 1; any other value, a missing one too, is 0.
    Frequency { columns: Vec<String> },
    /// A category's mean of the target (of its second class; one feature per class when there are more than two), drawn
    /// to the mean of all rows. `smoothing` counts as so many rows of that mean; without it, the draw follows from the
    /// variances (Micci-Barreca, SIGKDD Explorations 3, 2001). Any other value has the mean of all rows.
    ///
    /// A training row gets its value from the other `n_folds` − 1 parts of the training rows, so its own target never
    /// enters its features.
    Target {
        columns: Vec<String>,
        #[serde(default)]
        smoothing: Option<f64>,
        #[serde(default = "default_folds")]
        n_folds: u32,
    },
    /// Each category of the training rows falls into one of `n_buckets` by its hash (FNV-1a, 64 bits), one feature a
    /// bucket. Any other value, a missing one too, is all zeros.
    Hash {
        columns: Vec<String>,
        n_buckets: u32,
    },
    /// The number of the interval that a number falls in, 0 to `n_bins` − 1, or one feature per interval. Each begins
    /// with its lower edge; the first and the last are open. Equal edges become one.
    Bins {
        columns: Vec<String>,
        n_bins: u32,
        method: BinMethod,
        #[serde(default)]
        encoding: BinEncoding,
    },
    /// Adds `<a>_per_<b>` of the two columns a and b; 0 where b is 0.
    Ratio { columns: Vec<String> },
    /// Adds `<a>_times_<b>` of the two columns a and b.
    Product { columns: Vec<String> },
    /// Replaces a date or date-time by `<column>_<part>` for each part. Calendar of UTC; a missing date has missing
    /// parts.
    DateParts {
        columns: Vec<String>,
        parts: Vec<DatePart>,
    },
    /// Adds, behind each text, `<column>_n_words`: how many words it has, 0 when it is missing. Words stand between
    /// spaces; beyond 1,000 the rest is one. (Characters are not counted: ONNX has no operator for them.) The text itself
    /// stays, for another step to encode or drop.
    TextLength { columns: Vec<String> },
    /// One feature per word of the training rows, `<column>_word_<word>`: the `max_words` most frequent (ties in text
    /// order) among those in at least `min_count` rows, sorted. A feature is how often the word is in the text, times
    /// ln((1 + n) / (1 + rows with the word)) + 1, and each row is scaled to length 1 (scikit-learn's
    /// `TfidfVectorizer(token_pattern="[^ ]+")`). Words stand between spaces. Case does not matter, but beyond A to Z
    /// for words of mixed case.
    Tfidf {
        columns: Vec<String>,
        max_words: u32,
        #[serde(default)]
        min_count: u32,
    },
    /// Replaces the columns (all, when none is named; categories and words are columns by then) by their principal
    /// components `pca_1`, `pca_2` … over the training rows: as few as hold the share `variance` of it, at most
    /// `n_components`. Columns are centred, not scaled. Each component's largest weight is positive.
    Pca {
        columns: Vec<String>,
        #[serde(default)]
        n_components: Option<u32>,
        #[serde(default)]
        variance: Option<f64>,
    },
    /// Keeps these columns and no other.
    Select { columns: Vec<String> },
    /// Takes these columns out.
    Drop { columns: Vec<String> },
    /// Takes out the columns (all, when none is named; categories are columns by then) whose population variance
    /// over the training rows is at most `threshold`.
    VarianceFilter {
        columns: Vec<String>,
        #[serde(default)]
        threshold: f64,
    },
    /// Takes out each column (of all, when none is named) whose correlation with one kept before it is beyond
    /// ±`threshold` (Pearson, over the training rows).
    CorrelationFilter {
        columns: Vec<String>,
        threshold: f64,
    },
    /// Numeric columns as they are. Says so plainly; does nothing.
    Passthrough { columns: Vec<String> },
}

fn default_folds() -> u32 {
    5
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "strategy", rename_all = "snake_case")]
pub enum ImputeStrategy {
    /// Numbers and dates only.
    Mean,
    /// Numbers and dates only.
    Median,
    /// The most frequent value; the smallest wins a tie.
    Mode,
    /// Read as a number for numeric columns.
    Constant { value: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BinMethod {
    /// As many training rows in each.
    Quantile,
    /// As wide as each other.
    Uniform,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BinEncoding {
    #[default]
    Ordinal,
    OneHot,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DatePart {
    Year,
    /// 1 to 12.
    Month,
    /// 1 to 31.
    Day,
    /// 0 (Monday) to 6 (Sunday).
    Weekday,
    /// 0 to 23; of a date without a time 0.
    Hour,
    /// 1 to 366.
    DayOfYear,
}

impl DatePart {
    pub fn label(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Day => "day",
            Self::Weekday => "weekday",
            Self::Hour => "hour",
            Self::DayOfYear => "day_of_year",
        }
    }
}

/// What a date is counted in since 1970-01-01T00:00 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DateUnit {
    Days,
    Microseconds,
}

impl Step {
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Impute { columns, .. }
            | Self::Standardise { columns }
            | Self::MinMax { columns }
            | Self::Robust { columns }
            | Self::Power { columns }
            | Self::Log { columns }
            | Self::Square { columns }
            | Self::OneHot { columns, .. }
            | Self::Ordinal { columns, .. }
            | Self::Frequency { columns }
            | Self::Target { columns, .. }
            | Self::Hash { columns, .. }
            | Self::Bins { columns, .. }
            | Self::Ratio { columns }
            | Self::Product { columns }
            | Self::DateParts { columns, .. }
            | Self::TextLength { columns }
            | Self::Tfidf { columns, .. }
            | Self::Pca { columns, .. }
            | Self::Select { columns }
            | Self::Drop { columns }
            | Self::VarianceFilter { columns, .. }
            | Self::CorrelationFilter { columns, .. }
            | Self::Passthrough { columns } => columns,
        }
    }

    /// As people name it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Impute { .. } => "impute",
            Self::Standardise { .. } => "standardise",
            Self::MinMax { .. } => "min-max",
            Self::Robust { .. } => "robust",
            Self::Power { .. } => "power",
            Self::Log { .. } => "log",
            Self::Square { .. } => "square",
            Self::OneHot { .. } => "one-hot",
            Self::Ordinal { .. } => "ordinal",
            Self::Frequency { .. } => "frequency",
            Self::Target { .. } => "target",
            Self::Hash { .. } => "hash",
            Self::Bins { .. } => "bins",
            Self::Ratio { .. } => "ratio",
            Self::Product { .. } => "product",
            Self::DateParts { .. } => "date parts",
            Self::TextLength { .. } => "text length",
            Self::Tfidf { .. } => "tf-idf",
            Self::Pca { .. } => "pca",
            Self::Select { .. } => "select",
            Self::Drop { .. } => "drop",
            Self::VarianceFilter { .. } => "variance filter",
            Self::CorrelationFilter { .. } => "correlation filter",
            Self::Passthrough { .. } => "passthrough",
        }
    }

    /// Of the column that a ratio or a product adds.
    pub fn combined_name(&self) -> Option<String> {
        let (columns, word) = match self {
            Self::Ratio { columns } => (columns, "per"),
            Self::Product { columns } => (columns, "times"),
            _ => return None,
        };
        match &columns[..] {
            [a, b] => Some(format!("{a}_{word}_{b}")),
            _ => None,
        }
    }

    /// Takes columns out. Without a column it means all of them.
    pub fn is_filter(&self) -> bool {
        matches!(
            self,
            Self::VarianceFilter { .. } | Self::CorrelationFilter { .. }
        )
    }
}

/// `<column>_is_missing`
pub fn missing_name(column: &str) -> String {
    format!("{column}_is_missing")
}

/// `<column>_n_words`
pub fn n_words_name(column: &str) -> String {
    format!("{column}_n_words")
}

/// `<column>_<part>`
pub fn part_name(column: &str, part: DatePart) -> String {
    format!("{column}_{}", part.label())
}
