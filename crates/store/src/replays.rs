//! Replays: their reports, and the shapes that stand among the objects.

use assay_core::event::Kind;
use assay_core::reference::{Reference, Selector};
use assay_core::registry::VersionKey;
use assay_core::replay::{DriftReport, LogMapping, ReplaySummary};
use assay_core::{ObjectHash, ReplayId};
use rusqlite::params;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

/// Mappings of older shapes are forgotten.
const MAPPINGS_KEPT: i64 = 1_000;

impl Store {
    /// What the columns of a log of this shape meant last; `None`: none was replayed, or it was forgotten.
    pub fn replay_mapping(&self, shape: &str) -> Result<Option<LogMapping>> {
        self.read(|db| {
            db.first(
                "SELECT mapping FROM replay_mappings WHERE shape = ?1",
                params![shape],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }

    /// Replaces what was remembered for logs of this shape. `shape` is whatever tells logs apart whose mapping should be the
    /// same; the store only compares it.
    pub fn save_replay_mapping(&self, shape: &str, mapping: &LogMapping) -> Result<()> {
        // No read shows them, so nothing is told and the moment is of no matter.
        self.write(0, |write| {
            write.tx.run(
                "INSERT OR REPLACE INTO replay_mappings (shape, mapping) VALUES (?1, ?2)",
                params![shape, to_json(mapping)?],
            )?;
            write.tx.run(
                "DELETE FROM replay_mappings WHERE number <= ?1",
                params![write.tx.last_insert_rowid() - MAPPINGS_KEPT],
            )?;
            Ok(())
        })
    }

    /// Keeps a report; `shapes` must be among the objects.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there is a replay of this id.
    pub fn save_replay(
        &self,
        report: &DriftReport,
        shapes: &ObjectHash,
        act: Act<'_>,
    ) -> Result<()> {
        self.object_path(shapes)?;
        let id = report.replay_id.as_str();
        // With a model beside it the replay is one of the model.
        let alone = report.reference.as_ref().filter(|_| report.model.is_none());
        let dataset = alone.and_then(exactly);
        self.write(act.at_ms, |write| {
            let taken = write.tx.count(
                "SELECT count(*) FROM replays WHERE replay_id = ?1",
                params![id],
            )?;
            if taken > 0 {
                return Err(Error::conflict(
                    format!("there is a replay {id} already"),
                    "give it another id",
                ));
            }
            write.tx.run(
                "INSERT INTO replays (replay_id, model, model_version, dataset, dataset_version, created_ms, shapes,
                                      summary, doc)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    id,
                    report.model.as_ref().map(|model| model.model.as_str()),
                    report.model.as_ref().map(|model| model.version),
                    dataset.map(|(name, _)| name),
                    dataset.map(|(_, version)| version),
                    report.created_ms,
                    shapes.as_str(),
                    to_json(&summary(report))?,
                    to_json(report)?
                ],
            )?;
            write.changed(Kind::Replays);
            write.changed(Kind::Datasets);
            write.audit(act, "replay.saved", &report.against(), &report.verdict)?;
            Ok(())
        })?;
        self.settle([shapes]);
        Ok(())
    }

    /// A report and the object that holds its shapes.
    pub fn replay(&self, replay_id: &ReplayId) -> Result<(DriftReport, ObjectHash)> {
        self.read(|db| {
            db.first(
                "SELECT doc, shapes FROM replays WHERE replay_id = ?1 AND deleted_ms IS NULL",
                params![replay_id.as_str()],
                |row| {
                    Ok((
                        from_json(&row.get::<_, String>(0)?)?,
                        ObjectHash(row.get(1)?),
                    ))
                },
            )?
            .ok_or_else(|| Error::not_found("replay", replay_id))
        })
    }

    /// Newest first.
    pub fn replays(&self) -> Result<Vec<ReplaySummary>> {
        self.read(|db| {
            db.all(
                "SELECT summary FROM replays WHERE deleted_ms IS NULL ORDER BY created_ms DESC, id DESC",
                [],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }

    /// The replays of one version of a model, newest first.
    pub fn replays_of(&self, model: &VersionKey) -> Result<Vec<ReplaySummary>> {
        self.read(|db| {
            db.all(
                "SELECT summary FROM replays WHERE model = ?1 AND model_version = ?2
                 AND deleted_ms IS NULL ORDER BY created_ms DESC, id DESC",
                params![model.model.as_str(), model.version],
                |row| from_json(&row.get::<_, String>(0)?),
            )
        })
    }
}

/// Name and number of a version that is named by its number.
fn exactly(reference: &Reference) -> Option<(&str, u32)> {
    match reference.selector {
        Selector::Version(version) => Some((reference.name.as_str(), version)),
        Selector::Latest | Selector::Alias(_) => None,
    }
}

fn summary(report: &DriftReport) -> ReplaySummary {
    ReplaySummary {
        replay_id: report.replay_id.clone(),
        model: report.model.clone(),
        reference: report.reference.clone(),
        logs: report.logs.clone(),
        n_rows: report.n_rows,
        n_windows: report.windows.len() as u32,
        drifted: report.drifted.clone(),
        verdict: report.verdict.clone(),
        created_ms: report.created_ms,
    }
}
