//! A kept replay judged again: by another method, mode, limit or correction, from its sketches alone.

use assay_core::ReplayId;
use assay_core::alert;
use assay_core::code::Code;
use assay_core::drift::{self, ColumnSketch, Verdict};
use assay_core::reference::Reference;
use assay_core::replay::{ColumnRole, DriftReport, JudgeReplay, JudgedBy};
use assay_core::words::list;
use rayon::prelude::*;

use super::measure::references;
use super::quality;
use super::sketches::unpacked;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// Where a rule comes from that is in no file.
pub const ASKED_FOR: &str = "asked for";
/// Columns that a sentence names.
const MAX_NAMES: usize = 5;

impl Lab {
    /// The report as it would have been under another rule, or against another reference; nothing is read but the sketches,
    /// nothing is kept.
    ///
    /// # Errors
    /// The rule is none, the replay was made before sketches were kept, or the reference has none of its columns.
    pub fn judge_replay(&self, request: &JudgeReplay) -> Result<DriftReport, Error> {
        self.judged_again(&request.replay, &request.by)
            .attempt(|| format!("judge replay {} again", request.replay))
    }

    /// As it was kept where nothing else is asked for.
    pub(crate) fn judged_by(
        &self,
        replay: &ReplayId,
        by: Option<&JudgedBy>,
    ) -> Result<DriftReport, Cause> {
        match by {
            None => Ok(self.store.replay(replay)?.0),
            Some(by) => self.judged_again(replay, by),
        }
    }

    fn judged_again(&self, replay: &ReplayId, by: &JudgedBy) -> Result<DriftReport, Cause> {
        if let Some(fault) = by.rule.fault() {
            return Err(Cause::said(Code::Invalid, fault.message));
        }
        let (mut report, object) = self.store.replay(replay)?;
        let bytes = self.store.read_object(&object)?;
        let references = match &by.reference {
            None => self.references_of(&report)?,
            Some(dataset) => self.held_against_another(&mut report, dataset)?,
        };
        report.rule = drift::DriftRule {
            source: ASKED_FOR.to_owned(),
            ..by.rule.rule()
        };
        let by_column = report
            .columns
            .par_iter()
            .map(|column| unpacked(&bytes, &column.name))
            .collect::<Result<Vec<_>, Cause>>()?;
        let rule = report.rule.clone();
        // Invariant: a window is a gap in every column, or in none.
        let mut sketches = vec![Some(Vec::with_capacity(by_column.len())); report.windows.len()];
        for windows in by_column {
            for (of_window, sketch) in sketches.iter_mut().zip(windows) {
                match (of_window.as_mut(), sketch) {
                    (Some(known), Some(sketch)) => known.push(sketch),
                    _ => *of_window = None,
                }
            }
        }
        report
            .windows
            .par_iter_mut()
            .zip(&sketches)
            .for_each(|(window, sketches)| {
                window.columns = sketches.as_ref().map_or_else(Vec::new, |sketches| {
                    drift::compare_columns(&references, sketches, &rule)
                });
            });
        if by.reference.is_some() {
            let n_features = report
                .columns
                .iter()
                .filter(|c| c.role == ColumnRole::Feature);
            let features = references.get(..n_features.count()).unwrap_or_default();
            quality::against_another(&mut report, features, &sketches);
        }
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

    /// As [`Self::references_of`], the features by the sketches of a data set. What is known against the first reference alone
    /// goes from the report.
    fn held_against_another(
        &self,
        report: &mut DriftReport,
        dataset: &Reference,
    ) -> Result<Vec<ColumnSketch>, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let dataset = Reference::version(version.dataset.as_str(), version.version);
        let other = self.dataset_reference(&dataset)?;
        let is_there = |name: &str| other.columns.iter().any(|column| column.name == name);
        let features = report
            .columns
            .iter()
            .filter(|c| c.role == ColumnRole::Feature);
        if !features.clone().any(|column| is_there(&column.name)) {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("`{dataset}` has none of the columns that were replayed"),
                "name a data set with the same columns",
            ));
        }
        let absent: Vec<String> = features
            .filter(|column| !is_there(&column.name))
            .map(|column| column.name.clone())
            .collect();
        let names: Vec<String> = report.columns.iter().map(|c| c.name.clone()).collect();
        let (ours, theirs) = (self.references_of(report)?, references(&other, &names));
        let columns = report.columns.iter_mut().zip(ours).zip(theirs);
        let chosen = columns.map(|((column, ours), theirs)| {
            if column.role != ColumnRole::Feature {
                return ours;
            }
            column.numeric = theirs.is_numeric();
            column.constant = theirs.is_constant();
            theirs
        });
        let chosen = chosen.collect();
        if !absent.is_empty() {
            report.warnings.push(format!(
                "`{dataset}` lacks {}, not judged",
                list(&absent, MAX_NAMES)
            ));
        }
        let mut windows = report.windows.iter_mut();
        if windows.any(|window| window.multivariate.take().is_some()) {
            windows.for_each(|window| window.multivariate = None);
            report.warnings.push(
                "how the rows hang together is known against the first reference alone; replay the log to see it against this one"
                    .to_owned(),
            );
        }
        report.n_reference_rows = other.n_rows;
        report.reference = Some(dataset);
        Ok(chosen)
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
