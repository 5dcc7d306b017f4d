//! The rows of a version, a page at a time.

use std::sync::{Arc, PoisonError};

use assay_core::code::Code;
use assay_core::dataset::RowsRequest;
use assay_core::reference::Reference;
use assay_core::{ObjectHash, Task, query};
use assay_frame::{RowOrder, RowTexts, StoredTable};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// The rows that were found last, so that scrolling through them does not look for them again.
pub(crate) struct Shown {
    content: ObjectHash,
    filter: String,
    order_by: Option<String>,
    descending: bool,
    rows: Arc<RowOrder>,
}

impl Lab {
    /// The bytes that [`RowsRequest`] describes.
    pub fn rows(&self, request: &RowsRequest) -> Result<Vec<u8>, Error> {
        self.rows_of(request)
            .attempt(|| format!("show rows of `{}`", request.dataset))
    }

    fn rows_of(&self, request: &RowsRequest) -> Result<Vec<u8>, Cause> {
        let version = self.store.dataset_version(&request.dataset)?;
        let table = self.stored(&version)?;
        let order = self.select(request, &version.content, &table)?;
        let rows = table.page(&order, request.offset, request.limit.min(2_000))?;
        let mut bytes = rows.n_matching.to_le_bytes().to_vec();
        bytes.extend_from_slice(&rows.ipc);
        Ok(bytes)
    }

    fn select(
        &self,
        request: &RowsRequest,
        content: &ObjectHash,
        table: &StoredTable,
    ) -> Result<Arc<RowOrder>, Cause> {
        let filter = query::parse(&request.filter).map_err(|error| {
            Cause::with_hint(
                Code::Invalid,
                error.to_string(),
                "write for example: island = \"Dream\" and body_mass_g > 4000",
            )
        })?;
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = shown.as_ref()
            && shown.content == *content
            && shown.filter == request.filter
            && shown.order_by == request.order_by
            && shown.descending == request.descending
        {
            return Ok(Arc::clone(&shown.rows));
        }
        let rows = Arc::new(table.select(
            request.order_by.as_deref(),
            request.descending,
            &filter,
            &Task::silent(),
        )?);
        *shown = Some(Shown {
            content: content.clone(),
            filter: request.filter.clone(),
            order_by: request.order_by.clone(),
            descending: request.descending,
            rows: Arc::clone(&rows),
        });
        Ok(rows)
    }

    /// The first rows as texts, for a terminal.
    pub fn head(&self, dataset: &Reference, n_rows: u32) -> Result<RowTexts, Error> {
        let attempted = || format!("show rows of `{dataset}`");
        self.store
            .dataset_version(dataset)
            .map_err(Cause::from)
            .and_then(|version| self.stored(&version))
            .attempt(attempted)?
            .head(0, n_rows)
            .attempt(attempted)
    }
}
