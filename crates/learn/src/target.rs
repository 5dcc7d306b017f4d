//! Targets learnt on another scale: logarithms and the powers that make them most normal.
//!
//! A model of the transformed target answers on the target's own scale, held within ten times the range of the
//! training rows' targets beyond them, so that a power never runs away.

use std::collections::BTreeMap;

use assay_core::model::{Form, Inverse, InverseCurve, Model};
use assay_core::train::{ParamValue, TargetTransform};
use assay_core::{Cancelled, Target, Task};

use crate::{Error, Training};

/// Ranges of the training targets that an answer may lie beyond them.
const BEYOND: f64 = 10.0;
/// Targets over 0: how far under the least an answer may be.
const SMALLEST_SHARE: f64 = 1e-6;
/// Powers between these are tried, and none that makes a target smaller than exp(−MOST_DIGITS): beside 1 so little has
/// lost its digits.
const WIDEST: f64 = 5.0;
const MOST_DIGITS: f64 = 18.0;
const NEAR_ENOUGH: f64 = 1e-10;
/// Nearer to a logarithm than this a power has no digits.
const NEAR_LOGARITHM: f64 = 1e-6;

/// As [`crate::fit`] on the transformed target.
///
/// # Errors
/// [`Error::Transform`] for classes and for targets that the transform does not take; those of the fit.
pub fn fit_transformed(
    algorithm: &str,
    params: &BTreeMap<String, ParamValue>,
    transform: Option<TargetTransform>,
    training: &Training<'_>,
) -> Result<Model, Error> {
    let Some(transform) = transform else {
        return crate::fit(algorithm, params, training);
    };
    let (y, inverse) = transformed(transform, training.y, training.task)?;
    let base = crate::fit(algorithm, params, &Training { y: &y, ..*training })?;
    Ok(Model {
        n_features: base.n_features,
        output: base.output.clone(),
        form: Form::Transformed {
            base: Box::new(base),
            inverse,
        },
    })
}

/// The target as a model learns it, and the way back.
///
/// # Errors
/// [`Error::Transform`] for classes, values that are not finite, and for values that the transform does not take;
/// [`Error::Cancelled`].
pub fn transformed(
    transform: TargetTransform,
    target: &Target,
    task: &Task,
) -> Result<(Target, Inverse), Error> {
    let refuse = |reason: String, hint: &'static str| Error::Transform {
        transform: transform.name(),
        reason,
        hint,
    };
    let Target::Values(values) = target else {
        return Err(refuse(
            "it holds classes".to_owned(),
            "leave the transform out",
        ));
    };
    let lower = match transform {
        TargetTransform::Log | TargetTransform::BoxCox => 0.0,
        TargetTransform::Log1p => -1.0,
        TargetTransform::YeoJohnson => f64::NEG_INFINITY,
    };
    let is_unfit = |value: &f64| !value.is_finite() || *value <= lower;
    if let Some(row) = values.iter().position(is_unfit) {
        let hint = match transform {
            TargetTransform::YeoJohnson => "leave such rows out",
            TargetTransform::Log1p => "leave such rows out, or choose yeo_johnson",
            _ if values[row] == 0.0 => {
                "choose log1p or yeo_johnson, which take zeros, or leave such rows out"
            }
            _ => "choose yeo_johnson, which takes every number, or leave such rows out",
        };
        let reason = format!("the target is {} in row {}", values[row], row + 1);
        return Err(refuse(reason, hint));
    }
    let curve = match transform {
        TargetTransform::Log => InverseCurve::Exp,
        TargetTransform::Log1p => InverseCurve::ExpMinusOne,
        TargetTransform::BoxCox => InverseCurve::BoxCox {
            lambda: best_power(values, |lambda| InverseCurve::BoxCox { lambda }, task)?,
        },
        TargetTransform::YeoJohnson => InverseCurve::YeoJohnson {
            lambda: best_power(values, |lambda| InverseCurve::YeoJohnson { lambda }, task)?,
        },
    };
    let on_scale: Vec<f64> = values.iter().map(|&y| forward(curve, y)).collect();
    let (mean, std) = match transform {
        TargetTransform::Log | TargetTransform::Log1p => (0.0, 1.0),
        _ => mean_and_std(&on_scale),
    };
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let range = BEYOND * (largest - least).max(largest.abs()).max(least.abs());
    let lowest = match lower.is_finite() {
        true => lower + (least - lower) * SMALLEST_SHARE,
        false => least - range,
    };
    let inverse = Inverse {
        curve,
        mean,
        std,
        low: forward(curve, lowest),
        high: forward(curve, largest + range),
    };
    let learnt = on_scale.iter().map(|t| (t - mean) / std).collect();
    Ok((Target::Values(learnt), inverse))
}

/// From the target's scale to that which is learnt, before it is standardised.
fn forward(curve: InverseCurve, y: f64) -> f64 {
    match curve {
        InverseCurve::Exp => y.ln(),
        InverseCurve::ExpMinusOne => y.ln_1p(),
        InverseCurve::BoxCox { lambda } => power(y.ln(), lambda),
        InverseCurve::YeoJohnson { lambda } if y >= 0.0 => power(y.ln_1p(), lambda),
        InverseCurve::YeoJohnson { lambda } => -power((-y).ln_1p(), 2.0 - lambda),
    }
}

