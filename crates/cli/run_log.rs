//! `assay runs log`: a run from any language, step by step, as JSON lines, or around a command.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Program, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use assay_core::RunId;
use assay_core::run::RunStatus;
use assay_core::tracking::{Batch, LoggedMetric, RunUpdate};
use assay_lab::{Cause, Error, Lab, LineLog, metric_value};

use crate::output::{Output, plural};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long points are kept back at most.
const FLUSH_EVERY: Duration = Duration::from_millis(250);

#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Log {
    #[command(subcommand)]
    step: Option<Step>,
    #[command(flatten)]
    begin: Begin,
    /// Read JSON lines until the end of the input, which ends the run: {"loss": 0.3, "step": 5}
    #[arg(long, required_unless_present = "command")]
    stdin: bool,
    /// A program whose output holds JSON lines; how it ends is how the run ends
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "stdin")]
    command: Vec<String>,
}

#[derive(clap::Subcommand)]
enum Step {
    /// Begin a run and print its id
    Start(Begin),
    /// Log values of metrics
    Metric {
        /// The run's id
        run: String,
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = pair)]
        values: Vec<(String, String)>,
        #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
        step: i64,
        /// Milliseconds since 1970; else now
        #[arg(long, value_name = "MS")]
        timestamp: Option<i64>,
    },
    /// Log parameters; one that is logged does not change
    Param {
        /// The run's id
        run: String,
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = pair)]
        values: Vec<(String, String)>,
    },
    /// Set tags
    Tag {
        /// The run's id
        run: String,
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = pair)]
        values: Vec<(String, String)>,
    },
    /// Keep a file, or all files of a folder
    Artifact {
        /// The run's id
        run: String,
        file: PathBuf,
        /// Its path in the run; else its name
        #[arg(long = "as", value_name = "PATH")]
        path: Option<String>,
    },
    /// End the run
    End {
        /// The run's id
        run: String,
        #[arg(long, value_enum, default_value_t = Status::Finished)]
        status: Status,
    },
}

#[derive(clap::Args)]
struct Begin {
    /// Made when there is none of that name
    #[arg(long, default_value = "Default", value_name = "E")]
    experiment: String,
    #[arg(long, value_name = "N")]
    name: Option<String>,
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    params: Vec<(String, String)>,
    #[arg(long = "tag", value_name = "NAME=VALUE", value_parser = pair)]
    tags: Vec<(String, String)>,
    /// The run that this one is a part of
    #[arg(long, value_name = "RUN")]
    parent: Option<String>,
}

#[derive(clap::ValueEnum, Clone, Copy)]
enum Status {
    Finished,
    Failed,
    Killed,
}

impl Log {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match &self.step {
            Some(step) => step.run(lab, output).map(|()| ExitCode::SUCCESS),
            None if self.command.is_empty() => self.read_stdin(lab, output),
            None => self.run_program(lab, output),
        }
    }

    fn read_stdin(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let run_id = self.begin.begin(lab)?;
        let log = copy_lines(lab, &run_id, std::io::stdin())?;
        ended(log, RunStatus::Finished, output)?;
        Ok(ExitCode::SUCCESS)
    }

    fn run_program(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Ok(ExitCode::SUCCESS);
        };
        let failed = |error| {
            Error::new(
                format!("run `{program}`"),
                Cause::io(Path::new(program), error),
            )
        };
        let mut child = Program::new(program)
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let run_id = self.begin.begin(lab)?;
        let log = match child.stdout.take() {
            Some(stdout) => copy_lines(lab, &run_id, stdout)?,
            None => LineLog::new(lab, run_id),
        };
        let status = child.wait().map_err(failed)?;
        let fate = match status.success() {
            true => RunStatus::Finished,
            false => RunStatus::Failed,
        };
        ended(log, fate, output)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(ExitCode::from(code.unwrap_or(1)))
    }
}

