//! Data sets: a line of versions under a name, each the same rows for ever.

mod options;
mod restore;
mod row_groups;
pub(crate) mod tags;

use assay_core::dataset::{DatasetDetail, DatasetSummary, DatasetVersion, RowGroup, Source};
use assay_core::event::Kind;
use assay_core::expect::SuiteOutcome;
use assay_core::ids::check_name;
use assay_core::reference::{Reference, Selector};
use assay_core::schema::Schema;
use assay_core::{DatasetName, ObjectHash, ReplayId, RunId};
use rusqlite::{Connection, Row, params};

use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, to_json};
use crate::store::{Store, Write};

const DATASET_VERSION_SCHEMA: u32 = 1;

/// A version to be added; the store gives it its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDatasetVersion {
    pub dataset: DatasetName,
    pub content: ObjectHash,
    /// Their objects must be there.
    pub row_groups: Vec<RowGroup>,
    pub columns: Schema,
    pub source: Source,
}

impl Store {
    /// Adds a version, or finds the one that has the same content, be it the newest or an older one of the line; the
    /// second part says whether it was there already.
    ///
    /// A number is never given twice under one name, not even when the trash was emptied between.
    pub fn add_dataset_version(
        &self,
        new: NewDatasetVersion,
        act: Act<'_>,
    ) -> Result<(DatasetVersion, bool)> {
        check_name(new.dataset.as_str())?;
        let set_aside = new.source.set_aside.as_ref();
        let objects: Vec<ObjectHash> = new
            .row_groups
            .iter()
            .map(|group| &group.object)
            .chain(set_aside.map(|rows| &rows.object))
            .cloned()
            .collect();
        for object in &objects {
            self.object_path(object)?;
        }
        let (version, was_there) = self.write(act.at_ms, |write| add(write, new, act))?;
        if was_there {
            // The same rows may have been written anew, in other bytes.
            self.abandon(&objects)?;
        } else {
            self.settle(&objects);
        }
        Ok((version, was_there))
    }

    /// # Errors
    /// [`Error::NotFound`] for a name, a number or a tag that is not there.
    pub fn dataset_version(&self, reference: &Reference) -> Result<DatasetVersion> {
        self.read(|db| find(db, reference).map(|(_, version)| version))
    }

    /// Newest first.
    pub fn dataset_versions(&self, dataset: &DatasetName) -> Result<Vec<DatasetVersion>> {
        self.read(|db| versions(db, dataset))
    }

    /// By name.
    pub fn datasets(&self) -> Result<Vec<DatasetSummary>> {
        self.read(|db| {
            db.all(
                "SELECT v.doc, v.id,
                        (SELECT count(*) FROM dataset_versions o WHERE o.dataset_id = d.id),
                        (SELECT count(*) FROM runs r WHERE r.dataset = d.name AND r.deleted_ms IS NULL)
                 FROM datasets d
                 JOIN dataset_versions v ON v.dataset_id = d.id
                     AND v.version = (SELECT max(version) FROM dataset_versions WHERE dataset_id = d.id)
                 WHERE d.deleted_ms IS NULL
                 ORDER BY d.name",
                [],
                |row| {
                    Ok(DatasetSummary {
                        latest: read_version(row)?,
                        n_versions: row.get(2)?,
                        n_runs: row.get(3)?,
                        expectations: latest_outcome(db, row.get(1)?)?,
                    })
                },
            )
        })
    }

    /// Runs and replays are those of the version that is asked for, newest first.
    pub fn dataset_detail(&self, reference: &Reference) -> Result<DatasetDetail> {
        self.read(|db| {
            let (id, version) = find(db, reference)?;
            let named = params![version.dataset.as_str(), version.version];
            Ok(DatasetDetail {
                versions: versions(db, &version.dataset)?,
                tags: tags::of(db, &version.dataset)?,
                runs: db.all(
                    "SELECT run_id FROM runs WHERE dataset = ?1 AND dataset_version = ?2
                     AND deleted_ms IS NULL ORDER BY started_ms DESC, id DESC",
                    named,
                    |row| Ok(RunId(row.get(0)?)),
                )?,
                replays: db.all(
                    "SELECT p.replay_id FROM replays p
                     LEFT JOIN models m ON m.name = p.model
                     LEFT JOIN model_versions v ON v.model_id = m.id AND v.version = p.model_version
                     WHERE (v.dataset = ?1 AND v.dataset_version = ?2
                            OR p.dataset = ?1 AND p.dataset_version = ?2)
                     AND p.deleted_ms IS NULL ORDER BY p.created_ms DESC, p.id DESC",
                    named,
                    |row| Ok(ReplayId(row.get(0)?)),
                )?,
                expectations: latest_outcome(db, id)?,
                version,
            })
        })
    }
}

