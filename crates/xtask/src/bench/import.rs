//! Importing a large mixed CSV: `assay data import` beside pandas, polars and duckdb.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use super::median;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.csv";

const ROUNDS: usize = 5;
const PEERS: &[&str] = &["pandas_pyarrow", "polars", "polars_lazy", "duckdb"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let (data, peers) = match words {
        ["--data", data] => (Path::new(data), None),
        ["--data", data, "--peers", python, script] => (Path::new(data), Some((*python, *script))),
        _ => {
            return Err(Error::Usage(format!(
                "cannot measure the import: it takes {USAGE}"
            )));
        }
    };
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--package", "assay"]))?;

    let mut assay_secs = Vec::new();
    let mut peer_secs = vec![Vec::new(); PEERS.len()];
    // Round by round, so that a slow minute of the machine falls on all of them alike.
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        assay_secs.push(import_once(places, &data.join("mixed.csv"))?);
        if let Some((python, script)) = peers {
            for (name, secs) in PEERS.iter().zip(&mut peer_secs) {
                secs.extend(peer_once(python, script, name, data)?);
            }
        }
    }
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

/// Seconds that the peer measured of itself; `None` when it is not installed or hit its cap.
pub(super) fn peer_once(
    python: &str,
    script: &str,
    name: &str,
    data: &Path,
) -> Result<Option<f64>> {
    let mut command = Command::new(python);
    command
        .arg(script)
        .arg("--data")
        .arg(data)
        .args(["--only", name]);
    let line = process::printed(&mut command).ok_or_else(|| {
        Error::Stopped(format!(
            "cannot measure `{name}`: `{}` does not start\nhint: give the Python of the environment that holds the peers",
            process::shown(&command)
        ))
    })?;
    Ok(seconds(&line))
}

fn seconds(line: &str) -> Option<f64> {
    let report: Value = serde_json::from_str(line.trim()).ok()?;
    report
        .pointer("/results/0/seconds")?
        .as_f64()
        .filter(|_| report.pointer("/results/0/rows").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_finished_measurement_counts() {
        for (line, expected) in [
            (
                r#"{"workload":"csv_import","results":[{"variant":"duckdb","seconds":9.9,"rows":5}]}"#,
                Some(9.9),
            ),
            (
                r#"{"workload":"csv_import","results":[{"variant":"duckdb","error":"no duckdb","seconds":0.1}]}"#,
                None,
            ),
            (
                r#"{"workload":"csv_import","results":[{"variant":"duckdb","capped_at_seconds":600}]}"#,
                None,
            ),
            ("Traceback", None),
        ] {
            assert_eq!(seconds(line), expected, "{line}");
        }
    }
}
