//! Training: data, recipe, split, fit, measure, export, check the export, keep everything.

mod environment;
mod folds;
mod keep;

pub(crate) use keep::{MODEL, PREDICTIONS, REFERENCE, prediction_column};

use std::collections::BTreeMap;

use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::ids::ExperimentName;
use assay_core::matrix::Prediction;
use assay_core::recipe::{self, FittedRecipe, Recipe};
use assay_core::reference::Reference;
use assay_core::run::{RunStatus, TrainRecord};
use assay_core::split::{self, HoldOut};
use assay_core::train::{AlgorithmInfo, ParamValue, ProblemKind, TrainSpec};
use assay_core::{Columns, Matrix, RunId, Target, Task, metrics, run::RUN_SCHEMA};
use assay_frame::{Frame, TargetColumn, TargetKind};
use assay_learn::Training;
use assay_store::{FinishedRun, NewRun};

use crate::error::{Attempt, Cause};
use crate::expectations::Gate;
use crate::{Error, Lab};

pub const DEFAULT_EXPERIMENT: &str = "Default";

/// Everything that is settled before the first model is fitted.
struct Plan {
    version: DatasetVersion,
    frame: Frame,
    algorithm: String,
    params: BTreeMap<String, ParamValue>,
    recipe: Recipe,
    target: TargetColumn,
    /// Positions in `target.rows`.
    hold_out: HoldOut,
    warnings: Vec<String>,
    gate: Gate,
}

/// A model with the rows and features it was made from and measured on.
struct Fitted {
    fitted: FittedRecipe,
    model: assay_core::model::Model,
    /// 0-based rows of the version.
    train_rows: Vec<usize>,
    test_rows: Vec<usize>,
    train_columns: Columns,
    test_columns: Columns,
    train_target: Target,
    test_target: Target,
    train_prediction: Prediction,
    test_prediction: Prediction,
}

impl Lab {
    pub fn algorithms(&self) -> Vec<AlgorithmInfo> {
        assay_learn::catalogue()
    }

    /// The recipe that training would use for a target when none is given.
    pub fn suggest_recipe(&self, dataset: &Reference, target: &str) -> Result<Recipe, Error> {
        self.recipe_for(dataset, target)
            .attempt(|| format!("make a recipe for `{target}` of `{dataset}`"))
    }

    fn recipe_for(&self, dataset: &Reference, target: &str) -> Result<Recipe, Cause> {
        let version = self.store.dataset_version(dataset)?;
        require_column(&version, target)?;
        Ok(recipe::recommend(
            &self.profile_of(dataset)?,
            &version.columns,
            target,
        ))
    }

    /// Trains one model and keeps the run under the id given. A run that fails after it began stays, as failed.
    pub fn train(&self, spec: &TrainSpec, run_id: &RunId, task: &Task) -> Result<(), Error> {
        let attempted = || format!("train on `{}`", spec.dataset);
        let plan = self.plan(spec, task).attempt(attempted)?;
        self.begin(spec, run_id, &plan).attempt(attempted)?;
        match self.train_planned(spec, run_id, &plan, task) {
            Ok(()) => Ok(()),
            Err(cause) => {
                let error = Error::new(attempted(), cause);
                let now = self.environment.now_ms();
                let end = FinishedRun {
                    failure: Some(error.failure()),
                    ..FinishedRun::new(RunStatus::Failed, now)
                };
                self.store
                    .finish_run(run_id, &end)
                    .attempt(|| format!("close the failed run {run_id}"))?;
                Err(error)
            }
        }
    }

