//! Two files side by side.

use assay_core::ObjectHash;
use assay_core::model_diff::ModelDiff;
use assay_onnx::{DiffSide, diff};

use crate::corpus::bytes_of;

fn compared(left: &str, right: &str) -> ModelDiff {
    let file = ObjectHash::new("0".repeat(64));
    let (a, b) = (bytes_of(left), bytes_of(right));
    let side = |title, bytes| DiffSide {
        title,
        file: &file,
        bytes,
    };
    diff(side(left, a.as_slice()), side(right, b.as_slice())).expect("both are ONNX")
}

#[test]
fn a_file_beside_itself_is_the_same() {
    for name in [
        "cnn",
        "forest",
        "branches",
        "pipeline_zipmap",
        "external",
        "own_function",
    ] {
        let found = compared(name, name);
        assert!(found.same_file && found.is_same(), "{name}: {found:?}");
        assert_eq!(found.nodes.n_same, found.left.n_nodes, "{name}");
    }
}

#[test]
fn an_added_node_other_attributes_and_other_weights_are_found() {
    let found = compared("cnn", "cnn_changed");
    assert!(!found.is_same());
    let added: Vec<&str> = found
        .nodes
        .right_only
        .iter()
        .map(|at| at.name.as_str())
        .collect();
    assert_eq!((found.nodes.n_left_only, added), (0, vec!["added"]));
    let changed: Vec<(&str, usize, bool)> = found
        .nodes
        .changed
        .iter()
        .map(|change| {
            (
                change.left.name.as_str(),
                change.attributes.len(),
                change.rewired,
            )
        })
        .collect();
    assert_eq!(changed, [("pool", 1, false), ("softmax", 0, true)]);
    let attribute = &found.nodes.changed[0].attributes[0];
    assert_eq!(attribute.name, "ceil_mode");
    assert_eq!(
        (attribute.left.as_deref(), attribute.right.as_deref()),
        (None, Some("1"))
    );
    assert_eq!((found.weights.n_same, found.weights.n_changed), (3, 1));
    let bias = &found.weights.changes[0];
    assert_eq!((bias.name.as_str(), bias.n_changed), ("fc.bias", Some(3)));
    assert!(
        bias.max_abs.is_some_and(|max| (max - 0.5).abs() < 1e-6),
        "{bias:?}"
    );
    assert!(bias.mean_abs.is_some_and(|mean| (mean - 0.5).abs() < 1e-6));
    assert!(bias.relative_norm.is_some_and(|norm| norm > 0.1));
}

#[test]
fn ensembles_are_compared_tree_by_tree() {
    let found = compared("forest", "forest_zipmap");
    let trees = &found.ensembles[0];
    assert_eq!((trees.left.n_trees, trees.right.n_trees), (8, 4));
    assert_eq!(trees.n_trees_changed, 4);
    assert!(trees.left.n_nodes > trees.left.n_leaves && trees.n_leaves_changed > 0);
    let outputs: Vec<&str> = found
        .outputs
        .iter()
        .map(|change| change.name.as_str())
        .collect();
    let renamed = [
        "label",
        "output_label",
        "output_probability",
        "probabilities",
    ];
    assert_eq!(outputs, renamed);
    let metadata: Vec<&str> = found
        .metadata
        .iter()
        .map(|change| change.name.as_str())
        .collect();
    assert_eq!(metadata, ["author", "feature_names"]);
}

#[test]
fn coefficients_of_a_node_are_weights_too() {
    let found = compared("logistic", "network");
    assert!(found.nodes.n_left_only + found.nodes.n_right_only > 0);
    let ridge = compared("ridge_double", "forest_regressor");
    assert_eq!(ridge.inputs[0].left.as_deref(), Some("double [?, 5]"));
    assert_eq!(ridge.inputs[0].right.as_deref(), Some("float [?, 5]"));
}
