//! Where things stand in a lab folder. Nothing outside this module spells a path.

use std::path::{Path, PathBuf};

use assay_core::ObjectHash;
use assay_core::registry::VersionKey;

use crate::error::{Attempted, Error, Result};

/// The parts of a lab; a folder that holds nothing else may become one.
const PARTS: [&str; 15] = [
    "assay.toml",
    "lab.db",
    "lab.db-wal",
    "lab.db-shm",
    "lab.lock",
    "lab.gate",
    "lab.claims",
    "lab.watching",
    "cache.db",
    "objects",
    "registry",
    "inbox",
    "logs",
    "backups",
    "lab.db-journal",
];

/// What version control and file browsers leave in folders.
const TOLERATED: [&str; 5] = [
    ".git",
    ".gitignore",
    ".gitattributes",
    ".DS_Store",
    "desktop.ini",
];

#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }
    pub fn root(&self) -> &Path {
        &self.root
    }
    pub fn settings(&self) -> PathBuf {
        self.root.join("assay.toml")
    }
    pub fn database(&self) -> PathBuf {
        self.root.join("lab.db")
    }
    pub fn cache(&self) -> PathBuf {
        self.root.join("cache.db")
    }
    pub fn lock(&self) -> PathBuf {
        self.root.join("lab.lock")
    }
    pub fn gate(&self) -> PathBuf {
        self.root.join("lab.gate")
    }
    pub fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }
    /// The leases: what processes have on their way; on the same file system as the finished objects, so that a rename
    /// is enough.
    pub fn leases(&self) -> PathBuf {
        self.root.join("objects").join("tmp")
    }
    pub fn claiming(&self) -> PathBuf {
        self.root.join("lab.claims")
    }
    pub fn watching(&self) -> PathBuf {
        self.root.join("lab.watching")
    }
    pub fn object(&self, hash: &ObjectHash) -> PathBuf {
        let text = hash.as_str();
        self.objects()
            .join(text.get(..2).unwrap_or("__"))
            .join(text)
    }
    pub fn registry(&self) -> PathBuf {
        self.root.join("registry")
    }
    pub fn registered(&self, key: &VersionKey) -> PathBuf {
        self.registry()
            .join(key.model.as_str())
            .join(key.version.to_string())
    }
    pub fn inbox(&self) -> PathBuf {
        self.root.join("inbox")
    }
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }

    pub fn make_folders(&self) -> Result<()> {
        for folder in [
            self.leases(),
            self.registry(),
            self.inbox(),
            self.logs(),
            self.backups(),
        ] {
            std::fs::create_dir_all(&folder)
                .attempted(|| format!("making the folder `{}`", folder.display()))?;
        }
        Ok(())
    }

    /// Refuses a folder that holds anything that is no part of a lab.
    pub fn check_free(&self) -> Result<()> {
        let entries = std::fs::read_dir(&self.root)
            .attempted(|| format!("reading the folder `{}`", self.root.display()))?;
        for entry in entries {
            let entry =
                entry.attempted(|| format!("reading the folder `{}`", self.root.display()))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !PARTS.contains(&name.as_str()) && !TOLERATED.contains(&name.as_str()) {
                return Err(Error::FolderNotEmpty {
                    path: self.root.clone(),
                    found: name,
                });
            }
        }
        Ok(())
    }
}

/// Makes a rename or a new name in `folder` survive a power cut. Windows has no such call and needs none.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        std::fs::File::open(folder)
            .and_then(|handle| handle.sync_all())
            .attempted(|| format!("syncing the folder `{}`", folder.display()))?;
    }
    Ok(())
}
