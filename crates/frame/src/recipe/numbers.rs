//! What the steps of numbers learn.

use assay_core::Task;
use assay_core::recipe::{BinEncoding, BinMethod, DateUnit, FittedStep, ImputeStrategy, Op, Step};
use assay_core::sketch::quantile;

use super::fit::refused;
use super::power::yeo_johnson_lambda;
use crate::error::Error;

/// `values` are those of the training rows, NaN where missing; `unit` is that of a date.
pub fn learn(
    step: &Step,
    name: &str,
    values: impl FnOnce() -> Vec<f64>,
    unit: Option<DateUnit>,
    task: &Task,
) -> Result<Vec<FittedStep>, Error> {
    let column = name.to_owned();
    let present = || -> Vec<f64> { values().into_iter().filter(|v| !v.is_nan()).collect() };
    let step = match step {
        Step::Passthrough { .. } => return Ok(Vec::new()),
        Step::Impute { strategy, .. } => FittedStep::ImputeNumber {
            column,
            value: to_impute(name, strategy, present, task)?,
        },
        Step::Standardise { .. } => standardise(name, &present())?,
        Step::MinMax { .. } => {
            let ascending = ascending(name, present())?;
            let (min, max) = (ascending[0], ascending[ascending.len() - 1]);
            if !(max - min).is_finite() {
                return Err(too_large(name));
            }
            FittedStep::MinMax { column, min, max }
        }
        Step::Robust { .. } => {
            let ascending = ascending(name, present())?;
            let at = |share| quantile(&ascending, share).unwrap_or(0.0);
            let range = at(0.75) - at(0.25);
            FittedStep::Robust {
                column,
                median: at(0.5),
                interquartile_range: if range == 0.0 { 1.0 } else { range },
            }
        }
        Step::Power { .. } => {
            let mut present = present();
            let lambda = yeo_johnson_lambda(&present, task)?;
            Op::YeoJohnson(lambda).apply(&mut present);
            let scale = standardise(name, &present)?;
            return Ok(vec![FittedStep::YeoJohnson { column, lambda }, scale]);
        }
        Step::Log { .. } => FittedStep::Log { column },
        Step::Square { .. } => FittedStep::Square { column },
        Step::Bins {
            n_bins,
            method,
            encoding,
            ..
        } => FittedStep::Bins {
            column,
            edges: edges(&ascending(name, present())?, *n_bins, *method),
            one_hot: *encoding == BinEncoding::OneHot,
        },
        Step::DateParts { parts, .. } => FittedStep::DateParts {
            column,
            unit: unit.ok_or_else(|| refused(name, "date parts need a date"))?,
            parts: parts.clone(),
        },
        _ => {
            return Err(refused(
                name,
                "one-hot and ordinal steps and the like take text; let the column enter as text to encode its numbers",
            ));
        }
    };
    Ok(vec![step])
}

fn no_value(name: &str) -> Error {
    refused(
        name,
        "it has no value in the training rows; impute it before, or leave it out",
    )
}

fn too_large(name: &str) -> Error {
    refused(name, "its values are infinite or too large to standardise")
}

/// At least one number, all finite.
fn ascending(name: &str, mut present: Vec<f64>) -> Result<Vec<f64>, Error> {
    if present.is_empty() {
        return Err(no_value(name));
    }
    if present.iter().any(|value| value.is_infinite()) {
        return Err(too_large(name));
    }
    present.sort_unstable_by(f64::total_cmp);
    Ok(present)
}

fn standardise(name: &str, present: &[f64]) -> Result<FittedStep, Error> {
    let Some((mean, std)) = mean_and_std(present) else {
        return Err(no_value(name));
    };
    if !mean.is_finite() || !std.is_finite() {
        return Err(too_large(name));
    }
    Ok(FittedStep::Standardise {
        column: name.to_owned(),
        mean,
        std,
    })
}

fn to_impute(
    name: &str,
    strategy: &ImputeStrategy,
    present: impl FnOnce() -> Vec<f64>,
    task: &Task,
) -> Result<f64, Error> {
    if let ImputeStrategy::Constant { value } = strategy {
        return match value.trim().parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(Error::Recipe(format!(
                "column `{name}` is numeric, and `{value}` to fill it with is no number"
            ))),
        };
    }
    let mut present = present();
    if present.is_empty() {
        task.warn(format!(
            "`{name}` has no value in the training rows; it is filled with 0"
        ));
        return Ok(0.0);
    }
    let value = match strategy {
        ImputeStrategy::Mean => mean_and_std(&present).map(|(mean, _)| mean),
        ImputeStrategy::Median => {
            present.sort_unstable_by(f64::total_cmp);
            quantile(&present, 0.5)
        }
        _ => {
            present.sort_unstable_by(f64::total_cmp);
            present
                .chunk_by(|a, b| a == b)
                .rev()
                .max_by_key(|run| run.len())
                .and_then(|run| run.first().copied())
        }
    };
    value
        .filter(|value| value.is_finite())
        .ok_or_else(|| refused(name, "it holds infinite values; mend them or leave it out"))
}

/// Mean and population standard deviation, in two passes. Of equal values: that value and 1, whatever rounding would say.
fn mean_and_std(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    if values.iter().all(|value| *value == first) {
        return Some((first, 1.0));
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n;
    let std = variance.sqrt();
    Some((mean, if std == 0.0 { 1.0 } else { std }))
}

/// The inner edges, ascending and distinct. Quantiles as numpy interpolates them.
fn edges(ascending: &[f64], n_bins: u32, method: BinMethod) -> Vec<f64> {
    let share = |bin: u32| f64::from(bin) / f64::from(n_bins);
    let (Some(&min), Some(&max)) = (ascending.first(), ascending.last()) else {
        return Vec::new();
    };
    let edge = |bin| match method {
        BinMethod::Quantile => quantile(ascending, share(bin)).unwrap_or(max),
        BinMethod::Uniform => {
            min + (max / f64::from(n_bins) - min / f64::from(n_bins)) * f64::from(bin)
        }
    };
    let mut edges: Vec<f64> = (1..n_bins).map(edge).collect();
    edges.dedup();
    edges.retain(|edge| *edge > min && *edge < max);
    edges
}
