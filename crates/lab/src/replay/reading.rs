//! How a log is read: which of its columns mean what, found out from its beginning before the pass begins.

use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::code::Code;
use assay_core::dataset::{ImportOptions, TypeChoice};
use assay_core::recipe::InputColumn;
use assay_core::replay::{LogMapping, ReplaySpec, TimeFormat, WindowSpec};
use assay_core::schema::ColumnType;
use assay_frame::{Beginning, FileKind, LogTimes, TimeForm};

use super::challengers::Beside;
use super::joined::Joined;
use super::retraining::require_labels;
use super::subject::Subject;
use super::together::RowLayout;
use crate::error::Cause;
use crate::scoring::quoted;

/// Rows that are looked at for names, types and the form of times.
const LOOKED_AT: u32 = 1_000;

/// A log that is ready to be read.
pub struct Reading {
    pub files: Vec<PathBuf>,
    /// Logs of the same columns have the same.
    pub shape: String,
    pub options: ImportOptions,
    /// With what was found out.
    pub mapping: LogMapping,
    /// Where the log has each of the model's inputs, if it does.
    pub inputs: Vec<Source>,
    /// Challengers that the log can be put to.
    pub beside: Beside,
    pub times: Option<LogTimes>,
    /// Nobody said in which order day and month stand: all rows decide.
    pub order_is_open: bool,
    /// The column of the log with the truth.
    pub label: Option<String>,
    /// Labels of another file.
    pub joined: Option<Joined>,
    /// Said once.
    pub notes: Vec<String>,
    /// `None` where rows are not looked at together.
    pub layout: Option<RowLayout>,
}

/// An input and its name in the log.
#[derive(Debug, Clone)]
pub struct Source {
    pub input: InputColumn,
    pub name: String,
}

impl Reading {
    pub fn of(spec: &ReplaySpec, subject: &Subject, task: &Task) -> Result<Self, Cause> {
        let files = files_of(&spec.logs, task)?;
        let beginning = beginning_of(&files, &spec.options, task)?;
        let there: Vec<String> = names_of(&beginning);
        let mut notes = Vec::new();
        let mut mapping = spec.mapping.clone();
        if mapping.features.is_none()
            && let Some(prefix) = prefix_of(&there, &subject.inputs, &mapping)
        {
            notes.push(format!("the model's columns are read from `{prefix}…`"));
            mapping.features = Some(prefix);
        }
        let inputs = sources(&watched(subject, &mapping), &mapping);
        if !inputs.iter().any(|source| there.contains(&source.name)) {
            let needed: Vec<&str> = inputs.iter().map(|source| source.name.as_str()).collect();
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("the log has none of the columns {}", quoted(&needed)),
                format!("it has {}", there.join(", ")),
            ));
        }
        for named in [
            &mapping.timestamp,
            &mapping.version,
            &mapping.prediction,
            &mapping.probability,
            &mapping.label,
            &mapping.id,
            &mapping.latency,
        ] {
            require(named.as_deref(), &there)?;
        }
        if spec.window == Some(WindowSpec::Version) && mapping.version.is_none() {
            return Err(Cause::with_hint(
                Code::Invalid,
                "windows by version need the column that names it",
                "name the column with --version-column",
            ));
        }
        if spec.window.as_ref().is_some_and(WindowSpec::needs_times) && mapping.timestamp.is_none()
        {
            return Err(assay_frame::Error::NoTimes.into());
        }
        let beside = Beside::of(subject, &inputs, &mapping, &there, &mut notes);
        let read = inputs.iter().chain(&beside.extra);
        let options = options_of(&beginning, &spec.options, read, &mapping);
        let (times, order_is_open) = times_of(&beginning, &mapping)?;
        let target = subject.target();
        let joined = match &mapping.labels {
            Some(source) => Some(Joined::read(source, &mapping, target, &mut notes, task)?),
            None => None,
        };
        let label = match (&mapping.label, target) {
            _ if joined.is_some() || !subject.has_target() => None,
            (Some(name), _) => Some(name.clone()),
            (None, Some(target)) if there.iter().any(|name| name == target) => {
                Some(target.to_owned())
            }
            (None, _) => None,
        };
        require_labels(subject, label.is_some() || joined.is_some())?;
        Ok(Self {
            layout: RowLayout::of(subject, &inputs, spec.domain_classifier),
            files,
            shape: beginning.shape,
            options,
            mapping,
            inputs,
            beside,
            times,
            order_is_open,
            label,
            joined,
            notes,
        })
    }

    /// With day and month the other way round.
    pub fn month_first(&mut self) -> Result<(), Cause> {
        self.mapping.time_format = Some(TimeFormat::MonthFirst);
        self.order_is_open = false;
        if let Some(column) = &self.mapping.timestamp {
            let zone = self.mapping.zone.as_deref();
            let format = self.mapping.time_format;
            self.times = Some(LogTimes::new(column, format, zone)?);
        }
        Ok(())
    }
}

