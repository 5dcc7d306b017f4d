//! How delimited files are read: what delimits, what the columns are called and which types they are believed to have.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use assay_core::Task;
use assay_core::dataset::{ImportOptions, TypeChoice};
use assay_core::schema::{ColumnType, Form};

use super::blocks::{self, MAX_ROW_BYTES};
use super::literal::Seen;
use super::tokens::Fields;
use crate::error::Error;
use crate::read::nulls::Nulls;
use crate::read::{MAX_COLUMNS, delimiter, header, names, source};

/// Rows that the header is judged by.
const HEADER_ROWS: usize = 200;
/// Precision of a decimal column without one.
const MAX_DIGITS: u8 = 38;

/// What a field is parsed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No value was seen yet.
    Unknown,
    Integer,
    Float,
    Boolean,
    Date,
    Datetime,
    Text,
    Decimal {
        scale: u8,
    },
}

/// What stands between fields and around them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quote: Option<u8>,
    pub decimal_comma: bool,
}

/// One file and where the data set's columns stand in it.
#[derive(Debug)]
pub(super) struct FilePlan {
    pub path: PathBuf,
    pub dialect: Dialect,
    pub n_fields: usize,
    /// Records before the first row: 1 with a header.
    pub n_header_records: usize,
    /// Index of the field by column; `None`: the file lacks the column.
    pub field_of: Vec<Option<usize>>,
}

/// One column as it is to be read.
#[derive(Debug, Clone)]
pub(super) struct ColumnPlan {
    pub name: String,
    pub kind: Kind,
    /// A person said so: a value that does not fit makes a bad row, not another type.
    pub chosen: bool,
    pub form: Option<Form>,
}

/// All files of a data set and their columns.
pub(super) struct Plan {
    pub files: Vec<Arc<FilePlan>>,
    pub columns: Vec<ColumnPlan>,
    pub nulls: Nulls,
    /// Whether a value that does not fit its column's type is sure to be noticed.
    pub is_settled: bool,
    /// Whole rows from the beginning of the first file.
    pub sample: Vec<u8>,
    /// The columns of the first file as it names them itself.
    pub source_names: Vec<String>,
}

impl Plan {
    /// Looks at the beginning of every file.
    pub(super) fn of(
        files: &[PathBuf],
        options: &ImportOptions,
        task: &Task,
    ) -> Result<Self, Error> {
        let nulls = Nulls::of_delimited(&options.null_values);
        let mut columns: Vec<ColumnPlan> = Vec::new();
        let mut place_of: HashMap<String, usize> = HashMap::new();
        let mut seen: Vec<Seen> = Vec::new();
        let mut beginnings = Vec::new();
        for path in files {
            let beginning = Beginning::of(path, options, &nulls, task)
                .map_err(|error| in_file(files.len() > 1, path, error))?;
            for (name, found) in beginning.names.iter().zip(beginning.seen(&nulls)) {
                let place = *place_of.entry(name.clone()).or_insert(columns.len());
                if place == columns.len() {
                    seen.push(Seen::default());
                    columns.push(ColumnPlan {
                        name: name.clone(),
                        kind: Kind::Unknown,
                        chosen: false,
                        form: None,
                    });
                }
                if let Some(so_far) = seen.get_mut(place) {
                    *so_far = so_far.and(found);
                }
            }
            beginnings.push((path, beginning));
        }
        let (sample, source_names) = match beginnings.first_mut() {
            Some((_, first)) => (
                std::mem::take(&mut first.text),
                std::mem::take(&mut first.source_names),
            ),
            None => return Err(Error::EmptyFile),
        };
        let is_settled = seen.iter().all(|seen| seen.is_settled());
        for (column, seen) in columns.iter_mut().zip(&seen) {
            column.kind = seen.kind();
        }
        choose(&mut columns, &place_of, &options.types)?;
        let files = beginnings
            .into_iter()
            .map(|(path, beginning)| {
                let mut field_of: Vec<Option<usize>> = vec![None; columns.len()];
                for (field, name) in beginning.names.iter().enumerate() {
                    if let Some(slot) = place_of.get(name).and_then(|at| field_of.get_mut(*at)) {
                        *slot = Some(field);
                    }
                }
                for (column, field) in columns.iter().zip(&field_of) {
                    if field.is_none() {
                        task.warn(format!(
                            "`{}` has no column `{}`; its rows are missing there",
                            shown(path),
                            column.name
                        ));
                    }
                }
                Arc::new(FilePlan {
                    path: path.clone(),
                    dialect: beginning.dialect,
                    n_fields: beginning.names.len(),
                    n_header_records: usize::from(!beginning.headless),
                    field_of,
                })
            })
            .collect();
        Ok(Self {
            files,
            columns,
            nulls,
            is_settled,
            sample,
            source_names,
        })
    }

