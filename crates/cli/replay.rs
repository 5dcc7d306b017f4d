//! `assay replay LOG... --model M[@V]`

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use assay_core::ReplayId;
use assay_core::code::Code;
use assay_core::drift::{self, ColumnKind, Correction, DriftSettings, LimitOverride, Method, Mode};
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::reference::Reference;
use assay_core::replay::{
    DriftReport, JudgeReplay, JudgedBy, LabelSource, LogMapping, ReplayPreview,
    ReplayPreviewRequest, ReplaySpec, TimeFormat, WindowReport, WindowSpec,
};
use assay_lab::{Cause, Error, Heard, Lab, replay_junit};

use crate::data::{Format, absolute};
use crate::expect::write;
use crate::output::{Output, count, figure, plural, table};
use crate::progress;
use crate::replay_challenge::{self, Challenge};

#[derive(clap::Args)]
pub struct Arguments {
    /// Files, folders or patterns: CSV, JSON lines, Parquet, Arrow, prediction logs
    #[arg(required_unless_present = "again", value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The model: name, name@version or name@alias
    #[arg(long, required_unless_present_any = ["reference", "again"])]
    model: Option<Reference>,
    /// The data set that the log is held against: in place of the rows that the model was trained on (a model that was
    /// imported needs it), or alone, and nothing is scored
    #[arg(long, value_name = "DATASET")]
    reference: Option<Reference>,
    /// For example 1d, 12h, 1000rows, `1d step 6h`, `month in Europe/Tallinn` or version; 50 to 100 windows of equal rows when
    /// nothing is said
    #[arg(long)]
    window: Option<WindowSpec>,
    /// Judge a kept replay by another rule or against another --reference; its log is not read again
    #[arg(long, value_name = "REPLAY", conflicts_with_all = ["logs", "model", "window", "preview", "follow"])]
    again: Option<String>,
    #[command(flatten)]
    rule: Rule,
    #[command(flatten)]
    challenge: Challenge,
    #[command(flatten)]
    mapping: Mapping,
    /// Try in every window whether a model can tell its rows from those of the reference; slow
    #[arg(long)]
    domain_classifier: bool,
    /// Read it as the last log of the same shape was read
    #[arg(long)]
    as_before: bool,
    /// Show what would be read, and replay nothing
    #[arg(long, conflicts_with = "follow")]
    preview: bool,
    /// Go on while the log grows, until Ctrl-C, and say every window that is through
    #[arg(long)]
    follow: bool,
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
        let options = self.format.options();
        let logs: Vec<PathBuf> = self.logs.iter().map(|path| absolute(path)).collect();
        let mut mapping = self.mapping.mapping();
        if self.as_before && mapping == LogMapping::default() {
            mapping = lab.remembered_mapping(&logs, &options)?;
        }
        if self.preview {
            let preview = lab.preview_replay(&ReplayPreviewRequest {
                logs,
                model: self.model.clone(),
                reference: self.reference.clone(),
                mapping: Some(mapping).filter(|mapping| *mapping != LogMapping::default()),
                options,
            })?;
            output.result(&preview, preview_text);
            return Ok(ExitCode::SUCCESS);
        }
        let spec = ReplaySpec {
            logs,
            model: self.model.clone(),
            reference: self.reference.clone(),
            mapping,
            window: self.window.clone(),
            options,
            rule: Some(self.rule.settings()),
            challengers: self.challenge.challengers.clone(),
            retrain: self.challenge.retrain.clone(),
            domain_classifier: self.domain_classifier,
        };
        let report = if let Some(replay) = &self.again {
            Some(lab.judge_replay(&JudgeReplay {
                replay: ReplayId(replay.clone()),
                by: JudgedBy {
                    rule: self.rule.settings(),
                    reference: self.reference.clone(),
                },
            })?)
        } else if self.follow {
            Some(self.followed(lab, &spec, output)?)
        } else {
            let job = progress::run(lab, JobSpec::Replay(Box::new(spec)))?;
            match &job.outcome {
                Some(JobOutcome::Replay { replay_id }) => Some(lab.drift_report(replay_id)?),
                _ => None,
            }
        };
        if let Some(report) = report {
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

    fn followed(&self, lab: &Lab, spec: &ReplaySpec, output: Output) -> Result<DriftReport, Error> {
        let stopped = progress::until_interrupted();
        lab.follow_replay(
            spec,
            &|| stopped.load(Ordering::Relaxed),
            &mut |heard| match heard {
                Heard::Window(window) if !output.json => println!("{}", window_line(window)),
                Heard::Window(_) => {}
                Heard::Alert(alert) => eprintln!("alert: {}: {}", alert.rule, alert.sentence),
            },
        )
    }
}

/// When a column counts as drifted, over what assay.toml says under [drift].
#[derive(clap::Args)]
struct Rule {
    /// Whose verdicts are given: textbook, evidently or nanny_ml
    #[arg(long, value_name = "MODE", value_parser = parsed::<Mode>)]
    mode: Option<Mode>,
    /// What columns are measured by, where it applies to them, for example psi, wasserstein or chi_square; may be given
    /// several times
    #[arg(long = "method", value_name = "METHOD")]
    methods: Vec<Method>,
    /// From which value of a method on a column has drifted, for example psi=0.25; may be given several times
    #[arg(long = "limit", value_name = "METHOD=LIMIT", value_parser = limit)]
    limits: Vec<(Method, f64)>,
    /// Largest corrected p-value that counts
    #[arg(long)]
    alpha: Option<f64>,
    /// For the number of tests: benjamini_hochberg, bonferroni or none
    #[arg(long, value_name = "NAME", value_parser = parsed::<Correction>)]
    correction: Option<Correction>,
    /// Measure each column by every method of the mode as well; the result stands in --json
    #[arg(long)]
    every_method: bool,
}

impl Rule {
    /// Of several methods that apply to a kind of columns the last one counts.
    fn settings(&self) -> DriftSettings {
        let mode = self.mode.unwrap_or_default();
        let of = |kind| {
            let mut methods = self.methods.iter().rev().copied();
            methods.find(|method| method.applies(mode, kind))
        };
        DriftSettings {
            mode: self.mode,
            numeric_method: of(ColumnKind::Numeric),
            categorical_method: of(ColumnKind::Categorical),
            alpha: self.alpha,
            correction: self.correction,
            every_method: self.every_method.then_some(true),
            limits: self
                .limits
                .iter()
                .map(|(method, drift)| {
                    let limit = LimitOverride {
                        drift: Some(*drift),
                        ..LimitOverride::default()
                    };
                    (*method, limit)
                })
                .collect(),
            ..DriftSettings::default()
        }
    }
}

fn limit(text: &str) -> Result<(Method, f64), String> {
    let (method, value) = text
        .split_once('=')
        .ok_or("write the method and its limit, for example psi=0.25")?;
    let method: Method = method.parse().map_err(|error| format!("{error}"))?;
    let value: f64 = value
        .parse()
        .map_err(|_| format!("`{value}` is no number"))?;
    Ok((method, value))
}

/// A word of the wire.
fn parsed<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|error| error.to_string())
}

