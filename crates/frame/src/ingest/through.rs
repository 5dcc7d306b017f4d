//! Rows of files through a function, into a table that stands on the disk: neither needs to fit into memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::schema::{Column, Schema};

use super::SetAsideRows;
use super::stream::{self, Taker};
use crate::error::Error;
use crate::frame::Frame;
use crate::stored::StoredTable;
use crate::write::write_parquet;

/// What came out.
#[derive(Debug)]
pub struct Through {
    /// Its parts stand in the folder that was named.
    pub table: StoredTable,
    pub n_rows: u64,
    /// `None`: all rows could be read.
    pub set_aside: Option<SetAsideRows>,
}

/// `change` is called from several threads, for some thousands of rows at once; it keeps their number and order, and
/// answers the same columns each time. When a type that was believed turns out wrong, all rows come once more.
///
/// # Errors
/// As [`super::ingest`], and what `change` says.
pub fn through<E: From<Error> + Send>(
    files: &[PathBuf],
    options: &ImportOptions,
    folder: &Path,
    task: &Task,
    change: impl Fn(Frame) -> Result<Frame, E> + Sync,
) -> Result<Through, E> {
    let parts = Parts {
        change,
        folder,
        state: Mutex::default(),
    };
    let found = stream::stream(files, options, &parts, task)?;
    let state = parts
        .state
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let schema = state.schema(&found.schema);
    let groups = state
        .written
        .into_iter()
        .map(|(number, part)| (parts_path(folder, number), part.n_rows));
    Ok(Through {
        table: StoredTable::new(schema, groups),
        n_rows: found.n_rows,
        set_aside: found.set_aside,
    })
}

struct Parts<'a, F> {
    change: F,
    folder: &'a Path,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    n_ordered: u64,
    written: BTreeMap<u64, Written>,
}

struct Written {
    n_rows: u64,
    schema: Schema,
}

impl State {
    /// That of the parts, with the forms that reading found out at its end.
    fn schema(&self, read: &Schema) -> Schema {
        let mut schema = Schema::default();
        for part in self.written.values() {
            for (index, column) in part.schema.columns.iter().enumerate() {
                match schema.columns.get_mut(index) {
                    Some(known) => known.nullable |= column.nullable,
                    None => schema.columns.push(column.clone()),
                }
            }
        }
        for column in &mut schema.columns {
            let same = |other: &&Column| other.name == column.name && other.kind == column.kind;
            if let Some(known) = read.columns.iter().find(same) {
                column.form.clone_from(&known.form);
            }
        }
        schema
    }
}

impl<F> Parts<'_, F> {
    fn held(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E: From<Error> + Send, F: Fn(Frame) -> Result<Frame, E> + Sync> Taker for Parts<'_, F> {
    type Failure = E;
    type Part = Frame;
    type Group = (u64, Frame);

    fn begin(&self, _: &Schema) {
        // Files of a pass that was given up are written over.
        *self.held() = State::default();
    }

    fn part(&self, frame: Frame) -> Result<Frame, E> {
        if frame.n_rows() == 0 {
            return Ok(frame);
        }
        (self.change)(frame)
    }

    fn order(&self, part: Option<Frame>) -> Result<Vec<(u64, Frame)>, E> {
        let mut state = self.held();
        let part = part.filter(|frame| frame.n_rows() > 0);
        Ok(part
            .map(|frame| {
                state.n_ordered += 1;
                (state.n_ordered, frame)
            })
            .into_iter()
            .collect())
    }

    fn finish(&self, (number, frame): (u64, Frame)) -> Result<(), E> {
        write_parquet(&frame, &parts_path(self.folder, number))?;
        let written = Written {
            n_rows: frame.n_rows() as u64,
            schema: frame.schema(),
        };
        self.held().written.insert(number, written);
        Ok(())
    }
}

fn parts_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("part-{number}.parquet"))
}
