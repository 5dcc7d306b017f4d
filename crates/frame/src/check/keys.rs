//! Which values, or combinations of values, stand in more than one row; exactly, or by hashes of 128 bits.
//!
//! Keys are collected piece by piece and looked through once, at the end, with all cores.

use assay_core::expect::read::IgnoreRow;
use polars::prelude::Column;
use rayon::slice::ParallelSliceMut;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use super::cell::{Cell, KeyMap, cell, text_key};
use super::piece::{Piece, Rows};
use super::records::{is_ignored, record, views};
use super::tally::Tally;
use crate::columns::View;
use crate::error::Error;

/// Bytes of columns that are kept to show repeated values. Those of later rows are only counted.
const MAX_KEPT_BYTES: usize = 256 << 20;

#[derive(Debug)]
pub(super) struct Keys {
    keys: KeyList,
    rows: Rows,
    n_missing: u64,
    /// Columns as they came, to show values of.
    kept: Vec<Kept>,
    kept_bytes: usize,
}

#[derive(Debug)]
enum KeyList {
    /// Numbers, dates: the values themselves.
    Narrow(Vec<u64>),
    /// Hashes of texts and of rows.
    Wide(Vec<u128>),
}

#[derive(Debug)]
struct Kept {
    /// The key of its first checked row.
    first_key: usize,
    columns: Vec<Column>,
    /// The rows of the columns that have keys; `None` for all.
    places: Option<Vec<u32>>,
}

/// What repeats.
#[derive(Debug)]
pub(super) struct Repeats {
    pub(super) n_distinct: u64,
    pub(super) tally: Tally,
}

impl Keys {
    pub(super) fn of_column(piece: &Piece, column: &str) -> Result<Self, Error> {
        let view = piece.view(column)?;
        let keys = match view {
            View::Integer(values) | View::Datetime(values) => {
                let mut keys = Vec::with_capacity(piece.n_rows());
                for part in values.downcast_iter() {
                    if values.null_count() == 0 {
                        keys.extend(part.values().iter().map(|v| v.cast_unsigned()));
                    } else {
                        keys.extend(part.iter().flatten().map(|v| v.cast_unsigned()));
                    }
                }
                KeyList::Narrow(keys)
            }
            View::Float(values) => KeyList::Narrow(
                values
                    .downcast_iter()
                    .flat_map(|part| part.iter().flatten())
                    .map(|value| (value + 0.0).to_bits())
                    .collect(),
            ),
            View::Date(values) => KeyList::Narrow(
                values
                    .downcast_iter()
                    .flat_map(|part| part.iter().flatten())
                    .map(|days| i64::from(*days).cast_unsigned())
                    .collect(),
            ),
            View::Text(values) => KeyList::Wide(
                values
                    .downcast_iter()
                    .flat_map(|part| part.iter().flatten())
                    .map(text_key)
                    .collect(),
            ),
            View::Boolean(_) => KeyList::Wide(
                (0..piece.n_rows())
                    .map(|row| cell(view, row))
                    .filter(|cell| !cell.is_missing())
                    .map(|cell| cell.key())
                    .collect(),
            ),
            View::Decimal(values, _) => KeyList::Wide(
                values
                    .downcast_iter()
                    .flat_map(|part| part.iter().flatten())
                    .map(|units| units.cast_unsigned())
                    .collect(),
            ),
        };
        let places = (view.n_missing() > 0).then(|| {
            (0..)
                .zip(0..piece.n_rows())
                .filter(|(_, row)| !cell(view, *row).is_missing())
                .map(|(place, _)| place)
                .collect()
        });
        let columns = vec![piece.column(column)?.clone()];
        Ok(Self::new(piece, keys, columns, places))
    }

    pub(super) fn of_rows(
        piece: &Piece,
        columns: &[String],
        ignore: IgnoreRow,
    ) -> Result<Self, Error> {
        let views = views(piece, columns)?;
        let mut keys = Vec::with_capacity(piece.n_rows());
        let mut places = Vec::with_capacity(piece.n_rows());
        let mut cells = Vec::new();
        let mut bytes = Vec::new();
        for (place, row) in (0..).zip(0..piece.n_rows()) {
            cells.clear();
            cells.extend(views.iter().map(|view| cell(*view, row)));
            if is_ignored(ignore, &cells) {
                continue;
            }
            bytes.clear();
            for cell in &cells {
                bytes.extend_from_slice(&cell.key().to_le_bytes());
            }
            keys.push(xxh3_128(&bytes));
            places.push(place);
        }
        let columns = columns
            .iter()
            .map(|column| piece.column(column).cloned())
            .collect::<Result<_, _>>()?;
        let places = (places.len() < piece.n_rows()).then_some(places);
        Ok(Self::new(piece, KeyList::Wide(keys), columns, places))
    }

    fn new(piece: &Piece, keys: KeyList, columns: Vec<Column>, places: Option<Vec<u32>>) -> Self {
        let rows = match &places {
            Some(places) => piece.rows.take(places),
            None => piece.rows.clone(),
        };
        let kept_bytes = columns
            .iter()
            .map(|column| column.as_materialized_series().estimated_size())
            .sum();
        Self {
            n_missing: (piece.n_rows() - rows.len()) as u64,
            keys,
            rows,
            kept: vec![Kept {
                first_key: 0,
                columns,
                places,
            }],
            kept_bytes,
        }
    }

