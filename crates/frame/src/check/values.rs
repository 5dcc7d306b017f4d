//! Rules on the values of a column, row by row. Missing values are skipped, except by the rule about them.

use std::collections::{HashMap, HashSet};

use regex::Regex;

use super::{Finding, MAX_NAMED_ROWS, Problem, bounds, wrong_type};
use crate::columns::View;

pub(super) struct Bounds {
    pub(super) min: Option<f64>,
    pub(super) max: Option<f64>,
    pub(super) strict_min: bool,
    pub(super) strict_max: bool,
}

pub(super) fn not_null(view: View<'_>, mostly: f64) -> Result<Finding, Problem> {
    let texts = view.texts();
    // here a missing value is what is looked for, so none is skipped
    let verdicts = texts.iter().map(|text| Some(text.is_some()));
    Ok(finding(verdicts, mostly, |_| "null".to_owned()))
}

/// Every row of a repeated value is unexpected, the first one too.
pub(super) fn unique(view: View<'_>, mostly: f64) -> Result<Finding, Problem> {
    let texts = view.texts();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for text in texts.iter().flatten() {
        *counts.entry(text).or_default() += 1;
    }
    let once = |text: &str| counts.get(text).is_none_or(|count| *count == 1);
    let verdicts = texts.iter().map(|text| text.as_deref().map(once));
    Ok(finding(verdicts, mostly, |row| shown(&texts, row)))
}

pub(super) fn between(
    column: &str,
    view: View<'_>,
    limits: &Bounds,
    mostly: f64,
) -> Result<Finding, Problem> {
    bounds(limits.min, limits.max)?;
    let numbers = match view {
        View::Integer(_) | View::Float(_) | View::Decimal(..) => view.numbers().unwrap_or_default(),
        _ => return Err(wrong_type(column, view, "numbers")),
    };
    let above = |value: f64| match limits.min {
        None => true,
        Some(min) if limits.strict_min => value > min,
        Some(min) => value >= min,
    };
    let below = |value: f64| match limits.max {
        None => true,
        Some(max) if limits.strict_max => value < max,
        Some(max) => value <= max,
    };
    let verdicts = numbers
        .iter()
        .map(|value| value.map(|value| above(value) && below(value)));
    Ok(finding(verdicts, mostly, |row| {
        numbers
            .get(row)
            .copied()
            .flatten()
            .map_or_else(String::new, super::number_text)
    }))
}

/// Numbers are compared as numbers (`3750` is `3750.0`), booleans in any case, other values as they print.
pub(super) fn in_set(
    view: View<'_>,
    value_set: &[String],
    mostly: f64,
) -> Result<Finding, Problem> {
    if let View::Integer(_) | View::Float(_) | View::Decimal(..) = view {
        let allowed: HashSet<u64> = value_set
            .iter()
            .filter_map(|text| text.trim().parse::<f64>().ok())
            .map(number_key)
            .collect();
        let numbers = view.numbers().unwrap_or_default();
        let verdicts = numbers
            .iter()
            .map(|value| value.map(|value| allowed.contains(&number_key(value))));
        return Ok(finding(verdicts, mostly, |row| {
            numbers
                .get(row)
                .copied()
                .flatten()
                .map_or_else(String::new, super::number_text)
        }));
    }
    let fold = matches!(view, View::Boolean(_));
    let allowed: HashSet<String> = value_set
        .iter()
        .map(|text| {
            if fold {
                text.to_lowercase()
            } else {
                text.clone()
            }
        })
        .collect();
    let texts = view.texts();
    let verdicts = texts
        .iter()
        .map(|text| text.as_ref().map(|text| allowed.contains(text)));
    Ok(finding(verdicts, mostly, |row| shown(&texts, row)))
}

pub(super) fn matches(
    column: &str,
    view: View<'_>,
    pattern: &str,
    mostly: f64,
) -> Result<Finding, Problem> {
    let View::Text(values) = view else {
        return Err(wrong_type(column, view, "text"));
    };
    let regex = Regex::new(pattern).map_err(|error| {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or("").trim();
        let reason = reason.strip_prefix("error: ").unwrap_or(reason);
        Problem(format!("`{pattern}` is no regular expression: {reason}"))
    })?;
    let texts = view.texts();
    let verdicts = values
        .iter()
        .map(|text| text.map(|text| regex.is_match(text)));
    Ok(finding(verdicts, mostly, |row| shown(&texts, row)))
}

/// Collects the verdicts of the rows; `None`: the value is missing and was not compared.
fn finding(
    verdicts: impl Iterator<Item = Option<bool>>,
    mostly: f64,
    show: impl Fn(usize) -> String,
) -> Finding {
    let mut finding = Finding::default();
    for (row, verdict) in verdicts.enumerate() {
        match verdict {
            None => finding.n_missing += 1,
            Some(true) => finding.n_checked += 1,
            Some(false) => {
                finding.n_checked += 1;
                finding.n_unexpected += 1;
                if finding.unexpected_rows.len() < MAX_NAMED_ROWS {
                    finding.unexpected_rows.push(row as u64 + 1);
                    finding.unexpected_values.push(show(row));
                }
            }
        }
    }
    let n_expected = finding.n_checked - finding.n_unexpected;
    let held = if finding.n_checked == 0 {
        1.0
    } else {
        n_expected as f64 / finding.n_checked as f64
    };
    finding.passed = held >= mostly;
    finding.observed = format!("{:.1} % hold", floor_percent(held));
    finding
}

/// One decimal, cut, so that 99.96 % does not read as all.
fn floor_percent(share: f64) -> f64 {
    (share * 1000.0).floor() / 10.0
}

fn shown(texts: &[Option<String>], row: usize) -> String {
    match texts.get(row) {
        Some(Some(text)) => text.clone(),
        _ => "null".to_owned(),
    }
}

/// Equal for equal numbers; −0 is 0.
fn number_key(value: f64) -> u64 {
    (value + 0.0).to_bits()
}
