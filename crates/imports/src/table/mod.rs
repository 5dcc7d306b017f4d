//! A table of metrics as CSV: long with a metric's name and value per row, or wide with a column per metric.
//!
//! Which column is what is told by its name; [`RunSource::read_as`] says how it was understood.

mod columns;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{ImportProblem, ImportedExperiment, ImportedRun};
use assay_core::run::RunStatus;
use csv::{ByteRecord, Reader};

use crate::files::{changed_ms, name_of};
use crate::{Error, Keep, Point, Result, RunSource, SourceRun, derived_id, problem};
use columns::{Columns, Header, number, reader, time, unreadable};

/// Rows between two looks at whether somebody cancelled.
const CHECK_EVERY: u64 = 10_000;

pub struct Table {
    path: PathBuf,
    delimiter: u8,
    columns: Columns,
    names: Vec<String>,
    experiments: Vec<ImportedExperiment>,
    runs: Vec<RunRows>,
    problems: Vec<ImportProblem>,
    left_out: BTreeSet<String>,
}

struct RunRows {
    name: String,
    /// Bytes of the file, neighbours joined.
    ranges: Vec<Range<u64>>,
    first: ByteRecord,
    first_ms: i64,
    last_ms: i64,
}

/// Whether the first line names the columns of a table of metrics.
pub(crate) fn holds_metrics(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| Header::read(path, &file).is_ok())
}

impl Table {
    pub fn open(path: &Path, task: &Task) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::io(path, error))?;
        let Header {
            reader,
            delimiter,
            names,
            columns,
        } = Header::read(path, &file)?;
        let mut table = Self {
            path: path.to_owned(),
            delimiter,
            columns,
            names,
            experiments: vec![ImportedExperiment {
                name: stem(path),
                ..ImportedExperiment::default()
            }],
            runs: Vec::new(),
            problems: Vec::new(),
            left_out: BTreeSet::new(),
        };
        table.find_runs(reader, task)?;
        if table.runs.is_empty() {
            return Err(unreadable(path, "it has no rows"));
        }
        Ok(table)
    }

    fn find_runs(&mut self, mut reader: Reader<&File>, task: &Task) -> Result<()> {
        let mut by_name: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut record = ByteRecord::new();
        let (mut n_rows, mut n_wrong) = (0_u64, 0_u64);
        loop {
            let from = reader.position().byte();
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.problems.push(problem(name_of(&self.path), error));
                    break;
                }
            }
            let to = reader.position().byte();
            n_rows += 1;
            if n_rows.is_multiple_of(CHECK_EVERY) {
                task.check()?;
            }
            if record.len() != self.names.len() {
                n_wrong += 1;
                continue;
            }
            let own = self.columns.run.and_then(|column| record.get(column));
            let index = *by_name
                .entry(own.unwrap_or_default().to_vec())
                .or_insert_with(|| {
                    self.runs.push(RunRows {
                        name: own
                            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
                            .filter(|name| !name.is_empty())
                            .unwrap_or_else(|| stem(&self.path)),
                        ranges: Vec::new(),
                        first: record.clone(),
                        first_ms: i64::MAX,
                        last_ms: i64::MIN,
                    });
                    self.runs.len() - 1
                });
            let run = &mut self.runs[index];
            match run.ranges.last_mut() {
                Some(last) if last.end == from => last.end = to,
                _ => run.ranges.push(from..to),
            }
            if let Some(at_ms) = self
                .columns
                .time
                .and_then(|column| time(record.get(column)?))
            {
                run.first_ms = run.first_ms.min(at_ms);
                run.last_ms = run.last_ms.max(at_ms);
            }
        }
        if n_wrong > 0 {
            self.problems.push(problem(
                name_of(&self.path),
                format!("rows with more or fewer fields than the header: {n_wrong}"),
            ));
        }
        Ok(())
    }

    /// The points of one row.
    fn keep_row(
        &mut self,
        record: &ByteRecord,
        row: i64,
        times: (i64, &mut u64),
        keep: &mut Keep<'_>,
    ) -> ControlFlow<()> {
        let (fallback_ms, n_wrong) = times;
        let at_ms = self
            .columns
            .time
            .and_then(|column| time(record.get(column)?))
            .unwrap_or(fallback_ms);
        let step = match self.columns.step {
            None => row,
            Some(column) => match record.get(column).and_then(number) {
                Some(step) => step as i64,
                None => {
                    *n_wrong += 1;
                    return ControlFlow::Continue(());
                }
            },
        };
        if let Some((key, value)) = self.columns.long {
            let name = record.get(key).map(|name| String::from_utf8_lossy(name));
            return match (name, record.get(value).and_then(number)) {
                (Some(name), Some(value)) if !name.is_empty() => {
                    keep(&name, Point { value, step, at_ms })
                }
                _ => {
                    *n_wrong += 1;
                    ControlFlow::Continue(())
                }
            };
        }
        for (column, name) in self.names.iter().enumerate() {
            if self.columns.is_special(column) {
                continue;
            }
            match record.get(column) {
                None | Some(b"") => {}
                Some(field) => match number(field) {
                    Some(value) => keep(name, Point { value, step, at_ms })?,
                    None => {
                        self.left_out.insert(name.clone());
                    }
                },
            }
        }
        ControlFlow::Continue(())
    }
}

