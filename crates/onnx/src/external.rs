//! Constants that lie in files beside a model, taken into it: what is registered is one file.

use prost::Message;

use crate::error::Error;
use crate::proto::tensor_proto::DataType;
use crate::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};
use crate::reading::read;
use crate::tensor_values::{element, entry, is_external, location, n_values, width};

/// No message of the format can be larger.
const MOST_BYTES: u64 = 2 << 30;

/// A piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPart {
    /// As the model names it, relative to its folder. Untrusted: it may lead anywhere.
    pub file: String,
    pub offset: u64,
    pub n_bytes: u64,
}

/// The same model with all constants inside. `fetch` reads a piece; it must refuse files outside the model's folder.
///
/// # Errors
/// [`Error::External`] when a piece is not as long as its tensor, cannot be fetched, or all are too much for one file;
/// [`Error::NotOnnx`], [`Error::TooLarge`].
pub fn take_in(
    bytes: &[u8],
    fetch: &mut dyn FnMut(&DataPart) -> Result<Vec<u8>, String>,
) -> Result<Vec<u8>, Error> {
    let whole = read(bytes)?;
    let mut model = ModelProto {
        graph: Some(whole.graph),
        ..whole.model
    };
    let mut taking = Taking {
        fetch,
        left: MOST_BYTES.saturating_sub(bytes.len() as u64),
    };
    if let Some(graph) = &mut model.graph {
        taking.graph(graph)?;
    }
    for function in &mut model.functions {
        taking.nodes(&mut function.node)?;
        for attribute in &mut function.attribute_proto {
            taking.attribute(attribute)?;
        }
    }
    Ok(model.encode_to_vec())
}

struct Taking<'a> {
    fetch: &'a mut dyn FnMut(&DataPart) -> Result<Vec<u8>, String>,
    left: u64,
}

impl Taking<'_> {
    fn graph(&mut self, graph: &mut GraphProto) -> Result<(), Error> {
        for tensor in &mut graph.initializer {
            self.tensor(tensor)?;
        }
        for sparse in &mut graph.sparse_initializer {
            for tensor in sparse.values.iter_mut().chain(&mut sparse.indices) {
                self.tensor(tensor)?;
            }
        }
        self.nodes(&mut graph.node)
    }

    fn nodes(&mut self, nodes: &mut [NodeProto]) -> Result<(), Error> {
        let attributes = nodes.iter_mut().flat_map(|node| &mut node.attribute);
        for attribute in attributes {
            self.attribute(attribute)?;
        }
        Ok(())
    }

    fn attribute(&mut self, attribute: &mut AttributeProto) -> Result<(), Error> {
        for tensor in attribute.t.iter_mut().chain(&mut attribute.tensors) {
            self.tensor(tensor)?;
        }
        let sparse = attribute.sparse_tensor.iter_mut();
        for sparse in sparse.chain(&mut attribute.sparse_tensors) {
            for tensor in sparse.values.iter_mut().chain(&mut sparse.indices) {
                self.tensor(tensor)?;
            }
        }
        for graph in attribute.g.iter_mut().chain(&mut attribute.graphs) {
            self.graph(graph)?;
        }
        Ok(())
    }

    fn tensor(&mut self, tensor: &mut TensorProto) -> Result<(), Error> {
        if !is_external(tensor) {
            return Ok(());
        }
        let part = part(tensor)?;
        self.left = self
            .left
            .checked_sub(part.n_bytes)
            .ok_or_else(|| Error::External("one file cannot hold more than 2 GB".to_owned()))?;
        let values = (self.fetch)(&part).map_err(Error::External)?;
        if values.len() as u64 != part.n_bytes {
            return Err(Error::External(format!(
                "`{}` ends before byte {}",
                part.file,
                part.offset.saturating_add(part.n_bytes)
            )));
        }
        tensor.raw_data = Some(values);
        tensor.external_data.clear();
        tensor.data_location = None;
        Ok(())
    }
}

fn part(tensor: &TensorProto) -> Result<DataPart, Error> {
    let name = tensor.name.as_deref().unwrap_or_default();
    let wrong = |what: &str| Error::External(format!("constant `{name}` {what}"));
    let number = |key: &str| match entry(tensor, key) {
        None | Some("") => Ok(None),
        Some(text) => text
            .parse::<u64>()
            .map(Some)
            .map_err(|_| wrong(&format!("names `{text}` as its {key}"))),
    };
    let element = element(tensor);
    // Two numbers share a byte.
    let is_packed = matches!(
        element,
        DataType::Int4 | DataType::Uint4 | DataType::Float4e2m1
    );
    let n_bytes = match width(element) {
        Some(width) => n_values(tensor).checked_mul(width as u64),
        None if is_packed => Some(n_values(tensor).div_ceil(2)),
        None if element == DataType::String || element == DataType::Undefined => None,
        None => number("length")?,
    };
    let n_bytes = n_bytes.ok_or_else(|| wrong("is of a kind that no other file can hold"))?;
    if number("length")?.is_some_and(|length| length != n_bytes) {
        return Err(wrong("is not as long as its shape says"));
    }
    Ok(DataPart {
        file: location(tensor).to_owned(),
        offset: number("offset")?.unwrap_or(0),
        n_bytes,
    })
}
