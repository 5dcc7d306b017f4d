//! A last model over what several models say of rows that they did not see (Wolpert 1992), as scikit-learn's
//! `StackingClassifier` and `StackingRegressor`.

use assay_core::Matrix;
use assay_core::matrix::Prediction;
use assay_core::model::{Form, Model, Output};
use assay_core::split::{self, Fold, SplitRows};
use assay_core::train::{CvSpec, SplitSpec};
use ndarray::Array2;

use super::voting::{AUTO_CLASSES, AUTO_NUMBERS};
use super::{Member, fit_member, of_param};
use crate::params::Resolved;
use crate::score::stacked_features;
use crate::{Error, Training, data, predict};

const LAST_OF_CLASSES: &[&str] = &["logistic_regression"];
const LAST_OF_NUMBERS: &[&str] = &["ridge"];

/// Members, the model over them, and the folds that it learns from.
#[derive(Debug, Clone)]
pub struct StackingParams {
    members: Vec<Member>,
    last: Member,
    folds: Vec<Fold>,
}

impl StackingParams {
    /// At least one member. `folds` are of the training rows; without any, and for rows that none of them validates,
    /// the last model learns from what the members say of the rows that they learnt from.
    pub fn new(members: Vec<Member>, last: Member, folds: Vec<Fold>) -> Self {
        Self {
            members,
            last,
            folds,
        }
    }

    /// # Errors
    /// Those of the members and of the last model.
    pub fn fit(&self, training: &Training<'_>) -> Result<Model, Error> {
        let output = data::output(training.y);
        let total = (self.members.len() * (self.folds.len() + 1) + 1) as u64;
        let mut done = 0;
        let mut members = Vec::with_capacity(self.members.len());
        let mut answers = Vec::with_capacity(self.members.len());
        for (number, member) in self.members.iter().enumerate() {
            let mut step = |phase: String| {
                training.task.step(done, total, phase);
                done += 1;
            };
            step(format!("fitting {}", member.algorithm));
            let model = fit_member(number, member, training)?;
            let mut answer = answered(&model, training.x)?;
            for (at, fold) in self.folds.iter().enumerate() {
                let fold_of = format!("fold {} of {}", at + 1, self.folds.len());
                step(format!("fitting {}, {fold_of}", member.algorithm));
                training.task.check()?;
                let unseen = self.unseen(number, member, fold, training)?;
                for (&row, said) in fold.validation.iter().zip(unseen.rows()) {
                    answer.row_mut(row).assign(&said);
                }
            }
            members.push(model);
            answers.push(answer);
        }
        training.task.step(
            done,
            total,
            format!("fitting {} over them", self.last.algorithm),
        );
        let last = self.last(&answers, &output, training)?;
        Ok(Model {
            n_features: training.x.n_columns(),
            output,
            form: Form::Stack {
                members,
                last: Box::new(last),
            },
        })
    }

    /// What the member, without a fold's validation rows, says of these.
    fn unseen(
        &self,
        number: usize,
        member: &Member,
        fold: &Fold,
        training: &Training<'_>,
    ) -> Result<Array2<f64>, Error> {
        let weights: Option<Vec<f32>> = training
            .weights
            .map(|weights| fold.train.iter().map(|&row| weights[row]).collect());
        let part = Training {
            x: &training.x.take(&fold.train),
            y: &training.y.take(&fold.train),
            // A fold whose rows all weigh nothing says what it can.
            weights: weights
                .as_deref()
                .filter(|weights| weights.iter().any(|&weight| weight > 0.0)),
            ..*training
        };
        let model = fit_member(number, member, &part)?;
        answered(&model, &training.x.take(&fold.validation))
    }

    fn last(
        &self,
        answers: &[Array2<f64>],
        output: &Output,
        training: &Training<'_>,
    ) -> Result<Model, Error> {
        let features = stacked_features(answers, output);
        let x = Matrix {
            n_rows: training.x.n_rows,
            names: (0..features.ncols())
                .map(|at| format!("answer_{at}"))
                .collect(),
            values: features.iter().copied().collect(),
        };
        fit_member(
            self.members.len(),
            &self.last,
            &Training { x: &x, ..*training },
        )
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let members = of_param(params, "members", training.y, (AUTO_CLASSES, AUTO_NUMBERS))?;
    let last = of_param(
        params,
        "final",
        training.y,
        (LAST_OF_CLASSES, LAST_OF_NUMBERS),
    )?;
    let folds = folds(training, params.count("folds")?).unwrap_or_else(|error| {
        training.task.warn(format!(
            "the members' answers are to rows that they learnt from, since there are no folds: {error}"
        ));
        Vec::new()
    });
    let last = last.into_iter().next().unwrap_or(Member::new("ridge"));
    StackingParams::new(members, last, folds).fit(training)
}

/// Stratified for classes, random for numbers.
fn folds(training: &Training<'_>, k: usize) -> Result<Vec<Fold>, split::SplitError> {
    let rows: Vec<usize> = (0..training.x.n_rows).collect();
    split::folds(
        &SplitRows::new(training.y, &rows),
        &SplitSpec::default(),
        &CvSpec::default(),
        k.min(rows.len()),
        training.seed,
    )
}

/// n_rows x n_outputs.
fn answered(model: &Model, x: &Matrix) -> Result<Array2<f64>, Error> {
    let values = match predict(model, x) {
        Prediction::Classes { probabilities, .. } => probabilities,
        Prediction::Values(values) | Prediction::Coordinates { values, .. } => values,
    };
    Array2::from_shape_vec((x.n_rows, model.n_outputs()), values)
        .map_err(|error| Error::Numeric(error.to_string()))
}
