//! What the columns of a log mean, and what would be read of it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::dataset::ImportOptions;
use crate::preview::PreviewColumn;
use crate::reference::Reference;

/// What the columns of a log mean. What is not said is not there, or is found as each field says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LogMapping {
    /// Orders the rows and cuts windows by time. `None`: the order of the file.
    pub timestamp: Option<String>,
    /// How its times are written; `None`: found out from the first ones.
    #[ts(optional = nullable)]
    pub time_format: Option<TimeFormat>,
    /// The zone of times that name none: an IANA name or an offset. `None`: UTC.
    #[ts(optional = nullable)]
    pub zone: Option<String>,
    /// The version of the model that answered.
    #[ts(optional = nullable)]
    pub version: Option<String>,
    /// What stands before the names of the model's columns: `inputs.` where the log has `inputs.age`.
    #[ts(optional = nullable)]
    pub features: Option<String>,
    /// Columns of the model that have another name in the log, by the model's name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[ts(as = "Option<BTreeMap<String, String>>", optional)]
    pub renamed: BTreeMap<String, String>,
    /// The truth, where it is known. `None`: the model's target column when the log has it.
    pub label: Option<String>,
    /// Predictions that production made. They are compared with ours; `None`: not compared.
    pub prediction: Option<String>,
    /// How sure production was: of its class, 0 to 1.
    #[ts(optional = nullable)]
    pub probability: Option<String>,
    /// What a label of another file is found by.
    #[ts(optional = nullable)]
    pub id: Option<String>,
    /// How long an answer took, in milliseconds.
    #[ts(optional = nullable)]
    pub latency: Option<String>,
    /// Labels that came later, in a file of their own.
    #[ts(optional = nullable)]
    pub labels: Option<LabelSource>,
}

/// How times are written where it is no date-time column and not ISO 8601.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// Since 1970-01-01T00:00Z, fractions allowed.
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
    /// ISO 8601, with a blank for the T too.
    Iso,
    /// `31/12/2024`, `31.12.2024 14:05`
    DayFirst,
    /// `12/31/2024`, `12-31-2024 14:05`
    MonthFirst,
}

impl TimeFormat {
    pub const ALL: [(Self, &str); 7] = [
        (Self::Seconds, "seconds"),
        (Self::Milliseconds, "milliseconds"),
        (Self::Microseconds, "microseconds"),
        (Self::Nanoseconds, "nanoseconds"),
        (Self::Iso, "iso"),
        (Self::DayFirst, "day_first"),
        (Self::MonthFirst, "month_first"),
    ];

    pub fn name(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(format, _)| *format == self)
            .map_or("iso", |(_, name)| name)
    }
}

/// A second file with what became of the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LabelSource {
    #[ts(type = "string")]
    pub path: PathBuf,
    /// Its column with the labels. `None`: the model's target, else the only column that is left.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub label: Option<String>,
    /// Its column that holds the ids of the log. `None`: the one named like the log's.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub id: Option<String>,
    /// Its column with times: then the nearest label in time is taken, instead of that of the same id.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub timestamp: Option<String>,
    /// How far in time a label may lie from its row, either way. `None`: one minute.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub tolerance_secs: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplayPreviewRequest {
    #[ts(type = "Array<string>")]
    pub logs: Vec<PathBuf>,
    /// Without a model and a data set, columns are not held against anything.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub model: Option<Reference>,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub reference: Option<Reference>,
    /// `None`: as a log of this shape was read last, else guessed.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub mapping: Option<LogMapping>,
    #[serde(default)]
    pub options: ImportOptions,
}

/// What a replay would read of a log, judged by its beginning. Nothing is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ReplayPreview {
    pub n_files: u32,
    /// As the log has them, nested records with points between their names.
    pub columns: Vec<PreviewColumn>,
    /// Asked for, remembered or guessed.
    pub mapping: LogMapping,
    /// A log of this shape was read so before.
    pub is_remembered: bool,
    /// Columns that the model lacks here, and what they may be called. Never applied unless put into `mapping.renamed`.
    pub proposals: Vec<ColumnProposal>,
    /// Of `rows`: the time in UTC first, then what else is mapped, then the model's columns.
    pub header: Vec<String>,
    /// At most ten, as they will be read; `None`: missing.
    pub rows: Vec<Vec<Option<String>>>,
    /// What is wrong, each in a sentence.
    pub problems: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnProposal {
    /// The model's name.
    pub column: String,
    /// The log's.
    pub found: String,
    pub by: ProposedBy,
    /// How well they go together, 0 to 1.
    pub score: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProposedBy {
    Name,
    Distribution,
}
