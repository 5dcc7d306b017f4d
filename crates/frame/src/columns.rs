//! Columns seen as plain values, and made from them: the only place that knows how polars keeps each type.

use assay_core::schema::{ColumnType, Form};
use polars::prelude::{
    BooleanChunked, Column, DataFrame, DataType, Float64Chunked, Int32Chunked, Int64Chunked,
    Int128Chunked, IntoSeries, NewChunkedArray, PlSmallStr, Series, StringChunked,
    StringChunkedBuilder, TimeUnit,
};

use crate::error::Error;
use crate::frame::Frame;
use crate::{decimal, time};

/// The type as documents name it; `None` for types that a [`Frame`] never holds.
pub(crate) fn column_type(data_type: &DataType) -> Option<ColumnType> {
    match data_type {
        DataType::Int64 => Some(ColumnType::Integer),
        DataType::Float64 | DataType::Decimal(..) => Some(ColumnType::Float),
        DataType::Boolean => Some(ColumnType::Boolean),
        DataType::String => Some(ColumnType::Text),
        DataType::Date => Some(ColumnType::Date),
        DataType::Datetime(TimeUnit::Microseconds, None) => Some(ColumnType::Datetime),
        _ => None,
    }
}

/// A column's values as they lie in memory.
#[derive(Clone, Copy)]
pub(crate) enum View<'a> {
    Integer(&'a Int64Chunked),
    Float(&'a Float64Chunked),
    /// Units of 10^−scale, and the scale.
    Decimal(&'a Int128Chunked, u8),
    Boolean(&'a BooleanChunked),
    Text(&'a StringChunked),
    /// Days since 1970-01-01.
    Date(&'a Int32Chunked),
    /// Microseconds since 1970-01-01T00:00.
    Datetime(&'a Int64Chunked),
}

impl<'a> View<'a> {
    pub(crate) fn of(column: &'a Column) -> Result<Self, Error> {
        Ok(match column.dtype() {
            DataType::Int64 => Self::Integer(column.i64()?),
            DataType::Float64 => Self::Float(column.f64()?),
            DataType::Decimal(_, scale) => Self::Decimal(
                column.as_materialized_series().decimal()?.physical(),
                u8::try_from(*scale).unwrap_or(u8::MAX),
            ),
            DataType::Boolean => Self::Boolean(column.bool()?),
            DataType::String => Self::Text(column.str()?),
            DataType::Date => Self::Date(column.date()?.physical()),
            DataType::Datetime(TimeUnit::Microseconds, None) => {
                Self::Datetime(column.datetime()?.physical())
            }
            other => {
                return Err(Error::UnsupportedType {
                    column: column.name().to_string(),
                    type_name: other.to_string(),
                });
            }
        })
    }

    pub(crate) fn kind(self) -> ColumnType {
        match self {
            Self::Integer(_) => ColumnType::Integer,
            Self::Float(_) | Self::Decimal(..) => ColumnType::Float,
            Self::Boolean(_) => ColumnType::Boolean,
            Self::Text(_) => ColumnType::Text,
            Self::Date(_) => ColumnType::Date,
            Self::Datetime(_) => ColumnType::Datetime,
        }
    }

    pub(crate) fn n_missing(self) -> usize {
        match self {
            Self::Integer(values) | Self::Datetime(values) => values.null_count(),
            Self::Float(values) => values.null_count(),
            Self::Decimal(values, _) => values.null_count(),
            Self::Boolean(values) => values.null_count(),
            Self::Text(values) => values.null_count(),
            Self::Date(values) => values.null_count(),
        }
    }

    /// Integers, floats, decimals (rounded to the nearest float) and booleans (0, 1) as they are; `None` for the other types.
    pub(crate) fn numbers(self) -> Option<Vec<Option<f64>>> {
        match self {
            Self::Integer(values) => {
                Some(values.iter().map(|value| value.map(|v| v as f64)).collect())
            }
            Self::Float(values) => Some(values.iter().collect()),
            Self::Decimal(values, scale) => Some(
                values
                    .iter()
                    .map(|value| value.map(|units| decimal::to_float(units, scale)))
                    .collect(),
            ),
            Self::Boolean(values) => Some(
                values
                    .iter()
                    .map(|value| value.map(|v| f64::from(u8::from(v))))
                    .collect(),
            ),
            Self::Text(_) | Self::Date(_) | Self::Datetime(_) => None,
        }
    }

    /// Days (of dates) or microseconds (of date-times) since 1970-01-01; `None` for the other types.
    pub(crate) fn times(self) -> Option<Vec<Option<f64>>> {
        match self {
            Self::Date(values) => Some(values.iter().map(|value| value.map(f64::from)).collect()),
            Self::Datetime(values) => {
                Some(values.iter().map(|value| value.map(|v| v as f64)).collect())
            }
            _ => None,
        }
    }

    /// Every value as it prints: whole floats with `.0`, decimals with all digits of their scale, dates in ISO 8601.
    pub(crate) fn texts(self) -> Vec<Option<String>> {
        match self {
            Self::Integer(values) => printed(values.iter(), |value| value.to_string()),
            Self::Float(values) => printed(values.iter(), float_text),
            Self::Decimal(values, scale) => {
                printed(values.iter(), |units| decimal::text(units, scale))
            }
            Self::Boolean(values) => printed(values.iter(), |value| value.to_string()),
            Self::Text(values) => printed(values.iter(), str::to_owned),
            Self::Date(values) => printed(values.iter(), time::date_text),
            Self::Datetime(values) => printed(values.iter(), time::datetime_text),
        }
    }
}

fn printed<T>(
    values: impl Iterator<Item = Option<T>>,
    print: impl Fn(T) -> String,
) -> Vec<Option<String>> {
    values.map(|value| value.map(&print)).collect()
}

/// The shortest text that reads back as the same float, and as a float: `3750.0`, `0.1`, `1e300`.
pub(crate) fn float_text(value: f64) -> String {
    format!("{value:?}")
}

/// Values on their way into a table.
#[derive(Debug)]
pub(crate) enum Values {
    Integer(Vec<Option<i64>>),
    /// NaN becomes missing.
    Float(Vec<Option<f64>>),
    Boolean(Vec<Option<bool>>),
    /// Units of 10^−scale, and the scale.
    Decimal(Vec<Option<i128>>, u8),
    Date(Vec<Option<i32>>),
    Datetime(Vec<Option<i64>>),
}

impl Values {
    pub(crate) fn into_series(self, name: &str) -> Series {
        let name = PlSmallStr::from_str(name);
        match self {
            Self::Integer(values) => {
                Int64Chunked::from_iter_options(name, values.into_iter()).into_series()
            }
            Self::Float(values) => Float64Chunked::from_iter_options(
                name,
                values
                    .into_iter()
                    .map(|value| value.filter(|v| !v.is_nan())),
            )
            .into_series(),
            Self::Boolean(values) => {
                BooleanChunked::from_iter_options(name, values.into_iter()).into_series()
            }
            Self::Decimal(values, scale) => {
                Int128Chunked::from_iter_options(name, values.into_iter())
                    .into_decimal_unchecked(decimal::MAX_DIGITS, usize::from(scale))
                    .into_series()
            }
            Self::Date(values) => Int32Chunked::from_iter_options(name, values.into_iter())
                .into_date()
                .into_series(),
            Self::Datetime(values) => Int64Chunked::from_iter_options(name, values.into_iter())
                .into_datetime(TimeUnit::Microseconds, None)
                .into_series(),
        }
    }
}

/// A text column; an empty text becomes missing.
pub(crate) fn text_series<'a>(
    name: &str,
    n_rows: usize,
    values: impl Iterator<Item = Option<&'a str>>,
) -> Series {
    let mut builder = StringChunkedBuilder::new(PlSmallStr::from_str(name), n_rows);
    for value in values {
        builder.append_option(value.filter(|text| !text.is_empty()));
    }
    builder.finish().into_series()
}

impl Frame {
    /// Invariant kept by the callers: equal lengths, unique names that are not empty.
    pub(crate) fn from_series(n_rows: usize, series: Vec<Series>) -> Result<Self, Error> {
        let columns = series.into_iter().map(Column::from).collect();
        Ok(Self::plain(DataFrame::new(n_rows, columns)?))
    }

    /// Every value of a column as it prints, instants in their zone.
    pub(crate) fn printed(&self, column: &str, view: View<'_>) -> Vec<Option<String>> {
        match (view, self.forms.get(column)) {
            (View::Datetime(values), Some(Form::Zone { name })) => {
                let zone = time::zone_of(name);
                printed(values.iter(), |micros| time::zoned_text(micros, &zone))
            }
            _ => view.texts(),
        }
    }

    pub(crate) fn view(&self, column: &str) -> Result<View<'_>, Error> {
        match self.data.columns().iter().find(|c| c.name() == column) {
            Some(found) => View::of(found),
            None => Err(Error::NoSuchColumn {
                column: column.to_owned(),
                columns: self.names(),
            }),
        }
    }

    pub(crate) fn views(&self) -> Result<Vec<(String, View<'_>)>, Error> {
        self.data
            .columns()
            .iter()
            .map(|column| Ok((column.name().to_string(), View::of(column)?)))
            .collect()
    }
}
