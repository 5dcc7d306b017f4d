//! A part of a log, read and scored: called for several parts at once.

use assay_core::TimestampMs;
use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_frame::{Frame, LogColumn, read_column};
use assay_onnx::{Cells, Rows};

use super::challengers::timed;
use super::oddities::Oddities;
use super::panes::Cut;
use super::reading::{Reading, Source};
use super::subject::Subject;
use super::truth::{Known, truth};
use crate::error::Cause;
use crate::training::prediction_column;

/// A part of a log.
pub struct Batch {
    pub n_rows: usize,
    pub times: Option<Vec<Option<TimestampMs>>>,
    /// Panes, where the times decide.
    pub by_time: Option<Vec<Option<i64>>>,
    pub versions: Option<LogColumn>,
    /// The model's inputs, what it answered, the truth where there is one, then latencies where there are.
    pub columns: Vec<LogColumn>,
    pub known: Known,
    pub odd: Oddities,
}

/// Names of [`Batch::columns`] that are watched: latencies are not.
pub fn watched(subject: &Subject, reading: &Reading) -> Vec<String> {
    let mut names: Vec<String> = reading
        .inputs
        .iter()
        .map(|source| source.input.name.clone())
        .collect();
    names.extend(subject.model.iter().map(|_| "prediction".to_owned()));
    if has_truth(reading) {
        names.push("target".to_owned());
    }
    names
}

pub fn has_truth(reading: &Reading) -> bool {
    reading.label.is_some() || reading.joined.is_some()
}

/// Reads and scores one part.
pub fn read(
    subject: &Subject,
    reading: &Reading,
    cut: &Cut,
    frame: &Frame,
) -> Result<Batch, Cause> {
    let mut odd = Oddities::default();
    let n_rows = frame.n_rows();
    let there = frame.names();
    let has = |name: &str| there.iter().any(|known| known == name);
    let times = match &reading.times {
        None => None,
        Some(times) => {
            let column = reading.mapping.timestamp.as_deref().unwrap_or_default();
            Some(if has(column) {
                let read = times.read(frame)?;
                odd.times(&read);
                read.times_ms
            } else {
                vec![None; n_rows]
            })
        }
    };
    let mut columns = Vec::with_capacity(reading.inputs.len() + 3);
    let mut can_answer = true;
    let mut unreadable = Vec::with_capacity(reading.inputs.len());
    for source in &reading.inputs {
        if has(&source.name) {
            let read = read_column(frame, &source.name, &source.input)?;
            odd.column(&source.name, &source.input, &read);
            columns.push(read.column);
            unreadable.push(read.unreadable_rows);
        } else {
            unreadable.push(Vec::new());
            can_answer &= subject.takes_missing(&source.input);
            columns.push(LogColumn::missing(source.input.is_text(), n_rows));
        }
    }
    let said = match &subject.model {
        Some(model) if can_answer => {
            let rows = rows(&reading.inputs, &columns, n_rows);
            Some(timed(&model.scorer, &rows)?)
        }
        _ => None,
    };
    let beside = match &said {
        Some(_) => (reading.beside).answers(subject, &columns, frame, &mut odd)?,
        None => Vec::new(),
    };
    match &said {
        Some(said) => {
            let values = prediction_column(&said.prediction, &subject.classes).values;
            columns.push(LogColumn::of(&values));
        }
        None if subject.model.is_some() => {
            columns.push(logged_prediction(subject, reading, frame, &there)?);
        }
        None => {}
    }
    let truth = truth(subject, reading, frame, &there, times.as_deref(), &mut odd)?;
    let truth = truth.map(|(column, truth)| {
        columns.push(column);
        truth
    });
    if let (Some(name), Some(said)) = (&reading.mapping.prediction, &said)
        && has(name)
    {
        let texts = assay_frame::column_texts(frame, name)?;
        odd.disagreement(&texts, &said.prediction, &subject.classes);
    }
    if let Some(name) = &reading.mapping.latency {
        columns.push(numbers(frame, name, &there)?);
    }
    let versions = match &reading.mapping.version {
        Some(name) if has(name) => {
            let texts = assay_frame::column_texts(frame, name)?;
            Some(LogColumn::of_texts(texts.iter().map(Option::as_deref)))
        }
        _ => None,
    };
    Ok(Batch {
        n_rows,
        by_time: times.as_deref().and_then(|times| cut.by_time(times)),
        times,
        versions,
        columns,
        known: Known {
            said,
            beside,
            truth,
            unreadable,
        },
        odd,
    })
}

fn rows<'a>(inputs: &'a [Source], columns: &'a [LogColumn], n_rows: usize) -> Rows<'a> {
    let inputs = inputs.iter().zip(columns);
    Rows {
        n_rows,
        columns: inputs
            .map(|(source, column)| (source.input.name.as_str(), cells(column)))
            .collect(),
    }
}

/// As a model takes them.
pub fn cells(column: &LogColumn) -> Cells<'_> {
    match column {
        LogColumn::Numbers(numbers) => Cells::Numbers(numbers),
        LogColumn::Texts { codes, texts } => Cells::Coded { codes, texts },
    }
}

/// What production said, where the model cannot be asked: the probability for two classes, else the prediction.
fn logged_prediction(
    subject: &Subject,
    reading: &Reading,
    frame: &Frame,
    there: &[String],
) -> Result<LogColumn, Cause> {
    let mut known = subject.reference.columns.iter();
    let is_text = known
        .find(|column| column.name == "prediction")
        .is_some_and(|column| !column.is_numeric());
    let name = match (is_text, subject.classes.len()) {
        (false, 2) => &reading.mapping.probability,
        _ => &reading.mapping.prediction,
    };
    match name {
        Some(name) if is_text && there.contains(name) => {
            let texts = assay_frame::column_texts(frame, name)?;
            Ok(LogColumn::of_texts(texts.iter().map(Option::as_deref)))
        }
        Some(name) if !is_text => numbers(frame, name, there),
        _ => Ok(LogColumn::missing(is_text, frame.n_rows())),
    }
}

fn numbers(frame: &Frame, name: &str, there: &[String]) -> Result<LogColumn, Cause> {
    if !there.iter().any(|known| known == name) {
        return Ok(LogColumn::missing(false, frame.n_rows()));
    }
    let input = InputColumn {
        name: name.to_owned(),
        kind: ColumnType::Float,
    };
    Ok(read_column(frame, name, &input)?.column)
}
