//! Answers from raw columns.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use assay_core::Columns;
use assay_core::matrix::{Prediction, RawColumn, RawValues};
use assay_core::registry::Port;
use ort::environment::Environment;
use ort::session::{SessionInputValue, SessionOutputs};
use ort::value::{Outlet, Tensor, TensorElementType, TensorRef, ValueType};

use crate::error::Error;
use crate::inspect::inspect;

/// Rows that are answered at once; bounds the memory that texts and features take.
const ROWS_A_CHUNK: usize = 65_536;

/// An open graph. Calls from several threads wait for each other: ONNX Runtime is given one at a time.
#[derive(Debug)]
pub struct Session {
    inner: Mutex<ort::session::Session>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Session {
    pub(crate) fn open(
        environment: &Environment,
        bytes: &[u8],
        n_threads: usize,
    ) -> Result<Self, Error> {
        let opened = ort::session::Session::builder(environment)
            .and_then(|builder| Ok(builder.with_intra_threads(n_threads)?))
            .and_then(|builder| Ok(builder.with_intra_op_spinning(false)?))
            .and_then(|mut builder| builder.commit_from_memory(bytes));
        let inner = match opened {
            Ok(session) => session,
            Err(error) => {
                inspect(bytes)?;
                return Err(Error::Graph(error.message().to_owned()));
            }
        };
        Ok(Self {
            inputs: inner.inputs().iter().map(port).collect(),
            outputs: inner.outputs().iter().map(port).collect(),
            inner: Mutex::new(inner),
        })
    }

    /// In the order of the graph.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// The label and one probability per class, or the value.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// What the graph says of every row. Columns that it does not name are ignored; an empty text is a missing one.
    /// `classes` are those of the model, in its order; for regression they are not looked at.
    ///
    /// # Errors
    /// [`Error::MissingColumns`] names all that are missing; [`Error::WrongType`], [`Error::RowCount`];
    /// [`Error::Ports`] for a graph of another shape than [`crate::export`] writes; [`Error::UnknownLabel`];
    /// [`Error::Run`].
    pub fn predict(&self, columns: &Columns, classes: &[String]) -> Result<Prediction, Error> {
        let feeds = self.feeds(columns)?;
        let mut answer = Answer::new(&self.outputs, classes)?;
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        for start in (0..columns.n_rows).step_by(ROWS_A_CHUNK) {
            let end = columns.n_rows.min(start + ROWS_A_CHUNK);
            let inputs = feeds
                .iter()
                .map(|feed| Ok((Cow::from(feed.name), feed.tensor(start, end)?)))
                .collect::<Result<Vec<_>, ort::Error>>()
                .map_err(|error| Error::Run(error.message().to_owned()))?;
            let outputs = inner
                .run(inputs)
                .map_err(|error| Error::Run(error.message().to_owned()))?;
            answer.extend(&outputs)?;
        }
        Ok(answer.into_prediction())
    }

    fn feeds<'a>(&'a self, columns: &'a Columns) -> Result<Vec<Feed<'a>>, Error> {
        let missing: Vec<String> = self
            .inputs
            .iter()
            .filter(|port| columns.column(&port.name).is_none())
            .map(|port| port.name.clone())
            .collect();
        if !missing.is_empty() {
            return Err(Error::MissingColumns(missing));
        }
        self.inputs
            .iter()
            .filter_map(|port| Some((port, columns.column(&port.name)?)))
            .map(|(port, column)| Feed::new(port, column, columns.n_rows))
            .collect()
    }
}

/// One raw column on its way into one input.
struct Feed<'a> {
    name: &'a str,
    /// A graph with one input takes it as [N, 1].
    is_matrix: bool,
    values: Values<'a>,
}

