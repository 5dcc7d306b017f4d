//! Which algorithms there are. Forms, help, the command line and training all read this one table.

mod anomalies;
mod bayes;
mod clusters;
mod embeddings;
mod ensembles;
mod linear;
mod nearness;
mod param;
mod trees;

use assay_core::model::Model;
use assay_core::train::{AlgorithmInfo, ParamInfo, ProblemKind};

use crate::params::Resolved;
use crate::{Error, Training};

type FitEntry = fn(&Resolved, &Training<'_>) -> Result<Model, Error>;

/// One algorithm: what forms show of it, and how it is trained.
pub struct Entry {
    pub name: &'static str,
    pub title: &'static str,
    pub help: &'static str,
    pub problems: &'static [ProblemKind],
    /// Whether rows may weigh differently: a row of weight 2 counts as two rows, but for the counts and bins of rows
    /// that LightGBM keeps and the folds of machines' probabilities.
    pub takes_weights: bool,
    /// Whether NaN among the features reaches the estimator.
    pub takes_missing: bool,
    /// Without `class_weight`, which [`Entry::params`] adds.
    params: fn() -> Vec<ParamInfo>,
    fit: FitEntry,
}

/// In the order in which they are offered; each family in a file of its own.
static FAMILIES: [(&str, &[Entry]); 8] = [
    ("Trees", &trees::ENTRIES),
    ("Linear", &linear::ENTRIES),
    ("Bayes", &bayes::ENTRIES),
    ("Nearness and kernels", &nearness::ENTRIES),
    ("Several as one", &ensembles::ENTRIES),
    ("Clusters", &clusters::ENTRIES),
    ("Anomalies", &anomalies::ENTRIES),
    ("Coordinates", &embeddings::ENTRIES),
];

const CLASSES: &[ProblemKind] = &[ProblemKind::Binary, ProblemKind::Multiclass];
const NUMBERS: &[ProblemKind] = &[ProblemKind::Regression];
const GROUPS: &[ProblemKind] = &[ProblemKind::Clustering];
const STRANGERS: &[ProblemKind] = &[ProblemKind::Anomaly];
const COORDINATES: &[ProblemKind] = &[ProblemKind::Embedding];
const BOTH: &[ProblemKind] = &[
    ProblemKind::Binary,
    ProblemKind::Multiclass,
    ProblemKind::Regression,
];

/// Everything that can be trained, in the order in which it is offered.
pub fn catalogue() -> Vec<AlgorithmInfo> {
    FAMILIES
        .iter()
        .flat_map(|(family, entries)| entries.iter().map(|entry| entry.info(family)))
        .collect()
}

/// # Errors
/// [`Error::UnknownAlgorithm`], which lists the names.
pub fn algorithm(name: &str) -> Result<&'static Entry, Error> {
    entries()
        .find(|entry| entry.name == name)
        .ok_or_else(|| Error::UnknownAlgorithm {
            name: name.to_owned(),
            known: names(|_| true),
        })
}

impl Entry {
    fn info(&self, family: &str) -> AlgorithmInfo {
        AlgorithmInfo {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            family: family.to_owned(),
            help: self.help.to_owned(),
            problems: self.problems.to_vec(),
            takes_weights: self.takes_weights,
            takes_missing: self.takes_missing,
            params: self.params(),
        }
    }

    /// The algorithm's own, and `class_weight` for every classifier that takes weights.
    pub fn params(&self) -> Vec<ParamInfo> {
        let mut params = (self.params)();
        if self.takes_class_weight() {
            params.push(param::class_weight());
        }
        params
    }

    pub(crate) fn takes_class_weight(&self) -> bool {
        self.takes_weights
            && self
                .problems
                .iter()
                .any(|problem| problem.is_classification())
    }

    pub(crate) fn fit(&self, params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
        (self.fit)(params, training)
    }
}

/// The names of the algorithms for which `wanted` holds, as an error message lists them.
pub(crate) fn names(wanted: impl Fn(&Entry) -> bool) -> String {
    entries()
        .filter(|entry| wanted(entry))
        .map(|entry| format!("`{}`", entry.name))
        .collect::<Vec<_>>()
        .join(", ")
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    FAMILIES.iter().flat_map(|(_, entries)| *entries)
}
