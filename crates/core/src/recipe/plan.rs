//! A fitted recipe read from its first step to its last: of every feature, from which raw columns and how it is computed.
//!
//! Those who compute features and those who write the graph that does both begin here, so they agree on what a recipe
//! means.

mod categories;
mod encode;

use std::sync::Arc;

use super::op::Op;
use super::step::part_name;
use super::{Components, FittedRecipe, FittedStep, InputColumn, Words};

pub use self::categories::{Categories, OneHot};

/// The columns as they are after the steps so far. Invariant: no two share a name.
#[derive(Debug, Clone)]
pub struct Plan {
    columns: Vec<Planned>,
}

#[derive(Debug, Clone)]
pub struct Planned {
    pub name: String,
    /// The column that a step made this one of; its own name when none did.
    pub origin: String,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub enum Value {
    Text(Text),
    Number(Number),
    OneHot(OneHot),
    Words(Words),
    Components(Components),
}

/// A raw column of texts. The empty text is a missing one.
#[derive(Debug, Clone)]
pub struct Text {
    /// Index into the inputs.
    pub input: usize,
    /// What a missing text becomes.
    pub fill: Option<Arc<str>>,
}

#[derive(Debug, Clone)]
pub struct Number {
    pub source: Source,
    /// Applied in order.
    pub ops: Vec<Op>,
}

#[derive(Debug, Clone)]
pub enum Source {
    /// A raw column of numbers: index into the inputs.
    Input(usize),
    /// 1 where the raw column of texts (index into the inputs) has none, else 0.
    TextMissing(usize),
    /// How many words a text has.
    WordCount(Text),
    /// A text's value among `keys`. Invariant: as many values as keys.
    Lookup {
        text: Text,
        keys: Arc<[String]>,
        values: Arc<[f64]>,
        otherwise: f64,
    },
    /// 0 where the second is 0.
    Ratio(Box<Number>, Box<Number>),
    Product(Box<Number>, Box<Number>),
    /// One value per training row. Stands for a `Lookup` while a recipe is fitted, never in a fitted recipe.
    Given(Arc<[f64]>),
}

/// Why the steps do not fit each other, one sentence each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("a step names column `{0}`, which is not there")]
    NoColumn(String),
    #[error("there already is a column `{0}`")]
    NameTaken(String),
    #[error("column `{0}`: a step does not fit its type")]
    Misfit(String),
    #[error("column `{0}`: a step follows one that made several features of it")]
    AfterFeatures(String),
    #[error("column `{column}`: category `{category}` is no number")]
    NoNumber { column: String, category: String },
    #[error("column `{0}`: a category appears twice")]
    CategoryTwice(String),
    #[error("column `{0}`: its categories do not pair with their values")]
    Unpaired(String),
    #[error("column `{0}`: it stays text; add a one-hot, an ordinal or a tf-idf step")]
    StaysText(String),
}

impl Plan {
    /// Before the first step.
    pub fn new(inputs: &[InputColumn]) -> Self {
        let columns = inputs.iter().enumerate().map(|(input, column)| Planned {
            name: column.name.clone(),
            origin: column.name.clone(),
            value: if column.is_text() {
                Value::Text(Text { input, fill: None })
            } else {
                Value::Number(Source::Input(input).into())
            },
        });
        Self {
            columns: columns.collect(),
        }
    }

    /// # Errors
    /// The first step that does not fit what its column is by then, or a text that is left at the end.
    pub fn of(recipe: &FittedRecipe) -> Result<Self, PlanError> {
        let mut plan = Self::new(&recipe.inputs);
        for step in &recipe.steps {
            plan.apply(step)?;
        }
        for column in &plan.columns {
            if matches!(column.value, Value::Text(_)) {
                return Err(PlanError::StaysText(column.name.clone()));
            }
        }
        Ok(plan)
    }

    pub fn columns(&self) -> &[Planned] {
        &self.columns
    }

    pub fn column(&self, name: &str) -> Option<&Planned> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The names of the columns that a step means by `name`: that column, or those that were made of it.
    pub fn meant_by(&self, name: &str) -> Vec<String> {
        if self.column(name).is_some() {
            return vec![name.to_owned()];
        }
        let made = self.columns.iter().filter(|column| column.origin == name);
        made.map(|column| column.name.clone()).collect()
    }

