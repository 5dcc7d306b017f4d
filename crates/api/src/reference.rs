//! The reference page: what can be trained, measured and expected, written from the catalogues that forms and help are
//! made from.

use std::fmt::Write as _;

use assay_core::expect::{self, RuleInfo};
use assay_core::metrics::{self, MetricInfo, MetricTask};
use assay_core::train::{AlgorithmInfo, ProblemKind};

/// The page as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "<!-- Written from the catalogues by `cargo xtask gen`. Do not edit. -->\n\n# Reference\n\n\
         What can be trained, measured and expected. `assay algorithms`, `assay runs metrics` and `assay expect types` \
         print the same.\n",
    );
    algorithms(&mut page, &assay_lab::algorithms());
    measures(&mut page, &metrics::catalogue());
    expectations(&mut page, &expect::catalogue());
    page
}

fn algorithms(page: &mut String, algorithms: &[AlgorithmInfo]) {
    page.push_str("\n## Algorithms\n");
    let mut family = "";
    for info in algorithms {
        if info.family != family {
            family = &info.family;
            let _ = write!(page, "\n### {family}\n");
        }
        let _ = write!(page, "\n#### `{}`: {}\n\n", info.name, info.title);
        let _ = write!(page, "{} Predicts {}.", info.help, predicted(info));
        if info.takes_weights {
            page.push_str(" Rows may weigh differently.");
        }
        if info.takes_missing {
            page.push_str(" Features may be missing.");
        }
        page.push('\n');
        if info.params.is_empty() {
            continue;
        }
        page.push_str("\n| parameter | default | range | |\n| --- | --- | --- | --- |\n");
        for param in &info.params {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                param.name,
                param.default,
                param.range,
                cell(&param.help)
            );
        }
    }
}

fn measures(page: &mut String, metrics: &[MetricInfo]) {
    page.push_str("\n## Metrics\n\n| metric | of | better | |\n| --- | --- | --- | --- |\n");
    for metric in metrics {
        let tasks: Vec<&str> = metric.tasks.iter().map(|task| task_name(*task)).collect();
        let better = if metric.greater_is_better {
            "more"
        } else {
            "less"
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {better} | {} |",
            metric.name,
            tasks.join(", "),
            cell(&metric.help)
        );
    }
}

fn expectations(page: &mut String, rules: &[RuleInfo]) {
    page.push_str("\n## Expectations\n\n| type | arguments | |\n| --- | --- | --- |\n");
    for rule in rules {
        let arguments: Vec<String> = rule
            .arguments
            .iter()
            .map(|argument| format!("`{}`", argument.name))
            .collect();
        let _ = writeln!(
            page,
            "| `{}` | {} | {} |",
            rule.type_,
            arguments.join(", "),
            cell(&rule.help)
        );
    }
}

fn predicted(info: &AlgorithmInfo) -> String {
    let words: Vec<&str> = info
        .problems
        .iter()
        .map(|problem| match problem {
            ProblemKind::Binary => "two classes",
            ProblemKind::Multiclass => "more classes",
            ProblemKind::Regression => "numbers",
            ProblemKind::Clustering => "clusters, without a target",
            ProblemKind::Anomaly => "anomalies, without a target",
            ProblemKind::Embedding => "coordinates, without a target",
        })
        .collect();
    words.join(", ")
}

fn task_name(task: MetricTask) -> &'static str {
    match task {
        MetricTask::Binary => "two classes",
        MetricTask::Multiclass => "more classes",
        MetricTask::Regression => "numbers",
        MetricTask::Clusters => "clusters",
        MetricTask::Anomalies => "anomalies",
        MetricTask::Embeddings => "coordinates",
    }
}

/// A bar would end the cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo xtask gen` sets the folder and so writes the page; in any case it must name everything.
    #[test]
    fn export_types_and_the_reference_page() {
        let page = page();
        if let Some(root) = std::env::var_os("ASSAY_GENERATED_ROOT") {
            let docs = std::path::PathBuf::from(root).join("docs");
            std::fs::create_dir_all(&docs).expect("a folder");
            std::fs::write(docs.join("reference.md"), &page).expect("the page is written");
        }
        for info in assay_lab::algorithms() {
            assert!(page.contains(&format!("`{}`", info.name)), "{}", info.name);
            for param in info.params {
                assert!(
                    page.contains(&format!("| `{}` |", param.name)),
                    "{}",
                    param.name
                );
            }
        }
        assert!(page.contains("| `roc_auc` |"));
        assert!(page.contains("| `expect_column_values_to_be_unique` |"));
        // A row that broke in two would end its table.
        let broken = page
            .lines()
            .find(|line| line.starts_with('|') && !line.ends_with('|'));
        assert_eq!(broken, None);
    }
}
