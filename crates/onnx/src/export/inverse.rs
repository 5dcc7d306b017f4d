//! From the scale that a model learnt on back to its target's.

use assay_core::model::{Inverse, InverseCurve};

use super::estimator::write_in_range;
use super::graph::Graph;
use super::tensor::Constant;
use crate::proto::tensor_proto::DataType;

/// f32 [N, 1] of f32 [N, 1].
pub fn write(graph: &mut Graph, answers: &str, inverse: &Inverse) -> String {
    let answers = graph.cast("answers_f64", answers, DataType::Double);
    let scaled = with(graph, "Mul", "answers_scaled", &answers, inverse.std);
    let moved = with(graph, "Add", "answers_moved", &scaled, inverse.mean);
    let low = scalar(graph, "low", inverse.low);
    let high = scalar(graph, "high", inverse.high);
    let held = graph.node("Clip", "answers_held", &[&moved, &low, &high], vec![]);
    let values = write_curve(graph, &held, inverse.curve);
    let values = write_in_range(graph, &values);
    graph.cast("values_f32", &values, DataType::Float)
}

fn write_curve(graph: &mut Graph, t: &str, curve: InverseCurve) -> String {
    match curve {
        InverseCurve::Exp => graph.node("Exp", "powers", &[t], vec![]),
        InverseCurve::ExpMinusOne => {
            let powers = graph.node("Exp", "powers", &[t], vec![]);
            with(graph, "Sub", "less_one", &powers, 1.0)
        }
        InverseCurve::BoxCox { lambda } => write_raised(graph, t, lambda),
        InverseCurve::YeoJohnson { lambda } => {
            let zero = scalar(graph, "zero", 0.0);
            let above = graph.node("Max", "above", &[t, &zero], vec![]);
            let above = write_raised(graph, &above, lambda);
            let above = with(graph, "Sub", "from_zero_on", &above, 1.0);
            let below = graph.node("Min", "below", &[t, &zero], vec![]);
            let below = graph.node("Neg", "below_turned", &[&below], vec![]);
            let below = write_raised(graph, &below, 2.0 - lambda);
            let one = scalar(graph, "one", 1.0);
            let below = graph.node("Sub", "under_zero", &[&one, &below], vec![]);
            graph.node("Add", "values", &[&above, &below], vec![])
        }
    }
}

/// (λt + 1)^(1/λ), exp(t) for λ = 0.
fn write_raised(graph: &mut Graph, t: &str, lambda: f64) -> String {
    if lambda == 0.0 {
        return graph.node("Exp", "raised", &[t], vec![]);
    }
    let scaled = with(graph, "Mul", "times_lambda", t, lambda);
    let base = with(graph, "Add", "base", &scaled, 1.0);
    with(graph, "Pow", "raised", &base, 1.0 / lambda)
}

fn with(graph: &mut Graph, operator: &str, hint: &str, value: &str, number: f64) -> String {
    let number = scalar(graph, &format!("{hint}_by"), number);
    graph.node(operator, hint, &[value, &number], vec![])
}

fn scalar(graph: &mut Graph, hint: &str, value: f64) -> String {
    graph.constant(hint, Constant::F64(Vec::new(), vec![value]))
}
