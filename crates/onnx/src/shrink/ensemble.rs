//! `TreeEnsembleRegressor` and `TreeEnsembleClassifier`: from their columns of numbers to trees, and back.

use std::collections::HashMap;

use crate::error::Error;
use crate::export::tensor::{self, Constant};
use crate::proto::{AttributeProto, NodeProto};
use crate::tensor_values::Numbers;

/// All nodes of all trees. Invariant: children come from the same tree, and no node is its own descendant.
pub struct Ensemble {
    pub nodes: Vec<TreeNode>,
    /// By tree, in the order of the operator.
    pub roots: Vec<usize>,
    /// Outputs of the operator that leaves add to.
    pub n_outputs: usize,
    is_wide: bool,
}

#[derive(Clone)]
pub struct TreeNode {
    tree: i64,
    id: i64,
    pub kind: Kind,
}

#[derive(Clone)]
pub enum Kind {
    Split {
        feature: usize,
        threshold: f64,
        test: Test,
        missing_goes_true: bool,
        on_true: usize,
        on_false: usize,
    },
    /// Output and what is added to it.
    Leaf(Vec<(usize, f64)>),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Test {
    LessOrEqual,
    Less,
    GreaterOrEqual,
    Greater,
    Equal,
    NotEqual,
}

impl Test {
    const ALL: [(Self, &'static str); 6] = [
        (Self::LessOrEqual, "BRANCH_LEQ"),
        (Self::Less, "BRANCH_LT"),
        (Self::GreaterOrEqual, "BRANCH_GTE"),
        (Self::Greater, "BRANCH_GT"),
        (Self::Equal, "BRANCH_EQ"),
        (Self::NotEqual, "BRANCH_NEQ"),
    ];

    pub fn holds(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::LessOrEqual => value <= threshold,
            Self::Less => value < threshold,
            Self::GreaterOrEqual => value >= threshold,
            Self::Greater => value > threshold,
            Self::Equal => value == threshold,
            Self::NotEqual => value != threshold,
        }
    }

    fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(test, _)| *test == self)
            .map_or("", |(_, name)| name)
    }
}

pub fn is_ensemble(node: &NodeProto) -> bool {
    matches!(
        node.op_type.as_deref(),
        Some("TreeEnsembleRegressor" | "TreeEnsembleClassifier")
    )
}

/// # Errors
/// [`Error::Shrink`] where its columns do not fit together, or it does not add leaves up.
pub fn read(node: &NodeProto) -> Result<Ensemble, Error> {
    let columns = Columns(node);
    if !matches!(
        columns.text("aggregate_function").as_str(),
        "" | "SUM" | "AVERAGE"
    ) {
        return Err(damaged("it takes the least or the largest leaf"));
    }
    let (trees, ids) = (columns.ints("nodes_treeids"), columns.ints("nodes_nodeids"));
    let (features, modes) = (
        columns.ints("nodes_featureids"),
        columns.texts("nodes_modes"),
    );
    let (on_true, on_false) = (
        columns.ints("nodes_truenodeids"),
        columns.ints("nodes_falsenodeids"),
    );
    let missing = columns.ints("nodes_missing_value_tracks_true");
    let thresholds = columns.numbers("nodes_values");
    let n = trees.len();
    let whole = [
        ids.len(),
        features.len(),
        modes.len(),
        on_true.len(),
        on_false.len(),
        thresholds.len(),
    ];
    if n == 0 || whole.iter().any(|&len| len != n) {
        return Err(damaged("its columns have different lengths"));
    }
    let places: HashMap<(i64, i64), usize> = (0..n).map(|at| ((trees[at], ids[at]), at)).collect();
    let mut leaves = leaves(&columns)?;
    let mut roots: Vec<usize> = Vec::new();
    let mut nodes = Vec::with_capacity(n);
    for at in 0..n {
        if at == 0 || trees[at] != trees[at - 1] {
            roots.push(at);
        }
        let child = |ids: &[i64]| {
            // A child behind its parent keeps a hostile file from walking in circles.
            let found = places.get(&(trees[at], ids[at])).copied();
            found
                .filter(|&child| child > at)
                .ok_or_else(|| damaged("a child stands before its parent"))
        };
        let kind = match Test::ALL.iter().find(|(_, name)| *name == modes[at]) {
            Some((test, _)) => Kind::Split {
                feature: usize::try_from(features[at])
                    .map_err(|_| damaged("a feature is negative"))?,
                threshold: thresholds[at],
                test: *test,
                missing_goes_true: missing.get(at).is_some_and(|&flag| flag != 0),
                on_true: child(&on_true)?,
                on_false: child(&on_false)?,
            },
            None if modes[at] == "LEAF" => {
                Kind::Leaf(leaves.remove(&(trees[at], ids[at])).unwrap_or_default())
            }
            None => return Err(damaged("it has a test of another kind")),
        };
        nodes.push(TreeNode {
            tree: trees[at],
            id: ids[at],
            kind,
        });
    }
    let n_outputs = nodes
        .iter()
        .filter_map(|node| match &node.kind {
            Kind::Leaf(values) => values.iter().map(|(output, _)| output + 1).max(),
            Kind::Split { .. } => None,
        })
        .max();
    Ok(Ensemble {
        nodes,
        roots,
        n_outputs: n_outputs.unwrap_or(1),
        is_wide: columns.find("nodes_values_as_tensor").is_some(),
    })
}

