//! Recipes: raw columns become features. Fitted on the rows given, applied in double precision.

mod apply;
mod fit;
mod raw;

pub use apply::apply_recipe;
pub use fit::fit_recipe;
pub use raw::raw_columns;

use assay_core::recipe::InputColumn;
use assay_core::{Columns, RawColumn, RawValues};

use crate::error::Error;

/// The columns in the order of the inputs, each of the form that its input says.
fn inputs_in_order<'a>(
    columns: &'a Columns,
    inputs: &[InputColumn],
) -> Result<Vec<&'a RawColumn>, Error> {
    inputs
        .iter()
        .map(|input| {
            let Some(column) = columns.column(&input.name) else {
                return Err(Error::NoSuchColumn {
                    column: input.name.clone(),
                    columns: columns.columns.iter().map(|c| c.name.clone()).collect(),
                });
            };
            if matches!(column.values, RawValues::Texts(_)) == input.is_text() {
                Ok(column)
            } else {
                Err(Error::Recipe(format!(
                    "column `{}` is to enter as {}, but the rows given hold something else",
                    input.name,
                    input.kind.label()
                )))
            }
        })
        .collect()
}

/// An empty text counts as missing.
fn text(value: &Option<String>) -> Option<&str> {
    value.as_deref().filter(|text| !text.is_empty())
}
