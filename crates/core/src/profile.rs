//! What a data set looks like: one profile per version.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::schema::ColumnType;

pub const PROFILE_SCHEMA: u32 = 1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Profile {
    pub schema: u32,
    pub n_rows: u64,
    /// Cells without a value, over all columns.
    pub n_missing: u64,
    /// Rows that repeat an earlier row in every column.
    pub n_duplicate_rows: u64,
    pub columns: Vec<ColumnProfile>,
    /// Sentences worth a person's look.
    pub notes: Vec<Note>,
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
    /// values, and for all others.
    pub top: Vec<TopValue>,
    /// Earliest and latest, ISO 8601, for dates and date-times; shortest and longest length is `text`.
    pub time: Option<TimeProfile>,
    pub text: Option<TextProfile>,
}

/// Statistics of the finite values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct NumericProfile {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Sample standard deviation (divisor n − 1); 0 for one value.
    pub std: f64,
    /// Quantiles at [`QUANTILES`], linear interpolation (numpy's default).
    pub quantiles: Vec<f64>,
    pub n_zero: u64,
    pub n_negative: u64,
    /// NaN or infinite; not in the other figures.
    pub n_not_finite: u64,
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

/// A sentence with the columns and rows it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Note {
    pub text: String,
    pub columns: Vec<String>,
    /// 1-based, at most 20.
    pub rows: Vec<u64>,
}

impl ColumnProfile {
    /// Rows that hold a value.
    pub fn n_values(&self) -> u64 {
        self.n_rows - self.n_missing.min(self.n_rows)
    }

    /// Whether the column names its rows: integers or texts, none missing, none twice, and either called so (`id`,
    /// `customer_id`, `rowIndex` ...) or integers that count up without a gap.
    pub fn looks_like_id(&self) -> bool {
        if self.n_rows < 2 || self.n_missing > 0 || self.n_distinct != self.n_rows {
            return false;
        }
        let counts_up = || {
            self.numeric
                .as_ref()
                .is_some_and(|numeric| numeric.max - numeric.min == (self.n_rows - 1) as f64)
        };
        match self.kind {
            ColumnType::Integer => names_an_id(&self.name) || counts_up(),
            ColumnType::Text => names_an_id(&self.name),
            _ => false,
        }
    }
}

/// `id`, `ID`, `customer_id`, `customerId`, `Item_Identifier`, `index`, `row`, `uuid`, `key` and their like; also the
/// empty name and `Unnamed: 0` that a saved data frame's index gets.
fn names_an_id(name: &str) -> bool {
    const WORDS: [&str; 12] = [
        "id",
        "ids",
        "identifier",
        "index",
        "idx",
        "uuid",
        "guid",
        "key",
        "row",
        "rowid",
        "rownum",
        "nr",
    ];
    if name.starts_with("Unnamed") || name.is_empty() {
        return true;
    }
    // A capital after a small letter begins a word.
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in name.chars() {
        let begins = !c.is_alphanumeric() || (was_small && c.is_uppercase());
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    words
        .iter()
        .rfind(|word| !word.is_empty())
        .is_some_and(|last| WORDS.contains(&last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_ids_are_known() {
        for name in [
            "id",
            "ID",
            "customer_id",
            "customerId",
            "Item_Identifier",
            "row",
            "Unnamed: 0",
        ] {
            assert!(names_an_id(name), "{name}");
        }
        for name in [
            "paid",
            "width",
            "identity_theft",
            "month",
            "candid",
            "valid",
        ] {
            assert!(!names_an_id(name), "{name}");
        }
    }
}
