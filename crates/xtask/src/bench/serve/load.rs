//! Clients that ask a model, at a given rate or as fast as they are answered.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::Target;
use crate::bench::connection::Connection;

/// How fast one server answered.
pub struct Figures {
    elapsed: Duration,
    /// In ascending order.
    latencies: Vec<Duration>,
}

impl Figures {
    pub fn n_answers(&self) -> usize {
        self.latencies.len()
    }

    pub fn answers_per_sec(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// `share` between 0 and 1, in milliseconds.
    pub fn latency_ms(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share).ceil() as usize;
        self.latencies
            .get(place.clamp(1, self.latencies.len().max(1)) - 1)
            .map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Requests leave when it is their time, whatever became of those before them; a latency counts from that time on, so
/// that a server which stood still shows it in all the requests that it kept waiting.
pub fn paced(
    address: &str,
    target: &Target<'_>,
    n_connections: usize,
    per_sec: f64,
    length: Duration,
) -> io::Result<Figures> {
    let each = per_sec / n_connections as f64;
    let n_requests = (each * length.as_secs_f64()) as u32;
    from_threads(address, target, n_connections, |number, connection| {
        let began = Instant::now();
        // The connections take turns.
        let offset = Duration::from_secs_f64(number as f64 / per_sec);
        let mut latencies = Vec::new();
        for request in 0..n_requests {
            let due = offset + Duration::from_secs_f64(f64::from(request) / each);
            // A timer that wakes late is not the server's fault; an answer that came after the next request's time is.
            let from = match due.checked_sub(began.elapsed()) {
                Some(early) => {
                    thread::sleep(early);
                    began.elapsed()
                }
                None => due,
            };
            connection.post(target.path, target.body)?;
            latencies.push(began.elapsed() - from);
        }
        Ok(latencies)
    })
}

/// Each connection asks again as soon as it is answered.
pub fn unpaced(
    address: &str,
    target: &Target<'_>,
    n_connections: usize,
    length: Duration,
) -> io::Result<Figures> {
    from_threads(address, target, n_connections, |_, connection| {
        let began = Instant::now();
        let mut latencies = Vec::new();
        while began.elapsed() < length {
            let sent = Instant::now();
            connection.post(target.path, target.body)?;
            latencies.push(sent.elapsed());
        }
        Ok(latencies)
    })
}

fn from_threads(
    address: &str,
    target: &Target<'_>,
    n_connections: usize,
    run: impl Fn(usize, &mut Connection) -> io::Result<Vec<Duration>> + Sync,
) -> io::Result<Figures> {
    // The first request loads the model.
    Connection::open(address)?.post(target.path, target.body)?;
    let mut connections = (0..n_connections)
        .map(|_| Connection::open(address))
        .collect::<io::Result<Vec<_>>>()?;
    let began = Instant::now();
    let outcome: io::Result<Vec<Vec<Duration>>> = thread::scope(|scope| {
        let threads: Vec<_> = connections
            .iter_mut()
            .enumerate()
            .map(|(number, connection)| {
                scope.spawn({
                    let run = &run;
                    move || run(number, connection)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| match thread.join() {
                Ok(latencies) => latencies,
                Err(_) => Err(io::Error::other("a client failed")),
            })
            .collect()
    });
    let elapsed = began.elapsed();
    let mut latencies: Vec<Duration> = outcome?.into_iter().flatten().collect();
    latencies.sort_unstable();
    Ok(Figures { elapsed, latencies })
}