    fn plan(&self, spec: &TrainSpec, task: &Task) -> Result<Plan, Cause> {
        let version = self.store.dataset_version(&spec.dataset)?;
        require_column(&version, &spec.target)?;
        let algorithm = spec.algorithm_name().to_owned();
        let params = assay_learn::resolve_params(&algorithm, &spec.params)?;
        // Loaded before anything is fitted: without it there would be no model to keep.
        self.runtime()?;
        let mut gate = self.gate_training(&version, spec.override_expectations.as_deref(), task)?;
        let mut warnings = std::mem::take(&mut gate.warnings);
        task.step(0, 0, "reading");
        let frame = self.frame_of(&version)?;
        let target = assay_frame::target(&frame, &spec.target, target_kind(&algorithm))?;
        if target.n_missing > 0 {
            warnings.push(format!(
                "{} rows without a value of `{}` were left out",
                target.n_missing, spec.target
            ));
        }
        require_task(&algorithm, target.target.problem(), &spec.target)?;
        // Before the recipe: too few rows is what a person should hear first.
        let all: Vec<usize> = (0..target.target.n_rows()).collect();
        let hold_out = split::hold_out(&target.target, &all, &spec.split, spec.seed)?;
        let recipe = match &spec.recipe {
            Some(recipe) => recipe.clone(),
            None => recipe::recommend(
                &self.profile_of(&spec.dataset)?,
                &version.columns,
                &spec.target,
            ),
        };
        recipe::validate(&recipe, &version.columns, &spec.target)?;
        for left_out in &recipe.left_out {
            warnings.push(format!(
                "`{}` is not used: {}",
                left_out.column, left_out.reason
            ));
        }
        for warning in &warnings {
            task.warn(warning.clone());
        }
        Ok(Plan {
            version,
            frame,
            algorithm,
            params,
            recipe,
            target,
            hold_out,
            warnings,
            gate,
        })
    }

    fn begin(&self, spec: &TrainSpec, run_id: &RunId, plan: &Plan) -> Result<(), Cause> {
        let mut params: BTreeMap<String, String> = plan
            .params
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect();
        params.insert("algorithm".to_owned(), plan.algorithm.clone());
        params.insert("target".to_owned(), spec.target.clone());
        params.insert("seed".to_owned(), spec.seed.to_string());
        params.insert(
            "test_fraction".to_owned(),
            spec.split.test_fraction.to_string(),
        );
        let experiment = spec
            .experiment
            .clone()
            .unwrap_or_else(|| ExperimentName::new(DEFAULT_EXPERIMENT));
        self.store.begin_run(NewRun {
            run_id: run_id.clone(),
            experiment,
            name: spec.run_name.clone(),
            started_ms: self.environment.now_ms(),
            params,
            tags: plan.gate.tag().into_iter().collect(),
            dataset: Some((plan.version.dataset.clone(), plan.version.version)),
            process_id: Some(std::process::id()),
        })?;
        self.audit_override(&plan.gate, run_id)
    }

    fn train_planned(
        &self,
        spec: &TrainSpec,
        run_id: &RunId,
        plan: &Plan,
        task: &Task,
    ) -> Result<(), Cause> {
        let hold_out = &plan.hold_out;
        if let Some(n_folds) = spec.cv_folds {
            self.cross_validate(spec, run_id, plan, &hold_out.train, n_folds, task)?;
        }
        let fitted = self.fit_once(spec, plan, hold_out, task)?;
        let test_metrics = metrics::evaluate(&fitted.test_target, &fitted.test_prediction)?;
        self.log_all(
            run_id,
            test_metrics
                .iter()
                .map(|(key, value)| (format!("test.{key}"), *value, 0)),
        )?;
        let problem = plan.target.target.problem();
        let record = TrainRecord {
            schema: RUN_SCHEMA,
            spec: TrainSpec {
                recipe: Some(plan.recipe.clone()),
                ..spec.clone()
            },
            problem,
            algorithm: plan.algorithm.clone(),
            dataset: plan.version.dataset.clone(),
            dataset_number: plan.version.version,
            dataset_version: plan.version.content.clone(),
            recipe: plan.recipe.clone(),
            fitted: fitted.fitted.clone(),
            classes: classes(&plan.target.target),
            n_train_rows: fitted.train_rows.len() as u64,
            n_test_rows: fitted.test_rows.len() as u64,
            environment: environment::describe(&self.environment.folder, self.runtime()?.version()),
            warnings: plan.warnings.clone(),
        };
        self.keep(run_id, &record, &fitted, task)
    }

    /// Recipe and model on the training rows, predictions on both sides.
    fn fit_once(
        &self,
        spec: &TrainSpec,
        plan: &Plan,
        hold_out: &HoldOut,
        task: &Task,
    ) -> Result<Fitted, Cause> {
        let rows_of = |positions: &[usize]| -> Vec<usize> {
            positions
                .iter()
                .filter_map(|&position| plan.target.rows.get(position).copied())
                .collect()
        };
        let (train_rows, test_rows) = (rows_of(&hold_out.train), rows_of(&hold_out.test));
        let train_columns =
            assay_frame::raw_columns(&plan.frame, &train_rows, &plan.recipe.inputs)?;
        let test_columns = assay_frame::raw_columns(&plan.frame, &test_rows, &plan.recipe.inputs)?;
        task.step(0, 0, "fitting the recipe");
        let fitted = assay_frame::fit_recipe(&train_columns, &plan.recipe)?;
        let train_matrix = assay_frame::apply_recipe(&train_columns, &fitted)?;
        let test_matrix = assay_frame::apply_recipe(&test_columns, &fitted)?;
        task.check()?;
        let train_target = plan.target.target.take(&hold_out.train);
        let model = fit(plan, &train_matrix, &train_target, spec.seed, task)?;
        task.step(0, 0, "measuring");
        Ok(Fitted {
            train_prediction: assay_learn::predict(&model, &train_matrix),
            test_prediction: assay_learn::predict(&model, &test_matrix),
            test_target: plan.target.target.take(&hold_out.test),
            fitted,
            model,
            train_rows,
            test_rows,
            train_columns,
            test_columns,
            train_target,
        })
    }
}

