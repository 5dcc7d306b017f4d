//! `assay runs list | show | reproduce | metrics | compare`, and changes to many runs

use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::metrics;
use assay_core::reproduction::Reproduction;
use assay_core::result::Costs;
use assay_core::run::Comparison;
use assay_core::run_table::{RunPage, RunQuery, RunRow, RunView};
use assay_core::tracking::OrderBy;
use assay_lab::{Error, Lab};

use crate::output::{Output, figure, table};
use crate::run_text::Shown;
use crate::{progress, run_export, run_import, run_log, run_tail, runs_change};

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
        /// Runs below the run that they are a part of
        #[arg(long)]
        tree: bool,
        /// Which runs by where they are kept
        #[arg(long, default_value = "active", value_name = "VIEW", value_parser = ["active", "archived", "trash", "all"])]
        view: String,
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
    #[command(flatten)]
    Change(runs_change::Command),
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::List {
                filter,
                order_by,
                ascending,
                tree,
                view,
                limit,
            } => {
                let query = RunQuery {
                    filter: filter.clone(),
                    order_by: orders(order_by, *ascending),
                    tree: *tree,
                    view: view_named(view),
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
            Self::Compare { runs } => {
                output.result(&lab.compare(&lab.find_runs(runs)?)?, comparison)
            }
            Self::Change(command) => return command.run(lab, output),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn view_named(word: &str) -> RunView {
    match word {
        "archived" => RunView::Archived,
        "trash" => RunView::Trash,
        "all" => RunView::All,
        _ => RunView::Active,
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
        .map(|row| {
            let run = &row.summary;
            let mut row = vec![
                outline(row),
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

/// Two blanks for each level; in parentheses what stands there for the sake of a run below it.
fn outline(row: &RunRow) -> String {
    let indent = "  ".repeat(row.depth as usize);
    let name = &row.summary.name;
    if row.is_match {
        format!("{indent}{name}")
    } else {
        format!("{indent}({name})")
    }
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
