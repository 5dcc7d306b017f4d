//! Jobs: started, watched, cancelled and remembered. Each runs in a worker process.

mod queue;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use assay_core::code::{Code, Failure};
use assay_core::event::Event;
use assay_core::job::{Job, JobOutcome, JobSpec, JobState};
use assay_core::run::RunStatus;
use assay_core::{JobId, ReplayId, RunId};
use assay_store::FinishedRun;

use crate::datasets::{file_name, forget_export};
use crate::error::{Attempt, Cause};
use crate::processes;
use crate::scoring::forget_predictions;
use crate::worker::{Answer, Order};
use crate::{Error, Lab};
use queue::{Budget, Class};

pub(crate) use queue::Running;

/// Variables by which the pools of threads in a worker learn how many they may have.
const THREAD_POOLS: [&str; 3] = ["RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS"];
/// How often the progress of a running job is written to the lab.
const SAVE_EVERY: Duration = Duration::from_millis(400);

impl Lab {
    /// Accepts a job and returns at once; progress comes as events and stays in the lab.
    pub fn start_job(self: &Arc<Self>, spec: JobSpec) -> Result<JobId, Error> {
        let job = self.accept(spec)?;
        let job_id = job.job_id.clone();
        self.carry_out_behind(job);
        Ok(job_id)
    }

    /// Goes on with the jobs that waited in a process that is gone. For hosts that stay.
    pub(crate) fn adopt_waiting_jobs(self: &Arc<Self>) -> Result<(), Error> {
        if self.view.is_some() {
            return Ok(());
        }
        let waiting = self
            .store
            .adopt_waiting_jobs(
                processes::is_alive,
                std::process::id(),
                self.environment.now_ms(),
            )
            .attempt(|| "go on with the jobs that waited".to_owned())?;
        for job in waiting {
            self.running.queue(job.job_id.clone(), class(&job.spec));
            self.carry_out_behind(job);
        }
        Ok(())
    }

    /// Runs a job to its end and tells every change of it. The job's own failure is the error.
    pub fn run_job(&self, spec: JobSpec, watch: &dyn Fn(&Job)) -> Result<Job, Error> {
        let job = self.accept(spec)?;
        let job = self.carry_out(job, Place::Front, watch)?;
        match job.failure.clone() {
            Some(failure) => Err(failure.into()),
            None => Ok(job),
        }
    }

    /// Ends a job of this process at once.
    pub fn cancel_job(&self, job_id: &JobId) -> Result<(), Error> {
        let attempted = || format!("cancel job {job_id}");
        let mut children = self.running.lock();
        let Some(slot) = children.get_mut(job_id) else {
            drop(children);
            let job = self.store.job(job_id).attempt(attempted)?;
            let wrong = if job.state.is_over() {
                "it is over"
            } else {
                "it belongs to another running Assay"
            };
            return Err(Error::new(attempted(), Cause::said(Code::Conflict, wrong)));
        };
        slot.cancelled = true;
        if let Some(child) = &slot.child {
            let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
            child.kill().map_err(|error| {
                Error::new(attempted(), Cause::io(&self.environment.worker, error))
            })?;
        }
        drop(children);
        self.running.notify();
        Ok(())
    }

    /// Cancels whatever this process runs.
    pub fn cancel_all_jobs(&self) {
        let ids: Vec<JobId> = self.running.lock().keys().cloned().collect();
        for id in ids {
            let _ = self.cancel_job(&id);
        }
    }

    pub fn jobs(&self) -> Result<Vec<Job>, Error> {
        self.store.jobs(200).attempt(|| "list the jobs".to_owned())
    }

    pub fn job(&self, job_id: &JobId) -> Result<Job, Error> {
        self.store
            .job(job_id)
            .attempt(|| format!("show job {job_id}"))
    }

