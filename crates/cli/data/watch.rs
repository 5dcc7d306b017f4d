//! `assay data watch | watches | unwatch`

use std::path::{Path, PathBuf};
use std::time::Duration;

use assay_core::DatasetName;
use assay_core::watch::{WatchRequest, WatchedFile, WatchedFolder};
use assay_lab::{Error, Lab};

use crate::output::Output;

#[derive(clap::Args)]
pub struct Watch {
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// All files become versions of this data set; else each of the one that its name says
    #[arg(long)]
    name: Option<String>,
    /// Import what is there and end
    #[arg(long)]
    once: bool,
    /// How long a file must stay unchanged before it is read, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1_000)]
    settle_ms: u64,
}

impl Watch {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let request = WatchRequest {
            folder: self.folder.clone(),
            name: self.name.clone().map(DatasetName::new),
        };
        let told = |file: &WatchedFile| {
            if !(output.json && self.once) {
                output.result(file, file_text);
            }
        };
        let settle = Duration::from_millis(self.settle_ms);
        let watch = lab.watch_folder(&request, settle, self.once, &told)?;
        if output.json {
            output.result(&watch, |_| String::new());
        }
        Ok(())
    }
}

pub fn list(lab: &Lab, output: Output) -> Result<(), Error> {
    output.result(&lab.watches()?, |watches| text(watches));
    Ok(())
}

pub fn remove(lab: &Lab, folder: &Path, output: Output) -> Result<(), Error> {
    output.result(&lab.remove_watch(folder)?, |watches| text(watches));
    Ok(())
}

fn text(watches: &[WatchedFolder]) -> String {
    let mut lines = Vec::new();
    for watch in watches {
        let name = watch.name.as_ref().map(|name| format!(" as {name}"));
        lines.push(format!("{}{}", watch.folder, name.unwrap_or_default()));
        lines.extend(
            watch
                .files
                .iter()
                .map(|file| format!("  {}", file_text(file))),
        );
    }
    if lines.is_empty() {
        lines.push("no folder is watched".to_owned());
    }
    lines.join("\n")
}

fn file_text(file: &WatchedFile) -> String {
    format!("{} {}", file.file, file.outcome.sentence())
}
