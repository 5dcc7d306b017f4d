//! Rows on their way through a check: a part of a table, and which rows of the whole they are.

use polars::prelude::{BooleanChunked, Column, DataFrame, NewChunkedArray, PlSmallStr};

use super::condition::RowCondition;
use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

/// Consecutive rows, or those of them that a condition left.
pub(super) struct Piece {
    pub(super) data: DataFrame,
    pub(super) rows: Rows,
}

/// 0-based rows of the whole table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    /// From the first one on.
    Run {
        first: u64,
        n: usize,
    },
    Listed(Vec<u64>),
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Run { n, .. } => *n,
            Self::Listed(rows) => rows.len(),
        }
    }

    pub(super) fn at(&self, place: usize) -> u64 {
        match self {
            Self::Run { first, .. } => first + place as u64,
            Self::Listed(rows) => rows.get(place).copied().unwrap_or_default(),
        }
    }

    pub(super) fn append(&mut self, later: &Self) {
        if later.len() == 0 {
            return;
        }
        if self.len() == 0 {
            *self = later.clone();
            return;
        }
        match (&mut *self, later) {
            (Self::Run { first, n }, Self::Run { first: next, n: m })
                if *first + *n as u64 == *next =>
            {
                *n += m;
            }
            (Self::Listed(rows), later) => rows.extend((0..later.len()).map(|i| later.at(i))),
            (run, later) => {
                let mut rows: Vec<u64> = (0..run.len()).map(|i| run.at(i)).collect();
                rows.extend((0..later.len()).map(|i| later.at(i)));
                *self = Self::Listed(rows);
            }
        }
    }

    /// Those at these places.
    pub(super) fn take(&self, places: &[u32]) -> Self {
        if places.len() == self.len() {
            return self.clone();
        }
        Self::Listed(
            places
                .iter()
                .map(|&place| self.at(place as usize))
                .collect(),
        )
    }
}

impl Piece {
    /// `n` rows of these columns, from the row `first` of the frame on; `first_row` is the 0-based row of the whole that
    /// the frame begins with. Every column is in one piece of memory.
    pub(super) fn new(
        frame: &Frame,
        columns: &[String],
        (first, n): (usize, usize),
        first_row: u64,
    ) -> Result<Self, Error> {
        let n = n.min(frame.n_rows().saturating_sub(first));
        let columns = columns
            .iter()
            .map(|name| {
                let column = frame.data.column(name)?.slice(first as i64, n);
                Ok(match column.n_chunks() {
                    1 => column,
                    _ => column.rechunk(),
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            data: DataFrame::new(n, columns)?,
            rows: Rows::Run {
                first: first_row + first as u64,
                n,
            },
        })
    }

    pub(super) fn n_rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn column(&self, name: &str) -> Result<&Column, Error> {
        Ok(self.data.column(name)?)
    }

    pub(super) fn view(&self, name: &str) -> Result<View<'_>, Error> {
        View::of(self.column(name)?)
    }

    /// The rows for which the condition holds.
    pub(super) fn filter(&self, condition: &RowCondition) -> Result<Self, Error> {
        let mask = condition.mask(self)?;
        let places: Vec<u32> = (0..)
            .zip(&mask)
            .filter(|(_, holds)| **holds)
            .map(|(place, _)| place)
            .collect();
        let mask = BooleanChunked::from_slice(PlSmallStr::EMPTY, &mask);
        let mut data = self.data.filter_seq(&mask)?;
        data.rechunk_mut();
        Ok(Self {
            data,
            rows: self.rows.take(&places),
        })
    }
}
