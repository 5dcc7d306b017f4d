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
pub fn write(graph: &mut Graph, wide: &str, features: &Features, trees: &[Tree]) -> String {
    // Of each of the recipe's features, its column in the graph.
    let mut column_of = vec![0; features.order.len()];
    for (column, &feature) in (0..).zip(&features.order) {
        column_of[feature] = column;
    }
    let mut nodes = Nodes {
        n_trees: trees.len() as f32,
        ..Nodes::default()
    };
    for (tree, index) in trees.iter().zip(0..) {
        for (node, at) in tree.nodes.iter().zip(0..) {
            nodes.push(index, at, node, &column_of);
        }
    }
    nodes.write(graph, wide)
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
    leaf_trees: Vec<i64>,
    leaf_ids: Vec<i64>,
    leaf_targets: Vec<i64>,
    leaf_values: Vec<f64>,
    n_targets: i64,
    n_trees: f32,
}

impl Nodes {
    fn push(&mut self, tree: i64, id: i64, node: &Node, column_of: &[i64]) {
        self.trees.push(tree);
        self.ids.push(id);
        let (feature, threshold, mode, left, right) = match node {
            Node::Split {
                feature,
                threshold,
                left,
                right,
            } => (
                column_of[*feature as usize],
                f64::from(*threshold),
                "BRANCH_LEQ",
                i64::from(*left),
                i64::from(*right),
            ),
            Node::Leaf { values } => {
                self.push_leaf(tree, id, values);
                (0, 0.0, "LEAF", 0, 0)
            }
        };
        self.features.push(feature);
        self.thresholds.push(threshold);
        self.modes.push(mode);
        self.lefts.push(left);
        self.rights.push(right);
    }

    /// Zeros add nothing, but a leaf without any number is none.
    fn push_leaf(&mut self, tree: i64, id: i64, values: &[f32]) {
        self.n_targets = values.len() as i64;
        let all_zero = values.iter().all(|&value| value == 0.0);
        for (target, &value) in values.iter().enumerate() {
            if value != 0.0 || (all_zero && target == 0) {
                self.leaf_trees.push(tree);
                self.leaf_ids.push(id);
                self.leaf_targets.push(target as i64);
                self.leaf_values.push(f64::from(value / self.n_trees));
            }
        }
    }

    fn write(self, graph: &mut Graph, wide: &str) -> String {
        let attributes = vec![
            tensor::ints("nodes_treeids", self.trees),
            tensor::ints("nodes_nodeids", self.ids),
            tensor::ints("nodes_featureids", self.features),
            tensor::tensor("nodes_values_as_tensor", Constant::row_f64(self.thresholds)),
            tensor::texts("nodes_modes", self.modes),
            tensor::ints("nodes_truenodeids", self.lefts),
            tensor::ints("nodes_falsenodeids", self.rights),
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
        graph.node(
            "TreeEnsembleRegressor",
            "mean_of_leaves",
            &[wide],
            attributes,
        )
    }
}
