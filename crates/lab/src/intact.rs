//! The one way to a model's bytes: read once, checked whole, handed out as they were checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assay_core::code::Code;
use assay_core::reference::Reference;
use assay_core::registry::VersionKey;
use assay_core::signing::{SignatureReport, SignatureStatus};
use assay_store::{ReadFolder, read_folder};
use serde::de::DeserializeOwned;

use crate::error::{Attempt, Cause};
use crate::model_files::{ONNX, REFERENCE_JSON, RUN_JSON, SIGNATURE_JSON};
use crate::{Error, Lab};

/// A version whose every file is what its sums say. Invariant: `onnx` are the bytes that were summed, so that what is
/// loaded is what was checked, whatever happens to the file meanwhile.
#[derive(Debug, Clone)]
pub struct IntactModel {
    pub key: VersionKey,
    pub folder: PathBuf,
    pub onnx: Vec<u8>,
    pub signed: SignatureReport,
    /// [`DOCUMENTS`], those that the folder has.
    documents: BTreeMap<String, Vec<u8>>,
}

/// Files that are read with a graph.
const DOCUMENTS: [&str; 3] = [SIGNATURE_JSON, REFERENCE_JSON, RUN_JSON];

impl IntactModel {
    /// A document of the folder, as it was checked; `None` when the folder has none of that name.
    pub(crate) fn document<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Cause> {
        let bytes = self.documents.get(name);
        Ok(bytes
            .map(|bytes| serde_json::from_slice(bytes))
            .transpose()?)
    }
}

/// A folder of a version, read once. Without a graph that has a sum it is damaged.
pub(crate) fn read_model(folder: &Path) -> ReadFolder {
    read_with(folder, |name| name == ONNX || DOCUMENTS.contains(&name))
}

/// The same with the bytes of more files.
pub(crate) fn read_with(folder: &Path, keep: impl Fn(&str) -> bool) -> ReadFolder {
    let mut read = read_folder(folder, keep);
    if read.check.damaged.is_empty() && !read.kept.contains_key(ONNX) {
        read.check.damaged.push(ONNX.to_owned());
    }
    read
}

impl Lab {
    /// Reads and checks the whole folder of a version: every file against its sums, the sums against the signature when
    /// there is one or the settings demand one, and the graph against the lab's database.
    ///
    /// # Errors
    /// Names the first file that is missing or changed.
    pub fn load_intact(&self, key: &VersionKey) -> Result<IntactModel, Error> {
        self.intact(key).attempt(|| format!("load `{key}`"))
    }

    pub(crate) fn intact(&self, key: &VersionKey) -> Result<IntactModel, Cause> {
        let folder = self.store.registry_path(key)?;
        let mut read = read_model(&folder);
        let signed = self.require_sound(&read)?;
        let onnx = read.kept.remove(ONNX).unwrap_or_default();
        let reference = Reference::version(key.model.as_str(), key.version);
        if self.store.any_version(&reference)?.origin.has_folder() {
            let known = self.store.model_version(&reference)?.onnx;
            if blake3::hash(&onnx).to_hex().as_str() != known.as_str() {
                return Err(damaged(&[ONNX.to_owned()]));
            }
        }
        Ok(IntactModel {
            key: key.clone(),
            folder,
            onnx,
            signed,
            documents: read.kept,
        })
    }

    /// # Errors
    /// A file is damaged, or the signature does not do.
    pub(crate) fn require_sound(&self, read: &ReadFolder) -> Result<SignatureReport, Cause> {
        if !read.check.damaged.is_empty() {
            return Err(damaged(&read.check.damaged));
        }
        let signature = self.judge_signature(read)?;
        if signature.passes() {
            return Ok(signature);
        }
        let hint = match signature.status {
            SignatureStatus::UnknownKey => {
                "trust its key (`assay key trust NAME KEY`), or sign the version anew (`assay model sign`)"
            }
            SignatureStatus::Unsigned => {
                "sign it (`assay model sign`): `required` under [signing] in assay.toml demands it"
            }
            SignatureStatus::Trusted | SignatureStatus::Invalid => {
                "register the run again, or fetch the version again: CHECKSUMS or its signature was changed"
            }
        };
        Err(Cause::with_hint(
            Code::Precondition,
            signature.words(),
            hint,
        ))
    }
}

fn damaged(files: &[String]) -> Cause {
    Cause::with_hint(
        Code::Precondition,
        format!("its files are damaged: {}", files.join(", ")),
        "register the run again, or fetch the version again from where it came",
    )
}
