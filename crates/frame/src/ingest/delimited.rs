//! Delimited text: rows found by the quotes and line breaks, types believed from the beginning.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use assay_core::Task;
use assay_core::dataset::{BadRow, ImportOptions};
use assay_core::schema::{Column, ColumnType, Form, Schema};
use assay_core::words::count;

use super::blocks::{Block, Blocks, Lines};
use super::literal::Seen;
use super::parse::{self, Parsed};
use super::pipeline::{self, Stages};
use super::plan::{self, ColumnPlan, FilePlan, Kind, Plan};
use super::stream::{self, Found, Taker, Tally};
use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::read::source::{self, ReadBytes};

/// Rows on their way, with what is not in them.
pub(super) struct Pass {
    pub frame: Frame,
    pub bad: Vec<BadRow>,
    /// Where the bad rows stand, when there are several files.
    pub file: Option<String>,
    /// See [`parse::Rows::offsets`].
    pub offsets: Vec<Option<(i32, i32)>>,
    /// Values of the columns that a person made categories.
    pub levels: Vec<Option<BTreeSet<String>>>,
}

pub(super) fn stream<T: Taker>(
    files: &[PathBuf],
    options: &ImportOptions,
    taker: &T,
    task: &Task,
) -> Result<Found, T::Failure> {
    let mut plan = Plan::of(files, options, task)?;
    if !plan.is_settled {
        look_at_all(&mut plan, options, task)?;
    }
    if let Some(found) = pass(&plan, options, taker, task)? {
        return Ok(found);
    }
    look_at_all(&mut plan, options, task)?;
    match pass(&plan, options, taker, task)? {
        Some(found) => Ok(found),
        None => Err(Error::Unreadable("it changed while it was read".to_owned()).into()),
    }
}

/// One try with the types of the plan; `None` when a value does not fit.
fn pass<T: Taker>(
    plan: &Plan,
    options: &ImportOptions,
    taker: &T,
    task: &Task,
) -> Result<Option<Found>, T::Failure> {
    let schema = schema_of(&plan.columns);
    taker.begin(&schema);
    let mut reader = Reader::new(plan, options, task, "reading");
    let several = plan.files.len() > 1;
    let rows = Mutex::new(0);
    let tally = stream::run(
        taker,
        Tally::new(&schema, several, options.bad_rows),
        &mut || {
            let n_rows = *rows.lock().unwrap_or_else(PoisonError::into_inner);
            reader.next(n_rows)
        },
        &|piece: Piece| {
            task.check()?;
            let parsed = parse::parse(
                &piece.block,
                &piece.file,
                &plan.columns,
                &plan.nulls,
                piece.skip,
            )?;
            let Parsed::Rows(parsed) = parsed else {
                return Ok(None);
            };
            *rows.lock().unwrap_or_else(PoisonError::into_inner) += parsed.frame.n_rows() as u64;
            Ok(Some(Pass {
                levels: levels_of(&parsed.frame, &plan.columns)?,
                frame: parsed.frame,
                bad: parsed.bad,
                file: several.then(|| plan::shown(&piece.file.path)),
                offsets: parsed.offsets,
            }))
        },
    )?;
    Ok(match tally {
        None => None,
        Some(tally) => Some(tally.found(&schema, task)?),
    })
}

/// Finds the types over all values of all files.
fn look_at_all(plan: &mut Plan, options: &ImportOptions, task: &Task) -> Result<(), Error> {
    let mut all = vec![Seen::default(); plan.columns.len()];
    let mut reader = Reader::new(plan, options, task, "finding types");
    pipeline::run(Stages {
        next: &mut || reader.next(0),
        parse: &|piece: Piece| {
            task.check()?;
            Ok(parse::look(
                &piece.block,
                &piece.file,
                &plan.columns,
                &plan.nulls,
                piece.skip,
            ))
        },
        order: &mut |seen: Option<Vec<Seen>>| {
            for (so_far, seen) in all.iter_mut().zip(seen.into_iter().flatten()) {
                *so_far = so_far.and(seen);
            }
            Ok(Vec::<()>::new())
        },
        finish: &|()| Ok::<(), Error>(()),
    })?;
    plan.retype(&all, task);
    Ok(())
}

