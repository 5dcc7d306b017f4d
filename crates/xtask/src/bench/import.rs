//! Importing a large mixed CSV: `assay data import` beside pandas, polars and duckdb.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::beside::Beside;
use crate::error::{Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.csv";

const PEERS: &[&str] = &["pandas_pyarrow", "polars", "polars_lazy", "duckdb"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let beside = Beside::of(words, "the import", USAGE)?;
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--bin", "assay"]))?;
    let file = beside.data.join("mixed.csv");
    beside.measure(PEERS, || import_once(places, &file))
}

/// Seconds of one import into a new lab, the start of the process included.
fn import_once(places: &Places, file: &Path) -> Result<f64> {
    let lab: PathBuf = places
        .target
        .join(format!("bench-lab-{}", std::process::id()));
    let program = places.executable("release", "assay");
    let assay = |words: &[&str]| {
        let mut command = Command::new(&program);
        command.arg("--lab").arg(&lab).args(words);
        command
    };
    process::run(Command::new(&program).arg("init").arg(&lab))?;
    let started = Instant::now();
    let imported = process::run(assay(&["data", "import"]).arg(file));
    let secs = started.elapsed().as_secs_f64();
    fs::remove_dir_all(&lab).map_err(at("remove", &lab))?;
    imported.map(|()| secs)
}
