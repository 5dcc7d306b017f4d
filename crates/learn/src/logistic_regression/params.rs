//! Parameters of logistic regression.

use assay_core::Task;
use linfa::ParamGuard;

/// What holds the coefficients close to zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Penalty {
    None,
    /// Their absolute values: many become exactly zero.
    Absolute,
    /// Their squares.
    Squared,
    /// Absolute values with the share `l1_ratio` (0 to 1), squares with the rest.
    Both {
        l1_ratio: f64,
    },
}

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct LogisticValidParams {
    penalty: Penalty,
    c: f64,
    pub(super) max_iter: usize,
    pub(super) fit_intercept: bool,
    /// 0: one more than the largest index among the targets.
    pub(super) n_classes: usize,
    pub(super) task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct LogisticParams(LogisticValidParams);

impl LogisticParams {
    /// Squared penalty, c 1, 100 steps, with intercepts.
    pub fn new(task: &Task) -> Self {
        Self(LogisticValidParams {
            penalty: Penalty::Squared,
            c: 1.0,
            max_iter: 100,
            fit_intercept: true,
            n_classes: 0,
            task: task.clone(),
        })
    }

    pub fn penalty(mut self, penalty: Penalty) -> Self {
        self.0.penalty = penalty;
        self
    }

    /// Inverse strength of the penalty, over 0.
    pub fn c(mut self, c: f64) -> Self {
        self.0.c = c;
        self
    }

    /// The most Newton steps, at least 1; a tenth of the most steps of L-BFGS.
    pub fn max_iter(mut self, max_iter: usize) -> Self {
        self.0.max_iter = max_iter;
        self
    }

    pub fn with_intercept(mut self, fit_intercept: bool) -> Self {
        self.0.fit_intercept = fit_intercept;
        self
    }

    /// The number of classes, where not all of them are among the training rows.
    pub fn n_classes(mut self, n_classes: usize) -> Self {
        self.0.n_classes = n_classes;
        self
    }
}

impl LogisticValidParams {
    /// Strengths of the absolute and of the squared penalty on the mean loss.
    pub(super) fn penalties(&self, total_weight: f64) -> (f64, f64) {
        let strength = 1.0 / (self.c * total_weight);
        match self.penalty {
            Penalty::None => (0.0, 0.0),
            Penalty::Absolute => (strength, 0.0),
            Penalty::Squared => (0.0, strength),
            Penalty::Both { l1_ratio } => (strength * l1_ratio, strength * (1.0 - l1_ratio)),
        }
    }
}

impl ParamGuard for LogisticParams {
    type Checked = LogisticValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        let wrong = match params.penalty {
            _ if !(params.c > 0.0 && params.c.is_finite()) => {
                format!("c is {}; give a number over 0", params.c)
            }
            _ if params.max_iter == 0 => "max_iter is 0; give at least 1".to_owned(),
            Penalty::Both { l1_ratio } if !(0.0..=1.0).contains(&l1_ratio) => {
                format!("l1_ratio is {l1_ratio}; give a number from 0 to 1")
            }
            _ => return Ok(params),
        };
        Err(linfa::Error::Parameters(format!(
            "logistic regression: {wrong}"
        )))
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