    fn accept(&self, spec: JobSpec) -> Result<Job, Error> {
        let title = self.title(&spec);
        let job = Job {
            job_id: JobId::from_bits(self.environment.id_bits()),
            spec,
            state: JobState::Waiting,
            progress: None,
            warnings: Vec::new(),
            run_id: None,
            outcome: None,
            failure: None,
            created_ms: self.environment.now_ms(),
            started_ms: None,
            ended_ms: None,
            title,
        };
        self.store
            .add_job(&job, std::process::id())
            .attempt(|| job.title.clone())?;
        self.running.queue(job.job_id.clone(), class(&job.spec));
        self.tell(&Event::Job {
            job: Box::new(job.clone()),
        });
        Ok(job)
    }

    fn carry_out_behind(self: &Arc<Self>, job: Job) {
        let lab = Arc::clone(self);
        std::thread::spawn(move || {
            // The outcome is in the lab and was told as an event.
            let _ = lab.carry_out(job, Place::Behind, &|_| {});
        });
    }

    fn carry_out(&self, mut job: Job, place: Place, watch: &dyn Fn(&Job)) -> Result<Job, Error> {
        // A lab whose settings cannot be read still works, and says so where they are shown.
        let settings = self.store.settings().unwrap_or_default().jobs;
        let share = self
            .running
            .wait_for_share(&job.job_id, Budget::of(&settings));
        let order = Order {
            n_threads: share.map(|share| share.n_threads),
            memory_bytes: share.map(|share| share.memory_bytes),
            is_behind: place == Place::Behind,
            lab: self.path().to_owned(),
            actor: self.environment.actor.clone(),
            folder: self.environment.folder.clone(),
            job_id: job.job_id.clone(),
            spec: job.spec.clone(),
            run_id: RunId::from_bits(
                (u128::from(self.environment.id_bits()) << 64)
                    | u128::from(self.environment.id_bits()),
            ),
            replay_id: ReplayId::from_bits(self.environment.id_bits()),
        };
        let ended = if share.is_some() {
            job.state = JobState::Running;
            if matches!(job.spec, JobSpec::Train(_)) {
                job.run_id = Some(order.run_id.clone());
            }
            job.started_ms = Some(self.environment.now_ms());
            self.note(&job, watch)?;
            self.drive(&mut job, &order, watch)
        } else {
            Ended::Cancelled
        };
        self.running.lock().remove(&job.job_id);
        self.running.notify();
        job.ended_ms = Some(self.environment.now_ms());
        job.state = match &ended {
            Ended::Answered => {
                if job.failure.is_some() {
                    JobState::Failed
                } else {
                    JobState::Done
                }
            }
            Ended::Cancelled => {
                job.failure = Some(Failure {
                    code: Code::Cancelled,
                    attempted: job.title.clone(),
                    wrong: "it was cancelled".to_owned(),
                    hint: None,
                });
                JobState::Cancelled
            }
            Ended::Died(how) => {
                job.failure = Some(Failure {
                    code: Code::Io,
                    attempted: job.title.clone(),
                    wrong: format!("its process ended without an answer: {how}"),
                    hint: Some(death_hint(&order)),
                });
                JobState::Failed
            }
        };
        // A worker that panicked answers too, and leaves its run open; a run that ended already stays as it is.
        if job.state != JobState::Done && matches!(job.spec, JobSpec::Train(_)) {
            self.abandon_run(&order.run_id, job.failure.clone());
        }
        if job.state != JobState::Done {
            forget_unfinished(&job);
        }
        self.note(&job, watch)?;
        Ok(job)
    }

