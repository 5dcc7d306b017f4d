//! The rows of files, part after part, to whoever takes them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use assay_core::dataset::{BadRows, ImportOptions};
use assay_core::schema::{Column, Form, Schema};
use assay_core::words::count;
use assay_core::{ObjectHash, Task};

use super::SetAsideRows;
use super::bad_rows::BadRowFile;
use super::delimited::{self, Pass};
use super::pipeline::{self, Stages};
use crate::error::{Error, FileKind};
use crate::frame::Frame;
use crate::read;

/// Takes the rows of a table. All calls but `order` come from any thread.
pub(super) trait Taker: Sync {
    type Failure: From<Error> + Send;
    type Part: Send;
    type Group: Send;

    /// Rows come from the first on, perhaps once more, in columns of these names and types. Forms other than decimals
    /// are known at the end only.
    fn begin(&self, schema: &Schema);

    fn part(&self, frame: Frame) -> Result<Self::Part, Self::Failure>;

    /// Parts in their order; `None` after the last.
    fn order(&self, part: Option<Self::Part>) -> Result<Vec<Self::Group>, Self::Failure>;

    fn finish(&self, group: Self::Group) -> Result<(), Self::Failure>;
}

/// What reading found out beside the rows.
pub(super) struct Found {
    /// With forms, and with what is nullable.
    pub schema: Schema,
    pub n_rows: u64,
    pub set_aside: Option<SetAsideRows>,
}

/// Gives all rows of the files to `taker`.
pub(super) fn stream<T: Taker>(
    files: &[PathBuf],
    options: &ImportOptions,
    taker: &T,
    task: &Task,
) -> Result<Found, T::Failure> {
    task.check().map_err(Error::from)?;
    if read::kind_of_files(files, options)? == FileKind::Delimited {
        return delimited::stream(files, options, taker, task);
    }
    let batches = read::batches(files, options, task)?;
    stream_batches(batches, files.len() > 1, options, taker, task)
}

/// Gives all rows of a table that comes in parts to `taker`.
pub(super) fn stream_batches<T: Taker>(
    mut batches: Box<dyn read::Batches>,
    several_files: bool,
    options: &ImportOptions,
    taker: &T,
    task: &Task,
) -> Result<Found, T::Failure> {
    let schema = batches.schema().clone();
    let mut tally = Tally::new(&schema, several_files, options.bad_rows);
    tally.bad_rows.unit = if batches.has_lines() { "line" } else { "row" };
    taker.begin(&schema);
    let mut n_rows = 0;
    let tally = run(
        taker,
        tally,
        &mut || {
            let Some(frame) = batches.next(task)? else {
                return Ok(None);
            };
            n_rows += frame.n_rows() as u64;
            let (done, total) = batches.progress();
            task.step(done, total, format!("reading, {} rows", count(n_rows)));
            Ok(Some(Pass {
                frame,
                bad: batches.take_bad_rows(),
                file: None,
                offsets: Vec::new(),
                levels: Vec::new(),
            }))
        },
        &|pass| Ok(Some(pass)),
    )?;
    match tally {
        // levels that a person did not name are known now
        Some(tally) => Ok(tally.found(batches.schema(), task)?),
        // only delimited text is believed to have types
        None => Err(Error::Unreadable("its types changed while it was read".to_owned()).into()),
    }
}

/// Runs all stages; `None` when a value did not fit the type that its column was believed to have.
pub(super) fn run<T: Taker, Block: Send>(
    taker: &T,
    mut tally: Tally,
    next: &mut dyn FnMut() -> Result<Option<Block>, Error>,
    parse: &(dyn Fn(Block) -> Result<Option<Pass>, Error> + Sync),
) -> Result<Option<Tally>, T::Failure> {
    enum Halt<F> {
        Misfit,
        Failed(F),
    }
    let halted = |error: Error| Halt::Failed(T::Failure::from(error));
    let outcome = pipeline::run(Stages {
        next: &mut || next().map_err(halted),
        parse: &|block| {
            let Some(mut pass) = parse(block).map_err(halted)? else {
                return Err(Halt::Misfit);
            };
            let counted = Counted::of(&mut pass);
            let part = taker.part(pass.frame).map_err(Halt::Failed)?;
            Ok((counted, part))
        },
        order: &mut |part: Option<(Counted, T::Part)>| match part {
            None => taker.order(None).map_err(Halt::Failed),
            Some((counted, part)) => {
                tally.add(counted).map_err(halted)?;
                if tally.is_refused() {
                    // nothing will be kept: the rest is read to count its bad rows
                    return Ok(Vec::new());
                }
                taker.order(Some(part)).map_err(Halt::Failed)
            }
        },
        finish: &|group| taker.finish(group).map_err(Halt::Failed),
    });
    match outcome {
        Ok(()) => Ok(Some(tally)),
        Err(Halt::Misfit) => Ok(None),
        Err(Halt::Failed(failure)) => Err(failure),
    }
}

