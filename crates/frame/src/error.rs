//! What can be wrong with a file, a table or a recipe: one sentence each, and what to do about it.

use std::path::PathBuf;

use assay_core::dataset::BadRow;
use assay_core::words::count;
use assay_core::{Cancelled, Code};

/// What a file is, by its name or by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Delimited,
    Parquet,
    Json,
    /// Arrow IPC, file or stream; Feather.
    Arrow,
    /// A workbook of Excel or of OpenDocument.
    Excel,
    Sqlite,
    Gzip,
    Zstd,
    /// A ZIP archive that is no workbook.
    Zip,
    /// Bytes that are no text.
    Binary,
}

impl FileKind {
    pub fn label(self) -> &'static str {
        match self {
            Self::Delimited => "delimited text",
            Self::Parquet => "Parquet",
            Self::Json => "JSON",
            Self::Arrow => "Arrow IPC",
            Self::Excel => "an Excel workbook",
            Self::Sqlite => "a SQLite database",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Zip => "a ZIP archive",
            Self::Binary => "binary data",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the file does not exist: {}", .0.display())]
    NoSuchFile(PathBuf),
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("it is no file: {}", .0.display())]
    NotAFile(PathBuf),
    #[error("the file is empty")]
    EmptyFile,
    /// More than a file of its size can hold in earnest, or than can be read.
    #[error("the file is too large to be read: {0}")]
    TooLarge(String),
    #[error("the file has a header and no rows")]
    NoRows,
    #[error("the file is not what its name says: the name says {}, the content is {}", name.label(), content.label())]
    KindMismatch { name: FileKind, content: FileKind },
    #[error("the files are of several kinds: `{first}` is {}, `{other}` is {}", first_kind.label(), other_kind.label())]
    MixedKinds {
        first: String,
        first_kind: FileKind,
        other: String,
        other_kind: FileKind,
    },
    #[error("there is no file to import in {}", .0.display())]
    NoFiles(PathBuf),
    #[error("the content is {}", .0.label())]
    UnknownKind(FileKind),
    #[error("{}", bad_rows(*n_rows, *of, unit, first))]
    BadRows {
        n_rows: u64,
        /// Rows in all.
        of: u64,
        /// What their numbers count: `line`, `row`.
        unit: &'static str,
        /// The first 20.
        first: Vec<BadRow>,
    },
    #[error("the row that begins near line {line} is longer than {} MB; perhaps a quote is never closed", limit_bytes >> 20)]
    LongRow { line: u64, limit_bytes: u64 },
    #[error("`{file}`: {error}")]
    InFile { file: String, error: Box<Error> },
    /// The data ends early or a compressed stream is damaged.
    #[error("the file cannot be read to its end: {0}")]
    Unreadable(String),
    #[error("line {line} is no JSON object: {reason}")]
    BadJson { line: u64, reason: String },
    #[error("{0}")]
    BadOptions(String),
    /// A Parquet file that polars cannot read or write.
    #[error("the Parquet data cannot be used: {0}")]
    Parquet(String),
    /// A workbook that calamine cannot read.
    #[error("the workbook cannot be used: {0}")]
    Workbook(String),
    #[error("there is no sheet or table `{name}`")]
    NoSuchTable {
        name: String,
        /// What there is.
        tables: Vec<String>,
    },
    /// An Arrow IPC file that polars cannot read.
    #[error("the Arrow data cannot be used: {0}")]
    Arrow(String),
    #[error("column `{column}` holds {type_name}")]
    UnsupportedType { column: String, type_name: String },

    #[error("there is no column `{column}`")]
    NoSuchColumn {
        column: String,
        /// What there is.
        columns: Vec<String>,
    },
    #[error("column `{column}` is {found}, but {needed}")]
    WrongType {
        column: String,
        found: String,
        needed: String,
    },
    #[error("column `{column}` holds `{value}` in row {row}, which is no {needed}")]
    BadValue {
        column: String,
        /// 1-based.
        row: u64,
        value: String,
        needed: &'static str,
    },
    #[error("column `{column}` has {} distinct value", if *n_distinct == 0 { "no" } else { "one" })]
    TooFewClasses { column: String, n_distinct: usize },
    #[error(
        "column `{column}` has {n_distinct} distinct values, at most {limit} can be told apart"
    )]
    TooManyClasses {
        column: String,
        n_distinct: usize,
        limit: usize,
    },
    #[error("{columns} cannot be the key: rows {} and {} of {table} have the same ({value})", rows[0], rows[1])]
    DuplicateKey {
        table: String,
        columns: String,
        /// 1-based.
        rows: [u64; 2],
        value: String,
    },
    #[error("the recipe cannot be used: {0}")]
    Recipe(String),
    #[error("column `{column}` has a missing value in row {row} of the rows given")]
    MissingValue {
        column: String,
        /// 1-based.
        row: u64,
    },
    #[error(
        "column `{column}` holds {value} in row {row} of the rows given, which 32 bits cannot hold"
    )]
    NotFinite {
        column: String,
        /// 1-based.
        row: u64,
        value: f64,
    },
    #[error("windows by time need a timestamp column")]
    NoTimes,
    #[error("{found} windows, at most {limit} can be shown")]
    TooManyWindows { found: u64, limit: u64 },
    #[error("{0}")]
    Filter(String),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// polars refused what this crate believes to be sound.
    #[error("the table engine failed: {0}")]
    Engine(String),
}

