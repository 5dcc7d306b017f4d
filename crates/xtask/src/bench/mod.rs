//! `bench`: what users would run instead, measured beside Assay on the same machine in the same hour.

mod bench_lab;
mod beside;
mod cancel;
mod connection;
mod drift;
mod filled;
mod import;
mod profile;
mod runs_page;
mod search;
mod serve;
mod server;
mod tracking;
mod train;
mod validate;

use crate::error::{Error, Result};
use crate::places::Places;

struct Bench {
    name: &'static str,
    usage: &'static str,
    run: fn(&Places, &[&str]) -> Result<()>,
}

const BENCHES: &[Bench] = &[
    Bench {
        name: "cancel",
        usage: cancel::USAGE,
        run: cancel::run,
    },
    Bench {
        name: "drift",
        usage: drift::USAGE,
        run: drift::run,
    },
    Bench {
        name: "import",
        usage: import::USAGE,
        run: import::run,
    },
    Bench {
        name: "profile",
        usage: profile::USAGE,
        run: profile::run,
    },
    Bench {
        name: "runs-page",
        usage: runs_page::USAGE,
        run: runs_page::run,
    },
    Bench {
        name: "search",
        usage: search::USAGE,
        run: search::run,
    },
    Bench {
        name: "serve",
        usage: serve::USAGE,
        run: serve::run,
    },
    Bench {
        name: "tracking",
        usage: tracking::USAGE,
        run: tracking::run,
    },
    Bench {
        name: "train",
        usage: train::USAGE,
        run: train::run,
    },
    Bench {
        name: "validate",
        usage: validate::USAGE,
        run: validate::run,
    },
];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    let [name, rest @ ..] = words else {
        println!("{}", list());
        return Ok(());
    };
    match BENCHES.iter().find(|bench| bench.name == *name) {
        Some(bench) => (bench.run)(places, rest),
        None => Err(Error::Usage(format!(
            "cannot measure `{name}`: there is no such bench\n{}",
            list()
        ))),
    }
}

fn list() -> String {
    let lines = BENCHES
        .iter()
        .map(|bench| format!("\n  cargo xtask bench {} {}", bench.name, bench.usage));
    format!("what can be measured:{}", lines.collect::<String>())
}

/// The middle value; the mean of the two middle ones for an even count; `None` for none.
fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len().checked_sub(1)?) / 2)?;
    Some((lower + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        for (values, expected) in [
            (&[][..], None),
            (&[2.0], Some(2.0)),
            (&[3.0, 1.0], Some(2.0)),
            (&[9.0, 1.0, 2.0], Some(2.0)),
        ] {
            assert_eq!(median(values), expected);
        }
    }

    #[test]
    fn an_unknown_bench_names_the_known_ones() {
        let error = run(&Places::find(), &["exports"]).unwrap_err();
        assert!(error.to_string().contains("cargo xtask bench import"));
    }
}