/// A block and the file it is of.
struct Piece {
    block: Block,
    file: Arc<FilePlan>,
    skip: usize,
}

/// All blocks of all files.
struct Reader<'a> {
    plan: &'a Plan,
    options: &'a ImportOptions,
    task: &'a Task,
    phase: &'static str,
    /// The file that is read, and its blocks.
    open: Option<Open>,
    next_file: usize,
    bytes_before: u64,
    bytes_total: u64,
}

struct Open {
    file: Arc<FilePlan>,
    blocks: Blocks<Box<dyn Read + Send>>,
    progress: ReadBytes,
    is_first: bool,
}

impl<'a> Reader<'a> {
    fn new(
        plan: &'a Plan,
        options: &'a ImportOptions,
        task: &'a Task,
        phase: &'static str,
    ) -> Self {
        let bytes_total = plan
            .files
            .iter()
            .filter_map(|file| std::fs::metadata(&file.path).ok())
            .map(|metadata| metadata.len())
            .sum();
        Self {
            plan,
            options,
            task,
            phase,
            open: None,
            next_file: 0,
            bytes_before: 0,
            bytes_total,
        }
    }

    fn next(&mut self, n_rows: u64) -> Result<Option<Piece>, Error> {
        loop {
            self.task.check()?;
            let Some(open) = &mut self.open else {
                let Some(file) = self.plan.files.get(self.next_file) else {
                    return Ok(None);
                };
                self.next_file += 1;
                self.open = Some(open_file(file, self.options).map_err(|error| {
                    plan::in_file(self.plan.files.len() > 1, &file.path, error)
                })?);
                continue;
            };
            let block = open.blocks.next().map_err(|error| {
                plan::in_file(self.plan.files.len() > 1, &open.file.path, error)
            })?;
            let phase = if n_rows > 0 {
                format!("{}, {} rows", self.phase, count(n_rows))
            } else {
                self.phase.to_owned()
            };
            self.task.step(
                self.bytes_before + open.progress.done(),
                self.bytes_total,
                phase,
            );
            match block {
                Some(block) => {
                    let skip = if open.is_first {
                        open.file.n_header_records
                    } else {
                        0
                    };
                    open.is_first = false;
                    return Ok(Some(Piece {
                        block,
                        file: Arc::clone(&open.file),
                        skip,
                    }));
                }
                None => {
                    self.bytes_before += open.progress.total;
                    self.open = None;
                }
            }
        }
    }
}

fn open_file(file: &Arc<FilePlan>, options: &ImportOptions) -> Result<Open, Error> {
    let source = source::open(&file.path, options)?;
    Ok(Open {
        blocks: Blocks::new(
            source.reader,
            Lines {
                delimiter: file.dialect.delimiter,
                quote: file.dialect.quote,
                comment: options.comment.clone(),
                skip_lines: options.skip_lines,
            },
        ),
        file: Arc::clone(file),
        progress: source.progress,
        is_first: true,
    })
}

pub(super) fn schema_of(columns: &[ColumnPlan]) -> Schema {
    Schema {
        columns: columns
            .iter()
            .map(|column| Column {
                name: column.name.clone(),
                kind: match column.kind {
                    Kind::Integer => ColumnType::Integer,
                    Kind::Float | Kind::Decimal { .. } => ColumnType::Float,
                    Kind::Boolean => ColumnType::Boolean,
                    Kind::Date => ColumnType::Date,
                    Kind::Datetime => ColumnType::Datetime,
                    Kind::Text | Kind::Unknown => ColumnType::Text,
                },
                nullable: true,
                form: column.form.clone(),
            })
            .collect(),
    }
}

fn levels_of(
    frame: &Frame,
    columns: &[ColumnPlan],
) -> Result<Vec<Option<BTreeSet<String>>>, Error> {
    let mut all = Vec::with_capacity(columns.len());
    for column in columns {
        let View::Text(values) = (match &column.form {
            Some(Form::Category { levels, .. }) if levels.is_empty() => frame.view(&column.name)?,
            _ => {
                all.push(None);
                continue;
            }
        }) else {
            all.push(None);
            continue;
        };
        let distinct: std::collections::HashSet<&str> = values.iter().flatten().collect();
        all.push(Some(distinct.into_iter().map(str::to_owned).collect()));
    }
    Ok(all)
}
