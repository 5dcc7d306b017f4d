//! From raw columns to the matrix of features.
//!
//! All numbers go through the same few nodes at once, as columns of one f64 matrix; a column that lacks a step passes
//! it unchanged (fill NaN, mean 0, std 1). So the size of the graph does not grow with the number of numeric columns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use assay_core::recipe::{
    Categories, Components, FittedRecipe, Number, OneHot, Plan, Planned, Source, Text, Value,
};

use super::graph::Graph;
use super::numbers::{Inputs, write_numbers};
use super::position::{missing_texts, write_position};
use super::tensor::Constant;
use super::words::write_words;
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
    let mut texts = Vec::new();
    for column in plan.columns() {
        of_column(column, &mut texts);
    }
    if let Some(text) = texts
        .iter()
        .find(|text| text.keys.iter().any(|key| key.contains('\0')))
    {
        let name = &recipe.inputs[text.input].name;
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
    let (name, order) = write_block(graph, &mut inputs, plan.columns(), DataType::Float)?;
    let missing_texts = inputs.missing_texts.into_iter();
    Ok(Features {
        name,
        order,
        missing_texts: missing_texts
            .filter(|(_, texts)| !texts.is_empty())
            .map(|(input, texts)| (recipe.inputs[input].name.clone(), texts))
            .collect(),
    })
}

/// A use of a raw column of texts.
struct Use<'a> {
    input: usize,
    /// Texts that training saw.
    keys: Cow<'a, [String]>,
    ignores_case: bool,
    /// Whether a missing text is another thing than an unknown one.
    tells_missing: bool,
}

impl<'a> Use<'a> {
    fn of_categories(text: &Text, keys: &'a [String]) -> Self {
        Self {
            input: text.input,
            keys: keys.into(),
            ignores_case: false,
            tells_missing: text.fill.is_some(),
        }
    }

    fn of_texts(input: usize, spellings: Vec<String>) -> Self {
        Self {
            input,
            keys: spellings.into(),
            ignores_case: true,
            tells_missing: true,
        }
    }

    fn knows(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        let mut keys = self.keys.iter();
        keys.any(|key| key == text || (self.ignores_case && *key == lower))
    }
}

fn of_column<'a>(column: &'a Planned, texts: &mut Vec<Use<'a>>) {
    match &column.value {
        Value::Number(number) => of_number(number, texts),
        Value::OneHot(one_hot) => match &one_hot.categories {
            Categories::Texts(of, keys) => texts.push(Use::of_categories(of, keys)),
            Categories::Numbers(number, _) => of_number(number, texts),
        },
        Value::Words(words) => {
            let spellings = words.spellings().into_iter();
            let spellings = spellings.map(|(spelling, _)| spelling).collect();
            texts.push(Use::of_texts(words.text.input, spellings));
        }
        Value::Components(components) => {
            for column in &components.columns {
                of_column(column, texts);
            }
        }
        Value::Text(_) => {}
    }
}

fn of_number<'a>(number: &'a Number, texts: &mut Vec<Use<'a>>) {
    match &number.source {
        Source::Lookup { text, keys, .. } => texts.push(Use::of_categories(text, keys)),
        Source::TextMissing(input) => texts.push(Use::of_texts(*input, Vec::new())),
        Source::WordCount(text) => texts.push(Use::of_texts(text.input, Vec::new())),
        Source::Ratio(a, b) | Source::Product(a, b) => {
            of_number(a, texts);
            of_number(b, texts);
        }
        Source::Input(_) | Source::Given(_) => {}
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
    let missing_of = |input: usize| {
        let is_known = |text: &str| texts.iter().any(|of| of.input == input && of.knows(text));
        missing_texts(is_known)
    };
    let telling = texts.iter().filter(|text| text.tells_missing);
    Inputs {
        names: recipe.inputs.iter().map(|i| i.name.as_str()).collect(),
        columns: vec![None; recipe.inputs.len()],
        missing_texts: telling
            .map(|text| (text.input, missing_of(text.input)))
            .collect(),
        splits: BTreeMap::new(),
    }
}

/// The features of the columns, [N, n_features] of the element type (f32 or f64), and of each of them which it is in the
/// order of the columns: numbers stand together.
fn write_block(
    graph: &mut Graph,
    inputs: &mut Inputs<'_>,
    columns: &[Planned],
    element: DataType,
) -> Result<(String, Vec<usize>), Error> {
    let mut numbers: Vec<&Number> = Vec::new();
    let mut others: Vec<(usize, &Planned)> = Vec::new();
    let mut order = Vec::new();
    let mut next = 0;
    for column in columns {
        match &column.value {
            Value::Number(number) => {
                numbers.push(number);
                order.push(next);
                next += 1;
            }
            _ => {
                others.push((next, column));
                next += column.features().count();
            }
        }
    }
    let mut blocks = Vec::new();
    if !numbers.is_empty() {
        let block = write_numbers(graph, inputs, &numbers)?;
        blocks.push(graph.cast_from_f64("numbers_f32", &block, element));
    }
    for (start, column) in others {
        let n_features = column.features().count();
        if n_features == 0 {
            continue;
        }
        let block = match &column.value {
            Value::OneHot(one_hot) => {
                let block = write_one_hot(graph, inputs, one_hot)?;
                if element == DataType::Float {
                    block
                } else {
                    graph.cast("one_hot_f64", &block, element)
                }
            }
            Value::Words(words) => {
                let block = write_words(graph, inputs, words);
                graph.cast_from_f64("words_f32", &block, element)
            }
            Value::Components(components) => {
                let block = write_components(graph, inputs, components)?;
                graph.cast_from_f64("components_f32", &block, element)
            }
            Value::Number(_) | Value::Text(_) => continue,
        };
        blocks.push(block);
        order.extend(start..start + n_features);
    }
    Ok((graph.concat("features", &blocks), order))
}

/// f64 [N, n_components].
fn write_components(
    graph: &mut Graph,
    inputs: &mut Inputs<'_>,
    components: &Components,
) -> Result<String, Error> {
    let (block, order) = write_block(graph, inputs, &components.columns, DataType::Double)?;
    let means = order.iter().map(|&feature| components.means[feature]);
    let means = graph.constant("feature_means", Constant::row_f64(means.collect()));
    let shape = vec![order.len() as i64, components.weights.len() as i64];
    let weights = order
        .iter()
        .flat_map(|&feature| components.weights.iter().map(move |row| row[feature]))
        .collect();
    let weights = graph.constant("component_weights", Constant::F64(shape, weights));
    let centred = graph.node("Sub", "centred_features", &[&block, &means], vec![]);
    Ok(graph.node("MatMul", "components", &[&centred, &weights], vec![]))
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
