//! `name`, `name@3`, `name@champion`: how people point at a version.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{NameError, check_name};

/// Points at one version of a data set or a model. Written as one text on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Reference {
    pub name: String,
    pub selector: Selector,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Selector {
    Latest,
    Version(u32),
    Alias(String),
}

impl Reference {
    pub fn latest(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            selector: Selector::Latest,
        }
    }
    pub fn version(name: impl Into<String>, version: u32) -> Self {
        Self {
            name: name.into(),
            selector: Selector::Version(version),
        }
    }
}

impl FromStr for Reference {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (name, selector) = match text.rsplit_once('@') {
            None => (text, Selector::Latest),
            Some((name, "")) => {
                check_name(name)?;
                return Err(NameError {
                    text: text.to_owned(),
                    reason: "a version or an alias must follow the `@`",
                });
            }
            Some((name, part)) => match part.strip_prefix('v').unwrap_or(part).parse() {
                Ok(version) => (name, Selector::Version(version)),
                Err(_) => {
                    check_name(part)?;
                    (name, Selector::Alias(part.to_owned()))
                }
            },
        };
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            selector,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            Selector::Latest => f.write_str(&self.name),
            Selector::Version(version) => write!(f, "{}@{version}", self.name),
            Selector::Alias(alias) => write!(f, "{}@{alias}", self.name),
        }
    }
}

impl TryFrom<String> for Reference {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_read_back_as_written() {
        for text in ["penguins", "penguins@3", "nsw-price@champion"] {
            assert_eq!(
                text.parse::<Reference>().map(|r| r.to_string()),
                Ok(text.to_owned())
            );
        }
        assert_eq!(
            "a@v2".parse::<Reference>().map(|r| r.selector),
            Ok(Selector::Version(2))
        );
        for bad in ["", "@3", "a@", "a/b@1"] {
            assert!(bad.parse::<Reference>().is_err(), "{bad:?}");
        }
    }
}
