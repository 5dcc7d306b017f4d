//! Profiling a million mixed rows: `assay data profile` beside ydata-profiling and polars by hand.

use std::fs;

use super::bench_lab::{self, BenchLab, timed};
use super::beside::Beside;
use crate::error::{Result, io as at};
use crate::places::Places;

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.parquet";

/// ydata-profiling needs a Python environment of its own; what the given one lacks is left out.
const PEERS: &[&str] = &["ydata_minimal", "polars"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let beside = Beside::of(words, "the profile", USAGE)?;
    bench_lab::build(places)?;
    let lab = BenchLab::new(places)?;
    lab.import(&beside.data.join("mixed.parquet"), "mixed")?;
    beside.measure(PEERS, || profile_once(&lab))
}

/// Seconds of one profile as JSON, the start of the process and the reading of the stored rows included. The import
/// profiled the rows already, so what it remembered is taken away.
fn profile_once(lab: &BenchLab) -> Result<f64> {
    let cache = lab.folder.join("cache.db");
    if cache.is_file() {
        fs::remove_file(&cache).map_err(at("remove", &cache))?;
    }
    timed(&mut lab.assay(&["--json", "data", "profile", "mixed"]))
}
