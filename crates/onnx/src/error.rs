//! What can go wrong between a model and an answer of ONNX Runtime.

use std::path::PathBuf;

use assay_core::Code;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recipe or the model has no ONNX form, or they do not belong together.
    #[error("the model cannot be written as ONNX: {0}")]
    Export(String),
    #[error("ONNX Runtime is not at {}", .0.display())]
    NoLibrary(PathBuf),
    #[error("ONNX Runtime at {} cannot be loaded: {reason}", path.display())]
    Load { path: PathBuf, reason: String },
    #[error("ONNX Runtime was loaded from {} already, a process holds one", .0.display())]
    LoadedElsewhere(PathBuf),
    #[error("the file is not an ONNX file")]
    NotOnnx,
    /// It announces more than it holds.
    #[error("the file would take more than {} MB of memory once it is read", allowed >> 20)]
    TooLarge { allowed: u64 },
    #[error("the graph keeps nothing in that place")]
    NoTensor,
    /// Damaged, or with operators or versions that this runtime lacks.
    #[error("ONNX Runtime refuses the graph: {0}")]
    Graph(String),
    #[error("the data lack {}", listed(.0))]
    MissingColumns(Vec<String>),
    #[error("column `{column}` holds {found} where the model takes {needed}")]
    WrongType {
        column: String,
        found: &'static str,
        needed: &'static str,
    },
    #[error("column `{column}` has {found} rows where {expected} are announced")]
    RowCount {
        column: String,
        found: usize,
        expected: usize,
    },
    /// A graph that Assay did not write.
    #[error("the graph cannot be fed with columns: {0}")]
    Ports(String),
    #[error("{given} columns are named where the graph takes {wanted}")]
    Columns { given: usize, wanted: usize },
    #[error("the column `{0}` is named twice")]
    SameColumn(String),
    /// Constants in a file beside it that cannot be taken in.
    #[error("the external data cannot be taken in: {0}")]
    External(String),
    #[error("the graph answered `{0}`, which is none of the classes")]
    UnknownLabel(String),
    /// It cannot be made smaller in the way that was asked for.
    #[error("the graph does not get smaller: {0}")]
    Shrink(String),
    #[error("ONNX Runtime failed: {0}")]
    Run(String),
    #[error("it was not done within {0} s")]
    TooLong(f64),
    #[error("the two predictions cannot be compared: {0}")]
    Compare(String),
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::NoLibrary(_) | Self::NoTensor => Code::NotFound,
            Self::Load { .. } => Code::Io,
            Self::LoadedElsewhere(_) => Code::Conflict,
            Self::Export(_) | Self::Ports(_) | Self::Shrink(_) => Code::Unsupported,
            Self::NotOnnx
            | Self::TooLarge { .. }
            | Self::Graph(_)
            | Self::MissingColumns(_)
            | Self::WrongType { .. }
            | Self::RowCount { .. }
            | Self::Columns { .. }
            | Self::SameColumn(_)
            | Self::External(_)
            | Self::TooLong(_)
            | Self::UnknownLabel(_) => Code::Invalid,
            Self::Run(_) | Self::Compare(_) => Code::Bug,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoLibrary(_) => {
                "run `cargo xtask setup`, or name the library with ASSAY_ONNXRUNTIME"
            }
            Self::Load { .. } => {
                "it takes ONNX Runtime 1.23 or newer for this system; `cargo xtask setup` puts the right one in place"
            }
            Self::LoadedElsewhere(_) => "start again with the other library",
            Self::Export(_) => "train again with another recipe",
            Self::NotOnnx => "choose a file that was exported as ONNX; this one may be cut off",
            Self::TooLarge { .. } => "export the model again; a file of its size holds less",
            Self::Graph(_) => "export the model again, for an opset that ONNX Runtime knows",
            Self::MissingColumns(_) => {
                "add the columns, or choose a model that was trained without them"
            }
            Self::WrongType { .. } => "mend the values, or check that this is the model's data",
            Self::Ports(_) => "use a model that Assay exported",
            Self::Columns { .. } | Self::SameColumn(_) => {
                "name as many columns as it takes, each once, in its order"
            }
            Self::External(_) => {
                "keep the files of its external data beside it, as they were written"
            }
            Self::UnknownLabel(_) => {
                "check that the graph and the classes are of one model version"
            }
            Self::Shrink(_) => "keep the model as it is, or ask for another kind of smaller model",
            Self::TooLong(_) => "it may never end; look at its loops on the graph's page",
            Self::NoTensor | Self::RowCount { .. } | Self::Run(_) | Self::Compare(_) => {
                return None;
            }
        };
        Some(text.to_owned())
    }
}

/// ``column `a` ``, ``columns `a`, `b` ``; at most twelve names.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match names.len() {
        1 => format!("column {shown}"),
        n if n > SHOWN => format!("columns {shown} and {} more", n - SHOWN),
        _ => format!("columns {shown}"),
    }
}
