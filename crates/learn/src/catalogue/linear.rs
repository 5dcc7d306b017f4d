//! Weighted sums of the features.

use assay_core::train::ParamInfo;

use super::param::{flag, float, integer};
use super::{CLASSES, Entry, NUMBERS};
use crate::{linear_regression, logistic_regression, ridge};

pub static ENTRIES: [Entry; 3] = [
    Entry {
        name: "logistic_regression",
        title: "Logistic regression",
        help: "A weighted sum of the features turned into class probabilities, with an L2 penalty. Fast, and its \
               coefficients can be read.",
        problems: CLASSES,
        takes_weights: false,
        takes_missing: false,
        params: logistic_params,
        fit: logistic_regression::fit,
    },
    Entry {
        name: "linear_regression",
        title: "Linear regression",
        help: "The weighted sum of the features with the least squared error. It has no parameters to tune.",
        problems: NUMBERS,
        takes_weights: false,
        takes_missing: false,
        params: linear_params,
        fit: linear_regression::fit,
    },
    Entry {
        name: "ridge",
        title: "Ridge regression",
        help: "Linear regression with an L2 penalty on the coefficients: steadier when features repeat one another.",
        problems: NUMBERS,
        takes_weights: false,
        takes_missing: false,
        params: ridge_params,
        fit: ridge::fit,
    },
];

fn logistic_params() -> Vec<ParamInfo> {
    vec![
        float(
            "c",
            "Inverse strength of the L2 penalty: smaller values hold the coefficients closer to zero.",
            1.0,
            (1e-6, 1e6),
        ),
        integer(
            "max_iter",
            "The most Newton steps; a warning tells when they did not suffice.",
            100,
            (1, 10_000),
        ),
        intercept(),
    ]
}

fn linear_params() -> Vec<ParamInfo> {
    vec![intercept()]
}

fn ridge_params() -> Vec<ParamInfo> {
    vec![
        float(
            "alpha",
            "Strength of the L2 penalty: larger values hold the coefficients closer to zero.",
            1.0,
            (1e-6, 1e9),
        ),
        intercept(),
    ]
}

fn intercept() -> ParamInfo {
    flag(
        "fit_intercept",
        "Whether a constant is added to the weighted sum.",
        true,
    )
}
