//! Test-set predictions of a run as a Parquet file: one row a test row.
//!
//! Columns: `schema`, `row`; `truth` (where there is one) and `predicted` (class indices, or numbers for regression); for
//! classes one column of probabilities a class, called `class:` and its name; for embeddings `coordinate:1` and so on
//! alone.

use std::path::Path;

use assay_core::run::StoredPredictions;
use polars::prelude::{Column, DataFrame, Float64Chunked, IntoSeries, NewChunkedArray, PlSmallStr};

use crate::columns::{Values, View};
use crate::error::Error;
use crate::frame::Frame;
use crate::write::write_data;

const ROW: &str = "row";
const TRUTH: &str = "truth";
const PREDICTED: &str = "predicted";
const CLASS_PREFIX: &str = "class:";
const COORDINATE_PREFIX: &str = "coordinate:";
const SCHEMA: &str = "schema";

/// # Errors
/// [`Error::Io`], [`Error::Parquet`]; [`Error::Engine`] when the parts differ in length.
pub fn write_predictions(predictions: &StoredPredictions, path: &Path) -> Result<(), Error> {
    let n_rows = predictions.rows.len();
    let integers = |name, values: &mut dyn Iterator<Item = i64>| {
        Column::from(Values::Integer(values.map(Some).collect()).into_series(name))
    };
    let mut columns = vec![
        integers(
            SCHEMA,
            &mut std::iter::repeat_n(i64::from(predictions.schema), n_rows),
        ),
        integers(ROW, &mut predictions.rows.iter().map(|row| *row as i64)),
    ];
    if predictions.n_components > 0 {
        for i in 0..predictions.n_components {
            let name = format!("{COORDINATE_PREFIX}{}", i + 1);
            let coordinates = predictions.coordinates.iter().skip(i);
            let coordinates = coordinates.step_by(predictions.n_components);
            columns.push(floats(&name, coordinates.copied()));
        }
    } else if predictions.classes.is_empty() {
        columns.push(floats(TRUTH, predictions.truth_value.iter().copied()));
        columns.push(floats(
            PREDICTED,
            predictions.predicted_value.iter().copied(),
        ));
    } else {
        if !predictions.truth_class.is_empty() {
            columns.push(integers(
                TRUTH,
                &mut predictions.truth_class.iter().map(|i| i64::from(*i)),
            ));
        }
        columns.push(integers(
            PREDICTED,
            &mut predictions.predicted_class.iter().map(|i| i64::from(*i)),
        ));
        let n_classes = predictions.classes.len();
        for (i, class) in predictions.classes.iter().enumerate() {
            let name = format!("{CLASS_PREFIX}{class}");
            let probabilities = predictions.probabilities.iter().skip(i).step_by(n_classes);
            columns.push(floats(&name, probabilities.copied()));
        }
    }
    write_data(&mut DataFrame::new(n_rows, columns)?, Vec::new(), path)
}

/// Keeps a NaN, unlike the columns of a table.
fn floats(name: &str, values: impl Iterator<Item = f64>) -> Column {
    let values = Float64Chunked::from_iter_values(PlSmallStr::from_str(name), values);
    Column::from(values.into_series())
}

/// Reads what [`write_predictions`] wrote.
///
/// # Errors
/// [`Error::NoSuchFile`], [`Error::Io`], [`Error::Parquet`], [`Error::NoSuchColumn`] for another file.
pub fn read_predictions(path: &Path) -> Result<StoredPredictions, Error> {
    let frame = crate::read::open_parquet(path)?;
    let names = frame.names();
    let classes: Vec<String> = names
        .iter()
        .filter_map(|name| name.strip_prefix(CLASS_PREFIX).map(str::to_owned))
        .collect();
    let mut predictions = StoredPredictions {
        schema: integers(&frame, SCHEMA)?
            .first()
            .map_or(0, |schema| *schema as u32),
        rows: integers(&frame, ROW)?
            .iter()
            .map(|row| *row as u64)
            .collect(),
        classes,
        truth_class: Vec::new(),
        predicted_class: Vec::new(),
        probabilities: Vec::new(),
        truth_value: Vec::new(),
        predicted_value: Vec::new(),
        coordinates: Vec::new(),
        n_components: names
            .iter()
            .filter(|name| name.starts_with(COORDINATE_PREFIX))
            .count(),
    };
    if predictions.n_components > 0 {
        let columns = (1..=predictions.n_components)
            .map(|i| numbers(&frame, &format!("{COORDINATE_PREFIX}{i}")))
            .collect::<Result<Vec<_>, Error>>()?;
        predictions.coordinates = side_by_side(&columns, predictions.rows.len());
        return Ok(predictions);
    }
    if predictions.classes.is_empty() {
        predictions.truth_value = numbers(&frame, TRUTH)?;
        predictions.predicted_value = numbers(&frame, PREDICTED)?;
        return Ok(predictions);
    }
    let indices = |column| -> Result<Vec<u32>, Error> {
        Ok(integers(&frame, column)?
            .iter()
            .map(|i| *i as u32)
            .collect())
    };
    if names.iter().any(|name| name == TRUTH) {
        predictions.truth_class = indices(TRUTH)?;
    }
    predictions.predicted_class = indices(PREDICTED)?;
    let columns = predictions
        .classes
        .iter()
        .map(|class| numbers(&frame, &format!("{CLASS_PREFIX}{class}")))
        .collect::<Result<Vec<_>, Error>>()?;
    predictions.probabilities = side_by_side(&columns, predictions.rows.len());
    Ok(predictions)
}

/// Row-major.
fn side_by_side(columns: &[Vec<f64>], n_rows: usize) -> Vec<f64> {
    let mut values = vec![0.0; n_rows * columns.len()];
    for (i, column) in columns.iter().enumerate() {
        let slots = values.iter_mut().skip(i).step_by(columns.len());
        for (slot, value) in slots.zip(column) {
            *slot = *value;
        }
    }
    values
}

fn integers(frame: &Frame, column: &str) -> Result<Vec<i64>, Error> {
    match frame.view(column)? {
        View::Integer(values) => Ok(values.iter().map(|value| value.unwrap_or(0)).collect()),
        other => Err(wrong(column, other)),
    }
}

fn numbers(frame: &Frame, column: &str) -> Result<Vec<f64>, Error> {
    match frame.view(column)? {
        View::Float(values) => Ok(values
            .iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect()),
        other => Err(wrong(column, other)),
    }
}

fn wrong(column: &str, view: View<'_>) -> Error {
    Error::WrongType {
        column: column.to_owned(),
        found: view.kind().label().to_owned(),
        needed: "stored predictions hold another type there".to_owned(),
    }
}
