//! Ids and names as types, so that a run can never be passed where a model is meant.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// The name of a data set; it has a line of versions.
    DatasetName
);
text_id!(
    /// The name of a registered model; it has a line of versions.
    ModelName
);
text_id!(ExperimentName);
text_id!(
    /// 32 hexadecimal digits, as MLflow writes them.
    RunId
);
text_id!(
    /// 16 hexadecimal digits.
    JobId
);
text_id!(
    /// 16 hexadecimal digits.
    ReplayId
);
text_id!(
    /// A blake3 digest in 64 lower-case hexadecimal digits: the name of bytes, or of a data set's content.
    ObjectHash
);

text_id!(
    /// Of a model that a client logged: `m-` and 32 hexadecimal digits.
    LoggedModelId
);
text_id!(
    /// `tr-` and 32 hexadecimal digits, or what its client made up.
    TraceId
);

impl RunId {
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }
}

impl LoggedModelId {
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("m-{bits:032x}"))
    }
}

impl TraceId {
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("tr-{bits:032x}"))
    }
}

impl JobId {
    pub fn from_bits(bits: u64) -> Self {
        Self(format!("{bits:016x}"))
    }
}

impl ReplayId {
    pub fn from_bits(bits: u64) -> Self {
        Self(format!("{bits:016x}"))
    }
}

impl ObjectHash {
    /// The first eight digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

/// Of an experiment; decimal digits on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExperimentId(pub i64);

impl std::fmt::Display for ExperimentId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A version of a model; `name@version`, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct VersionKey {
    pub model: ModelName,
    pub version: u32,
}

impl std::fmt::Display for VersionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.model, self.version)
    }
}

/// Why a text is no name of a data set, model or experiment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a name: {reason}")]
pub struct NameError {
    pub text: String,
    pub reason: &'static str,
}

/// Names become parts of paths and of references (`name@3`), so they hold letters, digits, `.`, `_`, `-` and
/// blanks inside, at most 128 bytes, and do not begin with a dot.
pub fn check_name(text: &str) -> Result<(), NameError> {
    let fail = |reason| {
        Err(NameError {
            text: text.to_owned(),
            reason,
        })
    };
    if text.is_empty() {
        return fail("it is empty");
    }
    if text.len() > 128 {
        return fail("it is longer than 128 bytes");
    }
    if text.starts_with('.') || text.starts_with(' ') || text.ends_with(' ') {
        return fail("it begins with a dot or a blank, or ends with a blank");
    }
    if !text
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' '))
    {
        return fail("only letters, digits, `.`, `_`, `-` and blanks may stand in it");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_break_a_path_or_a_reference_are_refused() {
        for good in ["penguins", "nsw-price", "März 2026", "a.b_c"] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in [
            "", ".hidden", "../x", "a/b", "a\\b", "a@3", " a", "a ", "a\nb",
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
