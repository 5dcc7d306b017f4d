//! One error for every use case: what was attempted, and what stood in the way.

use assay_core::code::{Code, Failure};
use assay_core::ids::NameError;

#[derive(Debug, thiserror::Error)]
#[error("cannot {attempted}: {cause}")]
pub struct Error {
    /// In the infinitive, without "to".
    pub attempted: String,
    #[source]
    pub cause: Box<Cause>,
}

#[derive(Debug, thiserror::Error)]
pub enum Cause {
    #[error(transparent)]
    Store(#[from] assay_store::Error),
    #[error(transparent)]
    Frame(#[from] assay_frame::Error),
    #[error(transparent)]
    Learn(#[from] assay_learn::Error),
    #[error(transparent)]
    Onnx(#[from] assay_onnx::Error),
    #[error(transparent)]
    Chart(#[from] assay_chart::Error),
    #[error(transparent)]
    Imports(#[from] assay_imports::Error),
    #[error(transparent)]
    Split(#[from] assay_core::split::SplitError),
    #[error(transparent)]
    Metric(#[from] assay_core::metrics::MetricError),
    #[error(transparent)]
    Recipe(#[from] assay_core::recipe::RecipeError),
    #[error(transparent)]
    Name(#[from] NameError),
    #[error(transparent)]
    Cancelled(#[from] assay_core::Cancelled),
    #[error("{path}: {source}")]
    Io {
        path: String,
        source: std::io::Error,
    },
    #[error("a stored document cannot be read: {0}")]
    Document(#[from] serde_json::Error),
    #[error("the report cannot be written: {0}")]
    Template(#[from] minijinja::Error),
    /// A rule of the use case itself.
    #[error("{wrong}")]
    Said {
        code: Code,
        wrong: String,
        hint: Option<String>,
    },
}

impl Cause {
    pub fn said(code: Code, wrong: impl Into<String>) -> Self {
        Self::Said {
            code,
            wrong: wrong.into(),
            hint: None,
        }
    }

    pub fn with_hint(code: Code, wrong: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Said {
            code,
            wrong: wrong.into(),
            hint: Some(hint.into()),
        }
    }

    pub fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            source,
        }
    }

    pub fn code(&self) -> Code {
        match self {
            Self::Store(error) => error.code(),
            Self::Frame(error) => error.code(),
            Self::Learn(error) => error.code(),
            Self::Onnx(error) => error.code(),
            Self::Chart(error) => error.code(),
            Self::Imports(error) => error.code(),
            Self::Split(_) | Self::Recipe(_) | Self::Name(_) => Code::Invalid,
            Self::Metric(_) | Self::Document(_) | Self::Template(_) => Code::Bug,
            Self::Cancelled(_) => Code::Cancelled,
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
                Code::NotFound
            }
            Self::Io { .. } => Code::Io,
            Self::Said { code, .. } => *code,
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint(),
            Self::Frame(error) => error.hint(),
            Self::Learn(error) => error.hint(),
            Self::Onnx(error) => error.hint(),
            Self::Chart(error) => error.hint().map(str::to_owned),
            Self::Imports(error) => error.hint().map(str::to_owned),
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => {
                Some("free some space on the disk and try again; the lab is as it was".to_owned())
            }
            Self::Io { .. } => Some("check the path and its permissions".to_owned()),
            Self::Said { hint, .. } => hint.clone(),
            Self::Name(_) => Some("choose another name, for example penguins-2026".to_owned()),
            Self::Split(_) => Some("use more rows, or another split".to_owned()),
            Self::Recipe(_) => Some(
                "change the recipe, or leave it out to get one made from the profile".to_owned(),
            ),
            _ => None,
        }
    }
}

impl Error {
    pub fn new(attempted: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Self {
            attempted: attempted.into(),
            cause: Box::new(cause.into()),
        }
    }

    pub fn code(&self) -> Code {
        self.cause.code()
    }

    pub fn hint(&self) -> Option<String> {
        self.cause.hint()
    }

    pub fn failure(&self) -> Failure {
        Failure {
            code: self.code(),
            attempted: self.attempted.clone(),
            wrong: self.cause.to_string(),
            hint: self.hint(),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(
            failure.attempted,
            Cause::Said {
                code: failure.code,
                wrong: failure.wrong,
                hint: failure.hint,
            },
        )
    }
}

/// Names the attempt that failed.
pub(crate) trait Attempt<T> {
    fn attempt(self, attempted: impl FnOnce() -> String) -> Result<T, Error>;
}

impl<T, E: Into<Cause>> Attempt<T> for Result<T, E> {
    fn attempt(self, attempted: impl FnOnce() -> String) -> Result<T, Error> {
        self.map_err(|error| Error::new(attempted(), error))
    }
}
