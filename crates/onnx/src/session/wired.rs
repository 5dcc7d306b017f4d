//! Columns into a graph that somebody else wrote, and its outputs into a prediction.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use assay_core::Columns;
use assay_core::imported_model::{GraphAnswer, WiredInput, Wiring};
use assay_core::matrix::{Prediction, RawColumn, RawValues};
use ort::session::{SessionInputValue, SessionOutputs};
use ort::value::{DynValue, Tensor};

use super::{ROWS_A_CHUNK, limit};
use crate::error::Error;

pub(super) fn predict(
    inner: &mut ort::session::Session,
    wiring: &Wiring,
    columns: &Columns,
    limit: Option<Duration>,
) -> Result<Prediction, Error> {
    if !wiring.takes_columns() {
        return Err(Error::Ports("it takes whole tensors".to_owned()));
    }
    let missing: Vec<String> = wiring
        .inputs
        .iter()
        .flat_map(|input| &input.columns)
        .filter(|name| columns.column(name).is_none())
        .cloned()
        .collect();
    if !missing.is_empty() {
        return Err(Error::MissingColumns(missing));
    }
    let rows_at_once = if wiring.row_by_row { 1 } else { ROWS_A_CHUNK };
    let mut answers = Answers::new(wiring);
    for start in (0..columns.n_rows).step_by(rows_at_once) {
        let end = columns.n_rows.min(start + rows_at_once);
        let inputs = wiring
            .inputs
            .iter()
            .map(|input| {
                Ok((
                    Cow::from(input.input.as_str()),
                    fill(input, columns, start, end)?,
                ))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        limit::run(inner, inputs, limit, |outputs| {
            answers.extend(outputs, end - start)
        })?;
    }
    Ok(answers.into_prediction())
}

fn failed(error: ort::Error) -> Error {
    Error::Run(error.message().to_owned())
}

/// One tensor of the rows `start..end`, row-major.
fn fill(
    input: &WiredInput,
    columns: &Columns,
    start: usize,
    end: usize,
) -> Result<SessionInputValue<'static>, Error> {
    let columns: Vec<&RawColumn> = input
        .columns
        .iter()
        .filter_map(|name| columns.column(name))
        .collect();
    let shape: Vec<usize> = if input.n_axes == 1 {
        vec![end - start]
    } else {
        vec![end - start, columns.len()]
    };
    let cells = (start..end).flat_map(|row| columns.iter().map(move |column| (*column, row)));
    let value = match input.element.as_str() {
        "float" => tensor(
            shape,
            cells.map(|(column, row)| Ok(number(column, row)? as f32)),
        )?,
        "double" => tensor(shape, cells.map(|(column, row)| number(column, row)))?,
        "int64" => tensor(shape, cells.map(|(column, row)| whole(column, row)))?,
        "int32" => tensor(
            shape,
            cells.map(|(column, row)| {
                i32::try_from(whole(column, row)?)
                    .map_err(|_| wrong(column, "numbers beyond 32 bits", "smaller whole numbers"))
            }),
        )?,
        "bool" => tensor(
            shape,
            cells.map(|(column, row)| match number(column, row)? {
                0.0 => Ok(false),
                1.0 => Ok(true),
                _ => Err(wrong(
                    column,
                    "other numbers or missing values",
                    "true and false",
                )),
            }),
        )?,
        _ => {
            let texts = cells
                .map(|(column, row)| text(column, row))
                .collect::<Result<Vec<String>, Error>>()?;
            Tensor::from_string_array((shape, texts.as_slice()))
                .map_err(failed)?
                .into()
        }
    };
    Ok(value)
}

fn tensor<T: ort::value::PrimitiveTensorElementType + Clone + std::fmt::Debug + 'static>(
    shape: Vec<usize>,
    cells: impl Iterator<Item = Result<T, Error>>,
) -> Result<SessionInputValue<'static>, Error> {
    let values = cells.collect::<Result<Vec<T>, Error>>()?;
    Ok(Tensor::from_array((shape, values)).map_err(failed)?.into())
}

fn number(column: &RawColumn, row: usize) -> Result<f64, Error> {
    match &column.values {
        RawValues::Numbers(values) => values.get(row).copied().ok_or_else(|| short(column, row)),
        RawValues::Texts(_) => Err(wrong(column, "text", "numbers")),
    }
}

fn whole(column: &RawColumn, row: usize) -> Result<i64, Error> {
    let value = number(column, row)?;
    // 2^63 is the first double beyond.
    if value.fract() == 0.0 && value.abs() < 9_223_372_036_854_775_808.0 {
        Ok(value as i64)
    } else {
        Err(wrong(
            column,
            "fractions or missing values",
            "whole numbers",
        ))
    }
}

fn text(column: &RawColumn, row: usize) -> Result<String, Error> {
    match &column.values {
        // ONNX Runtime's texts end at a NUL.
        RawValues::Texts(values) => match values.get(row) {
            Some(value) => Ok(value
                .as_deref()
                .unwrap_or_default()
                .replace('\0', "\u{FFFD}")),
            None => Err(short(column, row)),
        },
        RawValues::Numbers(_) => Err(wrong(column, "numbers", "text")),
    }
}

fn wrong(column: &RawColumn, found: &'static str, needed: &'static str) -> Error {
    Error::WrongType {
        column: column.name.clone(),
        found,
        needed,
    }
}

