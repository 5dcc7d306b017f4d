//! Of `assay replay`: other models on the same rows, training again, and what came of both.

use assay_core::drift::challenge::{
    ChallengeReport, ChallengeWindow, ModelWindow, PairedTest, Policy, challenge_table,
};
use assay_core::reference::Reference;
use assay_core::replay::DriftReport;

use crate::output::{count, figure, table};

/// Of more windows the sum alone is shown.
const MOST_WINDOWS: usize = 12;

#[derive(clap::Args)]
pub struct Challenge {
    /// A model that is asked about the same rows, to see what it would have done; may be given several times
    #[arg(long = "challenger", value_name = "MODEL")]
    pub challengers: Vec<Reference>,
    /// When to train the model again on the log itself, to see what that would have brought: never, every=5 (windows),
    /// on-alert, or on-alert=3 (then not for three windows); may be given several times
    #[arg(long = "retrain", value_name = "WHEN")]
    pub retrain: Vec<Policy>,
}

/// Empty where nothing was asked for.
pub fn text(report: &DriftReport) -> String {
    let Some(challenge) = &report.challenge else {
        return String::new();
    };
    let metric = report.performance_metric.as_deref().unwrap_or_default();
    let mut parts = Vec::new();
    if !challenge.totals.is_empty() {
        parts.push(models(challenge, metric));
    }
    if !challenge.tests.is_empty() {
        parts.push(tests(&challenge.tests));
    }
    if !challenge.policies.is_empty() {
        parts.push(policies(challenge, metric));
    }
    parts.iter().map(|part| format!("\n\n{part}")).collect()
}

/// Every model over the whole log, and window by window where those are few.
fn models(challenge: &ChallengeReport, metric: &str) -> String {
    let shown = |models: &[ModelWindow]| -> Vec<ModelWindow> {
        let main = |model: &ModelWindow| {
            let mut model = model.clone();
            (model.performance).retain(|measured| {
                measured.metric == metric || measured.metric == "calibration_error"
            });
            model
        };
        models.iter().map(main).collect()
    };
    let few = match challenge.windows.len() {
        n if n > MOST_WINDOWS => [].as_slice(),
        _ => &challenge.windows,
    };
    let mut windows: Vec<ChallengeWindow> = few
        .iter()
        .map(|window| ChallengeWindow {
            window: window.window.clone(),
            models: shown(&window.models),
        })
        .collect();
    windows.push(ChallengeWindow {
        window: "all rows".to_owned(),
        models: shown(&challenge.totals),
    });
    let mut lines = challenge_table(&ChallengeReport {
        windows,
        ..challenge.clone()
    });
    if few.is_empty() {
        lines.iter_mut().for_each(|line| drop(line.remove(0)));
    }
    let head = lines.remove(0);
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let first_number = if few.is_empty() { 1 } else { 2 };
    let right: Vec<usize> = (first_number..head.len()).collect();
    table(&head, lines, &right)
}

fn tests(tests: &[PairedTest]) -> String {
    let rows = tests.iter().map(|test| {
        vec![
            test.challenger.clone(),
            match (test.better, test.worse) {
                (true, _) => format!("better than {}", test.champion),
                (_, true) => format!("worse than {}", test.champion),
                _ => format!("neither better nor worse than {}", test.champion),
            },
            test.metric.clone(),
            figure(Some(test.challenger_value)),
            figure(Some(test.champion_value)),
            format!(
                "{} ({} to {})",
                figure(Some(test.gain)),
                figure(Some(test.low)),
                figure(Some(test.high))
            ),
            count(test.n_rows),
        ]
    });
    let head = [
        "challenger",
        "verdict",
        "metric",
        "its",
        "champion's",
        "gain (95 %)",
        "rows",
    ];
    table(&head, rows.collect(), &[3, 4, 5, 6])
}

fn policies(challenge: &ChallengeReport, metric: &str) -> String {
    let rows = challenge.policies.iter().map(|outcome| {
        vec![
            outcome.policy.label(),
            count(u64::from(outcome.n_refits)),
            count(u64::from(outcome.n_alerts)),
            figure(outcome.mean_performance),
        ]
    });
    let mean = format!("mean {metric}");
    table(
        &["trained again", "times", "alerts", &mean],
        rows.collect(),
        &[1, 2, 3],
    )
}
