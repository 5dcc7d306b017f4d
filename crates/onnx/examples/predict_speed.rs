//! How long a session takes for one row and for many, in this process. `cargo xtask bench serve` runs it beside Python.
//!
//! `predict_speed LIBRARY MODEL.onnx COLUMNS.f64 N_COLUMNS CLASS,CLASS`: the file holds the columns `f00`, `f01` and so
//! on one after another, in little-endian f64.

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use assay_core::Columns;
use assay_core::matrix::{RawColumn, RawValues};
use assay_onnx::Runtime;

const SINGLE_ROWS: usize = 5_000;
const ROUNDS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [library, model, columns, n_columns, classes] = words.as_slice() else {
        return Err("it takes LIBRARY MODEL.onnx COLUMNS.f64 N_COLUMNS CLASS,CLASS".into());
    };
    let runtime = Runtime::load(Path::new(library))?;
    let bytes = std::fs::read(model)?;
    let classes: Vec<String> = classes.split(',').map(str::to_owned).collect();
    let columns = read(Path::new(columns), n_columns.parse()?)?;

    let single = runtime.session(&bytes)?;
    let mut latencies_us = Vec::new();
    for row in 0..SINGLE_ROWS.min(columns.n_rows) {
        let record = columns.slice(row..row + 1);
        let started = Instant::now();
        single.predict(&record, &classes)?;
        latencies_us.push(started.elapsed().as_secs_f64() * 1e6);
    }
    latencies_us.sort_by(f64::total_cmp);
    let at = |share: f64| latencies_us[(latencies_us.len() as f64 * share) as usize];

    let n_threads = std::thread::available_parallelism()?.get();
    let many = runtime.session_for_many(&bytes, n_threads)?;
    let whole = runtime.session_with_threads(&bytes, n_threads)?;
    let seconds = |session: &assay_onnx::Session| -> Result<f64, Box<dyn Error>> {
        let mut all = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            session.predict(&columns, &classes)?;
            all.push(started.elapsed().as_secs_f64());
        }
        all.sort_by(f64::total_cmp);
        Ok(all[ROUNDS / 2])
    };
    println!(
        "{{\"single_p50_us\": {:.2}, \"single_p99_us\": {:.2}, \"batch_secs\": {:.3}, \"batch_secs_of_onnxruntime\": {:.3}, \"rows\": {}, \"walks_trees\": {}}}",
        at(0.5),
        at(0.99),
        seconds(&many)?,
        seconds(&whole)?,
        columns.n_rows,
        many.walks_trees()
    );
    Ok(())
}

fn read(path: &Path, n_columns: usize) -> Result<Columns, Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let (numbers, _) = bytes.as_chunks::<8>();
    let n_rows = numbers.len() / n_columns.max(1);
    let columns = numbers
        .chunks(n_rows.max(1))
        .enumerate()
        .map(|(number, column)| RawColumn {
            name: format!("f{number:02}"),
            values: RawValues::Numbers(column.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        })
        .collect();
    Ok(Columns { n_rows, columns })
}