    /// Names of the features, in order.
    pub fn features(&self) -> Vec<String> {
        let names = self.columns.iter().map(Planned::features);
        names.flatten().map(str::to_owned).collect()
    }

    /// # Errors
    /// A step that does not fit what its column is.
    pub fn apply(&mut self, step: &FittedStep) -> Result<(), PlanError> {
        match step {
            FittedStep::MissingFlag { column, name } => self.add_flag(column, name),
            FittedStep::ImputeText { column, value } => {
                let text = self.text(column)?;
                if !value.is_empty() && text.fill.is_none() {
                    text.fill = Some(value.as_str().into());
                }
                Ok(())
            }
            FittedStep::ImputeNumber { column, value } => self.push(column, Op::Fill(*value)),
            FittedStep::Standardise { column, mean, std } => {
                let (centre, scale) = (*mean, *std);
                self.push(column, Op::Scale { centre, scale })
            }
            FittedStep::MinMax { column, min, max } => {
                let scale = if max > min { max - min } else { 1.0 };
                self.push(
                    column,
                    Op::Scale {
                        centre: *min,
                        scale,
                    },
                )
            }
            FittedStep::Robust {
                column,
                median,
                interquartile_range,
            } => {
                let (centre, scale) = (*median, *interquartile_range);
                self.push(column, Op::Scale { centre, scale })
            }
            FittedStep::YeoJohnson { column, lambda } => self.push(column, Op::YeoJohnson(*lambda)),
            FittedStep::Log { column } => self.push(column, Op::Log),
            FittedStep::Square { column } => self.push(column, Op::Square),
            FittedStep::Bins {
                column,
                edges,
                one_hot,
            } => self.bins(column, edges, *one_hot),
            FittedStep::OneHot {
                column,
                categories,
                rare,
            } => self.one_hot(column, categories, rare.as_deref()),
            FittedStep::Hash {
                column,
                categories,
                buckets,
                n_buckets,
            } => self.hash(column, categories, buckets, *n_buckets),
            FittedStep::Ordinal { column, categories } => self.ordinal(column, categories),
            FittedStep::Frequency {
                column,
                categories,
                shares,
            } => {
                let output = (column.clone(), shares.as_slice(), 0.0);
                self.lookup(column, categories, vec![output])
            }
            FittedStep::Target {
                column,
                categories,
                outputs,
            } => {
                let outputs = outputs.iter();
                let outputs = outputs.map(|o| (o.name.clone(), o.means.as_slice(), o.otherwise));
                self.lookup(column, categories, outputs.collect())
            }
            FittedStep::Ratio {
                name,
                numerator,
                denominator,
            } => {
                let [a, b] = [
                    self.number(numerator)?.clone(),
                    self.number(denominator)?.clone(),
                ];
                self.append(name, Source::Ratio(Box::new(a), Box::new(b)))
            }
            FittedStep::Product { name, left, right } => {
                let [a, b] = [self.number(left)?.clone(), self.number(right)?.clone()];
                self.append(name, Source::Product(Box::new(a), Box::new(b)))
            }
            FittedStep::DateParts {
                column,
                unit,
                parts,
            } => {
                let number = self.number(column)?.clone();
                let made = parts.iter().map(|&part| {
                    let mut number = number.clone();
                    number.ops.push(Op::Date(*unit, part));
                    (part_name(column, part), Value::Number(number))
                });
                self.replace(column, made.collect())
            }
            FittedStep::TextLength { column, name } => {
                let count = Source::WordCount(self.text(column)?.clone());
                self.insert_behind(column, name, count.into())
            }
            FittedStep::Tfidf {
                column,
                words,
                weights,
            } => self.words(column, words, weights),
            FittedStep::Pca {
                name,
                columns,
                means,
                components,
                ..
            } => self.components(name, columns, means, components),
            FittedStep::Drop { column, .. } => self.drop(column),
        }
    }

    /// What the column is while the recipe is fitted: its values in the training rows.
    ///
    /// # Errors
    /// [`PlanError::NoColumn`]
    pub fn set_values(&mut self, name: &str, values: Vec<f64>) -> Result<(), PlanError> {
        let index = self.index(name)?;
        self.columns[index].value = Value::Number(Source::Given(values.into()).into());
        Ok(())
    }

