//! Gradient boosting by LightGBM's official library, loaded at run time; see [`look_in`].
//!
//! The library grows the trees; what it grew is read from its text into [`Form::Boosted`], so that scoring and the
//! exported graph are ours and need no library. Invariant: `deterministic` and `force_row_wise` make it repeatable on
//! any number of threads.

mod ffi;
mod library;
mod text;

use assay_core::model::{Form, Link, Model, Tree};
use assay_core::{Target, Task};
use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use ndarray::{Array1, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

pub use library::{file_name, look_in, version};

use crate::params::Resolved;
use crate::{Error, Training, data};
use ffi::{Booster, Dataset, Part};

/// With more rows the training loss is looked at every [`LOSS_EVERY`] iterations.
const LOSS_ROWS: usize = 200_000;
const LOSS_EVERY: usize = 10;

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Objective {
    /// Two classes, 0 and 1.
    Binary,
    /// Class indices under the number of classes.
    Multiclass(usize),
    SquaredError,
    /// Counts and rates, none under 0.
    Poisson,
    /// The quantile of this share, over 0 and under 1.
    Quantile(f64),
}

/// Checked parameters.
#[derive(Debug, Clone)]
pub struct LightGbmValidParams {
    objective: Objective,
    /// The library's other parameters, by its own names.
    settings: Vec<(&'static str, String)>,
    n_estimators: usize,
    /// 0: all iterations are made.
    early_stopping_rounds: usize,
    validation_fraction: f64,
    seed: u64,
    task: Task,
}

/// Parameters as they were given.
#[derive(Debug, Clone)]
pub struct LightGbmParams(LightGbmValidParams);

/// Trees whose sums are the answer, one tree a class and iteration.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    pub trees: Vec<Tree>,
}

impl LightGbmParams {
    /// 100 trees with the library's defaults.
    pub fn new(objective: Objective, task: &Task) -> Self {
        Self(LightGbmValidParams {
            objective,
            settings: Vec::new(),
            n_estimators: 100,
            early_stopping_rounds: 0,
            validation_fraction: 0.1,
            seed: 0,
            task: task.clone(),
        })
    }

    /// A parameter of the library, by its own name.
    pub fn set(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.settings.push((name, value.to_string()));
        self
    }

    /// At least 1.
    pub fn n_estimators(mut self, n_estimators: usize) -> Self {
        self.0.n_estimators = n_estimators;
        self
    }

    /// Holds a share of the rows (over 0 and under 1) back, stops after so many iterations in which their loss did not
    /// fall, and keeps the trees up to the least loss.
    pub fn early_stopping(mut self, rounds: usize, validation_fraction: f64) -> Self {
        self.0.early_stopping_rounds = rounds;
        self.0.validation_fraction = validation_fraction;
        self
    }

    pub fn seed(mut self, seed: u64) -> Self {
        self.0.seed = seed;
        self
    }
}

impl ParamGuard for LightGbmParams {
    type Checked = LightGbmValidParams;
    type Error = linfa::Error;

    fn check_ref(&self) -> Result<&Self::Checked, Self::Error> {
        let params = &self.0;
        let is_share = |share: f64| share > 0.0 && share < 1.0;
        let reason = if params.n_estimators == 0 {
            "give at least one tree"
        } else if !is_share(params.validation_fraction) {
            "hold back a share of the rows over 0 and under 1"
        } else if matches!(params.objective, Objective::Quantile(q) if !is_share(q)) {
            "give a quantile over 0 and under 1"
        } else {
            return Ok(params);
        };
        Err(linfa::Error::Parameters(format!("LightGBM: {reason}")))
    }

    fn check(self) -> Result<Self::Checked, Self::Error> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<'v> Fit<ArrayView2<'v, f32>, Array1<f32>, Error> for LightGbmValidParams {
    type Object = Boosted;

    /// Targets are class indices or numbers.
    fn fit(
        &self,
        dataset: &DatasetBase<ArrayView2<'v, f32>, Array1<f32>>,
    ) -> Result<Boosted, Error> {
        let library = library::library()?;
        let records = dataset.records();
        let shape = records.dim();
        let x = records
            .to_slice()
            .ok_or_else(|| Error::Numeric("the features are not in row order".to_owned()))?;
        let labels = dataset.targets().to_vec();
        let weights = dataset.weights().unwrap_or_default().to_vec();
        let parameters = self.parameters();
        let held_back = self.held_back(shape.0);
        self.task
            .step(0, self.n_estimators as u64, "binning features");
        let text = if held_back.iter().any(|&is_held| is_held) {
            let [train, validation] = [false, true].map(|part| {
                let rows: Vec<usize> = (0..shape.0).filter(|&row| held_back[row] == part).collect();
                Rows::taken(&rows, x, shape.1, &labels, &weights)
            });
            let train = train.dataset(library, shape.1, &parameters, None)?;
            let validation = validation.dataset(library, shape.1, &parameters, Some(&train))?;
            self.boost(&train, Some(&validation), shape.0, &parameters)?
        } else {
            let train = Dataset::new(library, x, shape, &labels, &weights, &parameters, None)
                .map_err(Error::LightGbm)?;
            self.boost(&train, None, shape.0, &parameters)?
        };
        let trees = text::trees(&text).map_err(Error::LightGbm)?;
        Ok(Boosted { trees })
    }
}

impl LightGbmValidParams {
    fn parameters(&self) -> String {
        let objective = match self.objective {
            Objective::Binary => "objective=binary metric=binary_logloss".to_owned(),
            Objective::Multiclass(n) => {
                format!("objective=multiclass metric=multi_logloss num_class={n}")
            }
            Objective::SquaredError => "objective=regression metric=l2".to_owned(),
            Objective::Poisson => "objective=poisson metric=poisson".to_owned(),
            Objective::Quantile(share) => {
                format!("objective=quantile metric=quantile alpha={share}")
            }
        };
        let settings: Vec<String> = self
            .settings
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        format!(
            "{objective} {} seed={} num_threads={} deterministic=true force_row_wise=true \
             is_provide_training_metric=true verbosity=-1",
            settings.join(" "),
            self.seed % (1 << 31),
            rayon::current_num_threads()
        )
    }

    /// Whether a row is held back for validation. All false without early stopping, or with too few rows.
    fn held_back(&self, n_rows: usize) -> Vec<bool> {
        if self.early_stopping_rounds == 0 || n_rows < 20 {
            return vec![false; n_rows];
        }
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let limit = (self.validation_fraction * u64::MAX as f64) as u64;
        (0..n_rows).map(|_| rng.next_u64() < limit).collect()
    }

    /// The text of the model.
    fn boost(
        &self,
        train: &Dataset<'_>,
        validation: Option<&Dataset<'_>>,
        n_rows: usize,
        parameters: &str,
    ) -> Result<String, Error> {
        self.task.check()?;
        let mut booster = Booster::new(train, validation, parameters).map_err(Error::LightGbm)?;
        let loss_every = if n_rows > LOSS_ROWS { LOSS_EVERY } else { 1 };
        let mut best = (f64::INFINITY, self.n_estimators);
        for iteration in 1..=self.n_estimators {
            self.task.check()?;
            let is_finished = booster.update().map_err(Error::LightGbm)?;
            self.task
                .step(iteration as u64, self.n_estimators as u64, "boosting");
            let tell = |key: &str, part| {
                let loss = booster.metric(part).map_err(Error::LightGbm)?;
                if let Some(loss) = loss {
                    self.task.metric(key, loss, iteration as u64);
                }
                Ok::<f64, Error>(loss.unwrap_or(f64::INFINITY))
            };
            if iteration % loss_every == 0 || iteration == self.n_estimators || is_finished {
                tell("train.loss", Part::Training)?;
            }
            if validation.is_some() {
                let loss = tell("validation.loss", Part::Validation)?;
                if loss < best.0 {
                    best = (loss, iteration);
                } else if iteration >= best.1 + self.early_stopping_rounds {
                    break;
                }
            }
            if is_finished {
                break;
            }
        }
        self.task.check()?;
        booster.text(best.1).map_err(Error::LightGbm)
    }
}

/// A part of the rows, copied.
struct Rows {
    x: Vec<f32>,
    labels: Vec<f32>,
    weights: Vec<f32>,
}

impl Rows {
    fn taken(
        rows: &[usize],
        x: &[f32],
        n_features: usize,
        labels: &[f32],
        weights: &[f32],
    ) -> Self {
        let of_row = |&row: &usize| &x[row * n_features..(row + 1) * n_features];
        Self {
            x: rows.iter().flat_map(of_row).copied().collect(),
            labels: rows.iter().map(|&row| labels[row]).collect(),
            weights: rows
                .iter()
                .filter_map(|&row| weights.get(row).copied())
                .collect(),
        }
    }

    fn dataset<'a>(
        &self,
        library: &'a ffi::Library,
        n_features: usize,
        parameters: &str,
        like: Option<&Dataset<'a>>,
    ) -> Result<Dataset<'a>, Error> {
        let shape = (self.labels.len(), n_features);
        let (x, labels, weights) = (&self.x, &self.labels, &self.weights);
        Dataset::new(library, x, shape, labels, weights, parameters, like).map_err(Error::LightGbm)
    }
}

