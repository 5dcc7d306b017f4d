//! Why something could not be trained.

use assay_core::Cancelled;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot train `{name}`: there is no such algorithm; choose one of {known}")]
    UnknownAlgorithm { name: String, known: String },
    #[error("cannot train `{algorithm}`: it has no parameter `{name}`; it takes {known}")]
    UnknownParam {
        algorithm: String,
        name: String,
        known: String,
    },
    #[error("cannot train `{algorithm}`: `{name}` is {value}; give {range}")]
    ParamRange {
        algorithm: String,
        name: String,
        value: String,
        /// `a whole number from 1 to 64`
        range: String,
    },
    #[error(
        "cannot train `{algorithm}`: it predicts {predicts} and the target holds {holds}; choose {instead}"
    )]
    Problem {
        algorithm: String,
        predicts: &'static str,
        holds: &'static str,
        /// Names of algorithms that would do.
        instead: String,
    },
    #[error("cannot train `{algorithm}`: {reason}")]
    Data { algorithm: String, reason: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("the numbers did not yield a model: {0}; standardise the features and try again")]
    Numeric(String),
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl From<linfa_linear::LinearError<f64>> for Error {
    fn from(error: linfa_linear::LinearError<f64>) -> Self {
        Self::Numeric(error.to_string())
    }
}
