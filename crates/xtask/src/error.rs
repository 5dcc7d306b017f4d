//! What can stop a task. Each message says what was attempted, what is wrong and what to do.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug, Error)]
pub enum Error {
    #[error("{0}\n\n{usage}", usage = crate::USAGE)]
    Usage(String),

    #[error(
        "cannot go on: this computer lacks {missing}\ninstall with:\n\n    {line}\n\nthen run the same command again"
    )]
    MissingPackages { missing: String, line: String },

    #[error("cannot run `{command}`: {source}\nhint: is it installed and on the PATH?")]
    Start { command: String, source: io::Error },

    #[error("`{command}` failed ({status})\nhint: its own message stands above")]
    Failed { command: String, status: String },

    #[error("cannot {attempted} {path}: {source}", path = path.display())]
    Io {
        attempted: &'static str,
        path: PathBuf,
        source: io::Error,
    },

    #[error(
        "cannot use {path}: its SHA-256 is {found}, expected {expected}\nhint: the download is damaged or not the release this project pins; run the command again",
        path = path.display()
    )]
    Hash {
        path: PathBuf,
        found: String,
        expected: &'static str,
    },

    #[error("cannot set up {name}: {reason}")]
    Library { name: &'static str, reason: String },

    #[error("{0}")]
    Stopped(String),

    /// The tests failed, and all there is to say has been printed.
    #[error("a test failed")]
    TestsFailed,
}

impl Error {
    /// 2 for a wrong command line, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage(_) => 2,
            _ => 1,
        }
    }
}

/// For `map_err`: names the file and what was attempted with it.
pub fn io(attempted: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Error {
    let path = path.into();
    move |source| Error::Io {
        attempted,
        path,
        source,
    }
}