enum Values<'a> {
    Numbers(&'a [f64]),
    Texts(&'a [Option<String>]),
}

impl<'a> Feed<'a> {
    fn new(port: &'a Port, column: &'a RawColumn, n_rows: usize) -> Result<Self, Error> {
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

    fn tensor(&self, start: usize, end: usize) -> ort::Result<SessionInputValue<'a>> {
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

/// What has been answered so far.
enum Answer<'a> {
    Classes {
        outputs: &'a [Port],
        index_of: HashMap<&'a str, u32>,
        indices: Vec<u32>,
        probabilities: Vec<f64>,
        n_classes: usize,
    },
    Values {
        output: &'a str,
        values: Vec<f64>,
    },
}

impl<'a> Answer<'a> {
    fn new(outputs: &'a [Port], classes: &'a [String]) -> Result<Self, Error> {
        let elements: Vec<&str> = outputs.iter().map(|port| port.element.as_str()).collect();
        match elements.as_slice() {
            ["float"] => Ok(Self::Values {
                output: &outputs[0].name,
                values: Vec::new(),
            }),
            ["string" | "int64", probabilities @ ..]
                if probabilities.len() >= 2 && probabilities.iter().all(|&e| e == "float") =>
            {
                if probabilities.len() != classes.len() {
                    return Err(Error::Ports(format!(
                        "it answers {} classes, the model has {}",
                        probabilities.len(),
                        classes.len()
                    )));
                }
                Ok(Self::Classes {
                    outputs,
                    index_of: (0..).zip(classes).map(|(i, c)| (c.as_str(), i)).collect(),
                    indices: Vec::new(),
                    probabilities: Vec::new(),
                    n_classes: classes.len(),
                })
            }
            _ => Err(Error::Ports(
                "its outputs are neither a label with probabilities nor a value".to_owned(),
            )),
        }
    }

    fn extend(&mut self, answered: &SessionOutputs<'_>) -> Result<(), Error> {
        match self {
            Self::Values { output, values } => {
                values.extend(floats(answered, output)?.iter().map(|&v| f64::from(v)));
            }
            Self::Classes {
                outputs,
                index_of,
                indices,
                probabilities,
                ..
            } => {
                let Some((label, classes)) = outputs.split_first() else {
                    return Ok(());
                };
                for text in labels(answered, label)? {
                    match index_of.get(text.as_str()) {
                        Some(&index) => indices.push(index),
                        None => return Err(Error::UnknownLabel(text)),
                    }
                }
                let by_class = classes
                    .iter()
                    .map(|port| floats(answered, &port.name))
                    .collect::<Result<Vec<_>, _>>()?;
                let n_rows = by_class.iter().map(|class| class.len()).min().unwrap_or(0);
                for row in 0..n_rows {
                    probabilities.extend(by_class.iter().map(|class| f64::from(class[row])));
                }
            }
        }
        Ok(())
    }

    fn into_prediction(self) -> Prediction {
        match self {
            Self::Classes {
                indices,
                probabilities,
                n_classes,
                ..
            } => Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            },
            Self::Values { values, .. } => Prediction::Values(values),
        }
    }
}

fn floats<'a>(answered: &'a SessionOutputs<'_>, name: &str) -> Result<&'a [f32], Error> {
    let value = answered
        .get(name)
        .ok_or_else(|| Error::Run(format!("no output `{name}`")))?;
    let (_, values) = value
        .try_extract_tensor::<f32>()
        .map_err(|error| Error::Run(error.message().to_owned()))?;
    Ok(values)
}

fn labels(answered: &SessionOutputs<'_>, port: &Port) -> Result<Vec<String>, Error> {
    let value = answered
        .get(&port.name)
        .ok_or_else(|| Error::Run(format!("no output `{}`", port.name)))?;
    let texts = if port.element == "int64" {
        value
            .try_extract_tensor::<i64>()
            .map(|(_, labels)| labels.iter().map(i64::to_string).collect())
    } else {
        value.try_extract_strings().map(|(_, labels)| labels)
    };
    texts.map_err(|error| Error::Run(error.message().to_owned()))
}

fn port(outlet: &Outlet) -> Port {
    let (element, shape) = match outlet.dtype() {
        ValueType::Tensor {
            ty,
            shape,
            dimension_symbols,
        } => (
            element_name(*ty),
            shape
                .iter()
                .zip(dimension_symbols.iter())
                .map(|(&n, symbol)| match (n, symbol.as_str()) {
                    (0.., _) => n.to_string(),
                    (_, "") => "?".to_owned(),
                    (_, symbol) => symbol.to_owned(),
                })
                .collect(),
        ),
        ValueType::Sequence(_) => ("sequence".to_owned(), Vec::new()),
        ValueType::Map { .. } => ("map".to_owned(), Vec::new()),
        ValueType::Optional(_) => ("optional".to_owned(), Vec::new()),
    };
    Port {
        name: outlet.name().to_owned(),
        element,
        shape,
    }
}

/// As the ONNX format names it.
fn element_name(element: TensorElementType) -> String {
    match element {
        TensorElementType::Float32 => "float".to_owned(),
        TensorElementType::Float64 => "double".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}
