//! Logging to a server: `assay serve` beside `mlflow server` on SQLite, under the same clients.

mod load;

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use self::load::Figures;
use super::connection::Connection;
use super::median;
use super::server::{Server, new_lab};
use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "[--peers PYTHON SCRIPT]   PYTHON has mlflow, SCRIPT logs with its client";

const CLIENTS: usize = 8;
const MANY_CLIENTS: usize = 64;
const STARTS: usize = 5;
/// What the script calls logging many runs of 1,000 points through its own client and server.
const PEER_VARIANT: &str = "http_many_runs";

/// How much is asked of a server.
struct Amount {
    batches_each: usize,
    calls_each: usize,
    calls_of_many: usize,
}

const OURS: Amount = Amount {
    batches_each: 250,
    calls_each: 10_000,
    calls_of_many: 1_000,
};
/// It takes as long.
const PEERS: Amount = Amount {
    batches_each: 5,
    calls_each: 40,
    calls_of_many: 5,
};

/// One column of the table.
struct Measured {
    batches: Figures,
    calls: Figures,
    many: Figures,
    start_ms: f64,
    idle_mib: f64,
    peak_mib: f64,
    bytes_per_point: f64,
}

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let peers = match *words {
        [] => None,
        ["--peers", python, script] => Some((python, script)),
        _ => {
            return Err(Error::Usage(format!(
                "cannot measure the tracking: it takes {USAGE}"
            )));
        }
    };
    setup::run(places, Scope::Core)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--bin", "assay"]))?;
    let program = places.executable("release", "assay");
    let folder = places
        .target
        .join(format!("bench-tracking-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(at("make", &folder))?;
    let outcome = measure(&program, &folder, peers);
    fs::remove_dir_all(&folder).map_err(at("remove", &folder))?;
    outcome
}

fn measure(program: &Path, folder: &Path, peers: Option<(&str, &str)>) -> Result<()> {
    let stopped =
        |error: io::Error| Error::Stopped(format!("cannot measure the tracking: {error}"));
    let ours = of_assay(program, folder).map_err(stopped)?;
    let theirs = match peers {
        Some((python, _)) => Some(of_mlflow(python, folder).map_err(stopped)?),
        None => None,
    };
    print_table(&ours, theirs.as_ref());
    if let Some((python, script)) = peers {
        let line = process::printed(Command::new(python).args([
            script,
            "--scale",
            "0.2",
            "--only",
            PEER_VARIANT,
        ]));
        let rate = line.and_then(|line| {
            serde_json::from_str::<Value>(line.trim())
                .ok()?
                .pointer("/results/0/points_per_second")?
                .as_f64()
        });
        if let Some(rate) = rate {
            println!("mlflow's own client, one at a time: {rate:.0} points/s");
        }
    }
    Ok(())
}

fn of_assay(program: &Path, folder: &Path) -> io::Result<Measured> {
    let lab = new_lab(program, folder.join("lab"))?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::assay(program, &lab)?.ready_after.as_secs_f64() * 1e3);
    }
    let empty_bytes = fs::metadata(lab.join("lab.db"))?.len();
    let server = Server::assay(program, &lab)?;
    let idle_mib = server.memory_mib().map_or(f64::NAN, |(now, _)| now);
    let batches = load::batches(&server.address, CLIENTS, OURS.batches_each)?;
    let peak_mib = server.memory_mib().map_or(f64::NAN, |(_, peak)| peak);
    drop(server);
    // The last one to close a lab folds the log of changes into its database.
    let bytes = fs::metadata(lab.join("lab.db"))?.len() - empty_bytes;
    let server = Server::assay(program, &lab)?;
    let calls = load::single_points(&server.address, CLIENTS, OURS.calls_each)?;
    let many = load::single_points(&server.address, MANY_CLIENTS, OURS.calls_of_many)?;
    let peak_mib = server
        .memory_mib()
        .map_or(f64::NAN, |(_, peak)| peak.max(peak_mib));
    println!(
        "1,000,000 points of one run as a chart of 2,000 buckets: {:.1} ms",
        chart_ms(&server.address)?
    );
    Ok(Measured {
        bytes_per_point: bytes as f64 / batches.n_points as f64,
        batches,
        calls,
        many,
        start_ms: median(&starts).unwrap_or(f64::NAN),
        idle_mib,
        peak_mib,
    })
}

