//! The table of runs: which rows it has, in which order, with which columns, and what it needs to stay live.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{ExperimentName, RunId};
use crate::run::RunSummary;
use crate::tracking::OrderBy;

/// The tag in which clients keep the run that a run is a part of.
pub const PARENT_TAG: &str = "mlflow.parentRunId";
/// The tag of runs that are kept out of the way; clients of the tracking API see it as any other tag.
pub const ARCHIVED_TAG: &str = "assay.archived";

/// Which runs are meant by where they are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunView {
    /// Neither archived nor in the trash.
    #[default]
    Active,
    Archived,
    Trash,
    All,
}

impl RunView {
    pub fn shows(self, is_archived: bool, is_deleted: bool) -> bool {
        match self {
            Self::Active => !is_archived && !is_deleted,
            Self::Archived => is_archived && !is_deleted,
            Self::Trash => is_deleted,
            Self::All => true,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RunQuery {
    /// A condition as [`crate::query`] reads it: `metrics.test.accuracy > 0.9 and params.algorithm = "random_forest"`.
    /// A metric's name may end with what is meant of it, `metrics.loss@min` ([`MetricMeaning`]).
    pub filter: String,
    /// The first decides, the others among equals: `metrics.NAME`, `metrics.NAME@min`, `params.NAME`, `tags.NAME`,
    /// `attributes.start_time`, `attributes.name` ... At the end, and without any, newest first. Runs without a value
    /// stand last either way round.
    pub order_by: Vec<OrderBy>,
    pub view: RunView,
    /// `None`: all.
    pub experiment: Option<ExperimentName>,
    /// Runs stand below the run that they are a part of, at every level in the order asked for. A run that does not
    /// match stands there too when one below it does.
    pub tree: bool,
    /// With `tree`: whether runs stand folded, with none of the runs below them.
    pub folded: bool,
    /// With `tree`: the runs that stand the other way.
    pub toggled: Vec<RunId>,
    /// The parameters, metrics and tags that the rows hold, by the names of the filter; `None`: all, of metrics the
    /// last value.
    pub columns: Option<Vec<String>>,
    /// Without the lists of names: the next window of a table that has them needs them no more.
    pub skip_names: bool,
    pub offset: u64,
    /// 0: 1,000.
    pub limit: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunPage {
    pub runs: Vec<RunRow>,
    /// Rows of the whole table: the runs that match, and with `tree` those shown for the sake of others, without
    /// those that are folded away.
    pub n_rows: u64,
    /// Runs that match the filter.
    pub n_matching: u64,
    /// Runs of the experiment, or of the lab, in this view.
    pub n_total: u64,
    /// Names that occur among the matching runs, sorted.
    pub param_names: Vec<String>,
    pub metric_names: Vec<String>,
    pub tag_names: Vec<String>,
    /// The change up to which this holds; [`RunChangesRequest`] goes on from there.
    pub change: u64,
    pub duration_secs: f64,
}

/// A row of the table of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunRow {
    /// Its maps hold the columns that were asked for; `metrics.loss@min` is `loss@min` among the metrics.
    #[serde(flatten)]
    pub summary: RunSummary,
    /// Values among the metrics that are no finite number, which JSON cannot hold.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub not_finite: BTreeMap<String, NotFinite>,
    pub user: String,
    /// Whether a client of the tracking API logs it.
    pub is_tracked: bool,
    pub is_archived: bool,
    /// When it was moved to the trash.
    pub deleted_ms: Option<TimestampMs>,
    /// In the trash: bytes that deleting it for good would free.
    pub freed_bytes: Option<u64>,
    pub parent_run_id: Option<RunId>,
    /// Levels below a run that stands by itself; 0 without `tree`.
    pub depth: u32,
    /// Runs of this table directly below it, folded away or not; 0 without `tree`.
    pub n_children: u32,
    /// False: it is shown for the sake of a run below it.
    pub is_match: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum NotFinite {
    #[serde(rename = "NaN")]
    NotANumber,
    Infinity,
    #[serde(rename = "-Infinity")]
    NegativeInfinity,
}

impl NotFinite {
    pub fn of(value: f64) -> Option<Self> {
        if value.is_nan() {
            Some(Self::NotANumber)
        } else if value == f64::INFINITY {
            Some(Self::Infinity)
        } else if value == f64::NEG_INFINITY {
            Some(Self::NegativeInfinity)
        } else {
            None
        }
    }
}

/// What is meant of the points of a metric.
///
/// Written behind its name: `loss@min`. A name that ends otherwise (`mAP@0.5`) is a name as a whole and means the last
/// value; of a metric that is called `loss@min`, that is `loss@min@last`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
// On the wire that name is taken by a figure of a result.
pub enum MetricMeaning {
    /// Of the largest step.
    #[default]
    Last,
    /// Largest, or smallest for a loss or an error.
    Best,
    Min,
    Max,
    /// Points.
    N,
    LastStep,
    BestStep,
}

impl MetricMeaning {
    pub const ALL: [Self; 7] = [
        Self::Last,
        Self::Best,
        Self::Min,
        Self::Max,
        Self::N,
        Self::LastStep,
        Self::BestStep,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Last => "last",
            Self::Best => "best",
            Self::Min => "min",
            Self::Max => "max",
            Self::N => "n",
            Self::LastStep => "last_step",
            Self::BestStep => "best_step",
        }
    }

    /// The metric's name, and what is meant of it.
    pub fn split(name: &str) -> (&str, Self) {
        name.rsplit_once('@')
            .and_then(|(key, word)| {
                let meant = Self::ALL.into_iter().find(|value| value.label() == word)?;
                (!key.is_empty()).then_some((key, meant))
            })
            .unwrap_or((name, Self::Last))
    }
}

/// What changed in a table since a change, for the rows that are in sight.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RunChangesRequest {
    /// [`RunPage::change`], later [`RunChanges::change`].
    pub since: u64,
    /// The runs in sight; at most 1,000.
    pub shown: Vec<RunId>,
    /// As in [`RunQuery`].
    pub columns: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunChanges {
    pub change: u64,
    /// Those in sight that changed, without their place in a tree.
    pub runs: Vec<RunRow>,
    /// Runs of the lab that changed, in sight or not.
    pub n_changed: u64,
    /// Runs came, went, or moved to another list, or models of theirs did: the table is to be read again.
    pub rows_shift: bool,
}

/// Asks for the names that a filter, an order or a column may use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct FieldsRequest {
    pub view: RunView,
    /// `None`: all.
    pub experiment: Option<ExperimentName>,
}

/// A name that a filter may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldInfo {
    /// `params.max depth`: as an order or a column has it.
    pub name: String,
    /// ``params.`max depth` ``: as a filter has it.
    pub text: String,
    pub kind: FieldKind,
    /// Runs that have it.
    pub n_runs: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Of a run itself.
    Attribute,
    Metric,
    Param,
    Tag,
}

/// Asks for values of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ValuesRequest {
    /// `params.depth`, `tags.team`, `attributes.status` ...
    pub name: String,
    /// How the value begins, in any case.
    pub prefix: String,
    pub view: RunView,
    /// `None`: all.
    pub experiment: Option<ExperimentName>,
    /// 0: 20.
    pub limit: u32,
}

/// A value that occurs, the most frequent first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldValue {
    pub value: String,
    /// As a filter has it, in quotes where it needs them.
    pub text: String,
    pub n_runs: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_of_a_metric_stands_behind_its_name() {
        for (name, expected) in [
            ("loss", ("loss", MetricMeaning::Last)),
            ("loss@min", ("loss", MetricMeaning::Min)),
            (
                "test.accuracy@best_step",
                ("test.accuracy", MetricMeaning::BestStep),
            ),
            ("mAP@0.5", ("mAP@0.5", MetricMeaning::Last)),
            ("mAP@0.5@max", ("mAP@0.5", MetricMeaning::Max)),
            ("loss@min@last", ("loss@min", MetricMeaning::Last)),
            ("@min", ("@min", MetricMeaning::Last)),
            ("", ("", MetricMeaning::Last)),
        ] {
            assert_eq!(MetricMeaning::split(name), expected, "{name}");
        }
        for value in MetricMeaning::ALL {
            assert_eq!(
                MetricMeaning::split(&format!("a@{}", value.label())),
                ("a", value)
            );
        }
    }
}
