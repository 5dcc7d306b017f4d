//! Replay: a production log through the registered model, window by window, against the sketch of its training rows.

mod accumulation;
mod again;
mod batch;
mod challenge;
mod challengers;
mod champion;
mod concept;
mod detecting;
mod follow;
mod guess;
mod joined;
mod junit;
mod losses;
mod measure;
mod oddities;
mod panes;
mod pass;
mod performance;
pub(crate) mod pictures;
mod preview;
mod quality;
mod reading;
mod retraining;
mod show;
mod sketches;
mod subject;
mod tallies;
mod together;
mod truth;
mod worth;

pub use follow::Heard;
pub use junit::replay_junit;

use std::time::Instant;

use assay_core::code::Code;
use assay_core::drift::challenge::ChallengeReport;
use assay_core::replay::{
    BaselineRows, ColumnRole, DRIFT_REPORT_SCHEMA, DriftReport, LogMapping, ReplayColumn,
    ReplaySpec, WindowSpec,
};
use assay_core::words::count;
use assay_core::{ReplayId, Task};
use assay_core::{alert, drift};

use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};
use again::summarise;
use challenge::Sample;
use measure::Measured;
use panes::Cut;
use pass::Pass;
use reading::Reading;
use subject::{Model, Subject};

impl Lab {
    /// Replays a log and keeps the report under the id given.
    pub fn replay(
        &self,
        spec: &ReplaySpec,
        replay_id: &ReplayId,
        task: &Task,
    ) -> Result<DriftReport, Error> {
        self.replay_log(spec, replay_id, task).attempt(|| {
            let log = spec
                .logs
                .first()
                .map(|path| file_name(path))
                .unwrap_or_default();
            format!("replay `{log}` against `{}`", spec.against())
        })
    }

    fn replay_log(
        &self,
        spec: &ReplaySpec,
        replay_id: &ReplayId,
        task: &Task,
    ) -> Result<DriftReport, Cause> {
        let started = Instant::now();
        let subject = self.subject(spec)?;
        let mut reading = Reading::of(spec, &subject, task)?;
        let cut = Cut::of(spec.window.as_ref())?;
        let sample = Sample::of(&subject, &reading);
        let mut pass = Pass::new(cut.clone(), sample.clone());
        pass.files(&subject, &reading, task)?;
        let evidence = pass.odd.evidence;
        if reading.order_is_open && evidence.n_month_first > 0 && evidence.n_day_first == 0 {
            reading.month_first()?;
            pass = Pass::new(cut, sample);
            pass.files(&subject, &reading, task)?;
        }
        self.keep_replay(spec, replay_id, &subject, &reading, &pass, started, task)
    }

    /// What the replay asks for, over what assay.toml says.
    fn rule_of(&self, spec: &ReplaySpec) -> Result<drift::DriftRule, Cause> {
        let base = self.store.settings()?.drift;
        let settings = match &spec.rule {
            Some(rule) => rule.over(&base),
            None => base.clone(),
        };
        if let Some(fault) = settings.fault() {
            return Err(Cause::said(Code::Invalid, fault.message));
        }
        let rule = settings.rule();
        Ok(match settings == base {
            true => rule,
            false => drift::DriftRule {
                source: again::ASKED_FOR.to_owned(),
                ..rule
            },
        })
    }

    /// Measures what a pass came to, and keeps it.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one document, each from another step"
    )]
    fn keep_replay(
        &self,
        spec: &ReplaySpec,
        replay_id: &ReplayId,
        subject: &Subject,
        reading: &Reading,
        pass: &Pass,
        started: Instant,
        task: &Task,
    ) -> Result<DriftReport, Cause> {
        if pass.total.panes.is_empty() && pass.placing.n_without_time > 0 {
            return Err(assay_frame::Error::NoTimes.into());
        }
        let mut warnings = warnings(subject, reading, pass);
        for warning in &warnings {
            task.warn(warning.clone());
        }
        let rule = self.rule_of(spec)?;
        let measured = measure::measure(subject, reading, pass, &rule, task)?;
        if let Some(layout) = &reading.layout {
            let notes = layout.notes(&reading.inputs, &measured.windows);
            notes.iter().for_each(|note| task.warn(note.clone()));
            warnings.extend(notes);
        }
        let mut challenge = challenge::report(subject, reading, pass, &measured, task)?;
        let mut notes = Vec::new();
        let policies = self.retrained(subject, pass, &measured, &rule, &mut notes, task)?;
        if !policies.is_empty() {
            let report = challenge.get_or_insert_with(|| challenge::alone(subject));
            report.policies = policies;
        }
        for note in notes {
            task.warn(note.clone());
            warnings.push(note);
        }
        task.step(0, 0, "storing");
        // What a data set is by what a model says of it is in no other place.
        let references = match (&subject.model, &subject.dataset) {
            (Some(_), Some(_)) => measure::references(&subject.reference, &measured.names),
            _ => Vec::new(),
        };
        let packed = sketches::packed(&measured.names, &measured.sketches, &references)?;
        let report = report(
            replay_id, subject, spec, pass, rule, warnings, measured, challenge,
        );
        let mut report = self.dated(report)?;
        report.duration_secs = started.elapsed().as_secs_f64();
        let packed = self.store.put_object(&packed)?.0;
        self.store.save_replay(&report, &packed, self.act())?;
        if spec.mapping != LogMapping::default() {
            self.store
                .save_replay_mapping(&reading.shape, &spec.mapping)?;
        }
        Ok(report)
    }

    /// With the time that it is, and the alerts that have come true by now.
    fn dated(&self, report: DriftReport) -> Result<DriftReport, Cause> {
        let mut report = report;
        report.created_ms = self.environment.now_ms();
        report.alerts = alert::raised(&self.store.settings()?.alert, &report);
        Ok(report)
    }
}

