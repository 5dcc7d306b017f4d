//! Replay: a production log through the registered model, window by window, against the sketch of its training rows.

mod junit;
mod measure;
mod show;

pub use junit::replay_junit;
pub(crate) use show::{drift_map, performance_chart};

use std::path::PathBuf;
use std::time::Instant;

use assay_core::alert;
use assay_core::code::Code;
use assay_core::dataset::ImportOptions;
use assay_core::drift::{self, ReferenceSketch};
use assay_core::matrix::Prediction;
use assay_core::registry::ModelVersion;
use assay_core::replay::{
    ColumnRole, DRIFT_REPORT_SCHEMA, DriftReport, ReplayColumn, ReplayShapes, ReplaySpec,
    WindowSpec,
};
use assay_core::run::TrainRecord;
use assay_core::{Columns, RawColumn, ReplayId, Task};
use assay_frame::{Frame, OrderedLog};

use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::models::trained;
use crate::scoring::quoted;
use crate::training::prediction_column;
use crate::{Error, Lab};
use measure::{Measured, Truth};

/// Rows that are scored between two looks at the task.
const CHUNK: usize = 20_000;
/// Windows that are made when none are asked for, and the fewest rows of one.
const WINDOWS: u64 = 100;
const MIN_WINDOW_ROWS: u64 = 100;

/// A model version with all that replaying it needs.
struct Subject {
    version: ModelVersion,
    record: TrainRecord,
    reference: ReferenceSketch,
}

/// A log, scored.
struct Scored {
    log: OrderedLog,
    /// The model's inputs in the reference's order.
    columns: Columns,
    prediction: Prediction,
    truth: Option<Truth>,
    warnings: Vec<String>,
}

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
            format!("replay `{log}` against `{}`", spec.model)
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
        let (frame, mut warnings) = read_logs(&spec.logs, &spec.options, task)?;
        require_columns(&frame, &subject)?;
        let log = assay_frame::order_log(&frame, spec.timestamp.as_deref())?;
        if log.n_without_time > 0 {
            warnings.push(format!(
                "{} rows without a time were put aside",
                log.n_without_time
            ));
        }
        let n_rows = log.frame.n_rows();
        let window = spec.window.unwrap_or_else(|| default_window(n_rows as u64));
        let windows = assay_frame::windows(n_rows, log.times_ms.as_deref(), window)?;
        let scored = self.score(spec, &subject, log, warnings, task)?;
        for warning in &scored.warnings {
            task.warn(warning.clone());
        }
        let rule = self.store.settings()?.drift.rule();
        let measured = measure::measure(
            (&subject.reference, &subject.record.classes),
            &scored,
            &windows,
            &rule,
            task,
        )?;
        let report = report(
            replay_id,
            &subject,
            spec,
            window,
            rule,
            scored,
            measured,
            self.environment.now_ms(),
        );
        let (mut report, shapes) = report;
        report.alerts = alert::raised(&self.store.settings()?.alert, &report);
        report.duration_secs = started.elapsed().as_secs_f64();
        task.step(0, 0, "storing");
        let shapes = self.store.put_object(&serde_json::to_vec(&shapes)?)?.0;
        self.store.save_replay(&report, &shapes, self.act())?;
        Ok(report)
    }

    fn subject(&self, spec: &ReplaySpec) -> Result<Subject, Cause> {
        let version = self.store.model_version(&spec.model)?;
        let record = self.record_of(&version)?;
        let sketch = self.store.read_object(trained(&version)?.reference)?;
        let reference = serde_json::from_slice(&sketch)?;
        Ok(Subject {
            version,
            record,
            reference,
        })
    }

    /// Every row through ONNX Runtime, and the truth beside it where the log holds it.
    fn score(
        &self,
        spec: &ReplaySpec,
        subject: &Subject,
        log: OrderedLog,
        mut warnings: Vec<String>,
        task: &Task,
    ) -> Result<Scored, Cause> {
        let intact = self.intact(&subject.version.key())?;
        let session = self
            .runtime()?
            .session_for_many(&intact.onnx, assay_frame::n_threads())?;
        let n_rows = log.frame.n_rows();
        let rows: Vec<usize> = (0..n_rows).collect();
        let columns = assay_frame::raw_columns(&log.frame, &rows, &subject.record.fitted.inputs)?;
        let mut parts = Vec::new();
        for first in (0..n_rows).step_by(CHUNK) {
            task.check()?;
            task.step(first as u64, n_rows as u64, "scoring");
            let part = columns.slice(first..n_rows.min(first + CHUNK));
            parts.push(session.predict(&part, &subject.record.classes)?);
        }
        let prediction = Prediction::concat(parts);
        let truth = measure::truth(&log.frame, spec, &subject.record, &mut warnings)?;
        if let Some(column) = &spec.prediction {
            warnings.extend(measure::disagreement(
                &log.frame,
                column,
                &prediction,
                &subject.record.classes,
            )?);
        }
        Ok(Scored {
            log,
            columns,
            prediction,
            truth,
            warnings,
        })
    }
}

