//! A version as a file again.

use std::path::Path;

use assay_core::code::Code;
use assay_core::reference::Reference;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// Writes a version as CSV, JSON lines or Parquet, by the ending of the path.
    pub fn export_dataset(&self, dataset: &Reference, path: &Path) -> Result<(), Error> {
        self.export_dataset_to(dataset, path)
            .attempt(|| format!("export `{dataset}` to {}", path.display()))
    }

    fn export_dataset_to(&self, dataset: &Reference, path: &Path) -> Result<(), Cause> {
        let frame = self.frame_of(&self.store.dataset_version(dataset)?)?;
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("csv") => assay_frame::write_csv(&frame, path)?,
            Some("parquet") => assay_frame::write_parquet(&frame, path)?,
            Some("jsonl" | "ndjson") => assay_frame::write_json_lines(&frame, path)?,
            _ => {
                return Err(Cause::with_hint(
                    Code::Unsupported,
                    "the ending of the path names no format",
                    "end it in .csv, .parquet or .jsonl",
                ));
            }
        }
        Ok(())
    }
}
