//! Files in the canonical form, which this crate wrote.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::{ParquetReader, SerReader};

use super::arrow::guarded;
use super::parquet;
use crate::error::Error;
use crate::frame::Frame;

/// The table as it was written.
pub(crate) fn open(path: &Path) -> Result<Frame, Error> {
    let metadata = parquet::metadata(path)?;
    let forms = parquet::forms_of(&metadata);
    let file = File::open(path).map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })?;
    let data = guarded(|| {
        let mut reader = ParquetReader::new(file);
        reader.set_metadata(Arc::new(metadata));
        reader.finish()
    })
    .map_err(Error::Parquet)?;
    let mut frame = Frame::plain(data);
    if !forms.is_empty() {
        Arc::make_mut(&mut frame.forms).extend(forms);
    }
    Ok(frame)
}
