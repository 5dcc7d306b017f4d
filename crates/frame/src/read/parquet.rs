//! Parquet: read by polars, then brought to the six types of a table.

use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use assay_core::Task;
use assay_core::schema::Form;
use polars::prelude::{
    ArrowDataType, Column, DataFrame, DataType, FileMetadata, ParquetReader, PolarsError,
    SerReader, Series, StringChunked, TimeUnit,
};

use crate::columns::{Values, text_series};
use crate::error::Error;
use crate::frame::Frame;
use crate::write::FORMS_KEY;

pub(super) fn read(path: &Path, task: &Task) -> Result<Frame, Error> {
    task.step(0, 1, "reading");
    let (data, _) = open_data(path)?;
    task.check()?;
    let mut series = Vec::with_capacity(data.width());
    for column in data.columns() {
        series.push(normal(column, task)?);
        task.check()?;
    }
    Frame::from_series(data.height(), series)
}

/// A file in the canonical form.
pub(crate) fn open(path: &Path) -> Result<Frame, Error> {
    let (data, forms) = open_data(path)?;
    let mut frame = Frame::plain(data);
    if let Some(forms) = forms {
        Arc::make_mut(&mut frame.forms).extend(forms);
    }
    Ok(frame)
}

/// The file as polars reads it.
fn open_data(path: &Path) -> Result<(DataFrame, Option<Forms>), Error> {
    let file = File::open(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => Error::NoSuchFile(path.to_owned()),
        _ => Error::Io {
            path: path.to_owned(),
            source,
        },
    })?;
    // polars panics on some damaged files instead of returning an error.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let mut reader = ParquetReader::new(file);
        let schema = reader.schema().map_err(|error| damaged(&error))?;
        for field in schema.iter_values() {
            check_type(&field.name, &field.dtype)?;
        }
        let forms = forms_of(reader.get_metadata().map_err(|error| damaged(&error))?);
        Ok((reader.finish().map_err(|error| damaged(&error))?, forms))
    }));
    match outcome {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::Parquet("the file is damaged".to_owned())),
    }
}

type Forms = BTreeMap<String, Form>;

fn forms_of(metadata: &FileMetadata) -> Option<Forms> {
    let entries = metadata.key_value_metadata().as_ref()?;
    let entry = entries.iter().find(|entry| entry.key == FORMS_KEY)?;
    serde_json::from_str(entry.value.as_deref()?).ok()
}

fn damaged(error: &PolarsError) -> Error {
    let text = error.to_string();
    Error::Parquet(text.lines().next().unwrap_or(&text).to_owned())
}

/// Asked before the values are read, for polars panics on types that it was built without.
fn check_type(column: &str, data_type: &ArrowDataType) -> Result<(), Error> {
    use ArrowDataType as Type;
    match data_type {
        Type::Null
        | Type::Boolean
        | Type::Int8
        | Type::Int16
        | Type::Int32
        | Type::Int64
        | Type::UInt8
        | Type::UInt16
        | Type::UInt32
        | Type::UInt64
        | Type::Float32
        | Type::Float64
        | Type::Utf8
        | Type::LargeUtf8
        | Type::Utf8View
        | Type::Date32
        | Type::Date64
        | Type::Decimal(..)
        | Type::Timestamp(..) => Ok(()),
        Type::Dictionary(_, values, _) => check_type(column, values),
        other => Err(Error::UnsupportedType {
            column: column.to_owned(),
            type_name: format!("values of the type {other:?}"),
        }),
    }
}

/// The column in the type that a table keeps.
fn normal(column: &Column, task: &Task) -> Result<Series, Error> {
    let name = column.name().as_str();
    let series = column.as_materialized_series();
    Ok(match column.dtype() {
        DataType::Int64 | DataType::Boolean | DataType::Date => series.clone(),
        DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32 => series.cast(&DataType::Int64)?,
        DataType::UInt64 => unsigned(name, series, task)?,
        DataType::Float64 => floats(name, series)?,
        DataType::Float32 => floats(name, &series.cast(&DataType::Float64)?)?,
        DataType::String => texts(name, series.str()?),
        DataType::Categorical(..) | DataType::Enum(..) => {
            texts(name, series.cast(&DataType::String)?.str()?)
        }
        DataType::Datetime(unit, _) => datetimes(name, series, *unit)?,
        DataType::Null => text_series(name, series.len(), (0..series.len()).map(|_| None)),
        other => {
            return Err(Error::UnsupportedType {
                column: name.to_owned(),
                type_name: format!("values of the type {other}"),
            });
        }
    })
}

/// 64 bits with a sign when all values fit, else text.
fn unsigned(name: &str, series: &Series, task: &Task) -> Result<Series, Error> {
    let signed = series.cast(&DataType::Int64)?;
    if signed.null_count() == series.null_count() {
        return Ok(signed);
    }
    task.warn(format!(
        "column `{name}` holds whole numbers that exceed 64 bits; it is kept as text"
    ));
    Ok(series.cast(&DataType::String)?)
}

fn floats(name: &str, series: &Series) -> Result<Series, Error> {
    Ok(Values::Float(series.f64()?.iter().collect()).into_series(name))
}

fn texts(name: &str, values: &StringChunked) -> Series {
    text_series(name, values.len(), values.iter())
}

fn datetimes(name: &str, series: &Series, unit: TimeUnit) -> Result<Series, Error> {
    let micros = |value: i64| match unit {
        TimeUnit::Nanoseconds => Some(value.div_euclid(1000)),
        TimeUnit::Microseconds => Some(value),
        TimeUnit::Milliseconds => value.checked_mul(1000),
    };
    let values = series.datetime()?.physical().iter();
    Ok(Values::Datetime(values.map(|value| value.and_then(micros)).collect()).into_series(name))
}
