//! Files of runs, logged models and registered versions, as clients of the tracking API see them: one folder each.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use assay_core::code::Code;
use assay_core::run::Artifact;
use assay_core::tracking::{ArtifactFile, ArtifactOwner};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

impl Lab {
    /// By path; of what is in the trash too.
    pub fn files_of(&self, owner: &ArtifactOwner) -> Result<Vec<ArtifactFile>, Error> {
        let attempted = || format!("list the files of {owner}");
        match owner {
            ArtifactOwner::Run(id) => self.store.tracked_artifacts(id).map(listed),
            ArtifactOwner::LoggedModel(id) => self.store.logged_model_files(id).map(listed),
            ArtifactOwner::Registered(key) => self.store.registry_files(key),
            ArtifactOwner::Trace(id) => self.store.trace_files(id).map(listed),
        }
        .attempt(attempted)
    }

    /// Where the bytes of a file lie.
    pub fn file_of(&self, owner: &ArtifactOwner, path: &str) -> Result<PathBuf, Error> {
        let attempted = || format!("read `{path}` of {owner}");
        let files = match owner {
            ArtifactOwner::Run(id) => self.store.tracked_artifacts(id).attempt(attempted)?,
            ArtifactOwner::LoggedModel(id) => {
                self.store.logged_model_files(id).attempt(attempted)?
            }
            ArtifactOwner::Registered(key) => {
                return self.store.registry_file(key, path).attempt(attempted);
            }
            ArtifactOwner::Trace(id) => self.store.trace_files(id).attempt(attempted)?,
        };
        let found = files
            .into_iter()
            .find(|file| file.path == path)
            .ok_or_else(|| Cause::said(Code::NotFound, format!("No such artifact: '{path}'")))
            .attempt(attempted)?;
        self.store.object_path(&found.object).attempt(attempted)
    }

    /// Keeps a file; the chunks are its bytes in order. The same path again replaces it.
    pub fn put_file<C: AsRef<[u8]>>(
        &self,
        owner: &ArtifactOwner,
        path: &str,
        chunks: impl Iterator<Item = std::io::Result<C>>,
    ) -> Result<(), Error> {
        let attempted = || format!("keep `{path}` of {owner}");
        let now = self.environment.now_ms();
        let mut pending = self.store.begin_object().attempt(attempted)?;
        for chunk in chunks {
            chunk
                .and_then(|chunk| pending.write_all(chunk.as_ref()))
                .map_err(|source| Cause::io(Path::new(path), source))
                .attempt(attempted)?;
        }
        let (object, size_bytes) = pending.commit().attempt(attempted)?;
        let file = Artifact {
            path: path.to_owned(),
            object,
            size_bytes,
        };
        match owner {
            ArtifactOwner::Run(id) => self
                .store
                .add_tracked_artifact(id, &file, now)
                .map_err(Cause::from),
            ArtifactOwner::LoggedModel(id) => self
                .store
                .add_logged_model_file(id, &file, now)
                .map_err(Cause::from),
            ArtifactOwner::Registered(_) => Err(read_only()),
            ArtifactOwner::Trace(id) => self
                .store
                .add_trace_file(id, &file, now)
                .map_err(Cause::from),
        }
        .attempt(attempted)
    }

    /// A file, or all files of a folder.
    pub fn delete_files(&self, owner: &ArtifactOwner, path: &str) -> Result<(), Error> {
        let attempted = || format!("delete `{path}` of {owner}");
        let now = self.environment.now_ms();
        match owner {
            ArtifactOwner::Run(id) => self
                .store
                .delete_tracked_artifacts(id, path, now)
                .map_err(Cause::from),
            ArtifactOwner::LoggedModel(id) => self
                .store
                .delete_logged_model_files(id, path, now)
                .map_err(Cause::from),
            ArtifactOwner::Registered(_) => Err(read_only()),
            ArtifactOwner::Trace(id) => self
                .store
                .delete_trace_files(id, path, now)
                .map_err(Cause::from),
        }
        .attempt(attempted)
    }
}

fn listed(artifacts: Vec<Artifact>) -> Vec<ArtifactFile> {
    artifacts
        .into_iter()
        .map(|artifact| ArtifactFile {
            path: artifact.path,
            size_bytes: artifact.size_bytes,
        })
        .collect()
}

fn read_only() -> Cause {
    Cause::with_hint(
        Code::Conflict,
        "the files of a registered version do not change",
        "register a run again to get a new version",
    )
}