/// What the columns of a log mean; what is not said is not there.
#[derive(clap::Args)]
struct Mapping {
    /// The column that orders the rows and cuts windows by time
    #[arg(long, value_name = "COL")]
    timestamp: Option<String>,
    /// How its times are written: seconds, milliseconds, microseconds, nanoseconds, iso, day_first or month_first; found
    /// out when nothing is said
    #[arg(long, value_name = "FORMAT", value_parser = time_format)]
    time_format: Option<TimeFormat>,
    /// The zone of times that name none: Europe/Tallinn, +02:00; else UTC
    #[arg(long)]
    zone: Option<String>,
    /// The column with the version of the model that answered
    #[arg(long, value_name = "COL")]
    version_column: Option<String>,
    /// What stands before the names of the model's columns, for example inputs.
    #[arg(long, value_name = "PREFIX")]
    features: Option<String>,
    /// A column of the model that has another name in the log; may be given several times
    #[arg(long = "renamed", value_name = "MODEL=LOG", value_parser = renamed)]
    renamed: Vec<(String, String)>,
    /// The column that holds the truth; the model's target when the log has it
    #[arg(long, value_name = "COL")]
    label: Option<String>,
    /// The column that holds what production predicted
    #[arg(long, value_name = "COL")]
    prediction: Option<String>,
    /// The column that holds how sure production was
    #[arg(long, value_name = "COL")]
    probability: Option<String>,
    /// The column with the latency in milliseconds
    #[arg(long, value_name = "COL")]
    latency: Option<String>,
    /// The column with the ids by which labels are found
    #[arg(long, value_name = "COL")]
    id: Option<String>,
    /// A file with labels that came later
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Its column with the ids, when it is called otherwise than that of the log
    #[arg(long, value_name = "COL", requires = "labels")]
    label_id: Option<String>,
    /// Its column with times: the nearest label in time is taken
    #[arg(long, value_name = "COL", requires = "labels")]
    label_time: Option<String>,
    /// How far in time a label may lie from its row, in seconds; 60 when nothing is said
    #[arg(long, value_name = "SECS", requires = "label_time")]
    tolerance: Option<f64>,
}

