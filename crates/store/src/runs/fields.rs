//! The names that a filter or an order of runs may use, and their values read column by column.

use std::collections::HashMap;

use assay_core::TimestampMs;
use assay_core::metrics::larger_is_better;
use assay_core::query::Value;
use assay_core::run_table::MetricValue;
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::rows::Rows;

/// What a name like `metrics.test.accuracy` points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    Metric(String, MetricValue),
    Param(String),
    Tag(String),
    Attribute(Attribute),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    RunId,
    Name,
    Status,
    Experiment,
    Dataset,
    User,
    StartTime,
    EndTime,
    Duration,
}

/// Of every attribute the name by which it is offered.
pub(crate) const ATTRIBUTES: [&str; 9] = [
    "name",
    "status",
    "start_time",
    "end_time",
    "duration_secs",
    "experiment",
    "dataset",
    "user",
    "run_id",
];

/// What every run has; read for all runs at once.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub row: i64,
    pub run_id: String,
    pub name: String,
    pub experiment: String,
    pub status: String,
    pub started_ms: TimestampMs,
    pub ended_ms: Option<TimestampMs>,
    /// `name@version`
    pub dataset: Option<String>,
    pub user: String,
}

/// The values of one field by row.
#[derive(Debug)]
pub(crate) enum FieldValues {
    Numbers(HashMap<i64, f64>),
    Texts(HashMap<i64, String>),
    Attribute(Attribute),
}

impl Field {
    /// Reads the prefixes as MLflow does: `metrics.`, `params.`, `tags.`, `attributes.` with their short forms; a
    /// name without one is an attribute.
    pub fn parse(name: &str) -> Result<Self> {
        if let Some((prefix, key)) = name.split_once('.') {
            let key = key.to_owned();
            match prefix {
                "metrics" | "metric" => {
                    let (key, value) = MetricValue::split(&key);
                    return Ok(Self::Metric(key.to_owned(), value));
                }
                "params" | "param" | "parameters" | "parameter" => return Ok(Self::Param(key)),
                "tags" | "tag" => return Ok(Self::Tag(key)),
                "attributes" | "attribute" | "attr" | "run" => {
                    return Attribute::parse(&key).map(Self::Attribute);
                }
                _ => {}
            }
        }
        Attribute::parse(name).map(Self::Attribute)
    }

    pub fn values(&self, db: &Connection) -> Result<FieldValues> {
        match self {
            Self::Metric(key, value) => {
                let column = summary_column(key, *value);
                let pairs = db.all(
                    &format!("SELECT run, {column} FROM metric_summaries WHERE key = ?1"),
                    params![key],
                    |row| Ok((row.get(0)?, row.get::<_, Option<f64>>(1)?)),
                )?;
                let numbers = pairs
                    .into_iter()
                    .map(|(row, value)| (row, value.unwrap_or(f64::NAN)));
                Ok(FieldValues::Numbers(numbers.collect()))
            }
            Self::Param(key) => texts(db, "SELECT run, value FROM run_params WHERE key = ?1", key),
            Self::Tag(key) => texts(db, "SELECT run, value FROM run_tags WHERE key = ?1", key),
            Self::Attribute(attribute) => Ok(FieldValues::Attribute(*attribute)),
        }
    }
}

impl Attribute {
    fn parse(name: &str) -> Result<Self> {
        Ok(match name {
            "run_id" | "id" => Self::RunId,
            "name" | "run_name" => Self::Name,
            "status" => Self::Status,
            "experiment" | "experiment_name" => Self::Experiment,
            "dataset" => Self::Dataset,
            "user" | "user_id" => Self::User,
            "start_time" | "started_ms" | "created" => Self::StartTime,
            "end_time" | "ended_ms" => Self::EndTime,
            "duration" | "duration_secs" => Self::Duration,
            _ => {
                return Err(Error::invalid(
                    format!("runs have no `{name}`"),
                    "write metrics.NAME, params.NAME, tags.NAME, or one of name, run_id, status, \
                     experiment, dataset, user, start_time, end_time, duration_secs",
                ));
            }
        })
    }

    fn value(self, head: &Head) -> Value<'_> {
        let number = |value: Option<f64>| value.map_or(Value::Missing, Value::Number);
        match self {
            Self::RunId => Value::Text(&head.run_id),
            Self::Name => Value::Text(&head.name),
            Self::Status => Value::Text(&head.status),
            Self::Experiment => Value::Text(&head.experiment),
            Self::Dataset => head.dataset.as_deref().map_or(Value::Missing, Value::Text),
            Self::User => Value::Text(&head.user),
            Self::StartTime => Value::Number(head.started_ms as f64),
            Self::EndTime => number(head.ended_ms.map(|ended_ms| ended_ms as f64)),
            Self::Duration => number(
                head.ended_ms
                    .map(|ended_ms| (ended_ms - head.started_ms) as f64 / 1000.0),
            ),
        }
    }
}

impl FieldValues {
    pub fn of<'v>(&'v self, head: &'v Head) -> Value<'v> {
        match self {
            Self::Numbers(numbers) => numbers
                .get(&head.row)
                .map_or(Value::Missing, |value| Value::Number(*value)),
            Self::Texts(texts) => texts
                .get(&head.row)
                .map_or(Value::Missing, |text| Value::Text(text)),
            Self::Attribute(attribute) => attribute.value(head),
        }
    }
}

/// The column of `metric_summaries` that holds what is meant of a metric.
pub(crate) fn summary_column(key: &str, value: MetricValue) -> &'static str {
    match value {
        MetricValue::Last => "last",
        MetricValue::Best if larger_is_better(key) => "max",
        MetricValue::Best | MetricValue::Min => "min",
        MetricValue::Max => "max",
        MetricValue::N => "n",
        MetricValue::LastStep => "last_step",
        MetricValue::BestStep => "best_step",
    }
}

fn texts(db: &Connection, sql: &str, key: &str) -> Result<FieldValues> {
    let pairs = db.all(sql, params![key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(FieldValues::Texts(pairs.into_iter().collect()))
}
