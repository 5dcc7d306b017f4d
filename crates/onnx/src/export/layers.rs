//! Operations that keep a number a number, for a block of columns at once.

use std::mem::{Discriminant, discriminant};

use assay_core::recipe::Op;

use super::graph::Graph;
use super::tensor::Constant;
use crate::proto::tensor_proto::DataType;

/// Whether one set of nodes can serve many columns.
pub fn is_layer(op: &Op) -> bool {
    !matches!(op, Op::Bin(_) | Op::Position(_) | Op::Date(..))
}

/// `block` is f64 [N, k], `columns` has k entries. Operations of one kind are lined up in rounds, so that one set of nodes
/// serves every column; a column that lacks one passes it unchanged.
pub fn write_layers(graph: &mut Graph, block: &str, columns: &[&[Op]]) -> String {
    let mut rounds: Vec<Round<'_>> = Vec::new();
    for (column, ops) in columns.iter().enumerate() {
        let mut next = 0;
        for op in *ops {
            let kind = discriminant(op);
            let later = rounds.iter().skip(next);
            let found = later.enumerate().find(|(_, round)| round.kind == kind);
            let at = found.map_or(rounds.len(), |(offset, _)| next + offset);
            if at == rounds.len() {
                let ops = vec![None; columns.len()];
                rounds.push(Round { kind, ops });
            }
            rounds[at].ops[column] = Some(op);
            next = at + 1;
        }
    }
    let mut block = block.to_owned();
    for round in &rounds {
        block = round.write(graph, &block);
    }
    block
}

struct Round<'a> {
    kind: Discriminant<Op>,
    /// Per column.
    ops: Vec<Option<&'a Op>>,
}

impl Round<'_> {
    fn write(&self, graph: &mut Graph, block: &str) -> String {
        match self.ops.iter().copied().flatten().next() {
            Some(Op::Fill(_)) => self.write_fills(graph, block),
            Some(Op::Scale { .. }) => self.write_scales(graph, block),
            Some(Op::IsMissing) => {
                let missing = graph.node("IsNaN", "missing", &[block], vec![]);
                let flags = graph.cast("flags", &missing, DataType::Double);
                self.only_where_wanted(graph, block, &flags)
            }
            Some(Op::YeoJohnson(_)) => {
                let powers = self.write_powers(graph, block);
                self.only_where_wanted(graph, block, &powers)
            }
            Some(Op::Log) => {
                let size = graph.node("Abs", "size", &[block], vec![]);
                let one = graph.scalar("one", 1.0);
                let base = graph.node("Add", "base", &[&one, &size], vec![]);
                let logs = graph.node("Log", "logs", &[&base], vec![]);
                let logs = write_mirrored(graph, block, &logs);
                self.only_where_wanted(graph, block, &logs)
            }
            Some(Op::Square) => {
                let squares = graph.node("Mul", "squares", &[block, block], vec![]);
                self.only_where_wanted(graph, block, &squares)
            }
            _ => block.to_owned(),
        }
    }

    fn row(&self, of: impl Fn(Option<&Op>) -> f64) -> Constant {
        Constant::row_f64(self.ops.iter().map(|op| of(*op)).collect())
    }

    fn write_fills(&self, graph: &mut Graph, block: &str) -> String {
        let fills = self.row(|op| match op {
            Some(Op::Fill(value)) => *value,
            _ => f64::NAN,
        });
        let fills = graph.constant("fills", fills);
        let missing = graph.node("IsNaN", "missing", &[block], vec![]);
        graph.node("Where", "filled", &[&missing, &fills, block], vec![])
    }

    fn write_scales(&self, graph: &mut Graph, block: &str) -> String {
        let centres = self.row(|op| match op {
            Some(Op::Scale { centre, .. }) => *centre,
            _ => 0.0,
        });
        let scales = self.row(|op| match op {
            // Divided by infinity, a constant column is 0.
            Some(Op::Scale { scale: 0.0, .. }) => f64::INFINITY,
            Some(Op::Scale { scale, .. }) => *scale,
            _ => 1.0,
        });
        let centres = graph.constant("means", centres);
        let scales = graph.constant("stds", scales);
        let centred = graph.node("Sub", "centred", &[block, &centres], vec![]);
        graph.node("Div", "scaled", &[&centred, &scales], vec![])
    }

    /// Yeo and Johnson's transform; its exponent is λ, or 2 − λ for negative numbers.
    fn write_powers(&self, graph: &mut Graph, block: &str) -> String {
        let lambda = |op: Option<&Op>| match op {
            Some(Op::YeoJohnson(lambda)) => *lambda,
            _ => 1.0,
        };
        let above = graph.constant("exponents", self.row(lambda));
        let below = graph.constant("exponents_below", self.row(|op| 2.0 - lambda(op)));
        let zero = graph.scalar("zero", 0.0);
        let one = graph.scalar("one", 1.0);
        let negative = graph.node("Less", "negative", &[block, &zero], vec![]);
        let exponent = graph.node("Where", "exponent", &[&negative, &below, &above], vec![]);
        let size = graph.node("Abs", "size", &[block], vec![]);
        let base = graph.node("Add", "base", &[&one, &size], vec![]);
        let power = graph.node("Pow", "power", &[&base, &exponent], vec![]);
        let power = graph.node("Sub", "power_less_one", &[&power, &one], vec![]);
        let power = graph.node("Div", "power_scaled", &[&power, &exponent], vec![]);
        let log = graph.node("Log", "log", &[&base], vec![]);
        let no_power = graph.node("Equal", "no_power", &[&exponent, &zero], vec![]);
        let sizes = graph.node("Where", "sizes", &[&no_power, &log, &power], vec![]);
        write_mirrored(graph, block, &sizes)
    }

    fn only_where_wanted(&self, graph: &mut Graph, block: &str, changed: &str) -> String {
        if self.ops.iter().all(Option::is_some) {
            return changed.to_owned();
        }
        let wanted = self.row(|op| f64::from(u8::from(op.is_some())));
        let wanted = graph.constant("wanted", wanted);
        let wanted = graph.cast("is_wanted", &wanted, DataType::Bool);
        graph.node("Where", "changed", &[&wanted, changed, block], vec![])
    }
}

/// `sizes` with the signs of `block`.
fn write_mirrored(graph: &mut Graph, block: &str, sizes: &str) -> String {
    let zero = graph.scalar("zero", 0.0);
    let negative = graph.node("Less", "negative", &[block, &zero], vec![]);
    let opposite = graph.node("Neg", "opposite", &[sizes], vec![]);
    graph.node("Where", "mirrored", &[&negative, &opposite, sizes], vec![])
}
