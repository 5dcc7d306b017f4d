//! Which version a request means, remembered until the registry changes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use assay_core::ids::ModelName;
use assay_core::reference::{Reference, Selector};
use assay_core::registered::{RegisteredModel, RegisteredVersion, Stage};
use assay_core::registry::VersionKey;
use assay_core::serving::{Chosen, Refusal, RefusalKind};

use super::version::Version;
use crate::Lab;
use crate::error::Cause;

/// Versions in memory at a time; the one unused for the longest goes first.
const MAX_LOADED: usize = 16;
/// Remembered choices; names come from requests.
const MAX_CHOICES: usize = 4_096;

/// What this process knows of the versions that it serves.
#[derive(Default)]
pub struct Serving {
    choices: RwLock<HashMap<Reference, Choice>>,
    versions: Mutex<HashMap<VersionKey, Arc<Version>>>,
    /// Counts the changes of the registry, so that what was found out before one is not remembered after it.
    n_changes: AtomicU64,
    /// The only model, and the number of changes when it was that.
    only: Mutex<Option<(u64, Reference)>>,
    is_stale: AtomicBool,
    is_refreshing: AtomicBool,
}

#[derive(Clone)]
pub struct Choice {
    pub version: Arc<Version>,
    pub chosen: Chosen,
}

impl Serving {
    /// Without a look into the database.
    pub fn remembered(&self, asked: &Reference) -> Option<Choice> {
        self.choices
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(asked)
            .cloned()
    }

    /// The only model, if nothing changed since it was found to be that.
    pub fn only(&self) -> Option<Reference> {
        let only = self.only.lock().unwrap_or_else(PoisonError::into_inner);
        let (n_changes, model) = only.as_ref()?;
        (*n_changes == self.n_changes()).then(|| model.clone())
    }

    pub fn set_only(&self, model: &Reference, n_changes: u64) {
        let mut only = self.only.lock().unwrap_or_else(PoisonError::into_inner);
        *only = Some((n_changes, model.clone()));
    }

    pub fn n_changes(&self) -> u64 {
        self.n_changes.load(Ordering::Acquire)
    }

    /// The same version as long as the process lives.
    pub fn version(&self, lab: &Lab, key: &VersionKey) -> Result<Arc<Version>, Cause> {
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(version) = versions.get(key) {
            return Ok(Arc::clone(version));
        }
        let mut settings = lab.store.settings()?.serve;
        let settings = settings.remove(key.model.as_str()).unwrap_or_default();
        let version = Arc::new(Version::new(key.clone(), settings));
        versions.insert(key.clone(), Arc::clone(&version));
        Ok(version)
    }

    /// What is known of a version, if it was asked for.
    pub fn known(&self, key: &VersionKey) -> Option<Arc<Version>> {
        let versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.get(key).cloned()
    }

    /// Keeps at most [`MAX_LOADED`] versions in memory.
    pub fn make_room(&self) {
        let versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        let mut loaded: Vec<&Arc<Version>> = versions
            .values()
            .filter(|version| version.loaded().is_some())
            .collect();
        loaded.sort_by_key(|version| std::cmp::Reverse(version.used_ms()));
        for version in loaded.into_iter().skip(MAX_LOADED) {
            version.unload();
        }
    }

    fn remember(&self, asked: Reference, choice: Choice, n_changes: u64) {
        let mut choices = self.choices.write().unwrap_or_else(PoisonError::into_inner);
        if self.n_changes() == n_changes {
            if choices.len() >= MAX_CHOICES {
                choices.clear();
            }
            choices.insert(asked, choice);
        }
    }
}

impl Lab {
    /// # Errors
    /// [`RefusalKind::NotFound`] for a model or version that is not there, or without a folder of its own.
    pub(crate) fn choose(&self, asked: &Reference) -> Result<Choice, Refusal> {
        if let Some(choice) = self.serving.remembered(asked) {
            return Ok(choice);
        }
        let n_changes = self.serving.n_changes();
        let choice = self.find_choice(asked)?;
        self.serving
            .remember(asked.clone(), choice.clone(), n_changes);
        Ok(choice)
    }

