//! Values that ascend or descend: each is compared with the one before it, over pieces and shards.

use super::cell::{Cell, cell};
use super::piece::Piece;
use super::tally::Tally;
use crate::error::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Direction {
    pub(super) descending: bool,
    pub(super) strictly: bool,
}

#[derive(Debug, Default)]
pub(super) struct Ordered {
    pub(super) tally: Tally,
    /// The first value and its row, and the last value.
    ends: Option<(u64, Cell<String>, Cell<String>)>,
}

impl Direction {
    fn holds<A: AsRef<str>, B: AsRef<str>>(self, before: &Cell<A>, value: &Cell<B>) -> bool {
        let order = if self.descending {
            value.compare(before)
        } else {
            before.compare(value)
        };
        order.is_some_and(|order| order.is_lt() || (order.is_eq() && !self.strictly))
    }

    pub(super) fn run(
        self,
        piece: &Piece,
        column: &str,
        max_named: usize,
    ) -> Result<Ordered, Error> {
        let view = piece.view(column)?;
        let mut ordered = Ordered::default();
        let tally = &mut ordered.tally;
        tally.n_missing = view.n_missing() as u64;
        tally.n_checked = piece.n_rows() as u64 - tally.n_missing;
        let values = (0..piece.n_rows())
            .map(|row| (row, cell(view, row)))
            .filter(|(_, cell)| !cell.is_missing());
        let mut first = None;
        let mut before = None;
        for (row, value) in values {
            if let Some(before) = &before
                && !self.holds(before, &value)
            {
                tally.unexpected(piece.rows.at(row), max_named, || value.json());
            }
            first.get_or_insert((piece.rows.at(row), value));
            before = Some(value);
        }
        ordered.ends = first
            .zip(before)
            .map(|((row, first), last)| (row, first.owned(), last.owned()));
        Ok(ordered)
    }

    pub(super) fn merge(self, earlier: &mut Ordered, mut later: Ordered, max_named: usize) {
        match (&mut earlier.ends, later.ends) {
            (Some((_, _, last)), Some((row, first, later_last))) => {
                // the first value of a shard had no value before it
                if !self.holds(last, &first) {
                    later.tally.n_unexpected += 1;
                    later.tally.named.insert(0, (row, first.json()));
                }
                *last = later_last;
            }
            (ends @ None, later_ends) => *ends = later_ends,
            (Some(_), None) => {}
        }
        earlier.tally.merge(later.tally, max_named);
    }
}
