//! Trees as one operator.
//!
//! The regressor serves classes too, with one target per class: it leaves out zeros, and has none of the classifier's
//! special cases for two classes. Thresholds and leaves are f32 numbers written as f64, because then the runtime adds
//! them up in f64.

use assay_core::model::{Node, Tree};

use super::features::Features;
use super::graph::Graph;
use super::tensor::{self, Constant};

/// f32 [N, n_outputs], the mean of the leaves. The trees were checked before.
pub fn write_mean(graph: &mut Graph, wide: &str, features: &Features, trees: &[Tree]) -> String {
    let divisor = trees.len() as f32;
    let n_outputs = trees.first().map_or(0, leaf_width);
    let nodes = Nodes::new(features, trees, n_outputs, divisor);
    nodes.write(graph, wide, "mean_of_leaves", Vec::new())
}

/// f32 [N, n_sums], the sums of the leaves from their offsets on. The trees were checked before.
pub fn write_sums(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    trees: &[Tree],
    offsets: &[f32],
) -> String {
    let nodes = Nodes::new(features, trees, offsets.len(), 1.0);
    let offsets = offsets.iter().map(|&offset| f64::from(offset)).collect();
    nodes.write(graph, wide, "sums_of_leaves", offsets)
}

fn leaf_width(tree: &Tree) -> usize {
    tree.nodes
        .iter()
        .find_map(|node| match node {
            Node::Leaf { values } => Some(values.len()),
            Node::Split { .. } => None,
        })
        .unwrap_or_default()
}

/// The columns of the operator's attributes, an entry per node or per number of a leaf.
#[derive(Default)]
struct Nodes {
    trees: Vec<i64>,
    ids: Vec<i64>,
    features: Vec<i64>,
    thresholds: Vec<f64>,
    modes: Vec<&'static str>,
    lefts: Vec<i64>,
    rights: Vec<i64>,
    missing_left: Vec<i64>,
    leaf_trees: Vec<i64>,
    leaf_ids: Vec<i64>,
    leaf_targets: Vec<i64>,
    leaf_values: Vec<f64>,
    n_targets: i64,
    divisor: f32,
}

impl Nodes {
    fn new(features: &Features, trees: &[Tree], n_targets: usize, divisor: f32) -> Self {
        // Of each of the recipe's features, its column in the graph.
        let mut column_of = vec![0; features.order.len()];
        for (column, &feature) in (0..).zip(&features.order) {
            column_of[feature] = column;
        }
        let mut nodes = Self {
            n_targets: n_targets as i64,
            divisor,
            ..Self::default()
        };
        for (tree, index) in trees.iter().zip(0..) {
            for (node, at) in tree.nodes.iter().zip(0..) {
                nodes.push(index, at, node, &column_of);
            }
        }
        nodes
    }

    fn push(&mut self, tree: i64, id: i64, node: &Node, column_of: &[i64]) {
        self.trees.push(tree);
        self.ids.push(id);
        let (feature, threshold, mode, left, right, missing_left) = match node {
            Node::Split {
                feature,
                threshold,
                missing_left,
                left,
                right,
                ..
            } => (
                column_of[*feature as usize],
                f64::from(*threshold),
                "BRANCH_LEQ",
                i64::from(*left),
                i64::from(*right),
                i64::from(*missing_left),
            ),
            Node::Leaf { values } => {
                self.push_leaf(tree, id, values);
                (0, 0.0, "LEAF", 0, 0, 0)
            }
        };
        self.missing_left.push(missing_left);
        self.features.push(feature);
        self.thresholds.push(threshold);
        self.modes.push(mode);
        self.lefts.push(left);
        self.rights.push(right);
    }

    /// Zeros add nothing, but a leaf without any number is none.
    fn push_leaf(&mut self, tree: i64, id: i64, values: &[f32]) {
        let first = (tree * values.len() as i64) % self.n_targets.max(1);
        let all_zero = values.iter().all(|&value| value == 0.0);
        for (target, &value) in values.iter().enumerate() {
            if value != 0.0 || (all_zero && target == 0) {
                self.leaf_trees.push(tree);
                self.leaf_ids.push(id);
                self.leaf_targets.push(first + target as i64);
                self.leaf_values.push(f64::from(value / self.divisor));
            }
        }
    }

    fn write(self, graph: &mut Graph, wide: &str, hint: &str, offsets: Vec<f64>) -> String {
        let mut attributes = vec![
            tensor::ints("nodes_treeids", self.trees),
            tensor::ints("nodes_nodeids", self.ids),
            tensor::ints("nodes_featureids", self.features),
            tensor::tensor("nodes_values_as_tensor", Constant::row_f64(self.thresholds)),
            tensor::texts("nodes_modes", self.modes),
            tensor::ints("nodes_truenodeids", self.lefts),
            tensor::ints("nodes_falsenodeids", self.rights),
            tensor::ints("nodes_missing_value_tracks_true", self.missing_left),
            tensor::ints("target_treeids", self.leaf_trees),
            tensor::ints("target_nodeids", self.leaf_ids),
            tensor::ints("target_ids", self.leaf_targets),
            tensor::tensor(
                "target_weights_as_tensor",
                Constant::row_f64(self.leaf_values),
            ),
            tensor::int("n_targets", self.n_targets),
            tensor::text("aggregate_function", "SUM"),
            tensor::text("post_transform", "NONE"),
        ];
        if offsets.iter().any(|&offset| offset != 0.0) {
            attributes.push(tensor::tensor(
                "base_values_as_tensor",
                Constant::row_f64(offsets),
            ));
        }
        graph.node("TreeEnsembleRegressor", hint, &[wide], attributes)
    }
}
