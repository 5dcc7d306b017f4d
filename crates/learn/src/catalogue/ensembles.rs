//! Several algorithms as one.

use assay_core::train::ParamInfo;

use super::param::{algorithms, integer, numbers};
use super::{BOTH, Entry};
use crate::ensemble;

const MOST_MEMBERS: u32 = 20;

pub static ENTRIES: [Entry; 2] = [
    Entry {
        name: "voting",
        title: "Voting",
        help: "The mean of what several algorithms say, of probabilities or of numbers: steadier than each of them.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: false,
        params: voting_params,
        fit: ensemble::fit_voting,
    },
    Entry {
        name: "stacking",
        title: "Stacking",
        help: "A last model learns how to weigh what several algorithms say of rows that they did not see. Often the \
               best of several; slow, since every member is trained once more for every fold.",
        problems: BOTH,
        takes_weights: true,
        takes_missing: false,
        params: stacking_params,
        fit: ensemble::fit_stacking,
    },
];

fn members() -> ParamInfo {
    algorithms(
        "members",
        "Algorithms with commas between, each with its parameters in parentheses if need be: \
         logistic_regression,random_forest(n_estimators=50). auto: logistic_regression, random_forest and gaussian_nb \
         for classes, ridge, random_forest and extra_trees for numbers.",
        MOST_MEMBERS,
    )
}

fn voting_params() -> Vec<ParamInfo> {
    vec![
        members(),
        numbers(
            "weights",
            "How much each member counts, with commas between: 2,1,1. Nothing: all alike.",
        ),
    ]
}

fn stacking_params() -> Vec<ParamInfo> {
    vec![
        members(),
        algorithms(
            "final",
            "The algorithm that learns from the members' answers. auto: logistic_regression for classes, ridge for \
             numbers.",
            1,
        ),
        integer(
            "folds",
            "How many folds of the training rows the members' answers come from.",
            5,
            (2, 20),
        ),
    ]
}
