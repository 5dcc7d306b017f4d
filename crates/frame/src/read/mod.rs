//! Files in: delimited text, JSON, Parquet, Arrow IPC, workbooks and the tables of databases, text also in other encodings
//! than UTF-8 and packed with gzip or zstd.
//!
//! The same rows make the same table whatever file they came in: integers of any width are 64 bits, a NaN and an
//! empty text are missing, times are microseconds in UTC.

mod archive;
mod arrow;
mod arrow_columns;
mod arrow_json;
mod batches;
mod biff;
mod canonical;
mod cells;
mod chosen;
pub(crate) mod delimited;
pub(crate) mod delimiter;
mod encoding;
mod excel;
mod files;
pub(crate) mod header;
mod ipc;
mod ipc_check;
mod json;
mod json_split;
mod magic;
pub(crate) mod names;
pub(crate) mod nulls;
mod ods_extent;
mod parquet;
mod peek;
mod plain;
mod pump;
mod records;
pub(crate) mod source;
mod thrift;
mod union;
mod unpack;
mod workbook;

pub(crate) use batches::{Batches, batches, kind_of_files, row_batches};
pub(crate) use canonical::open as open_parquet;
pub use files::{files_of, is_pattern};
pub use peek::{Peeked, peek, peek_rows};
pub use plain::{PlainRows, PlainValue};
pub(crate) use records::MAX_COLUMNS;
pub use unpack::Compression;
