//! Rows that another part of the program hands over: tables of a database.

use assay_core::dataset::BadRow;

use super::cells::{Cell, Row};
use super::json::shown;
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
    /// A text whose bytes are no UTF-8.
    NotUtf8(&'a [u8]),
}

/// A table that is read row by row, as often as is asked.
pub trait PlainRows: Send {
    /// What the table is called, for messages.
    fn table(&self) -> &str;

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
    rows: Box<dyn PlainRows>,
    n_read: u64,
}

impl PlainRecords {
    pub(super) fn new(rows: Box<dyn PlainRows>) -> Self {
        Self { rows, n_read: 0 }
    }
}

impl Records for PlainRecords {
    fn rewind(&mut self) -> Result<(), Error> {
        self.n_read = 0;
        self.rows.rewind().map_err(Error::Unreadable)
    }

    fn next(&mut self, row: &mut Row) -> Result<Next, Error> {
        let mut column = 0;
        let mut bad = None;
        let more = self.rows.next(&mut |value| {
            row.push(
                column,
                match value {
                    PlainValue::Missing => Cell::Missing,
                    PlainValue::Boolean(value) => Cell::Boolean(value),
                    PlainValue::Integer(value) => Cell::Integer(value),
                    PlainValue::Float(value) => Cell::Float(value),
                    PlainValue::Text(text) => Cell::Text(text),
                    PlainValue::NotUtf8(bytes) => {
                        bad.get_or_insert((column, shown(bytes)));
                        Cell::Missing
                    }
                },
            );
            column += 1;
        });
        if !more.map_err(Error::Unreadable)? {
            return Ok(Next::End);
        }
        self.n_read += 1;
        let Some((column, text)) = bad else {
            return Ok(Next::Row);
        };
        let name = self.rows.columns().into_iter().nth(column);
        Ok(Next::Bad(BadRow {
            line: self.n_read,
            problem: format!(
                "of table `{}` holds bytes in column `{}` that are no UTF-8 text",
                self.rows.table(),
                name.unwrap_or_default()
            ),
            text,
        }))
    }

    fn names(&self) -> Vec<Option<String>> {
        self.rows.columns().into_iter().map(Some).collect()
    }

    fn progress(&self) -> (u64, u64) {
        self.rows.progress()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two(usize);

    impl PlainRows for Two {
        fn table(&self) -> &str {
            "t"
        }

        fn columns(&self) -> Vec<String> {
            vec!["a".to_owned(), "b".to_owned()]
        }

        fn rewind(&mut self) -> Result<(), String> {
            self.0 = 0;
            Ok(())
        }

        fn next(&mut self, push: &mut dyn FnMut(PlainValue<'_>)) -> Result<bool, String> {
            self.0 += 1;
            push(PlainValue::Integer(1));
            push(match self.0 {
                2 => PlainValue::NotUtf8(b"J\xf5gi"),
                _ => PlainValue::Text("x"),
            });
            Ok(self.0 < 4)
        }

        fn progress(&self) -> (u64, u64) {
            (0, 0)
        }
    }

    #[test]
    fn bytes_that_are_no_text_make_a_bad_row() {
        let mut records = PlainRecords::new(Box::new(Two(0)));
        for _ in 0..2 {
            records.rewind().unwrap();
            let mut row = Row::default();
            assert!(matches!(records.next(&mut row), Ok(Next::Row)));
            let Ok(Next::Bad(bad)) = records.next(&mut row) else {
                panic!("the second row is read");
            };
            assert_eq!(bad.line, 2);
            assert_eq!(
                bad.problem,
                "of table `t` holds bytes in column `b` that are no UTF-8 text"
            );
            assert_eq!(bad.text, "J\u{fffd}gi");
        }
    }
}
