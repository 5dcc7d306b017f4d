//! Twenty expectations over a million rows: ours beside great_expectations and pandera.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::import::peer_once;
use super::median;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::process::{self, cargo};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.parquet";

const ROUNDS: usize = 5;
const PEERS: &[&str] = &["great_expectations", "pandera_pandas", "pandera_polars"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let (data, peers) = match words {
        ["--data", data] => (Path::new(data), None),
        ["--data", data, "--peers", python, script] => (Path::new(data), Some((*python, *script))),
        _ => {
            return Err(Error::Usage(format!(
                "cannot measure the validation: it takes {USAGE}"
            )));
        }
    };
    let build = ["build", "--release", "--package", "assay-frame"];
    process::run(cargo(places).args(build).args(["--example", "validate"]))?;

    let mut assay_secs = Vec::new();
    let mut peer_secs = vec![Vec::new(); PEERS.len()];
    // Round by round, so that a slow minute of the machine falls on all of them alike.
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        assay_secs.push(validate_once(places, &data.join("mixed.parquet"))?);
        if let Some((python, script)) = peers {
            for (name, secs) in PEERS.iter().zip(&mut peer_secs) {
                secs.extend(peer_once(python, script, name, data)?);
            }
        }
    }
    let assay = median(&assay_secs).unwrap_or(f64::NAN);
    println!("{:<20}{:>10}{:>22}", "", "median s", "its time / ours");
    println!("{:<20}{assay:>10.3}{:>22}", "assay", "1.00");
    for (name, secs) in PEERS.iter().zip(&peer_secs) {
        if let Some(peer) = median(secs) {
            println!("{name:<20}{peer:>10.3}{:>22.2}", peer / assay);
        }
    }
    Ok(())
}

/// Seconds of one evaluation; as with the peers, the reading of the file is not in them.
fn validate_once(places: &Places, file: &Path) -> Result<f64> {
    let program = places.target.join("release/examples/validate");
    let mut command = Command::new(program.with_extension(std::env::consts::EXE_EXTENSION));
    command.arg(file);
    let line = process::printed(&mut command).unwrap_or_default();
    seconds(&line).ok_or_else(|| {
        Error::Stopped(format!(
            "cannot measure the validation: `{}` printed {line:?}",
            process::shown(&command)
        ))
    })
}

/// Of a suite that was met as a whole.
fn seconds(line: &str) -> Option<f64> {
    let report: Value = serde_json::from_str(line.trim()).ok()?;
    let all_met = report.get("all_met")?.as_bool()?;
    report.get("seconds")?.as_f64().filter(|_| all_met)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_suite_that_is_met_counts() {
        for (line, expected) in [
            (r#"{"seconds":0.2,"all_met":true}"#, Some(0.2)),
            (r#"{"seconds":0.2,"all_met":false}"#, None),
            ("name a Parquet file", None),
        ] {
            assert_eq!(seconds(line), expected, "{line}");
        }
    }
}
