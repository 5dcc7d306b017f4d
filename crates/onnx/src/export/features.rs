//! From raw columns to the matrix of features.
//!
//! All numbers go through the same few nodes at once, as columns of one f64 matrix; a column that lacks a step passes
//! it unchanged (fill NaN, mean 0, std 1). So the size of the graph does not grow with the number of numeric columns.

use std::collections::BTreeMap;

use assay_core::recipe::FittedRecipe;

use super::column::{self, Column, Layer, OneHot, Source};
use super::graph::Graph;
use super::layers::write_layers;
use super::position::{self, write_number_position, write_position};
use super::tensor::Constant;
use crate::error::Error;
use crate::proto::tensor_proto::DataType;

/// f32, [N, n_features].
pub struct Features {
    pub name: String,
    /// For each column of the matrix, which of the recipe's features it is: the graph keeps numbers together, and the
    /// model's weights are written in that order.
    pub order: Vec<usize>,
    /// Per text column with an imputed value, what else the graph takes for a missing text.
    pub missing_texts: BTreeMap<String, Vec<&'static str>>,
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
    let inputs = write_inputs(graph, &columns);

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
        missing_texts: columns.iter().filter_map(missing_texts).collect(),
    })
}

fn missing_texts(column: &Column<'_>) -> Option<(String, Vec<&'static str>)> {
    let categories = match (&column.source, &column.one_hot) {
        (Source::Position(categories), _) | (_, Some(OneHot::Texts(categories))) => categories,
        _ => return None,
    };
    let texts = position::missing_texts(categories);
    (!texts.is_empty()).then(|| (column.input.name.clone(), texts))
}

/// Adds the raw columns; returns, per column, texts as [N] and numbers as [N, 1].
fn write_inputs(graph: &mut Graph, columns: &[Column<'_>]) -> Vec<String> {
    columns
        .iter()
        .map(|column| {
            let name = column.input.name.as_str();
            if column.input.is_text() {
                graph.input(name, DataType::String);
                return name.to_owned();
            }
            graph.input(name, DataType::Double);
            graph.with_axis("Unsqueeze", &format!("{name}_column"), name)
        })
        .collect()
}

/// All columns that end as one number: their f64 block [N, k], and which column stands where.
fn write_numbers(
    graph: &mut Graph,
    inputs: &[String],
    columns: &[Column<'_>],
    numbers: &[usize],
) -> (String, Vec<usize>) {
    let mut placed = Vec::new();
    let mut parts = Vec::new();
    let mut positions = Vec::new();
    for &index in numbers {
        if let Source::Raw = columns[index].source {
            placed.push(index);
            parts.push(inputs[index].clone());
        }
    }
    for &index in numbers {
        if let Source::NumberPosition(before, categories) = &columns[index].source {
            placed.push(index);
            let number = write_layers(graph, &inputs[index], &[before]);
            parts.push(write_number_position(graph, &number, categories));
        }
    }
    for &index in numbers {
        if let Source::Position(categories) = columns[index].source {
            placed.push(index);
            let name = &columns[index].input.name;
            let encoded = write_position(graph, &inputs[index], name, categories, -1);
            let hint = format!("{name}_column");
            positions.push(graph.with_axis("Unsqueeze", &hint, &encoded));
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

/// f32 [N, n_categories].
fn write_one_hot(
    graph: &mut Graph,
    inputs: &[String],
    columns: &[Column<'_>],
    index: usize,
) -> String {
    let name = &columns[index].input.name;
    match &columns[index].one_hot {
        Some(OneHot::Texts(categories)) => {
            // A position beyond the last one is no category: all zeros.
            let n = categories.names.len() as i64;
            let position = write_position(graph, &inputs[index], name, *categories, n);
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
        None => inputs[index].clone(),
    }
}
