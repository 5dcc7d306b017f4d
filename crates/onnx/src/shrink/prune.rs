//! Weakest-link pruning of tree ensembles, by what rows show.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use assay_core::Columns;
use prost::Message;

use super::ensemble::{Ensemble, Kind, is_ensemble, read, write as write_ensemble};
use super::operators;
use crate::error::Error;
use crate::proto::{GraphProto, ModelProto, ValueInfoProto};
use crate::runtime::Runtime;

/// Features as an ensemble gets them.
pub struct EnsembleRows {
    /// Row-major.
    values: Vec<f64>,
    n_features: usize,
}

/// What each ensemble of the graph gets of the rows, in the order of the graph: the graph is run with those values as
/// outputs.
pub fn rows(
    runtime: &Runtime,
    bytes: &[u8],
    columns: &Columns,
) -> Result<Vec<EnsembleRows>, Error> {
    let mut whole = crate::reading::read(bytes)?;
    let nodes = whole.graph.node.iter().filter(|node| is_ensemble(node));
    let inputs: Vec<String> = nodes
        .filter_map(|node| node.input.first().cloned())
        .collect();
    if inputs.is_empty() {
        return Err(Error::Shrink(format!(
            "it has no trees (its operators are {}); try float16 or int8",
            operators(&whole.graph)
        )));
    }
    let is_output = |name: &str, graph: &GraphProto| {
        graph
            .output
            .iter()
            .any(|output| output.name.as_deref() == Some(name))
    };
    for name in &inputs {
        if !is_output(name, &whole.graph) {
            whole.graph.output.push(ValueInfoProto {
                name: Some(name.clone()),
                ..ValueInfoProto::default()
            });
        }
    }
    let file = ModelProto {
        graph: Some(whole.graph),
        ..whole.model
    };
    let session = runtime.session(&file.encode_to_vec())?;
    let values = session.values(columns, &inputs)?;
    Ok(values
        .into_iter()
        .map(|(values, n_features)| EnsembleRows { values, n_features })
        .collect())
}

/// Every ensemble of the graph keeps a share of its nodes.
pub fn write(graph: &mut GraphProto, share: f64, rows: &[EnsembleRows]) -> Result<String, Error> {
    if !(share > 0.0 && share < 1.0) {
        return Err(Error::Shrink(format!(
            "its size would be {share} of what it is; name a share over 0 and under 1"
        )));
    }
    let (mut before, mut after) = (0, 0);
    let ensembles = graph.node.iter_mut().filter(|node| is_ensemble(node));
    for (node, rows) in ensembles.zip(rows) {
        let mut ensemble = read(node)?;
        let n_nodes = ensemble.nodes.len();
        let n_left = prune(&mut ensemble, rows, (share * n_nodes as f64) as usize);
        write_ensemble(node, &ensemble);
        before += n_nodes;
        after += n_left;
    }
    Ok(format!("{after} of {before} nodes are left"))
}

/// A subtree that could become a leaf.
struct Link {
    /// What the rows lose with each node that goes.
    loss: f64,
    at: usize,
    /// How often the subtree had changed by then.
    age: u32,
}

