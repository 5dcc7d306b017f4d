//! Files of any size become row groups: read, parsed on all cores, profiled, named and written in one pass.
//!
//! Types of delimited text are believed from the beginning of the files; when a later value does not fit, all values are
//! looked at once and the pass begins again, so that a type always fits the whole column.

mod bad_rows;
mod blocks;
mod delimited;
mod groups;
mod keep;
pub(crate) mod literal;
mod log_parts;
mod parse;
mod pipeline;
mod plan;
mod preview;
mod stream;
mod through;
mod tokens;
mod whole;

use std::path::PathBuf;

use assay_core::dataset::{BadRow, ImportOptions, RowGroup};
use assay_core::profile::Profile;
use assay_core::schema::Schema;
use assay_core::{ObjectHash, Task};

use crate::error::Error;
use crate::frame::Frame;
use crate::read::{self, PlainRows};

pub use log_parts::{LogStages, stream_log};
pub use preview::{Beginning, is_database, preview, preview_rows};
pub use through::{Through, through};
pub use whole::read;

/// Where row groups are kept.
pub trait GroupSink: Sync {
    type Failure: From<Error> + Send;

    /// The group, when it is there already.
    fn known(&self, content: &ObjectHash) -> Option<RowGroup>;

    /// Writes a group with [`crate::write_parquet`].
    fn put(&self, content: ObjectHash, group: &Frame) -> Result<RowGroup, Self::Failure>;
}

/// What an import made.
#[derive(Debug)]
pub struct Ingested {
    pub schema: Schema,
    pub n_rows: u64,
    pub content: ObjectHash,
    pub row_groups: Vec<RowGroup>,
    pub profile: Profile,
    /// `None`: all rows could be read.
    pub set_aside: Option<SetAsideRows>,
}

/// Rows that could not be read.
#[derive(Debug)]
pub struct SetAsideRows {
    pub n_rows: u64,
    /// The first 20.
    pub first: Vec<BadRow>,
    /// All of them as CSV (`file` when there are several, `line`, `problem`, `text`), to be read from its beginning.
    pub csv: std::fs::File,
}

/// Imports a table that another part of the program reads.
///
/// # Errors
/// As [`ingest`].
pub fn ingest_rows<S: GroupSink>(
    rows: Box<dyn PlainRows>,
    options: &ImportOptions,
    sink: &S,
    task: &Task,
) -> Result<Ingested, S::Failure> {
    let kept = keep::Keeper::new(sink, task);
    let batches = read::row_batches(rows, options, None, task)?;
    let found = stream::stream_batches(batches, false, options, &kept, task)?;
    kept.finish(found)
}

/// Imports files as one table, in memory that does not grow with them.
///
/// # Errors
/// See [`Error`]; [`Error::BadRows`] when rows cannot be read and `options` do not say to set them aside.
pub fn ingest<S: GroupSink>(
    files: &[PathBuf],
    options: &ImportOptions,
    sink: &S,
    task: &Task,
) -> Result<Ingested, S::Failure> {
    let kept = keep::Keeper::new(sink, task);
    let found = stream::stream(files, options, &kept, task)?;
    kept.finish(found)
}
