//! Which node of one graph is which of the other.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use crate::proto::{GraphProto, NodeProto, TensorProto};
use crate::reading::{domain, graphs_of};

/// How far back a node looks at what feeds it.
const ROUNDS: usize = 4;

/// A graph with those inside its nodes.
pub struct Flat<'a> {
    pub nodes: Vec<FlatNode<'a>>,
    pub constants: Vec<FlatConstant<'a>>,
    /// The first node that makes a value of this name.
    makers: HashMap<&'a str, usize>,
    /// The same among the nodes of one place.
    makers_in: HashMap<(String, &'a str), usize>,
    names_of_constants: HashSet<&'a str>,
}

pub struct FlatNode<'a> {
    pub node: &'a NodeProto,
    /// As [`assay_core::onnx_graph::OnnxNode::path`].
    pub path: String,
    /// The same without the numbers of nodes, which differ when a node comes before.
    pub place: String,
}

pub struct FlatConstant<'a> {
    pub tensor: &'a TensorProto,
    pub path: String,
    pub place: String,
}

pub fn flatten(graph: &GraphProto) -> Flat<'_> {
    let mut flat = Flat {
        nodes: Vec::new(),
        constants: Vec::new(),
        makers: HashMap::new(),
        makers_in: HashMap::new(),
        names_of_constants: HashSet::new(),
    };
    add(&mut flat, graph, "", "");
    flat
}

fn add<'a>(flat: &mut Flat<'a>, graph: &'a GraphProto, path: &str, place: &str) {
    for tensor in &graph.initializer {
        flat.names_of_constants.extend(tensor.name.as_deref());
        flat.constants.push(FlatConstant {
            tensor,
            path: path.to_owned(),
            place: place.to_owned(),
        });
    }
    for node in &graph.node {
        let index = flat.nodes.len();
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            flat.makers.entry(output).or_insert(index);
            let within = (place.to_owned(), output.as_str());
            flat.makers_in.entry(within).or_insert(index);
        }
        flat.nodes.push(FlatNode {
            node,
            path: path.to_owned(),
            place: place.to_owned(),
        });
        for attribute in &node.attribute {
            let name = attribute.name.as_deref().unwrap_or_default();
            for inner in graphs_of(attribute) {
                let slash = if path.is_empty() { "" } else { "/" };
                add(
                    flat,
                    inner,
                    &format!("{path}{slash}{index}.{name}"),
                    &format!("{place}{slash}{name}"),
                );
            }
        }
    }
}

/// Invariant: a node has at most one partner, of the same operator.
pub struct Matched {
    /// The partner on the right by place on the left.
    pub left: Vec<Option<usize>>,
    pub right: Vec<Option<usize>>,
    /// Both are one file: everything is its own partner, however it is called.
    pub is_one: bool,
}