/// Of a data set, columns that say when, who and how long are not watched.
pub fn watched(subject: &Subject, mapping: &LogMapping) -> Vec<InputColumn> {
    let mut inputs = subject.inputs.clone();
    if subject.model.is_none() {
        let is_mapped = |name: &String| {
            [
                &mapping.timestamp,
                &mapping.version,
                &mapping.id,
                &mapping.latency,
            ]
            .into_iter()
            .any(|mapped| mapped.as_ref() == Some(name))
        };
        inputs.retain(|input| !is_mapped(&input.name));
    }
    inputs
}

/// Files, folders and patterns, in the order in which they were named; the files of each by name.
pub fn files_of(logs: &[PathBuf], task: &Task) -> Result<Vec<PathBuf>, Cause> {
    let mut files = Vec::new();
    for path in logs {
        files.extend(assay_frame::files_of(path, task)?);
    }
    if files.is_empty() {
        return Err(Cause::with_hint(
            Code::Invalid,
            "no log was named",
            "name a CSV, JSON lines, Parquet or Arrow file, or a folder of them",
        ));
    }
    Ok(files)
}

/// Of the first file that has rows.
pub fn beginning_of(
    files: &[PathBuf],
    options: &ImportOptions,
    task: &Task,
) -> Result<Beginning, Cause> {
    let look = |file: &Path| {
        assay_frame::preview(&[file.to_owned()], options, LOOKED_AT, task).map_err(Cause::from)
    };
    let mut first = None;
    for file in files {
        match look(file) {
            Err(Cause::Frame(assay_frame::Error::NoRows)) => {}
            Ok(found) if found.n_rows == 0 => {
                first.get_or_insert(found);
            }
            found => return found,
        }
    }
    first.ok_or_else(|| assay_frame::Error::NoRows.into())
}

pub fn names_of(beginning: &Beginning) -> Vec<String> {
    let columns = beginning.columns.iter();
    columns.map(|column| column.name.clone()).collect()
}

/// Values of a column at the beginning of a log, as texts.
pub fn texts_of(beginning: &Beginning, column: &str) -> Vec<Option<String>> {
    let place = beginning.rows.header.iter().position(|name| name == column);
    let rows = beginning.rows.rows.iter();
    rows.map(|row| place.and_then(|place| row.get(place).cloned().flatten()))
        .collect()
}

pub fn sources(inputs: &[InputColumn], mapping: &LogMapping) -> Vec<Source> {
    let prefix = mapping.features.as_deref().unwrap_or_default();
    inputs
        .iter()
        .map(|input| Source {
            name: mapping
                .renamed
                .get(&input.name)
                .cloned()
                .unwrap_or_else(|| format!("{prefix}{}", input.name)),
            input: input.clone(),
        })
        .collect()
}

