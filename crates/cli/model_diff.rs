//! `assay model diff`

use assay_core::imported_model::RowSource;
use assay_core::job::JobSpec;
use assay_core::model_diff::{
    ChangedText, ModelDiff, ModelDiffRequest, ModelDiffSide, NodeAt, PredictionDiff,
};
use assay_core::onnx_graph::ModelSource;
use assay_lab::{Error, Lab};

use crate::output::{Output, bytes, count, figure, plural, table};
use crate::progress;

/// Entries of a list that are printed.
const SHOWN: usize = 10;

#[derive(clap::Args)]
pub struct Arguments {
    /// A model such as penguins@3, or an ONNX file
    left: ModelSource,
    right: ModelSource,
    /// Rows that both are asked about: a data set or a file
    #[arg(long, value_name = "DATA")]
    data: Option<RowSource>,
    /// The columns of an input that takes many, for files that do not name them
    #[arg(long, value_delimiter = ',', value_name = "COL")]
    columns: Vec<String>,
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<(), Error> {
        let request = ModelDiffRequest {
            left: self.left.clone(),
            right: self.right.clone(),
            data: self.data.clone(),
            columns: self.columns.clone(),
        };
        let diff = match lab.diff_models_at_once(&request)? {
            Some(diff) => diff,
            None => {
                progress::run(lab, JobSpec::DiffModels(request.clone()))?;
                lab.diff_of_models(&request)?
            }
        };
        output.result(&diff, text);
        Ok(())
    }
}

fn text(diff: &ModelDiff) -> String {
    let mut parts = vec![format!("{}\n{}", side(&diff.left), side(&diff.right))];
    if diff.same_file {
        parts.push("the same file".to_owned());
    } else {
        parts.extend(graph(diff));
    }
    parts.extend(diff.predictions.as_ref().map(predictions));
    parts.join("\n\n")
}

fn side(side: &ModelDiffSide) -> String {
    format!(
        "{}  {}, {}, {} constants{}",
        side.title,
        bytes(side.size_bytes),
        plural(side.n_nodes, "node"),
        count(side.n_parameters),
        if side.producer.is_empty() {
            String::new()
        } else {
            format!(", by {}", side.producer)
        }
    )
}

fn graph(diff: &ModelDiff) -> Vec<String> {
    let mut parts = Vec::new();
    for (what, changes) in [
        ("operator set", &diff.opsets),
        ("input", &diff.inputs),
        ("output", &diff.outputs),
        ("metadata", &diff.metadata),
    ] {
        if !changes.is_empty() {
            parts.push(changed(what, changes));
        }
    }
    let nodes = &diff.nodes;
    let mut lines = vec![format!(
        "nodes: {} the same, {} changed, {} only left, {} only right",
        count(nodes.n_same),
        count(nodes.n_changed),
        count(nodes.n_left_only),
        count(nodes.n_right_only)
    )];
    for change in nodes.changed.iter().take(SHOWN) {
        let mut what: Vec<String> = change
            .attributes
            .iter()
            .map(|attribute| {
                format!(
                    "{} {} → {}",
                    attribute.name,
                    or_absent(attribute.left.as_ref()),
                    or_absent(attribute.right.as_ref())
                )
            })
            .collect();
        if change.rewired {
            what.push("fed by something else".to_owned());
        }
        lines.push(format!("  ~ {}: {}", node(&change.left), what.join("; ")));
    }
    lines.extend(
        nodes
            .left_only
            .iter()
            .take(SHOWN)
            .map(|at| format!("  - {}", node(at))),
    );
    lines.extend(
        nodes
            .right_only
            .iter()
            .take(SHOWN)
            .map(|at| format!("  + {}", node(at))),
    );
    parts.push(lines.join("\n"));
    if !diff.ensembles.is_empty() {
        parts.push(ensembles(diff));
    }
    parts.push(weights(diff));
    parts
}

fn changed(what: &str, changes: &[ChangedText]) -> String {
    let rows = changes
        .iter()
        .take(SHOWN)
        .map(|change| {
            vec![
                change.name.clone(),
                or_absent(change.left.as_ref()),
                or_absent(change.right.as_ref()),
            ]
        })
        .collect();
    table(&[what, "left", "right"], rows, &[])
}