fn add(
    write: &mut Write<'_>,
    new: NewDatasetVersion,
    act: Act<'_>,
) -> Result<(DatasetVersion, bool)> {
    let name = new.dataset.as_str();
    let line = line_of(&write.tx, name)?;
    if let Some(id) = line {
        let same = write.tx.first(
            "SELECT doc FROM dataset_versions WHERE dataset_id = ?1 AND content = ?2
             ORDER BY version DESC LIMIT 1",
            params![id, new.content.as_str()],
            read_version,
        )?;
        if let Some(version) = same {
            return Ok((version, true));
        }
    }
    let id = match line {
        Some(id) => id,
        None => {
            write
                .tx
                .run("INSERT INTO datasets (name) VALUES (?1)", params![name])?;
            write.tx.last_insert_rowid()
        }
    };
    let version = put(
        write,
        id,
        DatasetVersion {
            schema: DATASET_VERSION_SCHEMA,
            version: 0,
            dataset: new.dataset,
            content: new.content,
            n_rows: new.row_groups.iter().map(|group| group.n_rows).sum(),
            size_bytes: new.row_groups.iter().map(|group| group.size_bytes).sum(),
            row_groups: new.row_groups,
            columns: new.columns,
            source: new.source,
            parent: None,
            restored_from: None,
            created_ms: act.at_ms,
        },
    )?;
    write.audit(
        act,
        "dataset.imported",
        &format!("{}@{}", version.dataset, version.version),
        &format!(
            "{} rows from `{}`, content {}.",
            version.n_rows,
            version.source.file_name,
            version.content.short()
        ),
    )?;
    Ok((version, false))
}

/// Writes a version as the newest of the line in row `line`, which gives it its number and its parent.
fn put(write: &mut Write<'_>, line: i64, version: DatasetVersion) -> Result<DatasetVersion> {
    let version = DatasetVersion {
        parent: write
            .tx
            .first(
                "SELECT max(version) FROM dataset_versions WHERE dataset_id = ?1",
                params![line],
                |row| Ok(row.get(0)?),
            )?
            .flatten(),
        version: next_number(&write.tx, "dataset", version.dataset.as_str())?,
        ..version
    };
    let set_aside = version.source.set_aside.as_ref();
    write.tx.run(
        "INSERT INTO dataset_versions (dataset_id, version, content, size_bytes, set_aside, doc)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            line,
            version.version,
            version.content.as_str(),
            version.size_bytes as i64,
            set_aside.map(|rows| rows.object.as_str()),
            to_json(&version)?
        ],
    )?;
    row_groups::put(&write.tx, write.tx.last_insert_rowid(), &version.row_groups)?;
    write.changed(Kind::Datasets);
    Ok(version)
}

/// The next number under a name: one more than any that was ever given.
pub(crate) fn next_number(db: &Connection, kind: &str, name: &str) -> Result<u32> {
    db.run(
        "INSERT INTO version_counters (kind, name, last) VALUES (?1, ?2, 1)
         ON CONFLICT (kind, name) DO UPDATE SET last = last + 1",
        params![kind, name],
    )?;
    let number = db.count(
        "SELECT last FROM version_counters WHERE kind = ?1 AND name = ?2",
        params![kind, name],
    )?;
    Ok(number as u32)
}

pub(crate) fn line_of(db: &Connection, name: &str) -> Result<Option<i64>> {
    db.first(
        "SELECT id FROM datasets WHERE name = ?1 AND deleted_ms IS NULL",
        params![name],
        |row| Ok(row.get(0)?),
    )
}

/// A version with its row's number.
pub(crate) fn find(db: &Connection, reference: &Reference) -> Result<(i64, DatasetVersion)> {
    let missing = || Error::not_found("data set", reference);
    let line = line_of(db, &reference.name)?.ok_or_else(missing)?;
    let number = match &reference.selector {
        Selector::Latest => None,
        Selector::Version(number) => Some(*number),
        Selector::Alias(alias) if alias == tags::LATEST => None,
        Selector::Alias(tag) => Some(tags::find(db, line, tag)?.ok_or_else(missing)?),
    };
    db.first(
        "SELECT doc, id FROM dataset_versions WHERE dataset_id = ?1 AND (?2 IS NULL OR version = ?2)
         ORDER BY version DESC LIMIT 1",
        params![line, number],
        |row| Ok((row.get(1)?, read_version(row)?)),
    )?
    .ok_or_else(missing)
}

fn versions(db: &Connection, dataset: &DatasetName) -> Result<Vec<DatasetVersion>> {
    let line =
        line_of(db, dataset.as_str())?.ok_or_else(|| Error::not_found("data set", dataset))?;
    db.all(
        "SELECT doc FROM dataset_versions WHERE dataset_id = ?1 ORDER BY version DESC",
        params![line],
        read_version,
    )
}

/// Of the data set's own suite, which has its name.
fn latest_outcome(db: &Connection, version_row: i64) -> Result<Option<SuiteOutcome>> {
    db.first(
        "SELECT outcome FROM checks WHERE dataset_version_id = ?1 AND suite =
             (SELECT d.name FROM datasets d JOIN dataset_versions v ON v.dataset_id = d.id WHERE v.id = ?1)
         ORDER BY checked_ms DESC, id DESC LIMIT 1",
        params![version_row],
        |row| from_json(&row.get::<_, String>(0)?),
    )
}

fn read_version(row: &Row<'_>) -> Result<DatasetVersion> {
    from_json(&row.get::<_, String>(0)?)
}
