//! `assay doctor [--repair]`

use std::process::ExitCode;

use assay_core::lab::DoctorReport;
use assay_lab::{Error, Lab};

use crate::output::{Output, count};

#[derive(clap::Args)]
pub struct Arguments {
    /// Mend what can be mended without losing anything
    #[arg(long)]
    repair: bool,
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let report = lab.doctor(self.repair)?;
        output.result(&report, text);
        Ok(if report.healthy {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn text(report: &DoctorReport) -> String {
    let mut lines = Vec::new();
    for check in &report.checks {
        let verdict = if check.problems.is_empty() {
            "fine"
        } else {
            "not fine"
        };
        lines.push(format!(
            "{}: {verdict}, {} checked",
            check.name,
            count(check.n_checked)
        ));
        lines.extend(check.problems.iter().map(|problem| format!("  {problem}")));
        lines.extend(
            check
                .repaired
                .iter()
                .map(|repair| format!("  mended: {repair}")),
        );
    }
    lines.push(if report.healthy {
        "the lab is healthy".to_owned()
    } else {
        "the lab is not healthy".to_owned()
    });
    lines.join("\n")
}
