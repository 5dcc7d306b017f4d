//! Tables out of records whose columns have no declared type, in two passes: the first finds names and types over all
//! values, the second makes the parts.

use assay_core::Task;
use assay_core::dataset::{BadRow, ImportOptions};
use assay_core::schema::{Column, Schema};

use super::batches::{BATCH_ROWS, Batches};
use super::cells::{Builder, Cell, Row, Seen};
use super::names;
use super::nulls::Nulls;
use crate::error::Error;
use crate::frame::Frame;

/// A source that is read record by record, as often as is asked.
pub(super) trait Records: Send {
    /// To the first record.
    fn rewind(&mut self) -> Result<(), Error>;

    /// The next record, put into the row.
    fn next(&mut self, row: &mut Row) -> Result<Next, Error>;

    /// Names of the columns that the rows number, complete after a pass; `None`: there is no such column after all.
    fn names(&self) -> Vec<Option<String>>;

    /// The line of the record that came last, or the row of a sheet.
    fn line(&self) -> Option<u64> {
        None
    }

    /// Whether [`Self::line`] is a line.
    fn has_lines(&self) -> bool {
        false
    }

    /// Bytes done, and all.
    fn progress(&self) -> (u64, u64);

    /// What a pass found odd, each in a sentence.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}

pub(super) enum Next {
    Row,
    Bad(BadRow),
    End,
}

/// More columns are no table.
pub(crate) const MAX_COLUMNS: usize = 100_000;

const RECORDS_PER_CHECK: u64 = 1024;
/// Cells of a part: wide tables come in shorter parts.
const PART_CELLS: usize = 1 << 22;
/// Bytes of texts after which a part ends.
const PART_BYTES: usize = 8 << 20;

pub(super) struct RecordBatches<R> {
    records: R,
    nulls: Nulls,
    schema: Schema,
    /// The column of the table for each of the records' columns.
    places: Vec<Option<usize>>,
    bad: Vec<BadRow>,
    /// Where the rows of the last part stand in the source.
    lines: Vec<u64>,
    row: Row,
    /// Records that are read at most, and those that have been.
    limit: u64,
    n_read: u64,
    at_end: bool,
}

impl<R: Records> RecordBatches<R> {
    /// `limit`: as if the source had only that many records.
    pub(super) fn new(
        mut records: R,
        options: &ImportOptions,
        limit: Option<u64>,
        task: &Task,
    ) -> Result<Self, Error> {
        let nulls = Nulls::of_typed(&options.null_values);
        let limit = limit.unwrap_or(u64::MAX);
        let mut seen: Vec<Seen> = Vec::new();
        let mut row = Row::default();
        records.rewind()?;
        for n_read in 0..limit {
            if n_read % RECORDS_PER_CHECK == 0 {
                task.check()?;
                let (done, total) = records.progress();
                task.step(done, total, "finding types");
            }
            row.clear();
            match records.next(&mut row)? {
                Next::Row => {}
                Next::Bad(_) => continue,
                Next::End => break,
            }
            for (column, cell) in row.iter() {
                if column >= MAX_COLUMNS {
                    return Err(Error::TooLarge(format!(
                        "it has more than {MAX_COLUMNS} columns"
                    )));
                }
                if column >= seen.len() {
                    seen.resize_with(column + 1, Seen::default);
                }
                if let Some(seen) = seen.get_mut(column) {
                    seen.push(cell.present(&nulls));
                }
            }
        }
        for warning in records.warnings() {
            task.warn(warning);
        }
        let found = records.names();
        let kept: Vec<usize> = (0..found.len())
            .filter(|column| found.get(*column).is_some_and(Option::is_some))
            .collect();
        let names = names::repaired(found.iter().flatten().cloned().collect(), task);
        let mut places = vec![None; found.len()];
        let mut columns = Vec::with_capacity(kept.len());
        let nothing = Seen::default();
        for (place, (column, name)) in kept.into_iter().zip(names).enumerate() {
            let seen = seen.get(column).unwrap_or(&nothing);
            let found = seen.found(&name, task);
            if let Some(slot) = places.get_mut(column) {
                *slot = Some(place);
            }
            columns.push(Column {
                name,
                kind: found.kind,
                nullable: true,
                form: found.form,
            });
        }
        records.rewind()?;
        Ok(Self {
            records,
            nulls,
            schema: Schema { columns },
            places,
            bad: Vec::new(),
            lines: Vec::new(),
            row,
            limit,
            n_read: 0,
            at_end: false,
        })
    }
}

impl<R: Records> Batches for RecordBatches<R> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error> {
        if self.at_end {
            return Ok(None);
        }
        let n_columns = self.schema.columns.len();
        let n_wanted = (PART_CELLS / n_columns.max(1)).clamp(64, BATCH_ROWS);
        let builder = |column| Builder::new(column, n_wanted.min(1024));
        let mut builders: Vec<Builder> = self.schema.columns.iter().map(builder).collect();
        let (mut n_rows, mut n_bad, mut n_bytes) = (0, 0, 0);
        self.lines.clear();
        let mut filled = vec![usize::MAX; n_columns];
        let mut cells: Vec<Cell<'_>> = Vec::new();
        while n_rows < n_wanted && n_bad < n_wanted && n_bytes < PART_BYTES {
            if self.n_read.is_multiple_of(RECORDS_PER_CHECK) {
                task.check()?;
            }
            if self.n_read == self.limit {
                self.at_end = true;
                break;
            }
            self.n_read += 1;
            self.row.clear();
            match self.records.next(&mut self.row)? {
                Next::Row => {}
                Next::Bad(bad) => {
                    self.bad.push(bad);
                    n_bad += 1;
                    continue;
                }
                Next::End => {
                    self.at_end = true;
                    break;
                }
            }
            self.lines.push(self.records.line().unwrap_or(self.n_read));
            n_bytes += self.row.text_bytes();
            cells.clear();
            for (column, cell) in self.row.iter() {
                if let Some(place) = self.places.get(column).copied().flatten()
                    && let Some(slot) = filled.get_mut(place)
                {
                    *slot = cells.len();
                    cells.push(cell.present(&self.nulls));
                }
            }
            for (builder, slot) in builders.iter_mut().zip(&mut filled) {
                builder.push(cells.get(*slot).copied().unwrap_or(Cell::Missing));
                *slot = usize::MAX;
            }
            cells = forget(cells);
            n_rows += 1;
        }
        if self.at_end && n_rows + n_bad == 0 {
            return Ok(None);
        }
        let series = builders
            .into_iter()
            .map(|builder| builder.finish().0)
            .collect();
        let frame = Frame::from_series(n_rows, series)?.with_forms_of(&self.schema);
        Ok(Some(frame))
    }

    fn take_bad_rows(&mut self) -> Vec<BadRow> {
        std::mem::take(&mut self.bad)
    }

    fn place_of(&self, row: usize) -> Option<u64> {
        self.lines.get(row).copied()
    }

    fn has_lines(&self) -> bool {
        self.records.has_lines()
    }

    fn progress(&self) -> (u64, u64) {
        self.records.progress()
    }
}

/// The same room for cells of another row.
fn forget<'b>(mut cells: Vec<Cell<'_>>) -> Vec<Cell<'b>> {
    cells.clear();
    cells.into_iter().map(|_| Cell::Missing).collect()
}
