//! What comes after a classifier's probabilities.
//!
//! The piece of an isotonic curve is found by a tree over the scores, whose leaves are the pieces' numbers: the runtime
//! answers trees in f32, which holds such numbers and not the pieces themselves.

use assay_core::model::{Calibration, LEAST_PROBABILITY, Node, Piece, Score, SigmoidCurve, Tree};

use super::estimator::write_sigmoid;
use super::features::Features;
use super::graph::Graph;
use super::tensor::{self, Constant};
use super::trees;
use crate::proto::tensor_proto::DataType;

/// f32 [N, n_classes] of f32 [N, n_classes]. The calibration was checked before.
pub fn write(
    graph: &mut Graph,
    probabilities: &str,
    calibration: &Calibration,
    n_classes: usize,
) -> String {
    let wide = graph.cast("base_f64", probabilities, DataType::Double);
    let better = match calibration {
        Calibration::Temperature { sharpness } => {
            let logarithms = write_logarithms(graph, &wide);
            let sharpness = graph.constant("sharpness", scalar(*sharpness));
            let sums = graph.node("Mul", "sharpened", &[&logarithms, &sharpness], vec![]);
            let axis = vec![tensor::int("axis", 1)];
            graph.node("Softmax", "calibrated_f64", &[&sums], axis)
        }
        Calibration::Sigmoid { score, curves } => {
            let scores = write_scores(graph, &wide, *score, n_classes, curves.len());
            write_curves(graph, &scores, curves)
        }
        Calibration::Isotonic { score, curves } => {
            let scores = write_scores(graph, &wide, *score, n_classes, curves.len());
            write_pieces(graph, &scores, curves)
        }
    };
    graph.cast("calibrated", &better, DataType::Float)
}

/// Logarithms of probabilities, f64 [N, n].
fn write_logarithms(graph: &mut Graph, wide: &str) -> String {
    let least = scalar(f64::from(LEAST_PROBABILITY));
    let least = graph.constant("least_probability", least);
    let held = graph.node("Max", "at_least", &[wide, &least], vec![]);
    graph.node("Log", "logarithms", &[&held], vec![])
}

/// What the curves look at, f64 [N, n_curves], rounded to f32 before. A single curve looks at the second class.
fn write_scores(
    graph: &mut Graph,
    wide: &str,
    score: Score,
    n_classes: usize,
    n_curves: usize,
) -> String {
    let scores = match score {
        Score::Probability => wide.to_owned(),
        Score::LogOdds => {
            let n = n_classes;
            let others = (0..n * n).map(|at| f64::from(u8::from(at / n != at % n)));
            let others = Constant::F64(vec![n as i64; 2], others.collect());
            let others = graph.constant("all_but_one", others);
            let rest = graph.node("MatMul", "rest", &[wide, &others], vec![]);
            let own = write_logarithms(graph, wide);
            let rest = write_logarithms(graph, &rest);
            graph.node("Sub", "log_odds", &[&own, &rest], vec![])
        }
    };
    let scores = if n_curves == 1 {
        let second = graph.constant("second", Constant::I64(vec![1], vec![1]));
        let axis = vec![tensor::int("axis", 1)];
        graph.node("Gather", "score_of_second", &[&scores, &second], axis)
    } else {
        scores
    };
    let rounded = graph.cast("scores_f32", &scores, DataType::Float);
    graph.cast("scores", &rounded, DataType::Double)
}

/// f64 [N, n_classes].
fn write_curves(graph: &mut Graph, scores: &str, curves: &[SigmoidCurve]) -> String {
    let of = |of: fn(&SigmoidCurve) -> f64| Constant::row_f64(curves.iter().map(of).collect());
    let slopes = graph.constant("slopes", of(|curve| curve.slope));
    let shifts = graph.constant("shifts", of(|curve| curve.shift));
    let scaled = graph.node("Mul", "scaled_scores", &[scores, &slopes], vec![]);
    let z = graph.node("Add", "curve_sums", &[&scaled, &shifts], vec![]);
    if curves.len() == 1 {
        let negative = graph.node("Neg", "of_the_first", &[&z], vec![]);
        let both = graph.concat("of_both", &[negative, z]);
        return write_sigmoid(graph, &both);
    }
    let each = write_sigmoid(graph, &z);
    write_shares(graph, &each, curves.len())
}

