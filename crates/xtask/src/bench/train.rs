//! Fitting and predicting: ours beside scikit-learn and LightGBM's package, algorithm by algorithm, on the same rows.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::median;
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str =
    "--data DIR --peers PYTHON SCRIPT [ALGORITHM ...]   DIR holds train.parquet";

const ROUNDS: usize = 3;
/// No further round of what took so long: the noise of the machine is small beside it.
const LONG: Duration = Duration::from_secs(60);
/// After so many seconds a peer is given up.
const PEER_CAP_SECS: &str = "900";
const RAW: &str = include_str!("train_raw.py");
const LIGHTGBM: &str = include_str!("train_lightgbm.py");
const BUILD: [&str; 6] = [
    "build",
    "--release",
    "--package",
    "assay-learn",
    "--example",
    "train_speed",
];
const SIZES: [(&str, &str); 2] = [("100k", "100000"), ("1m", "1000000")];

/// One row of the table: our name and parameters, and who does the same.
struct Pair {
    ours: &'static str,
    params: &'static [&'static str],
    peer: Peer,
    target: &'static str,
    /// What the peer's script calls its score.
    score: &'static str,
}

enum Peer {
    /// The peers' script, under our name.
    Script,
    /// LightGBM's package, which the script leaves out.
    LightGbm,
}

const fn pair(
    ours: &'static str,
    params: &'static [&'static str],
    target: &'static str,
    score: &'static str,
) -> Pair {
    Pair {
        ours,
        params,
        peer: Peer::Script,
        target,
        score,
    }
}

/// What the example is told of an algorithm that learns without a target.
const NO_TARGET: &str = "-";

/// With the parameters of the peer's script.
const PAIRS: [Pair; 9] = [
    pair(
        "logistic_regression",
        &["max_iter=200"],
        "label.u32",
        "accuracy",
    ),
    pair("ridge", &[], "target.f64", "r2"),
    pair("elastic_net", &["alpha=0.01"], "target.f64", "r2"),
    pair("decision_tree", &["max_depth=10"], "label.u32", "accuracy"),
    pair(
        "random_forest",
        &["n_estimators=100", "max_depth=10"],
        "label.u32",
        "accuracy",
    ),
    Pair {
        peer: Peer::LightGbm,
        ..pair("lightgbm", &[], "label.u32", "accuracy")
    },
    pair("gaussian_nb", &[], "label.u32", "accuracy"),
    pair(
        "k_means",
        &["n_clusters=8", "n_init=1"],
        NO_TARGET,
        "inertia_per_row",
    ),
    pair("pca", &["n_components=5"], NO_TARGET, "explained_variance"),
];

/// Seconds of fit and predict, the score, and the memory beyond the data, in parts of the data.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figures {
    secs: f64,
    score: f64,
    memory: Option<f64>,
}

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let ["--data", data, "--peers", python, script, wanted @ ..] = words else {
        return Err(Error::Usage(format!(
            "cannot measure training: it takes {USAGE}"
        )));
    };
    let (data, python, script) = (*data, *python, *script);
    setup::run(places, Scope::Core)?;
    process::run(cargo(places).args(BUILD))?;
    let raw = places.target.join("bench-train");
    write_raw(python, &Path::new(data).join("train.parquet"), &raw)?;
    println!(
        "{:<22}{:>6}{:>10}{:>10}{:>8}{:>10}{:>10}{:>9}",
        "", "rows", "ours s", "peer s", "ratio", "ours", "peer", "memory"
    );
    for pair in PAIRS {
        if !wanted.is_empty() && !wanted.contains(&pair.ours) {
            continue;
        }
        for (size, n_rows) in SIZES {
            let mut ours = Vec::new();
            let mut peers = Vec::new();
            let started = Instant::now();
            // In turn, so that a slow minute of the machine falls on both.
            for round in 0..ROUNDS {
                if round > 0 && started.elapsed() > LONG {
                    break;
                }
                ours.push(ours_once(places, &raw, &pair, n_rows)?);
                peers.extend(peer_once(
                    python,
                    &pair,
                    Command::new(python).args(match pair.peer {
                        Peer::Script => script_words(script, data, &pair, size),
                        Peer::LightGbm => lightgbm_words(data, n_rows),
                    }),
                )?);
            }
            println!("{}", line(&pair, size, &ours, &peers));
        }
    }
    println!("memory: beyond the data, in parts of the data as f32; ratio: our time / theirs");
    Ok(())
}

