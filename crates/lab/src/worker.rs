//! The worker: one job in a process of its own.
//!
//! The host starts `EXECUTABLE worker`, writes one [`Order`] as a line to its stdin and keeps that pipe open; the
//! worker answers with JSON lines ([`Answer`]) on stdout. Invariant: when the pipe closes the worker ends, so no
//! worker outlives the application that started it.

use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use assay_core::code::Failure;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::task::{Progress, Task, TaskEvent};
use assay_core::{JobId, ReplayId, RunId};
use serde::{Deserialize, Serialize};

use crate::environment::Environment;
use crate::{Error, Lab, processes};

/// What a worker is told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    pub lab: PathBuf,
    /// Who asked; named in the audit log.
    pub actor: String,
    /// The folder in which it was asked, for the git state.
    pub folder: PathBuf,
    pub job_id: JobId,
    pub spec: JobSpec,
    /// The id of the run, when the job trains.
    pub run_id: RunId,
    /// The id of the replay, when the job replays.
    pub replay_id: ReplayId,
    /// Threads that it may keep busy; its environment says the same to the pools.
    pub n_threads: Option<usize>,
    /// Bytes of memory that it may hold; `None`: as many as there are.
    pub memory_bytes: Option<u64>,
    /// Whether it stands back behind a window that has to stay smooth.
    pub is_behind: bool,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Answer {
    Step(Progress),
    Warning { text: String },
    Done { outcome: JobOutcome },
    Failed { failure: Failure },
}

/// The whole life of a worker. Gives the exit status.
pub fn main() -> u8 {
    let mut line = String::new();
    if std::io::stdin().lock().read_line(&mut line).unwrap_or(0) == 0 {
        eprintln!("a worker is started by Assay itself, with its order on stdin");
        return 2;
    }
    let order: Order = match serde_json::from_str(&line) {
        Ok(order) => order,
        Err(error) => {
            eprintln!("the order cannot be read: {error}");
            return 2;
        }
    };
    if order.is_behind {
        processes::step_back();
    }
    if let Some(bytes) = order.memory_bytes {
        processes::limit_memory(bytes);
    }
    std::thread::spawn(|| {
        // Nothing more is ever written to the pipe: whatever ends this read means that the host is gone.
        let mut rest = String::new();
        let _ = std::io::stdin().lock().read_line(&mut rest);
        std::process::exit(1);
    });
    let output = Arc::new(Mutex::new(std::io::stdout()));
    let say = {
        let output = Arc::clone(&output);
        move |answer: &Answer| {
            let mut stream = output.lock().unwrap_or_else(PoisonError::into_inner);
            if let Ok(text) = serde_json::to_string(answer) {
                let _ = writeln!(stream, "{text}");
                let _ = stream.flush();
            }
        }
    };
    let task = {
        let say = say.clone();
        Task::new(move |event| match event {
            TaskEvent::Step(progress) => say(&Answer::Step(progress.clone())),
            // training writes its curves to the run itself
            TaskEvent::Metric(_) => {}
            TaskEvent::Warning { text } => say(&Answer::Warning { text: text.clone() }),
        })
    };
    let result = catch_unwind(AssertUnwindSafe(|| work(&order, &task)));
    let (answer, status) = match result {
        Ok(Ok(outcome)) => (Answer::Done { outcome }, 0),
        Ok(Err(error)) => (
            Answer::Failed {
                failure: error.failure(),
            },
            error.code().exit_status(),
        ),
        Err(panic) => (
            Answer::Failed {
                failure: Failure::of_panic(order.spec.kind(), panic.as_ref()),
            },
            1,
        ),
    };
    say(&answer);
    status
}

/// The work itself, in whatever process it runs.
pub fn work(order: &Order, task: &Task) -> Result<JobOutcome, Error> {
    let mut environment = Environment::system(&order.actor)
        .map_err(|error| Error::new("start the job", crate::Cause::io(&order.folder, error)))?;
    environment.folder.clone_from(&order.folder);
    let lab = Lab::open(&order.lab, environment)?;
    match &order.spec {
        JobSpec::Import(spec) => lab.import(spec, task).map(JobOutcome::Dataset),
        JobSpec::Train(spec) => {
            lab.train(spec, &order.run_id, task)?;
            Ok(JobOutcome::Run {
                run_id: order.run_id.clone(),
            })
        }
        JobSpec::Replay(spec) => {
            let report = lab.replay(spec, &order.replay_id, task)?;
            lab.send_alerts(&report, task)?;
            Ok(JobOutcome::Replay {
                replay_id: order.replay_id.clone(),
            })
        }
        JobSpec::Diff(request) => lab.diff_versions(request, task).map(|_| JobOutcome::Diff),
        JobSpec::Export(request) => lab
            .export_dataset(request, &order.job_id, task)
            .map(JobOutcome::Export),
        JobSpec::Reproduce { run_id } => lab.reproduce(run_id, task).map(JobOutcome::Reproduction),
        JobSpec::ImportRuns(spec) => lab.import_runs(spec, task).map(JobOutcome::RunsImported),
        JobSpec::ExportRuns(spec) => lab.export_runs(spec, task).map(JobOutcome::RunsExported),
        JobSpec::Predict(spec) => lab
            .predict_file(spec, &order.job_id, task)
            .map(JobOutcome::Predicted),
        JobSpec::Shrink(spec) => lab
            .shrink(spec, task)
            .map(|made| JobOutcome::Shrunk(Box::new(made))),
        JobSpec::ImportModel(spec) => lab
            .import_model(spec, task)
            .map(|version| JobOutcome::Model(Box::new(version))),
        JobSpec::DiffModels(request) => lab
            .diff_models(request, task)
            .map(|_| JobOutcome::ModelDiff),
        JobSpec::Demo => lab.demo(task).map(|_| JobOutcome::Demo),
    }
}
