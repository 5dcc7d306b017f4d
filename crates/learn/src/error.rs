//! Why something could not be trained. Messages say what is wrong, hints what to do; who asked says what was attempted.

use assay_core::{Cancelled, Code};

/// OpenMP is what the library needs and does not bring along.
const LIBRARY_HINT: &str = if cfg!(target_os = "macos") {
    "run `cargo xtask setup` and `brew install libomp`, or name the library with ASSAY_LIGHTGBM"
} else {
    "run `cargo xtask setup`, or name the library with ASSAY_LIGHTGBM"
};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no algorithm `{name}`")]
    UnknownAlgorithm { name: String, known: String },
    #[error("`{algorithm}` has no parameter `{name}`")]
    UnknownParam {
        algorithm: String,
        name: String,
        known: String,
    },
    #[error("the parameter `{name}` of `{algorithm}` is {value}")]
    ParamRange {
        algorithm: String,
        name: String,
        value: String,
        /// `a whole number from 1 to 64`
        range: String,
    },
    #[error("`{algorithm}` predicts {predicts} and the target holds {holds}")]
    Problem {
        algorithm: String,
        predicts: &'static str,
        holds: &'static str,
        /// Names of algorithms that would do.
        instead: String,
    },
    #[error("`{algorithm}` learns from rows with {needs} target")]
    Target {
        algorithm: String,
        /// `a`, `no`
        needs: &'static str,
        /// Names of algorithms that would do.
        instead: String,
    },
    #[error("`{algorithm}` cannot use the data: {reason}")]
    Data {
        algorithm: String,
        reason: String,
        hint: &'static str,
    },
    #[error("`{name}` of `{algorithm}` cannot be `{member}`: {reason}")]
    Member {
        algorithm: String,
        name: String,
        member: String,
        reason: String,
        hint: String,
    },
    #[error("its member `{member}`: {source}")]
    InMember { member: String, source: Box<Error> },
    #[error("the target cannot be transformed by `{transform}`: {reason}")]
    Transform {
        transform: &'static str,
        reason: String,
        hint: &'static str,
    },
    #[error("LightGBM's library was not found or cannot be loaded: {0}")]
    Library(String),
    #[error("LightGBM could not train: {0}")]
    LightGbm(String),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    #[error("the numbers did not yield a model: {0}")]
    Numeric(String),
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::Cancelled(_) => Code::Cancelled,
            Self::InMember { source, .. } => source.code(),
            _ => Code::Invalid,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownAlgorithm { known, .. } => Some(format!("choose one of {known}")),
            Self::UnknownParam { known, .. } => Some(format!("it takes {known}")),
            Self::ParamRange { range, .. } => Some(format!("give {range}")),
            Self::Problem { instead, .. } | Self::Target { instead, .. } => {
                Some(format!("choose {instead}"))
            }
            Self::Numeric(_) => Some("standardise the features and try again".to_owned()),
            Self::Data { hint, .. } => Some((*hint).to_owned()),
            Self::Member { hint, .. } => Some(hint.clone()),
            Self::InMember { source, .. } => source.hint(),
            Self::Transform { hint, .. } => Some((*hint).to_owned()),
            Self::Library(_) => Some(LIBRARY_HINT.to_owned()),
            Self::Cancelled(_) | Self::Linfa(_) | Self::LightGbm(_) => None,
        }
    }
}
