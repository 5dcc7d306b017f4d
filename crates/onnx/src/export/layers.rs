//! Steps that keep a number a number, for a block of columns at once.

use super::column::Layer;
use super::graph::Graph;
use super::tensor::Constant;

/// `block` is f64 [N, k], `layers` has k entries. Layers are lined up in rounds, fills in the even ones and scales in
/// the odd ones, so that one set of nodes serves every column.
pub fn write_layers(graph: &mut Graph, block: &str, layers: &[&[Layer]]) -> String {
    let mut rounds: Vec<Vec<Option<Layer>>> = Vec::new();
    for (column, layers) in layers.iter().enumerate() {
        let mut next = 0;
        for layer in *layers {
            let is_even = next % 2 == 0;
            let round = next + usize::from(is_even != matches!(layer, Layer::Fill(_)));
            if rounds.len() <= round {
                rounds.resize(round + 1, Vec::new());
            }
            rounds[round].resize(column, None);
            rounds[round].push(Some(*layer));
            next = round + 1;
        }
    }
    let mut block = block.to_owned();
    for (round, mut row) in rounds.into_iter().enumerate() {
        if row.is_empty() {
            continue;
        }
        row.resize(layers.len(), None);
        block = if round % 2 == 0 {
            write_fills(graph, &block, &row)
        } else {
            write_scales(graph, &block, &row)
        };
    }
    block
}

fn write_fills(graph: &mut Graph, block: &str, row: &[Option<Layer>]) -> String {
    let fills = row.iter().map(|layer| match layer {
        Some(Layer::Fill(value)) => *value,
        _ => f64::NAN,
    });
    let fills = graph.constant("fills", Constant::row_f64(fills.collect()));
    let missing = graph.node("IsNaN", "missing", &[block], vec![]);
    graph.node("Where", "filled", &[&missing, &fills, block], vec![])
}

fn write_scales(graph: &mut Graph, block: &str, row: &[Option<Layer>]) -> String {
    let scales = row.iter().map(|layer| match layer {
        // Divided by infinity, a constant column is 0.
        Some(Layer::Scale { mean, std: 0.0 }) => (*mean, f64::INFINITY),
        Some(Layer::Scale { mean, std }) => (*mean, *std),
        _ => (0.0, 1.0),
    });
    let (means, stds) = scales.unzip();
    let means = graph.constant("means", Constant::row_f64(means));
    let stds = graph.constant("stds", Constant::row_f64(stds));
    let centred = graph.node("Sub", "centred", &[block, &means], vec![]);
    graph.node("Div", "scaled", &[&centred, &stds], vec![])
}