    fn index(&self, name: &str) -> Result<usize, PlanError> {
        let index = self.columns.iter().position(|column| column.name == name);
        index.ok_or_else(|| PlanError::NoColumn(name.to_owned()))
    }

    fn text(&mut self, name: &str) -> Result<&mut Text, PlanError> {
        let index = self.index(name)?;
        match &mut self.columns[index].value {
            Value::Text(text) => Ok(text),
            Value::Number(_) => Err(PlanError::Misfit(name.to_owned())),
            _ => Err(PlanError::AfterFeatures(name.to_owned())),
        }
    }

    fn number(&mut self, name: &str) -> Result<&mut Number, PlanError> {
        let index = self.index(name)?;
        match &mut self.columns[index].value {
            Value::Number(number) => Ok(number),
            Value::Text(_) => Err(PlanError::Misfit(name.to_owned())),
            _ => Err(PlanError::AfterFeatures(name.to_owned())),
        }
    }

    fn push(&mut self, column: &str, op: Op) -> Result<(), PlanError> {
        self.number(column)?.ops.push(op);
        Ok(())
    }

    fn append(&mut self, name: &str, source: Source) -> Result<(), PlanError> {
        self.insert(self.columns.len(), name, Value::Number(source.into()))
    }

    fn insert_behind(&mut self, column: &str, name: &str, added: Number) -> Result<(), PlanError> {
        let index = self.index(column)?;
        self.insert(index + 1, name, Value::Number(added))
    }

    fn insert(&mut self, index: usize, name: &str, value: Value) -> Result<(), PlanError> {
        if self.column(name).is_some() {
            return Err(PlanError::NameTaken(name.to_owned()));
        }
        let added = Planned {
            name: name.to_owned(),
            origin: name.to_owned(),
            value,
        };
        self.columns.insert(index, added);
        Ok(())
    }

    fn replace(&mut self, column: &str, made: Vec<(String, Value)>) -> Result<(), PlanError> {
        let index = self.index(column)?;
        for (name, _) in &made {
            if name != column && self.column(name).is_some() {
                return Err(PlanError::NameTaken(name.clone()));
            }
        }
        let origin = self.columns[index].origin.clone();
        let made = made.into_iter().map(|(name, value)| Planned {
            name,
            origin: origin.clone(),
            value,
        });
        self.columns.splice(index..=index, made);
        Ok(())
    }

    fn add_flag(&mut self, column: &str, name: &str) -> Result<(), PlanError> {
        let index = self.index(column)?;
        let value = self.columns[index].value.clone();
        let flag = match &value {
            Value::Text(text) => Source::TextMissing(text.input).into(),
            Value::Number(number) => {
                let mut flag = number.clone();
                flag.ops.push(Op::IsMissing);
                flag
            }
            _ => return Err(PlanError::AfterFeatures(column.to_owned())),
        };
        self.insert_behind(column, name, flag)
    }

    fn drop(&mut self, name: &str) -> Result<(), PlanError> {
        if let Ok(index) = self.index(name) {
            self.columns.remove(index);
            return Ok(());
        }
        for column in &mut self.columns {
            let place = column.features().position(|feature| feature == name);
            match (&mut column.value, place) {
                (Value::OneHot(one_hot), Some(place)) => one_hot.drop(place),
                (Value::Words(words), Some(place)) => words.drop(place),
                (Value::Components(components), Some(place)) => components.drop(place),
                _ => continue,
            }
            return Ok(());
        }
        Err(PlanError::NoColumn(name.to_owned()))
    }
}

impl Planned {
    pub fn features(&self) -> impl Iterator<Item = &str> {
        let (one, several): (_, &[String]) = match &self.value {
            Value::OneHot(one_hot) => (None, &one_hot.features),
            Value::Words(words) => (None, &words.features),
            Value::Components(components) => (None, &components.features),
            Value::Text(_) | Value::Number(_) => (Some(self.name.as_str()), &[]),
        };
        one.into_iter().chain(several.iter().map(String::as_str))
    }
}

impl From<Source> for Number {
    fn from(source: Source) -> Self {
        let ops = Vec::new();
        Self { source, ops }
    }
}
