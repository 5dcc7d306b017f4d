//! Tests on several columns, row by row.

use assay_core::expect::Problem;
use assay_core::expect::read::{IgnoreRow, PairTest, RecordTest, Test};
use assay_core::schema::{ColumnType, Schema};
use serde_json::{Map, Value};

use super::cell::{Cell, KeySet, cell, read_value};
use super::condition::comparable;
use super::piece::Piece;
use super::tally::Tally;
use super::{column_of, kind_words, wrong_type};
use crate::columns::View;
use crate::error::Error;

/// Columns of a row that are compared with one another.
pub(super) struct RowTest {
    pub(super) columns: Vec<String>,
    ignore: IgnoreRow,
    compare: Compare,
    /// A pair shows as a list, several columns as an object.
    is_pair: bool,
}

enum Compare {
    Equal { missing_equal: bool },
    Greater { or_equal: bool },
    InSet(KeySet<(u128, u128)>),
    Different,
    Sum(f64),
}

impl RowTest {
    /// `None` for tests of another shape.
    pub(super) fn new(test: &Test, schema: &Schema) -> Option<Result<Self, Problem>> {
        match test {
            Test::Pairs {
                column_a,
                column_b,
                test,
                ignore,
                ..
            } => Some(pair(column_a, column_b, test, schema).map(|compare| Self {
                columns: vec![column_a.clone(), column_b.clone()],
                ignore: *ignore,
                compare,
                is_pair: true,
            })),
            Test::Records {
                columns,
                test,
                ignore,
                ..
            } => {
                let compare = match test {
                    RecordTest::CompoundUnique => return None,
                    RecordTest::Different => Ok(Compare::Different),
                    RecordTest::Equal => Ok(Compare::Equal {
                        missing_equal: true,
                    }),
                    RecordTest::Sum(total) => Ok(Compare::Sum(*total)),
                };
                Some(compare.and_then(|compare| {
                    for column in columns {
                        let kind = column_of(schema, column)?;
                        if matches!(compare, Compare::Sum(_)) && !kind.is_numeric() {
                            return Err(wrong_type(column, kind, "numbers"));
                        }
                    }
                    Ok(Self {
                        columns: columns.clone(),
                        ignore: *ignore,
                        compare,
                        is_pair: false,
                    })
                }))
            }
            _ => None,
        }
    }

    pub(super) fn run(&self, piece: &Piece, max_named: usize) -> Result<Tally, Error> {
        let views = views(piece, &self.columns)?;
        let mut tally = Tally::default();
        let mut cells = Vec::with_capacity(views.len());
        for row in 0..piece.n_rows() {
            cells.clear();
            cells.extend(views.iter().map(|view| cell(*view, row)));
            if is_ignored(self.ignore, &cells) {
                tally.n_missing += 1;
                continue;
            }
            tally.n_checked += 1;
            if !self.holds(&cells) {
                tally.unexpected(piece.rows.at(row), max_named, || self.json(&cells));
            }
        }
        Ok(tally)
    }

    fn holds(&self, cells: &[Cell<&str>]) -> bool {
        match (&self.compare, cells) {
            (Compare::Equal { missing_equal }, [first, others @ ..]) => {
                others.iter().all(|other| {
                    first.compare(other).is_some_and(std::cmp::Ordering::is_eq)
                        || (*missing_equal && first.is_missing() && other.is_missing())
                })
            }
            (Compare::Greater { or_equal }, [a, b]) => a
                .compare(b)
                .is_some_and(|order| order.is_gt() || (*or_equal && order.is_eq())),
            (Compare::InSet(pairs), [a, b]) => pairs.contains(&(a.key(), b.key())),
            (Compare::Different, cells) => {
                (1..cells.len()).all(|at| cells[..at].iter().all(|c| c.key() != cells[at].key()))
            }
            (Compare::Sum(total), cells) => {
                let sum: Option<f64> = cells
                    .iter()
                    .map(|cell| match cell {
                        Cell::Integer(value) => Some(*value as f64),
                        Cell::Float(value) => Some(*value),
                        _ => None,
                    })
                    .sum();
                sum == Some(*total)
            }
            _ => false,
        }
    }

    fn json(&self, cells: &[Cell<&str>]) -> Value {
        if self.is_pair {
            cells.iter().map(Cell::json).collect()
        } else {
            record(&self.columns, cells)
        }
    }
}

/// The values of a row by name.
pub(super) fn record(columns: &[String], cells: &[Cell<&str>]) -> Value {
    let values = columns.iter().cloned().zip(cells.iter().map(Cell::json));
    Value::Object(values.collect::<Map<_, _>>())
}

pub(super) fn views<'a>(piece: &'a Piece, columns: &[String]) -> Result<Vec<View<'a>>, Error> {
    columns.iter().map(|column| piece.view(column)).collect()
}

pub(super) fn is_ignored(ignore: IgnoreRow, cells: &[Cell<&str>]) -> bool {
    match ignore {
        IgnoreRow::AllMissing => cells.iter().all(Cell::is_missing),
        IgnoreRow::AnyMissing => cells.iter().any(Cell::is_missing),
        IgnoreRow::Never => false,
    }
}

fn pair(a: &str, b: &str, test: &PairTest, schema: &Schema) -> Result<Compare, Problem> {
    let (kind_a, kind_b) = (column_of(schema, a)?, column_of(schema, b)?);
    if !comparable(kind_a, kind_b) && !matches!(test, PairTest::InSet(_)) {
        return Err(Problem(format!(
            "`{a}` is {} and `{b}` is {}, which do not compare",
            kind_words(kind_a),
            kind_words(kind_b)
        )));
    }
    Ok(match test {
        PairTest::Equal => Compare::Equal {
            missing_equal: false,
        },
        PairTest::Greater { or_equal } => Compare::Greater {
            or_equal: *or_equal,
        },
        PairTest::InSet(pairs) => {
            let key = |value: &Value, kind: ColumnType| Some(read_value(value, kind)?.key());
            Compare::InSet(
                pairs
                    .iter()
                    .filter_map(|(a, b)| Some((key(a, kind_a)?, key(b, kind_b)?)))
                    .collect(),
            )
        }
    })
}
