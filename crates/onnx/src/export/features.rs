//! From raw columns to the matrix of features.
//!
//! All numbers go through the same few nodes at once, as columns of one f64 matrix; a column that lacks a step passes
//! it unchanged (fill NaN, mean 0, std 1). So the size of the graph does not grow with the number of numeric columns.

use assay_core::recipe::FittedRecipe;

use super::column::{self, Categories, Column, Layer, OneHot, Source};
use super::graph::Graph;
use super::tensor::{self, Constant};
use crate::error::Error;
use crate::proto::AttributeProto;
use crate::proto::tensor_proto::DataType;

/// f32, [N, n_features].
pub struct Features {
    pub name: String,
    /// For each column of the matrix, which of the recipe's features it is: the graph keeps numbers together, and the
    /// model's weights are written in that order.
    pub order: Vec<usize>,
}

/// Adds the inputs and everything up to the features.
pub fn write(graph: &mut Graph, recipe: &FittedRecipe) -> Result<Features, Error> {
    let columns = column::read(recipe)?;
    let mut names = Vec::new();
    // Where the features of each column begin.
    let mut starts = Vec::with_capacity(columns.len());
    for column in &columns {
        starts.push(names.len());
        names.extend(column.feature_names());
    }
    if names != recipe.features {
        return Err(Error::Export(
            "the recipe's features are not those that its steps make".to_owned(),
        ));
    }
    let inputs = Inputs::write(graph, &columns);

    let mut blocks = Vec::new();
    let mut order = Vec::with_capacity(names.len());
    let numbers: Vec<usize> = (0..columns.len())
        .filter(|&index| columns[index].one_hot.is_none())
        .collect();
    if !numbers.is_empty() {
        let (block, placed) = write_numbers(graph, &inputs, &columns, &numbers);
        order.extend(placed.iter().map(|&index| starts[index]));
        blocks.push(graph.cast("numbers_f32", &block, DataType::Float));
    }
    for (index, column) in columns.iter().enumerate() {
        let n_features = column.feature_names().len();
        if column.one_hot.is_some() && n_features > 0 {
            blocks.push(write_one_hot(graph, &inputs, &columns, index));
            order.extend(starts[index]..starts[index] + n_features);
        }
    }
    Ok(Features {
        name: graph.concat("features", &blocks),
        order,
    })
}

/// The raw columns as the nodes take them.
struct Inputs {
    /// Per column: texts as [N], numbers as [N, 1].
    names: Vec<String>,
    /// The constant [1], an axis.
    axis: String,
}