    /// The registry may have changed: choices are made anew, each new version loaded before the first request comes to
    /// it. Does nothing where nothing was asked.
    pub(crate) fn refresh_serving(self: &Arc<Self>) {
        let serving = &self.serving;
        serving.n_changes.fetch_add(1, Ordering::AcqRel);
        let is_empty = {
            let choices = serving.choices.read();
            choices.unwrap_or_else(PoisonError::into_inner).is_empty()
        };
        if is_empty {
            return;
        }
        serving.is_stale.store(true, Ordering::Release);
        if serving.is_refreshing.swap(true, Ordering::AcqRel) {
            return;
        }
        let lab = Arc::clone(self);
        std::thread::spawn(move || {
            loop {
                while lab.serving.is_stale.swap(false, Ordering::AcqRel) {
                    lab.choose_anew();
                }
                lab.serving.is_refreshing.store(false, Ordering::Release);
                // A change that came in between found somebody refreshing.
                if !lab.serving.is_stale.load(Ordering::Acquire)
                    || lab.serving.is_refreshing.swap(true, Ordering::AcqRel)
                {
                    return;
                }
            }
        });
    }

    fn choose_anew(&self) {
        let serving = &self.serving;
        let asked: Vec<(Reference, VersionKey)> = {
            let choices = serving.choices.read();
            let choices = choices.unwrap_or_else(PoisonError::into_inner);
            let pairs = choices.iter();
            pairs
                .map(|(asked, choice)| (asked.clone(), choice.version.key.clone()))
                .collect()
        };
        for (asked, before) in asked {
            let found = self.find_choice(&asked).ok();
            if let Some(choice) = &found
                && choice.version.key != before
            {
                // A version that cannot be loaded is told of when it is asked.
                let _ = choice.version.load(self);
            }
            let mut choices = serving
                .choices
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            match found {
                Some(choice) => drop(choices.insert(asked, choice)),
                None => drop(choices.remove(&asked)),
            }
        }
        self.unload_unchosen();
    }

    /// Versions that no choice means any more; requests that they answer at this moment keep them to their end.
    fn unload_unchosen(&self) {
        let chosen: Vec<VersionKey> = {
            let choices = self.serving.choices.read();
            let choices = choices.unwrap_or_else(PoisonError::into_inner);
            choices.values().map(|c| c.version.key.clone()).collect()
        };
        let versions = self.serving.versions.lock();
        let versions = versions.unwrap_or_else(PoisonError::into_inner);
        for version in versions.values() {
            if !chosen.contains(&version.key) {
                version.unload();
            }
        }
    }

    fn find_choice(&self, asked: &Reference) -> Result<Choice, Refusal> {
        let model = ModelName::new(asked.name.as_str());
        let not_found = |wrong: String| {
            Refusal::new(RefusalKind::NotFound, wrong)
                .with_hint("GET /models lists the models that are served")
        };
        let registered = self
            .store
            .registered_model(&model)
            .map_err(|_| not_found(format!("there is no model `{}`", asked.name)))?;
        let (key, chosen) = match &asked.selector {
            Selector::Latest => self.default_of(&registered).ok_or_else(|| {
                not_found(format!("no version of `{}` can be served", asked.name))
            })?,
            Selector::Alias(alias) if alias == "latest" => {
                let mut newest = registered.versions.iter().map(RegisteredVersion::key);
                let key = newest.find(|key| self.can_be_served(key));
                let key = key.ok_or_else(|| {
                    not_found(format!("no version of `{}` can be served", asked.name))
                })?;
                (key, Chosen::Newest)
            }
            Selector::Alias(alias) => {
                let number = registered.aliases.get(alias);
                let found = number.and_then(|number| registered.version(*number));
                let version = found
                    .ok_or_else(|| not_found(format!("`{}` has no alias `{alias}`", asked.name)))?;
                (version.key(), Chosen::Alias)
            }
            Selector::Version(number) => {
                let version = registered.version(*number).ok_or_else(|| {
                    not_found(format!("`{}` has no version {number}", asked.name))
                })?;
                (version.key(), Chosen::Version)
            }
        };
        if self.store.registry_path(&key).is_err() {
            return Err(not_found(format!(
                "{key} has no files that could be served"
            )));
        }
        let version = self.serving.version(self, &key).map_err(|cause| {
            Refusal::new(RefusalKind::Failed, format!("cannot serve {key}: {cause}"))
        })?;
        Ok(Choice { version, chosen })
    }

    /// The newest in production, else the newest of all, of those that can be served.
    pub(crate) fn default_of(&self, model: &RegisteredModel) -> Option<(VersionKey, Chosen)> {
        let servable = |version: &&RegisteredVersion| self.can_be_served(&version.key());
        let mut versions = model.versions.iter().filter(servable);
        let in_production = model
            .versions
            .iter()
            .filter(|version| version.stage == Stage::Production)
            .find(servable);
        match in_production {
            Some(version) => Some((version.key(), Chosen::Production)),
            None => versions.next().map(|v| (v.key(), Chosen::Newest)),
        }
    }

    pub(crate) fn can_be_served(&self, key: &VersionKey) -> bool {
        self.store.registry_path(key).is_ok()
    }
}
