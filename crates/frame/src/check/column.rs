//! Rules on a whole column or on the table.

use std::collections::HashSet;

use assay_core::expect::read::column_types;

use super::{Finding, Problem, bounds, number_text, wrong_type};
use crate::columns::View;
use crate::counts::Counts;
use crate::frame::Frame;

pub(super) fn of_type(view: View<'_>, wanted: &[String], n_rows: usize) -> Finding {
    Finding {
        passed: wanted
            .iter()
            .any(|name| column_types(name).contains(&view.kind())),
        n_checked: n_rows as u64,
        observed: view.kind().label().to_owned(),
        ..Finding::default()
    }
}

pub(super) fn mean_between(
    column: &str,
    view: View<'_>,
    min: Option<f64>,
    max: Option<f64>,
) -> Result<Finding, Problem> {
    bounds(min, max)?;
    let numbers = match view {
        View::Integer(_) | View::Float(_) | View::Decimal(..) => view.numbers().unwrap_or_default(),
        _ => return Err(wrong_type(column, view, "numbers")),
    };
    let present: Vec<f64> = numbers.iter().flatten().copied().collect();
    if present.is_empty() {
        return Err(Problem(format!("column `{column}` has no value")));
    }
    let mean = present.iter().sum::<f64>() / present.len() as f64;
    Ok(Finding {
        passed: within(mean, min, max),
        n_checked: present.len() as u64,
        n_missing: (numbers.len() - present.len()) as u64,
        observed: number_text(mean),
        ..Finding::default()
    })
}

pub(super) fn distinct_between(
    view: View<'_>,
    min: Option<u64>,
    max: Option<u64>,
) -> Result<Finding, Problem> {
    bounds(min, max)?;
    let counts = Counts::of(view);
    let n_missing = view.n_missing() as u64;
    Ok(Finding {
        passed: within(counts.n_distinct(), min, max),
        n_checked: counts.n_values(),
        n_missing,
        observed: counts.n_distinct().to_string(),
        ..Finding::default()
    })
}

pub(super) fn row_count_between(
    frame: &Frame,
    min: Option<u64>,
    max: Option<u64>,
) -> Result<Finding, Problem> {
    bounds(min, max)?;
    let n_rows = frame.n_rows() as u64;
    Ok(Finding {
        passed: within(n_rows, min, max),
        n_checked: n_rows,
        observed: n_rows.to_string(),
        ..Finding::default()
    })
}

pub(super) fn columns_match(frame: &Frame, wanted: &[String], exact: bool) -> Finding {
    let names = frame.names();
    let there: HashSet<&str> = names.iter().map(String::as_str).collect();
    let asked: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let missing: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|name| !there.contains(name))
        .collect();
    let extra: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| exact && !asked.contains(name))
        .collect();
    let mut observed = Vec::new();
    if !missing.is_empty() {
        observed.push(format!("missing: {}", missing.join(", ")));
    }
    if !extra.is_empty() {
        observed.push(format!("unexpected: {}", extra.join(", ")));
    }
    if observed.is_empty() {
        observed.push("equal".to_owned());
    }
    Finding {
        passed: missing.is_empty() && extra.is_empty(),
        n_checked: frame.n_rows() as u64,
        n_unexpected: (missing.len() + extra.len()) as u64,
        observed: observed.join("; "),
        ..Finding::default()
    }
}

fn within<T: PartialOrd>(value: T, min: Option<T>, max: Option<T>) -> bool {
    min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max)
}