/// The nodes that are reached from the roots, in place of those that the operator had.
pub fn write(node: &mut NodeProto, ensemble: &Ensemble) {
    let mut kept = vec![false; ensemble.nodes.len()];
    let mut open = ensemble.roots.clone();
    while let Some(at) = open.pop() {
        kept[at] = true;
        if let Kind::Split {
            on_true, on_false, ..
        } = &ensemble.nodes[at].kind
        {
            open.extend([*on_true, *on_false]);
        }
    }
    let kept: Vec<&TreeNode> = ensemble
        .nodes
        .iter()
        .zip(kept)
        .filter(|(_, is_kept)| *is_kept)
        .map(|(node, _)| node)
        .collect();
    let prefix = leaf_prefix(node);
    let id = |at: usize| ensemble.nodes[at].id;
    let mut leaves: Vec<(i64, i64, i64, f64)> = Vec::new();
    let mut splits: Vec<(i64, f64, &str, i64, i64, i64)> = Vec::new();
    for node in &kept {
        splits.push(match &node.kind {
            Kind::Split {
                feature,
                threshold,
                test,
                missing_goes_true,
                on_true,
                on_false,
            } => (
                *feature as i64,
                *threshold,
                test.name(),
                id(*on_true),
                id(*on_false),
                i64::from(*missing_goes_true),
            ),
            Kind::Leaf(values) => {
                leaves.extend(
                    values
                        .iter()
                        .map(|&(output, value)| (node.tree, node.id, output as i64, value)),
                );
                (0, 0.0, "LEAF", 0, 0, 0)
            }
        });
    }
    let name = |end: &str| format!("{prefix}_{end}");
    let mut set = vec![
        tensor::ints("nodes_treeids", kept.iter().map(|node| node.tree).collect()),
        tensor::ints("nodes_nodeids", kept.iter().map(|node| node.id).collect()),
        tensor::ints(
            "nodes_featureids",
            splits.iter().map(|split| split.0).collect(),
        ),
        tensor::texts("nodes_modes", splits.iter().map(|split| split.2)),
        tensor::ints(
            "nodes_truenodeids",
            splits.iter().map(|split| split.3).collect(),
        ),
        tensor::ints(
            "nodes_falsenodeids",
            splits.iter().map(|split| split.4).collect(),
        ),
        tensor::ints(
            "nodes_missing_value_tracks_true",
            splits.iter().map(|split| split.5).collect(),
        ),
        tensor::ints(&name("treeids"), leaves.iter().map(|leaf| leaf.0).collect()),
        tensor::ints(&name("nodeids"), leaves.iter().map(|leaf| leaf.1).collect()),
        tensor::ints(&name("ids"), leaves.iter().map(|leaf| leaf.2).collect()),
    ];
    let thresholds = splits.iter().map(|split| split.1);
    let weights = leaves.iter().map(|leaf| leaf.3);
    if ensemble.is_wide {
        let (values, weights) = (thresholds.collect(), weights.collect());
        set.push(tensor::tensor(
            "nodes_values_as_tensor",
            Constant::row_f64(values),
        ));
        set.push(tensor::tensor(
            &name("weights_as_tensor"),
            Constant::row_f64(weights),
        ));
    } else {
        let narrow = |value: f64| value as f32;
        set.push(tensor::floats(
            "nodes_values",
            thresholds.map(narrow).collect(),
        ));
        set.push(tensor::floats(
            &name("weights"),
            weights.map(narrow).collect(),
        ));
    }
    // How often a node was hit is no matter of the answers, and its length would not fit any more.
    let is_old = |attribute: &AttributeProto| {
        let name = attribute.name.as_deref().unwrap_or_default();
        name.starts_with("nodes_hitrates")
            || set.iter().any(|new| new.name.as_deref() == Some(name))
    };
    node.attribute.retain(|attribute| !is_old(attribute));
    node.attribute.extend(set);
}

