//! Parameters: defaults filled in, ranges held, texts from the command line read.

use std::collections::BTreeMap;

use assay_core::train::{ParamInfo, ParamRange, ParamValue};

use crate::Error;
use crate::catalogue::{Entry, algorithm};
use crate::ensemble::members;

/// `given` with every other parameter of the algorithm at its default. Whole numbers become floats where a float is
/// wanted, and floats without a fraction become whole numbers.
///
/// # Errors
/// An unknown algorithm or parameter, a value of the wrong type or out of range.
pub fn resolve_params(
    algorithm_name: &str,
    given: &BTreeMap<String, ParamValue>,
) -> Result<BTreeMap<String, ParamValue>, Error> {
    resolve(algorithm(algorithm_name)?, given)
}

/// Reads `name=text` as the command line gives it; the result is in range.
///
/// # Errors
/// As [`resolve_params`].
pub fn parse_param(algorithm_name: &str, name: &str, text: &str) -> Result<ParamValue, Error> {
    let entry = algorithm(algorithm_name)?;
    let info = find(entry, name)?;
    let text = text.trim();
    let value = match info.range {
        ParamRange::Integer { .. } | ParamRange::Float { .. } => text
            .parse()
            .map(ParamValue::Integer)
            .or_else(|_| text.parse().map(ParamValue::Float))
            .ok(),
        ParamRange::Bool => text.parse().map(ParamValue::Bool).ok(),
        ParamRange::Choice { .. } | ParamRange::Algorithms { .. } | ParamRange::Numbers => None,
    };
    in_range(
        entry,
        &info,
        &value.unwrap_or_else(|| ParamValue::Text(text.to_owned())),
    )
}

/// The parameters of one training, complete and in range.
pub(crate) struct Resolved {
    algorithm: &'static str,
    values: BTreeMap<String, ParamValue>,
}

impl Resolved {
    pub(crate) fn new(
        entry: &'static Entry,
        given: &BTreeMap<String, ParamValue>,
    ) -> Result<Self, Error> {
        Ok(Self {
            algorithm: entry.name,
            values: resolve(entry, given)?,
        })
    }

    pub(crate) fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    pub(crate) fn float(&self, name: &str) -> Result<f64, Error> {
        match self.values.get(name) {
            Some(ParamValue::Float(value)) => Ok(*value),
            _ => Err(self.missing(name)),
        }
    }

