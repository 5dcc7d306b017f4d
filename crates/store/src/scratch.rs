//! A private database for rules written as SQL: the rows of one data set, one query that may only read them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, ToSql};

use crate::store::held;

/// What stands for the table in a query, as in Great Expectations.
pub const BATCH: &str = "{batch}";

/// The table's own name; a query may use it as well.
const TABLE: &str = "batch";
/// What SQLite calls the number of a row, unless a column has the name.
const ROW_ID_NAMES: [&str; 3] = ["rowid", "_rowid_", "oid"];
/// Selected columns of these names are taken for row numbers, unless the data set has a column of the name.
const ROW_NUMBER_NAMES: [&str; 2] = ["rowid", "row_number"];
/// SQLite's own limit of columns of a table.
const MAX_COLUMNS: usize = 2_000;
/// Largest text a query may hold or make.
const MAX_TEXT_BYTES: i32 = 16 << 20;
const CACHE_KIBIBYTES: i64 = 64 << 10;
/// Steps of SQLite's machine between two questions whether to go on; some microseconds.
const STEPS_PER_QUESTION: i32 = 20_000;

/// The text is a clause that says what is wrong with the rule.
#[derive(Debug, thiserror::Error)]
pub enum ScratchError {
    #[error("its query is empty")]
    Empty,
    #[error("its query is more than one statement")]
    ManyStatements,
    #[error("its query does more than to select rows")]
    NotASelect,
    #[error("its query may not read `{0}`")]
    NotTheBatch(String),
    #[error("its query may not call `{0}`")]
    Function(String),
    #[error("its query is wrong: {0}")]
    Wrong(String),
    #[error("its query has {0}; write it without them")]
    Parameters(String),
    /// The caller said so, see [`Scratch::select`].
    #[error("its query was stopped")]
    Stopped,
    #[error("the data set has {0} columns, and a query can see up to {MAX_COLUMNS}")]
    TooManyColumns(usize),
    #[error("the private database failed: {0}")]
    Database(rusqlite::Error),
}

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ScratchValue<'a> {
    Missing,
    Integer(i64),
    Real(f64),
    /// Dates and times too, as ISO 8601 writes them.
    Text(&'a str),
}

/// How SQLite compares a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScratchKind {
    /// Booleans too, as 0 and 1.
    Integer,
    Real,
    Text,
}

/// The rows that a query selected.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SelectedRows {
    pub n_rows: u64,
    /// Names of the selected columns.
    pub columns: Vec<String>,
    /// The first rows, as texts; `None`: missing.
    pub rows: Vec<Vec<Option<String>>>,
    /// 1-based numbers of the first rows in the data set; empty unless the query selects `rowid`
    /// (or `_rowid_ AS row_number`, where a column is called rowid).
    pub row_numbers: Vec<u64>,
}

/// A table in a database of its own, which spills to a nameless temporary file and goes when dropped.
#[derive(Debug)]
pub struct Scratch {
    connection: Connection,
    /// The columns as SQLite tells them apart (it does not tell `a` from `A`).
    names: Vec<String>,
}

