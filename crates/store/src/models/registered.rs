//! Models and versions of both kinds, as clients of the tracking API see them.

use std::collections::{BTreeMap, HashMap};

use assay_core::reference::Reference;
use assay_core::registered::{Origin, RegisteredModel, RegisteredVersion};
use assay_core::registry::VersionKey;
use assay_core::tracking::LoggedModelId;
use assay_core::{ModelName, RunId};
use rusqlite::{Connection, Row, params};

use super::{model_row, number_of};
use crate::error::{Error, Result};
use crate::rows::{Rows, from_word, to_json};
use crate::store::Store;

/// Of both kinds; `hidden` are those that a client deleted.
const VERSIONS: &str = "
    SELECT v.model_id, v.version, v.stage, v.description, v.run_id, json_extract(v.doc, '$.created_ms') AS created_ms,
           v.updated_ms, NULL AS source, NULL AS location, NULL AS run_link, NULL AS logged_model,
           v.hidden_ms IS NOT NULL AS hidden, json_extract(v.doc, '$.imported.file_name') AS file_name,
           v.run_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.run_id = v.run_id) AS pulled
    FROM model_versions v
    UNION ALL
    SELECT c.model_id, c.version, c.stage, c.description, c.run_id, c.created_ms, c.updated_ms, c.source, c.location,
           c.run_link, c.logged_model, 0, NULL, 0
    FROM client_versions c";

impl Store {
    /// # Errors
    /// [`Error::NotFound`]
    pub fn registered_model(&self, model: &ModelName) -> Result<RegisteredModel> {
        self.read(|db| {
            let row =
                model_row(db, model.as_str())?.ok_or_else(|| Error::not_found("model", model))?;
            models(db, &[row], false)?
                .pop()
                .ok_or_else(|| Error::not_found("model", model))
        })
    }

    /// By name.
    pub fn registered_models(&self) -> Result<Vec<RegisteredModel>> {
        self.read(all)
    }

    /// # Errors
    /// [`Error::NotFound`], also for one that a client deleted.
    pub fn registered_version(&self, key: &VersionKey) -> Result<RegisteredVersion> {
        self.read(|db| version(db, key))
    }

    /// A version of either kind, by number, by alias, or the newest; those that a client deleted too.
    pub fn any_version(&self, reference: &Reference) -> Result<RegisteredVersion> {
        self.read(|db| {
            let (_, number) = number_of(db, reference)?;
            with_hidden(db, &ModelName::new(reference.name.as_str()))?
                .into_iter()
                .find(|version| version.version == number)
                .ok_or_else(|| Error::not_found("model", reference))
        })
    }

    /// Newest first, those that a client deleted too.
    pub fn line_of_model(&self, model: &ModelName) -> Result<Vec<RegisteredVersion>> {
        self.read(|db| with_hidden(db, model))
    }
}

pub(super) fn all(db: &Connection) -> Result<Vec<RegisteredModel>> {
    let rows: Vec<i64> = db.all(
        "SELECT id FROM models WHERE deleted_ms IS NULL ORDER BY name",
        [],
        |row| Ok(row.get(0)?),
    )?;
    models(db, &rows, false)
}

pub(super) fn version(db: &Connection, key: &VersionKey) -> Result<RegisteredVersion> {
    let missing = || Error::not_found("model", key);
    let row = model_row(db, key.model.as_str())?.ok_or_else(missing)?;
    let model = models(db, &[row], false)?.pop().ok_or_else(missing)?;
    model
        .versions
        .into_iter()
        .find(|version| version.version == key.version)
        .ok_or_else(missing)
}

pub(super) fn with_hidden(db: &Connection, model: &ModelName) -> Result<Vec<RegisteredVersion>> {
    let missing = || Error::not_found("model", model);
    let row = model_row(db, model.as_str())?.ok_or_else(missing)?;
    Ok(models(db, &[row], true)?
        .pop()
        .ok_or_else(missing)?
        .versions)
}

