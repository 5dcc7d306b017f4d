//! SQLite databases of other programs, read without touching them: their tables, and rows as plain values.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, Result};

/// A database that is not a lab's.
#[derive(Debug, Clone)]
pub struct ForeignDatabase {
    path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignTable {
    pub name: String,
    /// `None` for a view, whose rows are not counted.
    pub n_rows: Option<u64>,
}

/// A value as SQLite keeps it.
#[derive(Debug, Clone, PartialEq)]
pub enum ForeignValue {
    Missing,
    /// 0 or 1 in a column that is declared as boolean.
    Boolean(bool),
    Integer(i64),
    Float(f64),
    /// Bytes come as hexadecimal digits.
    Text(String),
    /// A text whose bytes are no UTF-8.
    NotUtf8(Vec<u8>),
}

/// Rows that are sent at once, and how often the reader is ahead.
const CHUNK_ROWS: usize = 512;
const CHUNKS_AHEAD: usize = 4;
/// Bytes after which a chunk is sent in any case.
const CHUNK_BYTES: usize = 4 << 20;
/// A longer text or row of bytes is no value of a table; a view can make some without end.
const MAX_VALUE_BYTES: i32 = 32 << 20;

type Chunk = Result<Vec<Vec<ForeignValue>>>;

/// The rows of a table, in the order of the database. They are read on a thread of their own, a few hundred ahead.
pub struct ForeignRows {
    database: ForeignDatabase,
    table: String,
    columns: Vec<String>,
    n_rows: Option<u64>,
    /// `None`: to be started.
    chunks: Option<Receiver<Chunk>>,
    current: std::vec::IntoIter<Vec<ForeignValue>>,
    n_read: u64,
}

impl ForeignDatabase {
    /// # Errors
    /// [`Error::Invalid`] when the file is no SQLite database, or another program is in the middle of changing it.
    pub fn open(path: &Path) -> Result<Self> {
        let database = Self {
            path: path.to_owned(),
        };
        let connection = database.connect()?;
        connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(|error| database.unreadable(&error))?;
        Ok(database)
    }

    /// Tables, then views, each by name; without those that SQLite keeps for itself.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the database is damaged.
    pub fn tables(&self) -> Result<Vec<ForeignTable>> {
        let connection = self.connect()?;
        let failed = |error| self.unreadable(&error);
        let mut statement = connection
            .prepare(
                "SELECT name, type FROM sqlite_schema
                 WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                 ORDER BY type, name",
            )
            .map_err(failed)?;
        let found = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>)
            .map_err(failed)?;
        found
            .into_iter()
            .map(|(name, kind)| {
                let n_rows = match kind.as_str() {
                    "table" => Some(self.count(&connection, &name)?),
                    _ => None,
                };
                Ok(ForeignTable { name, n_rows })
            })
            .collect()
    }

    /// `table`: `None` for the first one.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such table, [`Error::Invalid`] when it cannot be read.
    pub fn rows(&self, table: Option<&str>) -> Result<ForeignRows> {
        let tables = self.tables()?;
        let found = match table {
            None => tables.into_iter().next(),
            Some(name) => tables.into_iter().find(|table| table.name == name),
        };
        let Some(ForeignTable { name, n_rows }) = found else {
            return Err(Error::not_found("table", table.unwrap_or("")));
        };
        let connection = self.connect()?;
        let columns = connection
            .prepare(&select(&name))
            .map_err(|error| self.unreadable(&error))?
            .column_names()
            .map(str::to_owned)
            .collect();
        Ok(ForeignRows {
            database: self.clone(),
            table: name,
            columns,
            n_rows,
            chunks: None,
            current: Vec::new().into_iter(),
            n_read: 0,
        })
    }

    /// Read-only; a database that no program has open is taken as it lies, so that SQLite puts no file beside it.
    pub(crate) fn connect(&self) -> Result<Connection> {
        let beside = |ending: &str| {
            let mut name = self.path.clone().into_os_string();
            name.push(ending);
            std::fs::metadata(PathBuf::from(name)).is_ok_and(|found| found.len() > 0)
        };
        let mode = match beside("-wal") || beside("-journal") {
            true => "mode=ro",
            false => "mode=ro&immutable=1",
        };
        let uri = format!("file:{}?{mode}", escaped(&self.path));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection =
            Connection::open_with_flags(uri, flags).map_err(|error| self.unreadable(&error))?;
        connection
            .set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
            .map_err(|error| self.unreadable(&error))?;
        // functions that a stranger has put into a view do nothing
        connection
            .execute_batch("PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;")
            .map_err(|error| self.unreadable(&error))?;
        Ok(connection)
    }

