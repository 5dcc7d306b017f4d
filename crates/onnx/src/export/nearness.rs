//! Models that compare a row with stored rows: neighbours and kernels.
//!
//! Row by row (`Scan`), since a table of all rows against all stored ones would not fit into memory, and with the
//! differences themselves, since |a|² + |b|² − 2 a·b loses the digits of near rows.

use assay_core::model::{ClassPair, Decisions, Distance, Kernel, Weighting};

use super::estimator::{write_in_range, write_sigmoid};
use super::features::Features;
use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::proto::tensor_proto::DataType;

/// The stored rows of nearest neighbours.
pub struct Stored<'a> {
    pub rows: &'a [f32],
    pub answers: &'a [f32],
    pub n_neighbours: u32,
    pub distance: Distance,
    pub weighting: Weighting,
}

/// f32 [N, n_outputs], the mean answer of the nearest rows. `wide` is f64 [N, n_features].
pub fn write_neighbours(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    stored: &Stored<'_>,
) -> String {
    let width = features.order.len();
    let n_stored = stored.rows.len() / width.max(1);
    let n_outputs = (stored.answers.len() / n_stored.max(1)) as i64;
    let rows = write_rows(graph, "stored_rows", stored.rows, features);
    let shape = vec![n_stored as i64, n_outputs];
    let answers = graph.constant("stored_f32", Constant::F32(shape, stored.answers.to_vec()));
    let answers = graph.cast("stored_answers", &answers, DataType::Double);
    let shape = (DataType::Float, n_outputs);
    graph.each_row("answers", wide, width as i64, shape, |graph, row| {
        let sums = write_apart(graph, row, &rows, stored.distance);
        let largest = Constant::F64(Vec::new(), vec![f64::from(f32::MAX)]);
        let largest = graph.constant("largest_f32", largest);
        let sums = graph.node("Min", "sums_in_range", &[&sums, &largest], vec![]);
        let sums = graph.cast("compared", &sums, DataType::Float);
        let n = Constant::I64(vec![1], vec![i64::from(stored.n_neighbours)]);
        let n = graph.constant("n_neighbours", n);
        // Of equal ones, TopK takes those with the lower index.
        let smallest = vec![tensor::int("largest", 0), tensor::int("sorted", 1)];
        let nearest = graph.node_with("TopK", &["nearest", "numbers"], &[&sums, &n], smallest);
        let [nearest, numbers] = nearest.as_slice() else {
            return sums;
        };
        let near = graph.node("Gather", "near_answers", &[&answers, numbers], vec![]);
        let mean = match stored.weighting {
            Weighting::Uniform => graph.reduce("ReduceMean", "mean_answer", &near, 0, false),
            Weighting::Distance => {
                let weights = write_weights(graph, nearest, stored.distance);
                let sum = graph.node("MatMul", "sum_of_answers", &[&weights, &near], vec![]);
                let alone = vec![tensor::int("keepdims", 1)];
                let total = graph.node("ReduceSum", "sum_of_weights", &[&weights], alone);
                graph.node("Div", "mean_answer", &[&sum, &total], vec![])
            }
        };
        graph.cast("answer", &mean, DataType::Float)
    })
}

/// What each neighbour counts, f64 [n_neighbours].
fn write_weights(graph: &mut Graph, compared: &str, distance: Distance) -> String {
    let compared = graph.cast("compared_f64", compared, DataType::Double);
    let apart = match distance {
        Distance::Euclidean => graph.node("Sqrt", "apart", &[&compared], vec![]),
        Distance::Manhattan => compared,
    };
    let zero = graph.constant("zero", Constant::F64(Vec::new(), vec![0.0]));
    let is_same = graph.node("Equal", "is_same", &[&apart, &zero], vec![]);
    let same = graph.cast("same", &is_same, DataType::Double);
    let alone = vec![tensor::int("keepdims", 1)];
    let any_same = graph.node("ReduceMax", "any_same", &[&same], alone);
    let any_same = graph.cast("is_any_same", &any_same, DataType::Bool);
    let inverse = graph.node("Reciprocal", "inverse", &[&apart], vec![]);
    graph.node("Where", "weights", &[&any_same, &same, &inverse], vec![])
}

/// A kernel machine of one decision or several.
pub struct Machine<'a> {
    pub kernel: Kernel,
    pub vectors: &'a [f32],
    pub coefficients: &'a [Vec<f64>],
    pub intercepts: &'a [f64],
    pub decisions: &'a Decisions,
}

/// f32 [N, n_outputs]. `wide` is f64 [N, n_features].
pub fn write_kernel(
    graph: &mut Graph,
    wide: &str,
    features: &Features,
    machine: &Machine<'_>,
    n_outputs: usize,
) -> String {
    let width = features.order.len();
    let n_vectors = machine.vectors.len() / width.max(1);
    let n_decisions = machine.intercepts.len();
    let vectors = write_rows(graph, "vectors", machine.vectors, features);
    let shape = vec![n_vectors as i64, n_decisions as i64];
    let coefficients = (0..n_vectors)
        .flat_map(|vector| machine.coefficients.iter().map(move |row| row[vector]))
        .collect();
    let coefficients = graph.constant("coefficients", Constant::F64(shape, coefficients));
    let shape = (DataType::Double, n_decisions as i64);
    let sums = graph.each_row("sums", wide, width as i64, shape, |graph, row| {
        let kernels = write_kernels(graph, row, (&vectors, n_vectors), machine.kernel);
        graph.node("MatMul", "sum", &[&kernels, &coefficients], vec![])
    });
    let intercepts = graph.constant("intercepts", Constant::row_f64(machine.intercepts.to_vec()));
    let sums = graph.node("Add", "decisions", &[&sums, &intercepts], vec![]);
    let sums = write_in_range(graph, &sums);
    let sums = graph.cast("decisions_f32", &sums, DataType::Float);
    match machine.decisions {
        Decisions::Value => sums,
        Decisions::Pairs(pairs) => write_pairs(graph, &sums, pairs, n_outputs),
    }
}

