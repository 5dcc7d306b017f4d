//! Versions go from lab to lab through a shared folder: checked where they leave and where they arrive.

use std::fs;
use std::path::{Path, PathBuf};

use assay_core::ModelName;
use assay_core::code::Code;
use assay_core::exchange::{
    Moved, OfferState, OfferedVersion, PullRequest, PushRequest, SharedFolder,
};
use assay_core::ids::check_name;
use assay_core::reference::{Reference, Selector};
use assay_core::registry::VersionKey;
use assay_core::signing::SignatureReport;
use assay_store::{CHECKSUMS, ReadFolder, SIGNATURE};

use crate::error::{Attempt, Cause};
use crate::intact::{read_model, read_with};
use crate::model_files::{ONNX, Provenance, REFERENCE_JSON, RUN_JSON};
use crate::{Error, Lab};

impl Lab {
    /// Copies a version into a shared folder, as `FOLDER/MODEL/VERSION`. The same one that is there already stays.
    ///
    /// # Errors
    /// A file of it is damaged; the folder holds another version of that name and number.
    pub fn push_model(&self, request: &PushRequest) -> Result<Moved, Error> {
        self.push(&request.model, &request.folder)
            .attempt(|| format!("push `{}` to {}", request.model, request.folder.display()))
    }

    /// Takes versions out of a shared folder under the names and numbers that they have there; all of those that are
    /// asked for, or none. The same ones that are here already stay.
    ///
    /// # Errors
    /// A file of one is damaged or its signature does not do; the lab has another version of that name and number.
    pub fn pull_models(&self, request: &PullRequest) -> Result<Vec<Moved>, Error> {
        self.pull(request)
            .attempt(|| format!("pull from {}", request.folder.display()))
    }

    /// What a shared folder holds; nothing is taken.
    pub fn offered_models(&self, shared: &SharedFolder) -> Result<Vec<OfferedVersion>, Error> {
        self.offers(&shared.folder)
            .attempt(|| format!("look into {}", shared.folder.display()))
    }

