//! From a model's numbers to the outputs of the graph.

use assay_core::schema::ColumnType;

use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::error::Error;
use crate::proto::tensor_proto::DataType;

/// `values` is f32 [N, 1].
pub fn write_value(graph: &mut Graph, values: &str, outputs: &[String]) {
    let axis = graph.constant("value_axis", Constant::I64(vec![1], vec![1]));
    for name in outputs {
        graph.node_into("Squeeze", name, &[values, &axis], vec![]);
        graph.output(name, DataType::Float);
    }
}

/// `probabilities` is f32 [N, n_classes]. The label is that of the largest; the first one wins a tie, as
/// `core::matrix::most_probable` has it.
pub fn write_classes(
    graph: &mut Graph,
    probabilities: &str,
    classes: &[String],
    kind: ColumnType,
    outputs: &[String],
) -> Result<(), Error> {
    let Some((label, by_class)) = outputs.split_first() else {
        return Ok(());
    };
    let n = classes.len() as i64;
    let (labels, element) = if kind == ColumnType::Integer {
        let numbers = classes
            .iter()
            .map(|class| {
                class.parse().map_err(|_| {
                    Error::Export(format!(
                        "class `{class}` of an integer target is no integer"
                    ))
                })
            })
            .collect::<Result<Vec<i64>, Error>>()?;
        (Constant::I64(vec![n], numbers), DataType::Int64)
    } else {
        (Constant::Texts(vec![n], classes.to_vec()), DataType::String)
    };
    let labels = graph.constant("classes", labels);
    let largest = vec![tensor::int("axis", 1), tensor::int("keepdims", 0)];
    let index = graph.node("ArgMax", "most_probable", &[probabilities], largest);
    graph.node_into("Gather", label, &[&labels, &index], vec![]);
    graph.output(label, element);
    for (class, name) in (0..).zip(by_class) {
        let class = graph.constant("class", Constant::scalar_i64(class));
        let column = vec![tensor::int("axis", 1)];
        graph.node_into("Gather", name, &[probabilities, &class], column);
        graph.output(name, DataType::Float);
    }
    Ok(())
}
