//! What ONNX files say of themselves: of versions, and of any file. Nothing is run.

use std::fs;
use std::path::Path;

use assay_core::code::Code;
use assay_core::onnx_graph::{
    GraphRequest, ModelSource, OnnxGraph, TensorRequest, TensorStatistics,
};
use assay_core::registry::Inspection;

use crate::datasets::file_name;
use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// No message of the format can be larger; what is, keeps its constants in other files.
const MAX_FILE_BYTES: u64 = 2 << 30;

impl Lab {
    /// What an ONNX file says of itself; nothing is imported.
    pub fn inspect_onnx(&self, path: &Path) -> Result<Inspection, Error> {
        onnx_file(path)
            .and_then(|bytes| Ok(assay_onnx::inspect(&bytes)?))
            .attempt(|| format!("inspect `{}`", file_name(path)))
    }

    /// A whole graph, as it is drawn.
    pub fn onnx_graph(&self, request: &GraphRequest) -> Result<OnnxGraph, Error> {
        self.onnx_of(&request.source)
            .and_then(|bytes| Ok(assay_onnx::graph(&request.source.to_string(), &bytes)?))
            .attempt(|| format!("show the graph of `{}`", request.source))
    }

    /// The statistics of one constant of a graph; `None` when it holds no numbers that can be read.
    pub fn onnx_tensor(&self, request: &TensorRequest) -> Result<Option<TensorStatistics>, Error> {
        self.onnx_of(&request.source)
            .and_then(|bytes| Ok(assay_onnx::tensor_statistics(&bytes, &request.tensor)?))
            .attempt(|| format!("show a constant of `{}`", request.source))
    }

    pub(crate) fn onnx_of(&self, source: &ModelSource) -> Result<Vec<u8>, Cause> {
        match source {
            ModelSource::Version { model } => {
                let version = self.store.model_version(model)?;
                Ok(self.store.read_object(&version.onnx)?)
            }
            ModelSource::File { path } => onnx_file(path),
        }
    }
}

/// The bytes of a file that may be anything.
pub(crate) fn onnx_file(path: &Path) -> Result<Vec<u8>, Cause> {
    let metadata = fs::metadata(path).map_err(|error| Cause::io(path, error))?;
    if !metadata.is_file() {
        return Err(Cause::with_hint(
            Code::Invalid,
            "it is no file",
            "name the ONNX file itself",
        ));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(Cause::with_hint(
            Code::Invalid,
            "the file is larger than 2 GB, which no ONNX file is",
            "name the ONNX file itself, not the file of its external data",
        ));
    }
    fs::read(path).map_err(|error| Cause::io(path, error))
}
