//! One measurement of a table, piece by piece: what it looks at, what it has seen, and how two such join.

use assay_core::expect::read::IgnoreRow;

use super::distinct::{Distinct, Extremes};
use super::keys::Keys;
use super::numbers::{Moments, Numbers};
use super::ordered::{Direction, Ordered};
use super::piece::Piece;
use super::records::RowTest;
use super::tally::Tally;
use super::value_test::CellTest;
use crate::error::Error;

pub(super) struct Measure {
    pub(super) columns: Vec<String>,
    /// The place of the condition in the plan.
    pub(super) condition: Option<usize>,
    pub(super) work: Work,
}

pub(super) enum Work {
    /// Rows, and missing values of the column if there is one.
    Counts,
    Cells(CellTest),
    Rows(RowTest),
    Ordered(Direction),
    Moments,
    Extremes,
    Keys,
    RowKeys(IgnoreRow),
    Distinct,
    Numbers {
        with_rows: bool,
    },
}

/// What a measurement has seen so far.
pub(super) enum State {
    Counts { n_rows: u64, n_missing: u64 },
    Tally(Tally),
    Ordered(Ordered),
    Moments(Moments),
    Extremes(Extremes),
    Keys(Keys),
    Distinct(Distinct),
    Numbers(Numbers),
}

impl Measure {
    /// Whether two measurements find the same. Tests are not compared.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let same_work = match (&self.work, &other.work) {
            (Work::Counts, Work::Counts)
            | (Work::Moments, Work::Moments)
            | (Work::Extremes, Work::Extremes)
            | (Work::Keys, Work::Keys)
            | (Work::Distinct, Work::Distinct) => true,
            (Work::RowKeys(a), Work::RowKeys(b)) => a == b,
            (Work::Ordered(a), Work::Ordered(b)) => a == b,
            (Work::Numbers { with_rows: a }, Work::Numbers { with_rows: b }) => a == b,
            _ => false,
        };
        same_work && self.columns == other.columns && self.condition == other.condition
    }

    pub(super) fn run(&self, piece: &Piece, max_named: usize) -> Result<State, Error> {
        let column = self.columns.first().map_or("", String::as_str);
        Ok(match &self.work {
            Work::Counts => State::Counts {
                n_rows: piece.n_rows() as u64,
                n_missing: if self.columns.is_empty() {
                    0
                } else {
                    piece.view(column)?.n_missing() as u64
                },
            },
            Work::Cells(test) => State::Tally(test.run(piece, column, max_named)?),
            Work::Rows(test) => State::Tally(test.run(piece, max_named)?),
            Work::Ordered(direction) => State::Ordered(direction.run(piece, column, max_named)?),
            Work::Moments => State::Moments(Moments::of(piece, column)?),
            Work::Extremes => State::Extremes(Extremes::of(piece, column)?),
            Work::Keys => State::Keys(Keys::of_column(piece, column)?),
            Work::RowKeys(ignore) => State::Keys(Keys::of_rows(piece, &self.columns, *ignore)?),
            Work::Distinct => State::Distinct(Distinct::of(piece, column)?),
            Work::Numbers { with_rows } => State::Numbers(Numbers::of(piece, column, *with_rows)?),
        })
    }

    /// `later` saw rows after those of `earlier`.
    pub(super) fn merge(&self, earlier: &mut State, later: State, max_named: usize) {
        match (earlier, later) {
            (
                State::Counts { n_rows, n_missing },
                State::Counts {
                    n_rows: more_rows,
                    n_missing: more_missing,
                },
            ) => {
                *n_rows += more_rows;
                *n_missing += more_missing;
            }
            (State::Tally(tally), State::Tally(later)) => tally.merge(later, max_named),
            (State::Ordered(ordered), State::Ordered(later)) => {
                if let Work::Ordered(direction) = self.work {
                    direction.merge(ordered, later, max_named);
                }
            }
            (State::Moments(moments), State::Moments(later)) => moments.merge(later),
            (State::Extremes(extremes), State::Extremes(later)) => extremes.merge(later),
            (State::Keys(keys), State::Keys(later)) => keys.merge(later),
            (State::Distinct(distinct), State::Distinct(later)) => distinct.merge(later),
            (State::Numbers(numbers), State::Numbers(later)) => numbers.merge(later),
            // Invariant: a measurement always makes the same kind of state.
            _ => {}
        }
    }
}
