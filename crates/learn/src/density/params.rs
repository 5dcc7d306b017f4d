//! What algorithms that look for crowds are told: how near, and how many.

use std::marker::PhantomData;

use assay_core::Task;
use linfa::ParamGuard;

/// One of the algorithms, as its messages call it.
pub trait CrowdAlgorithm {
    const TITLE: &str;
}

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct CrowdValidParams<A> {
    pub(super) eps: f64,
    pub(super) min_samples: usize,
    pub(super) task: Task,
    algorithm: PhantomData<A>,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct CrowdParams<A>(CrowdValidParams<A>);

impl<A> CrowdParams<A> {
    /// Five rows within a radius that is chosen.
    pub fn new(task: &Task) -> Self {
        Self(CrowdValidParams {
            eps: 0.0,
            min_samples: 5,
            task: task.clone(),
            algorithm: PhantomData,
        })
    }

    /// The radius, at least 0; 0: chosen so that nine in ten rows have enough others within it.
    pub fn eps(mut self, eps: f64) -> Self {
        self.0.eps = eps;
        self
    }

    /// Rows within the radius that make a crowd, itself included; at least 1.
    pub fn min_samples(mut self, min_samples: usize) -> Self {
        self.0.min_samples = min_samples;
        self
    }
}

impl<A: CrowdAlgorithm> ParamGuard for CrowdParams<A> {
    type Checked = CrowdValidParams<A>;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        if self.0.eps.is_nan() || self.0.eps < 0.0 || self.0.min_samples == 0 {
            return Err(linfa::Error::Parameters(format!(
                "{}: give an eps from 0 up, and at least one row for min_samples",
                A::TITLE
            )));
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}
