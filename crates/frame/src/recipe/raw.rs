//! Columns of a table as they enter the exported graph.

use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_core::{Columns, RawColumn, RawValues};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

/// The inputs as they enter the exported graph, for the 0-based `rows` in that order: integers, floats and booleans
/// (0, 1) as numbers with NaN for missing, texts as texts. The input's type decides: a column of numbers or booleans whose input
/// is text enters as it prints, and a column without any value fits every input.
///
/// # Errors
/// [`Error::NoSuchColumn`]; [`Error::WrongType`] for dates; [`Error::BadValue`] for a text where a number is needed.
pub fn raw_columns(
    frame: &Frame,
    rows: &[usize],
    inputs: &[InputColumn],
) -> Result<Columns, Error> {
    let columns = inputs
        .iter()
        .map(|input| {
            let view = frame.view(&input.name)?;
            Ok(RawColumn {
                name: input.name.clone(),
                values: raw_values(input, view, rows)?,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Columns {
        n_rows: rows.len(),
        columns,
    })
}

fn raw_values(input: &InputColumn, view: View<'_>, rows: &[usize]) -> Result<RawValues, Error> {
    let is_time = |kind| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    if is_time(input.kind) || is_time(view.kind()) {
        return Err(Error::WrongType {
            column: input.name.clone(),
            found: view.kind().label().to_owned(),
            needed: "a model takes numbers, texts and booleans".to_owned(),
        });
    }
    if input.is_text() {
        let texts = view.texts();
        return Ok(RawValues::Texts(taken(&texts, rows, None)));
    }
    let numbers = match (view, view.numbers()) {
        (_, Some(numbers)) => numbers,
        (View::Text(values), None) => {
            if let Some((value, row)) = values.iter().zip(1..).find_map(|(v, row)| Some((v?, row)))
            {
                return Err(Error::BadValue {
                    column: input.name.clone(),
                    row,
                    value: value.to_owned(),
                    needed: "number",
                });
            }
            vec![None; values.len()]
        }
        (_, None) => Vec::new(),
    };
    let numbers: Vec<f64> = numbers
        .into_iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect();
    Ok(RawValues::Numbers(taken(&numbers, rows, f64::NAN)))
}

/// The rows named; one that the table lacks is missing.
fn taken<T: Clone>(values: &[T], rows: &[usize], missing: T) -> Vec<T> {
    rows.iter()
        .map(|row| values.get(*row).unwrap_or(&missing).clone())
        .collect()
}