fn window_of(spec: &ReplaySpec, cut: &Cut) -> WindowSpec {
    match (&spec.window, cut) {
        (Some(window), _) => window.clone(),
        (None, Cut::Unsaid { size }) => WindowSpec::Rows(*size),
        (None, _) => WindowSpec::Version,
    }
}

/// What is to be said of a log, each once.
fn warnings(subject: &Subject, reading: &Reading, pass: &Pass) -> Vec<String> {
    let mut warnings = reading.notes.clone();
    warnings.extend(subject.without_estimates());
    warnings.extend(pass.odd.sentences(subject, reading));
    if pass.placing.n_without_time > 0 {
        warnings.push(format!(
            "{} rows without a time were put aside",
            count(pass.placing.n_without_time)
        ));
    }
    if pass.placing.n_late > 0 {
        warnings.push(format!(
            "{} of {} rows came after rows of a later window; they count in their own",
            count(pass.placing.n_late),
            count(pass.placing.n_rows)
        ));
    }
    if pass.n_set_aside > 0 {
        warnings.push(format!(
            "{} rows could not be read and were set aside",
            count(pass.n_set_aside)
        ));
    }
    warnings
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of one document, each from another step"
)]
fn report(
    replay_id: &ReplayId,
    subject: &Subject,
    spec: &ReplaySpec,
    pass: &Pass,
    rule: drift::DriftRule,
    warnings: Vec<String>,
    measured: Measured,
    challenge: Option<ChallengeReport>,
) -> DriftReport {
    let metric = measured.performance_metric;
    let model = subject.model.as_ref();
    let mut report = DriftReport {
        schema: DRIFT_REPORT_SCHEMA,
        replay_id: replay_id.clone(),
        model: model.map(|model| model.version.key()),
        reference: subject.dataset.clone(),
        problem: model.map(|model| model.problem),
        logs: spec.logs.iter().map(|path| file_name(path)).collect(),
        rule,
        window: window_of(spec, &pass.cut),
        n_rows: pass.placing.n_rows,
        n_reference_rows: subject.reference.n_rows,
        performance: measured.performance,
        test_performance: metric.and_then(|metric| subject.baseline(metric)),
        baseline_rows: match model {
            Some(Model { record: None, .. }) => BaselineRows::Reference,
            _ => BaselineRows::Test,
        },
        performance_metric: metric.map(str::to_owned),
        verdict: String::new(),
        columns: replay_columns(subject, &measured),
        windows: measured.windows,
        drifted: Vec::new(),
        first_drifted_window: None,
        warnings,
        alerts: Vec::new(),
        quality: measured.quality,
        concept: measured.concept,
        challenge,
        findings: Vec::new(),
        created_ms: 0,
        duration_secs: 0.0,
    };
    summarise(&mut report);
    report
}

fn replay_columns(subject: &Subject, measured: &Measured) -> Vec<ReplayColumn> {
    let n_features = measured.n_features;
    measured
        .names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let sketch = subject
                .reference
                .columns
                .iter()
                .find(|column| column.name == *name);
            ReplayColumn {
                name: name.clone(),
                role: match index.checked_sub(n_features) {
                    None => ColumnRole::Feature,
                    Some(0) => ColumnRole::Prediction,
                    Some(_) => ColumnRole::Target,
                },
                numeric: sketch.is_some_and(|column| column.is_numeric()),
                constant: sketch.is_some_and(|column| column.is_constant()),
                // What follows of the verdicts is summarised last.
                n_drifted_windows: 0,
                first_drifted_window: None,
            }
        })
        .collect()
}
