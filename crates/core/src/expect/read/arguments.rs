//! Arguments of a rule, one at a time; whatever is wrong with one is a sentence.

use serde_json::{Map, Value};

use super::types::is_type_name;
use super::{
    Bound, Bounds, IgnoreRow, Interpolation, OutlierMethod, Patterns, QuantileRange, ValueTest,
    Wanted,
};
use crate::expect::Problem;

#[derive(Clone, Copy)]
pub(super) struct Arguments<'a>(pub(super) &'a Map<String, Value>);

type Outcome<T> = Result<T, Problem>;

fn wrong<T>(name: &str, value: &Value, needed: &str) -> Outcome<T> {
    let shown = match value {
        Value::Object(object) if object.contains_key("$PARAMETER") => {
            return Err(Problem(format!(
                "`{name}` is a parameter of the suite, which has no value here"
            )));
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("`{text}`"),
        other => other.to_string(),
    };
    Err(Problem(format!("`{name}` is {shown}; it must be {needed}")))
}

impl<'a> Arguments<'a> {
    /// `None` where it is absent or null.
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn need(self, name: &str) -> Outcome<&'a Value> {
        self.get(name)
            .ok_or_else(|| Problem(format!("`{name}` is missing")))
    }

    pub(super) fn text(self, name: &str) -> Outcome<Option<&'a str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => wrong(name, other, "a text"),
        }
    }

    pub(super) fn need_text(self, name: &str) -> Outcome<&'a str> {
        self.need(name)?;
        match self.text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Problem(format!("`{name}` is empty"))),
        }
    }

    pub(super) fn column(self, name: &str) -> Outcome<String> {
        self.need_text(name).map(str::to_owned)
    }

    fn texts(self, name: &str) -> Outcome<Vec<String>> {
        let value = self.need(name)?;
        let texts = value.as_array().and_then(|list| {
            list.iter()
                .map(|one| one.as_str().map(str::to_owned))
                .collect()
        });
        match texts {
            Some(texts) => Ok(texts),
            None => wrong(name, value, "a list of texts"),
        }
    }

    /// Columns, at least so many, none twice.
    pub(super) fn some_columns(self, name: &str, least: usize) -> Outcome<Vec<String>> {
        let columns = self.texts(name)?;
        if columns.len() < least {
            return Err(Problem(format!(
                "`{name}` names {} of the {least} columns that it needs",
                columns.len()
            )));
        }
        let twice = (1..columns.len()).find(|&at| columns[..at].contains(&columns[at]));
        match twice {
            Some(at) => Err(Problem(format!("`{name}` names `{}` twice", columns[at]))),
            None => Ok(columns),
        }
    }

    pub(super) fn number(self, name: &str) -> Outcome<Option<f64>> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_f64() {
                Some(number) => Ok(Some(number)),
                None => wrong(name, value, "a number"),
            },
        }
    }

    pub(super) fn need_number(self, name: &str) -> Outcome<f64> {
        self.need(name)?;
        Ok(self.number(name)?.unwrap_or(f64::NAN))
    }

    /// A number between 0 and 1.
    pub(super) fn share(self, name: &str, default: f64) -> Outcome<f64> {
        match self.number(name)? {
            None => Ok(default),
            Some(share) if (0.0..=1.0).contains(&share) => Ok(share),
            Some(share) => Err(Problem(format!(
                "`{name}` is {share}; it must lie between 0 and 1"
            ))),
        }
    }

    pub(super) fn mostly(self) -> Outcome<f64> {
        self.share("mostly", 1.0)
    }

    pub(super) fn flag(self, name: &str, default: bool) -> Outcome<bool> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => wrong(name, other, "true or false"),
        }
    }

    /// A whole number, 0 or more; `3.0` is one.
    pub(super) fn count(self, name: &str) -> Outcome<u64> {
        let value = self.need(name)?;
        match whole(value) {
            Some(count) => Ok(count),
            None => wrong(name, value, "a whole number, 0 or more"),
        }
    }

    pub(super) fn values(self, name: &str) -> Outcome<Vec<Value>> {
        let value = self.need(name)?;
        match value.as_array() {
            Some(values) if !values.iter().any(|v| v.is_array() || v.is_object()) => {
                Ok(values.clone())
            }
            Some(_) => Err(Problem(format!(
                "`{name}` holds a list or an object; it may hold numbers, texts and booleans"
            ))),
            None => wrong(name, value, "a list"),
        }
    }

    pub(super) fn pairs(self, name: &str) -> Outcome<Vec<(Value, Value)>> {
        let value = self.need(name)?;
        let pairs = value.as_array().and_then(|list| {
            list.iter()
                .map(|pair| match pair.as_array().map(Vec::as_slice) {
                    Some([a, b]) => Some((a.clone(), b.clone())),
                    _ => None,
                })
                .collect()
        });
        match pairs {
            Some(pairs) => Ok(pairs),
            None => wrong(name, value, "a list of pairs"),
        }
    }

    pub(super) fn object(self, name: &str) -> Outcome<&'a Value> {
        let value = self.need(name)?;
        if value.is_object() {
            Ok(value)
        } else {
            wrong(name, value, "an object")
        }
    }

    pub(super) fn type_name(self, name: &str) -> Outcome<String> {
        let text = self.need_text(name)?;
        known_type(text).map(|()| text.to_owned())
    }

    pub(super) fn type_names(self, name: &str) -> Outcome<Vec<String>> {
        let names = self.texts(name)?;
        if names.is_empty() {
            return Err(Problem(format!("`{name}` is empty")));
        }
        names.iter().try_for_each(|name| known_type(name))?;
        Ok(names)
    }

    fn choice(self, name: &str, choices: &[&str]) -> Outcome<Option<usize>> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match choices.iter().position(|&choice| choice == text) {
            Some(place) => Ok(Some(place)),
            None => Err(Problem(format!(
                "`{name}` is `{text}`; it may be {}",
                choices.join(", ")
            ))),
        }
    }

    pub(super) fn ignore_pair(self) -> Outcome<IgnoreRow> {
        self.ignore(&[
            "both_values_are_missing",
            "either_value_is_missing",
            "neither",
        ])
    }

    pub(super) fn ignore_record(self) -> Outcome<IgnoreRow> {
        self.ignore(&["all_values_are_missing", "any_value_is_missing", "never"])
    }

    fn ignore(self, choices: &[&str]) -> Outcome<IgnoreRow> {
        Ok(match self.choice("ignore_row_if", choices)? {
            Some(1) => IgnoreRow::AnyMissing,
            Some(2) => IgnoreRow::Never,
            _ => IgnoreRow::AllMissing,
        })
    }

    pub(super) fn match_on(self) -> Outcome<Wanted> {
        Ok(match self.choice("match_on", &["any", "all"])? {
            Some(1) => Wanted::All,
            _ => Wanted::Any,
        })
    }

    /// One pattern as a text, or several as a list.
    pub(super) fn patterns(self, name: &str, wanted: Wanted) -> Outcome<Patterns> {
        let patterns = match self.need(name)? {
            Value::String(_) => vec![self.need_text(name)?.to_owned()],
            Value::Array(list) if list.is_empty() => {
                return Err(Problem(format!("`{name}` is empty")));
            }
            _ => self.texts(name)?,
        };
        Ok(Patterns { patterns, wanted })
    }

    pub(super) fn escape(self) -> Outcome<Option<char>> {
        let Some(text) = self.text("escape")? else {
            return Ok(None);
        };
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(escape), None) => Ok(Some(escape)),
            _ => Err(Problem(format!(
                "`escape` is `{text}`; it must be one character"
            ))),
        }
    }

    pub(super) fn outliers(self) -> Outcome<ValueTest> {
        let method = match self.choice("method", &["iqr", "std"])? {
            Some(1) => OutlierMethod::Std,
            _ => OutlierMethod::Iqr,
        };
        let multiplier = self.number("multiplier")?.unwrap_or(1.5);
        if multiplier <= 0.0 {
            return Err(Problem(format!(
                "`multiplier` is {multiplier}; it must be over 0"
            )));
        }
        Ok(ValueTest::NotOutlier { method, multiplier })
    }

    /// Numbers, dates or texts.
    pub(super) fn bounds(self) -> Outcome<Bounds> {
        self.bounds_of(|name, value| {
            Ok(match value {
                Value::String(text) => Bound::Text(text.clone()),
                Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                    (Some(whole), _) => Bound::Integer(whole),
                    (None, Some(float)) => Bound::Float(float),
                    (None, None) => return wrong(name, value, "a number or a text"),
                },
                other => return wrong(name, other, "a number or a text"),
            })
        })
    }

    pub(super) fn numbers(self) -> Outcome<Bounds> {
        self.bounds_of(|name, value| match value.as_f64() {
            Some(number) => Ok(Bound::Float(number)),
            None => wrong(name, value, "a number"),
        })
    }

    pub(super) fn counts(self) -> Outcome<Bounds> {
        self.bounds_of(|name, value| {
            match whole(value).and_then(|count| i64::try_from(count).ok()) {
                Some(count) => Ok(Bound::Integer(count)),
                None => wrong(name, value, "a whole number, 0 or more"),
            }
        })
    }

    fn bounds_of(self, read: impl Fn(&str, &Value) -> Outcome<Bound>) -> Outcome<Bounds> {
        let bound = |name| self.get(name).map(|value| read(name, value)).transpose();
        let bounds = Bounds {
            min: bound("min_value")?,
            max: bound("max_value")?,
            strict_min: self.flag("strict_min", false)?,
            strict_max: self.flag("strict_max", false)?,
        };
        match (&bounds.min, &bounds.max) {
            (None, None) => Err(Problem(
                "it has neither a `min_value` nor a `max_value`".to_owned(),
            )),
            (Some(Bound::Text(text)), Some(number)) | (Some(number), Some(Bound::Text(text)))
                if number.number().is_some() =>
            {
                Err(Problem(format!(
                    "one bound is a number, the other the text `{text}`"
                )))
            }
            (Some(min), Some(max)) => match (min.number(), max.number()) {
                (Some(min), Some(max)) if min > max => Err(Problem(format!(
                    "`min_value` {min} is above `max_value` {max}"
                ))),
                _ => Ok(bounds),
            },
            _ => Ok(bounds),
        }
    }

    pub(super) fn quantiles(self) -> Outcome<(Vec<QuantileRange>, Interpolation)> {
        const NAME: &str = "quantile_ranges";
        let value = self.object(NAME)?;
        let list = |key: &str| value.get(key).and_then(Value::as_array);
        let (Some(probabilities), Some(ranges)) = (list("quantiles"), list("value_ranges")) else {
            return wrong(NAME, value, "an object with `quantiles` and `value_ranges`");
        };
        if probabilities.len() != ranges.len() || probabilities.is_empty() {
            return Err(Problem(format!(
                "`{NAME}` has {} quantiles and {} ranges",
                probabilities.len(),
                ranges.len()
            )));
        }
        let ranges = probabilities.iter().zip(ranges).map(quantile_range);
        Ok((ranges.collect::<Outcome<_>>()?, self.interpolation()?))
    }

    fn interpolation(self) -> Outcome<Interpolation> {
        const NAME: &str = "allow_relative_error";
        match self.get(NAME) {
            None | Some(Value::Bool(false)) => Ok(Interpolation::Nearest),
            Some(Value::Bool(true)) => Err(Problem(format!(
                "`{NAME}` is true; name how to take a quantile between two values: linear, lower, higher, midpoint or nearest"
            ))),
            Some(_) => {
                let choices = ["linear", "lower", "higher", "midpoint", "nearest"];
                Ok(match self.choice(NAME, &choices)? {
                    Some(1) => Interpolation::Lower,
                    Some(2) => Interpolation::Higher,
                    Some(3) => Interpolation::Midpoint,
                    Some(4) => Interpolation::Nearest,
                    _ => Interpolation::Linear,
                })
            }
        }
    }
}

