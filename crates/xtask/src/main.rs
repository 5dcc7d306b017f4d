//! The project's own commands, each doing all of its own set-up: `cargo xtask demo`, `cargo xtask test` and the rest.

mod app;
mod bench;
mod demo;
mod digest;
mod error;
mod gen_types;
mod places;
mod process;
mod setup;
mod test;

use std::process::ExitCode;

use error::{Error, Result};
use places::Places;

const USAGE: &str = "\
usage: cargo xtask <task>

  demo [DIR] [--no-window]   build, run the whole chain on the sample data, open the window on the result
  test                       everything that must pass: formatting, lints, unit, integration, web and window tests
  app                        build the desktop application for release
  gen [--check]              write the web front end's types anew; --check fails when they were not up to date
  bench [NAME ...]           measure beside other tools; without a name, lists what can be measured
  setup                      only put in place what the tasks above need";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Invariant: the counts stay the last line of a test run, because CI reads it.
            if !matches!(error, Error::TestsFailed) {
                eprintln!("{error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    let places = Places::find();
    match words {
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        ["demo", rest @ ..] => demo::run(&places, demo::Options::parse(rest)?),
        ["test"] => test::run(&places),
        ["app"] => app::run(&places),
        ["gen"] => gen_types::write(&places),
        ["gen", "--check"] => gen_types::check(&places),
        ["bench", rest @ ..] => bench::run(&places, rest),
        ["setup"] => {
            setup::run(&places, setup::Scope::Test)?;
            println!(
                "everything is in place; building into {}",
                places.target.display()
            );
            Ok(())
        }
        [task, ..] => Err(Error::Usage(format!(
            "cannot run `{}`: there is no such task, or it takes no such argument",
            if words.len() == 1 {
                (*task).to_owned()
            } else {
                words.join(" ")
            }
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_command_line_shows_the_usage_and_exits_with_2() {
        for words in [&["tests"][..], &["test", "--fast"], &["gen", "--force"]] {
            let error = run(words).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{words:?}");
            assert!(
                error.to_string().contains("usage: cargo xtask"),
                "{words:?}"
            );
        }
    }
}
