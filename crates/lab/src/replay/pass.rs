//! The one pass over a log: parts are read and scored on all cores, placed in order, and added to their panes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_core::Task;
use assay_core::code::Code;
use assay_core::drift::multivariate::{Drawn, draw};
use assay_core::schema::Schema;
use assay_core::words::count;
use assay_frame::{Frame, LogColumn, LogStages};

use super::accumulation::{Accumulation, Gathered, Pane};
use super::batch::{self, Batch};
use super::challenge::Sample;
use super::concept::{Concept, Errors};
use super::detecting::Detecting;
use super::losses;
use super::oddities::Oddities;
use super::panes::{Cut, Placed, Placing};
use super::reading::Reading;
use super::subject::Subject;
use super::tallies::{PaneRows, Tallies};
use crate::datasets::file_name;
use crate::error::Cause;

/// Rows of a log that are put in order in memory.
const MAX_SORTED: usize = 5_000_000;
/// Rows of a part of a log that was put in order.
const PART_ROWS: usize = 1 << 16;

/// What a log came to so far.
#[derive(Clone)]
pub struct Pass {
    pub cut: Cut,
    pub placing: Placing,
    pub odd: Oddities,
    pub total: Accumulation,
    pub concept: Concept,
    /// Rows of a pane of `total`, where nobody said how to cut.
    size: u64,
    pub n_set_aside: u64,
    pub sample: Sample,
    /// Rows that were read, with a place or without.
    n_read: u64,
}

impl Pass {
    pub fn new(cut: Cut, sample: Sample) -> Self {
        Self {
            size: size_of(&cut),
            cut,
            placing: Placing::default(),
            odd: Oddities::default(),
            total: Accumulation::default(),
            concept: Concept::default(),
            n_set_aside: 0,
            sample,
            n_read: 0,
        }
    }

    /// All files of a log. Rows that are windowed by their number and have times are put in order first when they do not
    /// come so.
    pub fn files(
        &mut self,
        subject: &Subject,
        reading: &Reading,
        task: &Task,
    ) -> Result<(), Cause> {
        let before = self.clone();
        for file in &reading.files {
            if !self.file(subject, reading, file, &file_name(file), task)? {
                *self = before;
                return self.sorted(subject, reading, task);
            }
        }
        Ok(())
    }

    /// One file, called by its name; false when its rows should be in order and are not. Then nothing has changed.
    pub fn file(
        &mut self,
        subject: &Subject,
        reading: &Reading,
        file: &Path,
        name: &str,
        task: &Task,
    ) -> Result<bool, Cause> {
        let is_disordered = AtomicBool::new(false);
        let ordering = Mutex::new(InOrder::of(self));
        let merging = Mutex::new(Merging::of(self));
        let wanted = wanted(reading);
        let kept = self.total.kept();
        let outcome = assay_frame::stream_log(
            file,
            &reading.options,
            &LogStages {
                begin: &|schema: &Schema| {
                    let mut first = InOrder::of(self);
                    let there: Vec<String> =
                        schema.columns.iter().map(|c| c.name.clone()).collect();
                    first.odd.file(name, &there, &wanted);
                    *held(&ordering) = first;
                    *held(&merging) = Merging::of(self);
                },
                part: &|frame: Frame| {
                    task.check()?;
                    batch::read(subject, reading, &self.cut, &frame)
                },
                order: &|batch: Batch| {
                    held(&ordering).place(batch).ok_or_else(|| {
                        is_disordered.store(true, Ordering::Relaxed);
                        Cause::said(Code::Invalid, "the rows are not in order")
                    })
                },
                finish: &|numbered: Numbered| {
                    let sample = held(&merging).sample.beside();
                    let (gathered, errors) = numbered.gathered(subject, reading, kept, sample)?;
                    let (number, size) = (gathered.number, gathered.size);
                    let detecting = {
                        let mut merging = held(&merging);
                        merging.add(gathered)?;
                        Arc::clone(&merging.detecting)
                    };
                    detecting.add(subject, number, size, errors);
                    Ok(())
                },
            },
            task,
        );
        match outcome {
            Err(_) if is_disordered.load(Ordering::Relaxed) => return Ok(false),
            Err(Cause::Frame(assay_frame::Error::NoRows)) => {
                self.odd.empty_file(name);
                return Ok(true);
            }
            Err(cause) => return Err(cause),
            Ok((_, n_set_aside)) => self.n_set_aside += n_set_aside,
        }
        let ordering = ordering
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let merging = merging.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.take(ordering, merging)?;
        Ok(true)
    }

