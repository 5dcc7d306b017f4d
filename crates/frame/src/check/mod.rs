//! Expectations checked against a table: a whole suite in one pass over its rows, batch by batch.

mod cell;
mod condition;
mod distinct;
mod divergence;
mod judge;
mod keys;
mod measure;
mod numbers;
mod ordered;
mod piece;
mod plan;
mod records;
mod table;
mod tally;
mod text_test;
mod value_test;

use assay_core::Task;
use assay_core::expect::{MAX_PARTIAL, Problem, RuleResult, Suite};
use assay_core::schema::{ColumnType, Schema};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::columns::Values;
use crate::error::Error;
use crate::frame::Frame;
use measure::State;
use piece::Piece;
use plan::Plan;

/// One result per expectation of the suite, in its order. A rule that cannot be evaluated is a result too, with its
/// reason.
///
/// # Errors
/// [`Error::Cancelled`] alone.
pub fn check(frame: &Frame, suite: &Suite, task: &Task) -> Result<Vec<RuleResult>, Error> {
    check_with(frame, suite, &CheckOptions::default(), task)
}

/// The same with other data sets, queries, or every unexpected row.
///
/// # Errors
/// [`Error::Cancelled`] alone.
pub fn check_with(
    frame: &Frame,
    suite: &Suite,
    options: &CheckOptions<'_>,
    task: &Task,
) -> Result<Vec<RuleResult>, Error> {
    let mut checker = Checker::new(suite, &frame.schema(), options.max_named_rows);
    checker.push(frame, 0, task)?;
    checker.finish(options, task)
}

/// Checks a table that comes in parts, first rows first: no more of it than a part need be in memory, except where a
/// rule asks for it (uniqueness keeps 8 or 16 bytes a row, a median 8).
///
/// # Errors
/// What a part's reading gives, [`Error::WrongType`] when a part's columns are not those of the first,
/// [`Error::Cancelled`].
pub fn check_batches(
    batches: impl IntoIterator<Item = Result<Frame, Error>>,
    schema: &Schema,
    suite: &Suite,
    options: &CheckOptions<'_>,
    task: &Task,
) -> Result<Vec<RuleResult>, Error> {
    let mut checker = Checker::new(suite, schema, options.max_named_rows);
    let mut first_row = 0;
    for batch in batches {
        let batch = batch?;
        checker.push(&batch, first_row, task)?;
        first_row += batch.n_rows() as u64;
    }
    checker.finish(options, task)
}

/// Counts the rows of another data set; or a sentence on why not.
pub type RowCountOf<'a> = dyn Fn(&str) -> Result<u64, String> + Sync + 'a;
/// Runs a query over the table that is checked; or a sentence on why not.
pub type RunQuery<'a> = dyn Fn(&str) -> Result<QueryRows, String> + Sync + 'a;

/// What a check may ask from outside of the table, and how much it tells.
#[derive(Clone, Copy)]
pub struct CheckOptions<'a> {
    /// At most so many unexpected rows are named, for each rule.
    pub max_named_rows: usize,
    pub row_count_of: Option<&'a RowCountOf<'a>>,
    pub query: Option<&'a RunQuery<'a>>,
}

/// The rows that a query returned.
#[derive(Debug, Clone, PartialEq)]
pub struct QueryRows {
    pub n_rows: u64,
    /// Objects by column, the first ones.
    pub first_rows: Vec<serde_json::Value>,
}

impl Default for CheckOptions<'_> {
    fn default() -> Self {
        Self {
            max_named_rows: MAX_PARTIAL,
            row_count_of: None,
            query: None,
        }
    }
}

/// A suite over a table of which more and more is seen.
pub struct Checker {
    plan: Plan,
    /// Those that the plan looks at.
    columns: Vec<String>,
    max_named_rows: usize,
    /// One state per measurement; `None` before the first row.
    states: Option<Vec<State>>,
}

/// Rows that one core takes at a time.
const PIECE_ROWS: usize = 1 << 16;
/// Pieces of memory are minded when they are as long as this on average.
const MIN_PIECE_ROWS: usize = 1 << 13;

impl Checker {
    pub fn new(suite: &Suite, schema: &Schema, max_named_rows: usize) -> Self {
        let plan = Plan::new(suite, schema);
        Self {
            columns: plan.columns(),
            plan,
            max_named_rows,
            states: None,
        }
    }

