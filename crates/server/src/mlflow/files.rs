//! Where the files of a run, a logged model or a version lie: in the lab, or in the folder that the owner gave for them,
//! where clients put them without asking this server.
//!
//! Invariant: of folders outside the lab only what lies below the owner's is touched, links out of it included.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use assay_core::code::{Code, Failure};
use assay_core::registered::RegisteredVersion;
use assay_core::tracking::{ArtifactOwner, LoggedModelId, TrackedRun};
use serde_json::{Value, json};

use super::artifacts::entries;
use super::fields::decoded;
use super::place::{Place, check_path};
use super::{Context, Refusal, logged_models, registry};

const IN_THE_LAB: &str = "mlflow-artifacts:/";

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Files {
    Lab(Place),
    Folder {
        /// The owner's folder.
        root: PathBuf,
        /// That of the run, model or version, below it.
        folder: PathBuf,
        /// Of the file, in that folder.
        path: String,
    },
}

impl Files {
    pub fn of_run(context: &Context<'_>, run: &TrackedRun, path: &str) -> Result<Self, Refusal> {
        let location = logged_models::location(context, run.experiment_id)?;
        let location = format!("{location}/{}/artifacts", run.run_id);
        Self::at(context, &location, path, || {
            ArtifactOwner::Run(run.run_id.clone())
        })
    }

    pub fn of_logged_model(
        context: &Context<'_>,
        id: &LoggedModelId,
        path: &str,
    ) -> Result<Self, Refusal> {
        let model = logged_models::find(context, id, false)?;
        let location = logged_models::folder_of(context, &model)?;
        Self::at(context, &location, path, || {
            ArtifactOwner::LoggedModel(id.clone())
        })
    }

    pub fn of_version(
        context: &Context<'_>,
        version: &RegisteredVersion,
        path: &str,
    ) -> Result<Self, Refusal> {
        let location = registry::location(version);
        check_path(path)?;
        match location.strip_prefix(IN_THE_LAB) {
            Some(place) => {
                Place::of(&format!("{}/{path}", place.trim_end_matches('/'))).map(Self::Lab)
            }
            None => Self::in_folder(context, &location, path).ok_or_else(|| {
                Refusal::invalid(format!(
                    "The files of the version lie at {location}, which this server does not read"
                ))
            }),
        }
    }

    /// A place elsewhere is the client's matter: of it the lab knows what went through this server.
    fn at(
        context: &Context<'_>,
        location: &str,
        path: &str,
        owner: impl FnOnce() -> ArtifactOwner,
    ) -> Result<Self, Refusal> {
        check_path(path)?;
        Ok(Self::in_folder(context, location, path).unwrap_or_else(|| {
            Self::Lab(Place {
                owner: owner(),
                path: path.to_owned(),
            })
        }))
    }

    fn in_folder(context: &Context<'_>, location: &str, path: &str) -> Option<Self> {
        let given = context.artifact_root.trim_end_matches('/');
        let below = location.strip_prefix(given)?.strip_prefix('/')?;
        let root = local_folder(given)?;
        let below = if given.starts_with(FILE_URL) {
            decoded(below, false)
        } else {
            below.to_owned()
        };
        check_path(&below).ok()?;
        Some(Self::Folder {
            folder: root.join(below),
            root,
            path: path.to_owned(),
        })
    }

    /// What stands in the folder of that path, each with its path from the run's folder on.
    pub fn list(&self, context: &Context<'_>) -> Result<Vec<Value>, Refusal> {
        match self {
            Self::Lab(Place { owner, path }) => {
                let files = context
                    .lab
                    .files_of(owner)
                    .map_err(|error| no_artifact(error.failure(), path))?;
                Ok(entries(&files, path, path))
            }
            Self::Folder { path, .. } => match self.existing()? {
                Some(found) if found.is_dir() => listed(&found, path),
                _ => Ok(Vec::new()),
            },
        }
    }

    /// Where the bytes of the file lie.
    pub fn find(&self, context: &Context<'_>) -> Result<PathBuf, Refusal> {
        match self {
            Self::Lab(Place { owner, path }) => context
                .lab
                .file_of(owner, path)
                .map_err(|error| no_artifact(error.failure(), path)),
            Self::Folder { path, .. } => self
                .existing()?
                .filter(|found| found.is_file())
                .ok_or_else(|| Refusal::absent(format!("No such artifact: '{path}'"))),
        }
    }

    /// The same path again replaces it.
    pub fn put(&self, context: &Context<'_>, data: &[u8]) -> Result<(), Refusal> {
        match self {
            Self::Lab(Place { owner, path }) => context
                .lab
                .put_file(owner, path, std::iter::once(Ok(data)))
                .map_err(|error| no_artifact(error.failure(), path)),
            Self::Folder { root, folder, path } => {
                let file = folder.join(path);
                let parent = file.parent().unwrap_or(folder);
                fs::create_dir_all(parent).map_err(failed)?;
                let outside = || Refusal::invalid("Invalid path");
                if !is_below(root, parent)? || (file.exists() && !is_below(root, &file)?) {
                    return Err(outside());
                }
                fs::File::create(&file)
                    .and_then(|mut file| file.write_all(data))
                    .map_err(failed)
            }
        }
    }

