//! Matrices of products in 16 bits.

use std::collections::HashSet;

use half::f16;

use super::{FEWEST_NUMBERS, Names, is_product, node, operators};
use crate::error::Error;
use crate::export::tensor;
use crate::proto::tensor_proto::DataType;
use crate::proto::{GraphProto, TensorProto};
use crate::reading::Whole;
use crate::tensor_values::{Numbers, element};

pub fn write(whole: &mut Whole) -> Result<String, Error> {
    let graph = &mut whole.graph;
    let mut factors = HashSet::new();
    collect_factors(graph, &mut factors);
    let mut n_matrices = 0;
    let mut casts = Vec::new();
    let mut narrowed = Vec::new();
    for (place, constant) in graph.initializer.iter().enumerate() {
        let name = constant.name.as_deref().unwrap_or_default();
        if !factors.contains(name)
            || !matches!(element(constant), DataType::Float | DataType::Double)
        {
            continue;
        }
        n_matrices += 1;
        if let Some(narrow) = narrow(constant, &Names::of(graph)) {
            // The wide value keeps its name, so that whoever takes it, also inside of another graph, sees no change.
            let wide = tensor::int("to", i64::from(element(constant) as i32));
            casts.push(node("Cast", &[narrow.name()], &[name], vec![wide]));
            narrowed.push((place, narrow));
        }
    }
    if n_matrices == 0 {
        return Err(Error::Shrink(format!(
            "no product of matrices in it has constants (its operators are {}); prune trees instead",
            operators(graph)
        )));
    }
    if narrowed.is_empty() {
        return Err(Error::Shrink(format!(
            "its matrices hold fewer than {FEWEST_NUMBERS} numbers each, or numbers beyond the range of 16 bits"
        )));
    }
    let note = format!("{} of {n_matrices} matrices are in 16 bits", narrowed.len());
    for (place, constant) in narrowed {
        graph.initializer[place] = constant;
    }
    graph.node.splice(0..0, casts);
    Ok(note)
}

/// What stands in a product, in the graph itself and in those inside of its nodes.
fn collect_factors(graph: &GraphProto, factors: &mut HashSet<String>) {
    for node in &graph.node {
        if is_product(node) {
            factors.extend(node.input.iter().take(2).cloned());
        }
        for inner in node
            .attribute
            .iter()
            .filter_map(|attribute| attribute.g.as_ref())
        {
            collect_factors(inner, factors);
        }
    }
}

/// `None` where it is small, or some number would become infinite.
fn narrow(constant: &TensorProto, names: &Names<'_>) -> Option<TensorProto> {
    let numbers = Numbers::of(constant)?;
    if numbers.len() < FEWEST_NUMBERS {
        return None;
    }
    let halves: Vec<f16> = numbers.iter().map(f16::from_f64).collect();
    if halves.iter().any(|half| !half.is_finite()) {
        return None;
    }
    let name = format!("{}_float16", constant.name.as_deref().unwrap_or_default());
    Some(TensorProto {
        name: Some(names.fresh(&name)),
        dims: constant.dims.clone(),
        data_type: Some(DataType::Float16 as i32),
        raw_data: Some(halves.iter().flat_map(|half| half.to_le_bytes()).collect()),
        ..TensorProto::default()
    })
}
