//! Algorithms that compare a row with rows of the training.

use assay_core::train::ParamInfo;

use super::param::{choice, float, integer, kernel, kernel_limits, kernel_numbers};
use super::{BOTH, Entry};
use crate::{neighbours, svm};

pub static ENTRIES: [Entry; 2] = [
    Entry {
        name: "knn",
        title: "Nearest neighbours",
        help: "A row gets the mean answer of the training rows most like it. Scale the features first.",
        problems: BOTH,
        takes_weights: false,
        takes_missing: false,
        params: knn_params,
        fit: neighbours::fit,
    },
    Entry {
        name: "svm",
        title: "Support vector machine",
        help: "The widest margin between classes, or the flattest curve through numbers, as seen by a kernel. Scale the \
               features first; slow on many rows.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: false,
        params: svm_params,
        fit: svm::fit,
    },
];

fn knn_params() -> Vec<ParamInfo> {
    vec![
        integer(
            "n_neighbors",
            "How many of the nearest rows answer.",
            5,
            (1, 1_000),
        ),
        choice(
            "weights",
            "Whether neighbours count alike (uniform) or by the inverse of their distance.",
            &["uniform", "distance"],
        ),
        choice(
            "metric",
            "How far two rows are apart: the straight line, or the sum over the features.",
            &["euclidean", "manhattan"],
        ),
        integer(
            "max_rows",
            "The most rows that the model keeps; of more, so many are drawn. The model grows with them, and slows down.",
            10_000,
            (100, 100_000),
        ),
    ]
}

fn svm_params() -> Vec<ParamInfo> {
    let c = float(
        "c",
        "The price of an error: smaller values give a wider margin and a smoother curve.",
        1.0,
        (1e-6, 1e6),
    );
    let epsilon = float(
        "epsilon",
        "Numbers: errors up to this cost nothing, in units of the target.",
        0.1,
        (0.0, 1e6),
    );
    let mut params = vec![kernel(), c];
    params.extend(kernel_numbers());
    params.push(epsilon);
    params.extend(kernel_limits());
    params
}
