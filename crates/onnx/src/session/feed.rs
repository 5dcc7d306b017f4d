//! One raw column on its way into one input of a graph.

use assay_core::matrix::{RawColumn, RawValues};
use assay_core::registry::Port;
use ort::session::SessionInputValue;
use ort::value::{Tensor, TensorRef};

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
}

impl<'a> Feed<'a> {
    pub fn new(
        port: &'a Port,
        column: &'a RawColumn,
        n_rows: usize,
        missing: &'a [String],
    ) -> Result<Self, Error> {
        let wrong = |found, needed| Error::WrongType {
            column: port.name.clone(),
            found,
            needed,
        };
        let (values, found) = match (&column.values, port.element.as_str()) {
            (RawValues::Numbers(values), "double") => (Values::Numbers(values), values.len()),
            (RawValues::Texts(texts), "string") => (Values::Texts { texts, missing }, texts.len()),
            (RawValues::Numbers(_), "string") => return Err(wrong("numbers", "text")),
            (RawValues::Texts(_), "double") => return Err(wrong("text", "numbers")),
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
        Ok(match self.values {
            Values::Numbers(values) => {
                TensorRef::from_array_view((shape, &values[start..end]))?.into()
            }
            Values::Texts { texts, missing } => {
                let texts = texts[start..end].iter().map(|value| text(value, missing));
                let texts: Vec<String> = texts.collect();
                Tensor::from_string_array((shape, texts.as_slice()))?.into()
            }
        })
    }
}

/// A text as the graph takes it. ONNX Runtime's texts end at a NUL. No category holds one, nor is it among `missing`:
/// such a text is an unknown one, and stays it.
fn text(value: &Option<String>, missing: &[String]) -> String {
    const UNKNOWN: &str = "\u{FFFD}";
    match value {
        Some(value) if missing.contains(value) => UNKNOWN.to_owned(),
        Some(value) if value.contains('\0') => value.replace('\0', UNKNOWN),
        Some(value) => value.clone(),
        None => String::new(),
    }
}
