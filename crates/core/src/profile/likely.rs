//! What a column seems to be for: an id, a category, a number ...

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ColumnProfile, TopValue};
use crate::schema::ColumnType;
use crate::words::{count, counted, percent};

/// Fewer rows than this make every column look like an id.
const MIN_ID_ROWS: u64 = 20;
/// Texts that (nearly) never repeat are ids or free text.
const ID_SHARE: f64 = 0.95;
/// A text column that is called an id and has more distinct values than this is one.
const MIN_CALLED_IDS: u64 = 100;
/// Share of the most frequent value from which a column is nearly constant.
const NEARLY_ALL: f64 = 0.98;
/// Words per text from which it is prose, and characters when words are not split by blanks.
const PROSE_WORDS: f64 = 4.0;
const PROSE_LENGTH: f64 = 60.0;
/// Share of texts that read as dates, or as numbers, from which the column is one of them.
const MOSTLY: f64 = 0.9;
/// Distinct whole numbers up to which they are rather classes than amounts.
const MAX_INTEGER_CATEGORIES: u64 = 10;
/// Distinct texts up to which they are a category even when few repeat.
const MAX_FEW_TEXTS: u64 = 50;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LikelyKind {
    /// Names the rows; teaches a model nothing.
    Id,
    /// A date or date-time, or text that holds them.
    Date,
    /// One of few values that repeat.
    Category,
    /// Yes or no, in whatever spelling.
    Boolean,
    /// Sentences.
    FreeText,
    /// At most one distinct value.
    Constant,
    /// One value in nearly every row.
    NearConstant,
    #[default]
    Number,
}

/// What a column seems to be for, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Likely {
    pub kind: LikelyKind,
    pub reason: String,
}

/// What was seen of a column beyond its figures.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seen {
    /// Share of the most frequent value among the values, 0 to 1.
    pub top_share: f64,
    /// Share of texts that read as dates, 0 to 1.
    pub date_share: f64,
    /// Share of texts that read as numbers, 0 to 1; 0 when there are codes such as `007` among them.
    pub number_share: f64,
    /// Words per text.
    pub mean_words: f64,
}

impl Likely {
    fn new(kind: LikelyKind, reason: impl Into<String>) -> Self {
        Self {
            kind,
            reason: reason.into(),
        }
    }

    /// Judges a column by its figures (all but `likely` itself).
    pub fn of(column: &ColumnProfile, seen: &Seen) -> Self {
        let n_values = column.n_values();
        if n_values == 0 {
            return Self::new(LikelyKind::Constant, "no value in any row");
        }
        let distinct = counted(column.n_distinct, "distinct value", "distinct values");
        if column.n_distinct <= 1 {
            return Self::new(LikelyKind::Constant, "one value in every row");
        }
        if matches!(column.kind, ColumnType::Date | ColumnType::Datetime) {
            return Self::new(LikelyKind::Date, "its type says so");
        }
        if let Some(reason) = two_valued(column) {
            return Self::new(LikelyKind::Boolean, reason);
        }
        if n_values >= MIN_ID_ROWS && seen.top_share >= NEARLY_ALL {
            let share = percent(seen.top_share);
            return Self::new(
                LikelyKind::NearConstant,
                format!("one value in {share} of the rows"),
            );
        }
        if seen.number_share >= MOSTLY {
            let share = percent(seen.number_share);
            return Self::new(
                LikelyKind::Number,
                format!("{share} of the texts read as numbers"),
            );
        }
        if let Some(reason) = column.id_reason(seen.mean_words) {
            return Self::new(LikelyKind::Id, reason);
        }
        match column.kind {
            ColumnType::Text => text(column, seen, &distinct),
            ColumnType::Integer
                if column.n_distinct <= MAX_INTEGER_CATEGORIES
                    && column.n_distinct * 5 <= n_values =>
            {
                Self::new(LikelyKind::Category, format!("{distinct}, whole numbers"))
            }
            _ => Self::new(LikelyKind::Number, distinct),
        }
    }
}

fn text(column: &ColumnProfile, seen: &Seen, distinct: &str) -> Likely {
    let n_values = column.n_values();
    let repeats = column.n_distinct * 2 <= n_values;
    let length = column.text.as_ref().map_or(0.0, |text| text.mean_length);
    let prose = seen.mean_words >= PROSE_WORDS || length >= PROSE_LENGTH;
    if seen.date_share >= MOSTLY {
        let share = percent(seen.date_share);
        Likely::new(
            LikelyKind::Date,
            format!("{share} of the texts read as dates"),
        )
    } else if prose && column.n_distinct > MAX_FEW_TEXTS && column.n_distinct * 10 > n_values {
        let words = format!("{:.1} words a text, {distinct}", seen.mean_words);
        Likely::new(LikelyKind::FreeText, words)
    } else if repeats || column.n_distinct <= MAX_FEW_TEXTS {
        Likely::new(LikelyKind::Category, distinct)
    } else {
        Likely::new(
            LikelyKind::FreeText,
            format!("{distinct} in {} rows", count(n_values)),
        )
    }
}

fn two_valued(column: &ColumnProfile) -> Option<String> {
    const PAIRS: [[&str; 2]; 7] = [
        ["0", "1"],
        ["0.0", "1.0"],
        ["false", "true"],
        ["no", "yes"],
        ["n", "y"],
        ["f", "t"],
        ["off", "on"],
    ];
    if column.kind == ColumnType::Boolean {
        return Some("its type says so".to_owned());
    }
    let [a, b] = column.top.as_slice() else {
        return None;
    };
    let mut pair = [a, b].map(|top: &TopValue| top.value.trim().to_lowercase());
    pair.sort();
    let known = column.n_distinct == 2 && PAIRS.contains(&[&pair[0], &pair[1]].map(String::as_str));
    known.then(|| format!("`{}` and `{}` alone", a.value, b.value))
}

impl ColumnProfile {
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

    /// Why the column is likely an id: texts that (nearly) never repeat and are no prose, or are many and called an id;
    /// whole numbers that never repeat and count up, or are called an id. `None`: it is not.
    fn id_reason(&self, mean_words: f64) -> Option<String> {
        let n_values = self.n_values();
        if n_values < MIN_ID_ROWS {
            return None;
        }
        let called = names_an_id(&self.name);
        let distinct = self.n_distinct == n_values;
        let whole = self.numeric.as_ref().is_some_and(|numeric| {
            called || numeric.max - numeric.min == n_values.saturating_sub(1) as f64
        });
        let likely = match self.kind {
            ColumnType::Integer => distinct && whole,
            ColumnType::Text => {
                let length = self.text.as_ref().map_or(0.0, |text| text.mean_length);
                let prose = mean_words >= PROSE_WORDS || length >= PROSE_LENGTH;
                (self.n_distinct as f64 >= ID_SHARE * n_values as f64 && !prose)
                    || (called && self.n_distinct > MIN_CALLED_IDS)
            }
            _ => false,
        };
        likely.then(|| {
            if distinct {
                "different in every row".to_owned()
            } else {
                let distinct = counted(self.n_distinct, "distinct value", "distinct values");
                format!("{distinct} in {} rows", count(n_values))
            }
        })
    }
}

/// `id`, `ID`, `customer_id`, `customerId`, `Item_Identifier`, `index`, `row`, `uuid`, `key` and their like; also the
/// empty name and `Unnamed: 0` that a saved data frame's index gets.
pub fn names_an_id(name: &str) -> bool {
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
