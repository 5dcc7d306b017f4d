//! Raw rows, and what a plan makes of them.

use std::collections::HashMap;

use assay_core::recipe::{
    Categories, Components, InputColumn, Missing, Number, OneHot, Plan, Planned, Source, Text,
    Value, WordWeigher, Words, words_of,
};
use assay_core::{Columns, Matrix, RawColumn, RawValues};

use super::text;
use crate::error::Error;

/// The inputs of a recipe, in its order, each of the form that its input says.
pub struct Rows<'a> {
    n_rows: usize,
    raw: Vec<&'a RawColumn>,
}

impl<'a> Rows<'a> {
    pub fn new(columns: &'a Columns, inputs: &[InputColumn]) -> Result<Self, Error> {
        let raw = inputs
            .iter()
            .map(|input| {
                let Some(column) = columns.column(&input.name) else {
                    return Err(Error::NoSuchColumn {
                        column: input.name.clone(),
                        columns: columns.columns.iter().map(|c| c.name.clone()).collect(),
                    });
                };
                if matches!(column.values, RawValues::Texts(_)) == input.is_text() {
                    Ok(column)
                } else {
                    Err(Error::Recipe(format!(
                        "column `{}` is to enter as {}, but the rows given hold something else",
                        input.name,
                        input.kind.label()
                    )))
                }
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            n_rows: columns.n_rows,
            raw,
        })
    }

