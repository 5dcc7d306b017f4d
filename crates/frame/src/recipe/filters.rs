//! Which columns say nothing, or nothing new.

use assay_core::Task;
use assay_core::recipe::{FittedStep, Plan, Value};

use super::rows::Rows;
use crate::error::Error;

/// Population variance of the values that are present, at most `threshold`.
pub fn variance(
    rows: &Rows<'_>,
    plan: &Plan,
    names: &[String],
    threshold: f64,
    task: &Task,
) -> Result<Vec<FittedStep>, Error> {
    let mut dropped = Vec::new();
    each_feature(rows, plan, names, task, &mut |column, values| {
        let variance = centred(values).map_or(0.0, |(_, variance)| variance);
        if variance <= threshold {
            dropped.push(FittedStep::Drop {
                column: column.to_owned(),
                reason: format!("its variance is {variance}"),
            });
        }
        Ok(())
    })?;
    Ok(dropped)
}

/// Correlation with a column kept before, beyond ±`threshold`. A missing value counts as the mean; a constant column
/// correlates with none.
pub fn correlation(
    rows: &Rows<'_>,
    plan: &Plan,
    names: &[String],
    threshold: f64,
    task: &Task,
) -> Result<Vec<FittedStep>, Error> {
    let mut kept: Vec<(String, Vec<f64>)> = Vec::new();
    let mut dropped = Vec::new();
    each_feature(rows, plan, names, task, &mut |column, values| {
        let Some((mut values, variance)) = centred(values).filter(|(_, v)| *v > 0.0) else {
            return Ok(());
        };
        let size = (variance * values.len() as f64).sqrt();
        values.iter_mut().for_each(|value| *value /= size);
        for (other, others) in &kept {
            task.check()?;
            let r: f64 = values.iter().zip(others).map(|(a, b)| a * b).sum();
            // A column and its copy may differ from 1 by rounding.
            if r.abs() > threshold || (threshold == 1.0 && r.abs() > 1.0 - 1e-12) {
                dropped.push(FittedStep::Drop {
                    column: column.to_owned(),
                    reason: format!("its correlation with `{other}` is {r:.4}"),
                });
                return Ok(());
            }
        }
        kept.push((column.to_owned(), values));
        Ok(())
    })?;
    Ok(dropped)
}

type Visit<'v> = dyn FnMut(&str, Vec<f64>) -> Result<(), Error> + 'v;

fn each_feature(
    rows: &Rows<'_>,
    plan: &Plan,
    names: &[String],
    task: &Task,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    let columns = names.iter().filter_map(|name| plan.column(name));
    for column in columns {
        task.check()?;
        if let Value::Text(_) = column.value {
            return Err(super::fit::refused(
                &column.name,
                "a filter needs numbers; text needs a one-hot or an ordinal step",
            ));
        }
        for (name, values) in rows.features(column) {
            visit(name, values)?;
        }
    }
    Ok(())
}

/// Differences from the mean (0 for a missing value) and the population variance of those present; `None` without any.
fn centred(mut values: Vec<f64>) -> Option<(Vec<f64>, f64)> {
    let n = values.iter().filter(|value| !value.is_nan()).count() as f64;
    let first = *values.iter().find(|value| !value.is_nan())?;
    // Of equal values exactly 0, whatever the rounding of a mean would say.
    let shifted = |value: f64| if value.is_nan() { 0.0 } else { value - first };
    let mean = values.iter().map(|value| shifted(*value)).sum::<f64>() / n;
    let mut sum = 0.0;
    for value in &mut values {
        *value = if value.is_nan() {
            0.0
        } else {
            *value - first - mean
        };
        sum += *value * *value;
    }
    Some((values, sum / n))
}