/// The median of some charts of a curve of a million points.
fn chart_ms(address: &str) -> io::Result<f64> {
    let curve = load::batches(address, 1, 1_000)?;
    let order = format!(
        r#"{{"chart": "metric_history", "runs": ["{}"], "metric": "loss"}}"#,
        curve.runs.join("")
    );
    let mut connection = Connection::open(address)?;
    let mut elapsed_ms = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        connection.post("/rpc/charts.spec", order.as_bytes())?;
        elapsed_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(median(&elapsed_ms).unwrap_or(f64::NAN))
}

fn of_mlflow(python: &str, folder: &Path) -> io::Result<Measured> {
    let home = folder.join("mlflow");
    fs::create_dir_all(&home)?;
    // The first start makes the tables.
    drop(Server::mlflow(python, &home)?);
    let database = home.join("mlflow.db");
    let empty_bytes = fs::metadata(&database)?.len();
    let server = Server::mlflow(python, &home)?;
    let idle_mib = server.memory_mib().map_or(f64::NAN, |(now, _)| now);
    let batches = load::batches(&server.address, CLIENTS, PEERS.batches_each)?;
    let bytes = fs::metadata(&database)?.len() - empty_bytes;
    let calls = load::single_points(&server.address, CLIENTS, PEERS.calls_each)?;
    let many = load::single_points(&server.address, MANY_CLIENTS, PEERS.calls_of_many)?;
    Ok(Measured {
        bytes_per_point: bytes as f64 / batches.n_points as f64,
        batches,
        calls,
        many,
        start_ms: server.ready_after.as_secs_f64() * 1e3,
        idle_mib,
        peak_mib: server.memory_mib().map_or(f64::NAN, |(_, peak)| peak),
    })
}

fn print_table(ours: &Measured, theirs: Option<&Measured>) {
    /// What is shown, whether more of it is better, and where it is found.
    type Line = (&'static str, bool, fn(&Measured) -> f64);
    let lines: [Line; 13] = [
        ("log-batch of 1,000, 8 clients: points/s", true, |m| {
            m.batches.points_per_sec()
        }),
        ("  p50 ms", false, |m| m.batches.latency_ms(0.5)),
        ("  p95 ms", false, |m| m.batches.latency_ms(0.95)),
        ("log-metric, 8 clients: calls/s", true, |m| {
            m.calls.points_per_sec()
        }),
        ("  p50 ms", false, |m| m.calls.latency_ms(0.5)),
        ("  p95 ms", false, |m| m.calls.latency_ms(0.95)),
        ("log-metric, 64 clients: calls/s", true, |m| {
            m.many.points_per_sec()
        }),
        ("  p50 ms", false, |m| m.many.latency_ms(0.5)),
        ("  p95 ms", false, |m| m.many.latency_ms(0.95)),
        ("ready after ms", false, |m| m.start_ms),
        ("memory idle MiB", false, |m| m.idle_mib),
        ("memory at most MiB", false, |m| m.peak_mib),
        ("bytes per point", false, |m| m.bytes_per_point),
    ];
    println!(
        "{:<42}{:>12}{:>12}{:>10}",
        "", "assay", "mlflow", "better by"
    );
    for (name, more_is_better, value) in lines {
        let our = value(ours);
        match theirs.map(value) {
            None => println!("{name:<42}{our:>12.2}"),
            Some(their) => {
                let ratio = if more_is_better {
                    our / their
                } else {
                    their / our
                };
                println!("{name:<42}{our:>12.2}{their:>12.2}{ratio:>9.1}x");
            }
        }
    }
}