    /// Sets the types of the columns that nobody chose.
    pub(super) fn retype(&mut self, seen: &[Seen], task: &Task) {
        for (column, seen) in self.columns.iter_mut().zip(seen) {
            if column.chosen {
                continue;
            }
            if let Some(reason) = seen.reason_for_text() {
                task.warn(format!(
                    "column `{}` holds {reason}; it is kept as text",
                    column.name
                ));
            }
            // a column without a value is text
            column.kind = match seen.kind() {
                Kind::Unknown => Kind::Text,
                kind => kind,
            };
        }
    }
}

/// The types that a person chose, put over those that were found.
fn choose(
    columns: &mut [ColumnPlan],
    place_of: &HashMap<String, usize>,
    types: &BTreeMap<String, TypeChoice>,
) -> Result<(), Error> {
    for (name, choice) in types {
        let Some(column) = place_of.get(name).and_then(|at| columns.get_mut(*at)) else {
            return Err(Error::NoSuchColumn {
                column: name.clone(),
                columns: columns.iter().map(|column| column.name.clone()).collect(),
            });
        };
        column.chosen = true;
        column.form.clone_from(&choice.form);
        column.kind = match (choice.kind, &choice.form) {
            (ColumnType::Float, Some(Form::Decimal { scale, precision })) => {
                if *scale > *precision || *precision > MAX_DIGITS {
                    return Err(Error::BadOptions(format!(
                        "decimal({precision},{scale}) for `{name}` is no type: at most {MAX_DIGITS} digits, and no more after the point than in all"
                    )));
                }
                Kind::Decimal { scale: *scale }
            }
            (ColumnType::Integer, _) => Kind::Integer,
            (ColumnType::Float, _) => Kind::Float,
            (ColumnType::Boolean, _) => Kind::Boolean,
            (ColumnType::Text, _) => Kind::Text,
            (ColumnType::Date, _) => Kind::Date,
            (ColumnType::Datetime, _) => Kind::Datetime,
        };
    }
    Ok(())
}

/// What the first bytes of a file say.
pub(super) struct Beginning {
    pub dialect: Dialect,
    pub headless: bool,
    pub names: Vec<String>,
    /// As the file has them, whatever the options say.
    source_names: Vec<String>,
    /// Whole rows of the sample, those of the header too.
    text: Vec<u8>,
}

impl Beginning {
    pub(super) fn of(
        path: &std::path::Path,
        options: &ImportOptions,
        nulls: &Nulls,
        task: &Task,
    ) -> Result<Self, Error> {
        let mut source = source::open(path, options)?;
        let quote = quote(options)?;
        let (delimiter, text) = loop {
            let kept = |quote, delimiter| {
                blocks::without_left_out_lines(
                    &source.sample,
                    options.skip_lines,
                    options.comment.as_deref(),
                    quote,
                    delimiter,
                )
            };
            let delimiter = match &options.delimiter {
                Some(text) => delimiter::given(text)?,
                // quotes mean nothing yet: which ones open a field, the delimiter says
                None => delimiter::found_out(&kept(None, b','), source.sample_is_all, source.tabs),
            };
            let mut text = kept(quote, delimiter);
            if source.sample_is_all {
                break (delimiter, text);
            }
            // the last row may be cut
            let end = blocks::last_row_end(&text, quote, delimiter);
            let is_longest = source.sample.len() as u64 >= MAX_ROW_BYTES as u64;
            match end {
                // the header is not all that is there
                Some(end) if is_longest || end > blocks::row_end(&text, quote, delimiter) => {
                    text.truncate(end);
                    break (delimiter, text);
                }
                None if is_longest => {
                    return Err(Error::LongRow {
                        line: 1,
                        limit_bytes: MAX_ROW_BYTES as u64,
                    });
                }
                _ => {
                    let longer = source.sample.len() as u64 * 4;
                    source.lengthen_sample(longer.min(MAX_ROW_BYTES as u64))?;
                }
            }
        };
        let mut dialect = Dialect {
            delimiter,
            quote,
            decimal_comma: options.decimal_comma.unwrap_or(false),
        };
        let Some(first) = records(&text, &dialect).next() else {
            return Err(Error::EmptyFile);
        };
        if first.len() > MAX_COLUMNS {
            return Err(Error::TooLarge(format!(
                "it has more than {MAX_COLUMNS} columns"
            )));
        }
        if !options.columns.is_empty() {
            names::check_given(&options.columns, first.len())?;
        }
        let headless = options.no_header
            || {
                let rest: Vec<Vec<String>> =
                    records(&text, &dialect).skip(1).take(HEADER_ROWS).collect();
                let headless = header::looks_like_values(&first, &rest, nulls);
                if headless {
                    task.warn("the first row looks like values, not names; it is kept as a row (name the columns with --columns)");
                }
                headless
            };
        let source_names = if headless {
            names::generated(first.len())
        } else {
            names::repaired(first.clone(), &Task::silent())
        };
        let names = if !options.columns.is_empty() {
            options.columns.clone()
        } else if headless {
            names::generated(first.len())
        } else {
            names::repaired(first, task)
        };
        if options.decimal_comma.is_none() && delimiter != b',' {
            dialect.decimal_comma =
                writes_decimal_commas(&text, &dialect, names.len(), headless, nulls);
        }
        Ok(Self {
            dialect,
            headless,
            names,
            source_names,
            text,
        })
    }