    /// Starts the worker and listens to it until it ends.
    fn drive(&self, job: &mut Job, order: &Order, watch: &dyn Fn(&Job)) -> Ended {
        let mut child = match self.spawn(order) {
            Ok(child) => child,
            Err(error) => return Ended::Died(format!("it could not be started: {error}")),
        };
        let (stdout, stderr, stdin) =
            (child.stdout.take(), child.stderr.take(), child.stdin.take());
        let child = Arc::new(Mutex::new(child));
        let cancelled_before = {
            let mut children = self.running.lock();
            let slot = children.entry(job.job_id.clone()).or_default();
            slot.child = Some(Arc::clone(&child));
            slot.cancelled
        };
        if cancelled_before {
            let _ = child.lock().unwrap_or_else(PoisonError::into_inner).kill();
        }
        let complaints = std::thread::spawn(move || last_lines(stderr));
        let mut answered = false;
        let mut saved = Instant::now();
        if let Some(stdout) = stdout {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                match serde_json::from_str(&line) {
                    Ok(Answer::Step(progress)) => job.progress = Some(progress),
                    Ok(Answer::Warning { text }) => job.warnings.push(text),
                    Ok(Answer::Done { outcome }) => {
                        // A report that cannot be read is told of by whoever looks at it.
                        if let JobOutcome::Replay { replay_id } = &outcome
                            && let Ok(report) = self.drift_report(replay_id)
                        {
                            self.tell_alerts(&report.alerts);
                        }
                        job.outcome = Some(outcome);
                        answered = true;
                    }
                    Ok(Answer::Failed { failure }) => {
                        job.failure = Some(failure);
                        answered = true;
                    }
                    Err(_) => continue,
                }
                if answered {
                    break;
                }
                self.tell(&Event::Job {
                    job: Box::new(job.clone()),
                });
                watch(job);
                if saved.elapsed() >= SAVE_EVERY {
                    saved = Instant::now();
                    // Progress that is not saved is told again by the next step.
                    let _ = self.store.update_job(job, self.environment.now_ms());
                }
            }
        }
        drop(stdin);
        let status = child.lock().unwrap_or_else(PoisonError::into_inner).wait();
        let complaint = complaints.join().unwrap_or_default();
        let cancelled = self
            .running
            .lock()
            .get(&job.job_id)
            .is_some_and(|slot| slot.cancelled);
        match status {
            _ if answered => Ended::Answered,
            _ if cancelled => Ended::Cancelled,
            Ok(status) if interrupted(status) => Ended::Cancelled,
            Ok(status) if complaint.is_empty() => Ended::Died(status.to_string()),
            Ok(status) => Ended::Died(format!("{status}; {complaint}")),
            Err(error) => Ended::Died(error.to_string()),
        }
    }

    fn spawn(&self, order: &Order) -> std::io::Result<Child> {
        let mut command = Command::new(&self.environment.worker);
        if let Some(n_threads) = order.n_threads {
            for pool in THREAD_POOLS {
                command.env(pool, n_threads.to_string());
            }
        }
        let mut child = command
            .arg("worker")
            // The names of a backtrace take memory that a worker at its limit lacks; std then waits for itself.
            .env("RUST_BACKTRACE", "0")
            // LightGBM's idle threads would else spin, and with more threads than free cores nothing gets on.
            .env("OMP_WAIT_POLICY", "PASSIVE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(stdin) = child.stdin.as_mut() {
            let line = serde_json::to_string(order).map_err(std::io::Error::other)?;
            writeln!(stdin, "{line}")?;
            stdin.flush()?;
        }
        Ok(child)
    }

    fn note(&self, job: &Job, watch: &dyn Fn(&Job)) -> Result<(), Error> {
        self.store
            .update_job(job, self.environment.now_ms())
            .attempt(|| job.title.clone())?;
        self.tell(&Event::Job {
            job: Box::new(job.clone()),
        });
        watch(job);
        Ok(())
    }

    /// A run whose worker is gone must not look as if it still ran.
    fn abandon_run(&self, run_id: &RunId, failure: Option<Failure>) {
        let now = self.environment.now_ms();
        // The worker may have died before it began the run; then there is nothing to close.
        let end = FinishedRun {
            failure,
            ..FinishedRun::new(RunStatus::Killed, now)
        };
        let _ = self.store.finish_run(run_id, &end);
    }
}

/// Whether a person waits for nothing but this job.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Front,
    /// Beside a window that has to stay smooth.
    Behind,
}

enum Ended {
    Answered,
    Cancelled,
    Died(String),
}

