//! Replay: a production log through the registered model, window by window, against the sketch of its training rows.

mod accumulation;
mod batch;
mod follow;
mod guess;
mod joined;
mod junit;
mod measure;
mod oddities;
mod panes;
mod pass;
mod performance;
mod preview;
mod reading;
mod show;
mod sketches;
mod subject;

pub use junit::replay_junit;
pub(crate) use show::{drift_map, performance_chart};

use std::time::Instant;

use assay_core::replay::{
    ColumnRole, DRIFT_REPORT_SCHEMA, DriftReport, LogMapping, ReplayColumn, ReplaySpec, WindowSpec,
};
use assay_core::words::count;
use assay_core::{ReplayId, Task};
use assay_core::{alert, drift};

use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};
use measure::Measured;
use panes::Cut;
use pass::Pass;
use reading::Reading;
use subject::Subject;

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
        let mut pass = Pass::new(cut.clone());
        pass.files(&subject, &reading, task)?;
        let evidence = pass.odd.evidence;
        if reading.order_is_open && evidence.n_month_first > 0 && evidence.n_day_first == 0 {
            reading.month_first()?;
            pass = Pass::new(cut);
            pass.files(&subject, &reading, task)?;
        }
        self.keep_replay(spec, replay_id, &subject, &reading, &pass, started, task)
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
        let warnings = warnings(subject, reading, pass);
        for warning in &warnings {
            task.warn(warning.clone());
        }
        let rule = self.store.settings()?.drift.rule();
        let measured = measure::measure(subject, reading, pass, &rule, task)?;
        task.step(0, 0, "storing");
        let packed = sketches::packed(&measured.names, &measured.sketches)?;
        let mut report = report(
            replay_id,
            subject,
            spec,
            window_of(spec, &pass.cut),
            rule,
            pass.placing.n_rows,
            warnings,
            measured,
            self.environment.now_ms(),
        );
        report.alerts = alert::raised(&self.store.settings()?.alert, &report);
        report.duration_secs = started.elapsed().as_secs_f64();
        let packed = self.store.put_object(&packed)?.0;
        self.store.save_replay(&report, &packed, self.act())?;
        if spec.mapping != LogMapping::default() {
            self.store
                .save_replay_mapping(&reading.shape, &spec.mapping)?;
        }
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
    window: WindowSpec,
    rule: drift::DriftRule,
    n_rows: u64,
    warnings: Vec<String>,
    measured: Measured,
    created_ms: i64,
) -> DriftReport {
    let columns = replay_columns(subject, &measured);
    let first_drifted_window = columns
        .iter()
        .filter_map(|column| column.first_drifted_window)
        .min();
    let mut drifted: Vec<&ReplayColumn> = columns
        .iter()
        .filter(|column| column.first_drifted_window.is_some())
        .collect();
    drifted.sort_by_key(|column| column.first_drifted_window);
    let drifted: Vec<String> = drifted
        .into_iter()
        .map(|column| column.name.clone())
        .collect();
    let metric = measured.performance_metric;
    let model = subject.model.as_ref();
    DriftReport {
        schema: DRIFT_REPORT_SCHEMA,
        replay_id: replay_id.clone(),
        model: model.map(|model| model.version.key()),
        reference: subject.dataset.clone(),
        problem: model.map(|model| model.record.problem),
        logs: spec.logs.iter().map(|path| file_name(path)).collect(),
        rule,
        window,
        n_rows,
        n_reference_rows: subject.reference.n_rows,
        performance: measured.performance,
        test_performance: metric.and_then(|metric| {
            let metrics = &model?.version.metrics;
            metrics.get(&format!("test.{metric}")).copied()
        }),
        performance_metric: metric.map(str::to_owned),
        verdict: drift::verdict_sentence(&columns, &measured.windows),
        columns,
        windows: measured.windows,
        drifted,
        first_drifted_window,
        warnings,
        alerts: Vec::new(),
        created_ms,
        duration_secs: 0.0,
    }
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
            let drifted: Vec<u32> = measured
                .windows
                .iter()
                .filter(|window| {
                    window
                        .columns
                        .get(index)
                        .is_some_and(|column| column.verdict == drift::Verdict::Drifted)
                })
                .map(|window| window.index)
                .collect();
            ReplayColumn {
                name: name.clone(),
                role: match index.checked_sub(n_features) {
                    None => ColumnRole::Feature,
                    Some(0) => ColumnRole::Prediction,
                    Some(_) => ColumnRole::Target,
                },
                numeric: sketch.is_some_and(|column| column.is_numeric()),
                constant: sketch.is_some_and(|column| column.is_constant()),
                n_drifted_windows: u32::try_from(drifted.len()).unwrap_or(u32::MAX),
                first_drifted_window: drifted.first().copied(),
            }
        })
        .collect()
}