/// The kernel of one row with every vector, f64 [n_vectors].
fn write_kernels(
    graph: &mut Graph,
    row: &str,
    (vectors, n_vectors): (&str, usize),
    kernel: Kernel,
) -> String {
    let scalar = |value: f64| Constant::F64(Vec::new(), vec![value]);
    match kernel {
        Kernel::Linear => graph.node("MatMul", "products", &[vectors, row], vec![]),
        Kernel::Rbf { gamma } => {
            let apart = write_apart(graph, row, vectors, Distance::Euclidean);
            let gamma = graph.constant("minus_gamma", scalar(-gamma));
            let powers = graph.node("Mul", "powers", &[&apart, &gamma], vec![]);
            graph.node("Exp", "kernels", &[&powers], vec![])
        }
        Kernel::Polynomial {
            gamma,
            offset,
            degree,
        } => {
            let products = graph.node("MatMul", "products", &[vectors, row], vec![]);
            // A number for every vector: the runtime would make one number a factor of the product, in f32.
            let gammas = Constant::F64(vec![n_vectors as i64], vec![gamma; n_vectors]);
            let gamma = graph.constant("gamma", gammas);
            let offset = graph.constant("offset", scalar(offset));
            let scaled = graph.node("Mul", "scaled", &[&products, &gamma], vec![]);
            let base = graph.node("Add", "base", &[&scaled, &offset], vec![]);
            // Products, since Pow goes through logarithms on some platforms.
            (1..degree).fold(base.clone(), |power, _| {
                graph.node("Mul", "power", &[&power, &base], vec![])
            })
        }
    }
}

/// Of one row with every stored one: Σ (a − b)² or Σ |a − b|, f64 [n_stored].
pub fn write_apart(graph: &mut Graph, row: &str, stored: &str, distance: Distance) -> String {
    let apart = graph.node("Sub", "differences", &[stored, row], vec![]);
    let terms = match distance {
        Distance::Euclidean => graph.node("Mul", "squares", &[&apart, &apart], vec![]),
        Distance::Manhattan => graph.node("Abs", "absolutes", &[&apart], vec![]),
    };
    let axis = graph.constant("of_features", Constant::I64(vec![1], vec![1]));
    let flat = vec![tensor::int("keepdims", 0)];
    graph.node("ReduceSum", "apart", &[&terms, &axis], flat)
}

/// Probabilities, f32 [N, n_classes], from decisions between two classes each.
fn write_pairs(graph: &mut Graph, sums: &str, pairs: &[ClassPair], n_classes: usize) -> String {
    let sums = graph.cast("decisions_f64", sums, DataType::Double);
    let of_pairs = |of: fn(&ClassPair) -> f64| Constant::row_f64(pairs.iter().map(of).collect());
    let slopes = graph.constant("slopes", of_pairs(|pair| pair.slope));
    let shifts = graph.constant("shifts", of_pairs(|pair| pair.shift));
    let scaled = graph.node("Mul", "scaled_decisions", &[&sums, &slopes], vec![]);
    let second = graph.node("Add", "logits", &[&scaled, &shifts], vec![]);
    let first = graph.node("Neg", "other_logits", &[&second], vec![]);
    let both = graph.concat("both_logits", &[first, second]);
    let shares = write_sigmoid(graph, &both);
    let part = 1.0 / pairs.len() as f64;
    let of_class = |class: u32| {
        (0..n_classes).map(move |other| if other == class as usize { part } else { 0.0 })
    };
    let firsts = pairs.iter().flat_map(|pair| of_class(pair.first));
    let seconds = pairs.iter().flat_map(|pair| of_class(pair.second));
    let shape = vec![2 * pairs.len() as i64, n_classes as i64];
    let parts = graph.constant(
        "parts",
        Constant::F64(shape, firsts.chain(seconds).collect()),
    );
    let mean = graph.node("MatMul", "mean_shares", &[&shares, &parts], vec![]);
    graph.cast("probabilities", &mean, DataType::Float)
}

/// Rows of features in the recipe's order as f64 [n, n_features] in the graph's.
pub fn write_rows(graph: &mut Graph, hint: &str, rows: &[f32], features: &Features) -> String {
    let width = features.order.len();
    let ordered: Vec<f32> = rows
        .chunks(width.max(1))
        .flat_map(|row| features.order.iter().map(|&feature| row[feature]))
        .collect();
    let shape = vec![(ordered.len() / width.max(1)) as i64, width as i64];
    let narrow = graph.constant(&format!("{hint}_f32"), Constant::F32(shape, ordered));
    graph.cast(hint, &narrow, DataType::Double)
}