fn write_raw(python: &str, source: &Path, folder: &PathBuf) -> Result<()> {
    if folder.join("target.f64").is_file() {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(at("make", folder))?;
    process::run(
        Command::new(python)
            .args(["-c", RAW])
            .arg(source)
            .arg(folder),
    )
}

fn ours_once(places: &Places, raw: &Path, pair: &Pair, n_rows: &str) -> Result<Figures> {
    let program = places.target.join("release/examples/train_speed");
    let mut command = Command::new(program.with_extension(std::env::consts::EXE_EXTENSION));
    command
        .args([pair.ours, n_rows])
        .arg(raw.join("x.f32"))
        .arg(match pair.target {
            NO_TARGET => PathBuf::from(NO_TARGET),
            file => raw.join(file),
        })
        .args(pair.params);
    let line = process::printed(&mut command).unwrap_or_default();
    own_figures(&line).ok_or_else(|| {
        Error::Stopped(format!(
            "cannot measure `{}`: `{}` printed {line:?}",
            pair.ours,
            process::shown(&command)
        ))
    })
}

fn own_figures(line: &str) -> Option<Figures> {
    let report: Value = serde_json::from_str(line.trim()).ok()?;
    let number = |key: &str| report.get(key)?.as_f64();
    Some(Figures {
        secs: number("fit_seconds")? + number("predict_seconds")?,
        score: number("score")?,
        memory: number("peak_extra_over_data"),
    })
}

fn script_words(script: &str, data: &str, pair: &Pair, size: &str) -> Vec<String> {
    let variant = format!("{}_{size}", pair.ours);
    let words = [
        script,
        "--data",
        data,
        "--cap",
        PEER_CAP_SECS,
        "--only",
        &variant,
    ];
    words.map(str::to_owned).to_vec()
}

fn lightgbm_words(data: &str, n_rows: &str) -> Vec<String> {
    let source = Path::new(data).join("train.parquet");
    let source = source.to_string_lossy();
    ["-c", LIGHTGBM, &source, n_rows]
        .map(str::to_owned)
        .to_vec()
}

/// `None` when the peer is not installed or hit its cap.
fn peer_once(python: &str, pair: &Pair, command: &mut Command) -> Result<Option<Figures>> {
    let line = process::printed(command).ok_or_else(|| {
        Error::Stopped(format!(
            "cannot measure the peer of `{}`: `{python}` does not start\nhint: give the Python of the environment that \
             holds the peers",
            pair.ours,
        ))
    })?;
    Ok(peer_figures(&line, pair.score))
}

fn peer_figures(line: &str, score: &str) -> Option<Figures> {
    let report: Value = serde_json::from_str(line.trim()).ok()?;
    let result = report.pointer("/results/0")?;
    Some(Figures {
        secs: result.get("seconds")?.as_f64()?,
        score: result.get(score)?.as_f64()?,
        memory: None,
    })
}

fn line(pair: &Pair, size: &str, ours: &[Figures], peers: &[Figures]) -> String {
    let middle = |figures: &[Figures], of: fn(&Figures) -> f64| {
        median(&figures.iter().map(of).collect::<Vec<_>>()).unwrap_or(f64::NAN)
    };
    let (own, peer) = (
        middle(ours, |figures| figures.secs),
        middle(peers, |figures| figures.secs),
    );
    let memory = ours.iter().filter_map(|figures| figures.memory);
    format!(
        "{:<22}{size:>6}{own:>10.3}{peer:>10.3}{:>8.2}{:>10.4}{:>10.4}{:>9.2}",
        pair.ours,
        own / peer,
        middle(ours, |figures| figures.score),
        middle(peers, |figures| figures.score),
        memory.fold(f64::NAN, f64::max),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_both_sides_are_read_and_what_is_unfinished_is_not() {
        let own =
            r#"{"fit_seconds":1.5,"predict_seconds":0.5,"score":0.9,"peak_extra_over_data":0.25}"#;
        let expected = Figures {
            secs: 2.0,
            score: 0.9,
            memory: Some(0.25),
        };
        assert_eq!(own_figures(own), Some(expected));
        assert_eq!(own_figures("give ALGORITHM"), None);
        let peer =
            r#"{"workload":"train","results":[{"variant":"ridge_100k","seconds":4.0,"r2":0.8}]}"#;
        let expected = Figures {
            secs: 4.0,
            score: 0.8,
            memory: None,
        };
        assert_eq!(peer_figures(peer, "r2"), Some(expected));
        assert_eq!(peer_figures(peer, "accuracy"), None);
        let capped = r#"{"workload":"train","results":[{"variant":"x","capped_at_seconds":180}]}"#;
        assert_eq!(peer_figures(capped, "r2"), None);
        let one = |secs, score, memory| Figures {
            secs,
            score,
            memory,
        };
        let line = line(
            &PAIRS[1],
            "1m",
            &[one(1.0, 0.9, Some(0.1)), one(3.0, 0.9, Some(0.3))],
            &[one(4.0, 0.8, None)],
        );
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(
            words,
            [
                "ridge", "1m", "2.000", "4.000", "0.50", "0.9000", "0.8000", "0.30"
            ]
        );
    }
}
