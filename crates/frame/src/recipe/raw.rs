//! Columns of a table as they enter the exported graph.

use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_core::{Columns, RawColumn, RawValues};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

pub(super) const MICROSECONDS_A_DAY: f64 = 86_400e6;

/// The inputs as they enter the exported graph, for the 0-based `rows` in that order: integers, floats and booleans
/// (0, 1) as numbers with NaN for missing, dates as days and date-times as microseconds since 1970-01-01, texts as texts.
/// The input's type decides: a date where a date-time is wanted is its midnight, a date-time where a date is wanted its
/// day, a column of numbers or booleans whose input is text enters as it prints, and a column without any value fits
/// every input.
///
/// # Errors
/// [`Error::NoSuchColumn`]; [`Error::WrongType`] for dates where none are wanted, and the reverse; [`Error::BadValue`] for a text where a number is needed.
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
                values: raw_values(input, view, rows, frame.n_rows())?,
            })
        })
        .collect::<Result<_, Error>>()?;
    Ok(Columns {
        n_rows: rows.len(),
        columns,
    })
}

fn raw_values(
    input: &InputColumn,
    view: View<'_>,
    rows: &[usize],
    n_rows: usize,
) -> Result<RawValues, Error> {
    let is_time = |kind| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    if is_time(view.kind()) != is_time(input.kind) && view.n_missing() < n_rows {
        return Err(Error::WrongType {
            column: input.name.clone(),
            found: view.kind().label().to_owned(),
            needed: format!("the recipe takes it as {}", input.kind.label()),
        });
    }
    if input.is_text() {
        let texts = view.texts();
        return Ok(RawValues::Texts(taken(&texts, rows, None)));
    }
    if let Some(times) = view.times() {
        let in_unit = |time: f64| match (view.kind(), input.kind) {
            (ColumnType::Date, ColumnType::Datetime) => time * MICROSECONDS_A_DAY,
            (ColumnType::Datetime, ColumnType::Date) => (time / MICROSECONDS_A_DAY).floor(),
            _ => time,
        };
        let times: Vec<f64> = times
            .into_iter()
            .map(|time| time.map_or(f64::NAN, in_unit))
            .collect();
        return Ok(RawValues::Numbers(taken(&times, rows, f64::NAN)));
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
