//! Clients that log from several threads at once, each to a run of its own, each waiting for its answer.

use std::fmt::Write as _;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::connection::Connection;

const API: &str = "/api/2.0/mlflow";
const BATCH: usize = 1_000;

/// How fast one kind of request was answered.
pub struct Figures {
    /// One of each client.
    pub runs: Vec<String>,
    pub n_points: usize,
    pub elapsed: Duration,
    /// In ascending order.
    latencies: Vec<Duration>,
}

impl Figures {
    pub fn points_per_sec(&self) -> f64 {
        self.n_points as f64 / self.elapsed.as_secs_f64()
    }

    /// `share` between 0 and 1, in milliseconds.
    pub fn latency_ms(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share).ceil() as usize;
        self.latencies
            .get(place.clamp(1, self.latencies.len().max(1)) - 1)
            .map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Every thread sends `n_batches` of 1,000 points.
pub fn batches(address: &str, n_threads: usize, n_batches: usize) -> io::Result<Figures> {
    from_threads(address, n_threads, BATCH, "runs/log-batch", |run_id| {
        (0..n_batches)
            .map(|number| batch(run_id, number * BATCH))
            .collect()
    })
}

/// Every thread sends `n_calls` of one point.
pub fn single_points(address: &str, n_threads: usize, n_calls: usize) -> io::Result<Figures> {
    from_threads(address, n_threads, 1, "runs/log-metric", |run_id| {
        (0..n_calls)
            .map(|step| {
                format!(
                    r#"{{"run_uuid": "{run_id}", "run_id": "{run_id}", {}}}"#,
                    point(step)
                )
            })
            .collect()
    })
}

/// A new run in the default experiment.
fn begin_run(connection: &mut Connection) -> io::Result<String> {
    let answer = connection.post(
        &format!("{API}/runs/create"),
        br#"{"experiment_id": "0", "start_time": 1}"#,
    )?;
    let answer: Value = serde_json::from_slice(answer)?;
    answer
        .pointer("/run/info/run_id")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| io::Error::other("a run without an id"))
}

/// The requests are made before the clock starts.
fn from_threads(
    address: &str,
    n_threads: usize,
    points_each: usize,
    call: &str,
    requests: impl Fn(&str) -> Vec<String> + Sync,
) -> io::Result<Figures> {
    let path = format!("{API}/{call}");
    let mut runs = Vec::new();
    let mut clients = Vec::new();
    for _ in 0..n_threads {
        let mut connection = Connection::open(address)?;
        let run_id = begin_run(&mut connection)?;
        let bodies = requests(&run_id);
        runs.push(run_id);
        clients.push((connection, bodies));
    }
    let started = Instant::now();
    let mut latencies = thread::scope(|scope| {
        let threads: Vec<_> = clients
            .into_iter()
            .map(|(mut connection, bodies)| {
                let path = &path;
                scope.spawn(move || -> io::Result<Vec<Duration>> {
                    bodies
                        .iter()
                        .map(|body| {
                            let sent = Instant::now();
                            connection.post(path, body.as_bytes())?;
                            Ok(sent.elapsed())
                        })
                        .collect()
                })
            })
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            let latencies = thread
                .join()
                .map_err(|_| io::Error::other("a client stopped"))?;
            all.extend(latencies?);
        }
        Ok::<_, io::Error>(all)
    })?;
    let elapsed = started.elapsed();
    latencies.sort_unstable();
    Ok(Figures {
        runs,
        n_points: latencies.len() * points_each,
        elapsed,
        latencies,
    })
}

fn batch(run_id: &str, first: usize) -> String {
    let mut body = format!(r#"{{"run_id": "{run_id}", "metrics": ["#);
    for step in first..first + BATCH {
        let separator = if step == first { "" } else { ", " };
        let _ = write!(body, "{separator}{{{}}}", point(step));
    }
    body.push_str(r#"], "params": [], "tags": []}"#);
    body
}

/// The point that the peers' script logs.
fn point(step: usize) -> String {
    format!(
        r#""key": "loss", "value": {}, "timestamp": {}, "step": {step}"#,
        1.0 / (step as f64 + 1.0),
        1_760_000_000_000 + step,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_json_of_a_thousand_points() {
        let body: Value = serde_json::from_str(&batch("ab", 2_000)).unwrap();
        let metrics = body["metrics"].as_array().unwrap();
        assert_eq!(metrics.len(), BATCH);
        assert_eq!(metrics[999]["step"], 2_999);
        assert_eq!(metrics[0]["value"], 1.0 / 2_001.0);
    }

    #[test]
    fn percentiles() {
        let figures = Figures {
            runs: Vec::new(),
            n_points: 100,
            elapsed: Duration::from_secs(2),
            latencies: (1..=100).map(Duration::from_millis).collect(),
        };
        assert_eq!(figures.latency_ms(0.5), 50.0);
        assert_eq!(figures.latency_ms(0.95), 95.0);
        assert_eq!(figures.latency_ms(1.0), 100.0);
        assert_eq!(figures.points_per_sec(), 50.0);
    }
}