/// What is counted of one part.
struct Counted {
    n_rows: u64,
    /// By column.
    n_missing: Vec<u64>,
    bad: Vec<assay_core::dataset::BadRow>,
    file: Option<String>,
    offsets: Vec<Option<(i32, i32)>>,
    levels: Vec<Option<BTreeSet<String>>>,
}

impl Counted {
    fn of(pass: &mut Pass) -> Self {
        Self {
            n_rows: pass.frame.n_rows() as u64,
            n_missing: pass
                .frame
                .data
                .columns()
                .iter()
                .map(|column| column.null_count() as u64)
                .collect(),
            bad: std::mem::take(&mut pass.bad),
            file: pass.file.take(),
            offsets: std::mem::take(&mut pass.offsets),
            levels: std::mem::take(&mut pass.levels),
        }
    }
}

/// What is counted over all parts.
pub(super) struct Tally {
    n_rows: u64,
    n_missing: Vec<u64>,
    offsets: Vec<Option<(i32, i32)>>,
    levels: Vec<Option<BTreeSet<String>>>,
    bad_rows: BadRowFile,
    choice: BadRows,
}

impl Tally {
    pub(super) fn new(schema: &Schema, several_files: bool, choice: BadRows) -> Self {
        let n_columns = schema.columns.len();
        Self {
            n_rows: 0,
            n_missing: vec![0; n_columns],
            offsets: vec![None; n_columns],
            levels: vec![None; n_columns],
            bad_rows: BadRowFile::new(several_files),
            choice,
        }
    }

    fn is_refused(&self) -> bool {
        self.choice == BadRows::Refuse && self.bad_rows.n_rows() > 0
    }

    fn add(&mut self, counted: Counted) -> Result<(), Error> {
        self.n_rows += counted.n_rows;
        for (sum, more) in self.n_missing.iter_mut().zip(&counted.n_missing) {
            *sum += more;
        }
        for (sum, more) in self.offsets.iter_mut().zip(counted.offsets) {
            *sum = match (*sum, more) {
                (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
                (one, other) => one.or(other),
            };
        }
        for (sum, more) in self.levels.iter_mut().zip(counted.levels) {
            if let Some(more) = more {
                sum.get_or_insert_default().extend(more);
            }
        }
        for row in counted.bad {
            self.bad_rows.push(counted.file.as_deref(), row)?;
        }
        Ok(())
    }

    /// # Errors
    /// [`Error::BadRows`] when bad rows are refused, [`Error::NoRows`].
    pub(super) fn found(self, schema: &Schema, task: &Task) -> Result<Found, Error> {
        if self.is_refused() {
            return Err(self.bad_rows.refused(self.n_rows));
        }
        if self.n_rows == 0 || schema.columns.is_empty() {
            return Err(match self.bad_rows.n_rows() {
                0 => Error::NoRows,
                _ => self.bad_rows.refused(0),
            });
        }
        let mut columns = Vec::with_capacity(schema.columns.len());
        for (i, column) in schema.columns.iter().enumerate() {
            let n_missing = self.n_missing.get(i).copied().unwrap_or(0);
            if n_missing == self.n_rows {
                task.warn(format!("column `{}` has no value in any row", column.name));
            }
            let offsets = self.offsets.get(i).copied().flatten();
            let levels = self.levels.get(i).and_then(Option::as_ref);
            columns.push(Column {
                nullable: n_missing > 0,
                form: form(column, offsets, levels),
                ..column.clone()
            });
        }
        Ok(Found {
            schema: Schema { columns },
            n_rows: self.n_rows,
            set_aside: self.bad_rows.finish()?,
        })
    }
}

fn form(
    column: &Column,
    offsets: Option<(i32, i32)>,
    levels: Option<&BTreeSet<String>>,
) -> Option<Form> {
    match (&column.form, offsets, levels) {
        (None, Some((least, greatest)), _) => Some(Form::Zone {
            name: if least == greatest {
                zone_of(least)
            } else {
                "UTC".to_owned()
            },
        }),
        (
            Some(Form::Category {
                levels: given,
                ordered,
            }),
            _,
            Some(levels),
        ) if given.is_empty() => Some(Form::Category {
            levels: levels.iter().cloned().collect(),
            ordered: *ordered,
        }),
        (form, _, _) => form.clone(),
    }
}

/// `UTC`, `+02:00`
fn zone_of(offset_secs: i32) -> String {
    if offset_secs == 0 {
        return "UTC".to_owned();
    }
    let sign = if offset_secs < 0 { '-' } else { '+' };
    let minutes = offset_secs.unsigned_abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The name of a version: that of its row groups and of the forms of its columns.
pub(super) fn content_of(schema: &Schema, groups: &[assay_core::dataset::RowGroup]) -> ObjectHash {
    let forms: BTreeMap<&str, &Form> = schema
        .columns
        .iter()
        .filter_map(|column| Some((column.name.as_str(), column.form.as_ref()?)))
        // decimals are in the names of the groups already
        .filter(|(_, form)| !matches!(form, Form::Decimal { .. }))
        .collect();
    crate::hash::version_hash(groups, &forms)
}