    /// Sees rows that follow those seen before. `first_row`: the 0-based row of the whole that the batch begins with.
    ///
    /// # Errors
    /// [`Error::WrongType`] when the columns are not those of the schema, [`Error::Cancelled`].
    pub fn push(&mut self, batch: &Frame, first_row: u64, task: &Task) -> Result<(), Error> {
        self.same_columns(batch)?;
        let pieces = cuts(batch, &self.columns)?
            .into_par_iter()
            .map(|rows| {
                task.check()?;
                self.states_of(&Piece::new(batch, &self.columns, rows, first_row)?)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        for states in pieces {
            self.merge_states(states);
        }
        task.step(first_row + batch.n_rows() as u64, 0, "checking");
        Ok(())
    }

    /// Joins with a checker of the same suite that saw the rows that follow.
    pub fn merge(&mut self, later: Self) {
        if let Some(states) = later.states {
            self.merge_states(states);
        }
    }

    /// The results.
    ///
    /// # Errors
    /// [`Error::Cancelled`] alone.
    pub fn finish(
        mut self,
        options: &CheckOptions<'_>,
        task: &Task,
    ) -> Result<Vec<RuleResult>, Error> {
        if self.states.is_none() {
            self.push(&empty(&self.plan.schema)?, 0, task)?;
        }
        let states = self.states.unwrap_or_default();
        let plan = &self.plan;
        let results = (0..plan.rules.len())
            .into_par_iter()
            .map(|rule| {
                task.check()?;
                judge::result(plan, &states, rule, options)
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(results.into_iter().flatten().collect())
    }

    fn same_columns(&self, batch: &Frame) -> Result<(), Error> {
        for column in &self.plan.schema.columns {
            let kind = batch.view(&column.name)?.kind();
            if kind != column.kind {
                return Err(Error::WrongType {
                    column: column.name.clone(),
                    found: kind.label().to_owned(),
                    needed: format!("it was {} in the rows before", column.kind.label()),
                });
            }
        }
        Ok(())
    }

    fn states_of(&self, piece: &Piece) -> Result<Vec<State>, Error> {
        let filtered = self
            .plan
            .conditions
            .iter()
            .map(|condition| piece.filter(condition))
            .collect::<Result<Vec<_>, _>>()?;
        let measures = self.plan.measures.iter();
        measures
            .map(|measure| {
                let piece = measure
                    .condition
                    .and_then(|at| filtered.get(at))
                    .unwrap_or(piece);
                measure.run(piece, self.max_named_rows)
            })
            .collect()
    }

    fn merge_states(&mut self, later: Vec<State>) {
        match &mut self.states {
            None => self.states = Some(later),
            Some(states) => {
                let both = states.iter_mut().zip(later);
                for (measure, (state, later)) in self.plan.measures.iter().zip(both) {
                    measure.merge(state, later, self.max_named_rows);
                }
            }
        }
    }
}

/// Where to cut a table, as first rows and numbers of rows: no piece has more than [`PIECE_ROWS`], and none goes over
/// the end of a piece of memory of a column, for that would be a copy.
fn cuts(batch: &Frame, columns: &[String]) -> Result<Vec<(usize, usize)>, Error> {
    let n_rows = batch.n_rows();
    let mut ends: Vec<usize> = (1..)
        .map(|i| i * PIECE_ROWS)
        .take_while(|end| *end < n_rows)
        .collect();
    for name in columns {
        let column = batch.data.column(name)?;
        // many small ones are rather copied than looked at one by one
        if column.n_chunks() <= n_rows / MIN_PIECE_ROWS {
            let lengths = column.as_materialized_series().chunk_lengths();
            ends.extend(lengths.scan(0, |end, length| {
                *end += length;
                Some(*end)
            }));
        }
    }
    ends.push(n_rows);
    ends.sort_unstable();
    ends.dedup();
    let mut first = 0;
    Ok(ends
        .into_iter()
        .map(|end| (std::mem::replace(&mut first, end), end))
        .map(|(first, end)| (first, end - first))
        .collect())
}

/// A table of that schema without rows.
fn empty(schema: &Schema) -> Result<Frame, Error> {
    let series = schema.columns.iter().map(|column| {
        let name = column.name.as_str();
        match column.kind {
            ColumnType::Integer => Values::Integer(Vec::new()).into_series(name),
            ColumnType::Float => Values::Float(Vec::new()).into_series(name),
            ColumnType::Boolean => Values::Boolean(Vec::new()).into_series(name),
            ColumnType::Text => crate::columns::text_series(name, 0, std::iter::empty()),
            ColumnType::Date => Values::Date(Vec::new()).into_series(name),
            ColumnType::Datetime => Values::Datetime(Vec::new()).into_series(name),
        }
    });
    Frame::from_series(0, series.collect())
}

/// The kind of a column that is there.
fn column_of(schema: &Schema, name: &str) -> Result<ColumnType, Problem> {
    match schema.column(name) {
        Some(column) => Ok(column.kind),
        None => Err(Problem(format!("there is no column `{name}`"))),
    }
}

fn wrong_type(column: &str, kind: ColumnType, needed: &str) -> Problem {
    Problem(format!(
        "column `{column}` is {}, but the rule needs {needed}",
        kind_words(kind)
    ))
}

fn kind_words(kind: ColumnType) -> &'static str {
    kind.label()
}
