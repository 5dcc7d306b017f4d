//! The registry: versions of models, their aliases and stages.

mod clients;
mod import;
mod moves;
mod registered;
mod rollback;
mod rows;
mod taken;
mod variants;

use std::collections::BTreeMap;

use assay_core::event::Kind;
use assay_core::ids::check_name;
use assay_core::imported_model::ImportedModel;
use assay_core::parity::ParityReport;
use assay_core::reference::{Reference, Selector};
use assay_core::registered::RegisteredModel;
use assay_core::registry::{
    MODEL_VERSION_SCHEMA, ModelSummary, ModelVersion, Signature, Stage, VersionKey,
};
use assay_core::train::ProblemKind;
use assay_core::{DatasetName, ModelName, ObjectHash, RunId};
use rusqlite::{Connection, Row, params};

use crate::act::Act;
use crate::datasets::next_number;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_json, from_word};
use crate::store::Store;

/// A version to be registered; the store gives it its number, the stage `development` and no alias.
#[derive(Debug, Clone, PartialEq)]
pub struct NewModelVersion {
    pub model: ModelName,
    pub origin: NewOrigin,
    pub algorithm: String,
    pub signature: Signature,
    pub metrics: BTreeMap<String, f64>,
    /// Must be among the objects.
    pub onnx: ObjectHash,
    pub onnx_size_bytes: u64,
    pub opset: u32,
}

/// Where a new version comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum NewOrigin {
    Trained(NewTrained),
    Imported {
        problem: Option<ProblemKind>,
        imported: ImportedModel,
    },
}

/// What the run left.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrained {
    pub run_id: RunId,
    pub problem: ProblemKind,
    pub dataset: DatasetName,
    pub dataset_number: u32,
    pub dataset_version: ObjectHash,
    pub parity: ParityReport,
    /// Must be among the objects.
    pub reference: ObjectHash,
}

const COLUMNS: &str = "v.doc, v.stage, v.model_id, v.version";

impl Store {
    /// Adds a version to a model, which is made when there is none of that name. A number is never given twice under
    /// one name.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a model's name differs from this one in upper and lower case only: names are folders,
    /// and some file systems do not tell them apart.
    pub fn register(&self, new: NewModelVersion, act: Act<'_>) -> Result<ModelVersion> {
        check_name(new.model.as_str())?;
        self.object_path(&new.onnx)?;
        if let NewOrigin::Trained(trained) = &new.origin {
            self.object_path(&trained.reference)?;
        }
        let version = self.write(act.at_ms, |write| {
            let name = new.model.as_str().to_owned();
            let id = write.model_named(&name, "choose another name, or the same", act.at_ms)?;
            let version = version_of(new, next_number(&write.tx, "model", &folded(&name))?, act);
            write.insert_version(id, &version, act.at_ms)?;
            write.touch_model(id, act.at_ms)?;
            write.changed(Kind::Models);
            write.changed(Kind::Runs);
            write.audit(
                act,
                "model.registered",
                &version.key().to_string(),
                &format!(
                    "From {}, {}, ONNX {}.",
                    came_from(&version),
                    version.algorithm,
                    version.onnx.short()
                ),
            )?;
            Ok(version)
        })?;
        self.settle(std::iter::once(&version.onnx).chain(&version.reference));
        Ok(version)
    }