    fn count(&self, connection: &Connection, table: &str) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {}", quoted(table));
        let n: i64 = connection
            .query_row(&sql, [], |row| row.get(0))
            .map_err(|error| self.unreadable(&error))?;
        Ok(n.unsigned_abs())
    }

    fn unreadable(&self, error: &rusqlite::Error) -> Error {
        Error::invalid(
            format!(
                "`{}` cannot be read as a SQLite database: {error}",
                self.path.display()
            ),
            "close the program that uses it, or copy the database with its own tools",
        )
    }
}

impl ForeignRows {
    pub fn table(&self) -> &str {
        &self.table
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Rows read, and all of them; 0 when not known.
    pub fn progress(&self) -> (u64, u64) {
        (self.n_read, self.n_rows.unwrap_or(0))
    }

    /// To the first row.
    pub fn rewind(&mut self) {
        self.chunks = None;
        self.current = Vec::new().into_iter();
        self.n_read = 0;
    }

    /// The values of the next row in the order of the columns; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the database is damaged.
    pub fn next_row(&mut self) -> Result<Option<Vec<ForeignValue>>> {
        loop {
            if let Some(row) = self.current.next() {
                self.n_read += 1;
                return Ok(Some(row));
            }
            let chunks = self
                .chunks
                .get_or_insert_with(|| start(self.database.clone(), self.table.clone()));
            match chunks.recv() {
                Ok(chunk) => self.current = chunk?.into_iter(),
                Err(_) => return Ok(None),
            }
        }
    }
}

fn start(database: ForeignDatabase, table: String) -> Receiver<Chunk> {
    let (sender, receiver) = sync_channel(CHUNKS_AHEAD);
    std::thread::spawn(move || {
        let outcome = read(&database, &table, |chunk| sender.send(Ok(chunk)).is_ok());
        if let Err(error) = outcome {
            // a receiver that has gone wants no error either
            let _ = sender.send(Err(error));
        }
    });
    receiver
}

/// `hand_over` says whether more is wanted.
fn read(
    database: &ForeignDatabase,
    table: &str,
    mut hand_over: impl FnMut(Vec<Vec<ForeignValue>>) -> bool,
) -> Result<()> {
    let connection = database.connect()?;
    let failed = |error| database.unreadable(&error);
    let booleans = booleans(&connection, table).map_err(failed)?;
    let mut statement = connection.prepare(&select(table)).map_err(failed)?;
    let is_boolean: Vec<bool> = statement
        .column_names()
        .map(|name| booleans.iter().any(|boolean| boolean == name))
        .collect();
    let mut rows = statement.query([]).map_err(failed)?;
    let mut chunk = Vec::with_capacity(CHUNK_ROWS);
    let mut n_bytes = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        let values = is_boolean
            .iter()
            .enumerate()
            .map(|(column, is_boolean)| Ok(value(row.get_ref(column)?, *is_boolean)))
            .collect::<rusqlite::Result<Vec<_>>>()
            .map_err(failed)?;
        n_bytes += values.iter().map(ForeignValue::n_bytes).sum::<usize>();
        chunk.push(values);
        if chunk.len() < CHUNK_ROWS && n_bytes < CHUNK_BYTES {
            continue;
        }
        n_bytes = 0;
        if !hand_over(std::mem::replace(
            &mut chunk,
            Vec::with_capacity(CHUNK_ROWS),
        )) {
            return Ok(());
        }
    }
    hand_over(chunk);
    Ok(())
}

impl ForeignValue {
    fn n_bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::NotUtf8(bytes) => bytes.len(),
            _ => 0,
        }
    }
}

fn value(value: ValueRef<'_>, is_boolean: bool) -> ForeignValue {
    match value {
        ValueRef::Null => ForeignValue::Missing,
        ValueRef::Integer(value @ (0 | 1)) if is_boolean => ForeignValue::Boolean(value == 1),
        ValueRef::Integer(value) => ForeignValue::Integer(value),
        ValueRef::Real(value) => ForeignValue::Float(value),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => ForeignValue::Text(text.to_owned()),
            Err(_) => ForeignValue::NotUtf8(text.to_vec()),
        },
        ValueRef::Blob(bytes) => {
            ForeignValue::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
    }
}

