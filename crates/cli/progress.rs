//! Jobs on the command line: progress on stderr, Ctrl-C ends the job at once.

use std::cell::RefCell;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use assay_core::JobId;
use assay_core::job::{Job, JobSpec};
use assay_lab::{Error, Lab};
use indicatif::{ProgressBar, ProgressStyle};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How often it is looked whether somebody pressed Ctrl-C.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs a job to its end, showing where it is when stderr is a terminal, and its warnings always.
pub fn run(lab: &Lab, spec: JobSpec) -> Result<Job, Error> {
    // Set once; a second job of the same call keeps the first handler.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    let bar = std::io::stderr().is_terminal().then(bar);
    let n_warnings = RefCell::new(0);
    let running: Mutex<Option<JobId>> = Mutex::default();
    let watch = |job: &Job| {
        *running.lock().unwrap_or_else(PoisonError::into_inner) =
            (!job.state.is_over()).then(|| job.job_id.clone());
        let mut told = n_warnings.borrow_mut();
        for warning in job.warnings.iter().skip(*told) {
            match &bar {
                Some(bar) => bar.println(format!("warning: {warning}")),
                None => eprintln!("warning: {warning}"),
            }
        }
        *told = job.warnings.len();
        if let (Some(bar), Some(progress)) = (&bar, &job.progress) {
            bar.set_length(progress.total.max(1));
            bar.set_position(progress.done);
            bar.set_message(progress.phase.clone());
        }
    };
    let result = std::thread::scope(|scope| {
        let (over, is_over) = channel::<()>();
        // On a thread of its own, because a job may say nothing for a while.
        scope.spawn(|| cancel_when_interrupted(lab, &running, is_over));
        let result = lab.run_job(spec, &watch);
        drop(over);
        result
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    result
}

/// Until the other end of `is_over` is gone.
fn cancel_when_interrupted(lab: &Lab, running: &Mutex<Option<JobId>>, is_over: Receiver<()>) {
    while is_over.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
        if !INTERRUPTED.load(Ordering::Relaxed) {
            continue;
        }
        let job_id = running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(job_id) = job_id {
            // A job that has just ended cannot be cancelled, and need not be.
            let _ = lab.cancel_job(&job_id);
        }
    }
}

/// Becomes true when somebody presses Ctrl-C.
pub fn until_interrupted() -> &'static AtomicBool {
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    &INTERRUPTED
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new(1);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:24} {percent:>3} % {msg}, {elapsed} ({eta} left)")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
