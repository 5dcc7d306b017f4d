//! Tables: files in, canonical Parquet, content hash, profile, expectations, recipes, logs and windows.
//!
//! Invariant: no type of polars leaves this crate. What comes in is a path or a document of `assay_core`, what goes
//! out is a [`Frame`], a document, or plain columns.

mod check;
mod columns;
mod concat;
mod counts;
mod decimal;
mod diff;
mod error;
mod export;
mod frame;
mod hash;
mod ingest;
mod keys;
mod log;
mod predictions;
mod profile;
mod read;
mod recipe;
mod rows;
mod scored;
mod stored;
mod target;
mod time;
mod types;
mod write;

pub use check::{
    CheckOptions, Checker, QueryRows, RowCountOf, RunQuery, check, check_batches, check_with,
};
pub use diff::{Side, column_changes, compare_rows};
pub use error::{Error, FileKind};
pub use export::{ExportFormat, PlainColumn, arrow_stream, export, plain_columns};
pub use frame::{Concatenation, Frame, MissingColumn};
pub use hash::content_hash;
pub use ingest::{
    Beginning, GroupSink, Ingested, LogStages, SetAsideRows, Through, ingest, ingest_rows,
    is_database, preview, preview_rows, read, stream_log, through,
};
pub use keys::{group_codes, row_times};
pub use log::{
    Calendar, LogColumn, LogTimes, MAX_WINDOWS, OrderedLog, ReadColumn, ReadTimes, Span,
    TimeEvidence, TimeForm, order_log, read_column,
};
pub use predictions::{read_predictions, write_predictions};
pub use profile::profile;
pub use read::{Compression, Peeked, PlainRows, PlainValue, files_of, is_pattern, peek, peek_rows};
pub use recipe::{
    apply_recipe, fit_and_apply, fit_recipe, is_missing_text, number_text, raw_columns, time_number,
};
pub use rows::{RowTexts, Rows, column_texts, row_texts, rows};
pub use scored::AnswerNames;
pub use stored::{RowOrder, StoredTable};
pub use target::{TargetColumn, TargetKind, target};
pub use write::{read_parquet, read_row_groups, write_csv, write_json_lines, write_parquet};

/// Threads that work on tables here: as many as the computer has cores, or as the job may have.
pub fn n_threads() -> usize {
    rayon::current_num_threads()
}