impl Error {
    pub fn code(&self) -> Code {
        match self {
            Self::NoSuchFile(_)
            | Self::NoFiles(_)
            | Self::NoSuchTable { .. }
            | Self::NoSuchColumn { .. } => Code::NotFound,
            Self::Io { .. } => Code::Io,
            Self::UnknownKind(_) | Self::UnsupportedType { .. } => Code::Unsupported,
            Self::Cancelled(_) => Code::Cancelled,
            Self::Engine(_) => Code::Bug,
            Self::InFile { error, .. } => error.code(),
            _ => Code::Invalid,
        }
    }

    /// The same, with the file that it is about.
    pub(crate) fn in_file(self, file: &str) -> Self {
        match self {
            Self::Cancelled(_) | Self::Io { .. } | Self::NoSuchFile(_) | Self::NotAFile(_) => self,
            other => Self::InFile {
                file: file.to_owned(),
                error: Box::new(other),
            },
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::NoSuchFile(_) => "check the path",
            Self::EmptyFile => "export the data again; this file holds nothing",
            Self::NoRows => "when the first row holds values, say so with --no-header",
            Self::KindMismatch { .. } => "rename the file to what it is, or export it again",
            Self::MixedKinds { .. } => "name those of one kind with a pattern such as data/*.csv",
            Self::NoFiles(_) => "check the path; hidden, temporary and empty files are left out",
            Self::UnknownKind(FileKind::Zip) => "unpack it first, and import what is inside",
            Self::UnknownKind(_) => "export the data as CSV, JSON lines or Parquet",
            Self::NotAFile(_) => "give a file, a folder of files, or a pattern such as data/*.csv",
            Self::TooLarge(_) => "unpack or split the file first, and import what comes out",
            Self::BadRows { .. } => {
                "mend them, or set them aside with --bad-rows set-aside; a delimiter inside a value needs quotes around the value, and --delimiter names another delimiter"
            }
            Self::LongRow { .. } => {
                "mend that line; --quote names another quote, and --quote '' says that there is none"
            }
            Self::InFile { error, .. } => return error.hint(),
            Self::Unreadable(_) => "copy or export the file again; it may be cut off",
            Self::BadJson { .. } => "write one JSON object a line, or one array of objects",
            Self::BadOptions(_) => return None,
            Self::Parquet(_) => "write the Parquet file again; it may be cut off",
            Self::Workbook(_) => {
                "open it in its program and save it again, or export the sheet as CSV"
            }
            Self::NoSuchTable { tables, .. } => {
                return Some(format!("there are {}", listed(tables)));
            }
            Self::Arrow(_) => "write the Arrow file again; it may be cut off",
            Self::UnsupportedType { .. } => {
                "leave the column out, or turn it into numbers, text or dates first"
            }
            Self::NoSuchColumn { columns, .. } => {
                return Some(format!("the columns are {}", listed(columns)));
            }
            Self::WrongType { .. } | Self::BadValue { .. } => {
                "mend the values, or choose another column"
            }
            Self::TooFewClasses { .. } => "choose another target; there is nothing to learn here",
            Self::TooManyClasses { .. } => "choose another target; this one looks like an id",
            Self::DuplicateKey { .. } => {
                "name columns that together tell all rows apart, or leave the key out"
            }
            Self::Recipe(_) => "change the recipe, or let it be made from the profile",
            Self::MissingValue { .. } => "add an impute step for the column",
            Self::NotFinite { .. } => "mend the value, or leave the column out",
            Self::NoTimes => {
                "name the timestamp column, or cut windows by rows, for example 1000rows"
            }
            Self::TooManyWindows { .. } => "choose longer windows",
            Self::Filter(_) => "write for example: island = \"Dream\" and body_mass_g > 4000",
            Self::Io { .. } | Self::Cancelled(_) | Self::Engine(_) => return None,
        };
        Some(text.to_owned())
    }
}

impl From<polars::error::PolarsError> for Error {
    fn from(error: polars::error::PolarsError) -> Self {
        Self::Engine(error.to_string())
    }
}

/// `line 3 has 2 fields where 3 are expected`; `14 of 5,000 rows cannot be read: line 3 has …; line 9 …; and 12 more`
fn bad_rows(n_rows: u64, of: u64, unit: &str, first: &[BadRow]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = first
        .iter()
        .take(if n_rows == 1 { 1 } else { SHOWN })
        .map(|row| format!("{unit} {} {}", row.line, row.problem))
        .collect();
    let shown_text = shown.join("; ");
    if n_rows == 1 {
        return shown_text;
    }
    let more = match n_rows - shown.len() as u64 {
        0 => String::new(),
        n => format!("; and {} more", count(n)),
    };
    format!(
        "{} of {} rows cannot be read: {shown_text}{more}",
        count(n_rows),
        count(of)
    )
}

/// At most twelve names, comma-separated.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
