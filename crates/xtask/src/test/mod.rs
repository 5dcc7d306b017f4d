//! `test`: every check there is, one named step after another, up to the first that fails.

mod counts;
mod steps;

use std::fs;
use std::io::{Write as _, stdout};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process;
use counts::Counts;
use steps::{Action, Step};

/// Prints each step as it goes, what a failing step said, a table of times, and last the counts.
pub fn run(places: &Places) -> Result<()> {
    println!("building into {}", places.target.display());
    let logs = places.target.join("test-logs");
    fs::create_dir_all(&logs).map_err(at("create", &logs))?;

    let mut total = Counts::default();
    let mut times = Vec::new();
    let mut failure = None;
    for step in steps::all(places) {
        print!("{:<18}", step.name);
        // A line that cannot be shown yet is shown later.
        let _ = stdout().flush();
        let started = Instant::now();
        let name = step.name;
        let (counts, result) = perform(places, &logs, step);
        let took = started.elapsed();
        times.push((name, took));
        total += counts;
        let verdict = if result.is_ok() { "passed" } else { "failed" };
        println!("{verdict} in {}{}", shown(took), tests(counts));
        if let Err(error) = result {
            failure = Some((name, error));
            break;
        }
    }

    if let Some((name, error)) = &failure {
        // What failed before any test could fail counts as one failure: never "0 failed" for a failed run.
        total.failed = total.failed.max(1);
        println!("\n{name} failed\n{}\n{error}", log_of(&logs, name));
    }
    println!("\n{}", table(&times));
    println!("{total}");
    match failure {
        None => Ok(()),
        Some(_) => Err(Error::TestsFailed),
    }
}

fn perform(places: &Places, logs: &Path, step: Step) -> (Counts, Result<()>) {
    let log = logs.join(file_name(step.name));
    // What an earlier run left must not be read as this run's.
    let _ = fs::remove_file(&log);
    match step.action {
        Action::Own(action) => (Counts::default(), action(places)),
        Action::Check(mut command) => {
            let result = process::run_into(&log, plain(&mut command));
            (Counts::default(), result)
        }
        Action::Tests(mut command, runner) => {
            let result = process::run_into(&log, plain(&mut command));
            let output = fs::read_to_string(&log).unwrap_or_default();
            let counts = counts::read(runner, &output);
            (counts, result.and_then(|()| refuse_none(step.name, counts)))
        }
    }
}

/// A run that found no tests is a failure: it would stay green if the tests were lost.
fn refuse_none(name: &str, counts: Counts) -> Result<()> {
    if counts.passed > 0 {
        return Ok(());
    }
    Err(Error::Stopped(format!(
        "cannot accept the step `{name}`: it ran no test\nhint: look at how its runner finds its tests"
    )))
}

/// Without colours, so that the summaries can be read.
fn plain(command: &mut Command) -> &mut Command {
    command
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("FORCE_COLOR")
}

fn log_of(logs: &Path, name: &str) -> String {
    fs::read(logs.join(file_name(name)))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

fn file_name(step: &str) -> String {
    format!("{}.log", step.replace(' ', "-"))
}

fn tests(counts: Counts) -> String {
    if counts == Counts::default() {
        String::new()
    } else {
        format!(" ({counts})")
    }
}

fn table(times: &[(&str, Duration)]) -> String {
    let total: Duration = times.iter().map(|(_, took)| *took).sum();
    times
        .iter()
        .chain(&[("total", total)])
        .map(|(name, took)| format!("{name:<18}{:>12}\n", shown(*took)))
        .collect()
}

fn shown(took: Duration) -> String {
    let secs = took.as_secs_f64();
    if secs < 60.0 {
        format!("{secs:.1} s")
    } else {
        format!("{} min {:02} s", secs as u64 / 60, secs as u64 % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_durations() {
        for (secs, expected) in [
            (0.04, "0.0 s"),
            (59.94, "59.9 s"),
            (61.0, "1 min 01 s"),
            (3600.0, "60 min 00 s"),
        ] {
            assert_eq!(shown(Duration::from_secs_f64(secs)), expected);
        }
    }

    #[test]
    fn the_table_ends_with_the_total() {
        let times = [
            ("clippy", Duration::from_secs(2)),
            ("rust tests", Duration::from_secs(60)),
        ];
        let text = table(&times);
        assert_eq!(text.lines().count(), 3);
        assert!(
            text.lines().last().unwrap().ends_with("1 min 02 s"),
            "{text}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_step_is_judged_by_its_exit_and_by_its_tests() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("report.sh");
        fs::write(
            &script,
            "echo \"test result: ok. $1 passed; $2 failed\"; exit $3",
        )
        .unwrap();
        for (arguments, counts, passes) in [
            (["4", "0", "0"], (4, 0), true),
            (["4", "1", "1"], (4, 1), false),
            (["0", "0", "0"], (0, 0), false),
        ] {
            let mut command = Command::new("sh");
            command.arg(&script).args(arguments);
            let step = Step {
                name: "rust tests",
                action: Action::Tests(command, counts::Runner::Cargo),
            };
            let (seen, result) = perform(&Places::find(), folder.path(), step);
            assert_eq!((seen.passed, seen.failed), counts);
            assert_eq!(result.is_ok(), passes, "{arguments:?}");
        }
    }
}
