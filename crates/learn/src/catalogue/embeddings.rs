//! Few coordinates instead of many features.

use assay_core::train::ParamInfo;

use super::param::{choice, flag, float, integer};
use super::{COORDINATES, Entry};
use crate::{ica, pca, random_projection, tsne};

pub static ENTRIES: [Entry; 4] = [
    Entry {
        name: "pca",
        title: "Principal components",
        help: "Places rows along the directions in which they vary most. Scale the features first, or the largest ones \
               decide alone.",
        problems: COORDINATES,
        takes_weights: false,
        takes_missing: false,
        params: pca_params,
        fit: pca::fit,
    },
    Entry {
        name: "ica",
        title: "Independent components",
        help: "Places rows along directions that tell nothing of each other: signals that were mixed come apart \
               (FastICA).",
        problems: COORDINATES,
        takes_weights: false,
        takes_missing: false,
        params: ica_params,
        fit: ica::fit,
    },
    Entry {
        name: "random_projection",
        title: "Random projection",
        help: "Places rows along directions drawn by the seed, which nearly keeps the distances between them. The \
               cheapest way to fewer features.",
        problems: COORDINATES,
        takes_weights: false,
        takes_missing: false,
        params: projection_params,
        fit: random_projection::fit,
    },
    Entry {
        name: "tsne",
        title: "t-SNE",
        help: "Places rows in a plane so that neighbours stay neighbours; distances between crowds mean little. A new row \
               gets the mean place of its nearest training rows, nearer ones counting more.",
        problems: COORDINATES,
        takes_weights: false,
        takes_missing: false,
        params: tsne_params,
        fit: tsne::fit,
    },
];

fn n_components(help: &str) -> ParamInfo {
    integer("n_components", help, 2, (1, 1_000))
}

fn pca_params() -> Vec<ParamInfo> {
    vec![
        n_components("Number of coordinates; no more are taken than there are features."),
        flag(
            "whiten",
            "Divide every coordinate by its standard deviation.",
            false,
        ),
    ]
}

fn ica_params() -> Vec<ParamInfo> {
    vec![
        n_components("Number of coordinates; no more are taken than the rows have directions."),
        integer(
            "max_iter",
            "The most iterations; a warning tells when they did not suffice.",
            200,
            (1, 10_000),
        ),
        float(
            "tol",
            "How little the directions must turn to be done.",
            1e-4,
            (1e-12, 1.0),
        ),
    ]
}

fn projection_params() -> Vec<ParamInfo> {
    vec![
        n_components("Number of coordinates."),
        choice(
            "directions",
            "gaussian: every feature counts in every coordinate; sparse: only some do, which is quicker for many features.",
            &["gaussian", "sparse"],
        ),
    ]
}

fn tsne_params() -> Vec<ParamInfo> {
    vec![
        float(
            "perplexity",
            "How many neighbours a row has, about; at most a third of the rows is taken.",
            30.0,
            (1.0, 1_000.0),
        ),
        integer("max_iter", "How many iterations.", 1_000, (10, 100_000)),
        integer(
            "max_rows",
            "The most rows that are placed; of more, so many are drawn.",
            5_000,
            (100, 100_000),
        ),
    ]
}
