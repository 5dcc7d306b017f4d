//! Numbers that differ: constants of graphs, and lists of numbers in their nodes.

use std::collections::{HashMap, HashSet};

use assay_core::model_diff::{MOST_LISTED, WeightChange, WeightChanges};

use super::ensembles::is_ensemble;
use super::matching::{Flat, FlatConstant, Matched};
use crate::proto::{AttributeProto, TensorProto};
use crate::tensor_values::{Numbers, element, element_name};

/// Shorter lists of a node are attributes like any other.
const FEWEST: usize = 9;

pub fn changes(left: &Flat<'_>, right: &Flat<'_>, matched: &Matched) -> WeightChanges {
    let mut changes = WeightChanges::default();
    let mut found = Vec::new();
    let pairs = pairs(left, right, matched);
    let taken: HashSet<usize> = pairs.iter().filter_map(|pair| *pair).collect();
    for (a, b) in left.constants.iter().zip(&pairs) {
        match b {
            Some(b) => {
                let b = right.constants[*b].tensor;
                if same_tensor(a.tensor, b) {
                    changes.n_same += 1;
                } else {
                    changes.n_changed += 1;
                    found.push(compared(name(a), a.path.clone(), a.tensor, b));
                }
            }
            None => {
                changes.n_left_only += 1;
                found.push(only(a, true));
            }
        }
    }
    for (b, constant) in right.constants.iter().enumerate() {
        if !taken.contains(&b) {
            changes.n_right_only += 1;
            found.push(only(constant, false));
        }
    }
    in_nodes(left, right, matched, &mut changes, &mut found);
    let size = |change: &WeightChange| {
        let is_on_both = change.left.is_some() && change.right.is_some();
        (is_on_both, change.relative_norm.unwrap_or(f64::MAX))
    };
    found.sort_by(|a, b| {
        let ((a_both, a), (b_both, b)) = (size(a), size(b));
        b_both.cmp(&a_both).then(b.total_cmp(&a))
    });
    found.truncate(MOST_LISTED);
    changes.changes = found;
    changes
}

/// The same numbers to the bit, whichever way they are kept.
pub fn same_tensor(a: &TensorProto, b: &TensorProto) -> bool {
    if a.data_type != b.data_type || a.dims != b.dims {
        return false;
    }
    match (Numbers::of(a), Numbers::of(b)) {
        (Some(x), Some(y)) => x
            .iter()
            .zip(y.iter())
            .all(|(x, y)| x.to_bits() == y.to_bits()),
        _ => {
            a.string_data == b.string_data
                && a.raw_data == b.raw_data
                && a.external_data == b.external_data
                && a.int32_data == b.int32_data
        }
    }
}

/// The partner of each constant of the left: of the same name, else at the same input of the same node.
fn pairs(left: &Flat<'_>, right: &Flat<'_>, matched: &Matched) -> Vec<Option<usize>> {
    if matched.is_one {
        return (0..left.constants.len()).map(Some).collect();
    }
    fn places<'a>(flat: &'a Flat<'_>) -> HashMap<(&'a str, &'a str), usize> {
        let constants = flat.constants.iter().enumerate();
        constants
            .map(|(index, constant)| {
                let name = constant.tensor.name.as_deref().unwrap_or_default();
                ((constant.place.as_str(), name), index)
            })
            .collect()
    }
    let (in_left, in_right) = (places(left), places(right));
    let mut pairs: Vec<Option<usize>> = vec![None; left.constants.len()];
    let mut taken = HashSet::new();
    for (key, &a) in &in_left {
        if let Some(&b) = in_right.get(key) {
            pairs[a] = Some(b);
            taken.insert(b);
        }
    }
    for (a, b) in matched.left.iter().enumerate() {
        let Some(b) = *b else { continue };
        let (a, b) = (&left.nodes[a], &right.nodes[b]);
        for (from_a, from_b) in a.node.input.iter().zip(&b.node.input) {
            let x = in_left.get(&(a.place.as_str(), from_a.as_str()));
            let y = in_right.get(&(b.place.as_str(), from_b.as_str()));
            if let (Some(&x), Some(&y)) = (x, y)
                && pairs[x].is_none()
                && taken.insert(y)
            {
                pairs[x] = Some(y);
            }
        }
    }
    pairs
}

