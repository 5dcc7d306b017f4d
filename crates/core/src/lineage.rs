//! Lineage: from source file to version to runs, models and replays, readable from either end.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{NameError, ReplayId, RunId};
use crate::reference::Reference;

pub const LINEAGE_SCHEMA: u32 = 1;

/// What is asked about: `penguins@3`, `run:ID`, `model:species@2`, `replay:ID`. Written as one text on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub enum LineageFocus {
    Dataset(Reference),
    /// As the run is named to other commands: its id, the beginning of it, or its name.
    Run(String),
    Model(Reference),
    Replay(ReplayId),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LineageRequest {
    pub about: LineageFocus,
}

/// What the focus came from and what came of it. Edges point the way the data went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Lineage {
    pub schema: u32,
    /// The id of the node that was asked about.
    pub focus: String,
    /// What came before stands before what came of it.
    pub nodes: Vec<LineageNode>,
    pub edges: Vec<LineageEdge>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LineageNode {
    /// `penguins@3`, `run:ID`, `model:species@2`, `replay:ID`, `source:HASH`
    pub id: String,
    pub kind: LineageKind,
    pub title: String,
    /// A few words: `344 rows, 8 columns`, `random_forest, finished`, `b3:1f2e3d4c`.
    pub detail: String,
    /// Where the window goes; `None` for files, and for what is in the trash or gone.
    pub route: Option<String>,
    pub created_ms: Option<TimestampMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineageKind {
    Source,
    Dataset,
    Run,
    Model,
    Replay,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LineageEdge {
    pub from: String,
    pub to: String,
    pub relation: Relation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A file became a version.
    Imported,
    /// A version was followed by the next.
    FollowedBy,
    /// A version became the newest again.
    RestoredAs,
    /// A run was trained on a version.
    TrainedOn,
    /// A run's model was registered.
    Registered,
    /// A log was replayed against a model.
    Replayed,
}

impl Relation {
    pub fn label(self) -> &'static str {
        match self {
            Self::Imported => "imported as",
            Self::FollowedBy => "followed by",
            Self::RestoredAs => "restored as",
            Self::TrainedOn => "trained",
            Self::Registered => "registered as",
            Self::Replayed => "replayed in",
        }
    }
}

impl FromStr for LineageFocus {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Ok(match text.split_once(':') {
            None => Self::Dataset(text.parse()?),
            Some(("run", run)) => Self::Run(run.to_owned()),
            Some(("model", model)) => Self::Model(model.parse()?),
            Some(("replay", replay)) => Self::Replay(ReplayId::new(replay)),
            Some(_) => {
                return Err(NameError {
                    text: text.to_owned(),
                    reason: "before the colon stands `run`, `model` or `replay`",
                });
            }
        })
    }
}

impl fmt::Display for LineageFocus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dataset(dataset) => write!(f, "{dataset}"),
            Self::Run(run) => write!(f, "run:{run}"),
            Self::Model(model) => write!(f, "model:{model}"),
            Self::Replay(replay) => write!(f, "replay:{replay}"),
        }
    }
}

impl TryFrom<String> for LineageFocus {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<LineageFocus> for String {
    fn from(focus: LineageFocus) -> Self {
        focus.to_string()
    }
}

impl From<RunId> for LineageFocus {
    fn from(run_id: RunId) -> Self {
        Self::Run(run_id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_focus_reads_back_as_written() {
        for text in [
            "penguins",
            "penguins@3",
            "run:1f",
            "model:species@champion",
            "replay:00ff",
        ] {
            let focus: Result<LineageFocus, _> = text.parse();
            assert_eq!(focus.map(|focus| focus.to_string()), Ok(text.to_owned()));
        }
        for bad in ["", "job:1", "model:", "model:a/b"] {
            assert!(bad.parse::<LineageFocus>().is_err(), "{bad}");
        }
    }
}
