//! Tests on one value at a time, made ready for a column's type and run over its memory.

use assay_core::expect::Problem;
use assay_core::expect::read::{Bound, Bounds, ValueTest};
use assay_core::schema::ColumnType;
use serde_json::Value;

use super::cell::{Cell, KeySet, MICROS_PER_DAY, cell, micros, read_value, text_key};
use super::piece::Piece;
use super::tally::Tally;
use super::text_test::TextTest;
use super::wrong_type;
use crate::columns::View;
use crate::error::Error;

pub(super) enum CellTest {
    NotNull,
    Null,
    /// Integers, dates (days) and date-times (microseconds), both ends allowed.
    WholeRange(i64, i64),
    FloatRange(Bounds),
    TextRange(Bounds),
    Whole {
        set: KeySet<u64>,
        negated: bool,
    },
    Set {
        keys: KeySet<u128>,
        negated: bool,
    },
    Text(TextTest),
}

impl CellTest {
    /// `None` for tests that need more than one value.
    pub(super) fn new(
        test: &ValueTest,
        column: &str,
        kind: ColumnType,
    ) -> Option<Result<Self, Problem>> {
        Some(match test {
            ValueTest::NotNull => Ok(Self::NotNull),
            ValueTest::Null => Ok(Self::Null),
            ValueTest::Between(bounds) => range(bounds, column, kind),
            ValueTest::InSet { values, negated } => Ok(in_set(values, kind, *negated)),
            ValueTest::Length(_)
            | ValueTest::Regex(_)
            | ValueTest::Like { .. }
            | ValueTest::Strftime(_)
            | ValueTest::DateParseable
            | ValueTest::JsonParseable
            | ValueTest::JsonSchema(_) => {
                if kind == ColumnType::Text {
                    TextTest::new(test)?.map(Self::Text)
                } else {
                    Err(wrong_type(column, kind, "text"))
                }
            }
            ValueTest::Unique
            | ValueTest::OfType(_)
            | ValueTest::Ordered { .. }
            | ValueTest::ZScore { .. }
            | ValueTest::NotOutlier { .. } => return None,
        })
    }

    pub(super) fn run(
        &self,
        piece: &Piece,
        column: &str,
        max_named: usize,
    ) -> Result<Tally, Error> {
        let view = piece.view(column)?;
        let mut tally = Tally::default();
        let n_rows = piece.n_rows() as u64;
        let n_missing = view.n_missing() as u64;
        if let Self::NotNull | Self::Null = self {
            tally.n_checked = n_rows;
            tally.n_unexpected = if matches!(self, Self::Null) {
                n_rows - n_missing
            } else {
                n_missing
            };
        } else {
            tally.n_checked = n_rows - n_missing;
            tally.n_missing = n_missing;
            tally.n_unexpected = self.count(view);
        }
        if tally.n_unexpected > 0 {
            self.name(view, piece, max_named, &mut tally);
        }
        Ok(tally)
    }

    /// Values that are there and do not hold.
    fn count(&self, view: View<'_>) -> u64 {
        match (self, view) {
            (Self::WholeRange(low, high), View::Integer(values) | View::Datetime(values)) => values
                .downcast_iter()
                .map(|part| failing(part.values(), part.iter(), |v| low <= v && v <= high))
                .sum(),
            (Self::Whole { set, negated }, View::Integer(values)) => values
                .downcast_iter()
                .map(|part| {
                    let holds = |v: &i64| set.contains(&v.cast_unsigned()) != *negated;
                    failing(part.values(), part.iter(), holds)
                })
                .sum(),
            (Self::FloatRange(bounds), View::Float(values)) => {
                let (low, high) = float_ends(bounds);
                values
                    .downcast_iter()
                    .map(|part| failing(part.values(), part.iter(), |v| low <= *v && *v <= high))
                    .sum()
            }
            (Self::Set { keys, negated }, View::Text(values)) => values
                .downcast_iter()
                .map(|part| {
                    let texts = part.iter().flatten();
                    texts
                        .filter(|text| keys.contains(&text_key(text)) == *negated)
                        .count() as u64
                })
                .sum(),
            (Self::Text(test), View::Text(values)) => test.count_failing(values),
            (_, view) => (0..len(view))
                .filter(|row| self.fails(cell(view, *row)))
                .count() as u64,
        }
    }