    /// All rows in memory, by time.
    fn sorted(&mut self, subject: &Subject, reading: &Reading, task: &Task) -> Result<(), Cause> {
        let Some(times) = &reading.times else {
            return Ok(());
        };
        let mut frames = Vec::with_capacity(reading.files.len());
        let mut n_rows = 0;
        for file in &reading.files {
            let frame = assay_frame::read(file, &reading.options, task)?;
            n_rows += frame.n_rows();
            if n_rows > MAX_SORTED {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    format!(
                        "the rows are not in the order of their times, and over {} are too many to put in order",
                        count(MAX_SORTED as u64)
                    ),
                    "cut windows by time, for example 1d, or sort the log first",
                ));
            }
            self.odd
                .file(&file_name(file), &frame.names(), &wanted(reading));
            frames.push(frame);
        }
        let log = assay_frame::order_log(&Frame::concat(&frames)?.frame, times)?;
        drop(frames);
        let mut ordering = InOrder::of(self);
        let mut merging = Merging::of(self);
        ordering.placing.n_without_time += log.n_without_time;
        ordering.odd.times(&log.unreadable);
        let n_rows = log.frame.n_rows();
        for first in (0..n_rows).step_by(PART_ROWS) {
            task.check()?;
            task.step(first as u64, n_rows as u64, "scoring");
            let frame = log.frame.slice(first, PART_ROWS);
            let mut batch = batch::read(subject, reading, &self.cut, &frame)?;
            batch.times = log
                .times_ms
                .get(first..first + frame.n_rows())
                .map(|times| times.iter().copied().map(Some).collect());
            // What is odd about the times was counted over all rows.
            batch.odd.forget_times();
            let Some(numbered) = ordering.place(batch) else {
                return Err(Cause::said(
                    Code::Bug,
                    "rows that were sorted are not in order",
                ));
            };
            let sample = merging.sample.beside();
            let (gathered, errors) =
                numbered.gathered(subject, reading, self.total.kept(), sample)?;
            let (number, size) = (gathered.number, gathered.size);
            merging.add(gathered)?;
            merging.detecting.add(subject, number, size, errors);
        }
        self.take(ordering, merging)
    }

    fn take(&mut self, ordering: InOrder, merging: Merging) -> Result<(), Cause> {
        self.cut = ordering.cut;
        self.placing = ordering.placing;
        self.n_read = ordering.n_read;
        self.odd.add(ordering.odd);
        while self.size < merging.size {
            self.total.double();
            self.size *= 2;
        }
        self.concept = merging.detecting.concept();
        self.sample.merge(merging.sample);
        self.total.merge(merging.part)?;
        Ok(())
    }
}

/// Columns whose absence is said.
fn wanted(reading: &Reading) -> Vec<&str> {
    let mapping = &reading.mapping;
    let inputs = reading.inputs.iter();
    let mut wanted: Vec<&str> = inputs
        .chain(&reading.beside.extra)
        .map(|source| source.name.as_str())
        .collect();
    for named in [
        &mapping.timestamp,
        &mapping.version,
        &mapping.prediction,
        &mapping.latency,
        &reading.label,
    ] {
        wanted.extend(named.as_deref());
    }
    wanted
}

