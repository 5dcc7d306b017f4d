//! Rows that another part of the program hands over: tables of a database.

use super::cells::{Cell, Row};
use super::records::{Next, Records};
use crate::error::Error;

/// A value as a database has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlainValue<'a> {
    Missing,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
}

/// A table that is read row by row, as often as is asked.
pub trait PlainRows: Send {
    fn columns(&self) -> Vec<String>;

    /// To the first row.
    ///
    /// # Errors
    /// Why the table cannot be read.
    fn rewind(&mut self) -> Result<(), String>;

    /// Hands over the values of the next row in the order of the columns; `false`: there is none.
    ///
    /// # Errors
    /// Why the table cannot be read further.
    fn next(&mut self, push: &mut dyn FnMut(PlainValue<'_>)) -> Result<bool, String>;

    /// How far it is and how far it goes, in bytes or rows.
    fn progress(&self) -> (u64, u64);
}

pub(super) struct PlainRecords {
    pub(super) rows: Box<dyn PlainRows>,
}

impl Records for PlainRecords {
    fn rewind(&mut self) -> Result<(), Error> {
        self.rows.rewind().map_err(Error::Unreadable)
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let mut column = 0;
        let more = self.rows.next(&mut |value| {
            row.push(
                column,
                match value {
                    PlainValue::Missing => Cell::Missing,
                    PlainValue::Boolean(value) => Cell::Boolean(value),
                    PlainValue::Integer(value) => Cell::Integer(value),
                    PlainValue::Float(value) => Cell::Float(value),
                    PlainValue::Text(text) => Cell::Text(text),
                },
            );
            column += 1;
        });
        match more.map_err(Error::Unreadable)? {
            true => Ok(Next::Row),
            false => Ok(Next::End),
        }
    }

    fn names(&self) -> Vec<Option<String>> {
        self.rows.columns().into_iter().map(Some).collect()
    }

    fn progress(&self) -> (u64, u64) {
        self.rows.progress()
    }
}