    pub(super) fn merge(&mut self, later: Self) {
        let before = self.rows.len();
        match (&mut self.keys, later.keys) {
            (KeyList::Narrow(keys), KeyList::Narrow(more)) => keys.extend(more),
            (KeyList::Wide(keys), KeyList::Wide(more)) => keys.extend(more),
            // Invariant: the kind of a column is the same in every piece.
            _ => {}
        }
        self.rows.append(&later.rows);
        self.n_missing += later.n_missing;
        if self.kept_bytes + later.kept_bytes <= MAX_KEPT_BYTES {
            self.kept_bytes += later.kept_bytes;
            self.kept.extend(later.kept.into_iter().map(|kept| Kept {
                first_key: kept.first_key + before,
                ..kept
            }));
        }
    }

    /// Every row of a repeated value is unexpected, the first one too.
    pub(super) fn repeats(&self, columns: &[String], max_named: usize) -> Result<Repeats, Error> {
        let found = match &self.keys {
            KeyList::Narrow(keys) => {
                repeated_whole(keys, max_named).unwrap_or_else(|| repeated(keys, max_named))
            }
            KeyList::Wide(keys) => repeated(keys, max_named),
        };
        let mut tally = Tally {
            n_checked: self.rows.len() as u64,
            n_missing: self.n_missing,
            n_unexpected: found.n_rows,
            named: Vec::new(),
        };
        for (at, first) in found.places {
            // the first row of a value is the likelier one to be kept
            let value = match self.value(at, columns)? {
                None => self.value(first, columns)?,
                value => value,
            };
            if let Some(value) = value {
                tally.named.push((self.rows.at(at), value));
            }
        }
        Ok(Repeats {
            n_distinct: found.n_distinct,
            tally,
        })
    }

    fn value(&self, key: usize, columns: &[String]) -> Result<Option<Value>, Error> {
        let Some(kept) = self.kept.iter().rev().find(|kept| kept.first_key <= key) else {
            return Ok(None);
        };
        let at = key - kept.first_key;
        let n_rows = kept.columns.first().map_or(0, Column::len);
        let place = match &kept.places {
            Some(places) => places.get(at).map(|place| *place as usize),
            None => (at < n_rows).then_some(at),
        };
        let Some(place) = place else {
            return Ok(None);
        };
        let cells: Vec<Cell<&str>> = kept
            .columns
            .iter()
            .map(|column| Ok(cell(View::of(column)?, place)))
            .collect::<Result<_, Error>>()?;
        Ok(Some(match cells.as_slice() {
            [only] => only.json(),
            cells => record(columns, cells),
        }))
    }
}

struct Repeated {
    n_distinct: u64,
    /// Rows of the values that repeat.
    n_rows: u64,
    /// The first places of such rows, each with the first place of its value.
    places: Vec<(usize, usize)>,
}

/// By sorting, on all cores.
fn repeated<K: Copy + Ord + Send + std::hash::Hash>(keys: &[K], max_named: usize) -> Repeated {
    let mut sorted = keys.to_vec();
    sorted.par_sort_unstable();
    let mut found = Repeated {
        n_distinct: 0,
        n_rows: 0,
        places: Vec::new(),
    };
    let mut repeating = Vec::new();
    for run in sorted.chunk_by(|a, b| a == b) {
        found.n_distinct += 1;
        if let [key, _, ..] = run {
            found.n_rows += run.len() as u64;
            repeating.push(*key);
        }
    }
    found.places = places(keys, max_named, |key| repeating.binary_search(key).is_ok());
    found
}

/// By one bit a value, where the values lie close enough together; `None` where not.
fn repeated_whole(keys: &[u64], max_named: usize) -> Option<Repeated> {
    let numbers = || keys.iter().map(|key| key.cast_signed());
    let (low, high) = (numbers().min()?, numbers().max()?);
    let width = usize::try_from(high.checked_sub(low)?).ok()?;
    if width / 32 > keys.len() {
        return None;
    }
    let mut seen = vec![0u64; width / 64 + 1];
    let mut twice = Vec::new();
    for number in numbers() {
        // Invariant: `low <= number <= high`.
        let at = number.wrapping_sub(low) as usize;
        let bit = 1 << (at % 64);
        if seen[at / 64] & bit != 0 {
            twice.push(number);
        }
        seen[at / 64] |= bit;
    }
    let n_distinct = keys.len() - twice.len();
    let n_again = twice.len();
    twice.sort_unstable();
    twice.dedup();
    Some(Repeated {
        n_distinct: n_distinct as u64,
        n_rows: (n_again + twice.len()) as u64,
        places: places(keys, max_named, |key| {
            twice.binary_search(&key.cast_signed()).is_ok()
        }),
    })
}

fn places<K: Copy + Eq + std::hash::Hash>(
    keys: &[K],
    max_named: usize,
    repeats: impl Fn(&K) -> bool,
) -> Vec<(usize, usize)> {
    let mut firsts: KeyMap<K, usize> = KeyMap::default();
    keys.iter()
        .enumerate()
        .filter(|(_, key)| repeats(key))
        .take(max_named)
        .map(|(at, key)| (at, *firsts.entry(*key).or_insert(at)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_sorting_find_the_same() {
        for keys in [
            vec![],
            vec![7],
            vec![1, 2, 3],
            vec![3, 1, 3, 2, 1, 3],
            vec![5, (-5i64).cast_unsigned(), 5, 0],
        ] {
            let sorted = repeated(&keys, 4);
            let Some(bits) = repeated_whole(&keys, 4) else {
                assert!(keys.is_empty());
                continue;
            };
            assert_eq!(bits.n_distinct, sorted.n_distinct, "{keys:?}");
            assert_eq!(bits.n_rows, sorted.n_rows, "{keys:?}");
            assert_eq!(bits.places, sorted.places, "{keys:?}");
        }
        assert!(repeated_whole(&[0, 1 << 60], 1).is_none());
    }
}
