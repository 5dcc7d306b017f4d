//! Texts by code: how often each came, and the dictionary that names the codes.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::super::SketchShape;
use super::super::sketch::MAX_CATEGORIES;

/// Texts of a column that get a code; all others count together.
pub const MAX_TEXTS: usize = 16_384;

/// Texts of a window that are counted by themselves until it is finished.
const MAX_COUNTED: usize = 4 * MAX_CATEGORIES;

/// The texts of one column, numbered in the order in which they came, for all of its windows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dictionary {
    codes: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Dictionary {
    /// The code of a text; `None` for a new one when there are [`MAX_TEXTS`] already.
    pub fn code(&mut self, text: &str) -> Option<u32> {
        if let Some(&code) = self.codes.get(text) {
            return Some(code);
        }
        if self.texts.len() >= MAX_TEXTS {
            return None;
        }
        let code = u32::try_from(self.texts.len()).ok()?;
        self.codes.insert(text.to_owned(), code);
        self.texts.push(text.to_owned());
        Some(code)
    }

    pub fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(code as usize).map(String::as_str)
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TextCounts {
    /// Ascending by code.
    pub(super) counts: Vec<(u32, u64)>,
    pub(super) n_other: u64,
}

impl TextCounts {
    pub(super) fn add(&mut self, counts: &[(u32, u64)], n_other: u64) {
        self.n_other += n_other;
        for &(code, count) in counts.iter().filter(|(_, count)| *count > 0) {
            match self.counts.binary_search_by_key(&code, |&(code, _)| code) {
                Ok(place) => self.counts[place].1 += count,
                Err(place) => self.counts.insert(place, (code, count)),
            }
        }
        if self.counts.len() > MAX_COUNTED {
            self.shrink(MAX_COUNTED / 2);
        }
    }

    /// Keeps the most frequent ones by name.
    pub(super) fn shrink(&mut self, kept: usize) {
        if self.counts.len() <= kept {
            return;
        }
        self.counts
            .sort_unstable_by_key(|&(code, count)| (Reverse(count), code));
        self.n_other += self
            .counts
            .drain(kept..)
            .map(|(_, count)| count)
            .sum::<u64>();
        self.counts.sort_unstable();
        self.counts.shrink_to_fit();
    }

    pub(super) fn n_values(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum::<u64>() + self.n_other
    }

    pub(super) fn shape(&self, dictionary: &Dictionary) -> SketchShape {
        if self.n_values() == 0 {
            return SketchShape::Empty;
        }
        let mut ranked: Vec<(&str, u64)> = Vec::with_capacity(self.counts.len());
        let mut n_other = self.n_other;
        for &(code, count) in &self.counts {
            match dictionary.text(code) {
                Some(text) => ranked.push((text, count)),
                None => n_other += count,
            }
        }
        ranked.sort_unstable_by_key(|&(text, count)| (Reverse(count), text));
        let rest = ranked.split_off(ranked.len().min(MAX_CATEGORIES));
        SketchShape::Categorical {
            values: ranked.iter().map(|&(text, _)| text.to_owned()).collect(),
            counts: ranked.iter().map(|&(_, count)| count).collect(),
            n_other: n_other + rest.iter().map(|(_, count)| count).sum::<u64>(),
        }
    }
}
