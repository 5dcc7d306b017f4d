//! Files of runs, logged models and traces: a path of the owner's, and the object that holds the bytes.

use assay_core::run::Artifact;
use assay_core::{ObjectHash, TimestampMs};
use rusqlite::{Connection, params};

use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::store::{Store, Write};

/// The table of one kind of owner, and its column with the owner's row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileTable {
    table: &'static str,
    owner: &'static str,
}

pub(crate) const OF_RUNS: FileTable = FileTable {
    table: "artifacts",
    owner: "run",
};
pub(crate) const OF_LOGGED_MODELS: FileTable = FileTable {
    table: "logged_model_files",
    owner: "model",
};
pub(crate) const OF_TRACES: FileTable = FileTable {
    table: "trace_files",
    owner: "trace",
};

impl Store {
    /// Refers to an object that is in the lab. The path is relative, with `/`; the same path again replaces it. `owner`
    /// finds the owner's row and says what changes with it.
    pub(crate) fn put_file(
        &self,
        files: FileTable,
        file: &Artifact,
        at_ms: TimestampMs,
        owner: impl FnOnce(&mut Write<'_>) -> Result<i64>,
    ) -> Result<()> {
        check_path(&file.path)?;
        self.object_path(&file.object)?;
        let FileTable {
            table,
            owner: column,
        } = files;
        self.write(at_ms, |write| {
            let row = owner(write)?;
            write.tx.run(
                &format!("INSERT OR REPLACE INTO {table} ({column}, path, object, size_bytes) VALUES (?1, ?2, ?3, ?4)"),
                params![row, file.path, file.object.as_str(), file.size_bytes as i64],
            )?;
            Ok(())
        })?;
        self.settle([&file.object]);
        Ok(())
    }

    /// A file, or all files of a folder; nothing when there is none.
    pub(crate) fn delete_files(
        &self,
        files: FileTable,
        path: &str,
        at_ms: TimestampMs,
        owner: impl FnOnce(&mut Write<'_>) -> Result<i64>,
    ) -> Result<()> {
        let FileTable {
            table,
            owner: column,
        } = files;
        self.write(at_ms, |write| {
            let row = owner(write)?;
            // `0` follows `/`: all paths of the folder stand between the two.
            write.tx.run(
                &format!("DELETE FROM {table} WHERE {column} = ?1 AND (path = ?2 OR (path >= ?3 AND path < ?4))"),
                params![row, path, format!("{path}/"), format!("{path}0")],
            )?;
            Ok(())
        })
    }
}

/// By path.
pub(crate) fn list(db: &Connection, files: FileTable, row: i64) -> Result<Vec<Artifact>> {
    let FileTable { table, owner } = files;
    db.all(
        &format!("SELECT path, object, size_bytes FROM {table} WHERE {owner} = ?1 ORDER BY path"),
        params![row],
        |row| {
            Ok(Artifact {
                path: row.get(0)?,
                object: ObjectHash(row.get(1)?),
                size_bytes: row.get::<_, i64>(2)? as u64,
            })
        },
    )
}

pub(crate) fn check_path(path: &str) -> Result<()> {
    let fits = !path.contains('\\')
        && path
            .split('/')
            .all(|part| !matches!(part, "" | "." | "..") && !part.contains('\0'));
    if fits {
        Ok(())
    } else {
        Err(Error::invalid(
            format!("`{path}` is no path of an artifact"),
            "write it relative and with `/`, for example `plots/roc.svg`",
        ))
    }
}
