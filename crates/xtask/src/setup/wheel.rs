//! Native libraries, loaded at run time and never compiled here: each the one shared library out of the official
//! Python wheel, pinned by version and by the SHA-256 of both the wheel and the library.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python;
use crate::digest;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process;

/// What one platform takes from its wheel.
pub struct Wheel {
    pub os: &'static str,
    pub arch: &'static str,
    /// As pip names it.
    pub platform: &'static str,
    pub sha256: &'static str,
    /// Within the wheel.
    pub library: &'static str,
    pub library_sha256: &'static str,
}

/// One library in one version.
pub struct Release {
    pub name: &'static str,
    pub package: &'static str,
    pub version: &'static str,
    pub wheels: &'static [Wheel],
    /// Other files that are kept: where they are in the wheel, and their names beside the library.
    pub beside: &'static [(&'static str, &'static str)],
    /// Why a system and processor have no wheel.
    pub why_missing: fn(&str, &str) -> &'static str,
}

impl Release {
    /// Puts the library and the files beside it into the folder for native libraries, unless the pinned one is there.
    pub fn install(&self, places: &Places, library: &Path) -> Result<()> {
        let wheel = self.wheel_for(OS, ARCH)?;
        let beside_is_there = self
            .beside
            .iter()
            .all(|(_, kept)| library.with_file_name(kept).is_file());
        if library.is_file()
            && beside_is_there
            && digest::check(library, wheel.library_sha256).is_ok()
        {
            return Ok(());
        }
        println!("setup: fetching {} {}", self.name, self.version);
        let python = python::with_pip().ok_or_else(|| {
            self.error(
                "no Python 3 with pip was found; pip fetches the pinned wheel\nhint: install Python with pip",
            )
        })?;
        let work =
            places
                .native()
                .join(format!(".fetching-{}-{}", self.package, std::process::id()));
        fs::create_dir_all(&work).map_err(at("create", &work))?;
        let placed = self.place(python, wheel, &work, library);
        fs::remove_dir_all(&work).map_err(at("remove", &work))?;
        placed
    }

    pub fn wheel_for(&self, os: &str, arch: &str) -> Result<&'static Wheel> {
        self.wheels
            .iter()
            .find(|wheel| wheel.os == os && wheel.arch == arch)
            .ok_or_else(|| {
                let why = (self.why_missing)(os, arch);
                self.error(format!(
                    "{why} ({os}, {arch})\nhint: use Linux on x86-64 or arm64, macOS on Apple silicon, or Windows on x86-64"
                ))
            })
    }

    fn place(&self, python: &str, wheel: &Wheel, work: &Path, library: &Path) -> Result<()> {
        process::run(Command::new(python).args(self.download(wheel)).arg(work))?;
        let archive = self.downloaded(work)?;
        digest::check(&archive, wheel.sha256)?;
        process::run(
            Command::new(python)
                .args(["-m", "zipfile", "-e"])
                .args([&archive, work]),
        )?;
        let extracted = work.join(wheel.library);
        digest::check(&extracted, wheel.library_sha256)?;
        for (name, kept) in self.beside {
            let from = work.join(name);
            fs::rename(&from, library.with_file_name(kept)).map_err(at("move", &from))?;
        }
        // Last: while it is missing, the next setup tries again.
        fs::rename(&extracted, library).map_err(at("move", &extracted))
    }

    /// pip chooses the wheel of this platform whatever Python it runs under: the library inside is the same for all.
    pub fn download(&self, wheel: &Wheel) -> Vec<String> {
        [
            "-m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all:",
            "--python-version 3.11 --implementation cp --abi cp311",
            "--platform",
            wheel.platform,
            &format!("{}=={}", self.package, self.version),
            "--dest",
        ]
        .join(" ")
        .split(' ')
        .map(str::to_owned)
        .collect()
    }

    fn downloaded(&self, work: &Path) -> Result<PathBuf> {
        for entry in fs::read_dir(work).map_err(at("read", work))? {
            let path = entry.map_err(at("read", work))?.path();
            if path.extension().is_some_and(|end| end == "whl") {
                return Ok(path);
            }
        }
        Err(self.error("pip downloaded no wheel"))
    }

    fn error(&self, reason: impl Into<String>) -> Error {
        Error::Library {
            name: self.name,
            reason: reason.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{lightgbm, onnxruntime};

    #[test]
    fn every_platform_is_pinned_by_two_hashes() {
        for release in [&onnxruntime::RELEASE, &lightgbm::RELEASE] {
            for wheel in release.wheels {
                for hash in [wheel.sha256, wheel.library_sha256] {
                    assert_eq!(hash.len(), 64, "{}", wheel.platform);
                    assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
                }
                let found = release.wheel_for(wheel.os, wheel.arch).unwrap();
                assert_eq!(found.platform, wheel.platform);
            }
            assert!(release.wheel_for("plan9", "mips").is_err());
        }
    }

    #[test]
    fn macos_on_intel_is_refused_in_plain_words() {
        let refused = onnxruntime::RELEASE.wheel_for("macos", "x86_64");
        let refused = refused.err().unwrap().to_string();
        assert!(refused.contains("1.23.2"), "{refused}");
    }

    #[test]
    fn pip_is_asked_for_the_pinned_version_and_platform() {
        let words = onnxruntime::RELEASE.download(&onnxruntime::RELEASE.wheels[1]);
        assert!(words.contains(&"onnxruntime==1.31.1".to_owned()));
        assert!(words.contains(&"manylinux_2_28_aarch64".to_owned()));
        assert_eq!(words.last().map(String::as_str), Some("--dest"));
        let words = lightgbm::RELEASE.download(&lightgbm::RELEASE.wheels[0]);
        assert!(words.contains(&"lightgbm==4.7.0".to_owned()));
    }
}
