//! Why nothing at all can be read.

use std::path::{Path, PathBuf};

use assay_core::{Cancelled, Code};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{}` is not {wanted}", path.display())]
    Nothing { path: PathBuf, wanted: &'static str },
    #[error("`{}` cannot be read: {wrong}", path.display())]
    Unreadable { path: PathBuf, wrong: String },
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::Nothing { .. } | Self::Unreadable { .. } => Code::Invalid,
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Code::NotFound
            }
            Self::Io { .. } => Code::Io,
            Self::Cancelled(_) => Code::Cancelled,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Nothing { .. } => {
                "name an mlruns folder, an mlflow.db, a folder of TensorBoard or W&B runs, a CSV file of metrics, or an archive"
            }
            Self::Unreadable { .. } => "look at the file; nothing was changed",
            Self::Io { .. } => "check the path and its permissions",
            Self::Cancelled(_) => return None,
        })
    }

    pub(crate) fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