impl Mapping {
    fn mapping(&self) -> LogMapping {
        // With labels in a file of their own, `--label` is a column of that file.
        let (label, label_there) = match &self.labels {
            Some(_) => (None, self.label.clone()),
            None => (self.label.clone(), None),
        };
        LogMapping {
            timestamp: self.timestamp.clone(),
            time_format: self.time_format,
            zone: self.zone.clone(),
            version: self.version_column.clone(),
            features: self.features.clone(),
            renamed: self.renamed.iter().cloned().collect(),
            label,
            prediction: self.prediction.clone(),
            probability: self.probability.clone(),
            id: self.id.clone(),
            latency: self.latency.clone(),
            labels: self.labels.as_ref().map(|path| LabelSource {
                path: absolute(path),
                label: label_there,
                id: self.label_id.clone(),
                timestamp: self.label_time.clone(),
                tolerance_secs: self.tolerance,
            }),
        }
    }
}

fn time_format(text: &str) -> Result<TimeFormat, String> {
    let found = TimeFormat::ALL.into_iter().find(|(_, name)| *name == text);
    found.map(|(format, _)| format).ok_or_else(|| {
        let names = TimeFormat::ALL.map(|(_, name)| name);
        format!("write one of {}", names.join(", "))
    })
}

fn renamed(text: &str) -> Result<(String, String), String> {
    let (model, log) = text
        .split_once('=')
        .ok_or_else(|| "write MODEL=LOG".to_owned())?;
    Ok((model.to_owned(), log.to_owned()))
}

/// `window 3  2024-05-01  1,440 rows  2 columns drifted  accuracy 0.91`
fn window_line(window: &WindowReport) -> String {
    let name = window.label.clone();
    let performance = window
        .performance
        .map(|performance| format!("  performance {}", figure(Some(performance.value))))
        .unwrap_or_default();
    format!(
        "window {}  {}  {}  {} drifted{performance}",
        window.index + 1,
        name.unwrap_or_else(|| format!("rows {} to {}", window.first_row, window.last_row)),
        plural(window.n_rows, "row"),
        plural(u64::from(window.n_drifted), "column"),
    )
}

fn preview_text(preview: &ReplayPreview) -> String {
    let mut lines = Vec::new();
    let mapping = serde_json::to_value(&preview.mapping).unwrap_or_default();
    let said = mapping.as_object().into_iter().flatten();
    let said = said
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name} = {text}"),
            None => format!("{name} = {value}"),
        });
    let said: Vec<String> = said.collect();
    let how = match preview.is_remembered {
        true => "as the last log of this shape",
        false => "a guess; nothing is applied that is not said",
    };
    lines.push(format!(
        "{} ({how})",
        if said.is_empty() {
            "no column is mapped".to_owned()
        } else {
            said.join(", ")
        }
    ));
    lines.extend(preview.proposals.iter().map(|proposal| {
        format!(
            "`{}` may be `{}` here (--renamed {}={})",
            proposal.column, proposal.found, proposal.column, proposal.found
        )
    }));
    lines.extend(
        preview
            .problems
            .iter()
            .map(|problem| format!("! {problem}")),
    );
    let rows = preview.rows.iter().map(|row| {
        row.iter()
            .map(|cell| cell.clone().unwrap_or_else(|| "·".to_owned()))
            .collect()
    });
    let header: Vec<&str> = preview.header.iter().map(String::as_str).collect();
    lines.push(String::new());
    lines.push(table(&header, rows.collect(), &[]));
    lines.join("\n")
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
            let on_test_rows = report.test_performance.map_or_else(String::new, |test| {
                let rows = report.baseline_rows.words();
                format!(" ({} on the {rows})", figure(Some(test)))
            });
            format!("\n{metric} {}{on_test_rows}", figure(Some(value)))
        }
        _ => String::new(),
    };
    let findings: String = report
        .findings
        .iter()
        .map(|finding| format!("\n{finding}"))
        .collect();
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
        "{}\n{} in {} of {} against {} {} of {}{performance}{findings}{alerts}\n\n{}{}\n\nreplay {}; {}",
        report.verdict,
        plural(report.n_rows, "row"),
        plural(n_windows, "window"),
        report.window,
        count(report.n_reference_rows),
        match report.reference {
            None => "training rows",
            Some(_) => "rows",
        },
        match &report.reference {
            None => report.against(),
            Some(dataset) => dataset.to_string(),
        },
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
        replay_challenge::text(report),
        report.replay_id,
        drift::rule_sentence(&report.rule),
    )
}