fn quantile_range((probability, range): (&Value, &Value)) -> Outcome<QuantileRange> {
    let bad = |value: &Value, what: &str| {
        Err(Problem(format!(
            "`quantile_ranges` holds {value}; it must be {what}"
        )))
    };
    let Some(p) = probability.as_f64().filter(|p| (0.0..=1.0).contains(p)) else {
        return bad(probability, "a probability between 0 and 1");
    };
    let bound = |value: &Value| match value {
        Value::Null => Some(None),
        other => other.as_f64().map(Some),
    };
    let limits = match range.as_array().map(Vec::as_slice) {
        Some([low, high]) => bound(low).zip(bound(high)),
        _ => None,
    };
    match limits {
        Some((Some(min), Some(max))) if min > max => {
            bad(range, "a lower bound and one that is not below it")
        }
        Some((min, max)) => Ok(QuantileRange {
            probability: p,
            min,
            max,
        }),
        None => bad(range, "a list of a lower and an upper bound, or null"),
    }
}

/// A whole number, 0 or more.
fn whole(value: &Value) -> Option<u64> {
    let float = || {
        value
            .as_f64()
            .filter(|v| v.fract() == 0.0 && (0.0..1e15).contains(v))
            .map(|v| v as u64)
    };
    value.as_u64().or_else(float)
}

fn known_type(name: &str) -> Outcome<()> {
    if is_type_name(name) {
        Ok(())
    } else {
        Err(Problem(format!(
            "`{name}` is no type that is known; use int, float, bool, text, date or datetime"
        )))
    }
}
