//! What deleting runs for good would free: the files that nothing else has.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use crate::error::Result;
use crate::orphans::REFERENCES;
use crate::rows::{Rows, to_json};

/// Bytes by row: of the files that this run alone has.
pub(crate) fn freed_by_each_run(db: &Connection, rows: &[i64]) -> Result<HashMap<i64, u64>> {
    let mut freed: HashMap<i64, u64> = rows.iter().map(|row| (*row, 0)).collect();
    if rows.is_empty() {
        return Ok(freed);
    }
    let sql = format!(
        "WITH mine AS (
             SELECT a.run, a.object, max(a.size_bytes) AS size_bytes, count(*) AS n
             FROM json_each(?1) w JOIN artifacts a ON a.run = w.value GROUP BY a.run, a.object)
         SELECT run, sum(size_bytes) FROM mine WHERE {} GROUP BY run",
        is_not_shared()
    );
    for (row, size_bytes) in db.all(&sql, params![to_json(&rows)?], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)? as u64))
    })? {
        freed.insert(row, size_bytes);
    }
    Ok(freed)
}

/// Bytes of the files that these runs together have, and nothing else.
pub(crate) fn freed_by_all_runs(db: &Connection, rows: &[i64]) -> Result<u64> {
    let sql = format!(
        "WITH mine AS (
             SELECT a.object, max(a.size_bytes) AS size_bytes, count(*) AS n
             FROM json_each(?1) w JOIN artifacts a ON a.run = w.value GROUP BY a.object)
         SELECT sum(size_bytes) FROM mine WHERE {}",
        is_not_shared()
    );
    let sum = db.first(&sql, params![to_json(&rows)?], |row| {
        Ok(row.get::<_, Option<i64>>(0)?)
    })?;
    Ok(sum.flatten().unwrap_or(0) as u64)
}

/// All artifacts with the object are counted in `n`, and nothing else names it.
fn is_not_shared() -> String {
    let mut conditions =
        vec!["n = (SELECT count(*) FROM artifacts b WHERE b.object = mine.object)".to_owned()];
    for (table, column) in REFERENCES {
        if table != "artifacts" {
            conditions.push(format!(
                "NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = mine.object)"
            ));
        }
    }
    conditions.join(" AND ")
}
