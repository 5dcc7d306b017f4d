//! `assay algorithms [NAME]`

use std::process::ExitCode;

use assay_core::train::{AlgorithmInfo, ProblemKind};
use assay_lab::Error;

use crate::output::{Output, table};

#[derive(clap::Args)]
pub struct Arguments {
    /// One algorithm, with its parameters
    #[arg(value_parser = names())]
    name: Option<String>,
}

/// The names that an argument may have.
pub fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(assay_lab::algorithm_names())
}

impl Arguments {
    pub fn run(&self, output: Output) -> Result<ExitCode, Error> {
        let algorithms = assay_lab::algorithms();
        match &self.name {
            None => output.result(&algorithms, |algorithms| list(algorithms)),
            Some(name) => {
                for algorithm in algorithms.iter().filter(|info| info.name == *name) {
                    output.result(algorithm, detail);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn list(algorithms: &[AlgorithmInfo]) -> String {
    let rows = algorithms
        .iter()
        .map(|info| {
            vec![
                info.name.clone(),
                predicts(info),
                info.family.to_lowercase(),
                info.title.clone(),
            ]
        })
        .collect();
    table(&["algorithm", "predicts", "family", "title"], rows, &[])
}

fn detail(info: &AlgorithmInfo) -> String {
    let mut lines = vec![
        format!("{}: {}", info.name, info.title),
        info.help.clone(),
        format!("Predicts {}.", predicts(info)),
    ];
    if info.takes_weights {
        lines.push("Rows may weigh differently.".to_owned());
    }
    if info.takes_missing {
        lines.push("Features may be missing.".to_owned());
    }
    if info.params.is_empty() {
        lines.push("It has no parameters.".to_owned());
        return lines.join("\n");
    }
    let rows = info
        .params
        .iter()
        .map(|param| {
            vec![
                param.name.clone(),
                param.default.to_string(),
                param.range.to_string(),
                param.help.clone(),
            ]
        })
        .collect();
    lines.push(String::new());
    lines.push(table(&["parameter", "default", "range", ""], rows, &[]));
    lines.join("\n")
}

fn predicts(info: &AlgorithmInfo) -> String {
    let classes = info.problems.contains(&ProblemKind::Binary);
    let numbers = info.problems.contains(&ProblemKind::Regression);
    for (problem, found) in [
        (ProblemKind::Clustering, "clusters"),
        (ProblemKind::Anomaly, "anomalies"),
        (ProblemKind::Embedding, "coordinates"),
    ] {
        if info.problems.contains(&problem) {
            return found.to_owned();
        }
    }
    match (classes, numbers) {
        (true, true) => "classes and numbers",
        (true, false) => "classes",
        _ => "numbers",
    }
    .to_owned()
}
