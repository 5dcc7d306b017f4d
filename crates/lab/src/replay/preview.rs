//! A look at a log before it is replayed: what its columns are taken for, and what is wrong with that.

use std::path::PathBuf;

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::drift::ColumnSketch;
use assay_core::preview::PreviewColumn;
use assay_core::recipe::InputColumn;
use assay_core::replay::{LogMapping, ReplayPreview, ReplayPreviewRequest, TimeFormat};
use assay_core::schema::ColumnType;
use assay_frame::{Beginning, LogTimes};

use super::guess::{guess, proposals};
use super::reading::{beginning_of, files_of, names_of, sources, texts_of, times_of};
use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::prediction_log::time_of;
use crate::{Error, Lab};

const SHOWN_ROWS: usize = 10;

/// What a preview holds a log against.
#[derive(Default)]
struct Model {
    inputs: Vec<InputColumn>,
    reference: Vec<ColumnSketch>,
    target: Option<String>,
}

impl Lab {
    /// What a replay would read of a log. Nothing is stored.
    pub fn preview_replay(&self, request: &ReplayPreviewRequest) -> Result<ReplayPreview, Error> {
        self.preview_log(request).attempt(|| {
            let first = request.logs.first();
            format!(
                "look at `{}`",
                first.map(|path| file_name(path)).unwrap_or_default()
            )
        })
    }

    /// What the columns of the last log of this shape meant; the defaults when there was none.
    pub fn remembered_mapping(
        &self,
        logs: &[PathBuf],
        options: &ImportOptions,
    ) -> Result<LogMapping, Error> {
        let found = files_of(logs, &Task::silent())
            .and_then(|files| beginning_of(&files, options, &Task::silent()))
            .and_then(|beginning| Ok(self.store.replay_mapping(&beginning.shape)?));
        Ok(found
            .attempt(|| "look up how such a log was read before".to_owned())?
            .unwrap_or_default())
    }

    fn preview_log(&self, request: &ReplayPreviewRequest) -> Result<ReplayPreview, Cause> {
        let task = Task::silent();
        let files = files_of(&request.logs, &task)?;
        let beginning = beginning_of(&files, &request.options, &task)?;
        let model = self.model_of(request)?;
        let remembered = match &request.mapping {
            None => self.store.replay_mapping(&beginning.shape)?,
            Some(_) => None,
        };
        let is_remembered = remembered.is_some();
        let mapping = request.mapping.clone().or(remembered);
        // A data set's own times and ids are columns of it.
        let known: &[InputColumn] = match request.model {
            Some(_) => &model.inputs,
            None => &[],
        };
        let mapping = mapping.unwrap_or_else(|| guess(&beginning, known, model.target.as_deref()));
        let mut problems = Vec::new();
        let times = match times_of(&beginning, &mapping) {
            Ok((times, is_open)) => {
                say_times(&beginning, &mapping, times.as_ref(), is_open, &mut problems);
                times
            }
            Err(cause) => {
                problems.push(cause.to_string());
                None
            }
        };
        say_columns(&beginning, &mapping, &model.inputs, &mut problems);
        let (header, rows) = rows(&beginning, &mapping, &model.inputs, times.as_ref());
        Ok(ReplayPreview {
            n_files: u32::try_from(files.len()).unwrap_or(u32::MAX),
            proposals: proposals(&beginning, &model.inputs, &mapping, &model.reference),
            columns: beginning.columns,
            mapping,
            is_remembered,
            header,
            rows,
            problems,
        })
    }
}

impl Lab {
    fn model_of(&self, request: &ReplayPreviewRequest) -> Result<Model, Cause> {
        match (&request.model, &request.reference) {
            (Some(model), _) => {
                let version = self.store.model_version(model)?;
                if version.imported.is_some() {
                    return Ok(Model {
                        inputs: self.scorer(model, 1)?.inputs,
                        ..Model::default()
                    });
                }
                let record = self.record_of(&version)?;
                Ok(Model {
                    reference: self.reference_of(&version)?.columns,
                    target: record
                        .problem
                        .has_target()
                        .then(|| record.spec.target.clone()),
                    inputs: record.fitted.inputs,
                })
            }
            (None, Some(dataset)) => {
                let version = self.store.dataset_version(dataset)?;
                let columns = version.columns.columns.into_iter();
                Ok(Model {
                    inputs: columns
                        .map(|column| InputColumn {
                            name: column.name,
                            kind: column.kind,
                        })
                        .collect(),
                    reference: self.dataset_reference(dataset)?.columns,
                    target: None,
                })
            }
            (None, None) => Ok(Model::default()),
        }
    }
}

