//! Tables out: the canonical Parquet file of a version, and exports.

use std::path::Path;

use crate::error::Error;
use crate::frame::Frame;

/// # Errors
/// [`Error::Io`].
pub fn write_parquet(frame: &Frame, path: &Path) -> Result<(), Error> {
    let _ = (frame, path);
    Err(Error::NoTimes)
}

/// Reads what [`write_parquet`] wrote.
///
/// # Errors
/// [`Error::Io`], [`Error::Parquet`].
pub fn read_parquet(path: &Path) -> Result<Frame, Error> {
    let _ = path;
    Err(Error::NoTimes)
}

/// # Errors
/// [`Error::Io`].
pub fn write_csv(frame: &Frame, path: &Path) -> Result<(), Error> {
    let _ = (frame, path);
    Err(Error::NoTimes)
}

/// # Errors
/// [`Error::Io`].
pub fn write_json_lines(frame: &Frame, path: &Path) -> Result<(), Error> {
    let _ = (frame, path);
    Err(Error::NoTimes)
}