fn short(column: &RawColumn, row: usize) -> Error {
    Error::RowCount {
        column: column.name.clone(),
        found: row,
        expected: row + 1,
    }
}

/// What has been answered so far.
struct Answers<'a> {
    wiring: &'a Wiring,
    index_of: HashMap<&'a str, u32>,
    indices: Vec<u32>,
    numbers: Vec<f64>,
}

impl<'a> Answers<'a> {
    fn new(wiring: &'a Wiring) -> Self {
        let classes = wiring.classes.iter();
        Self {
            wiring,
            index_of: (0..).zip(classes).map(|(i, c)| (c.as_str(), i)).collect(),
            indices: Vec::new(),
            numbers: Vec::new(),
        }
    }

    fn extend(&mut self, outputs: &SessionOutputs<'_>, n_rows: usize) -> Result<(), Error> {
        let n_classes = self.wiring.classes.len();
        match &self.wiring.answer {
            GraphAnswer::Value { output } => self.take(output_of(outputs, output)?, n_rows, 1),
            GraphAnswer::Coordinates {
                output,
                n_components,
            } => self.take(output_of(outputs, output)?, n_rows, *n_components as usize),
            GraphAnswer::Classes {
                label,
                probabilities,
            } => {
                let first = self.indices.len();
                for text in labels(output_of(outputs, label)?)? {
                    match self.index_of.get(text.as_str()) {
                        Some(&index) => self.indices.push(index),
                        None => return Err(Error::UnknownLabel(text)),
                    }
                }
                if self.indices.len() - first != n_rows {
                    return Err(unlike(label, self.indices.len() - first, n_rows));
                }
                match probabilities {
                    None => {
                        for &index in &self.indices[first..] {
                            let row =
                                (0..n_classes).map(|class| f64::from(class == index as usize));
                            self.numbers.extend(row);
                        }
                        Ok(())
                    }
                    Some(name) => {
                        let value = output_of(outputs, name)?;
                        match value.try_extract_sequence::<ort::value::DynMapValueType>() {
                            Ok(maps) => self.take_maps(name, &maps, n_rows),
                            Err(_) => self.take(value, n_rows, n_classes),
                        }
                    }
                }
            }
            GraphAnswer::Tensors => Err(Error::Ports("it answers whole tensors".to_owned())),
        }
    }

    fn take(&mut self, value: &DynValue, n_rows: usize, width: usize) -> Result<(), Error> {
        let before = self.numbers.len();
        if let Ok((_, values)) = value.try_extract_tensor::<f32>() {
            self.numbers
                .extend(values.iter().map(|&value| f64::from(value)));
        } else {
            let (_, values) = value.try_extract_tensor::<f64>().map_err(failed)?;
            self.numbers.extend(values);
        }
        let found = self.numbers.len() - before;
        if found == n_rows * width {
            Ok(())
        } else {
            Err(unlike("its answer", found, n_rows * width))
        }
    }

    /// Maps from label to probability, one a row.
    fn take_maps(
        &mut self,
        name: &str,
        maps: &[ort::value::DynMap],
        n_rows: usize,
    ) -> Result<(), Error> {
        if maps.len() != n_rows {
            return Err(unlike(name, maps.len(), n_rows));
        }
        for map in maps {
            let first = self.numbers.len();
            self.numbers.resize(first + self.wiring.classes.len(), 0.0);
            let entries: Vec<(String, f32)> = match map.try_extract_key_values::<String, f32>() {
                Ok(entries) => entries,
                Err(_) => map
                    .try_extract_key_values::<i64, f32>()
                    .map_err(failed)?
                    .into_iter()
                    .map(|(key, value)| (key.to_string(), value))
                    .collect(),
            };
            for (label, probability) in entries {
                match self.index_of.get(label.as_str()) {
                    Some(&index) => self.numbers[first + index as usize] = f64::from(probability),
                    None => return Err(Error::UnknownLabel(label)),
                }
            }
        }
        Ok(())
    }

    fn into_prediction(self) -> Prediction {
        match self.wiring.answer {
            GraphAnswer::Classes { .. } => Prediction::Classes {
                indices: self.indices,
                probabilities: self.numbers,
                n_classes: self.wiring.classes.len(),
            },
            GraphAnswer::Coordinates { n_components, .. } => Prediction::Coordinates {
                values: self.numbers,
                n_components: n_components as usize,
            },
            GraphAnswer::Value { .. } | GraphAnswer::Tensors => Prediction::Values(self.numbers),
        }
    }
}

fn output_of<'a>(outputs: &'a SessionOutputs<'_>, name: &str) -> Result<&'a DynValue, Error> {
    Some(name)
        // It does not take an empty one.
        .filter(|name| !name.is_empty())
        .and_then(|name| outputs.get(name))
        .ok_or_else(|| Error::Run(format!("no output `{name}`")))
}

fn labels(value: &DynValue) -> Result<Vec<String>, Error> {
    if let Ok((_, labels)) = value.try_extract_strings() {
        return Ok(labels);
    }
    if let Ok((_, labels)) = value.try_extract_tensor::<i64>() {
        return Ok(labels.iter().map(i64::to_string).collect());
    }
    let (_, labels) = value.try_extract_tensor::<i32>().map_err(failed)?;
    Ok(labels.iter().map(i32::to_string).collect())
}

fn unlike(name: &str, found: usize, wanted: usize) -> Error {
    Error::Ports(format!(
        "`{name}` gives {found} values where {wanted} are needed"
    ))
}