    /// Whether a value is there and does not hold.
    fn fails(&self, cell: Cell<&str>) -> bool {
        if cell.is_missing() {
            return matches!(self, Self::NotNull);
        }
        match (self, cell) {
            (Self::NotNull, _) => false,
            (Self::Null, _) => true,
            (Self::WholeRange(low, high), Cell::Integer(value) | Cell::Datetime(value)) => {
                !(low..=high).contains(&&value)
            }
            (Self::WholeRange(low, high), Cell::Date(days)) => {
                !(low..=high).contains(&&i64::from(days))
            }
            (Self::FloatRange(bounds), Cell::Float(value)) => !bounds.hold(value),
            (Self::TextRange(bounds), Cell::Text(text)) => !text_within(bounds, text),
            (Self::Whole { set, negated }, Cell::Integer(value)) => {
                set.contains(&value.cast_unsigned()) == *negated
            }
            (Self::Set { keys, negated }, cell) => keys.contains(&cell.key()) == *negated,
            (Self::Text(test), Cell::Text(text)) => !test.holds(text),
            // the test was made for the column's kind
            _ => true,
        }
    }

    fn name(&self, view: View<'_>, piece: &Piece, max_named: usize, tally: &mut Tally) {
        let failing = (0..piece.n_rows())
            .map(|row| (row, cell(view, row)))
            .filter(|(_, cell)| match (self, cell.is_missing()) {
                (Self::NotNull, is_missing) => is_missing,
                (_, true) => false,
                _ => self.fails(*cell),
            });
        tally.named = failing
            .take(max_named)
            .map(|(row, cell)| (piece.rows.at(row), cell.json()))
            .collect();
    }
}

fn len(view: View<'_>) -> usize {
    match view {
        View::Integer(values) | View::Datetime(values) => values.len(),
        View::Float(values) => values.len(),
        View::Decimal(values, _) => values.len(),
        View::Boolean(values) => values.len(),
        View::Text(values) => values.len(),
        View::Date(values) => values.len(),
    }
}

/// Without missing values a plain loop over the memory, which the compiler turns into vector instructions.
fn failing<'a, T: 'a>(
    values: &'a [T],
    each: impl ExactSizeIterator<Item = Option<&'a T>>,
    holds: impl Fn(&T) -> bool,
) -> u64 {
    let all = values.iter().filter(|value| !holds(value)).count() as u64;
    // what lies under a missing value is no value
    if all == 0 {
        return 0;
    }
    each.flatten().filter(|value| !holds(value)).count() as u64
}

/// Both ends allowed: a strict bound is the next float.
fn float_ends(bounds: &Bounds) -> (f64, f64) {
    let end = |bound: &Option<Bound>| bound.as_ref().and_then(Bound::number);
    let low = match end(&bounds.min) {
        None => f64::NEG_INFINITY,
        Some(low) if bounds.strict_min => low.next_up(),
        Some(low) => low,
    };
    let high = match end(&bounds.max) {
        None => f64::INFINITY,
        Some(high) if bounds.strict_max => high.next_down(),
        Some(high) => high,
    };
    (low, high)
}

