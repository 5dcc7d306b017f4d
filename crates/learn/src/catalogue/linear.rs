//! Weighted sums of the features.

use assay_core::train::ParamInfo;

use super::param::{choice, flag, float, integer};
use super::{CLASSES, Entry, NUMBERS};
use crate::{elastic_net, glm, linear_regression, logistic_regression, pls, ridge};

pub static ENTRIES: [Entry; 9] = [
    Entry {
        name: "logistic_regression",
        title: "Logistic regression",
        help: "A weighted sum of the features turned into class probabilities. Fast, and its coefficients can be \
               read.",
        problems: CLASSES,
        takes_weights: true,
        takes_missing: false,
        params: logistic_params,
        fit: logistic_regression::fit,
    },
    Entry {
        name: "linear_regression",
        title: "Linear regression",
        help: "The weighted sum of the features with the least squared error. It has no parameters to tune.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: linear_params,
        fit: linear_regression::fit,
    },
    Entry {
        name: "ridge",
        title: "Ridge regression",
        help: "Linear regression with an L2 penalty on the coefficients: steadier when features repeat one another.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: ridge_params,
        fit: ridge::fit,
    },
    Entry {
        name: "lasso",
        title: "Lasso",
        help: "Linear regression with an L1 penalty: the coefficients of features that add little become exactly zero.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: lasso_params,
        fit: elastic_net::fit_lasso,
    },
    Entry {
        name: "elastic_net",
        title: "Elastic net",
        help: "Linear regression with an L1 and an L2 penalty: leaves features out, and keeps those that repeat one \
               another together.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: elastic_net_params,
        fit: elastic_net::fit,
    },
    Entry {
        name: "pls",
        title: "Partial least squares",
        help: "Linear regression on a few mixtures of the features that vary with the target: for many features that \
               repeat one another.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: pls_params,
        fit: pls::fit,
    },
    Entry {
        name: "poisson_regression",
        title: "Poisson regression",
        help: "The exponential of a weighted sum, for counts and rates of 0 and more.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: glm_params,
        fit: glm::fit_poisson,
    },
    Entry {
        name: "gamma_regression",
        title: "Gamma regression",
        help: "The exponential of a weighted sum, for amounts over 0 whose spread grows with their size.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: glm_params,
        fit: glm::fit_gamma,
    },
    Entry {
        name: "tweedie_regression",
        title: "Tweedie regression",
        help: "The exponential of a weighted sum, for amounts that are often 0 and else of any size, like claims.",
        problems: NUMBERS,
        takes_weights: true,
        takes_missing: false,
        params: tweedie_params,
        fit: glm::fit_tweedie,
    },
];

fn logistic_params() -> Vec<ParamInfo> {
    vec![
        choice(
            "penalty",
            "What holds the coefficients close to zero: their squares (l2), their absolute values (l1, which makes many \
             exactly zero), both (elastic_net), or nothing.",
            &["l2", "l1", "elastic_net", "none"],
        ),
        float(
            "c",
            "Inverse strength of the penalty: smaller values hold the coefficients closer to zero.",
            1.0,
            (1e-6, 1e6),
        ),
        l1_ratio(
            "The share of the L1 penalty in elastic_net; without effect on the other penalties.",
        ),
        max_iter(100),
        intercept(),
    ]
}

fn linear_params() -> Vec<ParamInfo> {
    vec![intercept()]
}

fn ridge_params() -> Vec<ParamInfo> {
    vec![alpha("L2 penalty", 1.0, 1e-6), intercept()]
}

fn lasso_params() -> Vec<ParamInfo> {
    vec![
        alpha("L1 penalty", 1.0, 1e-9),
        max_iter(1_000),
        tolerance(),
        intercept(),
    ]
}

fn elastic_net_params() -> Vec<ParamInfo> {
    vec![
        alpha("penalty", 1.0, 1e-9),
        l1_ratio("The share of the L1 penalty; the rest is the L2 penalty."),
        max_iter(1_000),
        tolerance(),
        intercept(),
    ]
}

fn pls_params() -> Vec<ParamInfo> {
    vec![integer(
        "n_components",
        "Number of mixtures; no more are taken than there are features.",
        2,
        (1, 1_000),
    )]
}

fn glm_params() -> Vec<ParamInfo> {
    vec![alpha("L2 penalty", 1.0, 0.0), max_iter(100), intercept()]
}

fn tweedie_params() -> Vec<ParamInfo> {
    let mut params = vec![float(
        "power",
        "The variance grows as this power of the mean: 1 Poisson, between 1 and 2 amounts that are often 0, 2 gamma, \
         3 inverse Gaussian.",
        1.5,
        (1.0, 3.0),
    )];
    params.extend(glm_params());
    params
}

fn alpha(of: &str, default: f64, least: f64) -> ParamInfo {
    let help = format!("Strength of the {of}: larger values hold the coefficients closer to zero.");
    float("alpha", &help, default, (least, 1e9))
}

fn l1_ratio(help: &str) -> ParamInfo {
    float("l1_ratio", help, 0.5, (0.0, 1.0))
}

fn max_iter(default: i64) -> ParamInfo {
    integer(
        "max_iter",
        "The most steps; a warning tells when they did not suffice.",
        default,
        (1, 100_000),
    )
}

fn tolerance() -> ParamInfo {
    float(
        "tol",
        "How near the optimum is near enough, as a share of the target's squares; smaller is more exact and slower.",
        1e-4,
        (1e-15, 1.0),
    )
}

fn intercept() -> ParamInfo {
    flag(
        "fit_intercept",
        "Whether a constant is added to the weighted sum.",
        true,
    )
}
