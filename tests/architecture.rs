//! The dependency table of crates/README.md, held against the manifests and the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Which crates of the house a crate may use, besides core.
const ALLOWED: [(&str, &[&str]); 13] = [
    ("assay", &["assay-lab", "assay-server"]),
    ("assay-core", &[]),
    ("assay-store", &[]),
    ("assay-frame", &[]),
    ("assay-learn", &[]),
    ("assay-onnx", &[]),
    ("assay-chart", &[]),
    ("assay-imports", &[]),
    (
        "assay-lab",
        &[
            "assay-store",
            "assay-frame",
            "assay-learn",
            "assay-onnx",
            "assay-chart",
            "assay-imports",
        ],
    ),
    ("assay-api", &["assay-lab"]),
    ("assay-server", &["assay-api"]),
    (
        "assay-desktop",
        &["assay-api", "assay-lab", "assay-chart", "assay-server"],
    ),
    ("xtask", &[]),
];

/// Heavy dependencies and their one owner.
const OWNERS: [(&str, &str); 20] = [
    ("rusqlite", "assay-store"),
    ("polars", "assay-frame"),
    ("calamine", "assay-frame"),
    ("rust_xlsxwriter", "assay-frame"),
    ("notify", "assay-lab"),
    ("ureq", "assay-lab"),
    ("linfa", "assay-learn"),
    ("linfa-logistic", "assay-learn"),
    ("ndarray", "assay-learn"),
    ("faer", "assay-learn"),
    ("libloading", "assay-learn"),
    ("ort", "assay-onnx"),
    ("serde-saphyr", "assay-imports"),
    ("plotters", "assay-chart"),
    ("eframe", "assay-chart"),
    ("egui_plot", "assay-chart"),
    ("axum", "assay-server"),
    ("tokio", "assay-server"),
    ("tauri", "assay-desktop"),
    ("notify-rust", "assay-desktop"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Direct dependencies (not those of tests and build scripts) by package of the workspace.
fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let names = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().unwrap_or_default().to_owned())
                .collect();
            (
                package["name"].as_str().unwrap_or_default().to_owned(),
                names,
            )
        })
        .collect()
}

#[test]
fn crates_use_only_what_the_table_allows() {
    let all = dependencies();
    assert_eq!(
        all.len(),
        ALLOWED.len(),
        "a crate is missing from the table: {:?}",
        all.keys()
    );
    for (package, allowed) in ALLOWED {
        let used = all
            .get(package)
            .unwrap_or_else(|| panic!("{package} is in the table and not in the workspace"));
        for name in used
            .iter()
            .filter(|name| all.contains_key(*name) && *name != "assay-core")
        {
            assert!(
                allowed.contains(&name.as_str()),
                "{package} may not use {name}"
            );
        }
    }
}

#[test]
fn every_heavy_dependency_has_one_owner() {
    for (package, used) in dependencies() {
        for (heavy, owner) in OWNERS {
            assert!(
                !used.iter().any(|name| name == heavy) || package == owner,
                "{package} uses {heavy}, which belongs to {owner}"
            );
        }
    }
}

#[test]
fn core_knows_no_files_clock_or_environment() {
    let forbidden = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "std::time",
        "std::io",
        "SystemTime",
        "Instant::now",
        "getrandom",
    ];
    each_source(&root().join("crates/core/src"), &mut |path, text| {
        for word in forbidden {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    });
}

#[test]
fn sql_is_in_store_alone() {
    for folder in ["crates", "src-tauri/src"] {
        each_source(&root().join(folder), &mut |path, text| {
            if path.starts_with(root().join("crates/store")) {
                return;
            }
            for word in ["INSERT INTO", "SELECT * FROM", "CREATE TABLE", "rusqlite"] {
                assert!(!text.contains(word), "{} holds SQL: {word}", path.display());
            }
        });
    }
}

#[test]
fn unsafe_code_is_in_one_file() {
    let interface = root().join("crates/learn/src/lightgbm/ffi.rs");
    for folder in ["crates", "src-tauri/src"] {
        each_source(&root().join(folder), &mut |path, text| {
            assert!(
                path == interface || !text.contains("allow(unsafe_code)"),
                "{} allows unsafe code",
                path.display()
            );
        });
    }
}

#[test]
fn hosts_stay_thin() {
    let mut n_lines = 0;
    each_source(&root().join("src-tauri/src"), &mut |_, text| {
        n_lines += text.lines().count()
    });
    assert!(
        n_lines > 0 && n_lines < 800,
        "src-tauri has {n_lines} lines; it may have 800"
    );
}

#[test]
fn files_stay_readable() {
    for folder in ["crates", "src-tauri/src", "tests"] {
        each_source(&root().join(folder), &mut |path, text| {
            let n_lines = text.lines().count();
            assert!(
                n_lines <= 600,
                "{} has {n_lines} lines; cut it along a seam",
                path.display()
            );
        });
    }
}

#[test]
fn every_file_says_why_it_exists() {
    for folder in ["crates", "src-tauri/src", "tests"] {
        each_source(&root().join(folder), &mut |path, text| {
            assert!(
                text.starts_with("//!"),
                "{} does not begin with why it exists",
                path.display()
            );
        });
    }
}

/// Every Rust file under a folder.
fn each_source(folder: &Path, look: &mut dyn FnMut(&Path, &str)) {
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.expect("a folder's entry").path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                each_source(&path, look);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source file is text");
            look(&path, &text);
        }
    }
}