impl RunSource for Table {
    fn read_as(&self) -> String {
        let name = |column: Option<usize>| column.and_then(|column| self.names.get(column));
        let mut words = match self.columns.long {
            Some((key, value)) => format!(
                "a long table: the metric in `{}`, its value in `{}`",
                self.names[key], self.names[value]
            ),
            None => "a wide table with a column per metric".to_owned(),
        };
        for (what, column) in [
            ("the run", self.columns.run),
            ("the step", self.columns.step),
            ("the time", self.columns.time),
        ] {
            match name(column) {
                Some(name) => words.push_str(&format!(", {what} in `{name}`")),
                None if what == "the step" => words.push_str(", the step is the row's number"),
                None if what == "the run" => words.push_str(", one run"),
                None => {}
            }
        }
        if !self.left_out.is_empty() {
            let names: Vec<&str> = self.left_out.iter().map(String::as_str).collect();
            words.push_str(&format!("; no numbers in {}", names.join(", ")));
        }
        words
    }

    fn experiments(&self) -> &[ImportedExperiment] {
        &self.experiments
    }

    fn n_runs(&self) -> usize {
        self.runs.len()
    }

    fn run(&mut self, index: usize) -> Result<SourceRun, ImportProblem> {
        let rows = &self.runs[index];
        let folder = self.path.parent().map(name_of).unwrap_or_default();
        let first: Vec<String> = rows
            .first
            .iter()
            .map(|field| String::from_utf8_lossy(field).into_owned())
            .collect();
        let is_id = rows.name.len() == 32 && rows.name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let run_id = match is_id {
            true => assay_core::RunId(rows.name.to_ascii_lowercase()),
            false => derived_id(&[
                "table",
                &folder,
                &name_of(&self.path),
                &rows.name,
                &self.names.join("\u{1f}"),
                &first.join("\u{1f}"),
            ]),
        };
        let (first_ms, last_ms) = match rows.first_ms > rows.last_ms {
            true => (changed_ms(&self.path), changed_ms(&self.path)),
            false => (rows.first_ms, rows.last_ms),
        };
        Ok(SourceRun {
            experiment: 0,
            run: ImportedRun {
                run_id,
                name: rows.name.clone(),
                user: String::new(),
                status: RunStatus::Finished,
                started_ms: first_ms,
                ended_ms: Some(last_ms),
                deleted_ms: None,
                params: Default::default(),
                tags: Default::default(),
                inputs: Vec::new(),
                outputs: Vec::new(),
            },
            files: Vec::new(),
        })
    }

    fn points(&mut self, index: usize, keep: &mut Keep<'_>) -> ControlFlow<()> {
        let ranges = self.runs[index].ranges.clone();
        let fallback_ms = match self.runs[index].first_ms {
            i64::MAX => changed_ms(&self.path),
            first_ms => first_ms,
        };
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) => {
                self.problems.push(problem(name_of(&self.path), error));
                return ControlFlow::Continue(());
            }
        };
        let mut record = ByteRecord::new();
        let (mut row, mut n_wrong) = (0, 0);
        for range in ranges {
            if let Err(error) = file.seek(SeekFrom::Start(range.start)) {
                self.problems.push(problem(name_of(&self.path), error));
                break;
            }
            let rows = (&file).take(range.end - range.start);
            let mut reader = reader(rows, self.delimiter, false);
            while reader.read_byte_record(&mut record).unwrap_or(false) {
                if record.len() == self.names.len() {
                    self.keep_row(&record, row, (fallback_ms, &mut n_wrong), keep)?;
                    row += 1;
                }
            }
        }
        if n_wrong > 0 {
            self.problems.push(problem(
                format!("{}, run {}", name_of(&self.path), self.runs[index].name),
                format!("rows without a step or a value: {n_wrong}"),
            ));
        }
        ControlFlow::Continue(())
    }

    fn take_problems(&mut self) -> Vec<ImportProblem> {
        std::mem::take(&mut self.problems)
    }
}

fn stem(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    // `version_0/metrics.csv`, as loggers of training libraries name it
    match stem.as_deref() {
        Some("metrics" | "progress" | "history") => path
            .parent()
            .map(name_of)
            .filter(|name| !name.is_empty())
            .or(stem)
            .unwrap_or_default(),
        _ => stem.unwrap_or_default(),
    }
}