    pub(crate) fn count(&self, name: &str) -> Result<usize, Error> {
        match self.values.get(name) {
            Some(ParamValue::Integer(value)) => {
                usize::try_from(*value).map_err(|_| self.missing(name))
            }
            _ => Err(self.missing(name)),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.values.get(name) {
            Some(ParamValue::Bool(value)) => Ok(*value),
            _ => Err(self.missing(name)),
        }
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str, Error> {
        match self.values.get(name) {
            Some(ParamValue::Text(value)) => Ok(value),
            _ => Err(self.missing(name)),
        }
    }

    fn missing(&self, name: &str) -> Error {
        Error::UnknownParam {
            algorithm: self.algorithm.to_owned(),
            name: name.to_owned(),
            known: listed(self.values.keys()),
        }
    }
}

fn resolve(
    entry: &Entry,
    given: &BTreeMap<String, ParamValue>,
) -> Result<BTreeMap<String, ParamValue>, Error> {
    for name in given.keys() {
        find(entry, name)?;
    }
    entry
        .params()
        .iter()
        .map(|info| {
            let value = match given.get(&info.name) {
                Some(value) => in_range(entry, info, value)?,
                None => info.default.clone(),
            };
            Ok((info.name.clone(), value))
        })
        .collect()
}

fn find(entry: &Entry, name: &str) -> Result<ParamInfo, Error> {
    let params = entry.params();
    params
        .iter()
        .find(|info| info.name == name)
        .cloned()
        .ok_or_else(|| Error::UnknownParam {
            algorithm: entry.name.to_owned(),
            name: name.to_owned(),
            known: listed(params.iter().map(|info| &info.name)),
        })
}

/// `value` in the type of the parameter, when it is in range.
fn in_range(entry: &Entry, info: &ParamInfo, value: &ParamValue) -> Result<ParamValue, Error> {
    if let (ParamRange::Algorithms { max }, ParamValue::Text(text)) = (&info.range, value) {
        members::check(entry, info, text, *max)?;
    }
    // Beyond 2^53 a float no longer names one whole number.
    const WHOLE: f64 = 9_007_199_254_740_992.0;
    let taken = match (&info.range, value) {
        (ParamRange::Integer { min, max }, ParamValue::Integer(value)) => {
            (min..=max).contains(&value).then_some(*value)
        }
        (ParamRange::Integer { min, max }, ParamValue::Float(value))
            if value.fract() == 0.0 && value.abs() < WHOLE =>
        {
            let value = *value as i64;
            (min..=max).contains(&&value).then_some(value)
        }
        _ => None,
    }
    .map(ParamValue::Integer)
    .or_else(|| match (&info.range, value) {
        (ParamRange::Float { min, max }, ParamValue::Float(value)) => (min..=max)
            .contains(&value)
            .then_some(ParamValue::Float(*value)),
        (ParamRange::Float { min, max }, ParamValue::Integer(value)) => {
            let value = *value as f64;
            (*min..=*max)
                .contains(&value)
                .then_some(ParamValue::Float(value))
        }
        (ParamRange::Choice { options }, ParamValue::Text(value)) => options
            .contains(value)
            .then(|| ParamValue::Text(value.clone())),
        (ParamRange::Bool, ParamValue::Bool(value)) => Some(ParamValue::Bool(*value)),
        (ParamRange::Algorithms { .. }, ParamValue::Text(text)) => {
            Some(ParamValue::Text(text.clone()))
        }
        (ParamRange::Numbers, ParamValue::Text(text)) => {
            members::numbers(text).map(|_| ParamValue::Text(text.clone()))
        }
        // A single number needs no comma, and is read as one.
        (ParamRange::Numbers, ParamValue::Integer(_) | ParamValue::Float(_)) => {
            members::numbers(&value.to_string()).map(|_| ParamValue::Text(value.to_string()))
        }
        _ => None,
    });
    taken.ok_or_else(|| Error::ParamRange {
        algorithm: entry.name.to_owned(),
        name: info.name.clone(),
        value: match value {
            ParamValue::Text(text) => format!("`{text}`"),
            other => other.to_string(),
        },
        range: range_text(&info.range),
    })
}

fn range_text(range: &ParamRange) -> String {
    match range {
        ParamRange::Integer { min, max } => format!("a whole number from {min} to {max}"),
        ParamRange::Float { min, max } => format!("a number from {min} to {max}"),
        ParamRange::Choice { options } => format!("one of {}", listed(options.iter())),
        ParamRange::Bool => "true or false".to_owned(),
        ParamRange::Algorithms { max } => format!(
            "up to {max} names of algorithms with commas between, like `ridge,knn(n_neighbors=9)`"
        ),
        ParamRange::Numbers => "numbers over 0 with commas between".to_owned(),
    }
}

fn listed<T: AsRef<str>>(names: impl Iterator<Item = T>) -> String {
    names
        .map(|name| format!("`{}`", name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;
    use ParamValue::{Bool, Float, Integer, Text};

    fn said(error: &Error) -> String {
        format!("{error}; {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn defaults_are_in_range_and_fill_in_what_is_not_given() {
        for info in catalogue() {
            let resolved = resolve_params(&info.name, &BTreeMap::new()).unwrap();
            let defaults: BTreeMap<_, _> = info
                .params
                .iter()
                .map(|param| (param.name.clone(), param.default.clone()))
                .collect();
            assert_eq!(resolved, defaults);
            assert_eq!(resolve_params(&info.name, &defaults).unwrap(), defaults);
        }
    }

    #[test]
    fn texts_are_read_as_the_parameter_wants_them() {
        for (algorithm, name, text, wanted) in [
            ("random_forest", "n_estimators", "10", Integer(10)),
            ("random_forest", "n_estimators", " 1e2 ", Integer(100)),
            ("random_forest", "bootstrap", "false", Bool(false)),
            (
                "decision_tree",
                "criterion",
                "entropy",
                Text("entropy".to_owned()),
            ),
            ("ridge", "alpha", "2", Float(2.0)),
            ("logistic_regression", "c", "0.5", Float(0.5)),
        ] {
            assert_eq!(
                parse_param(algorithm, name, text).unwrap(),
                wanted,
                "{name}={text}"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_the_range() {
        for (algorithm, name, text, wanted) in [
            (
                "random_forest",
                "n_estimators",
                "0",
                "the parameter `n_estimators` of `random_forest` is 0; give a whole number from 1 to 2000",
            ),
            (
                "random_forest",
                "n_estimators",
                "2.5",
                "the parameter `n_estimators` of `random_forest` is 2.5; give a whole number from 1 to 2000",
            ),
            (
                "random_forest",
                "n_estimators",
                "ten",
                "the parameter `n_estimators` of `random_forest` is `ten`; give a whole number from 1 to 2000",
            ),
            (
                "ridge",
                "alpha",
                "NaN",
                "the parameter `alpha` of `ridge` is NaN; give a number from 0.000001 to 1000000000",
            ),
            (
                "ridge",
                "fit_intercept",
                "1",
                "the parameter `fit_intercept` of `ridge` is `1`; give true or false",
            ),
            (
                "decision_tree",
                "criterion",
                "best",
                "the parameter `criterion` of `decision_tree` is `best`; give one of `gini`, `entropy`",
            ),
            (
                "linear_regression",
                "alpha",
                "1",
                "`linear_regression` has no parameter `alpha`; it takes `fit_intercept`",
            ),
        ] {
            let error = parse_param(algorithm, name, text).unwrap_err();
            assert_eq!(said(&error), wanted, "{algorithm}");
        }
        let given = BTreeMap::from([("max_depth".to_owned(), Integer(65))]);
        let error = resolve_params("decision_tree", &given).unwrap_err();
        assert_eq!(
            said(&error),
            "the parameter `max_depth` of `decision_tree` is 65; give a whole number from 1 to 64"
        );
    }

    #[test]
    fn whole_numbers_and_floats_stand_in_for_one_another() {
        let given = BTreeMap::from([("alpha".to_owned(), Integer(3))]);
        assert_eq!(
            resolve_params("ridge", &given).unwrap()["alpha"],
            Float(3.0)
        );
        let given = BTreeMap::from([("n_estimators".to_owned(), Float(7.0))]);
        let resolved = resolve_params("random_forest", &given).unwrap();
        assert_eq!(resolved["n_estimators"], Integer(7));
    }
}
