//! Replays: their reports, and the shapes that stand among the objects.

use assay_core::event::Kind;
use assay_core::registry::VersionKey;
use assay_core::replay::{DriftReport, ReplaySummary};
use assay_core::{ObjectHash, ReplayId};
use rusqlite::params;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::Store;

impl Store {
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
                "INSERT INTO replays (replay_id, model, model_version, created_ms, shapes, summary, doc)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    id,
                    report.model.model.as_str(),
                    report.model.version,
                    report.created_ms,
                    shapes.as_str(),
                    to_json(&summary(report))?,
                    to_json(report)?
                ],
            )?;
            write.changed(Kind::Replays);
            write.changed(Kind::Datasets);
            write.audit(act, "replay.saved", &report.model.to_string(), &report.verdict)?;
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

fn summary(report: &DriftReport) -> ReplaySummary {
    ReplaySummary {
        replay_id: report.replay_id.clone(),
        model: report.model.clone(),
        logs: report.logs.clone(),
        n_rows: report.n_rows,
        n_windows: report.windows.len() as u32,
        drifted: report.drifted.clone(),
        verdict: report.verdict.clone(),
        created_ms: report.created_ms,
    }
}