fn leaf_prefix(node: &NodeProto) -> &'static str {
    if node.op_type.as_deref() == Some("TreeEnsembleClassifier") {
        "class"
    } else {
        "target"
    }
}

/// By tree and node, what a leaf adds to which target.
type Leaves = HashMap<(i64, i64), Vec<(usize, f64)>>;

fn leaves(columns: &Columns<'_>) -> Result<Leaves, Error> {
    let prefix = leaf_prefix(columns.0);
    let trees = columns.ints(&format!("{prefix}_treeids"));
    let nodes = columns.ints(&format!("{prefix}_nodeids"));
    let outputs = columns.ints(&format!("{prefix}_ids"));
    let weights = columns.numbers(&format!("{prefix}_weights"));
    if [nodes.len(), outputs.len(), weights.len()] != [trees.len(); 3] {
        return Err(damaged("its leaves have different lengths"));
    }
    let mut leaves: HashMap<(i64, i64), Vec<(usize, f64)>> = HashMap::new();
    for at in 0..trees.len() {
        let output = usize::try_from(outputs[at]).map_err(|_| damaged("an output is negative"))?;
        leaves
            .entry((trees[at], nodes[at]))
            .or_default()
            .push((output, weights[at]));
    }
    Ok(leaves)
}

struct Columns<'a>(&'a NodeProto);

impl Columns<'_> {
    fn find(&self, name: &str) -> Option<&AttributeProto> {
        self.0
            .attribute
            .iter()
            .find(|attribute| attribute.name.as_deref() == Some(name))
    }

    fn ints(&self, name: &str) -> Vec<i64> {
        self.find(name)
            .map(|attribute| attribute.ints.clone())
            .unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let texts = self
            .find(name)
            .map(|attribute| &attribute.strings[..])
            .unwrap_or_default();
        texts
            .iter()
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .collect()
    }

    fn text(&self, name: &str) -> String {
        let text = self.find(name).and_then(|attribute| attribute.s.as_ref());
        text.map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default()
    }

    /// Of the list of f32, or of the tensor that may be wider.
    fn numbers(&self, name: &str) -> Vec<f64> {
        let tensor = self
            .find(&format!("{name}_as_tensor"))
            .and_then(|attribute| attribute.t.as_ref());
        match tensor.and_then(Numbers::of) {
            Some(numbers) => numbers.iter().collect(),
            None => self
                .find(name)
                .map(|attribute| attribute.floats.iter().map(|&v| f64::from(v)).collect())
                .unwrap_or_default(),
        }
    }
}

fn damaged(wrong: &str) -> Error {
    Error::Shrink(format!("its trees cannot be pruned: {wrong}"))
}