impl Scratch {
    /// An empty table of these columns.
    pub fn new(columns: &[(&str, ScratchKind)]) -> Result<Self, ScratchError> {
        if columns.len() > MAX_COLUMNS {
            return Err(ScratchError::TooManyColumns(columns.len()));
        }
        let connection = Connection::open("")?;
        connection.pragma_update(None, "journal_mode", "OFF")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIBIBYTES)?;
        // A misspelt "column" would else be a text that equals nothing.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_TEXT_BYTES)?;
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        let names = told_apart(columns.iter().map(|(name, _)| *name));
        let declared: Vec<String> = names
            .iter()
            .zip(columns)
            .map(|(name, (_, kind))| format!("{} {}", quoted(name), kind.declared()))
            .collect();
        if !declared.is_empty() {
            connection.execute_batch(&format!("CREATE TABLE {TABLE} ({})", declared.join(", ")))?;
        }
        Ok(Self { connection, names })
    }

    /// Positions of the columns that a query reads, ascending: only these need values.
    ///
    /// # Errors
    /// Everything that is wrong with the query itself.
    pub fn columns_read(&mut self, query: &str) -> Result<Vec<usize>, ScratchError> {
        let seen = self.watched(|connection, seen| {
            prepare(connection, query, seen)?;
            Ok(std::mem::take(&mut held(seen).columns))
        })?;
        let read = |name: &String| seen.contains(&name.to_lowercase());
        Ok((0..self.names.len())
            .filter(|&index| self.names.get(index).is_some_and(read))
            .collect())
    }

    /// Adds rows under their 1-based numbers. `values` gives a row's values of the columns at `positions`; the other
    /// columns stay empty.
    pub fn add<'a>(
        &mut self,
        positions: &[usize],
        numbers: impl Iterator<Item = u64>,
        values: impl Fn(usize, usize) -> ScratchValue<'a>,
    ) -> Result<(), ScratchError> {
        let named: Vec<String> = positions
            .iter()
            .filter_map(|&index| self.names.get(index).map(|name| quoted(name)))
            .collect();
        // A column may be called rowid; the row's number has another name then.
        let number = ROW_ID_NAMES.into_iter().find(|name| {
            !self
                .names
                .iter()
                .any(|other| other.eq_ignore_ascii_case(name))
        });
        let mut columns: Vec<&str> = number.into_iter().collect();
        columns.extend(named.iter().map(String::as_str));
        let holders = vec!["?"; columns.len()].join(", ");
        let transaction = self.connection.transaction()?;
        {
            let mut insert = transaction.prepare(&format!(
                "INSERT INTO {TABLE} ({}) VALUES ({holders})",
                columns.join(", ")
            ))?;
            for (row, given) in numbers.enumerate() {
                let mut place = 1;
                if number.is_some() {
                    insert.raw_bind_parameter(place, given as i64)?;
                    place += 1;
                }
                for column in 0..positions.len() {
                    insert.raw_bind_parameter(place, values(row, column))?;
                    place += 1;
                }
                insert.raw_execute()?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Runs the query and keeps the first `limit` rows, counting all.
    ///
    /// `go_on` is asked often; `false` ends the query with [`ScratchError::Stopped`].
    pub fn select(
        &mut self,
        query: &str,
        limit: usize,
        mut go_on: impl FnMut() -> bool + Send + 'static,
    ) -> Result<SelectedRows, ScratchError> {
        self.connection
            .progress_handler(STEPS_PER_QUESTION, Some(move || !go_on()))?;
        let columns = self.names.clone();
        let selected = self.watched(|connection, seen| {
            let mut statement = prepare(connection, query, seen)?;
            run(&mut statement, limit, &columns)
        });
        self.connection.progress_handler(0, None::<fn() -> bool>)?;
        selected
    }

    /// Work during which SQLite asks before it touches anything.
    fn watched<T>(
        &mut self,
        work: impl FnOnce(&Connection, &Mutex<Seen>) -> Result<T, ScratchError>,
    ) -> Result<T, ScratchError> {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let watcher = Arc::clone(&seen);
        self.connection
            .authorizer(Some(move |context: AuthContext<'_>| {
                held(&watcher).judge(&context.action)
            }))?;
        let done = work(&self.connection, &seen);
        self.connection
            .authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
        done
    }
}

/// What a query wants to touch.
#[derive(Debug, Default)]
struct Seen {
    /// In lower case.
    columns: BTreeSet<String>,
    refused: Option<ScratchError>,
}

impl Seen {
    fn judge(&mut self, action: &AuthAction<'_>) -> Authorization {
        let refused = match action {
            AuthAction::Select | AuthAction::Recursive => return Authorization::Allow,
            AuthAction::Read {
                table_name,
                column_name,
            } => match *table_name {
                TABLE => {
                    self.columns.insert(column_name.to_lowercase());
                    return Authorization::Allow;
                }
                // Tables made of one JSON text; nothing is read but the text.
                "json_each" | "json_tree" => return Authorization::Allow,
                other => ScratchError::NotTheBatch(other.to_owned()),
            },
            AuthAction::Function { function_name } => {
                if !function_name.eq_ignore_ascii_case("load_extension") {
                    return Authorization::Allow;
                }
                ScratchError::Function((*function_name).to_owned())
            }
            _ => ScratchError::NotASelect,
        };
        self.refused.get_or_insert(refused);
        Authorization::Deny
    }
}

fn prepare<'a>(
    connection: &'a Connection,
    query: &str,
    seen: &Mutex<Seen>,
) -> Result<Statement<'a>, ScratchError> {
    let sql = query.replace(BATCH, TABLE);
    let refused = || held(seen).refused.take();
    let statement = connection
        .prepare(&sql)
        .map_err(|error| refused().unwrap_or_else(|| error.into()))?;
    if let Some(refused) = refused() {
        return Err(refused);
    }
    if statement.column_count() == 0 {
        // SQLite makes nothing of a comment, and other statements select nothing.
        let only_space = sql.trim().trim_end_matches(';').is_empty() || sql.starts_with("--");
        return Err(if only_space {
            ScratchError::Empty
        } else {
            ScratchError::NotASelect
        });
    }
    if !statement.readonly() || statement.is_explain() != 0 {
        return Err(ScratchError::NotASelect);
    }
    match statement.parameter_count() {
        0 => Ok(statement),
        1 => Err(ScratchError::Parameters("a place for a value".to_owned())),
        n => Err(ScratchError::Parameters(format!("{n} places for values"))),
    }
}

