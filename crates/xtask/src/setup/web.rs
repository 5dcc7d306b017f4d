//! The web front end: its packages, and its build. Both are left alone while their inputs have not changed.

use std::fs;
use std::path::PathBuf;

use crate::digest;
use crate::error::{Result, io as at};
use crate::places::Places;
use crate::process::{self, npm};

const PACKAGES: &[&str] = &["package.json", "package-lock.json"];
const SOURCES: &[&str] = &[
    "src",
    "public",
    "index.html",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// `npm ci`, when the lock file is not the one the installed packages came from.
pub fn install(places: &Places) -> Result<()> {
    let stamp = Stamp::new(places, "packages", PACKAGES)?;
    if stamp.is_fresh() {
        return Ok(());
    }
    println!("setup: installing the web front end's packages");
    process::run(npm(places).args(["ci", "--no-audit", "--no-fund"]))?;
    stamp.write()
}

/// `npm run build`, when a source is not the one that ui/dist was made from.
pub fn build(places: &Places) -> Result<()> {
    let stamp = Stamp::new(places, "dist", SOURCES)?;
    if stamp.is_fresh() && places.ui.join("dist/index.html").is_file() {
        return Ok(());
    }
    println!("building the web front end");
    process::run(npm(places).args(["run", "build"]))?;
    stamp.write()
}

/// Remembers which inputs something was made from. It lives in node_modules, so that deleting that folder
/// forgets it too.
struct Stamp {
    path: PathBuf,
    digest: String,
}

impl Stamp {
    fn new(places: &Places, name: &str, inputs: &[&str]) -> Result<Stamp> {
        Ok(Stamp {
            path: places.ui.join("node_modules/.assay").join(name),
            digest: digest::of_tree(&places.ui, inputs)?,
        })
    }

    fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text == self.digest)
    }

    fn write(&self) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(at("create", folder))?;
        }
        fs::write(&self.path, &self.digest).map_err(at("write", &self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_until_an_input_changes() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            root: folder.path().into(),
            ui: folder.path().into(),
            target: folder.path().join("target"),
        };
        let source = folder.path().join("index.html");
        let stamp = || Stamp::new(&places, "dist", SOURCES).unwrap();
        fs::write(&source, "one").unwrap();
        assert!(!stamp().is_fresh());
        stamp().write().unwrap();
        assert!(stamp().is_fresh());
        fs::write(&source, "two").unwrap();
        assert!(!stamp().is_fresh());
    }
}
