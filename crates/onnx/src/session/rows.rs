//! Rows on their way into a graph, as whoever holds them has them: nothing is copied before a chunk of it is asked for.

use assay_core::matrix::{Columns, RawColumn, RawValues};

/// The values of one column.
#[derive(Debug, Clone, Copy)]
pub enum Cells<'a> {
    /// A missing value is NaN.
    Numbers(&'a [f64]),
    Texts(&'a [Option<String>]),
    /// An index into `texts` for each row; one beyond them for a missing text.
    Coded {
        codes: &'a [u32],
        texts: &'a [String],
    },
}

/// Columns of equal length by their names.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    pub n_rows: usize,
    pub columns: Vec<(&'a str, Cells<'a>)>,
}

impl<'a> Rows<'a> {
    pub(super) fn column(&self, name: &str) -> Option<Cells<'a>> {
        let mut columns = self.columns.iter();
        columns
            .find(|(own, _)| *own == name)
            .map(|(_, cells)| *cells)
    }

    /// A copy, for who takes nothing else.
    pub(super) fn to_columns(&self) -> Columns {
        let columns = self.columns.iter().map(|(name, cells)| RawColumn {
            name: (*name).to_owned(),
            values: match cells {
                Cells::Numbers(numbers) => RawValues::Numbers(numbers.to_vec()),
                Cells::Texts(texts) => RawValues::Texts(texts.to_vec()),
                Cells::Coded { codes, texts } => {
                    let text = |code: &u32| texts.get(*code as usize).cloned();
                    RawValues::Texts(codes.iter().map(text).collect())
                }
            },
        });
        Columns {
            n_rows: self.n_rows,
            columns: columns.collect(),
        }
    }
}

impl<'a> From<&'a Columns> for Rows<'a> {
    fn from(columns: &'a Columns) -> Self {
        let cells = columns.columns.iter().map(|column| {
            let cells = match &column.values {
                RawValues::Numbers(numbers) => Cells::Numbers(numbers),
                RawValues::Texts(texts) => Cells::Texts(texts),
            };
            (column.name.as_str(), cells)
        });
        Self {
            n_rows: columns.n_rows,
            columns: cells.collect(),
        }
    }
}