    /// Takes back a version whose folder could not be written: without its folder it is no version. Its number is not
    /// given again; a model that has no other version goes with it.
    pub fn withdraw_version(&self, key: &VersionKey, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let (model_id, _) = find_key(&write.tx, key)?;
            write.tx.run(
                "DELETE FROM model_versions WHERE model_id = ?1 AND version = ?2",
                params![model_id, key.version],
            )?;
            write.tx.run(
                "DELETE FROM models WHERE id = ?1 AND description = ''
                    AND id NOT IN (SELECT model_id FROM model_versions)
                    AND id NOT IN (SELECT model_id FROM client_versions)
                    AND id NOT IN (SELECT model_id FROM model_tags)",
                params![model_id],
            )?;
            write.changed(Kind::Models);
            write.changed(Kind::Runs);
            write.audit(
                act,
                "model.withdrawn",
                &key.to_string(),
                "Its folder could not be written.",
            )?;
            Ok(())
        })
    }

    /// By number, by alias, or the newest (`name` and `name@latest`).
    pub fn model_version(&self, reference: &Reference) -> Result<ModelVersion> {
        self.read(|db| find(db, reference).map(|(_, version)| version))
    }

    /// By name; without prompts, which clients keep among the models.
    pub fn models(&self) -> Result<Vec<ModelSummary>> {
        self.read(|db| {
            registered::all(db)?
                .into_iter()
                .filter(|model| !model.is_prompt())
                .map(|model| summary(db, model))
                .collect()
        })
    }

    /// Those that were registered here, newest first.
    pub fn model_versions(&self, model: &ModelName) -> Result<Vec<ModelVersion>> {
        self.read(|db| versions(db, model))
    }
}

/// All versions of models, those in the trash too.
pub(crate) fn version_keys(db: &Connection) -> Result<Vec<VersionKey>> {
    db.all(
        "SELECT m.name, v.version FROM model_versions v JOIN models m ON m.id = v.model_id
         ORDER BY m.name, v.version",
        [],
        |row| {
            Ok(VersionKey {
                model: ModelName(row.get(0)?),
                version: row.get(1)?,
            })
        },
    )
}

/// The row of a model that is not in the trash.
pub(crate) fn model_row(db: &Connection, name: &str) -> Result<Option<i64>> {
    let found = model_row_in_any_case(db, name)?;
    Ok(found.filter(|(_, known)| known == name).map(|(id, _)| id))
}

/// The same for names that share a folder on a file system that does not tell a from A.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn model_row_in_any_case(db: &Connection, name: &str) -> Result<Option<(i64, String)>> {
    db.first(
        "SELECT id, name FROM models WHERE folded = ?1 AND deleted_ms IS NULL
         ORDER BY name <> ?2 LIMIT 1",
        params![folded(name), name],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// A version with its model's row.
///
/// # Errors
/// [`Error::Invalid`] for one that a client registered: it has no exported model.
pub(crate) fn find(db: &Connection, reference: &Reference) -> Result<(i64, ModelVersion)> {
    let (model, number) = number_of(db, reference)?;
    let sql =
        format!("SELECT {COLUMNS} FROM model_versions v WHERE v.model_id = ?1 AND v.version = ?2");
    if let Some(version) = db.first(&sql, params![model, number], |row| read_version(db, row))? {
        return Ok((model, version));
    }
    if kind_of(db, model, number)?.is_some() {
        return Err(Error::invalid(
            format!(
                "{}@{number} was registered by a client of the tracking API, so there is no exported model of it",
                reference.name
            ),
            "name a version that was registered from a run of this lab or imported; `assay model show` lists them",
        ));
    }
    Err(Error::not_found("model", reference))
}

/// The row of a model, and the number of the version of either kind that is meant.
fn number_of(db: &Connection, reference: &Reference) -> Result<(i64, u32)> {
    let missing = || Error::not_found("model", reference);
    let model = model_row(db, &reference.name)?.ok_or_else(missing)?;
    let number: Option<u32> = match &reference.selector {
        Selector::Version(number) => Some(*number),
        Selector::Alias(alias) if alias != "latest" => db.first(
            "SELECT version FROM model_aliases WHERE model_id = ?1 AND alias = ?2",
            params![model, alias],
            |row| Ok(row.get(0)?),
        )?,
        Selector::Latest | Selector::Alias(_) => db.first(
            "SELECT max(version) FROM (SELECT version FROM model_versions WHERE model_id = ?1
                                       UNION ALL SELECT version FROM client_versions WHERE model_id = ?1)",
            params![model],
            |row| Ok(row.get(0)?),
        )?
        .flatten(),
    };
    Ok((model, number.ok_or_else(missing)?))
}

