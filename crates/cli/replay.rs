//! `assay replay LOG... --model M[@V]`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::drift;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::reference::Reference;
use assay_core::replay::{DriftReport, ReplaySpec, WindowSpec};
use assay_lab::{Cause, Error, Lab, replay_junit};

use crate::data::{Format, absolute};
use crate::expect::write;
use crate::output::{Output, count, figure, plural, table};
use crate::progress;

#[derive(clap::Args)]
pub struct Arguments {
    /// CSV, JSON lines or Parquet
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The model: name, name@version or name@alias
    #[arg(long)]
    model: Reference,
    /// The column that orders the rows and cuts windows by time
    #[arg(long, value_name = "COL")]
    timestamp: Option<String>,
    /// The column that holds the truth; the model's target when the log has it
    #[arg(long, value_name = "COL")]
    label: Option<String>,
    /// The column that holds what production predicted
    #[arg(long, value_name = "COL")]
    prediction: Option<String>,
    /// For example 1d, 12h or 1000rows; about a hundred windows when nothing is said
    #[arg(long)]
    window: Option<WindowSpec>,
    /// Exit 3 when a column drifted
    #[arg(long)]
    fail_on_drift: bool,
    /// Also writes the columns and the alerts as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    format: Format,
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let spec = ReplaySpec {
            logs: self.logs.iter().map(|path| absolute(path)).collect(),
            model: self.model.clone(),
            timestamp: self.timestamp.clone(),
            label: self.label.clone(),
            prediction: self.prediction.clone(),
            window: self.window,
            options: self.format.options(),
        };
        let job = progress::run(lab, JobSpec::Replay(spec))?;
        if let Some(JobOutcome::Replay { replay_id }) = &job.outcome {
            let report = lab.drift_report(replay_id)?;
            if let Some(path) = &self.junit {
                write_junit(&report, path)?;
            }
            output.result(&report, text);
            if self.fail_on_drift && !report.drifted.is_empty() {
                return Ok(ExitCode::from(Code::Precondition.exit_status()));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn write_junit(report: &DriftReport, path: &Path) -> Result<(), Error> {
    let attempted = || format!("write {}", path.display());
    let xml = replay_junit(report)
        .map_err(|error| Error::new(attempted(), Cause::said(Code::Bug, error.to_string())))?;
    write(path, &xml)
}

pub fn text(report: &DriftReport) -> String {
    let n_windows = report.windows.len() as u64;
    let rows = report
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let largest = report
                .windows
                .iter()
                .filter_map(|window| window.columns.get(index)?.jensen_shannon)
                .fold(None, |top: Option<f64>, value| {
                    Some(top.map_or(value, |top| top.max(value)))
                });
            let first = column
                .first_drifted_window
                .and_then(|first| report.windows.get(first as usize));
            vec![
                column.name.clone(),
                format!("{} of {n_windows}", column.n_drifted_windows),
                first.map_or_else(|| "·".to_owned(), |window| (window.index + 1).to_string()),
                first.map_or_else(
                    || "·".to_owned(),
                    |window| format!("{} to {}", count(window.first_row), count(window.last_row)),
                ),
                figure(largest),
            ]
        })
        .collect();
    let performance = match (&report.performance_metric, report.performance) {
        (Some(metric), Some(value)) => {
            format!(
                "\n{metric} {} ({} on its test rows)",
                figure(Some(value)),
                figure(report.test_performance)
            )
        }
        _ => String::new(),
    };
    let alerts: String = report
        .alerts
        .iter()
        .filter(|alert| !alert.muted)
        .map(|alert| {
            format!(
                "\n{}  {}: {}",
                alert.severity.label(),
                alert.rule,
                alert.sentence
            )
        })
        .collect();
    format!(
        "{}\n{} in {} of {} against {} training rows of {}{performance}{alerts}\n\n{}\n\nreplay {}; {}",
        report.verdict,
        plural(report.n_rows, "row"),
        plural(n_windows, "window"),
        report.window,
        count(report.n_reference_rows),
        report.model,
        table(
            &[
                "column",
                "drifted",
                "first",
                "rows of it",
                "largest distance"
            ],
            rows,
            &[1, 2, 3, 4]
        ),
        report.replay_id,
        drift::rule_sentence(&report.rule),
    )
}
