//! What the steps of texts learn.

use std::collections::HashMap;

use assay_core::recipe::{FittedStep, ImputeStrategy, Step};

use super::fit::refused;
use crate::error::Error;

/// `values` are those of the training rows.
pub fn learn(step: &Step, name: &str, values: &[Option<&str>]) -> Result<Vec<FittedStep>, Error> {
    let column = name.to_owned();
    let step = match step {
        Step::Impute { strategy, .. } => FittedStep::ImputeText {
            value: to_impute(name, strategy, values)?,
            column,
        },
        Step::OneHot {
            max_categories,
            min_count,
            rare,
            ..
        } => {
            let mut counts = counts(values);
            counts.retain(|(_, n)| *n >= *min_count as usize);
            let categories = in_text_order(counts, *max_categories as usize);
            let mut rare = rare.clone();
            while let Some(rare) = rare.as_mut().filter(|rare| categories.contains(rare)) {
                rare.push('_');
            }
            FittedStep::OneHot {
                column,
                categories,
                rare,
            }
        }
        Step::Ordinal { order, .. } => FittedStep::Ordinal {
            column,
            categories: if order.is_empty() {
                in_text_order(counts(values), usize::MAX)
            } else {
                order.clone()
            },
        },
        Step::Frequency { .. } => {
            let mut counts = counts(values);
            counts.sort_unstable();
            let n = values.len() as f64;
            FittedStep::Frequency {
                column,
                categories: counts.iter().map(|(text, _)| (*text).to_owned()).collect(),
                shares: counts.iter().map(|(_, count)| *count as f64 / n).collect(),
            }
        }
        Step::Hash { n_buckets, .. } => {
            let categories = in_text_order(counts(values), usize::MAX);
            let bucket = |category: &String| {
                let bucket = fnv_1a(category.as_bytes()) % u64::from((*n_buckets).max(1));
                bucket as u32
            };
            FittedStep::Hash {
                column,
                buckets: categories.iter().map(bucket).collect(),
                categories,
                n_buckets: (*n_buckets).max(1),
            }
        }
        Step::Standardise { .. } => return Err(refused(name, "text cannot be standardised")),
        step => {
            let why = format!(
                "{} needs numbers; text needs a one-hot or an ordinal step",
                step.label()
            );
            return Err(refused(name, &why));
        }
    };
    Ok(vec![step])
}

fn to_impute(
    name: &str,
    strategy: &ImputeStrategy,
    values: &[Option<&str>],
) -> Result<String, Error> {
    match strategy {
        ImputeStrategy::Constant { value } if value.is_empty() => Err(Error::Recipe(format!(
            "column `{name}` cannot be filled with the empty text, which means missing"
        ))),
        ImputeStrategy::Constant { value } => Ok(value.clone()),
        ImputeStrategy::Mode => match in_text_order(counts(values), 1).pop() {
            Some(value) => Ok(value),
            None => Err(Error::Recipe(format!(
                "column `{name}` has no value in the training rows; fill it with a constant or leave it out"
            ))),
        },
        ImputeStrategy::Mean | ImputeStrategy::Median => Err(Error::Recipe(format!(
            "column `{name}` is text, which has no mean and no median; fill it with the mode or a constant"
        ))),
    }
}

/// Of every text, in how many rows it is. In no order.
fn counts<'a>(values: &[Option<&'a str>]) -> Vec<(&'a str, usize)> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for value in values.iter().flatten() {
        *counts.entry(value).or_default() += 1;
    }
    counts.into_iter().collect()
}

/// The most frequent ones (ties in text order), at most `limit`, in text order.
fn in_text_order(mut counts: Vec<(&str, usize)>, limit: usize) -> Vec<String> {
    counts.sort_unstable_by(|(a, n_a), (b, n_b)| n_b.cmp(n_a).then(a.cmp(b)));
    counts.truncate(limit);
    let mut kept: Vec<String> = counts
        .into_iter()
        .map(|(text, _)| text.to_owned())
        .collect();
    kept.sort_unstable();
    kept
}

/// Fowler, Noll and Vo's hash of 64 bits: stays the same on every machine and in every version.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
