//! Which algorithms there are. Forms, help, the command line and training all read this one table.

use assay_core::model::Model;
use assay_core::train::{AlgorithmInfo, ParamInfo, ParamRange, ParamValue, ProblemKind};
use assay_core::{Matrix, Target, Task};

use crate::params::Resolved;
use crate::{Error, linear_regression, logistic_regression, ridge, trees};

type FitEntry = fn(&Resolved, &Matrix, &Target, u64, &Task) -> Result<Model, Error>;

/// One algorithm: what forms show of it, and how it is trained.
pub struct Entry {
    pub name: &'static str,
    pub title: &'static str,
    pub help: &'static str,
    pub problems: &'static [ProblemKind],
    params: fn() -> Vec<ParamInfo>,
    fit: FitEntry,
}

/// Everything that can be trained, in the order in which it is offered.
pub fn catalogue() -> Vec<AlgorithmInfo> {
    ENTRIES.iter().map(Entry::info).collect()
}

/// # Errors
/// [`Error::UnknownAlgorithm`], which lists the names.
pub fn algorithm(name: &str) -> Result<&'static Entry, Error> {
    ENTRIES
        .iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| Error::UnknownAlgorithm {
            name: name.to_owned(),
            known: names(|_| true),
        })
}

impl Entry {
    pub fn info(&self) -> AlgorithmInfo {
        AlgorithmInfo {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            help: self.help.to_owned(),
            problems: self.problems.to_vec(),
            params: self.params(),
        }
    }

    pub fn params(&self) -> Vec<ParamInfo> {
        (self.params)()
    }

    pub(crate) fn fit(
        &self,
        params: &Resolved,
        x: &Matrix,
        y: &Target,
        seed: u64,
        task: &Task,
    ) -> Result<Model, Error> {
        (self.fit)(params, x, y, seed, task)
    }
}

/// The names of the algorithms for which `wanted` holds, as an error message lists them.
pub(crate) fn names(wanted: impl Fn(&Entry) -> bool) -> String {
    ENTRIES
        .iter()
        .filter(|entry| wanted(entry))
        .map(|entry| format!("`{}`", entry.name))
        .collect::<Vec<_>>()
        .join(", ")
}

const CLASSES: &[ProblemKind] = &[ProblemKind::Binary, ProblemKind::Multiclass];
const NUMBERS: &[ProblemKind] = &[ProblemKind::Regression];
const BOTH: &[ProblemKind] = &[
    ProblemKind::Binary,
    ProblemKind::Multiclass,
    ProblemKind::Regression,
];

static ENTRIES: [Entry; 5] = [
    Entry {
        name: "random_forest",
        title: "Random forest",
        help: "The mean of many decision trees, each grown on its own sample of the rows with features drawn at every \
               split. A good first choice; needs little tuning.",
        problems: BOTH,
        params: forest_params,
        fit: trees::fit_forest,
    },
    Entry {
        name: "decision_tree",
        title: "Decision tree",
        help: "One tree of yes-or-no questions about the features. Easy to read; a forest is more accurate.",
        problems: BOTH,
        params: tree_params,
        fit: trees::fit_tree,
    },
    Entry {
        name: "logistic_regression",
        title: "Logistic regression",
        help: "A weighted sum of the features turned into class probabilities, with an L2 penalty. Fast, and its \
               coefficients can be read.",
        problems: CLASSES,
        params: logistic_params,
        fit: logistic_regression::fit,
    },
    Entry {
        name: "linear_regression",
        title: "Linear regression",
        help: "The weighted sum of the features with the least squared error. It has no parameters to tune.",
        problems: NUMBERS,
        params: linear_params,
        fit: linear_regression::fit,
    },
    Entry {
        name: "ridge",
        title: "Ridge regression",
        help: "Linear regression with an L2 penalty on the coefficients: steadier when features repeat one another.",
        problems: NUMBERS,
        params: ridge_params,
        fit: ridge::fit,
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

fn logistic_params() -> Vec<ParamInfo> {
    vec![
        float(
            "c",
            "Inverse strength of the L2 penalty: smaller values hold the coefficients closer to zero.",
            1.0,
            (1e-6, 1e6),
        ),
        integer(
            "max_iter",
            "The most Newton steps; a warning tells when they did not suffice.",
            100,
            (1, 10_000),
        ),
        intercept(),
    ]
}

fn linear_params() -> Vec<ParamInfo> {
    vec![intercept()]
}

fn ridge_params() -> Vec<ParamInfo> {
    vec![
        float(
            "alpha",
            "Strength of the L2 penalty: larger values hold the coefficients closer to zero.",
            1.0,
            (1e-6, 1e9),
        ),
        intercept(),
    ]
}

fn intercept() -> ParamInfo {
    flag(
        "fit_intercept",
        "Whether a constant is added to the weighted sum.",
        true,
    )
}

fn integer(name: &str, help: &str, default: i64, (min, max): (i64, i64)) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Integer(default),
        range: ParamRange::Integer { min, max },
    }
}

fn float(name: &str, help: &str, default: f64, (min, max): (f64, f64)) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Float(default),
        range: ParamRange::Float { min, max },
    }
}

/// The first option is the default.
fn choice(name: &str, help: &str, options: &[&str]) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Text(options.first().copied().unwrap_or_default().to_owned()),
        range: ParamRange::Choice {
            options: options.iter().map(|&option| option.to_owned()).collect(),
        },
    }
}

fn flag(name: &str, help: &str, default: bool) -> ParamInfo {
    ParamInfo {
        name: name.to_owned(),
        help: help.to_owned(),
        default: ParamValue::Bool(default),
        range: ParamRange::Bool,
    }
}