fn ensembles(diff: &ModelDiff) -> String {
    let rows = diff
        .ensembles
        .iter()
        .take(SHOWN)
        .map(|change| {
            vec![
                node(&change.node),
                format!("{} → {}", change.left.n_trees, change.right.n_trees),
                format!(
                    "{} → {}",
                    count(change.left.n_nodes),
                    count(change.right.n_nodes)
                ),
                count(change.n_trees_changed),
                count(change.n_splits_changed),
                count(change.n_leaves_changed),
            ]
        })
        .collect();
    table(
        &[
            "ensemble",
            "trees",
            "nodes",
            "trees changed",
            "splits changed",
            "leaves changed",
        ],
        rows,
        &[3, 4, 5],
    )
}

fn weights(diff: &ModelDiff) -> String {
    let weights = &diff.weights;
    let summary = format!(
        "constants: {} the same, {} changed, {} only left, {} only right",
        count(weights.n_same),
        count(weights.n_changed),
        count(weights.n_left_only),
        count(weights.n_right_only)
    );
    if weights.changes.is_empty() {
        return summary;
    }
    let rows = weights
        .changes
        .iter()
        .take(SHOWN)
        .map(|change| {
            vec![
                change.name.clone(),
                or_absent(change.left.as_ref()),
                or_absent(change.right.as_ref()),
                change.n_changed.map_or_else(|| "·".to_owned(), count),
                figure(change.max_abs),
                figure(change.mean_abs),
                figure(change.relative_norm),
            ]
        })
        .collect();
    let columns = [
        "constant",
        "left",
        "right",
        "changed",
        "max abs",
        "mean abs",
        "relative norm",
    ];
    format!("{summary}\n{}", table(&columns, rows, &[3, 4, 5, 6]))
}

fn predictions(diff: &PredictionDiff) -> String {
    let mut parts = vec![format!(
        "on {} of {}: {:.2} % agree, {} with another label, largest difference {}, mean {}",
        plural(diff.n_rows, "row"),
        diff.rows_of,
        diff.agreement * 100.0,
        count(diff.n_flips),
        figure(diff.max_abs),
        figure(diff.mean_abs)
    )];
    if !diff.flips.is_empty() {
        let rows = diff.flips.iter().take(SHOWN);
        let rows = rows.map(|flip| vec![flip.left.clone(), flip.right.clone(), count(flip.n_rows)]);
        parts.push(table(
            &["left says", "right says", "rows"],
            rows.collect(),
            &[2],
        ));
    }
    if !diff.rows.is_empty() {
        let rows = diff.rows.iter().take(SHOWN).map(|row| {
            vec![
                count(row.row),
                row.left.clone(),
                row.right.clone(),
                figure(row.difference),
            ]
        });
        parts.push(table(
            &["row", "left", "right", "difference"],
            rows.collect(),
            &[0, 3],
        ));
    }
    let differing: Vec<_> = diff
        .slices
        .iter()
        .filter(|slice| slice.n_flips > 0 || slice.max_abs.is_some_and(|max| max > 0.0))
        .take(SHOWN)
        .collect();
    if !differing.is_empty() {
        let rows = differing.into_iter().map(|slice| {
            vec![
                slice.column.clone(),
                slice.label.clone(),
                count(slice.n_rows),
                count(slice.n_flips),
                figure(slice.mean_abs),
                figure(slice.max_abs),
            ]
        });
        let columns = [
            "slice by",
            "rows of",
            "rows",
            "other label",
            "mean abs",
            "max abs",
        ];
        parts.push(table(&columns, rows.collect(), &[2, 3, 4, 5]));
    }
    parts.join("\n\n")
}

fn node(at: &NodeAt) -> String {
    if at.name.is_empty() {
        format!("{} (node {})", at.op, at.index)
    } else {
        format!("{} {}", at.op, at.name)
    }
}

fn or_absent(text: Option<&String>) -> String {
    text.map_or_else(|| "absent".to_owned(), Clone::clone)
}