/// In the order of `rows`. One query per table, however many there are.
fn models(db: &Connection, rows: &[i64], hidden_too: bool) -> Result<Vec<RegisteredModel>> {
    let wanted = to_json(&rows)?;
    let mut found: HashMap<i64, RegisteredModel> = db
        .all(
            "SELECT m.id, m.name, m.description, m.created_ms, m.updated_ms
             FROM json_each(?1) w JOIN models m ON m.id = w.value",
            params![wanted],
            |row| {
                let model = RegisteredModel {
                    model: ModelName(row.get(1)?),
                    description: row.get(2)?,
                    tags: BTreeMap::new(),
                    aliases: BTreeMap::new(),
                    created_ms: row.get(3)?,
                    updated_ms: row.get(4)?,
                    versions: Vec::new(),
                };
                Ok((row.get(0)?, model))
            },
        )?
        .into_iter()
        .collect();
    let sql = format!(
        "SELECT v.* FROM json_each(?1) w JOIN ({VERSIONS}) v ON v.model_id = w.value
         WHERE ?2 OR NOT v.hidden ORDER BY v.model_id, v.version DESC"
    );
    for (row, version) in db.all(&sql, params![wanted, hidden_too], read_version)? {
        if let Some(model) = found.get_mut(&row) {
            model.versions.push(RegisteredVersion {
                model: model.model.clone(),
                ..version
            });
        }
    }
    let aliases = db.all(
        "SELECT a.model_id, a.alias, a.version FROM json_each(?1) w
         JOIN model_aliases a ON a.model_id = w.value ORDER BY a.model_id, a.alias",
        params![wanted],
        |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (row, alias, number) in aliases {
        let alias: String = alias;
        if let Some(model) = found.get_mut(&row) {
            for version in &mut model.versions {
                if version.version == number {
                    version.aliases.push(alias.clone());
                }
            }
            model.aliases.insert(alias, number);
        }
    }
    let tags = db.all(
        "SELECT t.model_id, NULL, t.key, t.value FROM json_each(?1) w JOIN model_tags t ON t.model_id = w.value
         UNION ALL
         SELECT t.model_id, t.version, t.key, t.value
         FROM json_each(?1) w JOIN model_version_tags t ON t.model_id = w.value",
        params![wanted],
        |row| {
            let number: Option<u32> = row.get(1)?;
            Ok((row.get::<_, i64>(0)?, number, row.get(2)?, row.get(3)?))
        },
    )?;
    for (row, number, key, value) in tags {
        let Some(model) = found.get_mut(&row) else {
            continue;
        };
        let tags = match number {
            None => Some(&mut model.tags),
            Some(number) => model
                .versions
                .iter_mut()
                .find(|version| version.version == number)
                .map(|version| &mut version.tags),
        };
        if let Some(tags) = tags {
            tags.insert(key, value);
        }
    }
    Ok(rows.iter().filter_map(|row| found.remove(row)).collect())
}

/// With its model's row; the name, the aliases and the tags come later.
fn read_version(row: &Row<'_>) -> Result<(i64, RegisteredVersion)> {
    let file_name: Option<String> = row.get(12)?;
    let origin = match (row.get::<_, Option<String>>(7)?, file_name) {
        (None, None) if row.get(13)? => Origin::Pulled,
        (None, None) => Origin::Assay,
        (None, Some(file_name)) => Origin::Imported { file_name },
        (Some(source), _) => Origin::Client {
            source,
            location: row.get(8)?,
            run_link: row.get(9)?,
            logged_model: row.get::<_, Option<String>>(10)?.map(LoggedModelId),
        },
    };
    let version = RegisteredVersion {
        model: ModelName::new(""),
        version: row.get(1)?,
        stage: from_word(&row.get::<_, String>(2)?)?,
        aliases: Vec::new(),
        description: row.get(3)?,
        tags: BTreeMap::new(),
        run_id: row.get::<_, Option<String>>(4)?.map(RunId),
        origin,
        created_ms: row.get(5)?,
        updated_ms: row.get(6)?,
    };
    Ok((row.get(0)?, version))
}
