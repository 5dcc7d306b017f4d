//! Naive Bayes.

use assay_core::train::ParamInfo;

use super::param::{flag, float};
use super::{CLASSES, Entry};
use crate::naive_bayes;

pub static ENTRIES: [Entry; 3] = [
    Entry {
        name: "gaussian_nb",
        title: "Gaussian naive Bayes",
        help: "Within a class every feature is taken as normal and apart from the others. The fastest there is; its \
               probabilities are too sure of themselves.",
        problems: CLASSES,
        takes_weights: true,
        takes_missing: false,
        params: gaussian_params,
        fit: naive_bayes::fit_gaussian,
    },
    Entry {
        name: "multinomial_nb",
        title: "Multinomial naive Bayes",
        help: "For features that are counts, like those of words. Features with values below 0 are counted from their \
               least value on.",
        problems: CLASSES,
        takes_weights: true,
        takes_missing: false,
        params: multinomial_params,
        fit: naive_bayes::fit_multinomial,
    },
    Entry {
        name: "bernoulli_nb",
        title: "Bernoulli naive Bayes",
        help: "For features that are there or not, like one-hot categories: only whether a feature is over a threshold \
               counts.",
        problems: CLASSES,
        takes_weights: true,
        takes_missing: false,
        params: bernoulli_params,
        fit: naive_bayes::fit_bernoulli,
    },
];

fn gaussian_params() -> Vec<ParamInfo> {
    vec![float(
        "var_smoothing",
        "The share of the largest variance of a feature that is added to all variances.",
        1e-9,
        (0.0, 1.0),
    )]
}

fn multinomial_params() -> Vec<ParamInfo> {
    vec![
        float(
            "alpha",
            "Added to every count, so that what was never seen is not impossible.",
            1.0,
            (0.0, 1e6),
        ),
        flag(
            "fit_prior",
            "Whether classes count by their share of the rows, rather than alike.",
            true,
        ),
    ]
}

fn bernoulli_params() -> Vec<ParamInfo> {
    let mut params = multinomial_params();
    params.push(float(
        "binarize",
        "A feature is there when it is over this.",
        0.0,
        (-1e9, 1e9),
    ));
    params
}
