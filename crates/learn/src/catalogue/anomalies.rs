//! Rows that are unlike the others, found without a target.

use assay_core::train::ParamInfo;

use super::param::{choice, float, integer};
use super::{Entry, STRANGERS};
use crate::{isolation_forest, svm};

pub static ENTRIES: [Entry; 2] = [
    Entry {
        name: "isolation_forest",
        title: "Isolation forest",
        help: "Cuts at random until rows stand alone: those that few cuts set apart are anomalies. The probability is \
               the usual score, ½ at the threshold. Quick on any number of rows.",
        problems: STRANGERS,
        takes_weights: false,
        takes_missing: false,
        params: forest_params,
        fit: isolation_forest::fit,
    },
    Entry {
        name: "one_class_svm",
        title: "One-class support vector machine",
        help: "The smallest region that holds nearly all rows, as seen by a kernel: rows outside are anomalies. Scale the \
               features first; slow on many rows.",
        problems: STRANGERS,
        takes_weights: false,
        takes_missing: false,
        params: svm_params,
        fit: svm::fit_one_class,
    },
];

fn forest_params() -> Vec<ParamInfo> {
    vec![
        integer("n_estimators", "How many trees.", 100, (1, 10_000)),
        integer(
            "max_samples",
            "Rows that each tree is grown on; more of them hide anomalies in each other.",
            256,
            (2, 1_000_000),
        ),
        float(
            "contamination",
            "The share of the training rows to call anomalies; 0: those with shorter paths than a random row has.",
            0.0,
            (0.0, 0.5),
        ),
    ]
}

fn svm_params() -> Vec<ParamInfo> {
    vec![
        float(
            "nu",
            "The largest share of the training rows that may lie outside.",
            0.05,
            (1e-6, 1.0),
        ),
        choice(
            "kernel",
            "How alike two rows are: rbf (their distance), linear, or polynomial (their product to a power).",
            &["rbf", "linear", "polynomial"],
        ),
        float(
            "gamma",
            "rbf and polynomial: the larger, the nearer rows must be to matter; 0: 1 / (features x variance).",
            0.0,
            (0.0, 1e6),
        ),
        integer("degree", "polynomial: the power.", 3, (1, 10)),
        float(
            "coef0",
            "polynomial: added to the product before the power.",
            0.0,
            (-1e3, 1e3),
        ),
        integer(
            "max_iter",
            "The most steps of the solver; a warning tells when they did not suffice.",
            1_000_000,
            (1, 100_000_000),
        ),
        integer(
            "max_rows",
            "The most rows that are trained on; of more, so many are drawn. Time grows with their square.",
            20_000,
            (100, 100_000),
        ),
    ]
}
