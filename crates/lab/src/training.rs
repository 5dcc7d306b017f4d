//! Training: data, recipe, split, fit, measure, export, check the export, keep everything.

mod adversarial;
mod again;
mod calibrate;
mod choose;
mod command;
mod curves;
mod division;
mod environment;
mod fit;
mod folds;
mod importances;
mod keep;
mod leaks;
mod learning_curve;
mod no_target;
mod reproduce;
mod result;
pub(crate) mod rows_reference;
mod watch;
mod weights;

pub(crate) use again::Again;
pub(crate) use command::command;
pub(crate) use fit::FittedModel;
pub(crate) use keep::{
    ADVERSARIAL, MODEL, PREDICTIONS, REFERENCE, RESULT, VALIDATION, prediction_column,
};
pub(crate) use result::threshold;
pub(crate) use watch::{Errors, classes_reference, remember_errors};

use std::collections::BTreeMap;

use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::ids::ExperimentName;
use assay_core::leakage::Leak;
use assay_core::matrix::Prediction;
use assay_core::model::{Model, Output};
use assay_core::profile::Profile;
use assay_core::recipe::{self, FittedRecipe, LeftOut, Recipe};
use assay_core::reference::Reference;
use assay_core::run::{RunStatus, TrainRecord};
use assay_core::schema::Schema;
use assay_core::train::{
    AlgorithmInfo, CalibrationMethod, ParamValue, ProblemKind, SplitMethod, SplitSpec,
    TargetTransform, TrainSpec,
};
use assay_core::{Columns, RunId, Target, Task, run::RUN_SCHEMA};
use assay_frame::{Frame, TargetColumn, TargetKind};
use assay_store::{FinishedRun, NewRun};

use self::choose::Offered;
use self::division::Division;
use self::leaks::Sides;
use self::no_target::Labels;
use self::result::Beside;
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
    /// Among which the training rows choose; empty: `params` it is.
    candidates: Vec<Offered>,
    recipe: Recipe,
    /// Which of the lab's it is, with its version.
    named_recipe: Option<Reference>,
    target: TargetColumn,
    /// Per position in the target's rows; `None`: each counts 1.
    weights: Option<Vec<f32>>,
    calibrate: Option<CalibrationMethod>,
    transform: Option<TargetTransform>,
    /// How folds for the calibration are made.
    split: SplitSpec,
    /// Of a run without a target: the groups that are known.
    labels: Option<Labels>,
    division: Division,
    warnings: Vec<String>,
    gate: Gate,
}

/// A model with the rows and features it was made from and measured on.
struct Fitted {
    fitted: FittedRecipe,
    model: Model,
    /// 0-based rows of the version.
    train_rows: Vec<usize>,
    test_rows: Vec<usize>,
    train_columns: Columns,
    test_columns: Columns,
    train_target: Target,
    test_target: Target,
    test_prediction: Prediction,
    /// Of a split by time alone, where drift is measured against it.
    train_prediction: Option<Prediction>,
    leaks: Vec<Leak>,
    /// Of the test rows, where groups are known.
    test_labels: Option<Labels>,
}

impl Lab {
    pub fn algorithms(&self) -> Vec<AlgorithmInfo> {
        crate::algorithms()
    }

    /// The recipe that training would use when none is given; an empty target is none, and all columns are features.
    pub fn suggest_recipe(&self, dataset: &Reference, target: &str) -> Result<Recipe, Error> {
        self.recipe_for(dataset, target)
            .attempt(|| format!("make a recipe for `{target}` of `{dataset}`"))
    }

