//! `assay data`: one file per group of its commands.

mod import;
mod profile;
mod show;
mod versions;

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::reference::Reference;
use assay_lab::{Error, Lab};

use crate::output::Output;

pub use import::{Format, absolute};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Read CSV, Parquet or JSON lines into the lab
    Import(import::Import),
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
    /// All versions of a data set, with their tags
    Versions { name: String },
    /// Name a version, so that `penguins@gold` means it
    Tag(versions::Tag),
    /// Make an older version the newest again
    Restore { dataset: Reference },
    /// Write a version as .csv, .parquet or .jsonl
    Export { dataset: Reference, file: PathBuf },
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Import(import) => import.run(lab, output)?,
            Self::List => show::list(lab, output)?,
            Self::Show { dataset } => show::show(lab, dataset, output)?,
            Self::Head { dataset, n } => show::head(lab, dataset, *n, output)?,
            Self::Profile { dataset } => output.result(&lab.profile(dataset)?, profile::text),
            Self::Versions { name } => versions::list(lab, name, output)?,
            Self::Tag(tag) => tag.run(lab, output)?,
            Self::Restore { dataset } => versions::restore(lab, dataset, output)?,
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
