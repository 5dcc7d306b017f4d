//! The distinct values of a column with how often each occurs, and its least and largest value.

use std::cmp::Ordering;

use serde_json::Value;

use super::cell::{Cell, KeyMap, cell};
use super::piece::Piece;
use crate::error::Error;

#[derive(Debug, Default)]
pub(super) struct Distinct {
    counts: KeyMap<u128, (Cell<String>, u64)>,
    pub(super) n_values: u64,
}

impl Distinct {
    pub(super) fn of(piece: &Piece, column: &str) -> Result<Self, Error> {
        let view = piece.view(column)?;
        let mut distinct = Self::default();
        for row in 0..piece.n_rows() {
            let cell = cell(view, row);
            if cell.is_missing() {
                continue;
            }
            distinct.n_values += 1;
            let entry = distinct.counts.entry(cell.key());
            entry.or_insert_with(|| (cell.owned(), 0)).1 += 1;
        }
        Ok(distinct)
    }

    pub(super) fn merge(&mut self, later: Self) {
        self.n_values += later.n_values;
        for (key, (cell, count)) in later.counts {
            self.counts.entry(key).or_insert((cell, 0)).1 += count;
        }
    }

    pub(super) fn contains(&self, key: u128) -> bool {
        self.counts.contains_key(&key)
    }

    pub(super) fn count(&self, key: u128) -> u64 {
        self.counts.get(&key).map_or(0, |(_, count)| *count)
    }

    /// Ascending, with how often each occurs.
    pub(super) fn ascending(&self) -> Vec<(&Cell<String>, u64)> {
        let mut values: Vec<_> = self
            .counts
            .values()
            .map(|(cell, count)| (cell, *count))
            .collect();
        values.sort_by(|(a, _), (b, _)| a.compare(b).unwrap_or(Ordering::Equal));
        values
    }

    /// The most common ones, ascending.
    pub(super) fn most_common(&self) -> Vec<&Cell<String>> {
        let values = self.ascending();
        let most = values.iter().map(|(_, count)| *count).max();
        values
            .into_iter()
            .filter(|(_, count)| Some(*count) == most)
            .map(|(cell, _)| cell)
            .collect()
    }
}

/// The least and the largest value.
#[derive(Debug, Default)]
pub(super) struct Extremes {
    pub(super) ends: Option<(Cell<String>, Cell<String>)>,
}

impl Extremes {
    pub(super) fn of(piece: &Piece, column: &str) -> Result<Self, Error> {
        let view = piece.view(column)?;
        let mut ends: Option<(Cell<&str>, Cell<&str>)> = None;
        for row in 0..piece.n_rows() {
            let value = cell(view, row);
            if value.is_missing() {
                continue;
            }
            let (least, largest) = ends.get_or_insert((value, value));
            if value.compare(least) == Some(Ordering::Less) {
                *least = value;
            }
            if value.compare(largest) == Some(Ordering::Greater) {
                *largest = value;
            }
        }
        Ok(Self {
            ends: ends.map(|(least, largest)| (least.owned(), largest.owned())),
        })
    }

    pub(super) fn merge(&mut self, later: Self) {
        let Some((low, high)) = later.ends else {
            return;
        };
        match &mut self.ends {
            None => self.ends = Some((low, high)),
            Some((least, largest)) => {
                if low.compare(least) == Some(Ordering::Less) {
                    *least = low;
                }
                if high.compare(largest) == Some(Ordering::Greater) {
                    *largest = high;
                }
            }
        }
    }
}

pub(super) fn json(cells: &[&Cell<String>]) -> Value {
    cells.iter().map(|cell| cell.json()).collect()
}