/// (x^λ − 1) / λ of x = exp(`logarithm`); the logarithm for λ = 0.
fn power(logarithm: f64, lambda: f64) -> f64 {
    if lambda == 0.0 {
        logarithm
    } else {
        (lambda * logarithm).exp_m1() / lambda
    }
}

/// The power under which the values are most likely normal: the largest log likelihood, by golden section.
fn best_power(
    values: &[f64],
    curve: impl Fn(f64) -> InverseCurve,
    task: &Task,
) -> Result<f64, Cancelled> {
    let is_signed = matches!(curve(1.0), InverseCurve::YeoJohnson { .. });
    let logarithms = || {
        values.iter().map(|y| match is_signed {
            true => y.signum() * y.abs().ln_1p(),
            false => y.ln(),
        })
    };
    // Σ of the logarithm of the transform's slope is (λ − 1) times this.
    let slopes: f64 = logarithms().sum();
    let reach = |size: f64| match size > 0.0 {
        true => MOST_DIGITS / size,
        false => f64::INFINITY,
    };
    let under = reach(-logarithms().fold(0.0, f64::min));
    let over = reach(logarithms().fold(0.0, f64::max));
    let lowest = -WIDEST.min(over);
    let highest = WIDEST.min(if is_signed {
        2.0 + under
    } else {
        under.max(1.0)
    });
    let n = values.len() as f64;
    let likelihood = |lambda: f64| {
        let on_scale: Vec<f64> = values.iter().map(|&y| forward(curve(lambda), y)).collect();
        let (_, std) = mean_and_std(&on_scale);
        (lambda - 1.0) * slopes - n * std.ln()
    };
    let varies = values.windows(2).any(|pair| pair[0] != pair[1]);
    if !varies {
        return Ok(1.0);
    }
    let share = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (lowest, highest);
    let mut inner = (high - share * (high - low), low + share * (high - low));
    let mut found = (likelihood(inner.0), likelihood(inner.1));
    while high - low > NEAR_ENOUGH {
        task.check()?;
        // What is no number is no better.
        if found.0 > found.1 || found.1.is_nan() {
            high = inner.1;
            inner = (high - share * (high - low), inner.0);
            found = (likelihood(inner.0), found.0);
        } else {
            low = inner.0;
            inner = (inner.1, low + share * (high - low));
            found = (found.1, likelihood(inner.1));
        }
    }
    let lambda = f64::midpoint(low, high);
    let is_near = |whole: &f64| (lambda - whole).abs() < NEAR_LOGARITHM;
    Ok([0.0, 2.0].into_iter().find(is_near).unwrap_or(lambda))
}

/// Of the population; a deviation of 1 where nothing varies.
fn mean_and_std(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    match variance.sqrt() {
        std if std > 0.0 && std.is_finite() => (mean, std),
        _ => (mean, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    const ALL: [TargetTransform; 4] = [
        TargetTransform::Log,
        TargetTransform::Log1p,
        TargetTransform::BoxCox,
        TargetTransform::YeoJohnson,
    ];

    #[test]
    fn targets_that_a_transform_does_not_take_are_refused() {
        use TargetTransform::{BoxCox, Log, Log1p, YeoJohnson};
        for (transform, value, wanted) in [
            (
                Log,
                0.0,
                "choose log1p or yeo_johnson, which take zeros, or leave such rows out",
            ),
            (
                BoxCox,
                -2.0,
                "choose yeo_johnson, which takes every number, or leave such rows out",
            ),
            (Log1p, -1.0, "leave such rows out, or choose yeo_johnson"),
            (YeoJohnson, f64::NAN, "leave such rows out"),
        ] {
            let error = transformed(
                transform,
                &Target::Values(vec![1.0, value]),
                &Task::silent(),
            )
            .unwrap_err();
            let name = transform.name();
            assert_eq!(
                error.to_string(),
                format!(
                    "the target cannot be transformed by `{name}`: the target is {value} in row 2"
                )
            );
            assert_eq!(error.hint().as_deref(), Some(wanted));
        }
    }

    #[test]
    fn a_target_that_does_not_vary_comes_back() {
        for transform in ALL {
            let (y, inverse) =
                transformed(transform, &Target::Values(vec![3.0; 5]), &Task::silent()).unwrap();
            let Target::Values(y) = y else {
                panic!("numbers");
            };
            assert!((inverse.of(y[0]) - 3.0).abs() < 1e-9, "{transform:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(42), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_target_comes_back_and_no_answer_runs_away(
            values in prop::collection::vec(1e-3_f64..1e5, 2..60),
            wild in prop::sample::select(vec![1e30, -1e30, 1e3, -1e3, 0.0]),
        ) {
            let largest = values.iter().copied().fold(0.0, f64::max);
            for transform in ALL {
                let (y, inverse) = transformed(transform, &Target::Values(values.clone()), &Task::silent()).unwrap();
                let Target::Values(y) = y else { panic!("numbers") };
                for (t, wanted) in y.iter().zip(&values) {
                    let apart = (inverse.of(*t) - wanted).abs();
                    prop_assert!(apart <= 1e-6 * wanted.max(1.0), "{transform:?}: {apart} of {wanted}");
                }
                let answer = inverse.of(wild);
                prop_assert!(answer.is_finite() && answer.abs() <= 12.0 * largest, "{transform:?}: {answer}");
            }
        }
    }
}