    fn recipe_for(&self, dataset: &Reference, target: &str) -> Result<Recipe, Cause> {
        let version = self.store.dataset_version(dataset)?;
        if !target.is_empty() {
            require_column(&version, target)?;
        }
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
        let algorithm = spec.algorithm_name().to_owned();
        let without_target = no_target::problem(&algorithm, spec)?;
        if without_target.is_none() {
            require_column(&version, &spec.target)?;
        }
        let params = assay_learn::resolve_params(&algorithm, &spec.params)?;
        let candidates = choose::offered(spec)?;
        spec.learning_curve
            .map_or(Ok(()), learning_curve::check_points)?;
        // Loaded before anything is fitted: without it there would be no model to keep.
        self.runtime()?;
        let mut gate = self.gate_training(&version, spec.override_expectations.as_deref(), task)?;
        let mut warnings = std::mem::take(&mut gate.warnings);
        task.step(0, 0, "reading");
        let frame = self.frame_of(&version)?;
        let target = match without_target {
            Some(problem) => no_target::rows(&frame, problem),
            None => assay_frame::target(&frame, &spec.target, target_kind(spec, &params)?)?,
        };
        if target.n_missing > 0 {
            warnings.push(format!(
                "{} rows without a value of `{}` were left out",
                target.n_missing, spec.target
            ));
        }
        if without_target.is_none() {
            require_task(&algorithm, target.target.problem(), &spec.target)?;
        }
        calibrate::check(spec, &target.target)?;
        // Before the recipe: too few rows is what a person should hear first.
        let division = Division::new(&frame, &target, &spec.split, spec.seed, &mut warnings)?;
        warnings.extend(calibrate::doubts(spec, division.hold_out.train.len()));
        let weights = spec
            .weight
            .as_deref()
            .map(|column| weights::of_column(&frame, column, &spec.target, &target))
            .transpose()?;
        let labels = no_target::labels(&frame, spec)?;
        let (recipe, named_recipe) = self.recipe_to_train(spec, &version)?;
        if without_target.is_some() {
            no_target::check_recipe(&recipe)?;
        }
        recipe::validate(
            &recipe,
            &version.columns,
            spec.known_column(),
            fit::missing_of(&algorithm)?,
        )?;
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
            candidates,
            recipe,
            named_recipe,
            target,
            weights,
            calibrate: spec.calibrate,
            transform: spec.target_transform,
            split: spec.split.clone(),
            labels,
            division,
            warnings,
            gate,
        })
    }

    /// The recipe that a spec names or holds, else one of the profile; and which of the lab's it is.
    fn recipe_to_train(
        &self,
        spec: &TrainSpec,
        version: &DatasetVersion,
    ) -> Result<(Recipe, Option<Reference>), Cause> {
        match (&spec.recipe, &spec.named_recipe) {
            (Some(_), Some(named)) => Err(Cause::with_hint(
                Code::Invalid,
                format!("it holds a recipe and names another, `{named}`"),
                "leave one of them out",
            )),
            (Some(recipe), None) => Ok((recipe.clone(), None)),
            (None, Some(named)) => {
                let found = self.recipe_of(named)?;
                let pinned = Reference::version(&found.name, found.version);
                Ok((found.recipe, Some(pinned)))
            }
            (None, None) => {
                let profile = self.profile_of(&spec.dataset)?;
                Ok((recommended(&profile, &version.columns, spec), None))
            }
        }
    }

    fn begin(&self, spec: &TrainSpec, run_id: &RunId, plan: &Plan) -> Result<(), Cause> {
        let mut params: BTreeMap<String, String> = plan
            .params
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string()))
            .collect();
        params.insert("algorithm".to_owned(), plan.algorithm.clone());
        if !spec.target.is_empty() {
            params.insert("target".to_owned(), spec.target.clone());
        }
        params.insert("seed".to_owned(), spec.seed.to_string());
        for (name, value) in [
            ("calibrate", spec.calibrate.map(CalibrationMethod::name)),
            (
                "target_transform",
                spec.target_transform.map(TargetTransform::name),
            ),
        ] {
            params.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        }
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
        let validated = spec
            .cv_folds
            .map(|n_folds| self.cross_validate(spec, run_id, plan, n_folds, task))
            .transpose()?;
        let n_chosen = validated.as_ref().map(|validated| &validated.n_chosen[..]);
        let choice = plan.choose(spec, n_chosen, task)?;
        let chosen = choice
            .as_ref()
            .and_then(|choice| plan.candidates.get(choice.chosen as usize));
        let params = chosen.map_or(&plan.params, |chosen| &chosen.resolved);
        let learning_curve = spec
            .learning_curve
            .map(|n_points| plan.learning_curve(spec, params, n_points, task))
            .transpose()?;
        let chosen_params = chosen.map(|chosen| chosen.given.clone());
        let fitted =
            self.curves_of(run_id, task, |task| self.fit_once(spec, plan, params, task))?;
        let beside = Beside {
            validated,
            learning_curve,
            choice,
        };
        let validation = beside
            .validated
            .as_ref()
            .map(|validated| validated.scored.clone());
        let result = fitted.result(spec, plan, beside, task)?;
        self.log_all(
            run_id,
            result
                .metrics
                .iter()
                .map(|metric| (format!("test.{}", metric.name), metric.value, 0)),
        )?;
        let mut warnings = plan.warnings.clone();
        warnings.extend(fitted.leaks.iter().map(|leak| leak.sentence.clone()));
        let problem = plan.target.target.problem();
        let record = TrainRecord {
            schema: RUN_SCHEMA,
            spec: TrainSpec {
                named_recipe: plan.named_recipe.clone(),
                ..spec.clone()
            },
            problem,
            algorithm: plan.algorithm.clone(),
            dataset: plan.version.dataset.clone(),
            dataset_number: plan.version.version,
            dataset_version: plan.version.content.clone(),
            recipe: plan.recipe.clone(),
            fitted: fitted.fitted.clone(),
            classes: answered_classes(&fitted.model),
            n_train_rows: fitted.train_rows.len() as u64,
            n_test_rows: fitted.test_rows.len() as u64,
            environment: environment::describe(
                &self.environment.folder,
                self.runtime()?.version(),
                &plan.algorithm,
            ),
            warnings,
            leaks: fitted.leaks.clone(),
            chosen_params,
        };
        self.keep(run_id, &record, &fitted, &result, validation.as_ref(), task)
    }

    /// Recipe and model on the training rows, predictions of the test rows.
    fn fit_once(
        &self,
        spec: &TrainSpec,
        plan: &Plan,
        params: &BTreeMap<String, ParamValue>,
        task: &Task,
    ) -> Result<Fitted, Cause> {
        let sides = &plan.division.hold_out;
        let train_columns = plan.columns(&sides.train)?;
        let test_columns = plan.columns(&sides.test)?;
        let train_target = plan.target.target.take(&sides.train);
        let test_target = plan.target.target.take(&sides.test);
        let (train_rows, test_rows) = (
            plan.version_rows(&sides.train),
            plan.version_rows(&sides.test),
        );
        task.step(0, 0, "looking for leaks");
        let leaks = plan.leaks(
            spec,
            &Sides {
                train: (&train_columns, &train_target),
                test: (&test_columns, &test_target),
                train_rows: &train_rows,
                test_rows: &test_rows,
            },
        )?;
        for leak in &leaks {
            task.warn(leak.sentence.clone());
        }
        let fitted = plan.fit(params, &train_columns, &sides.train, spec.seed, task)?;
        let train_prediction = (spec.split.method == SplitMethod::Time)
            .then(|| fitted.predict(&train_columns))
            .transpose()?;
        let test_prediction = fitted.predict(&test_columns)?;
        let FittedModel { recipe, model } = fitted;
        let test_labels = plan.labels.as_ref().map(|labels| labels.take(&test_rows));
        Ok(Fitted {
            fitted: recipe,
            model,
            train_rows,
            test_rows,
            train_columns,
            test_columns,
            train_target,
            test_target,
            test_prediction,
            train_prediction,
            leaks,
            test_labels,
        })
    }
}

