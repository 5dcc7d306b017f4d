//! Answers from raw columns.

mod answer;
mod cut;
mod feed;
mod forest;
mod limit;
mod own_trees;
mod rows;
mod whole;
mod wired;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use assay_core::Columns;
use assay_core::imported_model::Wiring;
use assay_core::matrix::Prediction;
use assay_core::registry::Port;
use assay_core::tensor::NamedTensor;
use ort::environment::Environment;
use ort::value::{Outlet, TensorElementType, ValueType};
use serde::de::DeserializeOwned;

use self::answer::Answer;
use self::feed::Feed;
use self::own_trees::{OwnTrees, ROWS_AT_LEAST};
pub use self::rows::{Cells, Rows};
use crate::error::Error;
use crate::export::{CLASSES_KEY, MISSING_TEXTS_KEY};
use crate::inspect::inspect;

/// Rows that are answered at once; bounds the memory that texts (up to 1,000 words a row) and features take.
const ROWS_A_CHUNK: usize = 8_192;

/// An open graph. Calls from several threads wait for each other: ONNX Runtime is given one at a time.
#[derive(Debug)]
pub struct Session {
    inner: Mutex<ort::session::Session>,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    /// Per input, the texts that the graph takes for a missing one.
    missing_texts: HashMap<String, Vec<String>>,
    own_trees: Option<OwnTrees>,
    classes: Vec<String>,
    /// Of a graph that Assay did not write.
    wiring: Option<Wiring>,
    /// How long a run of such a graph may take.
    limit: Option<Duration>,
}

impl Session {
    pub(crate) fn open(
        environment: &Environment,
        bytes: &[u8],
        n_threads: usize,
    ) -> Result<Self, Error> {
        let inner = match open(environment, bytes, n_threads) {
            Ok(session) => session,
            Err(error) => {
                inspect(bytes)?;
                return Err(Error::Graph(error.message().to_owned()));
            }
        };
        Ok(Self {
            inputs: inner.inputs().iter().map(port).collect(),
            outputs: inner.outputs().iter().map(port).collect(),
            missing_texts: noted(&inner, MISSING_TEXTS_KEY),
            classes: noted(&inner, CLASSES_KEY),
            wiring: None,
            limit: None,
            inner: Mutex::new(inner),
            own_trees: None,
        })
    }

    /// As [`Self::open`]; many rows at once walk the graph's trees here, not in ONNX Runtime.
    pub(crate) fn open_for_many(
        environment: &Environment,
        bytes: &[u8],
        n_threads: usize,
    ) -> Result<Self, Error> {
        Ok(Self {
            own_trees: OwnTrees::open(environment, bytes, n_threads),
            ..Self::open(environment, bytes, n_threads)?
        })
    }

    /// Whether [`Self::predict`] walks trees itself.
    pub fn walks_trees(&self) -> bool {
        self.own_trees.is_some()
    }

    /// The same session for a graph that somebody else wrote: columns and answers go the way that is given, and
    /// [`Session::predict`] answers with the classes of the wiring, whatever classes it is asked with.
    pub fn wired(self, wiring: Wiring) -> Self {
        Self {
            classes: wiring.classes.clone(),
            wiring: Some(wiring),
            ..self
        }
    }

