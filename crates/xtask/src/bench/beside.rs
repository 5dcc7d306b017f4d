//! Ours and the peers in turn, round by round, and a table of the medians.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::median;
use crate::error::{Error, Result};
use crate::process;

const ROUNDS: usize = 5;

/// What every bench is told: where the data is, and the peers' Python and script.
pub(super) struct Beside<'a> {
    pub data: &'a Path,
    peers: Option<(&'a str, &'a str)>,
}

impl<'a> Beside<'a> {
    /// `what` is measured; `usage` says what it takes.
    pub(super) fn of(words: &[&'a str], what: &str, usage: &str) -> Result<Self> {
        let (data, peers) = match *words {
            ["--data", data] => (data, None),
            ["--data", data, "--peers", python, script] => (data, Some((python, script))),
            _ => {
                return Err(Error::Usage(format!(
                    "cannot measure {what}: it takes {usage}"
                )));
            }
        };
        Ok(Self {
            data: Path::new(data),
            peers,
        })
    }

    /// Measures ours (`once`, in seconds) and the peers by their names, and prints the medians.
    pub(super) fn measure(
        &self,
        names: &[&str],
        mut once: impl FnMut() -> Result<f64>,
    ) -> Result<()> {
        let mut assay_secs = Vec::new();
        let mut peer_secs = vec![Vec::new(); names.len()];
        // Round by round, so that a slow minute of the machine falls on all of them alike.
        for round in 1..=ROUNDS {
            println!("round {round} of {ROUNDS}");
            assay_secs.push(once()?);
            if let Some((python, script)) = self.peers {
                for (name, secs) in names.iter().zip(&mut peer_secs) {
                    secs.extend(peer_once(python, script, name, self.data)?);
                }
            }
        }
        let assay = median(&assay_secs).unwrap_or(f64::NAN);
        println!("{:<20}{:>10}{:>22}", "", "median s", "its time / ours");
        println!("{:<20}{assay:>10.3}{:>22}", "assay", "1.00");
        for (name, secs) in names.iter().zip(&peer_secs) {
            if let Some(peer) = median(secs) {
                println!("{name:<20}{peer:>10.3}{:>22.2}", peer / assay);
            }
        }
        Ok(())
    }
}

/// Seconds that the peer measured of itself; `None` when it is not installed or hit its cap.
fn peer_once(python: &str, script: &str, name: &str, data: &Path) -> Result<Option<f64>> {
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
