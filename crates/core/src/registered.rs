//! The registry as clients of the tracking API see it: every model and version, whoever registered it.
//!
//! What only a version of Assay's has (its ONNX file, parity, signature) is in [`crate::registry::ModelVersion`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;
use crate::ids::{LoggedModelId, ModelName, RunId, VersionKey};

/// The tag of a registered model that is a prompt, with the value `true`.
pub const PROMPT_TAG: &str = "mlflow.prompt.is_prompt";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Development,
    Candidate,
    Production,
    Archived,
}

impl Stage {
    pub const ALL: [Self; 4] = [
        Self::Development,
        Self::Candidate,
        Self::Production,
        Self::Archived,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Candidate => "candidate",
            Self::Production => "production",
            Self::Archived => "archived",
        }
    }
}

impl std::str::FromStr for Stage {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.label() == text)
            .ok_or_else(|| {
                format!(
                    "`{text}` is no stage; choose development, candidate, production or archived"
                )
            })
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RegisteredModel {
    /// Any name that MLflow allows when a client made it.
    pub model: ModelName,
    pub description: String,
    pub tags: BTreeMap<String, String>,
    pub aliases: BTreeMap<String, u32>,
    pub created_ms: TimestampMs,
    pub updated_ms: TimestampMs,
    /// Newest first; a client's model may have none.
    pub versions: Vec<RegisteredVersion>,
}

impl RegisteredModel {
    pub fn is_prompt(&self) -> bool {
        self.tags
            .get(PROMPT_TAG)
            .is_some_and(|value| value == "true")
    }

    pub fn version(&self, number: u32) -> Option<&RegisteredVersion> {
        self.versions.iter().find(|found| found.version == number)
    }

    /// The newest of each stage that has one, in the order of the stages.
    pub fn latest_by_stage(&self) -> Vec<&RegisteredVersion> {
        Stage::ALL
            .iter()
            .filter_map(|stage| self.versions.iter().find(|found| found.stage == *stage))
            .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RegisteredVersion {
    pub model: ModelName,
    pub version: u32,
    pub stage: Stage,
    pub aliases: Vec<String>,
    pub description: String,
    pub tags: BTreeMap<String, String>,
    /// `None`: its client named no run.
    pub run_id: Option<RunId>,
    pub origin: Origin,
    pub created_ms: TimestampMs,
    pub updated_ms: TimestampMs,
}

impl RegisteredVersion {
    pub fn key(&self) -> VersionKey {
        VersionKey {
            model: self.model.clone(),
            version: self.version,
        }
    }
}

/// Who registered a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// A run of this lab, checked and exported.
    Assay,
    /// A run of another lab: pulled out of a shared folder.
    Pulled,
    /// An ONNX file of somebody else; it has an exported folder as Assay's own have.
    Imported { file_name: String },
    /// A client of the tracking API; what its files hold is the client's matter.
    Client {
        /// As the client named it: `models:/m-…`, `runs:/…/model`, a place.
        source: String,
        /// Where its files lie.
        location: String,
        run_link: String,
        #[ts(type = "string | null")]
        logged_model: Option<LoggedModelId>,
    },
}

impl Origin {
    /// It has a folder that can be verified, exported and served.
    pub fn has_folder(&self) -> bool {
        !matches!(self, Self::Client { .. })
    }
}

/// A version to be registered for a client; the store gives it its number and the stage `development`.
#[derive(Debug, Clone, PartialEq)]
pub struct NewClientVersion {
    pub model: ModelName,
    pub source: String,
    pub location: String,
    pub run_id: Option<RunId>,
    pub run_link: String,
    pub logged_model: Option<LoggedModelId>,
    pub description: String,
    pub tags: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_each_stage_counts() {
        let version = |number, stage| RegisteredVersion {
            model: ModelName::new("m"),
            version: number,
            stage,
            aliases: Vec::new(),
            description: String::new(),
            tags: BTreeMap::new(),
            run_id: None,
            origin: Origin::Assay,
            created_ms: 0,
            updated_ms: 0,
        };
        let model = RegisteredModel {
            model: ModelName::new("m"),
            description: String::new(),
            tags: BTreeMap::from([(PROMPT_TAG.to_owned(), "false".to_owned())]),
            aliases: BTreeMap::new(),
            created_ms: 0,
            updated_ms: 0,
            versions: vec![
                version(4, Stage::Production),
                version(3, Stage::Development),
                version(2, Stage::Production),
                version(1, Stage::Development),
            ],
        };
        let numbers: Vec<u32> = model.latest_by_stage().iter().map(|v| v.version).collect();
        assert_eq!(numbers, [3, 4]);
        assert!(!model.is_prompt());
        assert_eq!(
            model.version(2).map(|found| found.stage),
            Some(Stage::Production)
        );
        assert_eq!(model.version(5), None);
    }
}
