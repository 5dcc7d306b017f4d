//! Groups of rows, found without a target.

use assay_core::train::ParamInfo;

use super::param::{choice, float, integer};
use super::{Entry, GROUPS};
use crate::{density, gmm, hierarchical, k_means};

pub static ENTRIES: [Entry; 5] = [
    Entry {
        name: "k_means",
        title: "k-means",
        help: "Puts every row into the cluster with the nearest centre, and moves the centres until they stay. It needs no \
           target; features must be on one scale.",
        problems: GROUPS,
        takes_weights: false,
        takes_missing: false,
        params: k_means_params,
        fit: k_means::fit,
    },
    Entry {
        name: "gmm",
        title: "Gaussian mixture",
        help: "Takes the rows for draws from several normal distributions, and says how likely each comes from each. \
               Clusters may be long and lie across each other.",
        problems: GROUPS,
        takes_weights: false,
        takes_missing: false,
        params: gmm_params,
        fit: gmm::fit,
    },
    Entry {
        name: "dbscan",
        title: "DBSCAN",
        help: "Clusters are crowds of any shape; rows outside are noise. A new row belongs to the cluster of the nearest \
               core row within eps, otherwise it is noise. Scale the features first.",
        problems: GROUPS,
        takes_weights: false,
        takes_missing: false,
        params: dbscan_params,
        fit: density::fit_dbscan,
    },
    Entry {
        name: "optics",
        title: "OPTICS",
        help: "Orders the rows by how near they are reached, a curve of the run, and cuts that order at eps into \
               crowds. A new row belongs to the cluster of the nearest core row within eps, otherwise it is noise.",
        problems: GROUPS,
        takes_weights: false,
        takes_missing: false,
        params: optics_params,
        fit: density::fit_optics,
    },
    Entry {
        name: "hierarchical",
        title: "Hierarchical clustering",
        help: "Joins the two nearest clusters until few are left. A new row belongs to the cluster with the nearest \
               mean, which for long clusters need not be the one it would have joined.",
        problems: GROUPS,
        takes_weights: false,
        takes_missing: false,
        params: hierarchical_params,
        fit: hierarchical::fit,
    },
];

fn k_means_params() -> Vec<ParamInfo> {
    vec![
        integer(
            "n_clusters",
            "Number of clusters; no more are found than there are different rows.",
            8,
            (1, 1_000),
        ),
        integer(
            "n_init",
            "How many starts are tried on a sample of the rows; the best one goes on with all of them.",
            10,
            (1, 1_000),
        ),
        integer(
            "max_iter",
            "The most moves of the centres; a warning tells when they did not suffice.",
            300,
            (1, 100_000),
        ),
        float(
            "tol",
            "How little the centres must move to be done, as a share of the features' variance.",
            1e-4,
            (0.0, 1.0),
        ),
    ]
}

fn gmm_params() -> Vec<ParamInfo> {
    vec![
        integer(
            "n_components",
            "Number of distributions; no more are found than there are different rows.",
            2,
            (1, 200),
        ),
        choice(
            "covariance",
            "full: ellipsoids that may lie askew; diagonal: their axes are the features', which takes fewer rows.",
            &["full", "diagonal"],
        ),
        integer(
            "max_iter",
            "The most iterations; a warning tells when they did not suffice.",
            100,
            (1, 100_000),
        ),
        float(
            "tol",
            "How little the mean log-likelihood of a row must grow to be done.",
            1e-3,
            (0.0, 1.0),
        ),
        float(
            "least_variance",
            "Added to every variance, so that no distribution shrinks to a point.",
            1e-6,
            (0.0, 1e6),
        ),
    ]
}

fn eps() -> ParamInfo {
    float(
        "eps",
        "How near rows of a crowd are; 0: chosen so that nine in ten rows have enough others within it.",
        0.0,
        (0.0, 1e12),
    )
}

fn min_samples() -> ParamInfo {
    integer(
        "min_samples",
        "Rows within eps that make a crowd, the row itself included.",
        5,
        (1, 10_000),
    )
}

fn max_rows(default: i64, most: i64) -> ParamInfo {
    integer(
        "max_rows",
        "The most rows that are used; of more, so many are drawn. Time grows with their square.",
        default,
        (100, most),
    )
}

fn dbscan_params() -> Vec<ParamInfo> {
    vec![eps(), min_samples(), max_rows(20_000, 200_000)]
}

fn optics_params() -> Vec<ParamInfo> {
    vec![eps(), min_samples(), max_rows(10_000, 100_000)]
}

fn hierarchical_params() -> Vec<ParamInfo> {
    vec![
        integer(
            "n_clusters",
            "Where to stop joining; no more are made than there are rows.",
            2,
            (1, 1_000),
        ),
        choice(
            "linkage",
            "How far two clusters are apart: by how much their join raises the spread (ward), by their farthest rows \
             (complete), by the mean of all pairs (average), or by their nearest rows (single).",
            &["ward", "complete", "average", "single"],
        ),
        max_rows(5_000, 20_000),
    ]
}
