//! Tables that come as Arrow arrays (Parquet, Arrow IPC), brought to the types of a table: structs become columns of
//! their own (`a.b`), lists JSON text, dictionaries of texts categories.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use assay_core::Task;
use assay_core::schema::{ColumnType, Form, Schema};
use polars::error::PolarsError;
use polars::prelude::{ArrowField, Series};
use polars_arrow::array::Array;

use super::arrow_columns::{Exceeding, Leaf, Levels};
use super::batches::{BATCH_ROWS, Batches};
use crate::error::Error;
use crate::frame::Frame;

/// Rows of some columns.
pub(super) struct Rows {
    pub(super) n_rows: usize,
    /// One per wanted field, of equal lengths.
    pub(super) arrays: Vec<Box<dyn Array>>,
}

/// A file that gives its rows in parts of its own size.
pub(super) trait Parts: Send {
    /// The columns as the file has them.
    fn fields(&self) -> &[ArrowField];
    /// To the first part.
    fn rewind(&mut self);
    /// The next part of the fields named by their 0-based indices, ascending; `None` at the end.
    fn next(&mut self, wanted: &[usize]) -> Result<Option<Rows>, Error>;
    /// Forms that Assay wrote beside the columns, by their names.
    fn forms(&self) -> BTreeMap<String, Form> {
        BTreeMap::new()
    }
    /// Whether dictionaries keep the order of their levels.
    fn keeps_level_order(&self) -> bool;
    /// Bytes done, and all.
    fn progress(&self) -> (u64, u64);
}

pub(super) struct ArrowBatches<P> {
    parts: P,
    leaves: Vec<Leaf>,
    schema: Schema,
    /// Rows of a part that have not been given yet.
    pending: Option<Frame>,
}

impl<P: Parts> ArrowBatches<P> {
    /// `limit`: types are found in parts with that many rows. Reads columns whose type depends on all their values once: dictionaries, and whole numbers without a sign.
    ///
    /// # Errors
    /// [`Error::UnsupportedType`] names a column of a type that no table holds.
    pub(super) fn new(mut parts: P, limit: Option<u64>, task: &Task) -> Result<Self, Error> {
        let mut leaves = super::arrow_columns::leaves(parts.fields(), task)?;
        let forms = parts.forms();
        for leaf in &mut leaves {
            leaf.take(forms.get(&leaf.name), parts.keeps_level_order());
        }
        learn(&mut parts, &mut leaves, limit, task)?;
        parts.rewind();
        Ok(Self {
            schema: Schema {
                columns: leaves.iter().map(Leaf::column).collect(),
            },
            parts,
            leaves,
            pending: None,
        })
    }

    fn part(&mut self) -> Result<Option<Frame>, Error> {
        let wanted: Vec<usize> = (0..self.parts.fields().len()).collect();
        let Some(rows) = self.parts.next(&wanted)? else {
            return Ok(None);
        };
        let series = self
            .leaves
            .iter()
            .map(|leaf| {
                let array = rows.arrays.get(leaf.field);
                let array = array.ok_or_else(|| Error::Engine("a column is missing".to_owned()))?;
                leaf.series(array.as_ref())
            })
            .collect::<Result<Vec<Series>, Error>>()?;
        let frame = Frame::from_series(rows.n_rows, series)?.with_forms_of(&self.schema);
        Ok(Some(frame))
    }
}

impl<P: Parts> Batches for ArrowBatches<P> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error> {
        loop {
            task.check()?;
            if let Some(frame) = self.pending.take() {
                let part = frame.slice(0, BATCH_ROWS);
                if part.n_rows() < frame.n_rows() {
                    self.pending = Some(frame.slice(BATCH_ROWS, usize::MAX));
                }
                if part.n_rows() > 0 {
                    return Ok(Some(part));
                }
            }
            self.pending = self.part()?;
            if self.pending.is_none() {
                return Ok(None);
            }
        }
    }

    fn progress(&self) -> (u64, u64) {
        self.parts.progress()
    }
}

/// The first pass, over the columns that need one.
fn learn(
    parts: &mut impl Parts,
    leaves: &mut [Leaf],
    limit: Option<u64>,
    task: &Task,
) -> Result<(), Error> {
    let mut wanted: Vec<usize> = leaves
        .iter()
        .filter(|leaf| leaf.needs_a_look())
        .map(|leaf| leaf.field)
        .collect();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut levels: Vec<Levels> = leaves.iter().map(|_| Levels::default()).collect();
    let mut exceeding: Vec<Exceeding> = leaves.iter().map(|_| Exceeding::default()).collect();
    parts.rewind();
    let mut n_rows = 0;
    while let Some(rows) = parts.next(&wanted)? {
        task.check()?;
        let (done, total) = parts.progress();
        task.step(done, total, "finding categories");
        for ((leaf, levels), exceeding) in leaves.iter().zip(&mut levels).zip(&mut exceeding) {
            let Ok(place) = wanted.binary_search(&leaf.field) else {
                continue;
            };
            if let Some(array) = rows.arrays.get(place) {
                leaf.look(array.as_ref(), levels, exceeding)?;
            }
        }
        n_rows += rows.n_rows as u64;
        if limit.is_some_and(|limit| n_rows >= limit) {
            break;
        }
    }
    for ((leaf, levels), exceeding) in leaves.iter_mut().zip(levels).zip(exceeding) {
        if let Some(Form::Category { levels: known, .. }) = &mut leaf.form
            && known.is_empty()
        {
            match levels.into_list() {
                Some(list) => *known = list,
                None => {
                    task.warn(format!(
                        "column `{}` has too many levels for a category; it is kept as text",
                        leaf.name
                    ));
                    leaf.form = None;
                }
            }
        }
        if exceeding.found {
            task.warn(format!(
                "column `{}` holds whole numbers that exceed 64 bits; it is kept as text",
                leaf.name
            ));
            leaf.kind = ColumnType::Text;
        }
    }
    Ok(())
}

/// What polars says is wrong; polars panics on some damaged files instead of returning an error.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, PolarsError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            let text = error.to_string();
            Err(text.lines().next().unwrap_or(&text).to_owned())
        }
        Err(_) => Err("the file is damaged".to_owned()),
    }
}
