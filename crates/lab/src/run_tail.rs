//! A run looked at again and again while it is filled: what is new since the last look.

use std::collections::{BTreeMap, BTreeSet};

use assay_core::run::RunStatus;
use assay_core::{RunId, TimestampMs};
use serde::{Serialize, Serializer};

use crate::error::Attempt;
use crate::{Error, Lab};

/// Something that a run got.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunNews {
    Status {
        status: RunStatus,
    },
    Param {
        key: String,
        value: String,
    },
    Tag {
        key: String,
        value: String,
    },
    Metric {
        key: String,
        /// What JSON has no number for is a text: `NaN`, `Infinity`, `-Infinity`.
        #[serde(serialize_with = "as_number_or_word")]
        value: f64,
        step: i64,
        at_ms: TimestampMs,
    },
    Artifact {
        path: String,
        size_bytes: u64,
    },
}

/// Follows one run.
pub struct RunTail<'a> {
    lab: &'a Lab,
    run_id: RunId,
    status: Option<RunStatus>,
    params: BTreeMap<String, String>,
    tags: BTreeMap<String, String>,
    /// Points seen, by metric.
    n_points: BTreeMap<String, usize>,
    artifacts: BTreeSet<(String, String)>,
}

impl<'a> RunTail<'a> {
    pub fn new(lab: &'a Lab, run_id: RunId) -> Self {
        Self {
            lab,
            run_id,
            status: None,
            params: BTreeMap::new(),
            tags: BTreeMap::new(),
            n_points: BTreeMap::new(),
            artifacts: BTreeSet::new(),
        }
    }

    /// What is new, points by step; a change of the status comes last. At the first look all of it is.
    pub fn look(&mut self) -> Result<Vec<RunNews>, Error> {
        let attempted = || format!("follow the run {}", self.run_id);
        let parts = self.lab.store.run_parts(&self.run_id).attempt(attempted)?;
        let mut news = Vec::new();
        for (key, value) in parts.summary.params {
            if self.params.get(&key) != Some(&value) {
                self.params.insert(key.clone(), value.clone());
                news.push(RunNews::Param { key, value });
            }
        }
        for (key, value) in parts.summary.tags {
            if self.tags.get(&key) != Some(&value) {
                self.tags.insert(key.clone(), value.clone());
                news.push(RunNews::Tag { key, value });
            }
        }
        let mut points = Vec::new();
        for summary in parts.metric_summaries {
            let seen = self.n_points.entry(summary.key.clone()).or_insert(0);
            if summary.n as usize == *seen {
                continue;
            }
            let new = self
                .lab
                .store
                .metric_points_behind(&self.run_id, &summary.key, *seen)
                .attempt(|| format!("follow the run {}", self.run_id))?;
            *seen += new.len();
            points.extend(new);
        }
        points.sort_by_key(|point| (point.step, point.at_ms));
        news.extend(points.into_iter().map(|point| RunNews::Metric {
            key: point.key,
            value: point.value,
            step: point.step,
            at_ms: point.at_ms,
        }));
        for artifact in parts.artifacts {
            if self
                .artifacts
                .insert((artifact.path.clone(), artifact.object.to_string()))
            {
                news.push(RunNews::Artifact {
                    path: artifact.path,
                    size_bytes: artifact.size_bytes,
                });
            }
        }
        let status = parts.summary.status;
        if self.status != Some(status) {
            self.status = Some(status);
            news.push(RunNews::Status { status });
        }
        Ok(news)
    }

    /// Whether the run had ended at the last look.
    pub fn is_over(&self) -> bool {
        self.status
            .is_some_and(|status| status != RunStatus::Running)
    }
}

fn as_number_or_word<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        return serializer.serialize_f64(*value);
    }
    serializer.serialize_str(match (value.is_nan(), *value > 0.0) {
        (true, _) => "NaN",
        (false, true) => "Infinity",
        (false, false) => "-Infinity",
    })
}
