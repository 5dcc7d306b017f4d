//! The expected distribution of a divergence.

use serde_json::Value;

use super::arguments::Arguments;
use crate::expect::Problem;

/// What is compared, and how much of it is allowed.
#[derive(Debug, Clone, PartialEq)]
pub struct KlDivergence {
    /// `None`: the column is its own, which only reports it.
    pub partition: Option<Partition>,
    /// Nats; `None` allows anything.
    pub threshold: Option<f64>,
    pub tail_weight_holdout: f64,
    pub internal_weight_holdout: f64,
    /// Whether a column without a given distribution is cut in bins.
    pub bucketize: bool,
}

/// Invariant: weights and tail weights are not negative and sum to 1.
#[derive(Debug, Clone, PartialEq)]
pub enum Partition {
    Bins {
        /// Ascending, one more than weights; the outer ones may be infinite.
        bins: Vec<f64>,
        weights: Vec<f64>,
        /// Below the first and above the last bin.
        tails: Option<(f64, f64)>,
    },
    Values {
        values: Vec<Value>,
        weights: Vec<f64>,
    },
}

pub(super) fn read(arguments: Arguments<'_>) -> Result<KlDivergence, Problem> {
    let read = KlDivergence {
        partition: match arguments.get("partition_object") {
            Some(_) => Some(partition(arguments.object("partition_object")?)?),
            None => None,
        },
        threshold: arguments.number("threshold")?,
        tail_weight_holdout: arguments.share("tail_weight_holdout", 0.0)?,
        internal_weight_holdout: arguments.share("internal_weight_holdout", 0.0)?,
        bucketize: arguments.flag("bucketize_data", true)?,
    };
    check(&read)?;
    Ok(read)
}

fn check(read: &KlDivergence) -> Result<(), Problem> {
    let problem = |text: &str| Err(Problem(text.to_owned()));
    if read.threshold.is_some_and(|threshold| threshold < 0.0) {
        return problem("`threshold` is below 0");
    }
    match &read.partition {
        Some(Partition::Values { .. }) if read.internal_weight_holdout > 0.0 => {
            problem("`internal_weight_holdout` is for bins, and the distribution is of values")
        }
        Some(Partition::Bins { .. }) if !read.bucketize => {
            problem("`bucketize_data` is false, and the distribution is of bins")
        }
        Some(Partition::Bins { tails: Some(_), .. }) if read.tail_weight_holdout > 0.0 => {
            problem("`tail_weight_holdout` must be 0 where the distribution has `tail_weights`")
        }
        Some(Partition::Bins { bins, tails, .. }) => {
            let infinite = |edge: Option<&f64>| edge.is_some_and(|edge| edge.is_infinite());
            let (low, high) = (infinite(bins.first()), infinite(bins.last()));
            if (low || high) && tails.is_some() {
                problem("a distribution with an infinite bin has no `tail_weights`")
            } else if low && high && read.tail_weight_holdout > 0.0 {
                problem("`tail_weight_holdout` has no tail to go to: both outer bins are infinite")
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

fn partition(object: &Value) -> Result<Partition, Problem> {
    let bad = |text: &str| Problem(format!("`partition_object` {text}"));
    let weights = numbers(object.get("weights")).ok_or_else(|| bad("lacks `weights`"))?;
    let tails = match object.get("tail_weights").filter(|tails| !tails.is_null()) {
        None => None,
        given => match numbers(given).as_deref() {
            Some([low, high]) => Some((*low, *high)),
            _ => return Err(bad("has `tail_weights` that are not two numbers")),
        },
    };
    let (low, high) = tails.unwrap_or_default();
    let sum = weights.iter().sum::<f64>() + low + high;
    // the tolerance of numpy's `allclose`, as Great Expectations uses it
    if (sum - 1.0).abs() > 1e-8 + 1e-5 || weights.iter().any(|w| *w < 0.0) || low.min(high) < 0.0 {
        return Err(bad(&format!("has weights that sum to {sum}, not to 1")));
    }
    if let Some(values) = object.get("values").and_then(Value::as_array) {
        return if values.len() == weights.len() {
            Ok(Partition::Values {
                values: values.clone(),
                weights,
            })
        } else {
            Err(bad("has not as many `values` as `weights`"))
        };
    }
    let bins = numbers(object.get("bins")).ok_or_else(|| bad("has neither `bins` nor `values`"))?;
    if bins.len() != weights.len() + 1 {
        return Err(bad("needs one more of `bins` than of `weights`"));
    }
    if bins.is_sorted_by(|a, b| a < b) {
        Ok(Partition::Bins {
            bins,
            weights,
            tails,
        })
    } else {
        Err(bad("has `bins` that do not ascend"))
    }
}

/// JSON has no infinity; `null` first or last in a list, or the texts that Python writes, stand for it.
fn numbers(value: Option<&Value>) -> Option<Vec<f64>> {
    let list = value?.as_array()?;
    let last = list.len().saturating_sub(1);
    list.iter()
        .enumerate()
        .map(|(at, one)| match one {
            Value::Null if at == 0 => Some(f64::NEG_INFINITY),
            Value::Null if at == last => Some(f64::INFINITY),
            Value::String(text) => text.parse().ok().filter(|v: &f64| !v.is_nan()),
            other => other.as_f64(),
        })
        .collect()
}