fn run(
    statement: &mut Statement<'_>,
    limit: usize,
    table_columns: &[String],
) -> Result<SelectedRows, ScratchError> {
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let numbers = columns.iter().position(|name| {
        ROW_NUMBER_NAMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
            && !table_columns
                .iter()
                .any(|column| column.eq_ignore_ascii_case(name))
    });
    let mut selected = SelectedRows {
        columns,
        ..SelectedRows::default()
    };
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        selected.n_rows += 1;
        if selected.rows.len() == limit {
            continue;
        }
        let mut texts = Vec::with_capacity(selected.columns.len());
        for index in 0..selected.columns.len() {
            let value = row.get_ref(index)?;
            if Some(index) == numbers
                && let ValueRef::Integer(number) = value
            {
                selected.row_numbers.push(number.max(0) as u64);
            }
            texts.push(text(value));
        }
        selected.rows.push(texts);
    }
    // Numbers of some rows only would be told of the wrong ones.
    if selected.row_numbers.len() != selected.rows.len() {
        selected.row_numbers.clear();
    }
    Ok(selected)
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(value) => Some(value.to_string()),
        ValueRef::Real(value) => Some(value.to_string()),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Blob(bytes) => Some(format!("{} bytes", bytes.len())),
    }
}

/// Names that differ in more than the case of their letters: the later one of two gets a number.
fn told_apart<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    names
        .map(|name| {
            // SQLite reads a statement up to the first NUL.
            let name = name.replace('\0', " ");
            std::iter::once(name.clone())
                .chain((2_u32..).map(|n| format!("{name}_{n}")))
                .find(|candidate| taken.insert(candidate.to_lowercase()))
                .unwrap_or(name)
        })
        .collect()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl ScratchKind {
    fn declared(self) -> &'static str {
        match self {
            Self::Integer => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
        }
    }
}

impl ToSql for ScratchValue<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Missing => ToSqlOutput::Owned(Value::Null),
            Self::Integer(value) => ToSqlOutput::Owned(Value::Integer(*value)),
            Self::Real(value) => ToSqlOutput::Owned(Value::Real(*value)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

impl From<rusqlite::Error> for ScratchError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::MultipleStatement => return Self::ManyStatements,
            rusqlite::Error::SqlInputError { msg, .. } => return Self::Wrong(msg),
            _ => {}
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) => Self::Stopped,
            // Everything that SQLite says about a query it cannot read or run.
            Some(ErrorCode::Unknown | ErrorCode::TooBig | ErrorCode::TypeMismatch) => {
                Self::Wrong(message(&error))
            }
            _ => Self::Database(error),
        }
    }
}

fn message(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
