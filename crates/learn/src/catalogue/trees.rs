//! Decision trees and what is made of them.

use assay_core::train::{ParamInfo, ParamValue};

use super::param::{choice, flag, float, integer};
use super::{BOTH, Entry};
use crate::{lightgbm, trees};

pub static ENTRIES: [Entry; 5] = [
    Entry {
        name: "random_forest",
        title: "Random forest",
        help: "The mean of many decision trees, each grown on its own sample of the rows with features drawn at every \
               split. A good first choice; needs little tuning.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: true,
        params: forest_params,
        fit: trees::fit_forest,
    },
    Entry {
        name: "decision_tree",
        title: "Decision tree",
        help: "One tree of yes-or-no questions about the features. Easy to read; a forest is more accurate.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: true,
        params: tree_params,
        fit: trees::fit_tree,
    },
    Entry {
        name: "extra_trees",
        title: "Extremely randomised trees",
        help: "A random forest that draws its thresholds instead of searching them: faster, smoother, often as accurate.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: true,
        params: extra_trees_params,
        fit: trees::fit_extra_trees,
    },
    Entry {
        name: "ada_boost",
        title: "AdaBoost",
        help: "Small trees one after another, each looking harder at the rows that those before it got wrong; they vote, \
               and of numbers the weighted median counts.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: true,
        params: ada_boost_params,
        fit: trees::fit_ada_boost,
    },
    Entry {
        name: "lightgbm",
        title: "Gradient boosting (LightGBM)",
        help: "Trees one after another, each correcting the sum of those before it. Often the most accurate on tables; \
               trained by the LightGBM library.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: true,
        params: lightgbm_params,
        fit: lightgbm::fit,
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

fn extra_trees_params() -> Vec<ParamInfo> {
    let mut params = forest_params();
    for param in &mut params {
        if param.name == "bootstrap" {
            param.default = ParamValue::Bool(false);
        }
    }
    params
}

fn ada_boost_params() -> Vec<ParamInfo> {
    vec![
        integer(
            "n_estimators",
            "The most trees; fewer are grown once one makes no error.",
            50,
            (1, 2_000),
        ),
        float(
            "learning_rate",
            "How far a tree changes the weights of the rows. Smaller values need more trees.",
            1.0,
            (1e-4, 10.0),
        ),
        integer(
            "max_depth",
            "Depth of every tree; 0: 1 for classes, 3 for numbers.",
            0,
            (0, 16),
        ),
    ]
}

fn lightgbm_params() -> Vec<ParamInfo> {
    vec![
        integer(
            "n_estimators",
            "Number of iterations; each grows one tree, or one for every class of several.",
            100,
            (1, 10_000),
        ),
        float(
            "learning_rate",
            "How much of each tree is added. Smaller values need more trees.",
            0.1,
            (1e-4, 1.0),
        ),
        integer(
            "num_leaves",
            "The most leaves of a tree: the larger, the finer, and the sooner overfitted.",
            31,
            (2, 4_096),
        ),
        integer(
            "max_depth",
            "The most questions on the way to a leaf; 0: no limit.",
            0,
            (0, 64),
        ),
        integer(
            "min_child_samples",
            "The fewest rows that a leaf may hold.",
            20,
            (1, 1_000_000),
        ),
        float(
            "subsample",
            "Share of the rows drawn for every tree.",
            1.0,
            (0.01, 1.0),
        ),
        float(
            "colsample_bytree",
            "Share of the features drawn for every tree.",
            1.0,
            (0.01, 1.0),
        ),
        float("reg_alpha", "L1 penalty on the leaves.", 0.0, (0.0, 1e6)),
        float("reg_lambda", "L2 penalty on the leaves.", 0.0, (0.0, 1e6)),
        choice(
            "objective",
            "What numbers are fitted by: squared_error, poisson (counts and rates) or quantile. Classes always use log loss.",
            &["squared_error", "poisson", "quantile"],
        ),
        float(
            "quantile",
            "Which quantile the objective `quantile` predicts.",
            0.5,
            (0.001, 0.999),
        ),
        integer(
            "early_stopping_rounds",
            "Stops when the loss of rows held back did not fall for so many iterations; 0: never.",
            0,
            (0, 1_000),
        ),
        float(
            "validation_fraction",
            "Share of the training rows held back for early stopping.",
            0.1,
            (0.01, 0.5),
        ),
    ]
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
        integer(
            "max_nodes",
            "About the most nodes of all trees together: where they would be more, leaves hold more rows. The model and \
             its file grow with them.",
            20_000_000,
            (1_000, 1_000_000_000),
        ),
    ]
}