/// What stands before the model's columns where the log has none of them by their own names: the beginning that most of
/// them share, from a point on.
pub fn prefix_of(there: &[String], inputs: &[InputColumn], mapping: &LogMapping) -> Option<String> {
    if inputs.iter().any(|input| there.contains(&input.name)) || !mapping.renamed.is_empty() {
        return None;
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for name in there {
        let held = inputs.iter().filter_map(|input| {
            let prefix = name.strip_suffix(input.name.as_str())?;
            prefix.ends_with(['.', '/', ':']).then_some(prefix)
        });
        for prefix in held {
            match counts.iter_mut().find(|(known, _)| *known == prefix) {
                Some((_, n)) => *n += 1,
                None => counts.push((prefix, 1)),
            }
        }
    }
    let most = counts.iter().map(|(_, n)| *n).max()?;
    let best = counts.iter().find(|(_, n)| *n == most)?;
    (2 * best.1 > inputs.len()).then(|| best.0.to_owned())
}

/// The form of the times of a column, and whether the order of day and month is open.
pub fn times_of(
    beginning: &Beginning,
    mapping: &LogMapping,
) -> Result<(Option<LogTimes>, bool), Cause> {
    let Some(column) = mapping.timestamp.as_deref() else {
        return Ok((None, false));
    };
    let zone = mapping.zone.as_deref();
    if mapping.time_format.is_some() {
        let times = LogTimes::new(column, mapping.time_format, zone)?;
        return Ok((Some(times), false));
    }
    let kind = beginning
        .columns
        .iter()
        .find(|known| known.name == column)
        .map_or(ColumnType::Text, |known| known.kind);
    let texts = texts_of(beginning, column);
    let form = TimeForm::of(kind, &texts).ok_or_else(|| {
        let shown = texts.iter().flatten().next();
        Cause::with_hint(
            Code::Invalid,
            match shown {
                Some(text) => format!("`{column}` holds no times: `{text}`"),
                None => format!("`{column}` holds no times"),
            },
            "name another column, or say how the times are written with --time-format",
        )
    })?;
    // Dates that the file does not name as such are read from its text.
    let format = form.format.or(match kind {
        ColumnType::Date | ColumnType::Datetime if is_text(beginning) => Some(TimeFormat::Iso),
        _ => None,
    });
    let is_open = matches!(format, Some(TimeFormat::DayFirst | TimeFormat::MonthFirst));
    Ok((Some(LogTimes::new(column, format, zone)?), is_open))
}

fn is_text(beginning: &Beginning) -> bool {
    matches!(beginning.kind, FileKind::Delimited | FileKind::Json)
}

/// What the model takes as text is text, also where it looks like numbers; times are read from their own text, so that a
/// zone that is not written can be named.
fn options_of<'a>(
    beginning: &Beginning,
    options: &ImportOptions,
    inputs: impl Iterator<Item = &'a Source>,
    mapping: &LogMapping,
) -> ImportOptions {
    let mut options = options.clone();
    let there = names_of(beginning);
    let mut as_text = |name: &str| {
        if there.iter().any(|known| known == name) {
            let text = TypeChoice {
                kind: ColumnType::Text,
                form: None,
            };
            options.types.entry(name.to_owned()).or_insert(text);
        }
    };
    for source in inputs.filter(|source| source.input.is_text()) {
        as_text(&source.name);
    }
    if is_text(beginning) {
        for name in [&mapping.timestamp, &mapping.id, &mapping.version] {
            name.iter().for_each(|name| as_text(name));
        }
    }
    options
}

fn require(name: Option<&str>, there: &[String]) -> Result<(), Cause> {
    match name {
        Some(name) if !there.iter().any(|known| known == name) => {
            Err(assay_frame::Error::NoSuchColumn {
                column: name.to_owned(),
                columns: there.to_vec(),
            }
            .into())
        }
        _ => Ok(()),
    }
}
