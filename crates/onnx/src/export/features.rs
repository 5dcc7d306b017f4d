//! From raw columns to the matrix of features.
//!
//! All numbers go through the same few nodes at once, as columns of one f64 matrix; a column that lacks a step passes
//! it unchanged (fill NaN, mean 0, std 1). So the size of the graph does not grow with the number of numeric columns.

use std::collections::BTreeMap;

use assay_core::recipe::{Categories, FittedRecipe, Number, OneHot, Plan, Source, Text, Value};

use super::graph::Graph;
use super::numbers::{Inputs, write_numbers};
use super::position::{missing_texts, write_position};
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
    let plan = Plan::of(recipe).map_err(|error| Error::Export(error.to_string()))?;
    let texts = texts(&plan);
    if let Some(text) = texts
        .iter()
        .find(|text| text.keys.iter().any(|key| key.contains('\0')))
    {
        let name = &recipe.inputs[text.of.input].name;
        return Err(Error::Export(format!(
            "column `{name}`: a category holds a NUL character"
        )));
    }
    if plan.features() != recipe.features {
        return Err(Error::Export(
            "the recipe's features are not those that its steps make".to_owned(),
        ));
    }
    let mut inputs = write_inputs(graph, recipe, &texts);

    let mut numbers: Vec<&Number> = Vec::new();
    let mut one_hots: Vec<(usize, &OneHot)> = Vec::new();
    let mut order = Vec::with_capacity(recipe.features.len());
    let mut next = 0;
    for column in plan.columns() {
        match &column.value {
            Value::Number(number) => {
                numbers.push(number);
                order.push(next);
                next += 1;
            }
            Value::OneHot(one_hot) => {
                one_hots.push((next, one_hot));
                next += one_hot.features.len();
            }
            Value::Text(_) => {}
        }
    }
    let mut blocks = Vec::new();
    if !numbers.is_empty() {
        let block = write_numbers(graph, &mut inputs, &numbers)?;
        blocks.push(graph.cast("numbers_f32", &block, DataType::Float));
    }
    for (start, one_hot) in one_hots {
        let n_features = one_hot.features.len();
        if n_features > 0 {
            blocks.push(write_one_hot(graph, &mut inputs, one_hot)?);
            order.extend(start..start + n_features);
        }
    }
    let missing_texts = inputs.missing_texts.into_iter();
    Ok(Features {
        name: graph.concat("features", &blocks),
        order,
        missing_texts: missing_texts
            .filter(|(_, texts)| !texts.is_empty())
            .map(|(input, texts)| (recipe.inputs[input].name.clone(), texts))
            .collect(),
    })
}

/// A use of a raw column of texts.
struct Use<'a> {
    of: &'a Text,
    keys: &'a [String],
}

fn texts(plan: &Plan) -> Vec<Use<'_>> {
    let mut texts = Vec::new();
    for column in plan.columns() {
        match &column.value {
            Value::Number(number) => of_number(number, &mut texts),
            Value::OneHot(one_hot) => match &one_hot.categories {
                Categories::Texts(of, keys) => texts.push(Use { of, keys }),
                Categories::Numbers(number, _) => of_number(number, &mut texts),
            },
            Value::Text(_) => {}
        }
    }
    texts
}

fn of_number<'a>(number: &'a Number, texts: &mut Vec<Use<'a>>) {
    match &number.source {
        Source::Lookup { text, keys, .. } => texts.push(Use { of: text, keys }),
        Source::Ratio(a, b) | Source::Product(a, b) => {
            of_number(a, texts);
            of_number(b, texts);
        }
        Source::Input(_) | Source::TextMissing(_) | Source::Given(_) => {}
    }
}

/// Adds the raw columns.
fn write_inputs<'a>(graph: &mut Graph, recipe: &'a FittedRecipe, texts: &[Use<'_>]) -> Inputs<'a> {
    for input in &recipe.inputs {
        let element = if input.is_text() {
            DataType::String
        } else {
            DataType::Double
        };
        graph.input(&input.name, element);
    }
    let filled = texts.iter().filter(|text| text.of.fill.is_some());
    Inputs {
        names: recipe.inputs.iter().map(|i| i.name.as_str()).collect(),
        columns: vec![None; recipe.inputs.len()],
        missing_texts: filled
            .map(|text| (text.of.input, missing_texts(text.keys)))
            .collect(),
    }
}

/// f32 [N, n_features].
fn write_one_hot(
    graph: &mut Graph,
    inputs: &mut Inputs<'_>,
    one_hot: &OneHot,
) -> Result<String, Error> {
    // A position beyond the last one is no feature: all zeros.
    let n = one_hot.features.len() as i64;
    let place = |place: Option<u32>| place.map_or(n, i64::from);
    let places: Vec<i64> = one_hot.places.iter().map(|at| place(*at)).collect();
    let otherwise = place(one_hot.other);
    let (name, position) = match &one_hot.categories {
        Categories::Texts(text, keys) => {
            let name = inputs.names[text.input];
            let keys = inputs.keys(text, keys);
            (name, write_position(graph, name, &keys, &places, otherwise))
        }
        Categories::Numbers(number, keys) => {
            let block = write_numbers(graph, inputs, &[number])?;
            let position = super::position::write_number_position(graph, &block, keys);
            // From −1 on, so that a number that is none of the keys has a place too.
            let one = graph.scalar("one", 1.0);
            let position = graph.node("Add", "position_from_one", &[&position, &one], vec![]);
            let position = graph.cast("position_i64", &position, DataType::Int64);
            let table = std::iter::once(otherwise).chain(places).collect();
            let table = Constant::I64(vec![keys.len() as i64 + 1], table);
            let table = graph.constant("places", table);
            let position = graph.node("Gather", "place", &[&table, &position], vec![]);
            (
                "number",
                graph.with_axis("Squeeze", "place_of_row", &position),
            )
        }
    };
    let depth = graph.constant("depth", Constant::scalar_i64(n));
    let off_on = graph.constant("off_on", Constant::F32(vec![2], vec![0.0, 1.0]));
    Ok(graph.node(
        "OneHot",
        &format!("{name}_one_hot"),
        &[&position, &depth, &off_on],
        vec![],
    ))
}
