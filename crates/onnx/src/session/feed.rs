//! One raw column on its way into one input of a graph.

use assay_core::matrix::{RawColumn, RawValues};
use assay_core::registry::Port;
use ort::session::SessionInputValue;
use ort::value::{Tensor, TensorRef};

use crate::error::Error;

pub struct Feed<'a> {
    pub name: &'a str,
    /// A graph with one input takes it as [N, 1].
    is_matrix: bool,
    values: Values<'a>,
}

enum Values<'a> {
    Numbers(&'a [f64]),
    Texts(&'a [Option<String>]),
}

impl<'a> Feed<'a> {
    pub fn new(port: &'a Port, column: &'a RawColumn, n_rows: usize) -> Result<Self, Error> {
        let wrong = |found, needed| Error::WrongType {
            column: port.name.clone(),
            found,
            needed,
        };
        let (values, found) = match (&column.values, port.element.as_str()) {
            (RawValues::Numbers(values), "double") => (Values::Numbers(values), values.len()),
            (RawValues::Texts(values), "string") => (Values::Texts(values), values.len()),
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
        let is_matrix = match port.shape.len() {
            1 => false,
            2 if port.shape[1] == "1" => true,
            n => {
                return Err(Error::Ports(format!("input `{}` has {n} axes", port.name)));
            }
        };
        Ok(Self {
            name: &port.name,
            is_matrix,
            values,
        })
    }

    /// The rows `start..end`, within the column.
    pub fn tensor(&self, start: usize, end: usize) -> ort::Result<SessionInputValue<'a>> {
        let n_rows = end - start;
        let shape = if self.is_matrix {
            vec![n_rows, 1]
        } else {
            vec![n_rows]
        };
        Ok(match self.values {
            Values::Numbers(values) => {
                TensorRef::from_array_view((shape, &values[start..end]))?.into()
            }
            Values::Texts(values) => {
                let texts: Vec<String> = values[start..end].iter().map(text).collect();
                Tensor::from_string_array((shape, texts.as_slice()))?.into()
            }
        })
    }
}

/// A text as the graph takes it. ONNX Runtime's texts end at a NUL; no category holds one, so that a text with NULs
/// stays what it is, an unknown one.
fn text(value: &Option<String>) -> String {
    match value {
        Some(value) => value.replace('\0', "\u{FFFD}"),
        None => String::new(),
    }
}