pub(crate) fn find_key(db: &Connection, key: &VersionKey) -> Result<(i64, ModelVersion)> {
    find(db, &Reference::version(key.model.as_str(), key.version))
}

fn versions(db: &Connection, model: &ModelName) -> Result<Vec<ModelVersion>> {
    let id = model_row(db, model.as_str())?.ok_or_else(|| Error::not_found("model", model))?;
    let sql = format!(
        "SELECT {COLUMNS} FROM model_versions v WHERE v.model_id = ?1 ORDER BY v.version DESC"
    );
    db.all(&sql, params![id], |row| read_version(db, row))
}

/// Which table holds a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VersionKind {
    Assay,
    Client,
}

impl VersionKind {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Assay => "model_versions",
            Self::Client => "client_versions",
        }
    }
}

/// `None` when the model has no version of that number.
pub(crate) fn kind_of(db: &Connection, model: i64, number: u32) -> Result<Option<VersionKind>> {
    for kind in [VersionKind::Assay, VersionKind::Client] {
        let sql = format!(
            "SELECT count(*) FROM {} WHERE model_id = ?1 AND version = ?2",
            kind.table()
        );
        if db.count(&sql, params![model, number])? > 0 {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}

fn summary(db: &Connection, model: RegisteredModel) -> Result<ModelSummary> {
    let versions = registered::with_hidden(db, &model.model)?;
    Ok(ModelSummary {
        n_versions: versions.len() as u32,
        production: versions
            .iter()
            .find(|version| version.stage == Stage::Production)
            .map(|version| version.version),
        exported: versions
            .iter()
            .filter(|version| version.origin.has_folder())
            .map(|version| version.version)
            .collect(),
        aliases: model.aliases,
        latest: self::versions(db, &model.model)?.into_iter().next(),
        newest: versions.into_iter().next(),
        model: model.model,
    })
}

/// The document is as it was registered; stage and aliases are where they move.
fn read_version(db: &Connection, row: &Row<'_>) -> Result<ModelVersion> {
    let mut version: ModelVersion = from_json(&row.get::<_, String>(0)?)?;
    version.stage = from_word(&row.get::<_, String>(1)?)?;
    version.aliases = db.all(
        "SELECT alias FROM model_aliases WHERE model_id = ?1 AND version = ?2 ORDER BY alias",
        params![row.get::<_, i64>(2)?, row.get::<_, u32>(3)?],
        |row| Ok(row.get(0)?),
    )?;
    Ok(version)
}

fn version_of(new: NewModelVersion, version: u32, act: Act<'_>) -> ModelVersion {
    let (trained, problem, imported) = match new.origin {
        NewOrigin::Trained(trained) => {
            let problem = trained.problem;
            (Some(trained), Some(problem), None)
        }
        NewOrigin::Imported { problem, imported } => (None, problem, Some(imported)),
    };
    let trained = trained.as_ref();
    ModelVersion {
        schema: MODEL_VERSION_SCHEMA,
        model: new.model,
        version,
        stage: Stage::Development,
        aliases: Vec::new(),
        run_id: trained.map(|trained| trained.run_id.clone()),
        problem,
        algorithm: new.algorithm,
        dataset: trained.map(|trained| trained.dataset.clone()),
        dataset_number: trained.map(|trained| trained.dataset_number),
        dataset_version: trained.map(|trained| trained.dataset_version.clone()),
        signature: new.signature,
        metrics: new.metrics,
        onnx: new.onnx,
        onnx_size_bytes: new.onnx_size_bytes,
        opset: new.opset,
        parity: trained.map(|trained| trained.parity.clone()),
        reference: trained.map(|trained| trained.reference.clone()),
        imported,
        created_ms: act.at_ms,
    }
}

/// `run 3f…`, `the file model.onnx`
fn came_from(version: &ModelVersion) -> String {
    match (&version.run_id, &version.imported) {
        (Some(run_id), _) => format!("run {run_id}"),
        (None, Some(imported)) => format!("the file {}", imported.file_name),
        (None, None) => "elsewhere".to_owned(),
    }
}
