//! `assay demo [DIR]`: the whole chain on real sample data, and a short summary of it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_core::ask::ReportRequest;
use assay_core::job::JobSpec;
use assay_core::words::difference;
use assay_lab::{DemoSummary, Error, Lab};
use serde_json::json;

use crate::output::{Output, bytes, count, figure, table};
use crate::{environment, progress};

#[derive(clap::Args)]
pub struct Arguments {
    /// The lab's folder; made when it is absent or empty. Else that of --lab
    dir: Option<PathBuf>,
}

impl Arguments {
    pub fn run(&self, lab: &Path, output: Output) -> Result<ExitCode, Error> {
        let folder = self.dir.as_deref().unwrap_or(lab);
        let lab = Lab::open_or_create(folder, environment("command line")?)?;
        progress::run(&lab, JobSpec::Demo)?;
        let summary = lab.demo_summary()?;
        let path = report_path(lab.path());
        let written = lab.save_report(&ReportRequest::Lab, &path)?;
        let document = json!({
            "lab": lab.path(),
            "runs": summary.runs,
            "model": summary.model,
            "gate": summary.gate,
            "replay_id": summary.report.replay_id,
            "verdict": summary.report.verdict,
            "drifted": summary.report.drifted,
            "report": written.path,
        });
        output.result(&document, |_| {
            text(&summary, &written.path, written.size_bytes)
        });
        Ok(ExitCode::SUCCESS)
    }
}

/// Beside the lab, because only the store writes into it.
fn report_path(lab: &Path) -> PathBuf {
    let name = lab
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_else(|| "lab".to_owned());
    lab.with_file_name(format!("{name}-report.html"))
}

fn text(summary: &DemoSummary, report_path: &str, report_bytes: u64) -> String {
    let rows = summary
        .runs
        .iter()
        .map(|run| {
            vec![
                run.name.clone(),
                figure(run.metrics.get("cv.accuracy.mean").copied()),
                figure(run.metrics.get("test.accuracy").copied()),
                figure(run.metrics.get("test.roc_auc").copied()),
            ]
        })
        .collect();
    let (model, report) = (&summary.model, &summary.report);
    let gates = summary
        .gate
        .conditions
        .iter()
        .filter(|condition| condition.passed)
        .count();
    let agreement = model.parity.as_ref().map_or_else(String::new, |parity| {
        format!(
            "ONNX agrees with the trained model on {} rows: {} labels differ, largest difference {}",
            count(parity.rows),
            parity.label_flips,
            difference(parity.max_rel_diff)
        )
    });
    format!(
        "Penguins: 344 rows, three algorithms, five folds\n{}\n\n\
         Registered {}, in {}, {} of {} gate conditions passed\n\
         {}\n\n\
         Electricity: {} rows of production replayed against {}, {} windows\n{}\n\n\
         Report: {report_path} ({})",
        table(
            &["run", "cv accuracy", "test accuracy", "test AUC"],
            rows,
            &[1, 2, 3]
        ),
        model.key(),
        model.stage.label(),
        gates,
        summary.gate.conditions.len(),
        agreement,
        count(report.n_rows),
        report.against(),
        report.windows.len(),
        report.verdict,
        bytes(report_bytes),
    )
}