    /// `None` when there is nothing, or what there is lies elsewhere.
    fn existing(&self) -> Result<Option<PathBuf>, Refusal> {
        let Self::Folder { root, folder, path } = self else {
            return Ok(None);
        };
        let found = folder.join(path);
        if !found.exists() || !is_below(root, &found)? {
            return Ok(None);
        }
        Ok(Some(found))
    }
}

/// The root as clients are told it, without a slash at the end: a folder as a `file://` address, whatever folder the
/// client is in; an address as it is; else through this server.
///
/// # Errors
/// When this process has no folder of its own to begin a relative path at.
pub fn artifact_root(given: Option<&str>) -> io::Result<String> {
    let Some(given) = given else {
        return Ok(IN_THE_LAB.trim_end_matches('/').to_owned());
    };
    // A letter alone before the colon is a drive.
    if given
        .split_once(':')
        .is_some_and(|(scheme, _)| scheme.len() > 1)
    {
        return Ok(given.trim_end_matches('/').to_owned());
    }
    let path = std::path::absolute(given)?;
    let mut address = FILE_URL.to_owned();
    let path = path.to_string_lossy().replace('\\', "/");
    if !path.starts_with('/') {
        address.push('/');
    }
    for byte in path.trim_end_matches('/').bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~:".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(address)
}

pub fn no_artifact(failure: Failure, path: &str) -> Refusal {
    match failure.code {
        Code::NotFound => Refusal::absent(format!("No such artifact: '{path}'")),
        _ => failure.into(),
    }
}

const FILE_URL: &str = "file://";

/// The folder that an artifact root names; `None` for an address elsewhere.
fn local_folder(root: &str) -> Option<PathBuf> {
    match root.strip_prefix(FILE_URL) {
        Some(rest) => {
            let path = decoded(rest, false);
            // A drive's letter stands behind a slash that is none of the path's.
            let drive = path.get(1..).filter(|rest| rest.get(1..2) == Some(":"));
            Some(PathBuf::from(drive.unwrap_or(&path)))
        }
        None => Some(PathBuf::from(root)).filter(|path| path.is_absolute()),
    }
}

fn is_below(root: &Path, found: &Path) -> Result<bool, Refusal> {
    let real = |path: &Path| fs::canonicalize(path).map_err(failed);
    Ok(real(found)?.starts_with(real(root)?))
}

fn listed(folder: &Path, shown: &str) -> Result<Vec<Value>, Refusal> {
    let shown = shown.trim_end_matches('/');
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A name that is no text could not be asked for.
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let metadata = match fs::metadata(entry.path()) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed(error)),
        };
        let path = if shown.is_empty() {
            name
        } else {
            format!("{shown}/{name}")
        };
        found.push((path, metadata.is_dir(), metadata.len()));
    }
    found.sort();
    Ok(found
        .into_iter()
        .map(|(path, is_dir, size_bytes)| {
            if is_dir {
                json!({ "path": path, "is_dir": true })
            } else {
                json!({ "path": path, "is_dir": false, "file_size": size_bytes })
            }
        })
        .collect())
}

fn failed(error: io::Error) -> Refusal {
    Refusal::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_a_folder_or_elsewhere() {
        for (root, folder) in [
            ("mlflow-artifacts:", None),
            ("s3://bucket", None),
            ("file:///tmp/a%20b", Some("/tmp/a b")),
            ("file:///C:/labs", Some("C:/labs")),
        ] {
            assert_eq!(local_folder(root), folder.map(PathBuf::from), "{root}");
        }
        let own = std::env::temp_dir();
        let text = own.to_str().expect("text");
        assert_eq!(local_folder(text).as_deref(), Some(own.as_path()));
    }

    #[test]
    fn a_folder_is_told_as_an_address() {
        let own = std::env::temp_dir().join("für mich");
        let told = artifact_root(own.to_str()).unwrap();
        assert!(
            told.starts_with("file:///") && told.ends_with("/f%C3%BCr%20mich"),
            "{told}"
        );
        assert_eq!(local_folder(&told).as_deref(), Some(own.as_path()));
        for (given, wanted) in [
            (None, "mlflow-artifacts:"),
            (Some("file:///tmp/x/"), "file:///tmp/x"),
            (Some("s3://bucket/a"), "s3://bucket/a"),
        ] {
            assert_eq!(artifact_root(given).unwrap(), wanted);
        }
    }

    #[test]
    fn what_a_link_leads_out_to_is_not_there() {
        let outside = tempfile::tempdir().unwrap();
        let root = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "s").unwrap();
        fs::create_dir_all(root.path().join("1/a/artifacts/d")).unwrap();
        fs::write(root.path().join("1/a/artifacts/d/x.txt"), "x").unwrap();
        let files = |path: &str| Files::Folder {
            root: root.path().to_owned(),
            folder: root.path().join("1/a/artifacts"),
            path: path.to_owned(),
        };
        assert!(files("d/x.txt").existing().unwrap().is_some());
        assert!(files("d/y.txt").existing().unwrap().is_none());
        let shown = listed(&root.path().join("1/a/artifacts/d"), "d").unwrap();
        assert_eq!(
            shown,
            [json!({ "path": "d/x.txt", "is_dir": false, "file_size": 1 })]
        );
        #[cfg(unix)]
        {
            let link = root.path().join("1/a/artifacts/out");
            std::os::unix::fs::symlink(outside.path(), link).unwrap();
            assert!(files("out/secret").existing().unwrap().is_none());
        }
    }
}
