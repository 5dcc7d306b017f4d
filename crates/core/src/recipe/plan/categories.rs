//! Columns of categories on their way to one feature each.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use super::{Number, PlanError, Text};

/// Several features, at most one of which is 1.
#[derive(Debug, Clone)]
pub struct OneHot {
    pub categories: Categories,
    /// Of each category, the feature that is 1; `None`: no feature.
    pub places: Vec<Option<u32>>,
    /// The feature that is 1 for any other value.
    pub other: Option<u32>,
    pub features: Vec<String>,
}

#[derive(Debug, Clone)]
pub enum Categories {
    Texts(Text, Arc<[String]>),
    Numbers(Number, Vec<f64>),
}

impl OneHot {
    pub(super) fn of_bins(column: &str, number: Number, edges: &[f64]) -> Self {
        let bins = 0..=edges.len();
        Self {
            categories: Categories::Numbers(number, bins.clone().map(|bin| bin as f64).collect()),
            places: bins.clone().map(|bin| Some(bin as u32)).collect(),
            other: None,
            features: bins.map(|bin| interval(column, edges, bin)).collect(),
        }
    }

    pub(super) fn of_categories(
        column: &str,
        categories: Categories,
        names: &[String],
        rare: Option<&str>,
    ) -> Self {
        let n = names.len() as u32;
        let features = names.iter().map(String::as_str).chain(rare);
        Self {
            categories,
            places: (0..n).map(Some).collect(),
            other: rare.map(|_| n),
            features: features.map(|name| format!("{column}={name}")).collect(),
        }
    }

    pub(super) fn of_buckets(
        column: &str,
        categories: Categories,
        buckets: &[u32],
        n_buckets: u32,
    ) -> Self {
        Self {
            categories,
            places: buckets.iter().copied().map(Some).collect(),
            other: None,
            features: (0..n_buckets)
                .map(|bucket| format!("{column}_bucket_{bucket}"))
                .collect(),
        }
    }

    /// Without the feature at that place: its rows are all zeros then.
    pub(super) fn drop(&mut self, place: usize) {
        self.features.remove(place);
        let dropped = place as u32;
        let without = |place: &mut Option<u32>| match *place {
            Some(at) if at == dropped => *place = None,
            Some(at) if at > dropped => *place = Some(at - 1),
            _ => {}
        };
        self.places.iter_mut().for_each(without);
        without(&mut self.other);
    }
}

/// `age=18..30`: 18 belongs to it, 30 does not.
fn interval(column: &str, edges: &[f64], bin: usize) -> String {
    let edge = |at: Option<&f64>| at.map_or(String::new(), f64::to_string);
    let low = edge(bin.checked_sub(1).and_then(|below| edges.get(below)));
    format!("{column}={low}..{}", edge(edges.get(bin)))
}

/// Categories of a numeric column are named as texts.
pub fn numbers(column: &str, names: &[String]) -> Result<Vec<f64>, PlanError> {
    let numbers = names
        .iter()
        .map(|name| match name.as_str() {
            "true" => Ok(1.0),
            "false" => Ok(0.0),
            name => name.parse().map_err(|_| PlanError::NoNumber {
                column: column.to_owned(),
                category: name.to_owned(),
            }),
        })
        .collect::<Result<Vec<f64>, PlanError>>()?;
    require_distinct(column, numbers.iter().map(|number| number.to_bits()))?;
    Ok(numbers)
}

pub fn distinct(column: &str, names: &[String]) -> Result<Arc<[String]>, PlanError> {
    require_distinct(column, names.iter())?;
    Ok(names.into())
}

fn require_distinct<T: Eq + Hash>(
    column: &str,
    values: impl Iterator<Item = T>,
) -> Result<(), PlanError> {
    let mut seen = HashSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(PlanError::CategoryTwice(column.to_owned()));
        }
    }
    Ok(())
}
