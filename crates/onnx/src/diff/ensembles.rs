//! Ensembles of trees, tree by tree.

use std::collections::BTreeMap;

use assay_core::model_diff::{EnsembleChange, EnsembleShape, MOST_LISTED};

use super::at;
use super::matching::{Flat, Matched};
use crate::proto::NodeProto;

pub fn changes(left: &Flat<'_>, right: &Flat<'_>, matched: &Matched) -> Vec<EnsembleChange> {
    let mut changes = Vec::new();
    for (a, b) in matched.left.iter().enumerate() {
        let Some(b) = *b else { continue };
        if !is_ensemble(left.nodes[a].node) {
            continue;
        }
        let (x, y) = (trees(left.nodes[a].node), trees(right.nodes[b].node));
        let found = EnsembleChange {
            node: at(left, a),
            left: shape(&x),
            right: shape(&y),
            n_trees_changed: 0,
            n_splits_changed: 0,
            n_leaves_changed: 0,
        };
        let found = x.iter().fold(found, |found, (number, tree)| {
            let Some(other) = y.get(number).filter(|other| *other != tree) else {
                return found;
            };
            EnsembleChange {
                n_trees_changed: found.n_trees_changed + 1,
                n_splits_changed: found.n_splits_changed + differing(&tree.splits, &other.splits),
                n_leaves_changed: found.n_leaves_changed + differing(&tree.leaves, &other.leaves),
                ..found
            }
        });
        if found.left != found.right || found.n_trees_changed > 0 {
            changes.push(found);
        }
    }
    changes.truncate(MOST_LISTED);
    changes
}

/// The operators that keep their trees as lists of nodes with the numbers of their trees.
pub fn is_ensemble(node: &NodeProto) -> bool {
    matches!(
        node.op_type.as_deref(),
        Some("TreeEnsembleClassifier" | "TreeEnsembleRegressor")
    )
}

/// Feature, comparison and the bits of the threshold, by number of the node.
type Splits = BTreeMap<i64, (i64, Vec<u8>, u32)>;
/// The bits of the value, by number of the node and of the class or target.
type Leaves = BTreeMap<(i64, i64), u32>;

#[derive(Default, PartialEq)]
struct Tree {
    splits: Splits,
    leaves: Leaves,
    n_leaf_nodes: u64,
}

fn trees(node: &NodeProto) -> BTreeMap<i64, Tree> {
    let ints = |name: &str| -> &[i64] {
        let found = node
            .attribute
            .iter()
            .find(|a| a.name.as_deref() == Some(name));
        found.map_or(&[], |attribute| &attribute.ints)
    };
    let floats = |name: &str| -> &[f32] {
        let found = node
            .attribute
            .iter()
            .find(|a| a.name.as_deref() == Some(name));
        found.map_or(&[], |attribute| &attribute.floats)
    };
    let modes = node
        .attribute
        .iter()
        .find(|attribute| attribute.name.as_deref() == Some("nodes_modes"))
        .map_or(&[][..], |attribute| &attribute.strings);
    let mut trees: BTreeMap<i64, Tree> = BTreeMap::new();
    let (numbers, features) = (ints("nodes_nodeids"), ints("nodes_featureids"));
    let thresholds = floats("nodes_values");
    for (place, &tree) in ints("nodes_treeids").iter().enumerate() {
        let tree = trees.entry(tree).or_default();
        let mode = modes.get(place).cloned().unwrap_or_default();
        if mode == b"LEAF" {
            tree.n_leaf_nodes += 1;
            continue;
        }
        let number = numbers.get(place).copied().unwrap_or_default();
        let feature = features.get(place).copied().unwrap_or_default();
        let threshold = thresholds.get(place).copied().unwrap_or_default();
        tree.splits
            .insert(number, (feature, mode, threshold.to_bits()));
    }
    for of in ["class", "target"] {
        let (numbers, ids) = (ints(&format!("{of}_nodeids")), ints(&format!("{of}_ids")));
        let weights = floats(&format!("{of}_weights"));
        for (place, &tree) in ints(&format!("{of}_treeids")).iter().enumerate() {
            let number = numbers.get(place).copied().unwrap_or_default();
            let id = ids.get(place).copied().unwrap_or_default();
            let weight = weights.get(place).copied().unwrap_or_default();
            let tree = trees.entry(tree).or_default();
            tree.leaves.insert((number, id), weight.to_bits());
        }
    }
    trees
}

fn shape(trees: &BTreeMap<i64, Tree>) -> EnsembleShape {
    let n_leaves = trees.values().map(|tree| tree.n_leaf_nodes).sum();
    let n_splits: u64 = trees.values().map(|tree| tree.splits.len() as u64).sum();
    EnsembleShape {
        n_trees: trees.len() as u64,
        n_nodes: n_splits + n_leaves,
        n_leaves,
    }
}

/// Entries that differ or are on one side only.
fn differing<K: Ord, V: PartialEq>(a: &BTreeMap<K, V>, b: &BTreeMap<K, V>) -> u64 {
    let changed = a
        .iter()
        .filter(|(key, value)| b.get(key) != Some(value))
        .count();
    let added = b.keys().filter(|key| !a.contains_key(key)).count();
    (changed + added) as u64
}
