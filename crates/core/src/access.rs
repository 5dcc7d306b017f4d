//! Who may ask a server of the lab: bearer tokens of clients, each with a role.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::TimestampMs;

/// What the holder of a token may do. Each role may do what those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Ask models for predictions, and say later what was true.
    Predict,
    /// Look at everything.
    Read,
    /// Log runs, train, register: what a person does with a lab.
    Write,
    /// Tokens, servers, which lab is open.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Predict, Self::Read, Self::Write, Self::Admin];

    pub fn label(self) -> &'static str {
        match self {
            Self::Predict => "predict",
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|role| role.label() == text);
        known.ok_or_else(|| {
            let labels = Self::ALL.map(Self::label).join(", ");
            format!("`{text}` is no role; there are {labels}")
        })
    }
}

/// A token without its secret, of which the lab keeps the hash alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AccessToken {
    /// Of the client; the prediction log names it.
    pub name: String,
    pub role: Role,
    /// `None`: as many as it likes.
    pub requests_per_second: Option<f64>,
    pub created_ms: TimestampMs,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct NewAccessToken {
    pub name: String,
    pub role: Role,
    #[serde(default)]
    #[ts(optional = nullable)]
    pub requests_per_second: Option<f64>,
}

/// A token that was just made. Nobody can read `secret` again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct IssuedToken {
    pub token: AccessToken,
    /// What the client sends: `Authorization: Bearer SECRET`.
    pub secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenName {
    pub name: String,
}