/// Removes the files that a job had on its way when its process was killed.
pub(crate) fn forget_unfinished(job: &Job) {
    match &job.spec {
        JobSpec::Export(request) => forget_export(request, &job.job_id),
        JobSpec::Predict(spec) => forget_predictions(spec, &job.job_id),
        _ => {}
    }
}

fn class(spec: &JobSpec) -> Class {
    match spec {
        JobSpec::Diff(_)
        | JobSpec::Export(_)
        | JobSpec::ExportRuns(_)
        | JobSpec::Predict(_)
        | JobSpec::ImportModel(_)
        | JobSpec::DiffModels(_) => Class::Reading,
        JobSpec::Import(_)
        | JobSpec::Train(_)
        | JobSpec::Reproduce { .. }
        | JobSpec::Replay(_)
        | JobSpec::ImportRuns(_)
        | JobSpec::Shrink(_)
        | JobSpec::Demo => Class::Making,
    }
}

fn death_hint(order: &Order) -> String {
    if matches!(order.spec, JobSpec::ImportModel(_) | JobSpec::DiffModels(_)) {
        return "the file may be damaged or hostile, or need more memory than there is; nothing else was touched".to_owned();
    }
    memory_hint(order)
}

fn memory_hint(order: &Order) -> String {
    let limit = order.memory_bytes.map_or_else(String::new, |bytes| {
        format!(
            " (it was allowed {} MB; `memory_mb` under [jobs] in assay.toml)",
            bytes >> 20
        )
    });
    format!("try again with fewer rows if memory ran out{limit}; nothing else was touched")
}

#[cfg(unix)]
fn interrupted(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    const SIGINT: i32 = 2;
    status.signal() == Some(SIGINT)
}

#[cfg(not(unix))]
fn interrupted(_status: ExitStatus) -> bool {
    false
}

/// The last few lines that a worker complained with, in one.
fn last_lines(stream: Option<impl Read>) -> String {
    let mut text = String::new();
    if let Some(stream) = stream {
        let _ = BufReader::new(stream)
            .take(64 * 1024)
            .read_to_string(&mut text);
    }
    let lines: Vec<&str> = text.lines().rev().take(3).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" ")
}

impl Lab {
    fn title(&self, spec: &JobSpec) -> String {
        match spec {
            JobSpec::Import(spec) => {
                format!(
                    "import {}",
                    spec.path
                        .file_name()
                        .unwrap_or(spec.path.as_os_str())
                        .to_string_lossy()
                )
            }
            JobSpec::Train(spec) => format!("train {} on {}", spec.algorithm_name(), spec.dataset),
            JobSpec::Replay(spec) => {
                let log = spec
                    .logs
                    .first()
                    .and_then(|path| path.file_name())
                    .map(|name| name.to_string_lossy());
                format!(
                    "replay {} against {}",
                    log.unwrap_or_default(),
                    spec.against()
                )
            }
            JobSpec::Diff(request) => format!("compare {} with {}", request.left, request.right),
            JobSpec::Export(request) => {
                format!("export {} to {}", request.dataset, file_name(&request.path))
            }
            JobSpec::Reproduce { run_id } => {
                // A run that is not there fails as a job, with its id in the sentence.
                let found = self.store.run(run_id.as_str()).ok();
                let name = found.map_or_else(|| run_id.to_string(), |run| run.name);
                format!("reproduce {name}")
            }
            JobSpec::ImportRuns(spec) => format!("import the runs of {}", file_name(&spec.path)),
            JobSpec::ExportRuns(spec) => format!("export runs to {}", file_name(&spec.path)),
            JobSpec::Predict(spec) => {
                format!("score {} with {}", file_name(&spec.path), spec.model)
            }
            JobSpec::Shrink(spec) => format!("make {} of {}", spec.to.name(), spec.model),
            JobSpec::ImportModel(spec) => {
                format!("import {} as {}", file_name(&spec.path), spec.name)
            }
            JobSpec::DiffModels(request) => {
                format!("compare {} with {}", request.left, request.right)
            }
            JobSpec::Demo => "the sample lab".to_owned(),
        }
    }
}
