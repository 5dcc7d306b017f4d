//! Numbers: where they come from, and what is done to each by itself.
//!
//! All that can be done to a whole block of columns is; what needs nodes of its own is done to a column at a time.

use std::collections::BTreeMap;

use assay_core::recipe::{Number, Op, Source, Text};

use super::dates::write_date_part;
use super::graph::Graph;
use super::layers::{is_layer, write_layers};
use super::position::{Keys, write_bin, write_number_position, write_position};
use super::tensor::{self, Constant};
use super::words::{Split, write_word_count};
use crate::error::Error;
use crate::proto::tensor_proto::DataType;

/// The raw columns in the graph, in the order of the recipe.
pub struct Inputs<'a> {
    pub names: Vec<&'a str>,
    /// Numbers as [N, 1], once one was needed.
    pub columns: Vec<Option<String>>,
    /// Per text column, what else counts as a missing text.
    pub missing_texts: BTreeMap<usize, Vec<&'static str>>,
    /// Texts that were split already: of which column, and whether missing ones are filled in.
    pub splits: BTreeMap<(usize, bool), Split>,
}

impl Inputs<'_> {
    fn column(&mut self, graph: &mut Graph, input: usize) -> String {
        if let Some(column) = &self.columns[input] {
            return column.clone();
        }
        let name = self.names[input];
        let column = graph.with_axis("Unsqueeze", &format!("{name}_column"), name);
        self.columns[input] = Some(column.clone());
        column
    }

    pub fn keys<'k>(&self, text: &'k Text, keys: &'k [String]) -> Keys<'k> {
        let missing = self.missing_texts.get(&text.input);
        Keys {
            names: keys,
            fill: text.fill.as_deref(),
            missing: missing.cloned().unwrap_or_default(),
        }
    }
}

/// f64 [N, k], one column per number.
pub fn write_numbers(
    graph: &mut Graph,
    inputs: &mut Inputs<'_>,
    numbers: &[&Number],
) -> Result<String, Error> {
    let mut parts = Vec::with_capacity(numbers.len());
    let mut layers: Vec<&[Op]> = Vec::with_capacity(numbers.len());
    for number in numbers {
        // Everything up to the last operation that a block cannot share.
        let own = number.ops.iter().rposition(|op| !is_layer(op));
        let (own, shared) = number.ops.split_at(own.map_or(0, |last| last + 1));
        parts.push(write_own(graph, inputs, &number.source, own)?);
        layers.push(shared);
    }
    let block = graph.concat("numbers", &parts);
    Ok(write_layers(graph, &block, &layers))
}

/// f64 [N, 1]
fn write_own(
    graph: &mut Graph,
    inputs: &mut Inputs<'_>,
    source: &Source,
    ops: &[Op],
) -> Result<String, Error> {
    let mut value = write_source(graph, inputs, source)?;
    for op in ops {
        value = match op {
            Op::Bin(edges) => write_bin(graph, &value, edges),
            Op::Position(numbers) => write_number_position(graph, &value, numbers),
            Op::Date(unit, part) => write_date_part(graph, &value, *unit, *part),
            op => write_layers(graph, &value, &[std::slice::from_ref(op)]),
        };
    }
    Ok(value)
}

fn write_source(
    graph: &mut Graph,
    inputs: &mut Inputs<'_>,
    source: &Source,
) -> Result<String, Error> {
    match source {
        Source::Input(input) => Ok(inputs.column(graph, *input)),
        Source::TextMissing(input) => {
            let name = inputs.names[*input];
            let missing = inputs.missing_texts.get(input).cloned();
            let texts = std::iter::once("").chain(missing.unwrap_or_default());
            let texts: Vec<&str> = texts.collect();
            let attributes = vec![
                tensor::ints("values_int64s", vec![1; texts.len()]),
                tensor::texts("keys_strings", texts),
                tensor::int("default_int64", 0),
            ];
            let hint = format!("{name}_is_missing");
            let flag = graph.node("LabelEncoder", &hint, &[name], attributes);
            let flag = graph.cast("flag_f64", &flag, DataType::Double);
            Ok(graph.with_axis("Unsqueeze", "flag_column", &flag))
        }
        Source::WordCount(text) => Ok(write_word_count(graph, inputs, text)),
        Source::Lookup {
            text,
            keys,
            values,
            otherwise,
        } => {
            let name = inputs.names[text.input];
            let n = keys.len() as i64;
            let keys = inputs.keys(text, keys);
            let places: Vec<i64> = (0..n).collect();
            let position = write_position(graph, name, &keys, &places, n);
            let table = values.iter().copied().chain([*otherwise]).collect();
            let table = graph.constant("values", Constant::F64(vec![n + 1], table));
            let hint = format!("{name}_value");
            let value = graph.node("Gather", &hint, &[&table, &position], vec![]);
            Ok(graph.with_axis("Unsqueeze", &format!("{name}_column"), &value))
        }
        Source::Ratio(a, b) => {
            let a = write_numbers(graph, inputs, &[a])?;
            let b = write_numbers(graph, inputs, &[b])?;
            let zero = graph.scalar("zero", 0.0);
            let is_zero = graph.node("Equal", "is_zero", &[&b, &zero], vec![]);
            let ratio = graph.node("Div", "quotient", &[&a, &b], vec![]);
            Ok(graph.node("Where", "ratio", &[&is_zero, &zero, &ratio], vec![]))
        }
        Source::Product(a, b) => {
            let a = write_numbers(graph, inputs, &[a])?;
            let b = write_numbers(graph, inputs, &[b])?;
            Ok(graph.node("Mul", "product", &[&a, &b], vec![]))
        }
        Source::Given(_) => Err(Error::Export(
            "a column is known for the training rows alone".to_owned(),
        )),
    }
}