fn fit(
    plan: &Plan,
    matrix: &Matrix,
    target: &Target,
    seed: u64,
    task: &Task,
) -> Result<assay_core::model::Model, Cause> {
    let training = Training {
        x: matrix,
        y: target,
        weights: None,
        seed,
        task,
    };
    Ok(assay_learn::fit(&plan.algorithm, &plan.params, &training)?)
}

fn require_column(version: &DatasetVersion, target: &str) -> Result<(), Cause> {
    if version.columns.column(target).is_some() {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::NotFound,
        format!("there is no column `{target}`"),
        format!("the columns are {}", version.columns.names().join(", ")),
    ))
}

/// An algorithm that only regresses takes the target as numbers, whatever it looks like.
fn target_kind(algorithm: &str) -> TargetKind {
    let info = assay_learn::catalogue()
        .into_iter()
        .find(|info| info.name == algorithm);
    match info {
        Some(info)
            if info
                .problems
                .iter()
                .all(|problem| !problem.is_classification()) =>
        {
            TargetKind::Values
        }
        Some(info)
            if info
                .problems
                .iter()
                .all(|problem| problem.is_classification()) =>
        {
            TargetKind::Classes
        }
        _ => TargetKind::Auto,
    }
}

fn require_task(algorithm: &str, problem: ProblemKind, target: &str) -> Result<(), Cause> {
    let catalogue = assay_learn::catalogue();
    let able = |info: &AlgorithmInfo| info.problems.contains(&problem);
    if catalogue
        .iter()
        .any(|info| info.name == algorithm && able(info))
    {
        return Ok(());
    }
    let others: Vec<&str> = catalogue
        .iter()
        .filter(|info| able(info))
        .map(|info| info.name.as_str())
        .collect();
    let what = if problem.is_classification() {
        "classes"
    } else {
        "numbers"
    };
    Err(Cause::with_hint(
        Code::Invalid,
        format!("`{target}` holds {what}, which {algorithm} does not predict"),
        format!("choose {}", others.join(", ")),
    ))
}

fn classes(target: &Target) -> Vec<String> {
    match target {
        Target::Classes { classes, .. } => classes.clone(),
        Target::Values(_) => Vec::new(),
    }
}

/// The command that trains a record again.
pub(crate) fn command(record: &TrainRecord) -> String {
    let spec = &record.spec;
    let mut words = vec![
        "assay train".to_owned(),
        quote(&dataset_reference_of(record)),
        format!("--target {}", quote(&spec.target)),
        format!("--algorithm {}", record.algorithm),
    ];
    words.extend(
        spec.params
            .iter()
            .map(|(name, value)| format!("--param {name}={}", quote(&value.to_string()))),
    );
    words.push(format!("--test-size {}", spec.split.test_fraction));
    let method = match spec.split.method {
        assay_core::train::SplitMethod::Auto => None,
        assay_core::train::SplitMethod::Random => Some("random"),
        assay_core::train::SplitMethod::Stratified => Some("stratified"),
        assay_core::train::SplitMethod::Time => Some("time"),
    };
    words.extend(method.map(|method| format!("--split {method}")));
    words.extend(spec.cv_folds.map(|folds| format!("--cv {folds}")));
    words.push(format!("--seed {}", spec.seed));
    words.extend(
        spec.override_expectations
            .as_deref()
            .map(|reason| format!("--override {}", quote(reason))),
    );
    words.join(" ")
}

fn dataset_reference_of(record: &TrainRecord) -> String {
    Reference::version(record.dataset.as_str(), record.dataset_number).to_string()
}

fn quote(text: &str) -> String {
    let plain = !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/' | '+'));
    if plain {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
