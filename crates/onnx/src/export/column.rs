//! The steps of one raw column, read from its first to its last.

use std::collections::HashSet;
use std::hash::Hash;

use assay_core::recipe::{FittedRecipe, FittedStep, InputColumn};

use crate::error::Error;

/// What becomes of a raw column.
pub struct Column<'a> {
    pub input: &'a InputColumn,
    pub source: Source<'a>,
    /// Applied to the number, in order.
    pub layers: Vec<Layer>,
    /// Set when the number then becomes one feature per category; an empty one counts as well.
    pub one_hot: Option<OneHot<'a>>,
}

/// Where the number of a column comes from.
pub enum Source<'a> {
    /// The raw column is a number.
    Raw,
    /// A text's position among categories, −1 for any other.
    Position(Categories<'a>),
    /// A number's position among numbers, −1 for any other, after layers of its own.
    NumberPosition(Vec<Layer>, Vec<f64>),
    /// A text that goes to its one-hot features directly.
    Text,
}

pub enum OneHot<'a> {
    Texts(Categories<'a>),
    /// As they are named, and as they are.
    Numbers(&'a [String], Vec<f64>),
}

/// Texts in their order, and what a missing one stands for.
#[derive(Clone, Copy)]
pub struct Categories<'a> {
    pub names: &'a [String],
    pub fill: Option<&'a str>,
}

#[derive(Clone, Copy)]
pub enum Layer {
    /// NaN becomes this.
    Fill(f64),
    /// (x − mean) / std; 0 when std is 0.
    Scale { mean: f64, std: f64 },
}

impl Column<'_> {
    /// As the recipe names them.
    pub fn feature_names(&self) -> Vec<String> {
        let categories = match &self.one_hot {
            None => return vec![self.input.name.clone()],
            Some(OneHot::Texts(categories)) => categories.names,
            Some(OneHot::Numbers(names, _)) => names,
        };
        categories
            .iter()
            .map(|category| format!("{}={category}", self.input.name))
            .collect()
    }
}

/// One entry per input, in their order.
///
/// # Errors
/// [`Error::Export`] for a step that does not fit what the column is at that point.
pub fn read(recipe: &FittedRecipe) -> Result<Vec<Column<'_>>, Error> {
    if let Some(step) = recipe
        .steps
        .iter()
        .find(|step| recipe.inputs.iter().all(|i| i.name != step.column()))
    {
        return Err(Error::Export(format!(
            "a step names column `{}`, which is no input",
            step.column()
        )));
    }
    recipe
        .inputs
        .iter()
        .map(|input| {
            let steps = recipe
                .steps
                .iter()
                .filter(|step| step.column() == input.name);
            read_column(input, steps)
        })
        .collect()
}

fn read_column<'a>(
    input: &'a InputColumn,
    steps: impl Iterator<Item = &'a FittedStep>,
) -> Result<Column<'a>, Error> {
    let mut is_text = input.is_text();
    let mut fill: Option<&str> = None;
    let mut column = Column {
        input,
        source: if is_text { Source::Text } else { Source::Raw },
        layers: Vec::new(),
        one_hot: None,
    };
    for step in steps {
        if column.one_hot.is_some() {
            return Err(refused(input, "a step follows its one-hot features"));
        }
        match step {
            FittedStep::ImputeText { value, .. } if is_text => {
                fill = fill.or(Some(value.as_str()).filter(|value| !value.is_empty()));
            }
            FittedStep::OneHot { categories, .. } if is_text => {
                column.one_hot = Some(OneHot::Texts(text_categories(input, categories, fill)?));
            }
            FittedStep::Ordinal { categories, .. } if is_text => {
                column.source = Source::Position(text_categories(input, categories, fill)?);
                is_text = false;
            }
            FittedStep::ImputeNumber { value, .. } if !is_text => {
                column.layers.push(Layer::Fill(*value));
            }
            FittedStep::Standardise { mean, std, .. } if !is_text => {
                column.layers.push(Layer::Scale {
                    mean: *mean,
                    std: *std,
                });
            }
            FittedStep::OneHot { categories, .. } if !is_text => {
                let numbers = number_categories(input, categories)?;
                column.one_hot = Some(OneHot::Numbers(categories, numbers));
            }
            FittedStep::Ordinal { categories, .. } if matches!(column.source, Source::Raw) => {
                let before = std::mem::take(&mut column.layers);
                let numbers = number_categories(input, categories)?;
                column.source = Source::NumberPosition(before, numbers);
            }
            _ => return Err(refused(input, "a step does not fit its type")),
        }
    }
    if is_text && column.one_hot.is_none() {
        return Err(refused(
            input,
            "it stays text; add a one-hot or ordinal step",
        ));
    }
    Ok(column)
}

fn text_categories<'a>(
    input: &InputColumn,
    names: &'a [String],
    fill: Option<&'a str>,
) -> Result<Categories<'a>, Error> {
    distinct(input, names.iter())?;
    if names.iter().any(|name| name.contains('\0')) {
        return Err(refused(input, "a category holds a NUL character"));
    }
    Ok(Categories { names, fill })
}

/// Categories of a numeric column are named as texts.
fn number_categories(input: &InputColumn, names: &[String]) -> Result<Vec<f64>, Error> {
    let numbers = names
        .iter()
        .map(|name| match name.as_str() {
            "true" => Ok(1.0),
            "false" => Ok(0.0),
            name => name
                .parse()
                .map_err(|_| refused(input, &format!("category `{name}` is no number"))),
        })
        .collect::<Result<Vec<f64>, Error>>()?;
    distinct(input, numbers.iter().map(|number| number.to_bits()))?;
    Ok(numbers)
}

fn distinct<T: Eq + Hash>(
    input: &InputColumn,
    values: impl Iterator<Item = T>,
) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(refused(input, "a category appears twice"));
        }
    }
    Ok(())
}

fn refused(input: &InputColumn, reason: &str) -> Error {
    Error::Export(format!("column `{}`: {reason}", input.name))
}