impl Matched {
    pub fn of(left: &Flat<'_>, right: &Flat<'_>, is_one: bool) -> Self {
        if is_one {
            let own: Vec<Option<usize>> = (0..left.nodes.len()).map(Some).collect();
            return Self {
                left: own.clone(),
                right: own,
                is_one,
            };
        }
        let mut matched = Self {
            left: vec![None; left.nodes.len()],
            right: vec![None; right.nodes.len()],
            is_one,
        };
        let named = |node: &FlatNode<'_>| {
            let name = node.node.name.clone().filter(|name| !name.is_empty())?;
            Some((name, kind(node)))
        };
        let feeding = |node: &FlatNode<'_>| {
            let output = node.node.output.iter().find(|name| !name.is_empty())?;
            Some((output.clone(), kind(node)))
        };
        matched.pair(
            &left.nodes.iter().map(named).collect::<Vec<_>>(),
            &right.nodes.iter().map(named).collect::<Vec<_>>(),
            true,
        );
        matched.pair(
            &left.nodes.iter().map(feeding).collect::<Vec<_>>(),
            &right.nodes.iter().map(feeding).collect::<Vec<_>>(),
            true,
        );
        matched.pair(&meanings(left), &meanings(right), false);
        let kinds = |flat: &Flat<'_>| {
            flat.nodes
                .iter()
                .map(|node| Some(kind(node)))
                .collect::<Vec<_>>()
        };
        matched.pair(&kinds(left), &kinds(right), false);
        matched
    }

    /// Pairs nodes of the same key that have no partner yet, in their order; with `unique` only keys that stand for one
    /// node on either side.
    fn pair<K: Hash + Eq>(&mut self, left: &[Option<K>], right: &[Option<K>], unique: bool) {
        let mut waiting: HashMap<&K, Vec<usize>> = HashMap::new();
        for (place, key) in right.iter().enumerate().rev() {
            if let (None, Some(key)) = (self.right[place], key) {
                waiting.entry(key).or_default().push(place);
            }
        }
        let mut n_left: HashMap<&K, usize> = HashMap::new();
        for (place, key) in left.iter().enumerate() {
            if let (None, Some(key)) = (self.left[place], key) {
                *n_left.entry(key).or_default() += 1;
            }
        }
        for (place, key) in left.iter().enumerate() {
            let (None, Some(key)) = (self.left[place], key) else {
                continue;
            };
            let Some(partners) = waiting.get_mut(key) else {
                continue;
            };
            if unique && (partners.len() > 1 || n_left.get(key) != Some(&1)) {
                continue;
            }
            if let Some(partner) = partners.pop() {
                self.left[place] = Some(partner);
                self.right[partner] = Some(place);
            }
        }
    }

    /// Whether the same node is fed by something else.
    pub fn is_rewired(&self, left: &Flat<'_>, right: &Flat<'_>, a: usize, b: usize) -> bool {
        let (a, b) = (&left.nodes[a], &right.nodes[b]);
        if a.node.input.len() != b.node.input.len() {
            return true;
        }
        let mut pairs = a.node.input.iter().zip(&b.node.input);
        pairs.any(|(from_a, from_b)| {
            match (
                left.producer(&a.place, from_a),
                right.producer(&b.place, from_b),
            ) {
                (Some(x), Some(y)) => self.left[x] != Some(y),
                (None, None) => {
                    // Inputs of the graph by name; constants are looked at by their values.
                    let is_constant = left.is_constant(from_a) && right.is_constant(from_b);
                    !is_constant && from_a != from_b
                }
                _ => true,
            }
        })
    }
}

impl Flat<'_> {
    /// In its own graph, or in one around it.
    fn producer(&self, place: &str, value: &str) -> Option<usize> {
        let within = self.makers_in.get(&(place.to_owned(), value));
        within.or_else(|| self.makers.get(value)).copied()
    }

    fn is_constant(&self, value: &str) -> bool {
        self.names_of_constants.contains(value)
    }
}

/// Nodes of another operator, or of another inner graph, are never the same.
fn kind(node: &FlatNode<'_>) -> (String, String, String) {
    (
        node.place.clone(),
        domain(node.node.domain.as_deref()).to_owned(),
        node.node.op_type.clone().unwrap_or_default(),
    )
}

/// What a node does with what it is fed, whatever things are called.
fn meanings(flat: &Flat<'_>) -> Vec<Option<u64>> {
    let own: Vec<u64> = flat
        .nodes
        .iter()
        .map(|node| {
            let mut hasher = DefaultHasher::new();
            kind(node).hash(&mut hasher);
            for attribute in &node.node.attribute {
                attribute.name.hash(&mut hasher);
                attribute.i.hash(&mut hasher);
                attribute.s.hash(&mut hasher);
                attribute.f.map(f32::to_bits).hash(&mut hasher);
            }
            hasher.finish()
        })
        .collect();
    let mut found = own.clone();
    // A bounded number of rounds also ends for graphs that lead into themselves.
    for _ in 0..ROUNDS {
        found = flat
            .nodes
            .iter()
            .zip(&own)
            .map(|(node, own)| {
                let mut hasher = DefaultHasher::new();
                own.hash(&mut hasher);
                for input in &node.node.input {
                    let maker = flat.makers.get(input.as_str());
                    maker.and_then(|&place| found.get(place)).hash(&mut hasher);
                }
                hasher.finish()
            })
            .collect();
    }
    found.into_iter().map(Some).collect()
}