impl Inputs {
    fn write(graph: &mut Graph, columns: &[Column<'_>]) -> Self {
        let axis = graph.constant("axis", Constant::I64(vec![1], vec![1]));
        let is_alone = columns.len() == 1;
        let names = columns
            .iter()
            .map(|column| {
                let name = column.input.name.as_str();
                let is_text = column.input.is_text();
                let element = if is_text {
                    DataType::String
                } else {
                    DataType::Double
                };
                graph.input(name, element, if is_alone { &[1] } else { &[] });
                match (is_text, is_alone) {
                    (true, false) | (false, true) => name.to_owned(),
                    (true, true) => graph.node("Squeeze", "text", &[name, &axis], vec![]),
                    (false, false) => graph.node(
                        "Unsqueeze",
                        &format!("{name}_column"),
                        &[name, &axis],
                        vec![],
                    ),
                }
            })
            .collect();
        Self { names, axis }
    }
}

/// All columns that end as one number: their f64 block [N, k], and which column stands where.
fn write_numbers(
    graph: &mut Graph,
    inputs: &Inputs,
    columns: &[Column<'_>],
    numbers: &[usize],
) -> (String, Vec<usize>) {
    let mut placed = Vec::new();
    let mut parts = Vec::new();
    let mut positions = Vec::new();
    for &index in numbers {
        if let Source::Raw = columns[index].source {
            placed.push(index);
            parts.push(inputs.names[index].clone());
        }
    }
    for &index in numbers {
        if let Source::NumberPosition(before, categories) = &columns[index].source {
            placed.push(index);
            let number = write_layers(graph, &inputs.names[index], &[before]);
            parts.push(write_number_position(graph, &number, categories));
        }
    }
    for &index in numbers {
        if let Source::Position(categories) = columns[index].source {
            placed.push(index);
            let name = &columns[index].input.name;
            let encoded = write_position(graph, &inputs.names[index], name, categories, -1);
            let hint = format!("{name}_column");
            positions.push(graph.node("Unsqueeze", &hint, &[&encoded, &inputs.axis], vec![]));
        }
    }
    if !positions.is_empty() {
        let block = graph.concat("positions", &positions);
        parts.push(graph.cast("positions_f64", &block, DataType::Double));
    }
    let block = graph.concat("numbers", &parts);
    let layers: Vec<&[Layer]> = placed
        .iter()
        .map(|&index| columns[index].layers.as_slice())
        .collect();
    (write_layers(graph, &block, &layers), placed)
}

/// `block` is f64 [N, k], `layers` has k entries. Layers are lined up in rounds, fills in the even ones and scales in
/// the odd ones, so that one set of nodes serves every column.
fn write_layers(graph: &mut Graph, block: &str, layers: &[&[Layer]]) -> String {
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

/// i64 [N]: the position of each text, `otherwise` for one that is not there. A missing text is the empty one; where
/// the recipe fills it in, it has the position of what it is filled with.
fn write_position(
    graph: &mut Graph,
    texts: &str,
    name: &str,
    categories: Categories<'_>,
    otherwise: i64,
) -> String {
    let mut keys: Vec<&str> = categories.names.iter().map(String::as_str).collect();
    let mut positions: Vec<i64> = (0..keys.len() as i64).collect();
    if let Some(fill) = categories.fill {
        let filled = categories.names.iter().position(|name| name == fill);
        let position = filled.map_or(otherwise, |position| position as i64);
        match keys.iter().position(|key| key.is_empty()) {
            Some(empty) => positions[empty] = position,
            None => {
                keys.push("");
                positions.push(position);
            }
        }
    }
    if keys.is_empty() {
        // The operator wants a key; the position is that of every other text.
        keys.push("");
        positions.push(otherwise);
    }
    let attributes: Vec<AttributeProto> = vec![
        tensor::texts("keys_strings", keys),
        tensor::ints("values_int64s", positions),
        tensor::int("default_int64", otherwise),
    ];
    graph.node(
        "LabelEncoder",
        &format!("{name}_position"),
        &[texts],
        attributes,
    )
}

/// f64 [N, 1]: positions among numbers, counted by comparing with each of them.
fn write_number_position(graph: &mut Graph, number: &str, categories: &[f64]) -> String {
    let n = categories.len() as i64;
    let keys = graph.constant("keys", Constant::row_f64(categories.to_vec()));
    let counts = Constant::F64(
        vec![n, 1],
        (1..=n).map(|position| position as f64).collect(),
    );
    let counts = graph.constant("counts", counts);
    let one = graph.constant("one", Constant::F64(Vec::new(), vec![1.0]));
    let equal = graph.node("Equal", "equal", &[number, &keys], vec![]);
    let equal = graph.cast("equal_f64", &equal, DataType::Double);
    let counted = graph.node("MatMul", "counted", &[&equal, &counts], vec![]);
    graph.node("Sub", "position", &[&counted, &one], vec![])
}

/// f32 [N, n_categories].
fn write_one_hot(
    graph: &mut Graph,
    inputs: &Inputs,
    columns: &[Column<'_>],
    index: usize,
) -> String {
    let name = &columns[index].input.name;
    match &columns[index].one_hot {
        Some(OneHot::Texts(categories)) => {
            // A position beyond the last one is no category: all zeros.
            let n = categories.names.len() as i64;
            let position = write_position(graph, &inputs.names[index], name, *categories, n);
            let depth = graph.constant("depth", Constant::scalar_i64(n));
            let off_on = graph.constant("off_on", Constant::F32(vec![2], vec![0.0, 1.0]));
            graph.node(
                "OneHot",
                &format!("{name}_one_hot"),
                &[&position, &depth, &off_on],
                vec![],
            )
        }
        Some(OneHot::Numbers(_, categories)) => {
            let (block, _) = write_numbers(graph, inputs, columns, &[index]);
            let keys = graph.constant("keys", Constant::row_f64(categories.clone()));
            let equal = graph.node("Equal", "equal", &[&block, &keys], vec![]);
            graph.cast(&format!("{name}_one_hot"), &equal, DataType::Float)
        }
        None => inputs.names[index].clone(),
    }
}
