//! One raw column on its way into one input of a graph.

use std::sync::Arc;

use assay_core::registry::Port;
use ort::session::SessionInputValue;
use ort::value::{Tensor, TensorRef};

use super::rows::Cells;
use crate::error::Error;

pub struct Feed<'a> {
    pub name: &'a str,
    values: Values<'a>,
}

enum Values<'a> {
    Numbers(&'a [f64]),
    Texts {
        texts: &'a [Option<String>],
        /// What the graph takes for a missing text, meant for Python. Here it is a text like any other.
        missing: &'a [String],
    },
    /// As the graph takes them, each distinct one once; the last is a missing one.
    Coded {
        codes: &'a [u32],
        texts: Vec<Arc<str>>,
    },
}

impl<'a> Feed<'a> {
    pub fn new(
        port: &'a Port,
        cells: Cells<'a>,
        n_rows: usize,
        missing: &'a [String],
    ) -> Result<Self, Error> {
        let wrong = |found, needed| Error::WrongType {
            column: port.name.clone(),
            found,
            needed,
        };
        let (values, found) = match (cells, port.element.as_str()) {
            (Cells::Numbers(values), "double") => (Values::Numbers(values), values.len()),
            (Cells::Texts(texts), "string") => (Values::Texts { texts, missing }, texts.len()),
            (Cells::Coded { codes, texts }, "string") => {
                let known = texts.iter().map(|known| text(Some(known), missing).into());
                let texts = known.chain([Arc::from("")]).collect();
                (Values::Coded { codes, texts }, codes.len())
            }
            (Cells::Numbers(_), "string") => return Err(wrong("numbers", "text")),
            (Cells::Texts(_) | Cells::Coded { .. }, "double") => {
                return Err(wrong("text", "numbers"));
            }
            (_, other) => {
                return Err(Error::Ports(format!("input `{}` takes {other}", port.name)));
            }
        };
        if found != n_rows {
            return Err(Error::RowCount {
                column: port.name.clone(),
                found,
                expected: n_rows,
            });
        }
        if port.shape.len() != 1 {
            let n = port.shape.len();
            return Err(Error::Ports(format!("input `{}` has {n} axes", port.name)));
        }
        Ok(Self {
            name: &port.name,
            values,
        })
    }

    /// The rows `start..end`, within the column.
    pub fn tensor(&self, start: usize, end: usize) -> ort::Result<SessionInputValue<'a>> {
        let shape = [end - start];
        Ok(match &self.values {
            Values::Numbers(values) => {
                TensorRef::from_array_view((shape, &values[start..end]))?.into()
            }
            Values::Texts { texts, missing } => {
                let some = texts[start..end].iter();
                let texts = some.map(|value| text(value.as_ref(), missing));
                let texts: Vec<String> = texts.collect();
                Tensor::from_string_array((shape, texts.as_slice()))?.into()
            }
            Values::Coded { codes, texts } => {
                let last = texts.len().saturating_sub(1);
                let codes = codes[start..end].iter();
                let texts = codes.filter_map(|code| texts.get(last.min(*code as usize)).cloned());
                let texts: Vec<Arc<str>> = texts.collect();
                Tensor::from_string_array((shape, texts.as_slice()))?.into()
            }
        })
    }
}

/// A text as the graph takes it. ONNX Runtime's texts end at a NUL. No category holds one, nor is it among `missing`:
/// such a text is an unknown one, and stays it.
fn text(value: Option<&String>, missing: &[String]) -> String {
    const UNKNOWN: &str = "\u{FFFD}";
    match value {
        Some(value) if missing.contains(value) => UNKNOWN.to_owned(),
        Some(value) if value.contains('\0') => value.replace('\0', UNKNOWN),
        Some(value) => value.clone(),
        None => String::new(),
    }
}
