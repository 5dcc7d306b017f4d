//! From a model's numbers to the outputs of the graph.

use assay_core::schema::ColumnType;

use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::error::Error;
use crate::proto::tensor_proto::DataType;

/// `values` is f32 [N, 1].
pub fn write_value(graph: &mut Graph, values: &str, outputs: &[String]) {
    let values = graph.with_axis("Squeeze", "values", values);
    for name in outputs {
        graph.rename(&values, name);
        graph.output(name, DataType::Float, &[]);
    }
}

/// `coordinates` is f32 [N, n_components].
pub fn write_coordinates(
    graph: &mut Graph,
    coordinates: &str,
    n_components: i64,
    outputs: &[String],
) {
    for name in outputs {
        graph.rename(coordinates, name);
        graph.output(name, DataType::Float, &[n_components]);
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
    let [label_name, probabilities_name] = outputs else {
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
    graph.rename(probabilities, probabilities_name);
    let index = graph.node("ArgMax", "most_probable", &[probabilities_name], largest);
    let label = graph.node("Gather", "labels", &[&labels, &index], vec![]);
    graph.rename(&label, label_name);
    graph.output(label_name, element, &[]);
    graph.output(probabilities_name, DataType::Float, &[n]);
    Ok(())
}
