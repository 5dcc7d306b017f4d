//! The table itself: columns of the six types of [`ColumnType`], wrapped so that polars stays inside.

use assay_core::schema::{Column, ColumnType, Schema};
use polars::prelude::DataFrame;

use crate::columns::column_type;
use crate::error::Error;

/// A table in memory. Cheap to clone: the columns are shared.
///
/// Invariant: every column has one of the types that [`column_type`] knows, no float is NaN and no text is empty
/// (both are missing instead), names are unique and not empty.
#[derive(Debug, Clone)]
pub struct Frame {
    pub(crate) data: DataFrame,
}

/// What [`Frame::concat`] made.
#[derive(Debug, Clone)]
pub struct Concatenation {
    /// Columns in order of first appearance, rows part after part.
    pub frame: Frame,
    /// Columns that a part lacks; its rows are missing there.
    pub missing: Vec<MissingColumn>,
    /// Columns whose types differed between parts, with the type they have now: float for integer and float, else text.
    pub retyped: Vec<Column>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingColumn {
    /// 0-based index of the part.
    pub part: usize,
    pub column: String,
}

impl Frame {
    pub fn schema(&self) -> Schema {
        Schema {
            columns: self
                .data
                .columns()
                .iter()
                .map(|column| Column {
                    name: column.name().to_string(),
                    kind: column_type(column.dtype()).unwrap_or(ColumnType::Text),
                    nullable: column.null_count() > 0,
                    form: None,
                })
                .collect(),
        }
    }

    pub fn n_rows(&self) -> usize {
        self.data.height()
    }

    pub fn n_columns(&self) -> usize {
        self.data.width()
    }

    pub fn names(&self) -> Vec<String> {
        self.data
            .columns()
            .iter()
            .map(|column| column.name().to_string())
            .collect()
    }

    /// At most `n` rows from the 0-based row `first` on.
    pub fn slice(&self, first: usize, n: usize) -> Self {
        let first = first.min(self.n_rows());
        let n = n.min(self.n_rows() - first);
        Self {
            data: self.data.slice(first as i64, n),
        }
    }

    /// The parts one after another. A column that is missing everywhere in a part takes the other parts' type.
    ///
    /// # Errors
    /// [`Error::WrongType`] when dates meet other types in one column.
    pub fn concat(parts: &[Self]) -> Result<Concatenation, Error> {
        crate::concat::concat(parts)
    }
}
