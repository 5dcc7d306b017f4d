//! A million rows of twenty columns against a reference of 100,000: `assay replay` beside Evidently, NannyML and polars by
//! hand; then with every method, with a model, and a hundred million rows.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::beside::Beside;
use super::{median, server};
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds drift_reference.parquet and drift_current.parquet";

/// Evidently and NannyML need Python environments of their own; what the given one lacks is left out.
const PEERS: &[&str] = &["evidently", "nannyml", "polars_psi"];
/// As many rows as a chunk of NannyML has in the peer's script.
const WINDOW: &str = "50000rows";
const AGAINST_DATA: [&str; 4] = ["--reference", "reference", "--window", WINDOW];
const CURRENT: &str = "drift_current.parquet";
/// What is predicted where rows are scored, and by what.
const TARGET: &str = "n00";
const MODEL: &str = "bench";
const ALGORITHM: &str = "random_forest";
const ROUNDS: usize = 5;
/// Of a million rows each.
const N_FILES: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(50);

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
    let of = Replays {
        program,
        lab,
        data: beside.data,
    };
    let reference = beside.data.join("drift_reference.parquet");
    process::run(
        of.assay(&["data", "import", "--name", "reference"])
            .arg(&reference),
    )?;
    // The reference's sketch is made with the first replay and kept, as that of a model version is with its training.
    of.million(&AGAINST_DATA)?;
    beside.measure(PEERS, || of.million(&AGAINST_DATA))?;

    let every = [&AGAINST_DATA[..], &["--every-method"]].concat();
    print_median("every method", ROUNDS, || of.million(&every))?;

    let mut train = of.assay(&["--json", "train", "reference", "--target", TARGET]);
    let trained = process::printed(train.args(["--algorithm", ALGORITHM])).unwrap_or_default();
    let run: Value = serde_json::from_str(&trained)
        .map_err(|error| Error::Stopped(format!("cannot read what was trained: {error}")))?;
    let run_id = run["run_id"].as_str().unwrap_or_default();
    process::run(&mut of.assay(&["model", "register", run_id, "--name", MODEL]))?;
    let scored = print_median("scored and replayed", ROUNDS, || {
        of.million(&["--model", MODEL, "--window", WINDOW])
    })?;
    let answers = lab.join("answers.parquet");
    let alone = print_median("scored alone (predict)", ROUNDS, || {
        let mut predict = of.assay(&["model", "predict", MODEL]);
        predict
            .arg(beside.data.join(CURRENT))
            .args(["--keep", TARGET, "--output"]);
        timed(predict.arg(&answers))
    })?;
    println!(
        "a replay that scores takes {:.2} of scoring alone",
        scored / alone
    );
    hundred_million(&of)
}

/// A hundred times the same file, one row after the other: the rows per second, and the most memory it took.
fn hundred_million(of: &Replays<'_>) -> Result<()> {
    let folder = of.lab.join("log");
    fs::create_dir(&folder).map_err(at("create", &folder))?;
    let current = of.data.join(CURRENT);
    for number in 0..N_FILES {
        let name = folder.join(format!("{number:03}.parquet"));
        fs::hard_link(&current, &name)
            .or_else(|_| fs::copy(&current, &name).map(|_| ()))
            .map_err(at("write", &name))?;
    }
    let started = Instant::now();
    let mut child = of
        .assay(&["--json", "replay"])
        .arg(&folder)
        .args(["--reference", "reference"])
        .stdout(Stdio::null())
        .spawn()
        .map_err(|source| Error::Stopped(format!("cannot start a replay: {source}")))?;
    let mut most_mib: f64 = 0.0;
    let status = loop {
        if let Some((_, peak)) = server::memory_mib(child.id()) {
            most_mib = most_mib.max(peak);
        }
        match child.try_wait() {
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Ok(Some(status)) => break status,
            Err(source) => return Err(Error::Stopped(format!("cannot wait: {source}"))),
        }
    };
    if !status.success() {
        return Err(Error::Stopped(format!(
            "a replay of the long log ended with {status}"
        )));
    }
    let secs = started.elapsed().as_secs_f64();
    println!(
        "{N_FILES} million rows: {secs:.1} s, {:.2} million rows/s, {most_mib:.0} MiB at most",
        N_FILES as f64 / secs
    );
    Ok(())
}

/// Replays of one log in one lab.
struct Replays<'a> {
    program: &'a Path,
    lab: &'a Path,
    data: &'a Path,
}

impl Replays<'_> {
    fn assay(&self, words: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command.arg("--lab").arg(self.lab).args(words);
        command
    }

    /// Seconds of one replay as JSON, the start of the process and the reading of the file included.
    fn million(&self, words: &[&str]) -> Result<f64> {
        let mut replay = self.assay(&["--json", "replay"]);
        replay.arg(self.data.join(CURRENT)).args(words);
        timed(&mut replay)
    }
}

fn timed(command: &mut Command) -> Result<f64> {
    let started = Instant::now();
    process::run(command.stdout(Stdio::null()))?;
    Ok(started.elapsed().as_secs_f64())
}

fn print_median(what: &str, n_rounds: usize, mut once: impl FnMut() -> Result<f64>) -> Result<f64> {
    let secs = (0..n_rounds).map(|_| once()).collect::<Result<Vec<_>>>()?;
    let median = median(&secs).unwrap_or(f64::NAN);
    println!("{what:<24}{median:>10.3} s");
    Ok(median)
}
