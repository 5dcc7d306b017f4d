//! Searching runs: the MLflow API of `assay serve` and a fresh process of the command line, beside MLflow's own server.
//!
//! Milliseconds of the whole answer over loopback. The peers' script measures MLflow's client, whose reading of the
//! answer is in its numbers; [`OUR_CLIENT`] measures the same client against ours.

use std::process::Command;
use std::time::Instant;

use serde_json::{Value, json};

use super::connection::{Connection, TOKEN};
use super::filled::{self, Filled};
use super::median;
use super::server::Server;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::process;

pub const USAGE: &str = "[--peers PYTHON SCRIPT]   PYTHON has mlflow, SCRIPT is tracking_search.py";

const SIZES: [u32; 2] = [10_000, 100_000];
const POINTS: u32 = 1_000_000;
const FILTER: &str = "metrics.m3 > 0.5 and params.p2 = 'v7'";
const WIDE_FILTER: &str = "metrics.m3 > 0.1";
const ORDER: &str = "metrics.m1 DESC";
const PAGE: u32 = 100;
/// The narrow filter finds just so many pages among 100,000 runs.
const LATE_PAGE: u32 = 49;
const ROUNDS: usize = 41;
const COLD_ROUNDS: usize = 7;
const OUR_CLIENT: &str = include_str!("search/client.py");

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let peers = match *words {
        [] => None,
        ["--peers", python, script] => Some((python, script)),
        _ => {
            return Err(Error::Usage(format!(
                "cannot measure searches: it takes {USAGE}"
            )));
        }
    };
    filled::build(places)?;
    for n_runs in SIZES {
        let lab = Filled::new(places, "search", n_runs, POINTS)?;
        println!("\n{n_runs} runs, 10 metrics and 10 parameters each, the best {PAGE} by a metric");
        measure(places, &lab, peers.map(|(python, _)| python))?;
    }
    if let Some((python, script)) = peers {
        let [n_runs, _] = SIZES;
        println!("\n{n_runs} runs in MLflow");
        let mut command = Command::new(python);
        command.arg(script).args(["--only", "http", "store"]);
        println!("{}", process::printed(&mut command).unwrap_or_default());
    }
    Ok(())
}

fn measure(places: &Places, lab: &Filled, python: Option<&str>) -> Result<()> {
    let mut cold = Vec::new();
    for _ in 0..COLD_ROUNDS {
        let begun = Instant::now();
        let listed = process::printed(lab.assay().args(["--json", "runs", "list"]).args([
            "--filter",
            FILTER,
            "--order-by",
            "metrics.m1",
            "--limit",
            "100",
        ]));
        cold.push(begun.elapsed().as_secs_f64() * 1_000.0);
        if !listed.is_some_and(|text| text.contains("\"run_id\"")) {
            return Err(Error::Stopped(
                "cannot measure a cold process: `assay runs list` printed no runs".to_owned(),
            ));
        }
    }
    line("a process of its own", &cold);
    let failed = |error| Error::Stopped(format!("cannot measure searches: {error}"));
    let program = places.executable("release", "assay");
    let server = Server::assay(&program, &lab.folder).map_err(failed)?;
    line(
        "a server until it answers",
        &[server.ready_after.as_secs_f64() * 1_000.0],
    );
    let mut connection = Connection::open(&server.address).map_err(failed)?;
    line(
        "first question of a server",
        &[asked(&mut connection, FILTER, None)?.0],
    );
    for (name, filter) in [("two conditions", FILTER), ("one condition", WIDE_FILTER)] {
        line(
            &format!("{name}, first page"),
            &many(&mut connection, filter, None)?,
        );
        let mut token = None;
        for _ in 0..LATE_PAGE {
            match asked(&mut connection, filter, token.as_deref())?.1 {
                Some(next) => token = Some(next),
                None => break,
            }
        }
        line(
            &format!("{name}, last or 50th page"),
            &many(&mut connection, filter, token.as_deref())?,
        );
    }
    if let Some(python) = python {
        let address = format!("http://{}", server.address);
        let mut command = Command::new(python);
        command.env("MLFLOW_TRACKING_TOKEN", TOKEN).args([
            "-c",
            OUR_CLIENT,
            &address,
            FILTER,
            WIDE_FILTER,
            ORDER,
        ]);
        print!("{}", process::printed(&mut command).unwrap_or_default());
    }
    if let Some((_, peak)) = server.memory_mib() {
        println!("{:<34}{peak:>10.1} MiB", "most memory of the server");
    }
    Ok(())
}

fn many(connection: &mut Connection, filter: &str, token: Option<&str>) -> Result<Vec<f64>> {
    (0..ROUNDS)
        .map(|_| Ok(asked(connection, filter, token)?.0))
        .collect()
}

/// Milliseconds, and the token of the next page.
fn asked(
    connection: &mut Connection,
    filter: &str,
    token: Option<&str>,
) -> Result<(f64, Option<String>)> {
    let question = json!({
        "experiment_ids": ["0"],
        "filter": filter,
        "order_by": [ORDER],
        "max_results": PAGE,
        "page_token": token.unwrap_or_default(),
    });
    let begun = Instant::now();
    let answer = connection
        .post(
            "/api/2.0/mlflow/runs/search",
            question.to_string().as_bytes(),
        )
        .map_err(|error| Error::Stopped(format!("cannot measure searches: {error}")))?;
    let millis = begun.elapsed().as_secs_f64() * 1_000.0;
    let answer: Value = serde_json::from_slice(answer)
        .map_err(|error| Error::Stopped(format!("cannot read an answer: {error}")))?;
    if answer.get("runs").and_then(Value::as_array).is_none() {
        return Err(Error::Stopped(format!(
            "cannot measure searches: no runs came back: {answer}"
        )));
    }
    let next = answer.get("next_page_token").and_then(Value::as_str);
    Ok((millis, next.map(str::to_owned)))
}

fn line(name: &str, millis: &[f64]) {
    let mut sorted = millis.to_vec();
    sorted.sort_by(f64::total_cmp);
    let p95 = sorted
        .get((sorted.len() * 95 / 100).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN);
    println!(
        "{name:<34}{:>10.2} ms{p95:>12.2} ms p95",
        median(millis).unwrap_or(f64::NAN)
    );
}
