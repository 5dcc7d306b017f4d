//! What can go wrong with a lab folder, each with what to do about it.

use std::io;
use std::path::PathBuf;

use assay_core::Code;
use assay_core::ids::NameError;
use rusqlite::ErrorCode;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The text is what is wrong, in one clause; who calls knows what was attempted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{}` is not a lab", path.display())]
    NotALab { path: PathBuf },
    #[error("`{}` is a lab already", path.display())]
    AlreadyALab { path: PathBuf },
    #[error("the folder `{}` holds other things (`{found}`)", path.display())]
    FolderNotEmpty { path: PathBuf, found: String },
    #[error(
        "the lab was written by a newer Assay (its format is {found}, this one knows up to {known})"
    )]
    NewerLab { found: u32, known: u32 },
    #[error("the lab is open in Assay {version}, and this is another version")]
    HeldByOtherVersion { version: String },
    #[error("another process is changing the lab and did not finish in time")]
    Busy,
    #[error("there is no {kind} `{name}`")]
    NotFound { kind: &'static str, name: String },
    #[error("`{name}` could be any of {}", candidates.join(", "))]
    Ambiguous {
        name: String,
        candidates: Vec<String>,
    },
    /// Something is in the way of this change.
    #[error("{wrong}")]
    Conflict { wrong: String, hint: String },
    #[error("{wrong}")]
    Invalid { wrong: String, hint: String },
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("`assay.toml`, line {line}: {message}")]
    Settings { line: usize, message: String },
    #[error(transparent)]
    Cancelled(#[from] assay_core::Cancelled),
    #[error("the disk is full ({attempted})")]
    DiskFull { attempted: String },
    #[error("the lab is damaged: {what}")]
    Damaged { what: String },
    #[error("{attempted}: {source}")]
    Io {
        attempted: String,
        source: io::Error,
    },
    #[error("the lab's database failed: {0}")]
    Database(rusqlite::Error),
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::NotALab { .. } | Self::NotFound { .. } => Code::NotFound,
            Self::AlreadyALab { .. }
            | Self::FolderNotEmpty { .. }
            | Self::HeldByOtherVersion { .. }
            | Self::Busy
            | Self::Conflict { .. } => Code::Conflict,
            Self::NewerLab { .. } => Code::NewerData,
            Self::Ambiguous { .. }
            | Self::Invalid { .. }
            | Self::Name(_)
            | Self::Settings { .. } => Code::Invalid,
            Self::DiskFull { .. } | Self::Damaged { .. } | Self::Io { .. } => Code::Io,
            Self::Cancelled(_) => Code::Cancelled,
            Self::Database(_) => Code::Bug,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotALab { .. } => "choose a lab's folder, or make one with `assay init DIR`",
            Self::AlreadyALab { .. } => "open it, or choose another folder",
            Self::FolderNotEmpty { .. } => "choose an empty or a new folder",
            Self::NewerLab { .. } => "update Assay; the lab was left as it is",
            Self::HeldByOtherVersion { .. } => "close the other one first",
            Self::Busy => "try again in a moment",
            Self::NotFound { kind, .. } => return not_found_hint(kind).map(str::to_owned),
            Self::Ambiguous { .. } => "give more of it",
            Self::Conflict { hint, .. } | Self::Invalid { hint, .. } => return Some(hint.clone()),
            Self::Name(_) => "choose another name",
            Self::Settings { .. } => "correct the line and try again",
            Self::DiskFull { .. } => {
                "make room (`assay trash empty` helps) and try again; nothing was changed"
            }
            Self::Damaged { .. } => "run `assay doctor`",
            Self::Io { .. } | Self::Cancelled(_) => return None,
            Self::Database(_) => "run `assay doctor`; if it finds nothing, report this",
        };
        Some(hint.to_owned())
    }

    pub(crate) fn not_found(kind: &'static str, name: impl ToString) -> Self {
        Self::NotFound {
            kind,
            name: name.to_string(),
        }
    }

    pub(crate) fn conflict(wrong: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Conflict {
            wrong: wrong.into(),
            hint: hint.into(),
        }
    }

    pub(crate) fn invalid(wrong: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Invalid {
            wrong: wrong.into(),
            hint: hint.into(),
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}

fn not_found_hint(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "data set" => "`assay data list` shows what there is",
        "run" => "`assay runs list` shows what there is",
        "model" => "`assay model list` shows what there is",
        "thing in the trash" => "`assay trash list` shows what there is",
        "watched folder" => "`assay data watches` shows what there is",
        "token" => "`assay token list` shows what there is",
        "object" => "run `assay doctor`",
        _ => return None,
    })
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull {
                attempted: "writing the lab's database".to_owned(),
            },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::damaged("the database cannot be read")
            }
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::PermissionDenied
                | ErrorCode::SystemIoFailure
                | ErrorCode::FileLockingProtocolFailed,
            ) => Self::Io {
                attempted: "using the lab's database".to_owned(),
                source: io::Error::other(error),
            },
            _ => Self::Database(error),
        }
    }
}

/// Says what was attempted when the file system says no.
pub(crate) trait Attempted<T> {
    fn attempted(self, attempted: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Attempted<T> for io::Result<T> {
    fn attempted(self, attempted: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Error::DiskFull {
                attempted: attempted(),
            },
            _ => Error::Io {
                attempted: attempted(),
                source,
            },
        })
    }
}
