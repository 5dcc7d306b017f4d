//! `assay data import | list | show | head | profile | export`

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::DatasetName;
use assay_core::dataset::{ImportOptions, ImportOutcome, ImportSpec};
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::profile::{ColumnProfile, Profile};
use assay_core::reference::Reference;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, count, figure, plural, table};
use crate::progress;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Read CSV, Parquet or JSON lines into the lab
    Import(Import),
    /// All data sets
    List,
    /// One version: where it came from, what uses it
    Show { dataset: Reference },
    /// The first rows
    Head {
        dataset: Reference,
        /// Rows
        #[arg(short, default_value_t = 10)]
        n: u32,
    },
    /// Every column: type, missing, distinct, statistics
    Profile { dataset: Reference },
    /// Write a version as .csv, .parquet or .jsonl
    Export { dataset: Reference, file: PathBuf },
}

#[derive(clap::Args)]
pub struct Import {
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    format: Format,
    /// The data set's name; else that of the file
    #[arg(long)]
    name: Option<String>,
}

/// How a file is to be read; all of it is found out when nothing is said.
#[derive(clap::Args, Clone)]
pub struct Format {
    /// The first row holds values, not names
    #[arg(long)]
    no_header: bool,
    /// Names for the columns
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    columns: Vec<String>,
    /// What stands between two fields
    #[arg(long, value_name = "C")]
    delimiter: Option<String>,
    /// A text that means missing; may be given several times
    #[arg(long = "null", value_name = "V")]
    null_values: Vec<String>,
}

impl Format {
    pub fn options(&self) -> ImportOptions {
        ImportOptions {
            no_header: self.no_header,
            columns: self.columns.clone(),
            delimiter: self.delimiter.clone(),
            null_values: self.null_values.clone(),
            ..ImportOptions::default()
        }
    }
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Import(import) => import.run(lab, output)?,
            Self::List => output.result(&lab.datasets()?, |all| {
                let rows = all
                    .iter()
                    .map(|dataset| {
                        let latest = &dataset.latest;
                        vec![
                            latest.dataset.to_string(),
                            latest.version.to_string(),
                            latest.content.short().to_owned(),
                            count(latest.n_rows),
                            latest.columns.columns.len().to_string(),
                            bytes(latest.size_bytes),
                            latest.source.file_name.clone(),
                        ]
                    })
                    .collect();
                table(
                    &[
                        "name", "version", "content", "rows", "columns", "size", "from",
                    ],
                    rows,
                    &[1, 3, 4, 5],
                )
            }),
            Self::Show { dataset } => output.result(&lab.dataset(dataset)?, |detail| {
                let version = &detail.version;
                let columns: Vec<String> = version
                    .columns
                    .columns
                    .iter()
                    .map(|column| format!("{} {}", column.name, column.kind.label()))
                    .collect();
                format!(
                    "{}@{}  b3:{}\n{}, {}, {}\nfrom {} ({}, b3:{})\ncolumns: {}\nused by {}, {}",
                    version.dataset,
                    version.version,
                    version.content,
                    plural(version.n_rows, "row"),
                    plural(version.columns.columns.len() as u64, "column"),
                    bytes(version.size_bytes),
                    version.source.file_name,
                    bytes(version.source.size_bytes),
                    version.source.hash.short(),
                    columns.join(", "),
                    plural(detail.runs.len() as u64, "run"),
                    plural(detail.replays.len() as u64, "replay"),
                )
            }),
            Self::Head { dataset, n } => {
                let rows = lab.head(dataset, *n)?;
                let document: Vec<serde_json::Value> = rows
                    .rows
                    .iter()
                    .map(|row| {
                        rows.header
                            .iter()
                            .cloned()
                            .zip(row.iter().map(|cell| serde_json::json!(cell)))
                            .collect()
                    })
                    .collect();
                output.result(&document, |_| {
                    let head: Vec<&str> = rows.header.iter().map(String::as_str).collect();
                    let cells = rows
                        .rows
                        .iter()
                        .map(|row| {
                            row.iter()
                                .map(|cell| cell.clone().unwrap_or_else(|| "null".to_owned()))
                                .collect()
                        })
                        .collect();
                    table(&head, cells, &[])
                });
            }
            Self::Profile { dataset } => output.result(&lab.profile(dataset)?, profile_text),
            Self::Export { dataset, file } => {
                lab.export_dataset(dataset, file)?;
                output.result(&serde_json::json!({ "path": file }), |_| {
                    format!("wrote {}", file.display())
                });
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Import {
    fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let mut outcomes: Vec<ImportOutcome> = Vec::new();
        for path in &self.paths {
            let job = progress::run(
                lab,
                JobSpec::Import(ImportSpec {
                    path: absolute(path),
                    name: self.name.clone().map(DatasetName::new),
                    options: self.format.options(),
                }),
            )?;
            if let Some(JobOutcome::Dataset(outcome)) = job.outcome {
                outcomes.push(outcome);
            }
        }
        match outcomes.as_slice() {
            [one] => output.result(one, imported),
            all => output.result(&serde_json::json!({ "imported": all }), |_| {
                all.iter().map(imported).collect::<Vec<_>>().join("\n")
            }),
        }
        Ok(())
    }
}

fn imported(outcome: &ImportOutcome) -> String {
    let what = if outcome.already_there {
        "is there already as"
    } else {
        "imported as"
    };
    format!(
        "{what} {}@{}, {}, {}, b3:{}",
        outcome.dataset,
        outcome.version,
        plural(outcome.n_rows, "row"),
        plural(u64::from(outcome.n_columns), "column"),
        outcome.dataset_version.short(),
    )
}

/// The worker may stand in another folder.
pub fn absolute(path: &std::path::Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn profile_text(profile: &Profile) -> String {
    let rows = profile.columns.iter().map(profile_row).collect();
    let head = [
        "column",
        "type",
        "missing",
        "distinct",
        "min",
        "median",
        "max",
        "mean",
        "most frequent",
    ];
    let mut text = table(&head, rows, &[2, 3, 4, 5, 6, 7]);
    text.push_str(&format!(
        "\n\n{}, {} missing, {}",
        plural(profile.n_rows, "row"),
        plural(profile.n_missing, "cell"),
        plural(profile.n_duplicate_rows, "duplicate row")
    ));
    for note in &profile.notes {
        text.push_str(&format!("\n- {}", note.text));
    }
    text
}

fn profile_row(column: &ColumnProfile) -> Vec<String> {
    let numeric = column.numeric.as_ref();
    let median = numeric
        .and_then(|numeric| numeric.quantiles.get(3))
        .copied();
    let (low, high) = match (&column.numeric, &column.time) {
        (Some(numeric), _) => (figure(Some(numeric.min)), figure(Some(numeric.max))),
        (None, Some(time)) => (time.min.clone(), time.max.clone()),
        (None, None) => (figure(None), figure(None)),
    };
    let top: Vec<String> = column
        .top
        .iter()
        .take(3)
        .map(|top| format!("{} ({})", top.value, count(top.count)))
        .collect();
    vec![
        column.name.clone(),
        column.kind.label().to_owned(),
        count(column.n_missing),
        count(column.n_distinct),
        low,
        figure(median),
        high,
        figure(numeric.map(|numeric| numeric.mean)),
        top.join(", "),
    ]
}
