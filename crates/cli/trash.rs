//! `assay undo`, `assay trash list | restore | empty`

use std::process::ExitCode;

use assay_core::lab::TrashKind;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, plural, table};

#[derive(clap::Subcommand)]
pub enum Command {
    /// What was deleted
    List,
    /// Delete everything in it for good
    Empty,
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::List => output.result(&lab.trash()?, |items| {
                let rows = items
                    .iter()
                    .map(|item| {
                        vec![
                            kind(item.kind).to_owned(),
                            item.title.clone(),
                            item.id.clone(),
                            bytes(item.size_bytes),
                        ]
                    })
                    .collect();
                table(&["kind", "name", "id", "size"], rows, &[3])
            }),
            Self::Empty => output.result(&lab.empty_trash()?, |emptied| {
                format!(
                    "deleted {} for good, {} freed",
                    plural(emptied.n_items, "item"),
                    bytes(emptied.freed_bytes)
                )
            }),
        }
        Ok(ExitCode::SUCCESS)
    }
}

pub fn undo(lab: &Lab, output: Output) -> Result<ExitCode, Error> {
    output.result(&lab.undo()?, |undone| match &undone.what {
        Some(what) => format!("undone: {what}"),
        None => "there is nothing to undo".to_owned(),
    });
    Ok(ExitCode::SUCCESS)
}

fn kind(kind: TrashKind) -> &'static str {
    match kind {
        TrashKind::Run => "run",
        TrashKind::Dataset => "data set",
        TrashKind::Model => "model",
        TrashKind::Replay => "replay",
    }
}
