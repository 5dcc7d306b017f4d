//! Fills a new lab with runs, for measuring how they are searched: `fill_runs LAB N` makes N runs with ten parameters
//! and ten metrics each, and one metric of a million points of one of them when a third word gives their number.
//!
//! Straight into the tables, for filling is not what is measured.

use std::error::Error;
use std::path::Path;

use assay_core::RunId;
use assay_store::{Act, MetricPoint, Store};
use rusqlite::{Connection, params};

const STARTED_MS: i64 = 1_700_000_000_000;
const BATCH: usize = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (lab, n_runs, n_points) = match words.as_slice() {
        [lab, n_runs] => (lab, n_runs.parse()?, 0_usize),
        [lab, n_runs, n_points] => (lab, n_runs.parse()?, n_points.parse()?),
        _ => return Err("it takes a folder, a number of runs, and a number of points".into()),
    };
    let act = Act {
        actor: "fill_runs",
        at_ms: STARTED_MS,
    };
    let store = Store::create(Path::new(lab), env!("CARGO_PKG_VERSION"), act)?;
    fill(&Path::new(lab).join("lab.db"), n_runs)?;
    for batch in 0..n_points.div_ceil(BATCH) {
        let steps = batch * BATCH..n_points.min((batch + 1) * BATCH);
        let points: Vec<MetricPoint> = steps
            .map(|step| MetricPoint {
                key: "loss".to_owned(),
                value: 1.0 / (step + 1) as f64,
                step: step as i64,
                at_ms: STARTED_MS + step as i64,
            })
            .collect();
        store.log_batch(&RunId::new(run_id(0)), &points, &[], &[], STARTED_MS)?;
    }
    Ok(())
}

fn fill(database: &Path, n_runs: u64) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(database)?;
    let change = connection.transaction()?;
    {
        let mut runs = change.prepare(
            "INSERT INTO runs (id, run_id, experiment_id, name, user, status, started_ms, ended_ms, is_tracked)
             VALUES (?1, ?2, 0, ?3, 'user', 'finished', ?4, ?5, 1)",
        )?;
        let mut run_params =
            change.prepare("INSERT INTO run_params (run, key, value) VALUES (?1, ?2, ?3)")?;
        let mut run_metrics = change.prepare(
            "INSERT INTO metric_summaries (run, key, last, last_step, min, max, best_step, n, last_ms)
             VALUES (?1, ?2, ?3, 0, ?3, ?3, 0, 1, ?4)",
        )?;
        for run in 0..n_runs {
            let row = run as i64 + 1;
            let started_ms = STARTED_MS + row;
            runs.execute(params![
                row,
                run_id(run),
                format!("run-{run}"),
                started_ms,
                started_ms + 1_000
            ])?;
            for place in 0..10 {
                let bits = mixed(run * 20 + place);
                run_params.execute(params![row, format!("p{place}"), format!("v{}", bits % 10)])?;
                let value = (mixed(run * 20 + 10 + place) >> 11) as f64 / (1_u64 << 53) as f64;
                run_metrics.execute(params![row, format!("m{place}"), value, started_ms])?;
            }
        }
    }
    change.execute(
        "INSERT INTO changes (kind, at_ms) VALUES ('runs', ?1)",
        params![STARTED_MS],
    )?;
    change.execute("DELETE FROM run_changes", [])?;
    change.commit()?;
    Ok(())
}

fn run_id(run: u64) -> String {
    format!("{:016x}{:016x}", mixed(run), mixed(!run))
}

/// SplitMix64: as good as random, and the same every time.
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