    fn push(&self, model: &Reference, shared: &Path) -> Result<Moved, Cause> {
        let key = self.store.any_version(model)?.key();
        let source = self.store.registry_path(&key)?;
        let read = read_with(&source, |_| true);
        let signature = self.require_sound(&read)?;
        if !read.kept.contains_key(RUN_JSON) {
            return Err(Cause::with_hint(
                Code::Precondition,
                "its folder does not say how it was trained: it was imported, or an older Assay registered it",
                "register its run again and push that version, or import its ONNX file in the other lab",
            ));
        }
        fs::create_dir_all(shared).map_err(|error| Cause::io(shared, error))?;
        let target = place(shared, &key);
        if target.exists() {
            let there = read_model(&target);
            if there.check.damaged.is_empty() && there.sums == read.sums {
                if there.signature != read.signature {
                    replace_signature(&target, read.signature.as_deref())?;
                }
                return Ok(moved(&key, false, &read, &target, signature));
            }
            return Err(conflict(&key, "the folder"));
        }
        // Under a name that nobody reads as a version, and renamed when it is whole.
        let pending = tempfile::TempDir::with_prefix_in(".pushed-", shared)
            .map_err(|error| Cause::io(shared, error))?;
        for (name, bytes) in &read.kept {
            write(&pending.path().join(name), bytes)?;
        }
        write(&pending.path().join(CHECKSUMS), &read.sums)?;
        if let Some(signature) = &read.signature {
            write(&pending.path().join(SIGNATURE), signature.as_bytes())?;
        }
        // What arrived, not what was sent.
        self.require_sound(&read_model(pending.path()))?;
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(|error| Cause::io(parent, error))?;
        }
        fs::rename(pending.path(), &target).map_err(|error| Cause::io(&target, error))?;
        // Its folder has another name now.
        let _ = pending.keep();
        Ok(moved(&key, true, &read, &target, signature))
    }

    fn pull(&self, request: &PullRequest) -> Result<Vec<Moved>, Cause> {
        let mut keys = keys_in(&request.folder)?;
        if let Some(wanted) = &request.model {
            keys = chosen(keys, wanted)?;
        }
        if keys.is_empty() {
            return Err(Cause::with_hint(
                Code::NotFound,
                "the folder holds no version of a model",
                "name the folder that versions were pushed to",
            ));
        }
        // All are looked at before one is taken.
        let mut found = Vec::new();
        for key in keys {
            let folder = place(&request.folder, &key);
            let read = read_with(&folder, |_| true);
            let signature = self.sound_offer(&key, &read)?;
            if self.state_of(&key, &read)? == OfferState::Different {
                return Err(conflict(&key, "the lab"));
            }
            found.push((key, folder, read, signature));
        }
        found
            .into_iter()
            .map(|(key, folder, read, signature)| {
                let is_new = self.state_of(&key, &read)? == OfferState::New;
                if is_new {
                    self.take(&key, &read)?;
                }
                Ok(moved(&key, is_new, &read, &folder, signature))
            })
            .collect()
    }

    /// With the version's name in front: one of many may be the damaged one.
    fn sound_offer(&self, key: &VersionKey, read: &ReadFolder) -> Result<SignatureReport, Cause> {
        self.require_sound(read).map_err(|cause| match cause {
            Cause::Said { code, wrong, hint } => Cause::Said {
                code,
                wrong: format!("{key}: {wrong}"),
                hint,
            },
            other => other,
        })
    }

    fn take(&self, key: &VersionKey, read: &ReadFolder) -> Result<(), Cause> {
        let mut version = provenance(read)?.version;
        if version.key() != *key {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("the folder of {key} holds {}", version.key()),
                "push the version again from its lab",
            ));
        }
        let bytes = |name: &str| read.kept.get(name).map_or(&[][..], Vec::as_slice);
        let (onnx, _) = self.store.put_object(bytes(ONNX))?;
        if onnx != version.onnx {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("model.onnx of {key} is not the graph that was registered"),
                "push the version again from its lab",
            ));
        }
        let (reference, _) = self.store.put_object(bytes(REFERENCE_JSON))?;
        version.reference = Some(reference);
        self.store.take_version(&version, self.act())?;
        let files: Vec<(String, Vec<u8>)> = read.kept.clone().into_iter().collect();
        // The sums of the same files are the same text, over which the signature was made.
        let signature = read.signature.clone();
        let written = self
            .store
            .write_registry(key, &files, |_| Ok::<_, Cause>(signature));
        if let Err(cause) = written {
            self.store.withdraw_version(key, self.act())?;
            return Err(cause);
        }
        Ok(())
    }

    fn offers(&self, shared: &Path) -> Result<Vec<OfferedVersion>, Cause> {
        keys_in(shared)?
            .into_iter()
            .map(|key| {
                let read = read_model(&place(shared, &key));
                let created_ms = provenance(&read).map_or(0, |found| found.version.created_ms);
                Ok(OfferedVersion {
                    signature: self.judge_signature(&read)?,
                    state: self.state_of(&key, &read)?,
                    size_bytes: read.size_bytes,
                    damaged: read.check.damaged,
                    created_ms,
                    version: key,
                })
            })
            .collect()
    }

    fn state_of(&self, key: &VersionKey, read: &ReadFolder) -> Result<OfferState, Cause> {
        let reference = Reference::version(key.model.as_str(), key.version);
        match self.store.any_version(&reference) {
            Err(assay_store::Error::NotFound { .. }) => return Ok(OfferState::New),
            found => found?,
        };
        // A client's version has no folder, and is another one.
        let own = self.store.registry_file(key, CHECKSUMS).ok();
        let own = own.and_then(|path| fs::read(path).ok());
        Ok(if own.is_some_and(|own| own == read.sums) {
            OfferState::Same
        } else {
            OfferState::Different
        })
    }

    /// The record of a version's training, out of its folder: of one that comes from another lab. Whoever loads the
    /// version checks that folder.
    pub(crate) fn provenance_of(&self, key: &VersionKey) -> Result<Provenance, Cause> {
        let path = self.store.registry_file(key, RUN_JSON)?;
        let bytes = fs::read(&path).map_err(|error| Cause::io(&path, error))?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}

