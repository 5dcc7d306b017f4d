//! The names that a filter or an order of runs may use, and where their values stand.

use assay_core::TimestampMs;
use assay_core::metrics::larger_is_better;
use assay_core::run_table::MetricMeaning;
use rusqlite::Row;

use super::index::{Column, Read};
use crate::error::{Error, Result};

/// What a name like `metrics.test.accuracy` points at.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Metric(String, MetricMeaning),
    Param(String),
    Tag(String),
    Attribute(Attribute),
    /// Below this root, where the experiment names no place of its own.
    ArtifactUri(String),
    /// The data sets that a client described.
    Inputs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Attribute {
    RunId,
    Name,
    Status,
    /// The status as clients of the tracking API write it.
    StatusUpper,
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

/// How the values of a field are read.
pub(crate) struct Source<'f> {
    /// Yields run and value; `{run}` stands where a condition on the run goes. `?1` is [`Self::key`].
    sql: String,
    pub key: Option<&'f str>,
    pub empty: Column,
}

impl Field {
    /// Reads the prefixes as MLflow does: `metrics.`, `params.`, `tags.`, `attributes.` with their short forms; a
    /// name without one is an attribute.
    pub fn parse(name: &str) -> Result<Self> {
        if let Some((prefix, key)) = name.split_once('.') {
            let key = key.to_owned();
            match prefix {
                "metrics" | "metric" => {
                    let (key, value) = MetricMeaning::split(&key);
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

    /// The same for a search of the tracking API: the words of a status are upper-case, runs know where their files
    /// lie, and `datasets.name`, `datasets.digest` and `datasets.context` speak of what a client described.
    pub fn parse_tracked(name: &str, artifact_root: &str) -> Result<Self> {
        match name.split_once('.') {
            Some(("dataset" | "datasets", "name" | "digest" | "context")) => Ok(Self::Inputs),
            Some(("dataset" | "datasets", _)) => Err(Error::invalid(
                format!("data sets have no `{name}`"),
                "write datasets.name, datasets.digest or datasets.context",
            )),
            Some(("attributes" | "attribute" | "attr" | "run", "artifact_uri")) => {
                Ok(Self::ArtifactUri(artifact_root.to_owned()))
            }
            None if name == "artifact_uri" => Ok(Self::ArtifactUri(artifact_root.to_owned())),
            // A name that ends with `@min` is a name as a whole here.
            Some(("metrics" | "metric", key)) => {
                Ok(Self::Metric(key.to_owned(), MetricMeaning::Last))
            }
            _ => Ok(match Self::parse(name)? {
                Self::Attribute(Attribute::Status) => Self::Attribute(Attribute::StatusUpper),
                other => other,
            }),
        }
    }

    pub fn source(&self) -> Source<'_> {
        let keyed = |sql: &str, key, empty| Source {
            sql: sql.to_owned(),
            key: Some(key),
            empty,
        };
        match self {
            Self::Metric(key, value) => keyed(
                &format!(
                    "SELECT t.run, t.{} FROM metric_summaries t WHERE t.key = ?1 {{run}}",
                    summary_column(key, *value)
                ),
                key,
                Column::numbers(),
            ),
            Self::Param(key) => keyed(
                "SELECT t.run, t.value FROM run_params t WHERE t.key = ?1 {run}",
                key,
                Column::texts(),
            ),
            Self::Tag(key) => keyed(
                "SELECT t.run, t.value FROM run_tags t WHERE t.key = ?1 {run}",
                key,
                Column::texts(),
            ),
            Self::ArtifactUri(root) => keyed(
                "SELECT t.run, coalesce(e.artifact_location, ?1 || '/' || e.id) || '/' || t.run_id || '/artifacts'
                 FROM (SELECT id AS run, run_id, experiment_id FROM runs) t
                 JOIN experiments e ON e.id = t.experiment_id WHERE true {run}",
                root,
                Column::texts(),
            ),
            Self::Inputs => Source {
                sql: "SELECT t.run, t.doc ->> '$.name', t.doc ->> '$.digest', t.doc ->> '$.tags.\"mlflow.data.context\"'
                      FROM run_inputs t WHERE true {run}"
                    .to_owned(),
                key: None,
                empty: Column::inputs(),
            },
            Self::Attribute(attribute) => attribute.source(),
        }
    }

    /// The value in a row of the field's source; `None` for none.
    pub fn read(&self, row: &Row<'_>) -> Result<Option<Read>> {
        Ok(match self {
            // SQLite has no NaN: a NULL among the numbers is one.
            Self::Metric(..) => Some(Read::Number(
                row.get::<_, Option<f64>>(1)?.unwrap_or(f64::NAN),
            )),
            Self::Attribute(attribute) if attribute.is_number() => {
                row.get::<_, Option<f64>>(1)?.map(Read::Number)
            }
            Self::Inputs => Some(Read::Input([row.get(1)?, row.get(2)?, row.get(3)?])),
            _ => row.get::<_, Option<String>>(1)?.map(Read::Text),
        })
    }
}

impl Source<'_> {
    /// By run.
    pub fn of_all(&self) -> String {
        self.sql.replace("{run}", "ORDER BY t.run")
    }

    /// `?2` is the run; `?1` is the key, or NULL.
    pub fn of_one(&self) -> String {
        self.sql
            .replace("{run}", "AND t.run = ?2 AND (?1 IS NULL OR true)")
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

    fn is_number(self) -> bool {
        matches!(self, Self::StartTime | Self::EndTime | Self::Duration)
    }

    fn source(self) -> Source<'static> {
        let value = match self {
            Self::RunId => "r.run_id",
            Self::Name => "r.name",
            Self::Status => "r.status",
            Self::StatusUpper => "upper(r.status)",
            Self::Experiment => "(SELECT e.name FROM experiments e WHERE e.id = r.experiment_id)",
            Self::Dataset => "r.dataset || '@' || r.dataset_version",
            Self::User => "r.user",
            Self::StartTime => "CAST(r.started_ms AS REAL)",
            Self::EndTime => "CAST(r.ended_ms AS REAL)",
            Self::Duration => "(r.ended_ms - r.started_ms) / 1000.0",
        };
        Source {
            sql: format!(
                "SELECT t.run, t.value FROM (SELECT r.id AS run, {value} AS value FROM runs r) t WHERE true {{run}}"
            ),
            key: None,
            empty: if self.is_number() {
                Column::numbers()
            } else {
                Column::texts()
            },
        }
    }
}

/// The column of `metric_summaries` that holds what is meant of a metric.
pub(crate) fn summary_column(key: &str, value: MetricMeaning) -> &'static str {
    match value {
        MetricMeaning::Last => "last",
        MetricMeaning::Best if larger_is_better(key) => "max",
        MetricMeaning::Best | MetricMeaning::Min => "min",
        MetricMeaning::Max => "max",
        MetricMeaning::N => "n",
        MetricMeaning::LastStep => "last_step",
        MetricMeaning::BestStep => "best_step",
    }
}

/// What decides whether and where a run is seen, whatever is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub row: i64,
    pub experiment: i64,
    pub started_ms: TimestampMs,
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    Deleted,
    /// Purged; its place stays empty until everything is read again.
    Absent,
}