fn read_logs(
    paths: &[PathBuf],
    options: &ImportOptions,
    task: &Task,
) -> Result<(Frame, Vec<String>), Cause> {
    let mut frames = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        task.step(
            index as u64,
            paths.len() as u64,
            format!("reading {}", file_name(path)),
        );
        frames.push(assay_frame::read(path, options, task)?);
    }
    if frames.is_empty() {
        return Err(Cause::with_hint(
            Code::Invalid,
            "no log was named",
            "name a CSV, JSON lines or Parquet file",
        ));
    }
    let joined = Frame::concat(&frames)?;
    let mut warnings: Vec<String> = joined
        .missing
        .iter()
        .map(|missing| {
            let name = paths
                .get(missing.part)
                .map(|path| file_name(path))
                .unwrap_or_default();
            format!(
                "{name} has no column `{}`; it is missing in those rows",
                missing.column
            )
        })
        .collect();
    warnings.extend(joined.retyped.iter().map(|column| {
        format!(
            "`{}` has several types; it is read as {}",
            column.name,
            column.kind.label()
        )
    }));
    Ok((joined.frame, warnings))
}

fn require_columns(frame: &Frame, subject: &Subject) -> Result<(), Cause> {
    let there = frame.names();
    let missing: Vec<&str> = subject
        .record
        .fitted
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .filter(|name| !there.iter().any(|column| column == name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::Invalid,
        format!("the log has no column {}", quoted(&missing)),
        format!(
            "the model needs {}; the log has {}",
            quoted(&names_of(subject)),
            there.join(", ")
        ),
    ))
}

fn names_of(subject: &Subject) -> Vec<&str> {
    subject
        .record
        .fitted
        .inputs
        .iter()
        .map(|input| input.name.as_str())
        .collect()
}

fn default_window(n_rows: u64) -> WindowSpec {
    WindowSpec::Rows((n_rows / WINDOWS).max(MIN_WINDOW_ROWS))
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
    scored: Scored,
    measured: Measured,
    created_ms: i64,
) -> (DriftReport, ReplayShapes) {
    let columns = replay_columns(subject, &scored, &measured);
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
    let report = DriftReport {
        schema: DRIFT_REPORT_SCHEMA,
        replay_id: replay_id.clone(),
        model: subject.version.key(),
        problem: subject.record.problem,
        logs: spec.logs.iter().map(|path| file_name(path)).collect(),
        rule,
        window,
        n_rows: scored.log.frame.n_rows() as u64,
        n_reference_rows: subject.reference.n_rows,
        performance: measured.performance,
        test_performance: metric.and_then(|metric| {
            subject
                .version
                .metrics
                .get(&format!("test.{metric}"))
                .copied()
        }),
        performance_metric: metric.map(str::to_owned),
        verdict: drift::verdict_sentence(&columns, &measured.windows),
        columns,
        windows: measured.windows,
        drifted,
        first_drifted_window,
        warnings: scored.warnings,
        alerts: Vec::new(),
        created_ms,
        duration_secs: 0.0,
    };
    (report, measured.shapes)
}

fn replay_columns(subject: &Subject, scored: &Scored, measured: &Measured) -> Vec<ReplayColumn> {
    let n_features = scored.columns.columns.len();
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

/// The columns that are watched: the inputs, the prediction, the target where it is known.
fn watched(scored: &Scored, classes: &[String]) -> Vec<RawColumn> {
    let mut columns = scored.columns.columns.clone();
    columns.push(prediction_column(&scored.prediction, classes));
    columns.extend(scored.truth.as_ref().map(|truth| truth.column.clone()));
    columns
}
