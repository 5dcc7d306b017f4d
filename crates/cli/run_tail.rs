//! `assay runs tail`

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assay_core::run::RunStatus;
use assay_lab::{Error, Lab, RunNews, RunTail};

use crate::output::{Output, bytes, figure};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub struct Tail {
    /// Its id, the beginning of it, or its name
    run: String,
}

impl Tail {
    /// Until the run ends, or somebody presses Ctrl-C. With `--json` a document per line.
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
        let mut tail = RunTail::new(lab, lab.find_run(&self.run)?.run_id);
        loop {
            let mut stdout = std::io::stdout().lock();
            for news in tail.look()? {
                let line = match output.json {
                    true => serde_json::to_string(&news).unwrap_or_default(),
                    false => words(&news),
                };
                // whoever read it has gone, as with `| head`
                if writeln!(stdout, "{line}").is_err() {
                    return Ok(());
                }
            }
            if stdout.flush().is_err() || tail.is_over() || INTERRUPTED.load(Ordering::Relaxed) {
                return Ok(());
            }
            drop(stdout);
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

fn words(news: &RunNews) -> String {
    match news {
        RunNews::Status { status } => match status {
            RunStatus::Running => "running".to_owned(),
            RunStatus::Finished => "finished".to_owned(),
            RunStatus::Failed => "failed".to_owned(),
            RunStatus::Killed => "killed".to_owned(),
        },
        RunNews::Param { key, value } => format!("param {key} = {value}"),
        RunNews::Tag { key, value } => format!("tag {key} = {value}"),
        RunNews::Metric {
            key, value, step, ..
        } => format!("step {step}  {key} = {}", figure(Some(*value))),
        RunNews::Artifact { path, size_bytes } => format!("file {path} ({})", bytes(*size_bytes)),
    }
}
