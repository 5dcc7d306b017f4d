//! Twenty expectations over a million rows: ours beside great_expectations and pandera.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::beside::Beside;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::process::{self, cargo};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.parquet";

const PEERS: &[&str] = &["great_expectations", "pandera_pandas", "pandera_polars"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let beside = Beside::of(words, "the validation", USAGE)?;
    // all default members, whose features are those of every other build
    process::run(cargo(places).args(["build", "--release", "--example", "validate"]))?;
    let file = beside.data.join("mixed.parquet");
    beside.measure(PEERS, || validate_once(places, &file))
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
