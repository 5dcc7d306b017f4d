//! The summaries of text columns and of dates and date-times.

use super::{CountSketch, Summary, Takes};

/// Bytes kept of a text.
const MAX_KEPT: usize = 256;

/// A counted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptText {
    /// The first 256 bytes, less where that would cut a character.
    pub text: Box<str>,
    /// Of the whole text.
    pub n_chars: u64,
    pub is_whole: bool,
}

impl KeptText {
    /// As it is shown: a cut text ends in `…`.
    pub fn shown(&self) -> String {
        if self.is_whole {
            self.text.to_string()
        } else {
            format!("{}…", self.text)
        }
    }
}

/// Lengths and frequencies of texts.
#[derive(Debug, Clone, Default)]
pub struct TextSummary {
    /// In characters; `None` without a text.
    pub lengths: Option<(u64, u64)>,
    pub n_chars: u64,
    pub frequencies: CountSketch,
}

impl TextSummary {
    fn add_length(&mut self, n_chars: u64, count: u64) {
        let (min, max) = self.lengths.unwrap_or((n_chars, n_chars));
        self.lengths = Some((min.min(n_chars), max.max(n_chars)));
        self.n_chars = self.n_chars.saturating_add(n_chars.saturating_mul(count));
    }
}

impl Summary for TextSummary {
    type Value = KeptText;

    fn add(&mut self, hash: u64, value: &KeptText, count: u64) {
        self.add_length(value.n_chars, count);
        self.frequencies.add(hash, count);
    }

    fn merge(&mut self, other: Self) {
        if let Some((min, max)) = other.lengths {
            self.add_length(min, 0);
            self.add_length(max, 0);
        }
        self.n_chars = self.n_chars.saturating_add(other.n_chars);
        self.frequencies.merge(&other.frequencies);
    }
}

impl Takes<&str> for TextSummary {
    fn keep(item: &str) -> KeptText {
        let kept = item.get(..item.floor_char_boundary(MAX_KEPT)).unwrap_or("");
        KeptText {
            text: kept.into(),
            n_chars: n_chars(item),
            is_whole: kept.len() == item.len(),
        }
    }

    fn add_all(&mut self, hashes: &[u64], items: &[&str]) {
        for item in items {
            self.add_length(n_chars(item), 1);
        }
        self.frequencies.add_all(hashes);
    }
}

fn n_chars(text: &str) -> u64 {
    text.chars().count() as u64
}

/// Range and frequencies of days or microseconds.
#[derive(Debug, Clone, Default)]
pub struct InstantSummary {
    /// `None` without a value.
    pub range: Option<(i64, i64)>,
    pub frequencies: CountSketch,
}

impl InstantSummary {
    fn add_range(&mut self, low: i64, high: i64) {
        let (min, max) = self.range.unwrap_or((low, high));
        self.range = Some((min.min(low), max.max(high)));
    }
}

impl Summary for InstantSummary {
    type Value = i64;

    fn add(&mut self, hash: u64, value: &i64, count: u64) {
        self.add_range(*value, *value);
        self.frequencies.add(hash, count);
    }

    fn merge(&mut self, other: Self) {
        if let Some((low, high)) = other.range {
            self.add_range(low, high);
        }
        self.frequencies.merge(&other.frequencies);
    }
}

impl Takes<i64> for InstantSummary {
    fn keep(item: i64) -> i64 {
        item
    }

    fn add_all(&mut self, hashes: &[u64], items: &[i64]) {
        if let (Some(low), Some(high)) = (items.iter().min(), items.iter().max()) {
            self.add_range(*low, *high);
        }
        self.frequencies.add_all(hashes);
    }
}
