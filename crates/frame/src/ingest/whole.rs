//! A file as one table in memory.

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::schema::Schema;

use super::stream::{self, Taker};
use crate::error::Error;
use crate::frame::Frame;

/// Reads a file into a table. Its kind is found out from its content; a name that says otherwise is an error.
///
/// Delimited text: fields are trimmed; the empty field, `options.null_values` and the usual markers (`?`, `NA`,
/// `N/A`, `n/a`, `null`, `NULL`, `NaN`, `nan`, `None`, `<NA>`, `#N/A` and pandas' others) are missing. A column gets
/// the first type that fits all its values: integer, float, boolean (`true`, `false` in any case), date (ISO 8601),
/// date-time (ISO 8601; times with an offset are kept in UTC), text. Codes with leading zeros (`007`) and whole numbers
/// that exceed 64 bits stay text. JSON: texts stay texts but for dates; `null`, the empty text and
/// `options.null_values` are missing.
///
/// Warnings (columns without a value, repaired names, a header that is none ...) go to the task.
///
/// # Errors
/// See [`Error`]; each names the line, the column or the kind that is wrong.
pub fn read(path: &Path, options: &ImportOptions, task: &Task) -> Result<Frame, Error> {
    let whole = Whole::default();
    let found = stream::stream(&[path.to_owned()], options, &whole, task)?;
    let rows = whole
        .rows
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
        .ok_or(Error::NoRows)?;
    task.step(1, 1, "read");
    Ok(rows.with_forms_of(&found.schema))
}

#[derive(Default)]
struct Whole {
    rows: Mutex<Option<Frame>>,
}

impl Taker for Whole {
    type Failure = Error;
    type Part = Frame;
    type Group = Infallible;

    fn begin(&self, _schema: &Schema) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn part(&self, frame: Frame) -> Result<Frame, Error> {
        Ok(frame)
    }

    fn order(&self, part: Option<Frame>) -> Result<Vec<Infallible>, Error> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        match (rows.as_mut(), part) {
            (_, None) => {}
            (None, Some(part)) => *rows = Some(part),
            (Some(rows), Some(part)) => {
                rows.data.vstack_mut_owned(part.data)?;
            }
        }
        Ok(Vec::new())
    }

    fn finish(&self, group: Infallible) -> Result<(), Error> {
        match group {}
    }
}
