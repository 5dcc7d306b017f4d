//! Jobs on the command line: progress on stderr, Ctrl-C ends the job at once.

use std::cell::RefCell;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assay_core::job::{Job, JobSpec};
use assay_lab::{Error, Lab};
use indicatif::{ProgressBar, ProgressStyle};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Runs a job to its end, showing where it is when stderr is a terminal, and its warnings always.
pub fn run(lab: &Lab, spec: JobSpec) -> Result<Job, Error> {
    // Set once; a second job of the same call keeps the first handler.
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    let bar = std::io::stderr().is_terminal().then(bar);
    let n_warnings = RefCell::new(0);
    let watch = |job: &Job| {
        if INTERRUPTED.load(Ordering::Relaxed) && !job.state.is_over() {
            let _ = lab.cancel_job(&job.job_id);
        }
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
    let result = lab.run_job(spec, &watch);
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    result
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
