//! `assay model import`

use std::path::PathBuf;

use assay_core::ModelName;
use assay_core::imported_model::{ImportedModel, ModelImportSpec, RowSource};
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::registry::ModelVersion;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, plural};
use crate::progress;

#[derive(clap::Args)]
pub struct Arguments {
    /// The ONNX file
    file: PathBuf,
    #[arg(long)]
    name: String,
    /// Take in constants that lie in files beside it, within its folder
    #[arg(long)]
    allow_external_data: bool,
    /// Take it though it needs operators that neither ONNX nor ONNX Runtime define
    #[arg(long)]
    allow_custom_operators: bool,
    /// The columns of an input that takes many, in its order; else as the file names them, or f0, f1 ...
    #[arg(long, value_delimiter = ',', value_name = "COL")]
    columns: Vec<String>,
    /// Rows to try it on: a data set or a file; else made-up values
    #[arg(long, value_name = "DATA")]
    sample: Option<RowSource>,
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let job = progress::run(
            lab,
            JobSpec::ImportModel(ModelImportSpec {
                path: self.file.clone(),
                name: ModelName::new(self.name.clone()),
                allow_external_data: self.allow_external_data,
                allow_custom_operators: self.allow_custom_operators,
                columns: self.columns.clone(),
                sample: self.sample.clone(),
            }),
        )?;
        if let Some(JobOutcome::Model(version)) = job.outcome {
            output.result(&*version, registered);
        }
        Ok(())
    }
}

fn registered(version: &ModelVersion) -> String {
    let Some(imported) = &version.imported else {
        return version.key().to_string();
    };
    format!(
        "registered {} from {}, {} of ONNX\n{}\n{}",
        version.key(),
        imported.file_name,
        bytes(version.onnx_size_bytes),
        takes(imported),
        tried(imported)
    )
}

fn takes(imported: &ImportedModel) -> String {
    let wiring = &imported.wiring;
    if !wiring.takes_columns() {
        return "takes whole tensors, no columns".to_owned();
    }
    let columns: Vec<&str> = wiring
        .inputs
        .iter()
        .flat_map(|input| &input.columns)
        .map(String::as_str)
        .collect();
    let classes = if wiring.classes.is_empty() {
        String::new()
    } else {
        format!("; answers {}", wiring.classes.join(", "))
    };
    format!("takes {}{classes}", columns.join(", "))
}

fn tried(imported: &ImportedModel) -> String {
    let sample = &imported.sample;
    match &sample.refused {
        Some(why) => format!("not tried: {why}"),
        None => format!(
            "tried on {} of {} by {}; whether its answers are right is not known here",
            plural(sample.n_rows, "row"),
            sample.rows_of,
            sample.runtime
        ),
    }
}
