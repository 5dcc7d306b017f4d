//! Matrices of products in 8 bits.

use std::collections::HashSet;

use super::{FEWEST_NUMBERS, Names, is_product, node, operators};
use crate::error::Error;
use crate::export::tensor;
use crate::proto::tensor_proto::DataType;
use crate::proto::{AttributeProto, GraphProto, NodeProto, TensorProto};
use crate::reading::{ONNX_DOMAIN, Whole};
use crate::tensor_values::{Numbers, element};

/// With `DynamicQuantizeLinear`.
const FIRST_OPSET: u32 = 11;
/// The largest of 8 bits with a sign; −128 is left out, so that the scale is the same on both sides.
const LARGEST: f64 = 127.0;

pub fn write(whole: &mut Whole) -> Result<String, Error> {
    let opset = whole.opsets.get(ONNX_DOMAIN).copied().unwrap_or(0);
    if opset < FIRST_OPSET {
        return Err(Error::Shrink(format!(
            "it is of opset {opset}, and quantising as numbers come needs {FIRST_OPSET}"
        )));
    }
    let graph = &mut whole.graph;
    let products: Vec<usize> = (0..graph.node.len())
        .filter(|&place| is_product(&graph.node[place]))
        .collect();
    let with_constants = products
        .iter()
        .filter(|&&place| constant_of(graph, &graph.node[place]).is_some())
        .count();
    let mut nodes = Vec::new();
    let mut constants = Vec::new();
    let mut n_done = 0;
    for (place, old) in graph.node.iter().enumerate() {
        let quantised = products
            .contains(&place)
            .then(|| quantised(graph, old, n_done))
            .flatten();
        match quantised {
            Some((new_nodes, new_constants)) => {
                nodes.extend(new_nodes);
                constants.extend(new_constants);
                n_done += 1;
            }
            None => nodes.push(old.clone()),
        }
    }
    if with_constants == 0 {
        return Err(Error::Shrink(format!(
            "no product of matrices in it has constants (its operators are {}); prune trees instead",
            operators(graph)
        )));
    }
    if n_done == 0 {
        return Err(Error::Shrink(format!(
            "its matrices hold fewer than {FEWEST_NUMBERS} numbers each, or are no plain ones"
        )));
    }
    graph.node = nodes;
    graph.initializer.extend(constants);
    drop_unused(graph);
    Ok(format!(
        "{n_done} of {with_constants} matrices are in 8 bits"
    ))
}

/// A matrix that is multiplied from the right.
fn constant_of<'a>(graph: &'a GraphProto, product: &NodeProto) -> Option<&'a TensorProto> {
    let name = product.input.get(1)?;
    let found = graph
        .initializer
        .iter()
        .find(|tensor| tensor.name.as_ref() == Some(name))?;
    let is_matrix =
        found.dims.len() == 2 && matches!(element(found), DataType::Float | DataType::Double);
    is_matrix.then_some(found)
}

/// What a product becomes, with the constants that it needs.
fn quantised(
    graph: &GraphProto,
    product: &NodeProto,
    number: usize,
) -> Option<(Vec<NodeProto>, Vec<TensorProto>)> {
    let matrix = constant_of(graph, product)?;
    let is_turned = match product.op_type.as_deref() {
        Some("Gemm") => {
            let one = |name: &str| float(product, name).is_none_or(|value| value == 1.0);
            if int(product, "transA") != 0 || !one("alpha") || !one("beta") {
                return None;
            }
            int(product, "transB") != 0
        }
        _ => false,
    };
    let numbers: Vec<f64> = Numbers::of(matrix)?.iter().collect();
    if numbers.len() < FEWEST_NUMBERS || numbers.iter().any(|number| !number.is_finite()) {
        return None;
    }
    let [a, b] = [0, 1].map(|axis| matrix.dims.get(axis).copied().unwrap_or(0) as usize);
    let (n_rows, n_columns) = if is_turned { (b, a) } else { (a, b) };
    let at = |row: usize, column: usize| {
        let place = if is_turned {
            column * n_rows + row
        } else {
            row * n_columns + column
        };
        numbers.get(place).copied().unwrap_or(0.0)
    };
    let scales: Vec<f32> = (0..n_columns)
        .map(|column| {
            let largest = (0..n_rows)
                .map(|row| at(row, column).abs())
                .fold(0.0, f64::max);
            if largest > 0.0 {
                (largest / LARGEST) as f32
            } else {
                1.0
            }
        })
        .collect();
    let mut bytes = Vec::with_capacity(numbers.len());
    for row in 0..n_rows {
        for (column, &scale) in scales.iter().enumerate() {
            let value = (at(row, column) / f64::from(scale)).round();
            bytes.push((value.clamp(-LARGEST, LARGEST) as i8).to_le_bytes()[0]);
        }
    }
    Some(write_product(
        graph,
        product,
        number,
        (n_rows, &scales, bytes),
        element(matrix),
    ))
}

