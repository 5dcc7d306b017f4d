//! `assay data`: one file per group of its commands.

mod diff;
mod import;
mod lineage;
mod profile;
mod show;
mod versions;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::ask::ExportDataset;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::lineage::LineageFocus;
use assay_core::reference::Reference;
use assay_lab::{Error, Lab};

use crate::output::Output;
use crate::progress;

pub use import::{Format, absolute};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Read files, a folder or a pattern into the lab: CSV, JSON, Parquet, Arrow, Excel, SQLite
    Import(import::Import),
    /// Look at what an import would make of a file; nothing is stored
    Preview(import::Preview),
    /// Write the rows that an import set aside as CSV
    SetAside { dataset: Reference, file: PathBuf },
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
    /// What differs between two versions: columns, distributions, rows
    Diff(diff::Arguments),
    /// Where something came from and what came of it: a data set, run:ID, model:NAME or replay:ID
    Lineage { about: LineageFocus },
    /// Import the files of a folder whenever they change
    Watch(watch::Watch),
    /// The watched folders, and what became of their files
    Watches,
    /// Stop watching a folder; what was imported stays
    Unwatch {
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Write a version in the format that the ending names: .csv, .tsv, .json, .jsonl (also .gz, .zst), .parquet, .arrow,
    /// .feather, .xlsx, .sqlite
    Export { dataset: Reference, file: PathBuf },
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::Import(import) => import.run(lab, output)?,
            Self::Preview(preview) => preview.run(lab, output)?,
            Self::SetAside { dataset, file } => {
                let written = lab.export_set_aside(dataset, file)?;
                output.result(&written, |_| format!("wrote {}", file.display()));
            }
            Self::List => show::list(lab, output)?,
            Self::Show { dataset } => show::show(lab, dataset, output)?,
            Self::Head { dataset, n } => show::head(lab, dataset, *n, output)?,
            Self::Profile { dataset } => output.result(&lab.profile(dataset)?, profile::text),
            Self::Versions { name } => versions::list(lab, name, output)?,
            Self::Tag(tag) => tag.run(lab, output)?,
            Self::Restore { dataset } => versions::restore(lab, dataset, output)?,
            Self::Diff(diff) => diff.run(lab, output)?,
            Self::Lineage { about } => lineage::show(lab, about, output)?,
            Self::Watch(watch) => watch.run(lab, output)?,
            Self::Watches => watch::list(lab, output)?,
            Self::Unwatch { folder } => watch::remove(lab, folder, output)?,
            Self::Export { dataset, file } => {
                let request = ExportDataset {
                    dataset: dataset.clone(),
                    path: absolute(file),
                };
                let job = progress::run(lab, JobSpec::Export(request))?;
                if let Some(JobOutcome::Export(written)) = &job.outcome {
                    output.result(written, |_| format!("wrote {}", file.display()));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
