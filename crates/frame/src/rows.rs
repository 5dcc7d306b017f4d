//! A page of rows, for a virtual table and for the command line.

use assay_core::query::Filter;

use crate::error::Error;
use crate::frame::Frame;

/// A page of the rows that match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    pub n_matching: u64,
    /// Arrow IPC stream, uncompressed, first column `__row` (1-based, 32-bit unsigned), no view types, no dictionaries.
    pub ipc: Vec<u8>,
}

/// Rows as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowTexts {
    pub header: Vec<String>,
    /// `None`: missing.
    pub rows: Vec<Vec<Option<String>>>,
}

/// # Errors
/// [`Error::NoSuchColumn`], [`Error::Filter`].
pub fn rows(
    frame: &Frame,
    offset: u64,
    limit: u32,
    order_by: Option<&str>,
    descending: bool,
    filter: &Filter,
) -> Result<Rows, Error> {
    let _ = (frame, offset, limit, order_by, descending, filter);
    Err(Error::NoTimes)
}

/// At most `limit` rows from the 0-based row `offset` on.
pub fn row_texts(frame: &Frame, offset: u64, limit: u32) -> RowTexts {
    let _ = (offset, limit);
    RowTexts { header: frame.names(), rows: Vec::new() }
}