fn write_product(
    graph: &GraphProto,
    product: &NodeProto,
    number: usize,
    (n_rows, scales, bytes): (usize, &[f32], Vec<u8>),
    wide: DataType,
) -> (Vec<NodeProto>, Vec<TensorProto>) {
    let names = Names::of(graph);
    let name = |hint: &str| names.fresh(&format!("{hint}_int8_{number}"));
    let (matrix, scale) = (name("matrix"), name("scales"));
    let constants = vec![
        TensorProto {
            name: Some(matrix.clone()),
            dims: vec![n_rows as i64, scales.len() as i64],
            data_type: Some(DataType::Int8 as i32),
            raw_data: Some(bytes),
            ..TensorProto::default()
        },
        tensor::Constant::F32(vec![scales.len() as i64], scales.to_vec()).into_tensor(&scale),
    ];
    let cast = |from: &str, to: &str, element: DataType| {
        node(
            "Cast",
            &[from],
            &[to],
            vec![tensor::int("to", i64::from(element as i32))],
        )
    };
    let left = product.input.first().map_or("", String::as_str);
    let answer = product.output.first().map_or("", String::as_str);
    let addend = product.input.get(2).filter(|name| !name.is_empty());
    let (narrow, levels, level, zero) = (name("left"), name("levels"), name("level"), name("zero"));
    let (sums, sums_f32, both, scaled) =
        (name("sums"), name("sums_f32"), name("both"), name("scaled"));
    let widened = addend.map_or_else(|| answer.to_owned(), |_| name("product"));
    let mut nodes = vec![
        cast(left, &narrow, DataType::Float),
        node(
            "DynamicQuantizeLinear",
            &[&narrow],
            &[&levels, &level, &zero],
            Vec::new(),
        ),
        node(
            "MatMulInteger",
            &[&levels, &matrix, &zero],
            &[&sums],
            Vec::new(),
        ),
        cast(&sums, &sums_f32, DataType::Float),
        node("Mul", &[&level, &scale], &[&both], Vec::new()),
        node("Mul", &[&sums_f32, &both], &[&scaled], Vec::new()),
        cast(&scaled, &widened, wide),
    ];
    if let Some(addend) = addend {
        nodes.push(node("Add", &[&widened, addend], &[answer], Vec::new()));
    }
    (nodes, constants)
}

/// Constants that no node takes any more.
fn drop_unused(graph: &mut GraphProto) {
    let without = GraphProto {
        initializer: Vec::new(),
        ..graph.clone()
    };
    let mut used = HashSet::new();
    super::collect(&without, &mut used);
    graph.initializer.retain(|tensor| {
        tensor
            .name
            .as_ref()
            .is_some_and(|name| used.contains(name.as_str()))
    });
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute
        .iter()
        .find(|attribute| attribute.name.as_deref() == Some(name))
}

fn int(node: &NodeProto, name: &str) -> i64 {
    attribute(node, name)
        .and_then(|attribute| attribute.i)
        .unwrap_or(0)
}

fn float(node: &NodeProto, name: &str) -> Option<f32> {
    attribute(node, name).and_then(|attribute| attribute.f)
}
