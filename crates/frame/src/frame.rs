//! The table itself: columns of the six types of [`ColumnType`], wrapped so that polars stays inside.

use std::collections::BTreeMap;
use std::sync::Arc;

use assay_core::schema::{Column, ColumnType, Form, Schema};
use polars::prelude::{DataFrame, DataType};

use crate::columns::column_type;
use crate::error::Error;

/// A table in memory. Cheap to clone: the columns are shared.
///
/// Invariant: every column has one of the types that [`column_type`] knows, no float is NaN and no text is empty
/// (both are missing instead), names are unique and not empty. A form stands at a column of its kind, and every column
/// of decimals has one, of the scale of its values.
#[derive(Debug, Clone)]
pub struct Frame {
    pub(crate) data: DataFrame,
    /// By the name of the column; columns whose kind says it all have none.
    pub(crate) forms: Arc<BTreeMap<String, Form>>,
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
                    form: self.form(column.name()),
                })
                .collect(),
        }
    }

    /// The same columns with the forms that the schema says; a form that does not go with the values is left out.
    pub fn with_forms_of(mut self, schema: &Schema) -> Self {
        let forms = schema
            .columns
            .iter()
            .filter_map(|column| Some((column.name.clone(), column.form.clone()?)))
            .filter(|(name, form)| {
                self.data
                    .column(name)
                    .is_ok_and(|column| goes_with(form, column.dtype()))
            })
            .collect();
        self.forms = Arc::new(forms);
        self
    }

    /// The same columns; categories do not list their levels, so that rows hash alike whatever rows stand beside them.
    pub fn without_levels(mut self) -> Self {
        let has_levels =
            |form: &Form| matches!(form, Form::Category { levels, .. } if !levels.is_empty());
        if self.forms.values().any(has_levels) {
            for form in Arc::make_mut(&mut self.forms).values_mut() {
                if let Form::Category { levels, .. } = form {
                    levels.clear();
                }
            }
        }
        self
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
        self.with_data(self.data.slice(first as i64, n))
    }

    /// The parts one after another. A column that is missing everywhere in a part takes the other parts' type.
    ///
    /// # Errors
    /// [`Error::WrongType`] when dates meet other types in one column.
    pub fn concat(parts: &[Self]) -> Result<Concatenation, Error> {
        crate::concat::concat(parts)
    }

    /// A table of columns without forms, but for decimals.
    pub(crate) fn plain(data: DataFrame) -> Self {
        let forms = data
            .columns()
            .iter()
            .filter_map(|column| match column.dtype() {
                DataType::Decimal(precision, scale) => Some((
                    column.name().to_string(),
                    Form::Decimal {
                        precision: u8::try_from(*precision).unwrap_or(u8::MAX),
                        scale: u8::try_from(*scale).unwrap_or(u8::MAX),
                    },
                )),
                _ => None,
            })
            .collect();
        Self {
            data,
            forms: Arc::new(forms),
        }
    }

    /// Other rows of the same columns.
    pub(crate) fn with_data(&self, data: DataFrame) -> Self {
        Self {
            data,
            forms: Arc::clone(&self.forms),
        }
    }

    pub(crate) fn form(&self, column: &str) -> Option<Form> {
        self.forms.get(column).cloned()
    }
}

fn goes_with(form: &Form, data_type: &DataType) -> bool {
    match (form, data_type) {
        (Form::Category { .. }, DataType::String) | (Form::Zone { .. }, DataType::Datetime(..)) => {
            true
        }
        (Form::Decimal { scale, .. }, DataType::Decimal(_, found)) => usize::from(*scale) == *found,
        _ => false,
    }
}
