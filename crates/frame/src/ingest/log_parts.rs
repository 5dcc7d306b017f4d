//! The rows of a log, part after part, in memory that does not grow with them.

use std::path::Path;

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::schema::Schema;

use super::stream::{self, Taker};
use crate::error::Error;
use crate::frame::Frame;

/// What becomes of the parts. A failure of any stage ends the reading.
pub struct LogStages<'a, Part, Group, E> {
    /// Rows come from the first on, perhaps once more: when a type that was believed turned out wrong.
    pub begin: &'a (dyn Fn(&Schema) + Sync),
    /// Called from any thread, for some thousands of rows.
    pub part: &'a (dyn Fn(Frame) -> Result<Part, E> + Sync),
    /// Called on one thread at a time, in the order of the rows.
    pub order: &'a (dyn Fn(Part) -> Result<Group, E> + Sync),
    /// Called from any thread, in any order.
    pub finish: &'a (dyn Fn(Group) -> Result<(), E> + Sync),
}

/// Reads one file; answers with the number of its rows and of those that could not be read.
///
/// # Errors
/// As [`super::ingest`], and what the stages say. [`Error::NoRows`] for a file with a header alone.
pub fn stream_log<Part: Send, Group: Send, E: From<Error> + Send>(
    file: &Path,
    options: &ImportOptions,
    stages: &LogStages<'_, Part, Group, E>,
    task: &Task,
) -> Result<(u64, u64), E> {
    let rows = Rows { stages };
    let found = stream::stream(&[file.to_owned()], options, &rows, task)?;
    let n_set_aside = found.set_aside.map_or(0, |rows| rows.n_rows);
    Ok((found.n_rows, n_set_aside))
}

struct Rows<'a, Part, Group, E> {
    stages: &'a LogStages<'a, Part, Group, E>,
}

impl<Part: Send, Group: Send, E: From<Error> + Send> Taker for Rows<'_, Part, Group, E> {
    type Failure = E;
    type Part = Option<Part>;
    type Group = Group;

    fn begin(&self, schema: &Schema) {
        (self.stages.begin)(schema);
    }

    fn part(&self, frame: Frame) -> Result<Option<Part>, E> {
        if frame.n_rows() == 0 {
            return Ok(None);
        }
        (self.stages.part)(frame).map(Some)
    }

    fn order(&self, part: Option<Option<Part>>) -> Result<Vec<Group>, E> {
        match part.flatten() {
            Some(part) => Ok(vec![(self.stages.order)(part)?]),
            None => Ok(Vec::new()),
        }
    }

    fn finish(&self, group: Group) -> Result<(), E> {
        (self.stages.finish)(group)
    }
}
