//! Registered models of MLflow's database.

use std::collections::BTreeMap;

use assay_core::registered::{Origin, RegisteredModel, RegisteredVersion};
use assay_core::registry::Stage;
use assay_core::{ModelName, RunId};
use rusqlite::params;

use super::MlflowDatabase;
use crate::error::{Error, Result};
use crate::rows::Rows;

impl MlflowDatabase {
    /// By name, with their versions by number. Deleted versions stay where they are. A location is the source as it is
    /// written.
    pub fn registered_models(&self) -> Result<Vec<RegisteredModel>> {
        if !self.columns.contains_key("registered_models")
            || !self.columns.contains_key("model_versions")
        {
            return Ok(Vec::new());
        }
        let description = self.or_null("registered_models", "description");
        let mut models = self.all(
            &format!(
                "SELECT name, {description}, creation_time, last_updated_time FROM registered_models
                 ORDER BY name"
            ),
            |row| {
                let created_ms = row.get::<_, Option<i64>>(2)?.unwrap_or(0);
                Ok(RegisteredModel {
                    model: ModelName(row.get(0)?),
                    description: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                    tags: BTreeMap::new(),
                    aliases: BTreeMap::new(),
                    created_ms,
                    updated_ms: row.get::<_, Option<i64>>(3)?.unwrap_or(created_ms),
                    versions: Vec::new(),
                })
            },
        )?;
        for model in &mut models {
            model.tags = self.of_model("registered_model_tags", "key, value", &model.model)?;
            let aliases: BTreeMap<String, String> =
                self.of_model("registered_model_aliases", "alias, version", &model.model)?;
            model.aliases = aliases
                .into_iter()
                .filter_map(|(alias, number)| Some((alias, number.parse().ok()?)))
                .collect();
            model.versions = self.versions(&model.model)?;
        }
        Ok(models)
    }

    fn versions(&self, model: &ModelName) -> Result<Vec<RegisteredVersion>> {
        let run_link = self.or_null("model_versions", "run_link");
        let sql = format!(
            "SELECT version, current_stage, description, source, run_id, {run_link}, creation_time,
                    last_updated_time
             FROM model_versions WHERE name = ?1 AND current_stage != 'Deleted_Internal'
             ORDER BY version"
        );
        let mut versions = self
            .connection
            .all(&sql, params![model.as_str()], |row| {
                let text = |column| Ok::<_, Error>(row.get::<_, Option<String>>(column)?);
                let source = text(3)?.unwrap_or_default();
                let created_ms = row.get::<_, Option<i64>>(6)?.unwrap_or(0);
                Ok(RegisteredVersion {
                    model: model.clone(),
                    version: row.get(0)?,
                    stage: match text(1)?.unwrap_or_default().as_str() {
                        "Staging" => Stage::Candidate,
                        "Production" => Stage::Production,
                        "Archived" => Stage::Archived,
                        _ => Stage::Development,
                    },
                    aliases: Vec::new(),
                    description: text(2)?.unwrap_or_default(),
                    tags: BTreeMap::new(),
                    origin: Origin::Client {
                        location: source.clone(),
                        source,
                        run_link: text(5)?.unwrap_or_default(),
                        logged_model: None,
                    },
                    run_id: text(4)?.filter(|id| !id.is_empty()).map(RunId),
                    created_ms,
                    updated_ms: row.get::<_, Option<i64>>(7)?.unwrap_or(created_ms),
                })
            })
            .map_err(|error| self.unreadable(error))?;
        if self.columns.contains_key("model_version_tags") {
            for version in &mut versions {
                let tags = self
                    .connection
                    .all(
                        "SELECT key, value FROM model_version_tags WHERE name = ?1 AND version = ?2",
                        params![model.as_str(), version.version],
                        |row| {
                            let value: Option<String> = row.get(1)?;
                            Ok((row.get(0)?, value.unwrap_or_default()))
                        },
                    )
                    .map_err(|error| self.unreadable(error))?;
                version.tags = tags.into_iter().collect();
            }
        }
        Ok(versions)
    }

    /// Two columns of a table about models; nothing when the schema has no such table yet.
    fn of_model(
        &self,
        table: &str,
        columns: &str,
        model: &ModelName,
    ) -> Result<BTreeMap<String, String>> {
        if !self.columns.contains_key(table) {
            return Ok(BTreeMap::new());
        }
        let (key, value) = columns.split_once(", ").unwrap_or((columns, columns));
        let sql = format!(
            "SELECT {key}, coalesce(CAST({value} AS TEXT), '') FROM {table} WHERE name = ?1"
        );
        let found = self
            .connection
            .all(&sql, params![model.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .map_err(|error| self.unreadable(error))?;
        Ok(found.into_iter().collect())
    }
}
