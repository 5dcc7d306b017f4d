//! `assay model predict | log | label`

use std::path::PathBuf;

use assay_core::ModelName;
use assay_core::Task;
use assay_core::ask::Written;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::reference::{Reference, Selector};
use assay_core::scoring::{PredictSpec, Predicted};
use assay_lab::{Cause, Error, Lab};
use serde::Serialize;

use crate::data::{Format, absolute};
use crate::output::{Output, bytes, count, plural};
use crate::progress;

#[derive(clap::Args)]
pub struct Predict {
    model: Reference,
    /// A file, a folder or a pattern, of any format that can be imported and any size
    path: PathBuf,
    /// Where the rows and the answers go; its ending names the format. Else they are printed as CSV
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Columns of the rows that stand before the answers; else all
    #[arg(long, value_delimiter = ',', value_name = "A,B")]
    keep: Option<Vec<String>>,
    #[command(flatten)]
    format: Format,
}

#[derive(clap::Args)]
pub struct Log {
    /// `name`, or `name@version`
    model: Reference,
    /// Where the table goes; its ending names the format
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

#[derive(clap::Args)]
pub struct Label {
    /// A table with a row a label
    file: PathBuf,
    /// The column of the predictions' ids
    #[arg(long, value_name = "COL", default_value = "id")]
    id: String,
    /// The column of what was true
    #[arg(long, value_name = "COL", default_value = "label")]
    label: String,
}

impl Predict {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let Some(path) = &self.output else {
            return self.print(lab, output);
        };
        if let Some(predicted) = self.job(lab, path.clone())? {
            output.result(&predicted, text);
        }
        Ok(())
    }

    /// Through a file, for a job writes one.
    fn print(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let failed =
            |error| Error::new("print the answers", Cause::io(&std::env::temp_dir(), error));
        let folder = tempfile::tempdir().map_err(failed)?;
        let ending = if output.json { "json" } else { "csv" };
        let path = folder.path().join(format!("answers.{ending}"));
        if self.job(lab, path.clone())?.is_some() {
            let mut file = std::fs::File::open(&path).map_err(failed)?;
            output.copy(&mut file).map_err(failed)?;
        }
        Ok(())
    }

    fn job(&self, lab: &Lab, path: PathBuf) -> Result<Option<Predicted>, Error> {
        let spec = PredictSpec {
            model: self.model.clone(),
            path: absolute(&self.path),
            options: self.format.options(),
            output: absolute(&path),
            keep: self.keep.clone(),
        };
        let job = progress::run(lab, JobSpec::Predict(spec))?;
        Ok(match job.outcome {
            Some(JobOutcome::Predicted(predicted)) => Some(predicted),
            _ => None,
        })
    }
}

impl Log {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let version = match &self.model.selector {
            Selector::Latest => None,
            _ => Some(lab.model(&self.model)?.version.version),
        };
        let model = ModelName::new(self.model.name.clone());
        let written = lab.export_predictions(&model, version, &self.output, &Task::silent())?;
        output.result(&written, |written: &Written| {
            format!("wrote {}, {}", written.path, bytes(written.size_bytes))
        });
        Ok(())
    }
}

#[derive(Serialize)]
struct Labelled {
    n_labels: u64,
}

impl Label {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let n_labels =
            lab.add_labels_of_file(&self.file, &self.id, &self.label, &Task::silent())?;
        output.result(&Labelled { n_labels }, |labelled| {
            format!("took {}", plural(labelled.n_labels, "label"))
        });
        Ok(())
    }
}

fn text(predicted: &Predicted) -> String {
    let rate = predicted.n_rows as f64 / predicted.duration_secs.max(1e-9);
    let mut text = format!(
        "scored {} with {} in {:.1} s, {} rows/s\nwrote {}, {}, with {}",
        plural(predicted.n_rows, "row"),
        predicted.model,
        predicted.duration_secs,
        count(rate as u64),
        predicted.path,
        bytes(predicted.size_bytes),
        predicted.columns.join(", ")
    );
    if predicted.n_set_aside > 0 {
        text += &format!(
            "\n{} could not be read and are not in it",
            plural(predicted.n_set_aside, "row")
        );
    }
    text
}
