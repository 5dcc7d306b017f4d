//! Profiling a million mixed rows: `assay data profile` beside ydata-profiling and polars by hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::beside::Beside;
use crate::error::{Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.parquet";

/// ydata-profiling needs a Python environment of its own; what the given one lacks is left out.
const PEERS: &[&str] = &["ydata_minimal", "polars"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let beside = Beside::of(words, "the profile", USAGE)?;
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--bin", "assay"]))?;

    let lab = places
        .target
        .join(format!("bench-lab-{}", std::process::id()));
    let program = places.executable("release", "assay");
    process::run(Command::new(&program).arg("init").arg(&lab))?;
    let measured = measure(&program, &lab, &beside);
    fs::remove_dir_all(&lab).map_err(at("remove", &lab))?;
    measured
}

fn measure(program: &Path, lab: &Path, beside: &Beside<'_>) -> Result<()> {
    let import = ["data", "import", "--name", "mixed"];
    process::run(
        Command::new(program)
            .arg("--lab")
            .arg(lab)
            .args(import)
            .arg(beside.data.join("mixed.parquet")),
    )?;
    beside.measure(PEERS, || profile_once(program, lab))
}

/// Seconds of one profile as JSON, the start of the process and the reading of the stored rows included. The import
/// profiled the rows already, so what it remembered is taken away.
fn profile_once(program: &Path, lab: &Path) -> Result<f64> {
    let cache = lab.join("cache.db");
    if cache.is_file() {
        fs::remove_file(&cache).map_err(at("remove", &cache))?;
    }
    let started = Instant::now();
    process::run(
        Command::new(program)
            .arg("--lab")
            .arg(lab)
            .args(["--json", "data", "profile", "mixed"])
            .stdout(Stdio::null()),
    )?;
    Ok(started.elapsed().as_secs_f64())
}
