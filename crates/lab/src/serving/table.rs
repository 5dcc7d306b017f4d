//! Requests that are no JSON: tensors and columns that a host has taken apart, CSV, Arrow.

use assay_core::recipe::InputColumn;
use assay_core::serving::{Refusal, RefusalKind};
use assay_core::task::Task;

use super::inputs::{Cell, Inputs};
use super::rows::{Checked, Rows};
use crate::error::Cause;

/// A named tensor of values of one type, as a binary form has them; a column where its shape is [N] or [N, 1].
#[derive(Debug, Clone, PartialEq)]
pub struct GivenColumn {
    pub name: String,
    /// Invariant: its product is the number of values.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: GivenValues,
}

/// A missing number is NaN.
#[derive(Debug, Clone, PartialEq)]
pub enum GivenValues {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Booleans(Vec<bool>),
    Texts(Vec<Option<String>>),
}

/// # Errors
/// As [`super::json::read_json`].
pub fn read_columns(
    inputs: &Inputs,
    columns: &[GivenColumn],
    max_rows: usize,
) -> Result<Checked, Refusal> {
    let mut rows = Rows::new(inputs, max_rows, false);
    for (guess, column) in columns.iter().enumerate() {
        if !matches!(column.shape.as_slice(), [_] | [_, 1]) {
            return Err(Refusal::new(
                RefusalKind::Unreadable,
                format!(
                    "the tensor `{}` has the shape {:?} where [N] or [N, 1] is taken",
                    column.name, column.shape
                ),
            )
            .with_hint(
                "send a tensor for every column; GET the model's page under /v2/models for them",
            ));
        }
        let Some(field) = inputs.position(&column.name, guess) else {
            rows.extra(&column.name, false);
            continue;
        };
        if !rows.begin_column(field) {
            continue;
        }
        let mut push = |cell: Cell<'_>| rows.cell_of_column(field, cell);
        let fits = match &column.values {
            GivenValues::Integers(values) => values.iter().all(|&v| push(Cell::Integer(v))),
            GivenValues::Floats(values) => values.iter().all(|&v| push(Cell::Float(v))),
            GivenValues::Booleans(values) => values.iter().all(|&v| push(Cell::Boolean(v))),
            GivenValues::Texts(values) => values
                .iter()
                .all(|v| push(v.as_deref().map_or(Cell::Missing, Cell::Text))),
        };
        if !fits {
            return Err(Rows::too_many(max_rows));
        }
    }
    rows.end_columns()?;
    rows.finish()
}

/// A header and a row a line. The signature says of which type a field is; what a file for training may have for a
/// missing value (`NA`, `null`, an empty field …) is one here.
///
/// # Errors
/// As [`super::json::read_json`].
pub fn read_csv(inputs: &Inputs, body: &[u8], max_rows: usize) -> Result<Checked, Refusal> {
    let unreadable = |error: csv::Error| {
        Refusal::new(
            RefusalKind::Unreadable,
            format!("the request cannot be read as CSV: {error}"),
        )
        .with_hint("send a line with the names of the columns and a line for every row")
    };
    let mut rows = Rows::new(inputs, max_rows, false);
    let mut table = csv::Reader::from_reader(body);
    let mut places = Vec::new();
    for (guess, name) in table.headers().map_err(unreadable)?.iter().enumerate() {
        let place = inputs.position(name, guess);
        if place.is_none() {
            rows.extra(name, false);
        }
        places.push(place);
    }
    for record in table.records() {
        let record = record.map_err(unreadable)?;
        if rows.is_full() {
            return Err(Rows::too_many(max_rows));
        }
        for (place, text) in places.iter().zip(record.iter()) {
            if let Some(field) = *place {
                rows.cell(field, csv_cell(inputs, field, text));
            }
        }
        rows.end_row();
    }
    rows.finish()
}

fn csv_cell<'t>(inputs: &Inputs, field: usize, text: &'t str) -> Cell<'t> {
    use assay_core::schema::ColumnType::{Boolean, Float, Integer};
    if assay_frame::is_missing_text(text) {
        return Cell::Missing;
    }
    let trimmed = text.trim();
    match inputs.fields()[field].kind {
        Boolean if trimmed.eq_ignore_ascii_case("true") => Cell::Boolean(true),
        Boolean if trimmed.eq_ignore_ascii_case("false") => Cell::Boolean(false),
        Integer | Float | Boolean => trimmed
            .parse()
            .map(Cell::Integer)
            .or_else(|_| trimmed.parse().map(Cell::Float))
            .unwrap_or(Cell::Text(text)),
        _ => Cell::Text(text),
    }
}

/// An Arrow file or stream, read as one that is imported.
///
/// # Errors
/// As [`super::json::read_json`].
pub fn read_arrow(inputs: &Inputs, body: &[u8], max_rows: usize) -> Result<Checked, Refusal> {
    let unreadable = |error: assay_frame::Error| {
        Refusal::new(
            RefusalKind::Unreadable,
            format!("the request cannot be read as Arrow: {error}"),
        )
        .with_hint("send an Arrow IPC stream with a column for every input of the model")
    };
    let failed = |error: std::io::Error| {
        let cause = Cause::io(&std::env::temp_dir(), error);
        Refusal::new(RefusalKind::Failed, cause.to_string())
    };
    // The one reader of Arrow reads files.
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().join("request.arrow");
    std::fs::write(&path, body).map_err(failed)?;
    let task = Task::silent();
    let frame = assay_frame::read(&path, &Default::default(), &task).map_err(unreadable)?;
    if frame.n_rows() > max_rows {
        return Err(Rows::too_many(max_rows));
    }
    let mut rows = Rows::new(inputs, max_rows, false);
    let names = frame.names();
    for name in &names {
        if inputs.position(name, usize::MAX).is_none() {
            rows.extra(name, false);
        }
    }
    let all: Vec<usize> = (0..frame.n_rows()).collect();
    for (place, field) in inputs.fields().iter().enumerate() {
        if !names.contains(&field.name) {
            continue;
        }
        let wanted = [InputColumn {
            name: field.name.clone(),
            kind: field.kind,
        }];
        match assay_frame::raw_columns(&frame, &all, &wanted) {
            Ok(mut columns) => {
                if let Some(column) = columns.columns.pop() {
                    rows.raw_column(place, column.values);
                }
            }
            Err(error) => rows.wrong_column(place, &error.to_string()),
        }
    }
    rows.end_columns()?;
    rows.finish()
}