fn range(bounds: &Bounds, column: &str, kind: ColumnType) -> Result<CellTest, Problem> {
    let is_text = |bound: &Option<Bound>| matches!(bound, Some(Bound::Text(_)));
    let texts = is_text(&bounds.min) || is_text(&bounds.max);
    match (kind, texts) {
        (ColumnType::Integer, false) => Ok(whole_range(bounds)),
        (ColumnType::Float, false) => Ok(CellTest::FloatRange(bounds.clone())),
        (ColumnType::Text, true) => Ok(CellTest::TextRange(bounds.clone())),
        (ColumnType::Date | ColumnType::Datetime, true) => time_range(bounds, kind),
        (ColumnType::Text, false) => Err(wrong_type(column, kind, "numbers")),
        (ColumnType::Date | ColumnType::Datetime, false) => {
            Err(wrong_type(column, kind, "dates as bounds"))
        }
        (ColumnType::Integer | ColumnType::Float, true) => {
            Err(wrong_type(column, kind, "numbers as bounds"))
        }
        (ColumnType::Boolean, _) => Err(wrong_type(column, kind, "numbers, dates or text")),
    }
}

fn whole_range(bounds: &Bounds) -> CellTest {
    let low = match &bounds.min {
        Some(Bound::Integer(low)) if bounds.strict_min => low.checked_add(1),
        Some(Bound::Integer(low)) => Some(*low),
        Some(Bound::Float(low)) if bounds.strict_min => {
            Some(low.floor() as i64).map(|low| low.saturating_add(1))
        }
        Some(Bound::Float(low)) => Some(low.ceil() as i64),
        _ => Some(i64::MIN),
    };
    let high = match &bounds.max {
        Some(Bound::Integer(high)) if bounds.strict_max => high.checked_sub(1),
        Some(Bound::Integer(high)) => Some(*high),
        Some(Bound::Float(high)) if bounds.strict_max => {
            Some(high.ceil() as i64).map(|high| high.saturating_sub(1))
        }
        Some(Bound::Float(high)) => Some(high.floor() as i64),
        _ => Some(i64::MAX),
    };
    match (low, high) {
        (Some(low), Some(high)) => CellTest::WholeRange(low, high),
        // over the largest or under the least integer lies nothing
        _ => CellTest::WholeRange(1, 0),
    }
}

fn time_range(bounds: &Bounds, kind: ColumnType) -> Result<CellTest, Problem> {
    let end = |bound: &Option<Bound>| match bound {
        Some(Bound::Text(text)) => match micros(text) {
            Some(micros) => Ok(Some(micros)),
            None => Err(Problem(format!(
                "the bound `{text}` is no date; write 2026-01-31 or 2026-01-31 12:00"
            ))),
        },
        _ => Ok(None),
    };
    let low = end(&bounds.min)?.map_or(i64::MIN, |low| low + i64::from(bounds.strict_min));
    let high = end(&bounds.max)?.map_or(i64::MAX, |high| high - i64::from(bounds.strict_max));
    Ok(match kind {
        // the first midnight at or after, the last one at or before
        ColumnType::Date => CellTest::WholeRange(
            low.div_euclid(MICROS_PER_DAY) + i64::from(low.rem_euclid(MICROS_PER_DAY) > 0),
            high.div_euclid(MICROS_PER_DAY),
        ),
        _ => CellTest::WholeRange(low, high),
    })
}

fn text_within(bounds: &Bounds, text: &str) -> bool {
    let above = match &bounds.min {
        Some(Bound::Text(low)) if bounds.strict_min => text > low.as_str(),
        Some(Bound::Text(low)) => text >= low.as_str(),
        _ => true,
    };
    let below = match &bounds.max {
        Some(Bound::Text(high)) if bounds.strict_max => text < high.as_str(),
        Some(Bound::Text(high)) => text <= high.as_str(),
        _ => true,
    };
    above && below
}

/// Numbers are compared as numbers (`3750` is `3750.0`), booleans in any case, other values as they are.
fn in_set(values: &[Value], kind: ColumnType, negated: bool) -> CellTest {
    let keys = values
        .iter()
        .filter_map(|value| read_value(value, kind))
        .map(|value| value.key());
    if kind == ColumnType::Integer {
        let set = keys.filter_map(|key| u64::try_from(key).ok()).collect();
        CellTest::Whole { set, negated }
    } else {
        CellTest::Set {
            keys: keys.collect(),
            negated,
        }
    }
}