pub(crate) fn fit(params: &Resolved, training: &Training<'_>) -> Result<Model, Error> {
    let (objective, labels): (_, Array1<f32>) = match training.y {
        // The entry is not made for it; a check before any fit says so.
        Target::Nothing { .. } => (Objective::SquaredError, Array1::default(0)),
        Target::Classes {
            classes, indices, ..
        } => {
            let objective = match classes.len() {
                2 => Objective::Binary,
                n => Objective::Multiclass(n),
            };
            (
                objective,
                indices.iter().map(|&index| index as f32).collect(),
            )
        }
        Target::Values(values) => {
            let objective = match params.text("objective")? {
                "poisson" => Objective::Poisson,
                "quantile" => Objective::Quantile(params.float("quantile")?),
                _ => Objective::SquaredError,
            };
            if let (Objective::Poisson, Some(row)) =
                (objective, values.iter().position(|value| *value < 0.0))
            {
                return Err(Error::Data {
                    algorithm: "lightgbm".to_owned(),
                    reason: format!("the target is {} in row {}", values[row], row + 1),
                    hint: "a Poisson target has no numbers under 0: choose another objective",
                });
            }
            (
                objective,
                values.iter().map(|&value| value as f32).collect(),
            )
        }
    };
    let (n_sums, link) = match objective {
        Objective::Binary => (1, Link::Logistic),
        Objective::Multiclass(n) => (n, Link::Softmax),
        Objective::Poisson => (1, Link::Exp),
        Objective::SquaredError | Objective::Quantile(_) => (1, Link::Identity),
    };
    let subsample = params.float("subsample")?;
    let estimator = LightGbmParams::new(objective, training.task)
        .n_estimators(params.count("n_estimators")?)
        .early_stopping(
            params.count("early_stopping_rounds")?,
            params.float("validation_fraction")?,
        )
        .seed(training.seed)
        .set("learning_rate", params.float("learning_rate")?)
        .set("num_leaves", params.count("num_leaves")?)
        // To the library, any depth that is not over 0 is no limit.
        .set("max_depth", params.count("max_depth")?)
        .set("min_data_in_leaf", params.count("min_child_samples")?)
        .set("bagging_fraction", subsample)
        .set("bagging_freq", u8::from(subsample < 1.0))
        .set("feature_fraction", params.float("colsample_bytree")?)
        .set("lambda_l1", params.float("reg_alpha")?)
        .set("lambda_l2", params.float("reg_lambda")?);
    let dataset =
        DatasetBase::new(data::view(training.x)?, labels).with_weights(data::weights(training));
    Ok(Model {
        n_features: training.x.n_columns(),
        output: data::output(training.y),
        form: Form::Boosted {
            trees: estimator.fit(&dataset)?.trees,
            offsets: vec![0.0; n_sums],
            link,
        },
    })
}
