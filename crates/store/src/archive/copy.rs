//! Rows copied from one lab's database to another's, whatever their columns are.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::error::Result;
use crate::rows::{Rows, to_json};

/// Tables about the lab itself, its log, its running work and its own list of changes: they stay where they are.
pub(super) const ABOUT_THE_LAB: [&str; 6] =
    ["audit", "changes", "run_changes", "undo", "jobs", "servers"];

/// Which rows are copied, and what is different about the copies.
pub(super) struct Rule {
    /// Column and its values as a JSON list; `None`: all rows.
    wanted: Option<(String, String)>,
    replaced: Vec<(String, Value)>,
    /// Rows are numbered anew by the table that they come to.
    is_renumbered: bool,
}

impl Rule {
    pub fn all() -> Self {
        Self {
            wanted: None,
            replaced: Vec::new(),
            is_renumbered: false,
        }
    }

    pub fn rows(column: &str, values: &[i64]) -> Result<Self> {
        Ok(Self {
            wanted: Some((column.to_owned(), to_json(&values)?)),
            ..Self::all()
        })
    }

    /// Of one row, with a number of its own in the table it comes to.
    pub fn renumbered(column: &str, value: i64) -> Result<Self> {
        Ok(Self {
            is_renumbered: true,
            ..Self::rows(column, &[value])?
        })
    }

    pub fn with(mut self, column: &str, value: impl Into<Value>) -> Self {
        self.replaced.push((column.to_owned(), value.into()));
        self
    }
}

/// Tables that a person's work is in, by name.
pub(super) fn tables(db: &Connection) -> Result<Vec<String>> {
    db.all(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY name",
        [],
        |row| Ok(row.get(0)?),
    )
}

/// Tables and their columns that refer to the rows of `table`.
pub(super) fn children_of(db: &Connection, table: &str) -> Result<Vec<(String, String)>> {
    db.all(
        "SELECT t.name, k.\"from\" FROM sqlite_schema t, pragma_foreign_key_list(t.name) k
         WHERE t.type = 'table' AND k.\"table\" = ?1 AND coalesce(k.\"to\", 'id') = 'id'
         ORDER BY t.name",
        params![table],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How many rows were copied.
pub(super) fn copy_rows(
    from: &Connection,
    to: &Connection,
    table: &str,
    rule: &Rule,
) -> Result<usize> {
    let columns: Vec<String> = columns(to, table)?
        .into_iter()
        .filter(|column| !(rule.is_renumbered && column == "id"))
        .collect();
    let quoted: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{column}\""))
        .collect();
    let places: Vec<&str> = columns.iter().map(|_| "?").collect();
    let insert = format!(
        "INSERT OR REPLACE INTO \"{table}\" ({}) VALUES ({})",
        quoted.join(", "),
        places.join(", ")
    );
    let (condition, values) = match &rule.wanted {
        None => (String::new(), Vec::new()),
        Some((column, values)) => (
            format!(" WHERE \"{column}\" IN (SELECT value FROM json_each(?1))"),
            vec![values.clone()],
        ),
    };
    let select = format!("SELECT {} FROM \"{table}\"{condition}", quoted.join(", "));
    let mut select = from.prepare(&select)?;
    let mut insert = to.prepare(&insert)?;
    let mut rows = select.query(params_from_iter(values))?;
    let mut n_rows = 0;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns.len());
        for (place, column) in columns.iter().enumerate() {
            let replaced = rule.replaced.iter().find(|(name, _)| name == column);
            values.push(match replaced {
                Some((_, value)) => value.clone(),
                None => row.get::<_, Value>(place)?,
            });
        }
        insert.execute(params_from_iter(values))?;
        n_rows += 1;
    }
    Ok(n_rows)
}

fn columns(db: &Connection, table: &str) -> Result<Vec<String>> {
    db.all(
        "SELECT name FROM pragma_table_info(?1)",
        params![table],
        |row| Ok(row.get(0)?),
    )
}
