//! A kept replay judged again: by another method, mode, limit or correction, from its sketches alone.

use assay_core::ReplayId;
use assay_core::alert;
use assay_core::code::Code;
use assay_core::drift::{self, ColumnSketch, DriftSettings, Verdict};
use assay_core::replay::{DriftReport, JudgeReplay};
use rayon::prelude::*;

use super::measure::references;
use super::sketches::unpacked;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// Where a rule comes from that is in no file.
pub const ASKED_FOR: &str = "asked for";

impl Lab {
    /// The report as it would have been under another rule; nothing is read but the sketches, nothing is kept.
    ///
    /// # Errors
    /// The rule is none, or the replay was made before sketches were kept.
    pub fn judge_replay(&self, request: &JudgeReplay) -> Result<DriftReport, Error> {
        self.judged_again(request)
            .attempt(|| format!("judge replay {} again", request.replay))
    }

    /// By its own rule where none is asked for.
    pub(crate) fn judged_by(
        &self,
        replay: &ReplayId,
        rule: Option<&DriftSettings>,
    ) -> Result<DriftReport, Cause> {
        match rule {
            None => Ok(self.store.replay(replay)?.0),
            Some(rule) => self.judged_again(&JudgeReplay {
                replay: replay.clone(),
                rule: rule.clone(),
            }),
        }
    }

    fn judged_again(&self, request: &JudgeReplay) -> Result<DriftReport, Cause> {
        if let Some(fault) = request.rule.fault() {
            return Err(Cause::said(Code::Invalid, fault.message));
        }
        let (mut report, object) = self.store.replay(&request.replay)?;
        let bytes = self.store.read_object(&object)?;
        let references = self.references_of(&report)?;
        report.rule = drift::DriftRule {
            source: ASKED_FOR.to_owned(),
            ..request.rule.rule()
        };
        let by_column = report
            .columns
            .par_iter()
            .map(|column| unpacked(&bytes, &column.name))
            .collect::<Result<Vec<_>, Cause>>()?;
        let rule = report.rule.clone();
        report
            .windows
            .par_iter_mut()
            .enumerate()
            .for_each(|(index, window)| {
                // Invariant: a window is a gap in every column, or in none.
                let sketches: Option<Vec<ColumnSketch>> = by_column
                    .iter()
                    .map(|windows| windows.get(index).cloned().flatten())
                    .collect();
                window.columns = sketches.map_or_else(Vec::new, |sketches| {
                    drift::compare_columns(&references, &sketches, &rule)
                });
            });
        let mut columns: Vec<&mut [drift::ColumnDrift]> = report
            .windows
            .iter_mut()
            .map(|window| window.columns.as_mut_slice())
            .collect();
        drift::judge_windows(&mut columns, &references, &rule);
        summarise(&mut report);
        report.alerts = alert::raised(&self.store.settings()?.alert, &report);
        Ok(report)
    }

    /// In the order of the report's columns; an empty one where the reference has none.
    fn references_of(&self, report: &DriftReport) -> Result<Vec<ColumnSketch>, Cause> {
        let names: Vec<String> = report.columns.iter().map(|c| c.name.clone()).collect();
        Ok(references(&self.held_against(report)?, &names))
    }
}

/// What a report says of its cells: counts by window and column, who drifted first, the verdict.
pub fn summarise(report: &mut DriftReport) {
    for window in &mut report.windows {
        let drifted = window
            .columns
            .iter()
            .filter(|cell| cell.verdict == Verdict::Drifted);
        window.n_drifted = u32::try_from(drifted.count()).unwrap_or(u32::MAX);
    }
    for (place, column) in report.columns.iter_mut().enumerate() {
        let drifted: Vec<u32> = report
            .windows
            .iter()
            .filter(|window| {
                let cell = window.columns.get(place);
                cell.is_some_and(|cell| cell.verdict == Verdict::Drifted)
            })
            .map(|window| window.index)
            .collect();
        column.n_drifted_windows = u32::try_from(drifted.len()).unwrap_or(u32::MAX);
        column.first_drifted_window = drifted.first().copied();
    }
    let mut drifted: Vec<(u32, String)> = report
        .columns
        .iter()
        .filter_map(|column| Some((column.first_drifted_window?, column.name.clone())))
        .collect();
    // Stable: those that drifted together stay in the order of the columns.
    drifted.sort_by_key(|(first, _)| *first);
    report.first_drifted_window = drifted.first().map(|(first, _)| *first);
    report.drifted = drifted.into_iter().map(|(_, name)| name).collect();
    report.findings = drift::findings(report);
    report.verdict = drift::verdict_sentence(&report.columns, &report.windows);
}