/// Coefficients and the like that nodes keep themselves; trees are told apart elsewhere.
fn in_nodes(
    left: &Flat<'_>,
    right: &Flat<'_>,
    matched: &Matched,
    changes: &mut WeightChanges,
    found: &mut Vec<WeightChange>,
) {
    for (a, b) in matched.left.iter().enumerate() {
        let Some(b) = *b else { continue };
        let (a, b) = (&left.nodes[a], &right.nodes[b]);
        if is_ensemble(a.node) {
            continue;
        }
        for (place, x) in a.node.attribute.iter().enumerate() {
            // No file of good will names an attribute twice.
            let is_again = a.node.attribute[..place]
                .iter()
                .any(|before| before.name == x.name);
            if is_again {
                continue;
            }
            let other = b.node.attribute.iter().find(|y| y.name == x.name);
            let Some((x_numbers, y)) = numbers(x).zip(other) else {
                continue;
            };
            let Some(y_numbers) = numbers(y) else {
                continue;
            };
            if x_numbers.len() < FEWEST && y_numbers.len() < FEWEST {
                continue;
            }
            let change = difference(x_numbers, y_numbers);
            if change.n_changed == Some(0) {
                changes.n_same += 1;
                continue;
            }
            changes.n_changed += 1;
            let node = a.node.name.as_deref().filter(|name| !name.is_empty());
            let node = node.or(a.node.op_type.as_deref()).unwrap_or_default();
            found.push(WeightChange {
                name: format!("{node}.{}", x.name.as_deref().unwrap_or_default()),
                path: a.path.clone(),
                left: Some(format!("{} [{}]", kind(x), x_numbers.len())),
                right: Some(format!("{} [{}]", kind(y), y_numbers.len())),
                ..change
            });
        }
    }
}

fn numbers(attribute: &AttributeProto) -> Option<Numbers<'_>> {
    if let Some(tensor) = &attribute.t {
        return Numbers::of(tensor);
    }
    (!attribute.floats.is_empty()).then_some(Numbers::F32(&attribute.floats))
}

fn kind(attribute: &AttributeProto) -> String {
    let tensor = attribute.t.as_ref();
    tensor.map_or_else(
        || "float".to_owned(),
        |tensor| element_name(element(tensor)),
    )
}

fn compared(name: String, path: String, a: &TensorProto, b: &TensorProto) -> WeightChange {
    let nothing = WeightChange {
        name: String::new(),
        path: String::new(),
        left: None,
        right: None,
        n_changed: None,
        max_abs: None,
        mean_abs: None,
        relative_norm: None,
    };
    let change = match (Numbers::of(a), Numbers::of(b)) {
        (Some(x), Some(y)) => difference(x, y),
        _ => nothing,
    };
    WeightChange {
        name,
        path,
        left: Some(described(a)),
        right: Some(described(b)),
        ..change
    }
}

/// Without names.
fn difference(a: Numbers<'_>, b: Numbers<'_>) -> WeightChange {
    let (mut n_changed, mut max, mut sum) = (0_u64, 0.0, 0.0);
    let (mut squares, mut left_squares) = (0.0, 0.0);
    let is_alike = a.len() == b.len() && a.len() > 0;
    if is_alike {
        for (x, y) in a.iter().zip(b.iter()) {
            let changed = x.to_bits() != y.to_bits() && x != y;
            n_changed += u64::from(changed);
            let difference = if changed { (y - x).abs() } else { 0.0 };
            // What is finite here and not there is as different as can be.
            let difference = if difference.is_finite() {
                difference
            } else {
                f64::MAX
            };
            max = f64::max(max, difference);
            sum += difference / a.len() as f64;
            squares += difference * difference;
            left_squares += if x.is_finite() { x * x } else { 0.0 };
        }
    }
    let finite = |value: f64| if value.is_finite() { value } else { f64::MAX };
    WeightChange {
        name: String::new(),
        path: String::new(),
        left: None,
        right: None,
        n_changed: is_alike.then_some(n_changed),
        max_abs: is_alike.then_some(max),
        mean_abs: is_alike.then_some(finite(sum)),
        relative_norm: (is_alike && left_squares > 0.0)
            .then(|| finite((squares / left_squares).sqrt())),
    }
}

fn only(constant: &FlatConstant<'_>, is_left: bool) -> WeightChange {
    let text = Some(described(constant.tensor));
    WeightChange {
        name: name(constant),
        path: constant.path.clone(),
        left: text.clone().filter(|_| is_left),
        right: text.filter(|_| !is_left),
        n_changed: None,
        max_abs: None,
        mean_abs: None,
        relative_norm: None,
    }
}

fn name(constant: &FlatConstant<'_>) -> String {
    constant.tensor.name.clone().unwrap_or_default()
}

fn described(tensor: &TensorProto) -> String {
    let shape: Vec<String> = tensor.dims.iter().map(i64::to_string).collect();
    format!("{} [{}]", element_name(element(tensor)), shape.join(", "))
}