    pub fn texts<'t>(&self, of: &'t Text) -> impl Iterator<Item = Option<&'t str>>
    where
        'a: 't,
    {
        let values: &'a [Option<String>] = match self.raw.get(of.input).map(|raw| &raw.values) {
            Some(RawValues::Texts(values)) => values,
            _ => &[],
        };
        let fill = of.fill.as_deref();
        values.iter().map(move |value| text(value).or(fill))
    }

    pub fn numbers(&self, number: &Number) -> Vec<f64> {
        let mut values = self.source(&number.source);
        for op in &number.ops {
            op.apply(&mut values);
        }
        values
    }

    fn source(&self, source: &Source) -> Vec<f64> {
        match source {
            Source::Input(input) => match self.raw.get(*input).map(|raw| &raw.values) {
                Some(RawValues::Numbers(values)) => values.clone(),
                _ => vec![f64::NAN; self.n_rows],
            },
            Source::TextMissing(input) => {
                let (input, fill) = (*input, None);
                let flags = |value: Option<&str>| f64::from(u8::from(value.is_none()));
                self.texts(&Text { input, fill }).map(flags).collect()
            }
            Source::WordCount(text) => {
                let count = |value: Option<&str>| words_of(value.unwrap_or_default()).count();
                self.texts(text).map(|value| count(value) as f64).collect()
            }
            Source::Lookup {
                text,
                keys,
                values,
                otherwise,
            } => {
                let of_key: HashMap<&str, f64> = keys
                    .iter()
                    .map(String::as_str)
                    .zip(values.iter().copied())
                    .collect();
                self.texts(text)
                    .map(|value| value.and_then(|value| of_key.get(value)))
                    .map(|found| found.copied().unwrap_or(*otherwise))
                    .collect()
            }
            Source::Ratio(a, b) => self.combined(a, b, |a, b| if b == 0.0 { 0.0 } else { a / b }),
            Source::Product(a, b) => self.combined(a, b, |a, b| a * b),
            Source::Given(values) => values.to_vec(),
        }
    }

    fn combined(&self, a: &Number, b: &Number, of: fn(f64, f64) -> f64) -> Vec<f64> {
        let mut values = self.numbers(a);
        for (value, other) in values.iter_mut().zip(self.numbers(b)) {
            *value = of(*value, other);
        }
        values
    }

    /// Per row, the feature that is 1.
    pub fn places(&self, one_hot: &OneHot) -> Vec<Option<u32>> {
        let place = |at: usize| one_hot.places.get(at).copied().flatten();
        match &one_hot.categories {
            Categories::Texts(text, keys) => {
                let of_key: HashMap<&str, Option<u32>> = keys
                    .iter()
                    .enumerate()
                    .map(|(at, key)| (key.as_str(), place(at)))
                    .collect();
                self.texts(text)
                    .map(|value| value.and_then(|value| of_key.get(value)))
                    .map(|found| found.copied().unwrap_or(one_hot.other))
                    .collect()
            }
            Categories::Numbers(number, keys) => self
                .numbers(number)
                .into_iter()
                .map(|value| keys.iter().position(|key| *key == value))
                .map(|found| found.map_or(one_hot.other, place))
                .collect(),
        }
    }

    /// The features of a column, one after the other, each with its name. A text has none.
    pub fn features<'p>(&self, column: &'p Planned) -> Vec<(&'p str, Vec<f64>)> {
        let values = match &column.value {
            Value::Text(_) => Vec::new(),
            Value::Number(number) => vec![self.numbers(number)],
            Value::OneHot(one_hot) => {
                let places = self.places(one_hot);
                let is = |place: u32| {
                    let is_place = places.iter().map(|at| *at == Some(place));
                    is_place.map(|is| f64::from(u8::from(is))).collect()
                };
                (0..).map(is).take(one_hot.features.len()).collect()
            }
            Value::Words(words) => self.weighed(words),
            Value::Components(components) => self.components(components),
        };
        column.features().zip(values).collect()
    }

    fn weighed(&self, words: &Words) -> Vec<Vec<f64>> {
        let mut columns = vec![Vec::with_capacity(self.n_rows); words.features.len()];
        let mut weigher = WordWeigher::new(words);
        for text in self.texts(&words.text) {
            for (column, value) in columns.iter_mut().zip(weigher.weigh(text)) {
                column.push(value);
            }
        }
        columns
    }

    fn components(&self, components: &Components) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; self.n_rows]; components.weights.len()];
        let columns = components.columns.iter();
        let values = columns.flat_map(|column| self.features(column));
        for (feature, ((_, values), mean)) in values.zip(components.means.iter()).enumerate() {
            for (sums, weights) in sums.iter_mut().zip(&components.weights) {
                for (sum, value) in sums.iter_mut().zip(&values) {
                    *sum += (value - mean) * weights[feature];
                }
            }
        }
        sums
    }

    /// Everything is computed in f64 and rounded to f32 once, here.
    pub fn matrix(&self, plan: &Plan, missing: Missing) -> Result<Matrix, Error> {
        let names = plan.features();
        let n_features = names.len();
        let mut values = vec![0.0; self.n_rows * n_features];
        let mut first = 0;
        for column in plan.columns() {
            match &column.value {
                Value::Number(number) => {
                    let slots = values.iter_mut().skip(first).step_by(n_features);
                    let numbers = self.numbers(number);
                    for ((slot, value), row) in slots.zip(numbers).zip(1..) {
                        *slot = rounded(&column.name, row, value, missing)?;
                    }
                    first += 1;
                }
                Value::OneHot(one_hot) => {
                    if one_hot.features.is_empty() {
                        continue;
                    }
                    let rows = values.chunks_exact_mut(n_features);
                    for (row, place) in rows.zip(self.places(one_hot)) {
                        let slot = place.and_then(|place| row.get_mut(first + place as usize));
                        if let Some(slot) = slot {
                            *slot = 1.0;
                        }
                    }
                    first += one_hot.features.len();
                }
                Value::Words(words) => {
                    if words.features.is_empty() {
                        continue;
                    }
                    let mut weigher = WordWeigher::new(words);
                    let rows = values.chunks_exact_mut(n_features);
                    for (row, text) in rows.zip(self.texts(&words.text)) {
                        for (slot, value) in row.iter_mut().skip(first).zip(weigher.weigh(text)) {
                            *slot = value as f32;
                        }
                    }
                    first += words.features.len();
                }
                Value::Components(_) => {
                    for (name, numbers) in self.features(column) {
                        let slots = values.iter_mut().skip(first).step_by(n_features);
                        for ((slot, value), row) in slots.zip(numbers).zip(1..) {
                            *slot = rounded(name, row, value, missing)?;
                        }
                        first += 1;
                    }
                }
                Value::Text(_) => return Err(super::fit::stays_text(&column.name)),
            }
        }
        Ok(Matrix {
            n_rows: self.n_rows,
            names,
            values,
        })
    }
}

fn rounded(column: &str, row: u64, value: f64, missing: Missing) -> Result<f32, Error> {
    let narrow = value as f32;
    if narrow.is_finite() || (value.is_nan() && missing == Missing::Kept) {
        Ok(narrow)
    } else if value.is_nan() {
        Err(Error::MissingValue {
            column: column.to_owned(),
            row,
        })
    } else {
        Err(Error::NotFinite {
            column: column.to_owned(),
            row,
            value,
        })
    }
}