fn say_times(
    beginning: &Beginning,
    mapping: &LogMapping,
    times: Option<&LogTimes>,
    is_open: bool,
    problems: &mut Vec<String>,
) {
    let (Some(column), Some(times)) = (&mapping.timestamp, times) else {
        problems.push(
            "no column is taken for the time: rows are read in the order of the file".to_owned(),
        );
        return;
    };
    let texts = texts_of(beginning, column);
    let mut wrong = texts
        .iter()
        .flatten()
        .filter(|text| times.of_text(text).is_none());
    if let Some(first) = wrong.next() {
        let n = wrong.count() + 1;
        problems.push(format!(
            "{n} of the first {} values of `{column}` are no time, for example `{first}`",
            texts.len()
        ));
    }
    let either = |text: &&String| {
        let format = |format| LogTimes::new(column, Some(format), None);
        let reads =
            |wanted: TimeFormat| format(wanted).is_ok_and(|times| times.of_text(text).is_some());
        reads(TimeFormat::DayFirst) && reads(TimeFormat::MonthFirst)
    };
    if is_open && texts.iter().flatten().all(|text| either(&text)) {
        problems.push(format!(
            "nothing at the beginning of `{column}` tells day and month apart; all rows will decide"
        ));
    }
}

fn say_columns(
    beginning: &Beginning,
    mapping: &LogMapping,
    inputs: &[InputColumn],
    problems: &mut Vec<String>,
) {
    let there = names_of(beginning);
    for named in [
        &mapping.timestamp,
        &mapping.version,
        &mapping.prediction,
        &mapping.probability,
        &mapping.label,
        &mapping.id,
        &mapping.latency,
    ] {
        if let Some(name) = named.as_ref().filter(|name| !there.contains(name)) {
            problems.push(format!("there is no column `{name}`"));
        }
    }
    let is_time = |kind| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    for source in sources(inputs, mapping) {
        let column = beginning.columns.iter().find(|c| c.name == source.name);
        let Some(PreviewColumn { kind, .. }) = column else {
            problems.push(format!(
                "the log has no column `{}`; it will be missing in every row",
                source.name
            ));
            continue;
        };
        let differs = !source.input.is_text() && *kind == ColumnType::Text
            || is_time(*kind) != is_time(source.input.kind);
        if differs {
            problems.push(format!(
                "`{}` is {} in the log and was {} in training",
                source.name,
                kind.label(),
                source.input.kind.label()
            ));
        }
    }
}

fn rows(
    beginning: &Beginning,
    mapping: &LogMapping,
    inputs: &[InputColumn],
    times: Option<&LogTimes>,
) -> (Vec<String>, Vec<Vec<Option<String>>>) {
    let mut header = Vec::new();
    let mut columns: Vec<Vec<Option<String>>> = Vec::new();
    if let (Some(column), Some(times)) = (&mapping.timestamp, times) {
        header.push("time".to_owned());
        let time = |text: Option<String>| times.of_text(&text?).map(time_of);
        columns.push(texts_of(beginning, column).into_iter().map(time).collect());
    }
    for (name, column) in [
        ("version", &mapping.version),
        ("id", &mapping.id),
        ("prediction", &mapping.prediction),
        ("probability", &mapping.probability),
        ("label", &mapping.label),
        ("latency_ms", &mapping.latency),
    ] {
        if let Some(column) = column {
            header.push(name.to_owned());
            columns.push(texts_of(beginning, column));
        }
    }
    for source in sources(inputs, mapping) {
        let texts = texts_of(beginning, &source.name);
        let is_number = !source.input.is_text() && source.input.kind.is_numeric();
        let read = |text: Option<String>| match is_number {
            true => text.filter(|text| text.trim().parse::<f64>().is_ok()),
            false => text,
        };
        header.push(source.input.name.clone());
        columns.push(texts.into_iter().map(read).collect());
    }
    let n_rows = beginning.rows.rows.len().min(SHOWN_ROWS);
    let cell = |column: &Vec<Option<String>>, row: usize| column.get(row).cloned().flatten();
    let rows = (0..n_rows)
        .map(|row| columns.iter().map(|column| cell(column, row)).collect())
        .collect();
    (header, rows)
}