/// The recipe of a spec without one: columns that divide or weigh the rows are no features.
fn recommended(profile: &Profile, columns: &Schema, spec: &TrainSpec) -> Recipe {
    let mut with_roles: Vec<(&str, &str)> = Vec::new();
    if let Some(column) = spec
        .split
        .group
        .as_deref()
        .filter(|_| spec.split.method.is_grouped())
    {
        with_roles.push((column, "it names the groups of the split"));
    }
    with_roles.extend(
        spec.weight
            .as_deref()
            .map(|column| (column, "it weighs the rows")),
    );
    let mut features = columns.clone();
    features
        .columns
        .retain(|column| with_roles.iter().all(|(name, _)| column.name != *name));
    let mut recipe = recipe::recommend(profile, &features, spec.known_column());
    recipe
        .left_out
        .extend(with_roles.into_iter().map(|(column, reason)| LeftOut {
            column: column.to_owned(),
            reason: reason.to_owned(),
        }));
    recipe
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

/// An algorithm that only regresses, or a transform, takes the target as numbers, whatever it looks like; one that only
/// classifies, or a calibration, as classes.
fn target_kind(
    spec: &TrainSpec,
    params: &BTreeMap<String, ParamValue>,
) -> Result<TargetKind, Cause> {
    let problems = assay_learn::problems(spec.algorithm_name(), params)?;
    let classes = problems.iter().any(|problem| problem.is_classification());
    let numbers = problems.contains(&ProblemKind::Regression);
    let wants_classes = spec.calibrate.is_some();
    let wants_numbers = spec.target_transform.is_some();
    Ok(match (classes, numbers) {
        (false, _) => TargetKind::Values,
        (_, false) => TargetKind::Classes,
        _ if wants_numbers && !wants_classes => TargetKind::Values,
        _ if wants_classes && !wants_numbers => TargetKind::Classes,
        _ => TargetKind::Auto,
    })
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

/// Empty for numbers.
fn answered_classes(model: &Model) -> Vec<String> {
    match &model.output {
        Output::Classes { classes, .. } => classes.clone(),
        Output::Value | Output::Coordinates { .. } => Vec::new(),
    }
}

fn classes(target: &Target) -> Vec<String> {
    match target {
        Target::Classes { classes, .. } => classes.clone(),
        Target::Values(_) | Target::Nothing { .. } => Vec::new(),
    }
}
