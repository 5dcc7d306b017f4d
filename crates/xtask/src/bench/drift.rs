//! A million rows of twenty columns against a reference of 100,000: `assay replay` beside Evidently, NannyML and polars by
//! hand; then with every method, with a model (beside the model alone, here and in ONNX Runtime's own package), and a
//! hundred million rows.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::bench_lab::{self, BenchLab, timed};
use super::beside::Beside;
use super::{median, server};
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process;

pub const USAGE: &str = "[--onnxruntime PYTHON] --data DIR [--peers PYTHON SCRIPT]   DIR holds drift_reference.parquet and drift_current.parquet, PYTHON the packages onnxruntime and pandas";
const MODEL_ALONE: &str = include_str!("drift_model.py");

/// Evidently and NannyML need Python environments of their own; what the given one lacks is left out.
const PEERS: &[&str] = &["evidently", "nannyml", "polars_psi"];
/// As many rows as a chunk of NannyML has in the peer's script.
const WINDOW: &str = "50000rows";
const AGAINST_DATA: [&str; 4] = ["--reference", "reference", "--window", WINDOW];
/// What is predicted where rows are scored, and by what: as light a model as there is, the one that most people have, and a
/// heavy one.
const TARGET: &str = "n00";
const ALGORITHMS: [(&str, &[&str]); 3] = [
    ("linear_regression", &[]),
    ("lightgbm", &[]),
    ("random_forest", &["--param", "max_depth=10"]),
];
const ROUNDS: usize = 5;
/// Of a million rows each.
const N_FILES: u32 = 100;
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let (onnxruntime, words) = match words {
        ["--onnxruntime", python, words @ ..] => (Some(*python), words),
        words => (None, words),
    };
    let beside = Beside::of(words, "drift", USAGE)?;
    bench_lab::build(places)?;
    let lab = BenchLab::new(places)?;
    let current = beside.data.join("drift_current.parquet");
    lab.import(&beside.data.join("drift_reference.parquet"), "reference")?;
    // The reference's sketch is made with the first replay and kept, as that of a model version is with its training.
    replayed(&lab, &current, &AGAINST_DATA)?;
    beside.measure(PEERS, || replayed(&lab, &current, &AGAINST_DATA))?;
    let every = [&AGAINST_DATA[..], &["--every-method"]].concat();
    print_median("every method", || replayed(&lab, &current, &every))?;
    for (algorithm, parameters) in ALGORITHMS {
        scored(&lab, &current, algorithm, parameters, onnxruntime)?;
    }
    long_log(&lab, &current)
}

/// Seconds of one replay as JSON, the start of the process and the reading of the file included.
fn replayed(lab: &BenchLab, log: &Path, words: &[&str]) -> Result<f64> {
    timed(lab.assay(&["--json", "replay"]).arg(log).args(words))
}

/// A replay that asks a model beside a model that is asked alone.
fn scored(
    lab: &BenchLab,
    current: &Path,
    algorithm: &str,
    parameters: &[&str],
    onnxruntime: Option<&str>,
) -> Result<()> {
    let mut train = lab.assay(&["--json", "train", "reference", "--target", TARGET]);
    train.args(["--algorithm", algorithm]).args(parameters);
    let trained = process::printed(&mut train).unwrap_or_default();
    let run: Value = serde_json::from_str(&trained)
        .map_err(|error| Error::Stopped(format!("cannot read what was trained: {error}")))?;
    let run_id = run["run_id"].as_str().unwrap_or_default();
    process::run(
        lab.assay(&["model", "register", run_id, "--name", algorithm])
            .stdout(Stdio::null()),
    )?;
    let both = print_median("scored and replayed", || {
        replayed(lab, current, &["--model", algorithm, "--window", WINDOW])
    })?;
    let answers = lab.folder.join("answers.parquet");
    let alone = print_median("scored alone", || {
        let mut predict = lab.assay(&["model", "predict", algorithm]);
        predict.arg(current).args(["--keep", TARGET, "--output"]);
        timed(predict.arg(&answers))
    })?;
    fs::remove_file(&answers).map_err(at("remove", &answers))?;
    println!(
        "a replay that asks {algorithm} takes {:.2} of scoring alone",
        both / alone
    );
    match onnxruntime {
        Some(python) => beside_onnxruntime(lab, current, algorithm, both, python),
        None => Ok(()),
    }
}

/// The same model and log in ONNX Runtime's own package. `both`: seconds of the replay that asks it.
fn beside_onnxruntime(
    lab: &BenchLab,
    current: &Path,
    algorithm: &str,
    both: f64,
    python: &str,
) -> Result<()> {
    let folder = lab.folder.join(format!("exported-{algorithm}"));
    let mut export = lab.assay(&["model", "export", algorithm]);
    process::run(export.arg(&folder).stdout(Stdio::null()))?;
    let mut secs = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let mut alone = Command::new(python);
        alone
            .args(["-c", MODEL_ALONE])
            .arg(folder.join("model.onnx"));
        let line = process::printed(alone.arg(current)).unwrap_or_default();
        let said: Value = serde_json::from_str(line.trim()).map_err(|error| {
            Error::Stopped(format!(
                "cannot ask the model in `{python}`: {error}\nhint: it needs onnxruntime, pandas and pyarrow"
            ))
        })?;
        for (secs, name) in secs.iter_mut().zip(["seconds", "call_seconds"]) {
            secs.extend(said[name].as_f64());
        }
    }
    let [whole, call] = secs.map(|secs| median(&secs).unwrap_or(f64::NAN));
    println!(
        "ONNX Runtime's package reads the log and asks {algorithm} in {whole:.3} s (the call {call:.3} s): the replay takes {:.2} of that",
        both / whole
    );
    Ok(())
}

/// A hundred times the same file, one row after the other: the rows per second, and the most memory it took.
fn long_log(lab: &BenchLab, current: &Path) -> Result<()> {
    let folder = lab.folder.join("log");
    fs::create_dir(&folder).map_err(at("create", &folder))?;
    for number in 0..N_FILES {
        let name = folder.join(format!("{number:03}.parquet"));
        fs::hard_link(current, &name)
            .or_else(|_| fs::copy(current, &name).map(|_| ()))
            .map_err(at("write", &name))?;
    }
    let mut replay = lab.assay(&["--json", "replay"]);
    replay.arg(&folder).args(["--reference", "reference"]);
    let started = Instant::now();
    let mut child = replay
        .stdout(Stdio::null())
        .spawn()
        .map_err(|source| process::start(&replay, source))?;
    let mut most_mib: f64 = 0.0;
    let status = loop {
        if let Some((_, peak)) = server::largest_memory_mib(child.id()) {
            most_mib = most_mib.max(peak);
        }
        match child.try_wait() {
            Ok(None) => std::thread::sleep(LOOK_EVERY),
            Ok(Some(status)) => break status,
            Err(source) => return Err(process::start(&replay, source)),
        }
    };
    if !status.success() {
        return Err(Error::Stopped(format!(
            "the replay of the long log ended with {status}"
        )));
    }
    let secs = started.elapsed().as_secs_f64();
    println!(
        "{N_FILES} million rows: {secs:.1} s, {:.2} million rows/s, {most_mib:.0} MiB at most",
        f64::from(N_FILES) / secs
    );
    Ok(())
}

fn print_median(what: &str, mut once: impl FnMut() -> Result<f64>) -> Result<f64> {
    let secs = (0..ROUNDS).map(|_| once()).collect::<Result<Vec<_>>>()?;
    let median = median(&secs).unwrap_or(f64::NAN);
    println!("{what:<24}{median:>10.3} s");
    Ok(median)
}
