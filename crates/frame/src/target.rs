//! What is to be predicted, taken from a column.

use assay_core::Target;

use crate::error::Error;
use crate::frame::Frame;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// Classes for text, booleans, integers of at most 20 distinct values and floats of at most 2 distinct whole values;
    /// else values.
    Auto,
    Classes,
    Values,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TargetColumn {
    /// One entry per row of `rows`.
    pub target: Target,
    /// 0-based rows of the table in which the target is present, ascending.
    pub rows: Vec<usize>,
    pub n_missing: u64,
}

/// # Errors
/// [`Error::NoSuchColumn`], [`Error::WrongType`] for dates and for values of text, [`Error::TooFewClasses`] for one
/// distinct value, [`Error::TooManyClasses`] over 1,000.
pub fn target(frame: &Frame, column: &str, want: TargetKind) -> Result<TargetColumn, Error> {
    let _ = (frame, column, want);
    Err(Error::NoTimes)
}
