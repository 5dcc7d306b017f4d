//! `assay data import`

use std::path::PathBuf;

use assay_core::DatasetName;
use assay_core::dataset::{ImportOptions, ImportOutcome, ImportSpec};
use assay_core::job::{JobOutcome, JobSpec};
use assay_lab::{Error, Lab};

use crate::output::{Output, plural};
use crate::progress;

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

impl Import {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
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
