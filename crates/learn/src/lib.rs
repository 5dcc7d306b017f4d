//! The algorithm catalogue behind linfa's traits: what can be trained, with which parameters, and how it predicts.
//!
//! Every algorithm is a pair of linfa parameter sets (`ParamGuard`, `Fit`) in a module of its own; [`fit`] turns what
//! it fitted into plain [`Model`] data, and [`Scorer`] (`PredictInplace`) answers from that data alone, so a model
//! that was read back from a file predicts what the fresh one did.
//!
//! Invariant: the same data, parameters and seed give the same model to the bit, on any number of threads.

mod calibration;
mod catalogue;
mod coordinates;
mod data;
pub mod density;
mod draw;
pub mod elastic_net;
pub mod ensemble;
mod error;
pub mod glm;
pub mod gmm;
pub mod hierarchical;
pub mod ica;
pub mod isolation_forest;
pub mod k_means;
pub mod lightgbm;
mod linear;
pub mod linear_regression;
pub mod logistic_regression;
mod moments;
pub mod naive_bayes;
pub mod neighbours;
mod params;
pub mod pca;
pub mod pls;
mod quasi_newton;
pub mod random_projection;
pub mod ridge;
mod rows;
mod score;
mod solve;
pub mod svm;
mod target;
mod told_apart;
mod training;
pub mod trees;
pub mod tsne;

/// How many threads a training may keep busy.
pub fn n_threads() -> usize {
    rayon::current_num_threads()
}

pub use calibration::calibrated;
pub use catalogue::{Entry, algorithm, catalogue};
pub use ensemble::problems;
pub use error::Error;
pub use linear::LinearModel;
pub use params::{parse_param, resolve_params};
pub use score::{Scorer, predict};
pub use target::{fit_transformed, transformed};
pub use told_apart::told_apart;
pub use training::{Training, fit};