    /// The same session, whose runs of whole tensors or by a wiring end with [`Error::TooLong`] after `limit`.
    pub fn limited(self, limit: Duration) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    /// Whole tensors in and out; what is no tensor of known elements among the outputs is left out.
    ///
    /// # Errors
    /// [`Error::Run`].
    pub fn run(&self, inputs: &[NamedTensor]) -> Result<Vec<NamedTensor>, Error> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        whole::run(&mut inner, inputs, self.limit)
    }

    /// A value for every input, to try the graph with: free axes have the length 1.
    ///
    /// # Errors
    /// [`Error::Ports`] for inputs that are no tensors of known elements, or too large ones.
    pub fn made_up_inputs(&self) -> Result<Vec<NamedTensor>, Error> {
        whole::made_up(&self.inputs)
    }

    /// In the order of the graph.
    pub fn inputs(&self) -> &[Port] {
        &self.inputs
    }

    /// The label and the probabilities, or the value.
    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    /// In the order of the probabilities; empty for a graph without classes, and for one that does not name them.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// What the graph says of every row. Columns that it does not name are ignored; an empty text is a missing one.
    /// `classes` are those of the model, in its order; for regression they are not looked at.
    ///
    /// # Errors
    /// [`Error::MissingColumns`] names all that are missing; [`Error::WrongType`], [`Error::RowCount`];
    /// [`Error::Ports`] for a graph of another shape than [`crate::export`] writes; [`Error::UnknownLabel`];
    /// [`Error::Run`].
    pub fn predict(&self, columns: &Columns, classes: &[String]) -> Result<Prediction, Error> {
        if let Some(wiring) = &self.wiring {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            return wired::predict(&mut inner, wiring, columns, self.limit);
        }
        self.predict_rows(&Rows::from(columns), classes)
    }

    /// As [`Self::predict`], of rows that somebody else holds in other forms.
    ///
    /// # Errors
    /// As [`Self::predict`].
    pub fn predict_rows(
        &self,
        columns: &Rows<'_>,
        classes: &[String],
    ) -> Result<Prediction, Error> {
        if let Some(wiring) = &self.wiring {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            return wired::predict(&mut inner, wiring, &columns.to_columns(), self.limit);
        }
        let feeds = self.feeds(columns)?;
        let mut answer = Answer::new(&self.outputs, classes)?;
        if let Some(own_trees) = &self.own_trees
            && columns.n_rows >= ROWS_AT_LEAST
        {
            for start in (0..columns.n_rows).step_by(ROWS_A_CHUNK) {
                let end = columns.n_rows.min(start + ROWS_A_CHUNK);
                own_trees.run(&feeds, (start, end), |outputs| answer.extend(outputs))?;
            }
            return Ok(answer.into_prediction());
        }
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

    /// What the graph computes under the names of some of its outputs, row-major, with the numbers a row has.
    ///
    /// # Errors
    /// As [`Self::predict`], and [`Error::Run`] for an output that is no matrix of numbers.
    pub(crate) fn values(
        &self,
        columns: &Columns,
        names: &[String],
    ) -> Result<Vec<(Vec<f64>, usize)>, Error> {
        let failed = |error: ort::Error| Error::Run(error.message().to_owned());
        let inputs = self
            .feeds(&Rows::from(columns))?
            .iter()
            .map(|feed| Ok((Cow::from(feed.name), feed.tensor(0, columns.n_rows)?)))
            .collect::<Result<Vec<_>, ort::Error>>()
            .map_err(failed)?;
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let outputs = inner.run(inputs).map_err(failed)?;
        let n_rows = columns.n_rows.max(1);
        names
            .iter()
            .map(|name| {
                let value = outputs
                    .get(name)
                    .ok_or_else(|| Error::Run(format!("no output `{name}`")))?;
                let numbers: Vec<f64> = match value.try_extract_tensor::<f64>() {
                    Ok((_, numbers)) => numbers.to_vec(),
                    Err(_) => {
                        let (_, numbers) = value.try_extract_tensor::<f32>().map_err(failed)?;
                        numbers.iter().map(|&number| f64::from(number)).collect()
                    }
                };
                let width = numbers.len() / n_rows;
                Ok((numbers, width))
            })
            .collect()
    }

    fn feeds<'a>(&'a self, columns: &Rows<'a>) -> Result<Vec<Feed<'a>>, Error> {
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
            .map(|(port, cells)| {
                let missing_texts = self.missing_texts.get(&port.name).map_or(&[][..], |t| t);
                Feed::new(port, cells, columns.n_rows, missing_texts)
            })
            .collect()
    }
}

fn open(
    environment: &Environment,
    bytes: &[u8],
    n_threads: usize,
) -> ort::Result<ort::session::Session> {
    ort::session::Session::builder(environment)
        .and_then(|builder| Ok(builder.with_intra_threads(n_threads)?))
        .and_then(|builder| Ok(builder.with_intra_op_spinning(false)?))
        .and_then(|mut builder| builder.commit_from_memory(bytes))
}

/// What the graph says of itself under a key, as JSON; nothing when it says nothing that can be read.
fn noted<T: DeserializeOwned + Default>(session: &ort::session::Session, key: &str) -> T {
    let metadata = session.metadata().ok();
    metadata
        .and_then(|metadata| metadata.custom(key))
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
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