impl Ord for Link {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the largest; the least loss is wanted, and of equal ones the node that stands first.
        other
            .loss
            .total_cmp(&self.loss)
            .then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Link {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Link {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Link {}

/// What is known of the subtree below a node, and of the node as a leaf.
#[derive(Clone, Default)]
struct Below {
    parent: Option<usize>,
    n_nodes: usize,
    /// Rows that come here, and those that count when none does: one for every leaf.
    n_rows: f64,
    weight: f64,
    /// Per output, the sum of what the rows get here.
    sums: Vec<f64>,
    /// Squares of what they get, over all outputs.
    squares: f64,
    /// Squared errors that leaves made of subtrees below make already.
    lost: f64,
    age: u32,
}

impl Below {
    /// Of a leaf in the place of the subtree.
    fn mean(&self) -> Vec<f64> {
        self.sums
            .iter()
            .map(|sum| sum / self.weight.max(f64::MIN_POSITIVE))
            .collect()
    }

    /// Squared errors of that leaf; none when no row comes here.
    fn error(&self) -> f64 {
        if self.n_rows == 0.0 {
            return 0.0;
        }
        let explained: f64 = self.sums.iter().map(|sum| sum * sum).sum::<f64>() / self.n_rows;
        (self.squares - explained).max(0.0)
    }
}

/// Returns the nodes that are left: at most `wanted`, and at least one a tree.
fn prune(ensemble: &mut Ensemble, rows: &EnsembleRows, wanted: usize) -> usize {
    let mut below = measure(ensemble, rows);
    let mut n_left = ensemble.nodes.len();
    let mut links: BinaryHeap<Link> = (0..ensemble.nodes.len())
        .filter_map(|at| link(ensemble, &below, at))
        .collect();
    while n_left > wanted {
        let Some(weakest) = links.pop() else { break };
        let at = weakest.at;
        if below[at].age != weakest.age || matches!(ensemble.nodes[at].kind, Kind::Leaf(_)) {
            continue;
        }
        let gone = below[at].n_nodes - 1;
        let more_lost = below[at].error() - below[at].lost;
        let mean = below[at].mean();
        collapse(ensemble, &mut below, at, mean);
        n_left -= gone;
        let mut above = Some(at);
        while let Some(node) = above {
            if node != at {
                below[node].n_nodes -= gone;
                below[node].lost += more_lost;
            }
            below[node].age += 1;
            links.extend(link(ensemble, &below, node));
            above = below[node].parent;
        }
    }
    n_left
}

fn link(ensemble: &Ensemble, below: &[Below], at: usize) -> Option<Link> {
    if matches!(ensemble.nodes[at].kind, Kind::Leaf(_)) {
        return None;
    }
    let here = &below[at];
    let n_saved = here.n_nodes.saturating_sub(1).max(1);
    Some(Link {
        loss: (here.error() - here.lost).max(0.0) / n_saved as f64,
        at,
        age: here.age,
    })
}

/// The node becomes a leaf, and nothing below it is looked at again.
fn collapse(ensemble: &mut Ensemble, below: &mut [Below], at: usize, mean: Vec<f64>) {
    let mut open = vec![at];
    while let Some(node) = open.pop() {
        below[node].age += 1;
        if let Kind::Split {
            on_true, on_false, ..
        } = &ensemble.nodes[node].kind
        {
            open.extend([*on_true, *on_false]);
        }
    }
    let error = below[at].error();
    below[at].lost = error;
    below[at].n_nodes = 1;
    let values = mean
        .into_iter()
        .enumerate()
        .filter(|(_, value)| *value != 0.0);
    let mut values: Vec<(usize, f64)> = values.collect();
    if values.is_empty() {
        // A leaf without any number is none.
        values.push((0, 0.0));
    }
    ensemble.nodes[at].kind = Kind::Leaf(values);
}

fn measure(ensemble: &Ensemble, rows: &EnsembleRows) -> Vec<Below> {
    let mut below = vec![
        Below {
            sums: vec![0.0; ensemble.n_outputs],
            ..Below::default()
        };
        ensemble.nodes.len()
    ];
    let mut hits = vec![0_u64; ensemble.nodes.len()];
    for row in rows.values.chunks(rows.n_features.max(1)) {
        for &root in &ensemble.roots {
            let mut at = root;
            while let Kind::Split {
                feature,
                threshold,
                test,
                missing_goes_true,
                on_true,
                on_false,
            } = &ensemble.nodes[at].kind
            {
                let value = row.get(*feature).copied().unwrap_or(f64::NAN);
                let is_true = if value.is_nan() {
                    *missing_goes_true
                } else {
                    test.holds(value, *threshold)
                };
                at = if is_true { *on_true } else { *on_false };
            }
            hits[at] += 1;
        }
    }
    // Children come after their parents: from the end on every node finds its own complete.
    for at in (0..ensemble.nodes.len()).rev() {
        match &ensemble.nodes[at].kind {
            Kind::Leaf(values) => {
                let n_rows = hits[at] as f64;
                let here = &mut below[at];
                here.n_nodes = 1;
                here.n_rows = n_rows;
                here.weight = n_rows;
                for &(output, value) in values {
                    if let Some(sum) = here.sums.get_mut(output) {
                        *sum += value * n_rows;
                    }
                    here.squares += value * value * n_rows;
                }
            }
            Kind::Split {
                on_true, on_false, ..
            } => {
                let children = [*on_true, *on_false];
                let mut here = Below {
                    n_nodes: 1,
                    sums: vec![0.0; ensemble.n_outputs],
                    ..Below::default()
                };
                for child in children {
                    below[child].parent = Some(at);
                    let child = &below[child];
                    here.n_nodes += child.n_nodes;
                    here.n_rows += child.n_rows;
                    here.squares += child.squares;
                    for (sum, more) in here.sums.iter_mut().zip(&child.sums) {
                        *sum += more;
                    }
                }
                here.weight = here.n_rows;
                below[at] = here;
            }
        }
    }
    unvisited(ensemble, &mut below);
    below
}

/// Where no row comes, a leaf in the place of a subtree has the mean of its leaves.
fn unvisited(ensemble: &Ensemble, below: &mut [Below]) {
    for at in (0..ensemble.nodes.len()).rev() {
        if below[at].n_rows > 0.0 {
            continue;
        }
        match &ensemble.nodes[at].kind {
            Kind::Leaf(values) => {
                below[at].weight = 1.0;
                for &(output, value) in values {
                    if let Some(sum) = below[at].sums.get_mut(output) {
                        *sum = value;
                    }
                }
            }
            Kind::Split {
                on_true, on_false, ..
            } => {
                let children = [*on_true, *on_false];
                let weight = children.iter().map(|&child| below[child].weight).sum();
                let sums = (0..ensemble.n_outputs)
                    .map(|output| {
                        children
                            .iter()
                            .map(|&child| below[child].sums[output])
                            .sum()
                    })
                    .collect();
                below[at].weight = weight;
                below[at].sums = sums;
            }
        }
    }
}
