//! `assay data lineage`

use assay_core::lineage::{Lineage, LineageFocus, LineageNode};
use assay_lab::{Error, Lab};

use crate::output::Output;

pub fn show(lab: &Lab, about: &LineageFocus, output: Output) -> Result<(), Error> {
    output.result(&lab.lineage(about)?, text);
    Ok(())
}

/// Each node with what came of it, in the order in which things came to be; the focus is marked.
fn text(lineage: &Lineage) -> String {
    let node = |id: &str| lineage.nodes.iter().find(|node| node.id == id);
    let mut lines = Vec::new();
    for from in &lineage.nodes {
        let mark = if from.id == lineage.focus { "> " } else { "  " };
        lines.push(format!("{mark}{}", line(from)));
        for edge in lineage.edges.iter().filter(|edge| edge.from == from.id) {
            if let Some(to) = node(&edge.to) {
                lines.push(format!("      {} {}", edge.relation.label(), name(to)));
            }
        }
    }
    lines.join("\n")
}

fn line(node: &LineageNode) -> String {
    format!("{}  ({})", name(node), node.detail)
}

/// What a person would type, and the title where that says more.
fn name(node: &LineageNode) -> String {
    if node.id.starts_with("source:") || node.id.ends_with(&node.title) {
        match node.id.split_once(':') {
            Some(("source", _)) => node.title.clone(),
            _ => node.id.clone(),
        }
    } else {
        format!("{} {}", node.id, node.title)
    }
}