fn size_of(cut: &Cut) -> u64 {
    match cut {
        Cut::Unsaid { size } => *size,
        Cut::Rows(_) | Cut::Time(_) | Cut::Calendar(_) | Cut::Version => 1,
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one part at a time is held against, in the order of the rows.
struct InOrder {
    cut: Cut,
    placing: Placing,
    odd: Oddities,
    n_parts: u64,
    n_read: u64,
}

impl InOrder {
    fn of(pass: &Pass) -> Self {
        Self {
            cut: pass.cut.clone(),
            placing: pass.placing.clone(),
            odd: Oddities::default(),
            n_parts: 0,
            n_read: pass.n_read,
        }
    }

    /// `None`: not in order.
    fn place(&mut self, mut batch: Batch) -> Option<Numbered> {
        let mut odd = std::mem::take(&mut batch.odd);
        odd.rows(batch.n_rows);
        self.odd.add(odd);
        let placed = self.placing.place(
            &mut self.cut,
            batch.n_rows,
            batch.times.as_deref(),
            batch.by_time.take(),
            batch.versions.as_ref(),
        );
        let number = self.n_parts;
        self.n_parts += 1;
        let first_row = self.n_read;
        self.n_read += batch.n_rows as u64;
        Some(Numbered {
            number,
            first_row,
            size: size_of(&self.cut),
            batch,
            placed: placed.ok()?,
        })
    }
}

/// A part whose rows have their panes.
struct Numbered {
    number: u64,
    /// 0-based, of all rows that were read.
    first_row: u64,
    size: u64,
    batch: Batch,
    placed: Placed,
}

/// The same, gathered by pane; of the columns the texts alone are left.
struct Ready {
    number: u64,
    size: u64,
    panes: Vec<(i64, Gathered)>,
    columns: Vec<LogColumn>,
    sample: Sample,
}

impl Numbered {
    fn gathered(
        self,
        subject: &Subject,
        reading: &Reading,
        kept: usize,
        sample: Sample,
    ) -> Result<(Ready, Errors), Cause> {
        let mut sample = sample;
        let Batch {
            times,
            columns,
            known,
            ..
        } = self.batch;
        let mut errors = Errors::of(subject, &known, self.first_row);
        let runs = self.placed.runs.iter();
        let drawn: Vec<(Drawn, u64)> = runs
            .map(|(_, rows, _)| (draw(self.first_row, rows.iter()), rows.len() as u64))
            .collect();
        let losses = match (&subject.model, &known.said) {
            (Some(model), Some(_)) => losses::expected(model, &reading.inputs, &columns, &drawn)?,
            _ => vec![Vec::new(); drawn.len()],
        };
        let runs = self.placed.runs.into_iter().zip(drawn).zip(losses);
        let panes = runs.map(|(((index, rows, n_late), (drawn, _)), losses)| {
            let mut pane = Pane::of_late(n_late);
            let of_rows = rows
                .iter()
                .filter_map(|row| times.as_ref()?.get(row).copied().flatten());
            pane.times_ms = of_rows.fold(None, |range, time| match range {
                None => Some((time, time)),
                Some((a, b)) => Some((time.min(a), time.max(b))),
            });
            let pane_rows = PaneRows {
                subject,
                reading,
                columns: &columns,
                known: &known,
                rows: &rows,
                drawn: &drawn,
                losses: &losses,
                first_row: self.first_row,
            };
            pane.tallies = Tallies::of(&pane_rows);
            sample.add(&pane_rows);
            let gathered = Gathered::of(pane, &columns, &rows, kept);
            errors.panes.push((index, rows));
            (index, gathered)
        });
        let panes = panes.collect();
        let columns = columns
            .into_iter()
            .map(|column| match column {
                LogColumn::Numbers(_) => LogColumn::Numbers(Vec::new()),
                LogColumn::Texts { texts, .. } => LogColumn::Texts {
                    codes: Vec::new(),
                    texts,
                },
            })
            .collect();
        let ready = Ready {
            number: self.number,
            size: self.size,
            panes,
            columns,
            sample,
        };
        Ok((ready, errors))
    }
}

/// Parts on their way into an accumulation, in the order of their rows, so that the same log gives the same sketches.
struct Merging {
    part: Accumulation,
    detecting: Arc<Detecting>,
    sample: Sample,
    size: u64,
    next: u64,
    waiting: BTreeMap<u64, Ready>,
}

impl Merging {
    fn of(pass: &Pass) -> Self {
        Self {
            part: Accumulation::beside(&pass.total),
            detecting: Arc::new(Detecting::new(pass.concept.clone(), pass.size)),
            sample: pass.sample.beside(),
            size: pass.size,
            next: 0,
            waiting: BTreeMap::new(),
        }
    }

    fn add(&mut self, ready: Ready) -> Result<(), Cause> {
        self.waiting.insert(ready.number, ready);
        while let Some(ready) = self.waiting.remove(&self.next) {
            self.next += 1;
            while self.size < ready.size {
                self.part.double();
                self.size *= 2;
            }
            self.sample.merge(ready.sample);
            self.part.add(ready.panes, &ready.columns)?;
        }
        Ok(())
    }
}
