//! `assay runs list | show | compare | delete`

use std::process::ExitCode;

use assay_core::RunId;
use assay_core::code::Code;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::lab::TrashKind;
use assay_core::metrics;
use assay_core::reproduction::Reproduction;
use assay_core::result::Costs;
use assay_core::run::Comparison;
use assay_core::run_table::{RunPage, RunQuery};
use assay_core::tracking::OrderBy;
use assay_lab::{Error, Lab};

use crate::output::{Output, figure, table};
use crate::progress;
use crate::run_text::Shown;
use crate::{run_export, run_import, run_log, run_tail};

/// Metrics that the table shows when a run has them, in this order.
const SHOWN: [&str; 6] = [
    "test.accuracy",
    "test.f1_macro",
    "test.roc_auc",
    "test.rmse",
    "test.r2",
    "cv.accuracy.mean",
];

#[derive(clap::Subcommand)]
pub enum Command {
    /// Runs as a table
    List {
        /// For example: metrics.test.accuracy > 0.9 and params.algorithm = "random_forest"
        #[arg(long, default_value = "", value_name = "Q")]
        filter: String,
        /// metrics.NAME, metrics.NAME@min, params.NAME, attributes.start_time ...; largest first. Given again, it
        /// decides among equals
        #[arg(long, value_name = "K")]
        order_by: Vec<String>,
        /// Smallest first
        #[arg(long)]
        ascending: bool,
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: u32,
    },
    /// One run: metrics with intervals, thresholds, importances, slices, errors, parity
    Show {
        /// Its id, the beginning of it, or its name
        run: String,
        /// What calling a row of the first class the second costs; chooses the threshold
        #[arg(long, value_name = "X")]
        false_positive_cost: Option<f64>,
        /// What calling a row of the second class the first costs
        #[arg(long, value_name = "X")]
        false_negative_cost: Option<f64>,
    },
    /// Train a run again from its record: bit-identical, or what differs (then the exit status is 3)
    Reproduce {
        /// Its id, the beginning of it, or its name
        run: String,
    },
    /// Runs of another tracker: MLflow, TensorBoard, W&B, a CSV file of metrics
    Import(run_import::Import),
    /// Runs into one file, to be imported elsewhere
    Export(run_export::Export),
    /// A run from any language: begun, filled, ended; or from JSON lines
    Log(run_log::Log),
    /// Follow a run until it ends
    Tail(run_tail::Tail),
    /// The metrics by which models are measured, and what each says
    Metrics,
    /// What differs between runs
    Compare {
        #[arg(required = true, num_args = 2..)]
        runs: Vec<String>,
    },
    /// Move runs to the trash
    Delete {
        #[arg(required = true)]
        runs: Vec<String>,
    },
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::List {
                filter,
                order_by,
                ascending,
                limit,
            } => {
                let query = RunQuery {
                    filter: filter.clone(),
                    order_by: orders(order_by, *ascending),
                    limit: *limit,
                    ..RunQuery::default()
                };
                output.result(&lab.runs(&query)?, list);
            }
            Self::Show {
                run,
                false_positive_cost,
                false_negative_cost,
            } => {
                let equal = Costs::default();
                let costs = false_positive_cost.or(*false_negative_cost).map(|_| Costs {
                    false_positive: false_positive_cost.unwrap_or(equal.false_positive),
                    false_negative: false_negative_cost.unwrap_or(equal.false_negative),
                });
                let shown = Shown::of(lab, &lab.find_run(run)?.run_id, costs)?;
                output.result(&shown.summary(), |_| shown.text());
            }
            Self::Reproduce { run } => return reproduce(lab, run, output),
            Self::Import(import) => import.run(lab, output)?,
            Self::Export(export) => export.run(lab, output)?,
            Self::Log(log) => return log.run(lab, output),
            Self::Tail(tail) => tail.run(lab, output)?,
            Self::Metrics => output.result(&metrics::catalogue(), |metrics| {
                let rows = metrics
                    .iter()
                    .map(|metric| {
                        let better = if metric.greater_is_better {
                            "more"
                        } else {
                            "less"
                        };
                        vec![metric.name.clone(), better.to_owned(), metric.help.clone()]
                    })
                    .collect();
                table(&["metric", "better", "what it says"], rows, &[])
            }),
            Self::Compare { runs } => output.result(&lab.compare(&ids(lab, runs)?)?, comparison),
            Self::Delete { runs } => {
                let ids = ids(lab, runs)?;
                for id in &ids {
                    lab.delete(TrashKind::Run, id.as_str())?;
                }
                output.result(&serde_json::json!({ "deleted": ids }), |_| {
                    format!(
                        "{} moved to the trash; `assay undo` takes it back",
                        crate::output::plural(ids.len() as u64, "run")
                    )
                });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Without a key, by the start.
fn orders(keys: &[String], ascending: bool) -> Vec<OrderBy> {
    let start = [String::from("attributes.start_time")];
    let keys = if keys.is_empty() && ascending {
        &start[..]
    } else {
        keys
    };
    keys.iter()
        .map(|name| OrderBy {
            name: name.clone(),
            ascending,
        })
        .collect()
}

fn reproduce(lab: &Lab, run: &str, output: Output) -> Result<ExitCode, Error> {
    let run_id = lab.find_run(run)?.run_id;
    let job = progress::run(lab, JobSpec::Reproduce { run_id })?;
    let Some(JobOutcome::Reproduction(found)) = &job.outcome else {
        return Ok(ExitCode::FAILURE);
    };
    output.result(found, reproduction);
    Ok(ExitCode::from(if found.identical {
        0
    } else {
        Code::Precondition.exit_status()
    }))
}

fn reproduction(found: &Reproduction) -> String {
    let mut lines = vec![found.sentence()];
    lines.extend(found.metrics.iter().map(|metric| {
        let (before, now) = (figure(Some(metric.before)), figure(Some(metric.now)));
        format!("{}: {before} before, {now} now", metric.name)
    }));
    lines.extend(
        found
            .environment
            .iter()
            .map(|other| format!("{}: {} before, {} now", other.what, other.before, other.now)),
    );
    lines.join("\n")
}

pub fn ids(lab: &Lab, runs: &[String]) -> Result<Vec<RunId>, Error> {
    runs.iter()
        .map(|run| Ok(lab.find_run(run)?.run_id))
        .collect()
}

fn list(page: &RunPage) -> String {
    let metrics: Vec<&str> = SHOWN
        .into_iter()
        .filter(|name| page.metric_names.iter().any(|metric| metric == name))
        .collect();
    let mut head = vec!["run", "id", "experiment", "algorithm", "data", "status"];
    let first_metric = head.len();
    head.extend(&metrics);
    let rows = page
        .runs
        .iter()
        .map(|row| &row.summary)
        .map(|run| {
            let mut row = vec![
                run.name.clone(),
                run.run_id.as_str().get(..8).unwrap_or_default().to_owned(),
                run.experiment.to_string(),
                run.params.get("algorithm").cloned().unwrap_or_default(),
                run.dataset
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
                format!("{:?}", run.status).to_lowercase(),
            ];
            row.extend(
                metrics
                    .iter()
                    .map(|metric| figure(run.metrics.get(*metric).copied())),
            );
            row
        })
        .collect();
    let right: Vec<usize> = (first_metric..head.len()).collect();
    format!(
        "{}\n\n{} of {} runs",
        table(&head, rows, &right),
        page.n_matching,
        page.n_total
    )
}

fn comparison(comparison: &Comparison) -> String {
    let mut head = vec![""];
    head.extend(comparison.runs.iter().map(|run| run.name.as_str()));
    let missing = || "·".to_owned();
    let mut rows: Vec<Vec<String>> = comparison
        .params
        .iter()
        .map(|row| {
            std::iter::once(row.name.clone())
                .chain(
                    row.values
                        .iter()
                        .map(|value| value.clone().unwrap_or_else(missing)),
                )
                .collect()
        })
        .collect();
    rows.extend(comparison.metrics.iter().map(|row| {
        let values = row.values.iter().enumerate().map(|(index, value)| {
            let star = if row.best == u32::try_from(index).ok() {
                " *"
            } else {
                ""
            };
            format!("{}{star}", figure(*value))
        });
        std::iter::once(row.name.clone()).chain(values).collect()
    }));
    let right: Vec<usize> = (1..head.len()).collect();
    let equal: Vec<&str> = comparison
        .equal
        .iter()
        .map(|row| row.name.as_str())
        .collect();
    let same = if equal.is_empty() {
        String::new()
    } else {
        format!("\n\nthe same in all: {}", equal.join(", "))
    };
    format!("{}\n\n* best{same}", table(&head, rows, &right))
}
