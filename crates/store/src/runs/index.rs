//! The runs of a lab in columns, as far as they were asked for: what makes a search among a hundred thousand runs take
//! milliseconds.
//!
//! A process reads a column when a filter or an order first names it, and keeps it. `run_changes` tells which runs were
//! touched since, by this or by another process, and only those are read again. Nothing here is stored: SQLite stays the
//! only truth, and a process that asks once reads the columns of its one question.

mod arranged;
mod bits;
mod column;
mod names;
mod pick;
mod words;

use std::collections::HashMap;

use assay_core::TimestampMs;
use rusqlite::{Connection, params};

use self::arranged::Arranged;
pub(crate) use self::bits::Bits;
pub(crate) use self::column::{Column, Read};
use self::names::Names;
pub(crate) use self::pick::{Direction, Side, Ties, Wanted, Window};
pub(crate) use self::words::TextOrder;
use super::fields::{Attribute, Field, Head, State};
use crate::changes;
use crate::error::Result;
use crate::rows::Rows;

/// Columns beyond this are forgotten, those first that were asked for longest ago.
const BUDGET_BYTES: usize = 32 << 20;

/// Invariant: every vector has one entry per run, in the order of `rows`; all agree with one state of the database,
/// that after the change `number`.
#[derive(Debug, Default)]
pub(crate) struct RunIndex {
    /// `None`: nothing was read yet.
    number: Option<u64>,
    /// Ascending.
    rows: Vec<i64>,
    experiments: Vec<i64>,
    started_ms: Vec<TimestampMs>,
    states: Vec<State>,
    columns: HashMap<Field, Kept>,
    /// Counts questions.
    clock: u64,
    names: Option<Names>,
    arranged: Option<Arranged>,
}

#[derive(Debug)]
struct Kept {
    column: Column,
    asked: u64,
}

impl RunIndex {
    /// Brings everything to the state of the database that `db` sees. Invariant: `db` is in a transaction that began
    /// no earlier than the last one seen here.
    pub fn refresh(&mut self, db: &Connection) -> Result<()> {
        let outcome = self.try_refresh(db);
        if outcome.is_err() {
            *self = Self::default();
        }
        outcome
    }

    fn try_refresh(&mut self, db: &Connection) -> Result<()> {
        let newest = changes::newest(db)?;
        let touched = match self.number {
            Some(number) => changes::runs_since(db, number, newest)?,
            None => None,
        };
        match touched {
            // Reading a column is cheaper than reading many of its values one by one.
            Some(touched) if touched.len() <= 100 + self.rows.len() / 20 => {
                if !touched.is_empty() {
                    self.names = None;
                    self.arranged = None;
                }
                self.touch(db, &touched)?;
            }
            _ => {
                *self = Self {
                    clock: self.clock,
                    ..Self::default()
                };
                self.read_heads(db)?;
            }
        }
        self.number = Some(newest);
        Ok(())
    }

    fn read_heads(&mut self, db: &Connection) -> Result<()> {
        let heads = db.all(
            "SELECT id, experiment_id, started_ms, deleted_ms IS NOT NULL FROM runs ORDER BY id",
            [],
            read_head,
        )?;
        self.rows = heads.iter().map(|head| head.row).collect();
        self.experiments = heads.iter().map(|head| head.experiment).collect();
        self.started_ms = heads.iter().map(|head| head.started_ms).collect();
        self.states = heads.iter().map(|head| head.state).collect();
        Ok(())
    }

    /// Reads some runs again.
    fn touch(&mut self, db: &Connection, touched: &[i64]) -> Result<()> {
        for &row in touched {
            let head = db.first(
                "SELECT id, experiment_id, started_ms, deleted_ms IS NOT NULL FROM runs WHERE id = ?1",
                params![row],
                read_head,
            )?;
            match (self.rows.binary_search(&row), head) {
                (Ok(place), Some(head)) => self.put_head(place, head),
                (Ok(place), None) => {
                    if let Some(state) = self.states.get_mut(place) {
                        *state = State::Absent;
                    }
                }
                (Err(_), None) => {}
                (Err(place), Some(head)) if place == self.rows.len() => {
                    self.rows.push(head.row);
                    self.experiments.push(head.experiment);
                    self.started_ms.push(head.started_ms);
                    self.states.push(head.state);
                }
                // A row between others: never written by this program, and no reason to be wrong.
                (Err(_), Some(_)) => {
                    self.columns.clear();
                    return self.read_heads(db);
                }
            }
        }
        let rows = &self.rows;
        for (field, kept) in &mut self.columns {
            kept.column.grow(rows.len());
            let source = field.source();
            let mut statement = db.prepare(&source.of_one())?;
            for row in touched {
                let Ok(place) = rows.binary_search(row) else {
                    continue;
                };
                kept.column.clear(place);
                let mut found = statement.query(params![source.key, row])?;
                while let Some(found) = found.next()? {
                    if let Some(value) = field.read(found)? {
                        kept.column.put(place, value);
                    }
                }
            }
        }
        self.columns.retain(|_, kept| !kept.column.is_worn());
        Ok(())
    }

    fn put_head(&mut self, place: usize, head: Head) {
        if let (Some(experiment), Some(started_ms), Some(state)) = (
            self.experiments.get_mut(place),
            self.started_ms.get_mut(place),
            self.states.get_mut(place),
        ) {
            *experiment = head.experiment;
            *started_ms = head.started_ms;
            *state = head.state;
        }
    }

    /// Reads the columns that are not there yet, and forgets others when there are too many.
    pub fn require(&mut self, db: &Connection, fields: &[Field]) -> Result<()> {
        self.clock += 1;
        for field in fields {
            let column = match self.columns.remove(field) {
                Some(kept) => kept.column,
                None => self.read_column(db, field)?,
            };
            let asked = self.clock;
            self.columns.insert(field.clone(), Kept { column, asked });
        }
        let mut size: usize = self
            .columns
            .values()
            .map(|kept| kept.column.size_bytes())
            .sum();
        while size > BUDGET_BYTES {
            let oldest = self
                .columns
                .iter()
                .filter(|(_, kept)| kept.asked < self.clock)
                .min_by_key(|(_, kept)| kept.asked)
                .map(|(field, _)| field.clone());
            let Some(kept) = oldest.and_then(|field| self.columns.remove(&field)) else {
                break;
            };
            size -= kept.column.size_bytes();
        }
        Ok(())
    }

    fn read_column(&self, db: &Connection, field: &Field) -> Result<Column> {
        let source = field.source();
        let mut statement = db.prepare(&source.of_all())?;
        let mut found = match source.key {
            Some(key) => statement.query(params![key])?,
            None => statement.query([])?,
        };
        let mut column = source.empty;
        column.grow(self.rows.len());
        // Both ascend.
        let mut place = 0;
        while let Some(row) = found.next()? {
            let run: i64 = row.get(0)?;
            while self.rows.get(place).is_some_and(|&known| known < run) {
                place += 1;
            }
            if self.rows.get(place) == Some(&run)
                && let Some(value) = field.read(row)?
            {
                column.put(place, value);
            }
        }
        column.settle();
        Ok(column)
    }
}

fn read_head(row: &rusqlite::Row<'_>) -> Result<Head> {
    Ok(Head {
        row: row.get(0)?,
        experiment: row.get(1)?,
        started_ms: row.get(2)?,
        state: if row.get(3)? {
            State::Deleted
        } else {
            State::Active
        },
    })
}

/// What decides between runs that began at the same time: the id, a column like others.
const RUN_ID: Field = Field::Attribute(Attribute::RunId);
