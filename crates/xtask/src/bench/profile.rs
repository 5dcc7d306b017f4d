//! Profiling a million mixed rows: `assay data profile` beside ydata-profiling and polars by hand.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::import::peer_once;
use super::median;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.parquet";

const ROUNDS: usize = 5;
/// ydata-profiling needs a Python environment of its own; what the given one lacks is left out.
const PEERS: &[&str] = &["ydata_minimal", "polars"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let (data, peers) = match words {
        ["--data", data] => (Path::new(data), None),
        ["--data", data, "--peers", python, script] => (Path::new(data), Some((*python, *script))),
        _ => {
            return Err(Error::Usage(format!(
                "cannot measure the profile: it takes {USAGE}"
            )));
        }
    };
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--package", "assay"]))?;

    let lab = places
        .target
        .join(format!("bench-lab-{}", std::process::id()));
    let program = places.executable("release", "assay");
    process::run(Command::new(&program).arg("init").arg(&lab))?;
    let measured = measure(&program, &lab, data, peers);
    fs::remove_dir_all(&lab).map_err(at("remove", &lab))?;
    let (assay_secs, peer_secs) = measured?;

    let assay = median(&assay_secs).unwrap_or(f64::NAN);
    println!("{:<16}{:>10}{:>22}", "", "median s", "its time / ours");
    println!("{:<16}{assay:>10.2}{:>22}", "assay", "1.00");
    for (name, secs) in PEERS.iter().zip(&peer_secs) {
        if let Some(peer) = median(secs) {
            println!("{name:<16}{peer:>10.2}{:>22.2}", peer / assay);
        }
    }
    Ok(())
}

/// Seconds of ours, and of each peer.
type Measured = (Vec<f64>, Vec<Vec<f64>>);

fn measure(
    program: &Path,
    lab: &Path,
    data: &Path,
    peers: Option<(&str, &str)>,
) -> Result<Measured> {
    let file = data.join("mixed.parquet");
    let import = ["data", "import", "--name", "mixed"];
    process::run(
        Command::new(program)
            .arg("--lab")
            .arg(lab)
            .args(import)
            .arg(file),
    )?;
    let mut assay_secs = Vec::new();
    let mut peer_secs = vec![Vec::new(); PEERS.len()];
    // Round by round, so that a slow minute of the machine falls on all of them alike.
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        assay_secs.push(profile_once(program, lab)?);
        if let Some((python, script)) = peers {
            for (name, secs) in PEERS.iter().zip(&mut peer_secs) {
                secs.extend(peer_once(python, script, name, data)?);
            }
        }
    }
    Ok((assay_secs, peer_secs))
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