fn provenance(read: &ReadFolder) -> Result<Provenance, Cause> {
    let bytes = read.kept.get(RUN_JSON).ok_or_else(|| {
        Cause::with_hint(
            Code::Invalid,
            "a folder does not say where its version comes from: run.json is missing",
            "push the version again from its lab",
        )
    })?;
    Ok(serde_json::from_slice(bytes)?)
}

fn place(shared: &Path, key: &VersionKey) -> PathBuf {
    shared
        .join(key.model.as_str())
        .join(key.version.to_string())
}

/// By name and number; what is no version is passed over.
fn keys_in(shared: &Path) -> Result<Vec<VersionKey>, Cause> {
    let mut keys = Vec::new();
    for model in names_in(shared)? {
        let folder = shared.join(&model);
        if check_name(&model).is_err() || !folder.is_dir() {
            continue;
        }
        for number in names_in(&folder)? {
            let Ok(version) = number.parse::<u32>() else {
                continue;
            };
            if version.to_string() == number && folder.join(&number).is_dir() {
                keys.push(VersionKey {
                    model: ModelName::new(model.as_str()),
                    version,
                });
            }
        }
    }
    keys.sort_by(|a, b| (a.model.as_str(), a.version).cmp(&(b.model.as_str(), b.version)));
    Ok(keys)
}

fn names_in(folder: &Path) -> Result<Vec<String>, Cause> {
    let entries = fs::read_dir(folder).map_err(|error| Cause::io(folder, error))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Cause::io(folder, error))?;
        names.extend(entry.file_name().to_str().map(str::to_owned));
    }
    Ok(names)
}

fn chosen(keys: Vec<VersionKey>, wanted: &Reference) -> Result<Vec<VersionKey>, Cause> {
    let mut of_model = keys
        .into_iter()
        .filter(|key| key.model.as_str() == wanted.name);
    let found: Vec<VersionKey> = match &wanted.selector {
        Selector::Version(number) => of_model.filter(|key| key.version == *number).collect(),
        Selector::Latest => of_model.next_back().into_iter().collect(),
        Selector::Alias(alias) => {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("a shared folder knows no aliases such as `{alias}`"),
                "name a version by its number",
            ));
        }
    };
    if found.is_empty() {
        return Err(Cause::with_hint(
            Code::NotFound,
            format!("the folder holds no `{wanted}`"),
            "look what it holds with `assay model pull DIR --list`",
        ));
    }
    Ok(found)
}

fn moved(
    key: &VersionKey,
    copied: bool,
    read: &ReadFolder,
    path: &Path,
    signature: SignatureReport,
) -> Moved {
    Moved {
        version: key.clone(),
        copied,
        n_files: read.check.n_files,
        size_bytes: read.size_bytes,
        path: path.display().to_string(),
        signature,
    }
}

fn conflict(key: &VersionKey, place: &str) -> Cause {
    Cause::with_hint(
        Code::Conflict,
        format!("{place} has another version {key}"),
        "register the version under another name, and move that one",
    )
}

fn replace_signature(target: &Path, signature: Option<&str>) -> Result<(), Cause> {
    let path = target.join(SIGNATURE);
    let Some(signature) = signature else {
        // The one that is there holds, too: the sums are the same.
        return Ok(());
    };
    let pending = target.join(format!(".{SIGNATURE}.new"));
    write(&pending, signature.as_bytes())?;
    fs::rename(&pending, &path).map_err(|error| Cause::io(&path, error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Cause> {
    use std::io::Write as _;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Cause::io(folder, error))?;
    }
    fs::File::create(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(|error| Cause::io(path, error))
}
