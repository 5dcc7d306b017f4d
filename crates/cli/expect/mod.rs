//! `assay expect suggest | check | import | export | list | show | history | types`

mod file;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

pub use file::write;

use assay_core::Task;
use assay_core::code::Code;
use assay_core::expect::{CheckReport, ResultFormat, RuleType, validation_result};
use assay_core::reference::Reference;
use assay_lab::{Cause, Error, Lab};
use serde_json::json;

use crate::output::Output;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make rules from the profile and save them as the data set's suite
    Suggest {
        dataset: Reference,
        /// Print them and save nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Check a version; exit 3 when a critical rule fails or a rule did not run
    Check {
        dataset: Reference,
        /// Another suite than the data set's own, `name` or `name@version`
        #[arg(long, value_name = "S")]
        suite: Option<Reference>,
        /// Write the result as JUnit XML too
        #[arg(long, value_name = "FILE")]
        junit: Option<PathBuf>,
        /// Print the result as Great Expectations does, as JSON
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Take a suite from a TOML file, or from a JSON file of Great Expectations
    Import {
        file: PathBuf,
        /// The suite's name, else that in the file; a data set's own suite has its name
        #[arg(long, value_name = "S")]
        name: Option<String>,
    },
    /// Write a suite as FILE.toml, or as FILE.json for Great Expectations
    Export {
        suite: Reference,
        file: PathBuf,
        /// JSON for Great Expectations 0.x instead of 1.x
        #[arg(long)]
        gx0: bool,
    },
    /// The suites of the lab
    List,
    /// The rules of a suite, `name` or `name@version`
    Show { suite: Reference },
    /// The checks of a data set or of a version, newest first
    History {
        dataset: Reference,
        /// Print the whole result of one of them, by its number
        #[arg(long, value_name = "CHECK")]
        report: Option<u64>,
    },
    /// The types of rules; with a type, its arguments
    Types {
        #[arg(value_name = "TYPE")]
        type_: Option<String>,
    },
}

#[derive(Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Format {
    BooleanOnly,
    Basic,
    Summary,
    Complete,
}

impl From<Format> for ResultFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::BooleanOnly => Self::BooleanOnly,
            Format::Basic => Self::Basic,
            Format::Summary => Self::Summary,
            Format::Complete => Self::Complete,
        }
    }
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Suggest { dataset, dry_run } => {
                let suite = lab.suggest_expectations(dataset)?;
                if !dry_run {
                    lab.save_expectations(dataset, &suite)?;
                }
                output.result(&suite, words::suite);
            }
            Self::Check {
                dataset,
                suite,
                junit,
                format,
            } => {
                let wanted = format.map_or(ResultFormat::Summary, ResultFormat::from);
                let report = lab.check_by(dataset, suite.as_ref(), wanted, &Task::silent())?;
                if let Some(path) = junit {
                    file::write_junit(&report, path)?;
                }
                match format {
                    Some(_) => {
                        output.result(&validation(&report, wanted), |value| format!("{value:#}"))
                    }
                    None => output.result(&report, words::report),
                }
                if !report.outcome.passed() {
                    return Ok(ExitCode::from(Code::Precondition.exit_status()));
                }
            }
            Self::Import { file, name } => {
                let text = file::read(file)?;
                let imported = lab.import_suite(&file::name(file), &text, name.as_deref())?;
                output.result(&imported, words::imported);
            }
            Self::Export { suite, file, gx0 } => {
                let format = file::format(file, *gx0)?;
                let text = lab.export_suite(suite, format)?;
                write(file, &text.text)?;
                output.result(&text, |_| format!("wrote {}", file.display()));
            }
            Self::List => output.result(&lab.suites()?, |suites| words::suites(suites)),
            Self::Show { suite } => {
                let found = lab.suite(suite)?;
                output.result(&found, words::suite_version);
            }
            Self::History { dataset, report } => match report {
                Some(check_id) => output.result(&lab.check_report(*check_id)?, words::report),
                None => {
                    output.result(&lab.check_history(dataset)?, |checks| {
                        words::history(checks)
                    });
                }
            },
            Self::Types { type_: None } => {
                output.result(&lab.rule_types(), |types| words::types(types));
            }
            Self::Types { type_: Some(name) } => {
                let info = assay_core::expect::rule_info(rule_type(name)?);
                output.result(&info, |info| {
                    info.as_ref().map(words::arguments).unwrap_or_default()
                });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// With or without the `expect_` that every name begins with.
fn rule_type(name: &str) -> Result<RuleType, Error> {
    name.parse()
        .or_else(|_| format!("expect_{name}").parse())
        .map_err(|_| {
            Error::new(
                format!("show the type `{name}`"),
                Cause::with_hint(
                    Code::NotFound,
                    "there is no such type",
                    "`assay expect types` shows what there is",
                ),
            )
        })
}

/// As Great Expectations writes the result of a suite.
fn validation(report: &CheckReport, format: ResultFormat) -> serde_json::Value {
    let results: Vec<_> = report
        .results
        .iter()
        .map(|result| validation_result(result, format))
        .collect();
    let n_successful = u64::from(report.outcome.n_passed);
    let n_evaluated = report.results.len() as u64;
    json!({
        "success": n_successful == n_evaluated,
        "suite_name": report.suite,
        "results": results,
        "statistics": {
            "evaluated_expectations": n_evaluated,
            "successful_expectations": n_successful,
            "unsuccessful_expectations": n_evaluated - n_successful,
            "success_percent": (n_evaluated > 0).then(|| 100.0 * n_successful as f64 / n_evaluated as f64),
        },
        "meta": {
            "dataset": report.dataset,
            "suite_version": report.suite_version,
            "rows": report.n_rows,
        },
    })
}