/// Names of the columns that are declared as boolean.
fn booleans(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection
        .prepare("SELECT name FROM pragma_table_info(?1) WHERE upper(type) LIKE 'BOOL%'")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

fn select(table: &str) -> String {
    format!("SELECT * FROM {}", quoted(table))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// As a URI holds it.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'?' | b'#' | b'%' | 0x80.. => text.push_str(&format!("%{byte:02X}")),
            b'\\' => text.push('/'),
            _ => text.push(char::from(byte)),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(folder: &Path) -> PathBuf {
        let path = folder.join("of others %?#.sqlite");
        let connection = Connection::open(&path).unwrap();
        connection
            .execute_batch(
                "CREATE TABLE \"big \"\" table\" (id INTEGER, ok BOOLEAN, x REAL, t TEXT, b BLOB);
                 CREATE TABLE empty (a);
                 CREATE VIEW few AS SELECT id FROM \"big \"\" table\" WHERE id < 3;",
            )
            .unwrap();
        connection.execute_batch("BEGIN").unwrap();
        let mut insert = connection
            .prepare(
                "INSERT INTO \"big \"\" table\" VALUES (?1, ?1 % 2, ?1 / 2.0, 'õ' || ?1, x'00ff')",
            )
            .unwrap();
        for id in 0..2000 {
            insert.execute([id]).unwrap();
        }
        connection
            .execute_batch(
                "INSERT INTO \"big \"\" table\" VALUES (9007199254740993, NULL, NULL, '', NULL);
                 COMMIT",
            )
            .unwrap();
        path
    }

    #[test]
    fn tables_are_listed_and_read_row_by_row() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let before = std::fs::read(&path).unwrap();
        let foreign = ForeignDatabase::open(&path).unwrap();
        let listed: Vec<_> = foreign
            .tables()
            .unwrap()
            .into_iter()
            .map(|table| (table.name, table.n_rows))
            .collect();
        assert_eq!(
            listed,
            [
                ("big \" table".to_owned(), Some(2001)),
                ("empty".to_owned(), Some(0)),
                ("few".to_owned(), None)
            ]
        );
        let mut rows = foreign.rows(None).unwrap();
        assert_eq!(rows.columns(), ["id", "ok", "x", "t", "b"]);
        for pass in 0..2 {
            let mut read = Vec::new();
            while let Some(row) = rows.next_row().unwrap() {
                read.push(row);
            }
            assert_eq!(rows.progress(), (2001, 2001), "pass {pass}");
            assert_eq!(
                read[1],
                [
                    ForeignValue::Integer(1),
                    ForeignValue::Boolean(true),
                    ForeignValue::Float(0.5),
                    ForeignValue::Text("õ1".to_owned()),
                    ForeignValue::Text("00ff".to_owned()),
                ]
            );
            assert_eq!(read[2000][0], ForeignValue::Integer(9_007_199_254_740_993));
            assert_eq!(read[2000][1], ForeignValue::Missing);
            rows.rewind();
        }
        // one that is not read to its end
        assert!(
            foreign
                .rows(Some("few"))
                .unwrap()
                .next_row()
                .unwrap()
                .is_some()
        );
        let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(files.len(), 1, "nothing was put beside it");
        assert!(std::fs::read(&path).unwrap() == before);
    }

    #[test]
    fn a_text_that_is_no_utf_8_stays_bytes_and_a_value_without_end_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.sqlite");
        Connection::open(&path)
            .unwrap()
            .execute_batch(
                "CREATE TABLE t (a TEXT);
                 INSERT INTO t VALUES ('x'), (CAST(x'4af56769' AS TEXT));
                 CREATE VIEW endless AS SELECT zeroblob(1000000000) AS z;",
            )
            .unwrap();
        let foreign = ForeignDatabase::open(&path).unwrap();
        let mut rows = foreign.rows(Some("t")).unwrap();
        assert_eq!(
            rows.next_row().unwrap().unwrap(),
            [ForeignValue::Text("x".to_owned())]
        );
        assert_eq!(
            rows.next_row().unwrap().unwrap(),
            [ForeignValue::NotUtf8(b"J\xf5gi".to_vec())]
        );
        let refused = foreign.rows(Some("endless")).unwrap().next_row();
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("too big"), "{said}");
    }

    #[test]
    fn what_is_no_database_or_no_table_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = database(folder.path());
        let foreign = ForeignDatabase::open(&path).unwrap();
        assert!(matches!(
            foreign.rows(Some("nowhere")),
            Err(Error::NotFound { .. })
        ));
        let mut bytes = std::fs::read(&path).unwrap();
        let half = bytes.len() / 2;
        bytes[100..half].fill(0x5a);
        let broken = folder.path().join("broken.sqlite");
        std::fs::write(&broken, bytes).unwrap();
        std::fs::write(folder.path().join("text.sqlite"), "a,b\n1,2\n").unwrap();
        for name in ["broken.sqlite", "text.sqlite", "missing.sqlite"] {
            let outcome = ForeignDatabase::open(&folder.path().join(name));
            assert!(matches!(outcome, Err(Error::Invalid { .. })), "{name}");
        }
    }

    #[test]
    fn a_database_that_is_in_use_is_read_as_it_was_last_committed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("live.sqlite");
        let live = Connection::open(&path).unwrap();
        live.execute_batch(
            "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);
             BEGIN; INSERT INTO t VALUES (2);",
        )
        .unwrap();
        let tables = ForeignDatabase::open(&path).unwrap().tables().unwrap();
        assert_eq!(tables[0].n_rows, Some(1));
    }
}
