//! Decision trees and what is made of them.

use assay_core::train::{ParamInfo, ParamValue};

use super::param::{choice, flag, integer};
use super::{BOTH, Entry};
use crate::trees;

pub static ENTRIES: [Entry; 2] = [
    Entry {
        name: "random_forest",
        title: "Random forest",
        help: "The mean of many decision trees, each grown on its own sample of the rows with features drawn at every \
               split. A good first choice; needs little tuning.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: false,
        params: forest_params,
        fit: trees::fit_forest,
    },
    Entry {
        name: "decision_tree",
        title: "Decision tree",
        help: "One tree of yes-or-no questions about the features. Easy to read; a forest is more accurate.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: false,
        params: tree_params,
        fit: trees::fit_tree,
    },
];

fn forest_params() -> Vec<ParamInfo> {
    let mut params = vec![integer(
        "n_estimators",
        "Number of trees. More trees are steadier and slower.",
        100,
        (1, 2_000),
    )];
    params.extend(tree_params().into_iter().map(|mut param| {
        if param.name == "max_features" {
            param.default = ParamValue::Text("auto".to_owned());
        }
        param
    }));
    params.push(flag(
        "bootstrap",
        "Whether each tree sees its own sample of the rows, drawn with replacement, rather than all rows.",
        true,
    ));
    params
}

fn tree_params() -> Vec<ParamInfo> {
    vec![
        choice(
            "criterion",
            "What a split of classes improves: Gini impurity or entropy. Numbers always use squared error.",
            &["gini", "entropy"],
        ),
        integer(
            "max_depth",
            "The most questions on the way to a leaf. 64 is as good as no limit.",
            64,
            (1, 64),
        ),
        integer(
            "min_samples_split",
            "A node with fewer rows becomes a leaf.",
            2,
            (2, 1_000_000),
        ),
        integer(
            "min_samples_leaf",
            "The fewest rows that a leaf may hold.",
            1,
            (1, 1_000_000),
        ),
        choice(
            "max_features",
            "How many features are drawn at every split; auto: the square root of their number for classes, all for \
             numbers.",
            &["all", "sqrt", "log2", "auto"],
        ),
    ]
}
