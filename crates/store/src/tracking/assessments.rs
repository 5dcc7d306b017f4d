//! What people, judges and programs think of traces.

use assay_core::TimestampMs;
use assay_core::assessment::{Assessment, AssessmentChange, AssessmentId};
use assay_core::trace::TraceId;
use rusqlite::{Connection, params};

use super::trace_load;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::{Store, Write};

impl Store {
    /// The one that it overrides is not valid any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] for the trace and for what is overridden; [`Error::Conflict`] when the id is taken.
    pub fn create_assessment(&self, assessment: &Assessment, at_ms: TimestampMs) -> Result<()> {
        self.write(at_ms, |write| {
            let row = trace_load::row_of(&write.tx, &assessment.trace_id)?;
            if of_trace(&write.tx, row, &assessment.assessment_id)?.is_some() {
                return Err(Error::conflict(
                    format!(
                        "the trace {} has an assessment {} already",
                        assessment.trace_id, assessment.assessment_id
                    ),
                    "leave the id out",
                ));
            }
            if let Some(old) = &assessment.overrides
                && write.set_valid(row, old, false)? == 0
            {
                return Err(Error::not_found("assessment", old));
            }
            write.put_assessment(row, assessment)
        })
    }

    pub fn assessment(&self, trace: &TraceId, id: &AssessmentId) -> Result<Assessment> {
        self.read(|db| found(db, trace, id).map(|(_, assessment)| assessment))
    }

    /// # Errors
    /// [`Error::NotFound`]; [`Error::Invalid`] when the new value is of another kind than the old one.
    pub fn change_assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
        change: &AssessmentChange,
        at_ms: TimestampMs,
    ) -> Result<Assessment> {
        self.write(at_ms, |write| {
            let (row, mut assessment) = found(&write.tx, trace, id)?;
            assessment.content = assessment.content.with(change, at_ms).ok_or_else(|| {
                Error::invalid(
                    "the value of an assessment stays of its kind: feedback, an expectation or an issue",
                    "delete it and make another one",
                )
            })?;
            write.put_assessment(row, &assessment)?;
            Ok(assessment)
        })
    }

    /// What it overrode is valid again. Nothing when there is no such assessment of the trace.
    pub fn delete_assessment(
        &self,
        trace: &TraceId,
        id: &AssessmentId,
        at_ms: TimestampMs,
    ) -> Result<()> {
        self.write(at_ms, |write| {
            let row = trace_load::row_of(&write.tx, trace)?;
            let Some(assessment) = of_trace(&write.tx, row, id)? else {
                return Ok(());
            };
            if let Some(old) = &assessment.overrides {
                write.set_valid(row, old, true)?;
            }
            write.tx.run(
                "DELETE FROM trace_assessments WHERE trace = ?1 AND assessment_id = ?2",
                params![row, id.as_str()],
            )?;
            Ok(())
        })
    }
}

impl Write<'_> {
    /// One of the same id is replaced.
    pub(super) fn put_assessment(&mut self, row: i64, assessment: &Assessment) -> Result<()> {
        self.tx.run(
            "INSERT OR REPLACE INTO trace_assessments (trace, assessment_id, created_ms, overrides, is_valid, doc)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                row,
                assessment.assessment_id.as_str(),
                assessment.content.created_ms,
                assessment.overrides.as_ref().map(AssessmentId::as_str),
                assessment.is_valid,
                to_json(&assessment.content)?
            ],
        )?;
        Ok(())
    }

    fn set_valid(&mut self, row: i64, id: &AssessmentId, is_valid: bool) -> Result<usize> {
        self.tx.run(
            "UPDATE trace_assessments SET is_valid = ?3 WHERE trace = ?1 AND assessment_id = ?2",
            params![row, id.as_str(), is_valid],
        )
    }
}

/// Of the traces whose rows stand in the JSON list; by when they were made.
pub(super) fn of_traces(db: &Connection, wanted: &str) -> Result<Vec<(i64, Assessment)>> {
    db.all(
        "SELECT a.trace, t.trace_id, a.assessment_id, a.overrides, a.is_valid, a.doc
         FROM json_each(?1) w JOIN trace_assessments a ON a.trace = w.value JOIN traces t ON t.id = a.trace
         ORDER BY a.created_ms, a.assessment_id",
        params![wanted],
        |row| {
            let assessment = Assessment {
                trace_id: TraceId(row.get(1)?),
                assessment_id: AssessmentId(row.get(2)?),
                overrides: row.get::<_, Option<String>>(3)?.map(AssessmentId),
                is_valid: row.get(4)?,
                content: from_json(&row.get::<_, String>(5)?)?,
            };
            Ok((row.get(0)?, assessment))
        },
    )
}

fn of_trace(db: &Connection, row: i64, id: &AssessmentId) -> Result<Option<Assessment>> {
    Ok(of_traces(db, &to_json(&[row])?)?
        .into_iter()
        .map(|(_, assessment)| assessment)
        .find(|assessment| assessment.assessment_id == *id))
}

fn found(db: &Connection, trace: &TraceId, id: &AssessmentId) -> Result<(i64, Assessment)> {
    let row = trace_load::row_of(db, trace)?;
    let assessment = of_trace(db, row, id)?.ok_or_else(|| Error::not_found("assessment", id))?;
    Ok((row, assessment))
}
