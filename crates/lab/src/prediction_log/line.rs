//! One row of an answer as a line of the log.

use std::collections::HashMap;

use assay_core::TimestampMs;
use assay_core::matrix::{Columns, Prediction, RawValues};
use assay_core::registry::VersionKey;
use assay_core::schema::ColumnType;
use assay_core::serving::Answered;
use assay_core::tensor::NamedTensor;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub type Kinds = HashMap<String, ColumnType>;

const REDACTED: &str = "[redacted]";
/// Values of an answered tensor that are written.
const MOST_LOGGED: usize = 1_000;

pub struct Line<'a> {
    pub answered: &'a Answered,
    pub version: &'a VersionKey,
    pub row: usize,
    /// Whether the request was of one row: its id is then that of the row.
    pub is_alone: bool,
    pub kinds: &'a Kinds,
    /// Inputs whose values are not written.
    pub redact: &'a [String],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let answered = self.answered;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("time", &time_of(answered.at_ms))?;
        if self.is_alone {
            map.serialize_entry("id", &answered.request_id)?;
        } else {
            map.serialize_entry("id", &format!("{}/{}", answered.request_id, self.row))?;
        }
        map.serialize_entry("request_id", &answered.request_id)?;
        map.serialize_entry("client", &answered.client)?;
        map.serialize_entry("model", &self.version.model)?;
        map.serialize_entry("version", &self.version.version)?;
        if let Some(meant) = &answered.instead_of {
            map.serialize_entry("instead_of", &meant.to_string())?;
        }
        map.serialize_entry("inputs", &Inputs(self))?;
        match &answered.prediction {
            Some(Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            }) => {
                let class = indices.get(self.row).map(|&index| index as usize);
                let label = class.and_then(|class| answered.classes.get(class));
                map.serialize_entry("output", &label)?;
                let first = self.row * n_classes;
                let row = probabilities.get(first..first + n_classes);
                map.serialize_entry(
                    "probabilities",
                    &Probabilities(&answered.classes, row.unwrap_or_default()),
                )?;
            }
            Some(Prediction::Values(values)) => {
                map.serialize_entry("output", &values.get(self.row))?;
            }
            Some(Prediction::Coordinates {
                values,
                n_components,
            }) => {
                let first = self.row * n_components;
                map.serialize_entry("output", &values.get(first..first + n_components))?;
            }
            None => map.serialize_entry("output", &Outputs(answered.tensors.as_deref()))?,
        }
        map.serialize_entry("latency_ms", &(answered.latency_secs * 1e3))?;
        let warnings: Vec<Warned<'_>> = answered
            .warnings
            .iter()
            .filter(|warning| warning.row.is_none_or(|row| row == self.row as u64))
            .map(|warning| Warned {
                field: &warning.field,
                kind: warning.kind,
            })
            .collect();
        map.serialize_entry("warnings", &warnings)?;
        if let Some(trace_parent) = &answered.trace_parent {
            map.serialize_entry("trace_parent", trace_parent)?;
        }
        map.end()
    }
}

/// Tensors by name; of a large one its shape alone.
struct Outputs<'a>(Option<&'a [NamedTensor]>);

impl Serialize for Outputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(tensors) = self.0 else {
            return serializer.serialize_unit();
        };
        serializer.collect_map(tensors.iter().map(|tensor| {
            let written = if tensor.values.len() <= MOST_LOGGED {
                tensor.nested()
            } else {
                serde_json::json!({ "shape": tensor.shape })
            };
            (&tensor.name, written)
        }))
    }
}

#[derive(Serialize)]
struct Warned<'a> {
    field: &'a str,
    kind: assay_core::serving::WarningKind,
}

struct Probabilities<'a>(&'a [String], &'a [f64]);

impl Serialize for Probabilities<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().zip(self.1))
    }
}

/// By column; dates as texts, flags as flags.
struct Inputs<'a>(&'a Line<'a>);

impl Serialize for Inputs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = self.0;
        let none = Columns::default();
        let columns = &line.answered.inputs.as_ref().unwrap_or(&none).columns;
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        for column in columns {
            if line.redact.contains(&column.name) {
                map.serialize_entry(&column.name, REDACTED)?;
                continue;
            }
            match &column.values {
                RawValues::Texts(texts) => {
                    let text = texts.get(line.row).and_then(Option::as_ref);
                    map.serialize_entry(&column.name, &text)?;
                }
                RawValues::Numbers(numbers) => {
                    let number = numbers.get(line.row).copied().unwrap_or(f64::NAN);
                    let kind = line.kinds.get(&column.name).copied();
                    write_number(&mut map, &column.name, number, kind)?;
                }
            }
        }
        map.end()
    }
}

fn write_number<M: SerializeMap>(
    map: &mut M,
    name: &str,
    number: f64,
    kind: Option<ColumnType>,
) -> Result<(), M::Error> {
    if !number.is_finite() {
        return map.serialize_entry(name, &());
    }
    // i64 holds every whole number up to 2^53, beyond which a number is written as it is.
    let whole =
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64);
    match (kind, whole) {
        (Some(ColumnType::Boolean), Some(flag)) => map.serialize_entry(name, &(flag != 0)),
        (Some(ColumnType::Integer), Some(whole)) => map.serialize_entry(name, &whole),
        (Some(ColumnType::Date), Some(days)) => match date(days) {
            Some(text) => map.serialize_entry(name, &text),
            None => map.serialize_entry(name, &number),
        },
        (Some(ColumnType::Datetime), Some(micros)) => {
            match jiff::Timestamp::from_microsecond(micros) {
                Ok(time) => map.serialize_entry(name, &time.to_string()),
                Err(_) => map.serialize_entry(name, &number),
            }
        }
        _ => map.serialize_entry(name, &number),
    }
}

fn date(days: i64) -> Option<String> {
    let days = jiff::Span::new().try_days(days).ok()?;
    let date = jiff::civil::date(1970, 1, 1).checked_add(days).ok()?;
    Some(date.to_string())
}

/// `2026-11-21T20:15:03.042Z`
pub fn time_of(at_ms: TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
        .unwrap_or_default()
}

/// The day in UTC, `2026-11-21`.
pub fn day_of(at_ms: TimestampMs) -> String {
    time_of(at_ms).chars().take(10).collect()
}

pub fn days_before(day: &str, n_days: u32) -> Option<String> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let span = jiff::Span::new().try_days(i64::from(n_days)).ok()?;
    Some(day.checked_sub(span).ok()?.to_string())
}
