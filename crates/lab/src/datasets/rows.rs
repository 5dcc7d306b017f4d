//! The rows of a version, a page at a time.

use assay_core::code::Code;
use assay_core::dataset::{DatasetVersion, RowsRequest};
use assay_core::query;
use assay_core::reference::Reference;
use assay_frame::{Frame, RowTexts};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// The bytes that [`RowsRequest`] describes.
    pub fn rows(&self, request: &RowsRequest) -> Result<Vec<u8>, Error> {
        self.rows_of(request)
            .attempt(|| format!("show rows of `{}`", request.dataset))
    }

    fn rows_of(&self, request: &RowsRequest) -> Result<Vec<u8>, Cause> {
        let filter = query::parse(&request.filter).map_err(|error| {
            Cause::with_hint(
                Code::Invalid,
                error.to_string(),
                "write for example: island = \"Dream\" and body_mass_g > 4000",
            )
        })?;
        let frame = self.cached_frame(&self.store.dataset_version(&request.dataset)?)?;
        let rows = assay_frame::rows(
            &frame,
            request.offset,
            request.limit.min(2_000),
            request.order_by.as_deref(),
            request.descending,
            &filter,
        )?;
        let mut bytes = rows.n_matching.to_le_bytes().to_vec();
        bytes.extend_from_slice(&rows.ipc);
        Ok(bytes)
    }

    /// The first rows as texts, for a terminal.
    pub fn head(&self, dataset: &Reference, n_rows: u32) -> Result<RowTexts, Error> {
        let frame = self
            .store
            .dataset_version(dataset)
            .map_err(Cause::from)
            .and_then(|version| self.frame_of(&version))
            .attempt(|| format!("show rows of `{dataset}`"))?;
        assay_frame::row_texts(&frame, 0, n_rows).attempt(|| format!("show rows of `{dataset}`"))
    }

    /// The table that was looked at last stays in memory, so that scrolling does not read it again.
    fn cached_frame(&self, version: &DatasetVersion) -> Result<Frame, Cause> {
        let mut shown = self
            .shown
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((content, frame)) = shown.as_ref()
            && *content == version.content
        {
            return Ok(frame.clone());
        }
        let frame = self.frame_of(version)?;
        *shown = Some((version.content.clone(), frame.clone()));
        Ok(frame)
    }
}
