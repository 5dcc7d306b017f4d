//! Steps that make of one column, or of several, what has features of its own.

use super::categories::{distinct, numbers};
use super::{Categories, OneHot, Plan, PlanError, Source, Value};
use crate::recipe::op::Op;
use crate::recipe::{Components, Words};

impl Plan {
    pub(super) fn bins(
        &mut self,
        column: &str,
        edges: &[f64],
        one_hot: bool,
    ) -> Result<(), PlanError> {
        self.push(column, Op::Bin(edges.into()))?;
        if !one_hot {
            return Ok(());
        }
        let one_hot = OneHot::of_bins(column, self.number(column)?.clone(), edges);
        self.replace(column, vec![(column.to_owned(), Value::OneHot(one_hot))])
    }

    pub(super) fn one_hot(
        &mut self,
        column: &str,
        names: &[String],
        rare: Option<&str>,
    ) -> Result<(), PlanError> {
        let index = self.index(column)?;
        let categories = match &self.columns[index].value {
            Value::Text(text) => Categories::Texts(text.clone(), distinct(column, names)?),
            Value::Number(number) => Categories::Numbers(number.clone(), numbers(column, names)?),
            _ => return Err(PlanError::AfterFeatures(column.to_owned())),
        };
        let one_hot = OneHot::of_categories(column, categories, names, rare);
        self.columns[index].value = Value::OneHot(one_hot);
        Ok(())
    }

    pub(super) fn hash(
        &mut self,
        column: &str,
        categories: &[String],
        buckets: &[u32],
        n_buckets: u32,
    ) -> Result<(), PlanError> {
        let text = self.text(column)?.clone();
        if buckets.len() != categories.len() || buckets.iter().any(|&bucket| bucket >= n_buckets) {
            return Err(PlanError::Unpaired(column.to_owned()));
        }
        let categories = Categories::Texts(text, distinct(column, categories)?);
        let one_hot = OneHot::of_buckets(column, categories, buckets, n_buckets);
        self.replace(column, vec![(column.to_owned(), Value::OneHot(one_hot))])
    }

    pub(super) fn ordinal(&mut self, column: &str, categories: &[String]) -> Result<(), PlanError> {
        if let Ok(number) = self.number(column) {
            number
                .ops
                .push(Op::Position(numbers(column, categories)?.into()));
            return Ok(());
        }
        let positions: Vec<f64> = (0..categories.len()).map(|place| place as f64).collect();
        self.lookup(
            column,
            categories,
            vec![(column.to_owned(), &positions, -1.0)],
        )
    }

    pub(super) fn lookup(
        &mut self,
        column: &str,
        categories: &[String],
        outputs: Vec<(String, &[f64], f64)>,
    ) -> Result<(), PlanError> {
        let text = self.text(column)?.clone();
        let keys = distinct(column, categories)?;
        if outputs
            .iter()
            .any(|(_, values, _)| values.len() != keys.len())
        {
            return Err(PlanError::Unpaired(column.to_owned()));
        }
        let made = outputs.into_iter().map(|(name, values, otherwise)| {
            let lookup = Source::Lookup {
                text: text.clone(),
                keys: keys.clone(),
                values: values.into(),
                otherwise,
            };
            (name, Value::Number(lookup.into()))
        });
        let made = made.collect();
        self.replace(column, made)
    }

    pub(super) fn words(
        &mut self,
        column: &str,
        words: &[String],
        weights: &[f64],
    ) -> Result<(), PlanError> {
        let text = self.text(column)?.clone();
        let vocabulary = distinct(column, words)?;
        if weights.len() != words.len() {
            return Err(PlanError::Unpaired(column.to_owned()));
        }
        let features = words.iter().map(|word| format!("{column}_word_{word}"));
        let words = Words {
            text,
            features: features.collect(),
            places: (0..vocabulary.len()).collect(),
            vocabulary,
            weights: weights.into(),
        };
        self.replace(column, vec![(column.to_owned(), Value::Words(words))])
    }

    pub(super) fn components(
        &mut self,
        name: &str,
        columns: &[String],
        means: &[f64],
        weights: &[Vec<f64>],
    ) -> Result<(), PlanError> {
        let mut taken = Vec::with_capacity(columns.len());
        for column in columns {
            let index = self.index(column)?;
            if let Value::Text(_) = self.columns[index].value {
                return Err(PlanError::Misfit(column.clone()));
            }
            taken.push(self.columns.remove(index));
        }
        let n_features: usize = taken.iter().map(|column| column.features().count()).sum();
        if means.len() != n_features || weights.iter().any(|row| row.len() != n_features) {
            return Err(PlanError::Unpaired(name.to_owned()));
        }
        let features = (1..=weights.len()).map(|number| format!("{name}_{number}"));
        let components = Components {
            columns: taken,
            means: means.into(),
            weights: weights.iter().map(|row| row.as_slice().into()).collect(),
            features: features.collect(),
        };
        let value = Value::Components(components);
        self.insert(self.columns.len(), name, value)
    }
}
