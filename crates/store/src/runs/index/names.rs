//! Which parameters, metrics and tags occur among runs.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use super::RunIndex;
use super::bits::Bits;
use crate::error::Result;
use crate::rows::Rows;

/// Below, names are read run by run; above, name by name.
const FEW_RUNS: usize = 200;

/// The last answer, for the next page of the same question.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Names {
    question: String,
    pub params: Vec<String>,
    pub metrics: Vec<String>,
    pub tags: Vec<String>,
}

impl RunIndex {
    /// The names that occur among these runs, sorted; `question` is what found them.
    pub fn names(&mut self, db: &Connection, question: &str, runs: &Bits) -> Result<Names> {
        if let Some(known) = self
            .names
            .as_ref()
            .filter(|known| known.question == question)
        {
            return Ok(known.clone());
        }
        let rows = self.rows_of(runs);
        let names = Names {
            question: question.to_owned(),
            params: names_of(db, "run_params", &rows)?,
            metrics: names_of(db, "metric_summaries", &rows)?,
            tags: names_of(db, "run_tags", &rows)?,
        };
        self.names = Some(names.clone());
        Ok(names)
    }
}

/// `table` has an index over key and run; `rows` ascend.
fn names_of(db: &Connection, table: &str, rows: &[i64]) -> Result<Vec<String>> {
    if rows.len() <= FEW_RUNS {
        let sql = format!("SELECT key FROM {table} WHERE run = ?1");
        let mut names = BTreeSet::new();
        for row in rows {
            names.extend(db.all(&sql, params![row], |row| Ok(row.get::<_, String>(0)?))?);
        }
        return Ok(names.into_iter().collect());
    }
    let mut keys = db.prepare(&format!("SELECT min(key) FROM {table} WHERE key > ?1"))?;
    let mut runs = db.prepare(&format!(
        "SELECT min(run) FROM {table} WHERE key = ?1 AND run >= ?2"
    ))?;
    let mut next_key = |last: &str| -> Result<Option<String>> {
        Ok(keys.query_row(params![last], |row| row.get(0))?)
    };
    let mut names = Vec::new();
    let mut last = String::new();
    while let Some(key) = next_key(&last)? {
        // Leaps from a wanted run to the next run that has the key, and from there to the next wanted one.
        let mut rest = rows;
        while let Some(&wanted) = rest.first() {
            let Some(found) =
                runs.query_row(params![key, wanted], |row| row.get::<_, Option<i64>>(0))?
            else {
                break;
            };
            rest = rest
                .get(rest.partition_point(|&row| row < found)..)
                .unwrap_or_default();
            if rest.first() == Some(&found) {
                names.push(key.clone());
                break;
            }
        }
        last = key;
    }
    Ok(names)
}
