//! Metrics, parameters and tags of runs: what one request logs is logged whole or not at all, and requests of many
//! clients share a transaction.

use std::collections::{BTreeMap, HashMap};

use assay_core::event::Kind;
use assay_core::tracking::{
    Batch, LogEntry, LoggedMetric, LoggedModelId, MetricSample, ModelMetric,
};
use assay_core::{RunId, TimestampMs};
use rusqlite::params;

use super::{logged_models, runs};
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::runs::metrics::MetricPoint;
use crate::store::{Durability, Store, Write};

impl Store {
    /// All of it or nothing. Parameters are written once: the same value again is fine.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when the run is deleted, or a parameter has another value already;
    /// [`Error::Conflict`] for a run that was trained here, unless there is nothing but tags.
    pub fn log_batch(
        &self,
        run_id: &RunId,
        points: &[MetricPoint],
        params: &[(String, String)],
        tags: &[(String, String)],
        at_ms: TimestampMs,
    ) -> Result<()> {
        let metrics = points
            .iter()
            .map(|point| LoggedMetric {
                key: point.key.clone(),
                value: point.value,
                step: point.step,
                at_ms: point.at_ms,
            })
            .collect();
        let batch = Batch {
            metrics,
            params: params.to_vec(),
            tags: tags.to_vec(),
        };
        self.log_entry(&LogEntry::of(run_id.clone(), &batch), at_ms)
    }

    /// The same of what is in its form already.
    ///
    /// # Errors
    /// As [`Store::log_batch`].
    pub fn log_entry(&self, entry: &LogEntry, at_ms: TimestampMs) -> Result<()> {
        self.write_with(Durability::Kill, at_ms, |write| {
            let refused = write.put_entries(std::slice::from_ref(entry))?;
            refused.into_iter().collect()
        })
    }

    /// The same with metrics of models, all of it in one transaction.
    ///
    /// # Errors
    /// As [`Store::log_batch`]; [`Error::NotFound`] for a model.
    pub fn log_entry_of_models(
        &self,
        entry: &LogEntry,
        of_models: &[(LoggedModelId, ModelMetric)],
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write_with(Durability::Kill, at_ms, |write| {
            for (id, metric) in of_models {
                let row = logged_models::row_of(&write.tx, id)?;
                write.put_model_metric(row, metric)?;
            }
            write.changed(Kind::Models);
            let refused = write.put_entries(std::slice::from_ref(entry))?;
            refused.into_iter().collect()
        })
    }

    /// One transaction for all entries; the outcome of each. One that is refused leaves nothing of itself and harms no
    /// other; when the transaction itself fails, each gets one of its own.
    pub(super) fn log_entries(&self, entries: &[LogEntry], at_ms: TimestampMs) -> Vec<Result<()>> {
        if let [_, _, ..] = entries
            && let Ok(outcomes) =
                self.write_with(Durability::Kill, at_ms, |write| write.put_entries(entries))
        {
            return outcomes;
        }
        entries
            .iter()
            .map(|entry| self.log_entry(entry, at_ms))
            .collect()
    }
}

impl Write<'_> {
    /// Invariant: an entry is looked through before anything of it is written, and nothing that is written fails but
    /// with the whole transaction.
    fn put_entries(&mut self, entries: &[LogEntry]) -> Result<Vec<Result<()>>> {
        let mut outcomes = Vec::with_capacity(entries.len());
        let mut curves: BTreeMap<(i64, &str), Vec<&[MetricSample]>> = BTreeMap::new();
        for entry in entries {
            let accepted = match self.accept(entry) {
                Ok(accepted) => accepted,
                Err(refused) => {
                    outcomes.push(Err(refused));
                    continue;
                }
            };
            let row = accepted.row;
            for (key, value) in accepted.new_params {
                self.tx.run(
                    "INSERT INTO run_params (run, key, value) VALUES (?1, ?2, ?3)",
                    params![row, key, value],
                )?;
                self.touched_run(row);
            }
            for (key, value) in &entry.tags {
                self.put_tag_of_run(row, key, value)?;
            }
            for (key, samples) in &entry.metrics {
                curves.entry((row, key)).or_default().push(samples);
            }
            outcomes.push(Ok(()));
        }
        for ((row, key), portions) in curves {
            match portions.as_slice() {
                [samples] => self.put_samples(row, key, samples)?,
                several => self.put_samples(row, key, &several.concat())?,
            }
        }
        Ok(outcomes)
    }

    /// Which run is meant, and which parameters are new to it.
    fn accept<'e>(&self, entry: &'e LogEntry) -> Result<Accepted<'e>> {
        let row = if entry.metrics.is_empty() && entry.params.is_empty() {
            runs::find_active(&self.tx, &entry.run_id)?
        } else {
            runs::find_open(&self.tx, &entry.run_id)?
        };
        let mut new_params: HashMap<&str, &str> = HashMap::new();
        let mut changed = Vec::new();
        for (key, value) in &entry.params {
            let stored = self.tx.first(
                "SELECT value FROM run_params WHERE run = ?1 AND key = ?2",
                params![row, key],
                |row| Ok(row.get::<_, String>(0)?),
            )?;
            let known = match (&stored, new_params.get(key.as_str())) {
                (Some(known), _) => known,
                (None, Some(known)) => *known,
                (None, None) => {
                    new_params.insert(key, value);
                    continue;
                }
            };
            if known != value {
                changed.push(format!(
                    "{{'key': '{key}', 'old_value': '{known}', 'new_value': '{value}'}}"
                ));
            }
        }
        if changed.is_empty() {
            return Ok(Accepted { row, new_params });
        }
        Err(Error::invalid(
            format!(
                "Changing param values is not allowed. Params were already logged='[{}]' for run ID='{}'",
                changed.join(", "),
                entry.run_id
            ),
            "log the new value under another name, or begin a new run",
        ))
    }
}

/// An entry of which nothing can be refused any more.
struct Accepted<'e> {
    row: i64,
    new_params: HashMap<&'e str, &'e str>,
}
