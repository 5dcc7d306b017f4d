//! The weighted mean of several models: soft voting (probabilities) and averaging (numbers), as scikit-learn's
//! `VotingClassifier(voting="soft")` and `VotingRegressor`.

use assay_core::model::{Form, Model};

use super::{Member, fit_member, of_param};
use crate::params::Resolved;
use crate::{Error, Training, data, ensemble::members};

pub const AUTO_CLASSES: &[&str] = &["logistic_regression", "random_forest", "gaussian_nb"];
pub const AUTO_NUMBERS: &[&str] = &["ridge", "random_forest", "extra_trees"];

/// Members, and how much each counts.
#[derive(Debug, Clone)]
pub struct VotingParams {
    members: Vec<Member>,
    weights: Vec<f64>,
}

impl VotingParams {
    /// All alike.
    pub fn new(members: Vec<Member>) -> Self {
        Self {
            weights: vec![1.0; members.len()],
            members,
        }
    }

    /// One a member, over 0.
    pub fn weights(mut self, weights: Vec<f64>) -> Self {
        self.weights = weights;
        self
    }

    /// # Errors
    /// As many weights as there are members are needed; else those of the members.
    pub fn fit(&self, training: &Training<'_>) -> Result<Model, Error> {
        let n = self.members.len();
        if n == 0 || self.weights.len() != n {
            return Err(Error::ParamRange {
                algorithm: "voting".to_owned(),
                name: "weights".to_owned(),
                value: format!("{} numbers", self.weights.len()),
                range: format!("{n}, one for every member"),
            });
        }
        let total: f64 = self.weights.iter().sum();
        let mut members = Vec::with_capacity(n);
        for (number, member) in self.members.iter().enumerate() {
            let phase = format!("fitting {}", member.algorithm);
            training.task.step(number as u64, n as u64, phase);
            members.push(fit_member(number, member, training)?);
        }
        Ok(Model {
            n_features: training.x.n_columns(),
            output: data::output(training.y),
            form: Form::Vote {
                members,
                weights: self.weights.iter().map(|weight| weight / total).collect(),
            },
        })
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let usual = (AUTO_CLASSES, AUTO_NUMBERS);
    let voting = VotingParams::new(of_param(params, "members", training.y, usual)?);
    let weights = members::numbers(params.text("weights")?).unwrap_or_default();
    match weights.is_empty() {
        true => voting.fit(training),
        false => voting.weights(weights).fit(training),
    }
}
