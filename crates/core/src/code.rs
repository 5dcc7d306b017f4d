//! The closed list of what an error can be, and what each means to a shell and to a browser.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// What was named does not exist.
    NotFound,
    /// The input cannot be used as it is.
    Invalid,
    /// A check said no: expectations failed, a gate refused, parity over tolerance, drift.
    Precondition,
    /// The name or the lock is taken.
    Conflict,
    Cancelled,
    /// Nothing is wrong with it, but Assay cannot do it.
    Unsupported,
    /// Written by a newer Assay.
    NewerData,
    /// The disk, the file system or the network said no.
    Io,
    /// A mistake in Assay.
    Bug,
}

impl Code {
    pub const ALL: [Self; 9] = [
        Self::NotFound,
        Self::Invalid,
        Self::Precondition,
        Self::Conflict,
        Self::Cancelled,
        Self::Unsupported,
        Self::NewerData,
        Self::Io,
        Self::Bug,
    ];

    /// The exit status of `assay`; 2 (wrong usage) is given by the argument parser alone.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Precondition => 3,
            _ => 1,
        }
    }

    pub fn http_status(self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Invalid => 400,
            Self::Precondition => 412,
            Self::Conflict => 409,
            Self::Cancelled => 499,
            Self::Unsupported => 422,
            Self::NewerData => 426,
            Self::Io => 507,
            Self::Bug => 500,
        }
    }
}

/// An error as it is told, stored with a job, and sent over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Failure {
    pub code: Code,
    /// In the infinitive, without "to": ``train on `churn` ``.
    pub attempted: String,
    /// What is wrong, in one clause.
    pub wrong: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Failure {
    /// A panic that was caught, as a failure: a mistake in Assay.
    pub fn of_panic(attempted: &str, panic: &(dyn std::any::Any + Send)) -> Self {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no message");
        Self {
            code: Code::Bug,
            attempted: attempted.to_owned(),
            wrong: format!("Assay made a mistake: {text}"),
            hint: Some("nothing is left half done in the lab; please report this".to_owned()),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot {}: {}", self.attempted, self.wrong)
    }
}

impl std::error::Error for Failure {}
