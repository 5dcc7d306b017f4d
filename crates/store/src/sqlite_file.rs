//! A table as a SQLite file of its own, outside of the lab.

use std::path::Path;

use assay_core::schema::{ColumnType, Schema};
use rusqlite::{Connection, params_from_iter};

use crate::error::Result;

/// A value on its way into a SQLite file.
#[derive(Debug, Clone, PartialEq)]
pub enum SqliteValue {
    Missing,
    Integer(i64),
    Float(f64),
    Text(String),
}

/// Writes one table. `next` gives the rows, part after part, each a list of rows of as many values as the schema has
/// columns; `None` at the end. Whatever stops it leaves a file that is not whole.
///
/// # Errors
/// What the disk says, and what `next` says.
pub fn write_sqlite<E: From<crate::error::Error>>(
    path: &Path,
    table: &str,
    columns: &Schema,
    mut next: impl FnMut() -> Result<Option<Vec<Vec<SqliteValue>>>, E>,
) -> Result<(), E> {
    let failed = |error: rusqlite::Error| E::from(error.into());
    let mut db = Connection::open(path).map_err(failed)?;
    // The file is new, and thrown away when it does not come to its end.
    db.pragma_update(None, "journal_mode", "OFF")
        .map_err(failed)?;
    db.pragma_update(None, "synchronous", "OFF")
        .map_err(failed)?;
    let declared: Vec<String> = columns
        .columns
        .iter()
        .map(|column| {
            let exact = column.form.is_some() && column.kind == ColumnType::Float;
            let kind = if exact { "TEXT" } else { declared(column.kind) };
            format!("{} {kind}", quoted(&column.name))
        })
        .collect();
    let table = quoted(table);
    db.execute(
        &format!("CREATE TABLE {table} ({})", declared.join(", ")),
        [],
    )
    .map_err(failed)?;
    let places = vec!["?"; columns.columns.len()].join(", ");
    let transaction = db.transaction().map_err(failed)?;
    {
        let mut insert = transaction
            .prepare(&format!("INSERT INTO {table} VALUES ({places})"))
            .map_err(failed)?;
        while let Some(rows) = next()? {
            for row in rows {
                insert
                    .execute(params_from_iter(row.into_iter().map(value)))
                    .map_err(failed)?;
            }
        }
    }
    transaction.commit().map_err(failed)?;
    db.close().map_err(|(_, error)| failed(error))
}

/// Names that readers know; SQLite itself keeps dates and times as texts.
fn declared(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "INTEGER",
        ColumnType::Float => "REAL",
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Text => "TEXT",
        ColumnType::Date => "DATE",
        ColumnType::Datetime => "DATETIME",
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn value(value: SqliteValue) -> rusqlite::types::Value {
    use rusqlite::types::Value;
    match value {
        SqliteValue::Missing => Value::Null,
        SqliteValue::Integer(value) => Value::Integer(value),
        SqliteValue::Float(value) => Value::Real(value),
        SqliteValue::Text(value) => Value::Text(value),
    }
}
