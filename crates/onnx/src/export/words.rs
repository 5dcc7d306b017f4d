//! Free text: split into words, counted, weighed as `core::recipe` does it.

use assay_core::recipe::{MAX_WORDS, Text, Words};

use super::graph::Graph;
use super::numbers::Inputs;
use super::tensor::{self, Constant};
use crate::proto::tensor_proto::DataType;

/// The first opset with the operator that splits texts.
pub const OPSET: u32 = 20;

/// The words of a column of texts, in lower case.
#[derive(Clone)]
pub struct Split {
    /// Texts [N, n], rows with fewer words filled up with empty ones.
    words: String,
    /// i64 [N].
    counts: String,
}

/// f64 [N, 1]
pub fn write_word_count(graph: &mut Graph, inputs: &mut Inputs<'_>, text: &Text) -> String {
    let split = write_split(graph, inputs, text);
    let count = graph.cast("n_words", &split.counts, DataType::Double);
    graph.with_axis("Unsqueeze", "n_words_column", &count)
}

/// f64 [N, n_features]
pub fn write_words(graph: &mut Graph, inputs: &mut Inputs<'_>, words: &Words) -> String {
    let split = write_split(graph, inputs, &words.text);
    let (pool, places): (Vec<String>, Vec<i64>) = words
        .spellings()
        .into_iter()
        .map(|(spelling, place)| (spelling, place as i64))
        .unzip();
    let attributes = vec![
        tensor::text("mode", "TF"),
        tensor::int("min_gram_length", 1),
        tensor::int("max_gram_length", 1),
        tensor::int("max_skip_count", 0),
        tensor::ints("ngram_counts", vec![0]),
        tensor::ints("ngram_indexes", places),
        tensor::texts("pool_strings", pool),
    ];
    let counts = graph.node(
        "TfIdfVectorizer",
        "word_counts",
        &[&split.words],
        attributes,
    );
    let counts = graph.cast("word_counts_f64", &counts, DataType::Double);
    let weights = graph.constant("weights", Constant::row_f64(words.weights.to_vec()));
    let weighed = graph.node("Mul", "weighed", &[&counts, &weights], vec![]);
    let squares = graph.node("Mul", "squares", &[&weighed, &weighed], vec![]);
    let sum = graph.reduce("ReduceSum", "sum_of_squares", &squares, 1, true);
    let length = graph.node("Sqrt", "length", &[&sum], vec![]);
    let zero = graph.scalar("zero", 0.0);
    let one = graph.scalar("one", 1.0);
    let is_zero = graph.node("Equal", "is_zero", &[&length, &zero], vec![]);
    let length = graph.node("Where", "length_or_one", &[&is_zero, &one, &length], vec![]);
    let scaled = graph.node("Div", "word_features", &[&weighed, &length], vec![]);
    if words.places.len() == words.vocabulary.len() {
        return scaled;
    }
    let places = words.places.iter().map(|&place| place as i64).collect();
    let places = Constant::I64(vec![words.places.len() as i64], places);
    let places = graph.constant("kept_words", places);
    let columns = vec![tensor::int("axis", 1)];
    graph.node("Gather", "kept", &[&scaled, &places], columns)
}

fn write_split(graph: &mut Graph, inputs: &mut Inputs<'_>, text: &Text) -> Split {
    let key = (text.input, text.fill.is_some());
    if let Some(split) = inputs.splits.get(&key) {
        return split.clone();
    }
    let name = inputs.names[text.input];
    let texts = write_filled(graph, inputs, text);
    let lower = vec![
        tensor::text("case_change_action", "LOWER"),
        tensor::int("is_case_sensitive", 1),
        // Every system has it; in it only A to Z have a lower case.
        tensor::text("locale", "C"),
    ];
    let lower = graph.node(
        "StringNormalizer",
        &format!("{name}_lower"),
        &[&texts],
        lower,
    );
    let at_spaces = vec![tensor::int("maxsplit", MAX_WORDS as i64 - 1)];
    let hints = [format!("{name}_words"), format!("{name}_n_words")];
    let hints: Vec<&str> = hints.iter().map(String::as_str).collect();
    let outputs = graph.node_with("StringSplit", &hints, &[&lower], at_spaces);
    let mut outputs = outputs.into_iter();
    let split = Split {
        words: outputs.next().unwrap_or_default(),
        counts: outputs.next().unwrap_or_default(),
    };
    inputs.splits.insert(key, split.clone());
    split
}

/// Texts [N], in place of a missing one what the recipe fills in, or the empty one.
fn write_filled(graph: &mut Graph, inputs: &Inputs<'_>, text: &Text) -> String {
    let name = inputs.names[text.input];
    let missing = inputs.missing_texts.get(&text.input);
    let missing = missing.map_or(&[][..], Vec::as_slice);
    if text.fill.is_none() && missing.is_empty() {
        return name.to_owned();
    }
    let keys: Vec<&str> = std::iter::once("").chain(missing.iter().copied()).collect();
    let attributes = vec![
        tensor::ints("values_int64s", vec![1; keys.len()]),
        tensor::texts("keys_strings", keys),
        tensor::int("default_int64", 0),
    ];
    let flag = graph.node(
        "LabelEncoder",
        &format!("{name}_missing"),
        &[name],
        attributes,
    );
    let flag = graph.cast("is_missing", &flag, DataType::Bool);
    let fill = text.fill.as_deref().unwrap_or_default().to_owned();
    let fill = graph.constant("fill", Constant::Texts(Vec::new(), vec![fill]));
    graph.node(
        "Where",
        &format!("{name}_filled"),
        &[&flag, &fill, name],
        vec![],
    )
}
