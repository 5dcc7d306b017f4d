//! The registry for clients of the tracking API: the same models that are registered here, by MLflow's rules.

use std::collections::BTreeMap;
use std::io;

use assay_core::ModelName;
use assay_core::code::Code;
use assay_core::lab::TrashKind;
use assay_core::reference::Reference;
use assay_core::registered::{NewClientVersion, RegisteredModel, RegisteredVersion};
use assay_core::registry::{Stage, VersionKey};
use assay_core::tracking::LoggedModelId;
use assay_store::Act;
use serde_json::{Value, json};

use crate::error::{Attempt, Cause};
use crate::gates::gate_passed;
use crate::{Error, Lab};

/// The tag of a logged model that lists the versions that were registered of it.
const VERSIONS_TAG: &str = "mlflow.modelVersions";

impl Lab {
    /// Without versions that a client deleted.
    pub fn registered_model(&self, model: &ModelName) -> Result<RegisteredModel, Error> {
        self.store
            .registered_model(model)
            .attempt(|| format!("show `{model}`"))
    }

    /// By name.
    pub fn registered_models(&self) -> Result<Vec<RegisteredModel>, Error> {
        self.store
            .registered_models()
            .attempt(|| "list the models".to_owned())
    }

    pub fn registered_version(&self, key: &VersionKey) -> Result<RegisteredVersion, Error> {
        self.store
            .registered_version(key)
            .attempt(|| format!("show `{key}`"))
    }

    /// A version of either kind.
    pub fn any_version(&self, model: &Reference) -> Result<RegisteredVersion, Error> {
        self.store
            .any_version(model)
            .attempt(|| format!("show `{model}`"))
    }

    /// # Errors
    /// A conflict when there is a model of that name.
    pub fn create_registered_model(
        &self,
        model: &ModelName,
        description: &str,
        tags: &[(String, String)],
    ) -> Result<RegisteredModel, Error> {
        self.store
            .create_registered_model(model, description, tags, self.client())
            .attempt(|| format!("create the model `{model}`"))
    }

    pub fn describe_model(&self, model: &ModelName, text: &str) -> Result<RegisteredModel, Error> {
        let attempted = || format!("describe the model `{model}`");
        self.store
            .describe_model(model, text, self.client())
            .attempt(attempted)?;
        self.store.registered_model(model).attempt(attempted)
    }

    pub fn rename_model(
        &self,
        model: &ModelName,
        to: &ModelName,
    ) -> Result<RegisteredModel, Error> {
        let attempted = || format!("rename the model `{model}` to `{to}`");
        self.store
            .rename_model(model, to, self.client())
            .attempt(attempted)?;
        self.store.registered_model(to).attempt(attempted)
    }

    /// Into the trash, with all its versions.
    pub fn delete_registered_model(&self, model: &ModelName) -> Result<(), Error> {
        self.store
            .delete(TrashKind::Model, model.as_str(), self.client())
            .attempt(|| format!("delete the model `{model}`"))
    }

    pub fn set_model_tag(&self, model: &ModelName, key: &str, value: &str) -> Result<(), Error> {
        self.store
            .set_model_tag(model, key, value, self.client())
            .attempt(|| format!("tag the model `{model}`"))
    }

    pub fn delete_model_tag(&self, model: &ModelName, key: &str) -> Result<(), Error> {
        self.store
            .delete_model_tag(model, key, self.client())
            .attempt(|| format!("take a tag off the model `{model}`"))
    }

    /// Adds a version to a model that is there. A logged model that it comes from is told of it.
    pub fn register_for_client(&self, new: &NewClientVersion) -> Result<RegisteredVersion, Error> {
        let attempted = || format!("register a version of `{}`", new.model);
        let version = self
            .store
            .register_for_client(new, self.client())
            .attempt(attempted)?;
        if let Some(id) = &new.logged_model {
            self.note_version(id, &version.key()).attempt(attempted)?;
        }
        Ok(version)
    }

    pub fn describe_version(
        &self,
        key: &VersionKey,
        text: &str,
    ) -> Result<RegisteredVersion, Error> {
        let attempted = || format!("describe `{key}`");
        self.store
            .describe_version(key, text, self.client())
            .attempt(attempted)?;
        self.store.registered_version(key).attempt(attempted)
    }

