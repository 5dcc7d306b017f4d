//! The page of runs in a browser's engine: from an input to the frame that answers it, at a hundred thousand runs.
//!
//! The engine is WebKitGTK's, which the desktop window has on Linux; `ui/bench/runs-page.mjs` drives it and prints the
//! median and the 95th percentile of every interaction.

use std::process::Command;

use super::connection::TOKEN;
use super::filled::{self, Filled};
use super::server::Server;
use crate::error::{Error, Result};
use crate::places::Places;
use crate::process;
use crate::setup::{system, web};

pub const USAGE: &str = "[--runs N] [--chromium]   100,000 runs in WebKitGTK when nothing is said";

const RUNS: u32 = 100_000;
/// Of every interaction.
const ROUNDS: u32 = 20;
const LIMIT_MS: u32 = 100;

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let (n_runs, chromium) = asked(words)?;
    web::install(places)?;
    web::build(places)?;
    filled::build(places)?;
    let lab = Filled::new(places, "runs-page", n_runs, 0)?;
    let server = Server::assay(&places.executable("release", "assay"), &lab.folder)
        .map_err(|error| Error::Stopped(format!("cannot measure the page of runs: {error}")))?;
    println!("\n{n_runs} runs, 10 metrics and 10 parameters each");
    process::run(&mut driver(places, &server.address, chromium))
}

/// How many runs, and whether Chromium is meant.
fn asked(words: &[&str]) -> Result<(u32, bool)> {
    let wrong = || Error::Usage(format!("cannot measure the page of runs: it takes {USAGE}"));
    let (mut n_runs, mut chromium) = (RUNS, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--chromium" => chromium = true,
            "--runs" => {
                let number = words.next().ok_or_else(wrong)?;
                n_runs = number.parse().map_err(|_| wrong())?;
            }
            _ => return Err(wrong()),
        }
    }
    Ok((n_runs, chromium))
}

/// WebKitGTK opens a window, so it gets a display of its own where there is none; Chromium needs none.
fn driver(places: &Places, address: &str, chromium: bool) -> Command {
    let mut command = if chromium || system::has_display() {
        Command::new("node")
    } else {
        let mut wrapped = Command::new("xvfb-run");
        wrapped.args([
            "--auto-servernum",
            "--server-args=-screen 0 1440x900x24",
            "node",
        ]);
        wrapped
    };
    command
        .current_dir(&places.ui)
        .arg("bench/runs-page.mjs")
        .arg(format!("http://{address}/?token={TOKEN}"))
        .args(["--n", &ROUNDS.to_string()])
        .args(["--limit-ms", &LIMIT_MS.to_string()]);
    if chromium {
        command.arg("--chromium");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for() {
        for (words, expected) in [
            (&[][..], Some((100_000, false))),
            (&["--chromium"], Some((100_000, true))),
            (&["--runs", "500", "--chromium"], Some((500, true))),
            (&["--runs"], None),
            (&["--runs", "many"], None),
            (&["100"], None),
        ] {
            assert_eq!(asked(words).ok(), expected, "{words:?}");
        }
    }
}
