//! Importing a large mixed CSV: `assay data import` beside pandas, polars and duckdb.

use std::path::Path;

use super::bench_lab::{self, BenchLab, timed};
use super::beside::Beside;
use crate::error::Result;
use crate::places::Places;

pub const USAGE: &str = "--data DIR [--peers PYTHON SCRIPT]   DIR holds mixed.csv";

const PEERS: &[&str] = &["pandas_pyarrow", "polars", "polars_lazy", "duckdb"];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let beside = Beside::of(words, "the import", USAGE)?;
    bench_lab::build(places)?;
    let file = beside.data.join("mixed.csv");
    beside.measure(PEERS, || import_once(places, &file))
}

/// Seconds of one import into a new lab, the start of the process included.
fn import_once(places: &Places, file: &Path) -> Result<f64> {
    let lab = BenchLab::new(places)?;
    timed(lab.assay(&["data", "import"]).arg(file))
}
