//! ONNX Runtime, loaded at run time and never compiled here: the one shared library out of the official Python
//! wheel, pinned by version and by the SHA-256 of both the wheel and the library.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::python;
use crate::digest;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process;

pub const VERSION: &str = "1.31.1";

/// What one platform takes from the wheel.
struct Wheel {
    os: &'static str,
    arch: &'static str,
    platform: &'static str,
    sha256: &'static str,
    library: &'static str,
    library_sha256: &'static str,
}

const WHEELS: &[Wheel] = &[
    Wheel {
        os: "linux",
        arch: "x86_64",
        platform: "manylinux_2_28_x86_64",
        sha256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
        library: "capi/libonnxruntime.so.1.31.1",
        library_sha256: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3",
    },
    Wheel {
        os: "linux",
        arch: "aarch64",
        platform: "manylinux_2_28_aarch64",
        sha256: "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
        library: "capi/libonnxruntime.so.1.31.1",
        library_sha256: "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467",
    },
    Wheel {
        os: "macos",
        arch: "aarch64",
        platform: "macosx_14_0_arm64",
        sha256: "60b6b69bfe580eab576cacc5d132a0e9cf2a37fcfd18d46dd191042b1d1ed0d7",
        library: "capi/libonnxruntime.1.31.1.dylib",
        library_sha256: "f8b06155feece624e55e49124340eea279da812529ae6fbc46a9f2be9c9cad2e",
    },
    Wheel {
        os: "windows",
        arch: "x86_64",
        platform: "win_amd64",
        sha256: "c3d91b5de31e2fc82d71bd65b2b22bddee8b49057a3a36338e9a868e0ea90c05",
        library: "capi/onnxruntime.dll",
        library_sha256: "8482d2ee174e28504f99730fb01d6861575870283de4ed3a897ad39170d9a9b9",
    },
];

/// Puts the library and its licences into the folder for native libraries, unless the pinned one is there.
pub fn install(places: &Places) -> Result<()> {
    let wheel = wheel_for(OS, ARCH)?;
    let library = places.onnxruntime();
    if library.is_file() && digest::check(&library, wheel.library_sha256).is_ok() {
        return Ok(());
    }
    println!("setup: fetching ONNX Runtime {VERSION}");
    let python = python::with_pip().ok_or_else(|| {
        Error::OnnxRuntime(
            "no Python 3 with pip was found; pip fetches the pinned wheel\nhint: install Python with pip"
                .into(),
        )
    })?;
    let work = places
        .native()
        .join(format!(".fetching-{}", std::process::id()));
    fs::create_dir_all(&work).map_err(at("create", &work))?;
    let placed = place(python, wheel, &work, &library);
    fs::remove_dir_all(&work).map_err(at("remove", &work))?;
    placed
}

fn wheel_for(os: &str, arch: &str) -> Result<&'static Wheel> {
    WHEELS
        .iter()
        .find(|wheel| wheel.os == os && wheel.arch == arch)
        .ok_or_else(|| {
            let why = match (os, arch) {
                ("macos", "x86_64") => "the last release for macOS on Intel is 1.23.2, and Assay needs 1.24 or later",
                _ => "there is no release for this system",
            };
            Error::OnnxRuntime(format!(
                "{why} ({os}, {arch})\nhint: use Linux on x86-64 or arm64, macOS on Apple silicon, or Windows on x86-64"
            ))
        })
}

fn place(python: &str, wheel: &Wheel, work: &Path, library: &Path) -> Result<()> {
    process::run(Command::new(python).args(download(wheel)).arg(work))?;
    let archive = downloaded(work)?;
    digest::check(&archive, wheel.sha256)?;
    process::run(
        Command::new(python)
            .args(["-m", "zipfile", "-e"])
            .args([&archive, work]),
    )?;
    let package = work.join("onnxruntime");
    let extracted = package.join(wheel.library);
    digest::check(&extracted, wheel.library_sha256)?;
    for (name, kept) in [
        ("LICENSE", "onnxruntime-LICENSE.txt"),
        ("ThirdPartyNotices.txt", "onnxruntime-ThirdPartyNotices.txt"),
    ] {
        let from = package.join(name);
        fs::rename(&from, library.with_file_name(kept)).map_err(at("move", &from))?;
    }
    // Last: while it is missing, the next setup tries again.
    fs::rename(&extracted, library).map_err(at("move", &extracted))
}

/// pip chooses the wheel of this platform whatever Python it runs under: the library inside is the same for all.
fn download(wheel: &Wheel) -> Vec<String> {
    [
        "-m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all:",
        "--python-version 3.11 --implementation cp --abi cp311",
        "--platform",
        wheel.platform,
        &format!("onnxruntime=={VERSION}"),
        "--dest",
    ]
    .join(" ")
    .split(' ')
    .map(str::to_owned)
    .collect()
}

fn downloaded(work: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(work).map_err(at("read", work))? {
        let path = entry.map_err(at("read", work))?.path();
        if path.extension().is_some_and(|end| end == "whl") {
            return Ok(path);
        }
    }
    Err(Error::OnnxRuntime("pip downloaded no wheel".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_is_pinned_by_two_hashes() {
        for wheel in WHEELS {
            for hash in [wheel.sha256, wheel.library_sha256] {
                assert_eq!(hash.len(), 64, "{}", wheel.platform);
                assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
            }
            let found = wheel_for(wheel.os, wheel.arch).unwrap();
            assert_eq!(found.platform, wheel.platform);
        }
    }

    #[test]
    fn macos_on_intel_is_refused_in_plain_words() {
        let refused = wheel_for("macos", "x86_64").err().unwrap().to_string();
        assert!(refused.contains("1.23.2"), "{refused}");
        assert!(wheel_for("plan9", "mips").is_err());
    }

    #[test]
    fn pip_is_asked_for_the_pinned_version_and_platform() {
        let words = download(&WHEELS[1]);
        assert!(words.contains(&"onnxruntime==1.31.1".to_owned()));
        assert!(words.contains(&"manylinux_2_28_aarch64".to_owned()));
        assert_eq!(words.last().map(String::as_str), Some("--dest"));
    }
}
