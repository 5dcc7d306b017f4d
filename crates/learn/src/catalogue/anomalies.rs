//! Rows that are unlike the others, found without a target.

use assay_core::train::ParamInfo;

use super::param::{float, integer, kernel, kernel_limits, kernel_numbers};
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
    let nu = float(
        "nu",
        "The largest share of the training rows that may lie outside.",
        0.05,
        (1e-6, 1.0),
    );
    let mut params = vec![nu, kernel()];
    params.extend(kernel_numbers());
    params.extend(kernel_limits());
    params
}
