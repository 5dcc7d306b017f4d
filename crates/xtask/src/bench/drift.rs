//! A million rows of twenty columns against a reference of 100,000: `assay replay` beside Evidently, NannyML and polars by
//! hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::beside::Beside;
use crate::error::{Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds drift_reference.parquet and drift_current.parquet";

/// Evidently and NannyML need Python environments of their own; what the given one lacks is left out.
const PEERS: &[&str] = &["evidently", "nannyml", "polars_psi"];
/// As many rows as a chunk of NannyML has in the peer's script.
const WINDOW: &str = "50000rows";

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let beside = Beside::of(words, "drift", USAGE)?;
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
    process::run(
        Command::new(program)
            .arg("--lab")
            .arg(lab)
            .args(["data", "import", "--name", "reference"])
            .arg(beside.data.join("drift_reference.parquet")),
    )?;
    // The reference's sketch is made with the first replay and kept, as that of a model version is with its training.
    replay_once(program, lab, beside.data)?;
    beside.measure(PEERS, || replay_once(program, lab, beside.data))
}

/// Seconds of one replay as JSON, the start of the processes and the reading of the file included.
fn replay_once(program: &Path, lab: &Path, data: &Path) -> Result<f64> {
    let started = Instant::now();
    process::run(
        Command::new(program)
            .arg("--lab")
            .arg(lab)
            .args(["--json", "replay"])
            .arg(data.join("drift_current.parquet"))
            .args(["--reference", "reference", "--window", WINDOW])
            .stdout(Stdio::null()),
    )?;
    Ok(started.elapsed().as_secs_f64())
}