    /// What the sample's values of every field look like.
    fn seen(&self, nulls: &Nulls) -> Vec<Seen> {
        let fields = Fields::of(&self.text, &self.dialect, self.names.len());
        let skip = usize::from(!self.headless);
        let comma = self.dialect.decimal_comma;
        (0..self.names.len())
            .map(|field| seen_in(&fields, &self.text, field, skip, nulls, comma))
            .collect()
    }
}

fn seen_in(
    fields: &Fields,
    text: &[u8],
    field: usize,
    skip: usize,
    nulls: &Nulls,
    decimal_comma: bool,
) -> Seen {
    let mut seen = Seen::default();
    for value in fields.column(text, field).skip(skip) {
        if !nulls.contains_bytes(value) {
            seen.note(&String::from_utf8_lossy(value), decimal_comma);
        }
    }
    seen
}

/// Whether commas are decimal points here: some column is numbers only when they are, and none only when they are not.
fn writes_decimal_commas(
    text: &[u8],
    dialect: &Dialect,
    n_fields: usize,
    headless: bool,
    nulls: &Nulls,
) -> bool {
    let fields = Fields::of(text, dialect, n_fields);
    let skip = usize::from(!headless);
    let mut some = false;
    for field in 0..n_fields {
        let with_point = seen_in(&fields, text, field, skip, nulls, false).kind();
        let with_comma = seen_in(&fields, text, field, skip, nulls, true).kind();
        some |= with_point == Kind::Text && with_comma == Kind::Float;
        if with_point == Kind::Float && with_comma != Kind::Float {
            return false;
        }
    }
    some
}

/// Rows of trimmed fields; blank lines are none.
pub(super) fn records(text: &[u8], dialect: &Dialect) -> impl Iterator<Item = Vec<String>> {
    crate::read::delimited::reader(dialect.delimiter, dialect.quote, text)
        .into_byte_records()
        .flatten()
        .filter(|record| {
            !(record.len() <= 1 && record.iter().all(|field| field.trim_ascii().is_empty()))
        })
        .map(|record| {
            record
                .iter()
                .take(MAX_COLUMNS + 1)
                .map(|field| String::from_utf8_lossy(super::tokens::tidy(field)).into_owned())
                .collect()
        })
}

fn quote(options: &ImportOptions) -> Result<Option<u8>, Error> {
    match options.quote.as_deref().map(str::as_bytes) {
        None => Ok(Some(b'"')),
        Some([]) => Ok(None),
        Some([byte]) if byte.is_ascii() && !byte.is_ascii_whitespace() => Ok(Some(*byte)),
        Some(_) => Err(Error::BadOptions(
            "the quote is one ASCII character, or the empty text for none".to_owned(),
        )),
    }
}

/// Says which of several files an error is about.
pub(super) fn in_file(several: bool, path: &std::path::Path, error: Error) -> Error {
    match error {
        Error::Cancelled(_) => error,
        error if several => Error::InFile {
            file: shown(path),
            error: Box::new(error),
        },
        error => error,
    }
}

pub(super) fn shown(path: &std::path::Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