impl Step {
    fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        match self {
            Self::Start(begin) => {
                let run_id = begin.begin(lab)?;
                output.result(&serde_json::json!({ "run_id": run_id }), |_| {
                    run_id.to_string()
                });
            }
            Self::Metric {
                run,
                values,
                step,
                timestamp,
            } => {
                let at_ms = timestamp.unwrap_or_else(|| lab.environment().now_ms());
                let metrics = values
                    .iter()
                    .map(|(key, value)| {
                        Ok(LoggedMetric {
                            key: key.clone(),
                            value: metric_value(key, value)?,
                            step: *step,
                            at_ms,
                        })
                    })
                    .collect::<Result<_, Error>>()?;
                log(
                    (lab, output),
                    run,
                    &Batch {
                        metrics,
                        ..Batch::default()
                    },
                )?;
            }
            Self::Param { run, values } => {
                let params = values.clone();
                log(
                    (lab, output),
                    run,
                    &Batch {
                        params,
                        ..Batch::default()
                    },
                )?;
            }
            Self::Tag { run, values } => {
                let tags = values.clone();
                log(
                    (lab, output),
                    run,
                    &Batch {
                        tags,
                        ..Batch::default()
                    },
                )?;
            }
            Self::Artifact { run, file, path } => {
                let run_id = lab.find_run(run)?.run_id;
                let paths = lab.log_files(&run_id, file, path.as_deref())?;
                output.result(&serde_json::json!({ "paths": paths }), |_| {
                    format!("kept {}", plural(paths.len() as u64, "file"))
                });
            }
            Self::End { run, status } => {
                let run_id = lab.find_run(run)?.run_id;
                let status = Some(match status {
                    Status::Finished => RunStatus::Finished,
                    Status::Failed => RunStatus::Failed,
                    Status::Killed => RunStatus::Killed,
                });
                let update = RunUpdate {
                    status,
                    ..RunUpdate::default()
                };
                lab.update_tracked_run(&run_id, &update)?;
                done(output, &run_id);
            }
        }
        Ok(())
    }
}

impl Begin {
    fn begin(&self, lab: &Lab) -> Result<RunId, Error> {
        let parent = match &self.parent {
            Some(parent) => Some(lab.find_run(parent)?.run_id),
            None => None,
        };
        lab.begin_logged_run(
            &self.experiment,
            self.name.as_deref(),
            parent.as_ref(),
            &self.params,
            &self.tags,
        )
    }
}

fn log((lab, output): (&Lab, Output), run: &str, batch: &Batch) -> Result<(), Error> {
    let run_id = lab.find_run(run)?.run_id;
    lab.log_batch(&run_id, batch)?;
    done(output, &run_id);
    Ok(())
}

/// Steps say nothing to a person, and a script which run they were for.
fn done(output: Output, run_id: &RunId) {
    if output.json {
        output.result(&serde_json::json!({ "run_id": run_id }), |_| String::new());
    }
}

/// Until the end of the stream, or an interruption. Lines that are no JSON objects go on to stdout.
fn copy_lines<'a>(
    lab: &'a Lab,
    run_id: &RunId,
    stream: impl Read + Send + 'static,
) -> Result<LineLog<'a>, Error> {
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    if std::io::stderr().is_terminal() {
        eprintln!("run {run_id}");
    }
    let mut log = LineLog::new(lab, run_id.clone());
    let lines = lines_of(stream);
    loop {
        if INTERRUPTED.load(Ordering::Relaxed) {
            break;
        }
        match lines.recv_timeout(FLUSH_EVERY) {
            Ok(line) => {
                if !log.take(&line)? {
                    let _ = writeln!(std::io::stdout(), "{line}");
                }
            }
            Err(RecvTimeoutError::Timeout) => log.flush()?,
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    log.flush()?;
    if log.n_left_out() > 0 {
        eprintln!(
            "warning: {} left out that {} no number",
            plural(log.n_left_out(), "value"),
            if log.n_left_out() == 1 { "is" } else { "are" }
        );
    }
    Ok(log)
}

/// On a thread of its own, because a program may say nothing for a while.
fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line);
            if sender
                .send(text.trim_end_matches(['\n', '\r']).to_owned())
                .is_err()
            {
                break;
            }
            line.clear();
        }
    });
    receiver
}

fn ended(log: LineLog<'_>, fate: RunStatus, output: Output) -> Result<(), Error> {
    let run = log.end(match INTERRUPTED.load(Ordering::Relaxed) {
        true => RunStatus::Killed,
        false => fate,
    })?;
    output.result(
        &serde_json::json!({ "run_id": run.run_id, "status": run.status }),
        |_| run.run_id.to_string(),
    );
    Ok(())
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or_else(|| "write NAME=VALUE".to_owned())?;
    Ok((key.to_owned(), value.to_owned()))
}