    pub fn set_version_tag(&self, key: &VersionKey, tag: &str, value: &str) -> Result<(), Error> {
        self.store
            .set_version_tag(key, tag, value, self.client())
            .attempt(|| format!("tag `{key}`"))
    }

    pub fn delete_version_tag(&self, key: &VersionKey, tag: &str) -> Result<(), Error> {
        self.store
            .delete_version_tag(key, tag, self.client())
            .attempt(|| format!("take a tag off `{key}`"))
    }

    /// `archive_others`: the other versions of that stage go to the archive. A version that was registered here moves
    /// when its gate lets it, whoever moves it.
    pub fn move_version(
        &self,
        key: &VersionKey,
        to: Stage,
        archive_others: bool,
    ) -> Result<RegisteredVersion, Error> {
        self.move_version_with_gate(key, to, archive_others)
            .attempt(|| format!("move `{key}` to {}", to.label()))
    }

    /// A client's version goes for good; one that was registered here is archived and hidden from clients.
    pub fn delete_registered_version(&self, key: &VersionKey) -> Result<(), Error> {
        self.store
            .delete_version_for_client(key, self.client())
            .attempt(|| format!("delete `{key}`"))
    }

    /// Any word that MLflow allows, also one that Assay reads as a version number.
    pub fn set_client_alias(&self, key: &VersionKey, alias: &str) -> Result<(), Error> {
        self.store
            .set_any_alias(key, alias, self.client())
            .attempt(|| format!("point the alias `{alias}` at `{key}`"))
    }

    /// Nothing when there is no such alias.
    pub fn remove_client_alias(&self, model: &ModelName, alias: &str) -> Result<(), Error> {
        let attempted = || format!("take the alias `{alias}` off `{model}`");
        let known = self.store.registered_model(model).attempt(attempted)?;
        if known.aliases.contains_key(alias) {
            self.store
                .remove_alias(model, alias, self.client())
                .attempt(attempted)?;
        }
        Ok(())
    }

    fn client(&self) -> Act<'_> {
        Act::new("client", self.environment.now_ms())
    }

    fn move_version_with_gate(
        &self,
        key: &VersionKey,
        to: Stage,
        archive_others: bool,
    ) -> Result<RegisteredVersion, Cause> {
        let model = self.store.registered_model(&key.model)?;
        let version = model
            .version(key.version)
            .ok_or_else(|| Cause::said(Code::NotFound, format!("there is no model `{key}`")))?;
        if version.origin.has_folder() && version.stage != to {
            let reference = Reference::version(key.model.as_str(), key.version);
            let exported = self.store.model_version(&reference)?;
            gate_passed(&self.gate_of(&exported, to, "")?, &exported)?;
        }
        if archive_others {
            let others = model.versions.iter();
            for other in others.filter(|other| other.stage == to && other.version != key.version) {
                self.store
                    .set_stage(&other.key(), Stage::Archived, "", self.client())?;
            }
        }
        self.store.set_stage(key, to, "", self.client())?;
        Ok(self.store.registered_version(key)?)
    }

    fn note_version(&self, id: &LoggedModelId, key: &VersionKey) -> Result<(), Cause> {
        let model = self.store.logged_model(id, true)?;
        let known = model.tags.get(VERSIONS_TAG);
        // What is no list was no list of versions: it is written anew.
        let mut versions: Vec<Value> = known
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let entry = json!({ "name": key.model, "version": key.version });
        if !versions.contains(&entry) {
            versions.push(entry);
        }
        let tags = BTreeMap::from([(VERSIONS_TAG.to_owned(), spaced_json(&versions)?)]);
        self.store
            .set_logged_model_tags(id, &tags, self.environment.now_ms())?;
        Ok(())
    }
}

/// Written as Python writes it, with blanks: clients compare the tag as a text.
fn spaced_json(value: &impl serde::Serialize) -> Result<String, serde_json::Error> {
    let mut text = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut text, Spaced,
    ))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        to: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }
}