/// f64 [N, n_classes].
fn write_pieces(graph: &mut Graph, scores: &str, curves: &[Vec<Piece>]) -> String {
    let mut starts = Vec::with_capacity(curves.len());
    let mut pieces: Vec<Piece> = Vec::new();
    for curve in curves {
        starts.push(pieces.len() as f32);
        pieces.extend(curve);
    }
    let trees: Vec<Tree> = curves
        .iter()
        .zip(0..)
        .map(|(curve, class)| search(class, curve))
        .collect();
    let stacked = Features {
        name: scores.to_owned(),
        order: (0..curves.len()).collect(),
        missing_texts: Default::default(),
    };
    let numbers = trees::write_sums(graph, scores, &stacked, &trees, &starts);
    let numbers = graph.cast("piece", &numbers, DataType::Int64);
    let mut gathered = |hint: &str, of: fn(&Piece) -> f64| {
        let values = Constant::row_f64(pieces.iter().map(of).collect());
        let values = graph.constant(&format!("{hint}_of_pieces"), values);
        graph.node("Gather", hint, &[&values, &numbers], vec![])
    };
    let from = gathered("from", |piece| f64::from(piece.from));
    let probability = gathered("probability", |piece| piece.probability);
    let slope = gathered("slope", |piece| piece.slope);
    let beyond = graph.node("Sub", "beyond", &[scores, &from], vec![]);
    let risen = graph.node("Mul", "risen", &[&slope, &beyond], vec![]);
    let on_line = graph.node("Add", "on_line", &[&probability, &risen], vec![]);
    let zero = graph.constant("impossible", scalar(0.0));
    let one = graph.constant("certain", scalar(1.0));
    let held = graph.node("Clip", "on_curve", &[&on_line, &zero, &one], vec![]);
    if curves.len() == 1 {
        let rest = graph.node("Sub", "of_the_first", &[&one, &held], vec![]);
        return graph.concat("of_both", &[rest, held]);
    }
    write_shares(graph, &held, curves.len())
}

/// Each over the sum of its row, alike where that is 0; f64 [N, n].
fn write_shares(graph: &mut Graph, values: &str, n: usize) -> String {
    let axis = graph.constant("of_classes", Constant::I64(vec![1], vec![1]));
    let keep = vec![tensor::int("keepdims", 1)];
    let total = graph.node("ReduceSum", "total", &[values, &axis], keep);
    let zero = graph.constant("nothing", scalar(0.0));
    let is_some = graph.node("Greater", "is_some", &[&total, &zero], vec![]);
    let share = graph.node("Div", "share", &[values, &total], vec![]);
    let alike = graph.constant("alike", scalar(1.0 / n as f64));
    graph.node("Where", "shares", &[&is_some, &share, &alike], vec![])
}

/// A tree that finds the number of the piece which a score of feature `class` falls into.
fn search(class: u32, pieces: &[Piece]) -> Tree {
    let mut tree = Tree::default();
    grow(&mut tree, class, pieces, 0..pieces.len());
    tree
}

/// Pieces of a range that is not empty: the later ones begin over their start.
fn grow(tree: &mut Tree, class: u32, pieces: &[Piece], range: std::ops::Range<usize>) -> u32 {
    let at = tree.nodes.len();
    let middle = range.start + range.len().div_ceil(2);
    let leaf = Node::Leaf {
        values: vec![range.start as f32],
    };
    tree.nodes.push(leaf);
    if let Some(piece) = pieces.get(middle).filter(|_| range.len() > 1) {
        let left = grow(tree, class, pieces, range.start..middle);
        let right = grow(tree, class, pieces, middle..range.end);
        tree.nodes[at] = Node::Split {
            feature: class,
            threshold: piece.from,
            missing_left: true,
            left,
            right,
            gain: 0.0,
        };
    }
    at as u32
}

fn scalar(value: f64) -> Constant {
    Constant::F64(Vec::new(), vec![value])
}
