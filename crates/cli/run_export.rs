//! `assay runs export`

use std::path::Path;

use assay_core::ExperimentName;
use assay_core::code::Code;
use assay_core::imports::{ArchiveScope, ArchiveWritten, RunExportSpec};
use assay_core::job::{JobOutcome, JobSpec};
use assay_lab::{Cause, Error, Lab};

use crate::data::absolute;
use crate::output::{Output, bytes, plural};
use crate::progress;

#[derive(clap::Args)]
pub struct Export {
    /// Runs by id, beginning of the id or name; last the archive, for example runs.zip, which is replaced if it exists
    #[arg(required = true, value_name = "RUN... FILE")]
    runs_and_file: Vec<String>,
    /// All runs of an experiment, the deleted too
    #[arg(long, value_name = "E", conflicts_with = "all")]
    experiment: Option<String>,
    /// The whole lab: data sets, runs, models, trash
    #[arg(long)]
    all: bool,
}

impl Export {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let (file, named) = self.runs_and_file.split_last().ok_or_else(usage)?;
        let selection = match (&self.experiment, named) {
            (Some(experiment), []) => ArchiveScope::Experiment {
                experiment: ExperimentName::new(experiment),
            },
            (None, []) if self.all => ArchiveScope::All,
            (None, [_, ..]) if !self.all => ArchiveScope::Runs {
                run_ids: lab.find_runs(named)?,
            },
            _ => return Err(usage()),
        };
        let spec = RunExportSpec {
            selection,
            path: absolute(Path::new(file)),
        };
        let job = progress::run(lab, JobSpec::ExportRuns(spec))?;
        if let Some(JobOutcome::RunsExported(written)) = job.outcome {
            output.result(&written, exported);
        }
        Ok(())
    }
}

fn usage() -> Error {
    Error::new(
        "export runs",
        Cause::with_hint(
            Code::Invalid,
            "it must be said which runs, and into which file",
            "write `assay runs export RUN... FILE`, `assay runs export --experiment E FILE` or `assay runs export --all FILE`",
        ),
    )
}

fn exported(written: &ArchiveWritten) -> String {
    format!(
        "wrote {}: {}, {} ({})",
        written.path.display(),
        plural(written.n_runs, "run"),
        plural(written.n_files, "file"),
        bytes(written.size_bytes)
    )
}
