//! `assay train N[@V] --target COL …`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::ids::ExperimentName;
use assay_core::job::{JobOutcome, JobSpec};
use assay_core::recipe::Recipe;
use assay_core::reference::Reference;
use assay_core::train::{
    CalibrationMethod, CvSpec, CvWindow, ParamValue, SplitMethod, SplitSpec, TRAIN_SPEC_SCHEMA,
    TargetTransform, TrainSpec,
};
use assay_lab::{Cause, Error, Lab};
use serde::de::DeserializeOwned;

use crate::algorithms::names;
use crate::output::Output;
use crate::progress;
use crate::run_text::Shown;

#[derive(clap::Args)]
pub struct Arguments {
    /// The data set, `name` or `name@version`
    #[arg(required_unless_present = "spec")]
    dataset: Option<Reference>,
    /// The column to predict; none for an algorithm that learns without one, like k_means
    #[arg(long, required_unless_present_any = ["spec", "algorithm"], value_name = "COL")]
    target: Option<String>,
    /// Without a target: a column of groups or anomalies that are known; no feature, and what is found is compared with it
    #[arg(long, value_name = "COL", conflicts_with = "target")]
    labels: Option<String>,
    /// One of `assay algorithms`
    #[arg(long, default_value = "random_forest", value_parser = names(), hide_possible_values = true)]
    algorithm: String,
    /// A parameter of the algorithm; may be given several times
    #[arg(long = "param", value_name = "K=V")]
    params: Vec<String>,
    /// A recipe of the lab, `name` or `name@version`, or a JSON file; else one is made from the profile
    #[arg(long, value_name = "NAME|FILE")]
    recipe: Option<String>,
    /// Share of rows held out for the test
    #[arg(long, default_value_t = 0.2, value_name = "F", value_parser = fraction)]
    test_size: f64,
    /// Folds of a cross-validation on the training rows
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100))]
    cv: Option<u32>,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Stratified for classes and random for numbers when nothing is said
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Rows of one value of this column stay on one side
    #[arg(long, value_name = "COL")]
    group: Option<String>,
    /// The column that orders the rows of a split by time; else their order in the file does
    #[arg(long, value_name = "COL")]
    time: Option<String>,
    /// Rows left out between training and test of a split by time
    #[arg(long, default_value_t = 0, value_name = "N")]
    gap: u32,
    /// A column of numbers: a row of weight 2 counts as two rows in every fit
    #[arg(long, value_name = "COL")]
    weight: Option<String>,
    /// Correct the probabilities of classes by what models of folds inside the training rows said of rows they had not
    /// seen
    #[arg(long, value_enum, value_name = "METHOD")]
    calibrate: Option<Calibrate>,
    /// Learn the target on another scale; predictions and metrics are on its own
    #[arg(long, value_enum, value_name = "SCALE", conflicts_with = "calibrate")]
    target_transform: Option<Transform>,
    /// How often the cross-validation is repeated, each time in another order
    #[arg(long, default_value_t = 1, value_name = "N", requires = "cv", value_parser = clap::value_parser!(u32).range(1..=100))]
    cv_repeats: u32,
    /// Folds of another kind than the split
    #[arg(long, value_enum, requires = "cv")]
    cv_split: Option<Split>,
    /// Folds by time train on the last N rows before them, instead of all
    #[arg(long, value_name = "N", requires = "cv", value_parser = clap::value_parser!(u32).range(1..))]
    cv_window: Option<u32>,
    /// Parameters to choose from by folds inside the training rows; give it once for each choice
    #[arg(long = "candidate", value_name = "K=V,K=V")]
    candidates: Vec<String>,
    /// Folds that choose among the candidates
    #[arg(long, default_value_t = 3, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=20))]
    inner_folds: u32,
    /// Train on N growing parts of the training rows, too, to see whether more rows would help
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=20))]
    learning_curve: Option<u32>,
    #[arg(long)]
    experiment: Option<String>,
    /// The run's name
    #[arg(long)]
    name: Option<String>,
    /// Train although the data breaks its expectations, and say why; the audit log keeps it
    #[arg(long = "override", value_name = "WHY")]
    override_expectations: Option<String>,
    /// All of it as one JSON file, as `assay runs show` prints it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dataset", "target"])]
    spec: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Split {
    Random,
    Stratified,
    Grouped,
    StratifiedGrouped,
    Time,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Calibrate {
    /// A logistic curve; for few rows too
    Platt,
    /// A rising curve of steps; for a thousand rows and more
    Isotonic,
    /// One number that makes all probabilities less, or more, sure
    Temperature,
}

impl From<Calibrate> for CalibrationMethod {
    fn from(method: Calibrate) -> Self {
        match method {
            Calibrate::Platt => Self::Platt,
            Calibrate::Isotonic => Self::Isotonic,
            Calibrate::Temperature => Self::Temperature,
        }
    }
}

#[derive(Clone, Copy, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
enum Transform {
    /// The logarithm, of targets over 0
    Log,
    /// The logarithm of one more, of targets over -1
    #[value(name = "log1p")]
    Log1p,
    /// The power that makes targets over 0 most normal
    BoxCox,
    /// The same for targets of any sign
    YeoJohnson,
}

impl From<Transform> for TargetTransform {
    fn from(transform: Transform) -> Self {
        match transform {
            Transform::Log => Self::Log,
            Transform::Log1p => Self::Log1p,
            Transform::BoxCox => Self::BoxCox,
            Transform::YeoJohnson => Self::YeoJohnson,
        }
    }
}

impl Split {
    fn method(split: Option<Self>) -> SplitMethod {
        match split {
            None => SplitMethod::Auto,
            Some(Self::Random) => SplitMethod::Random,
            Some(Self::Stratified) => SplitMethod::Stratified,
            Some(Self::Grouped) => SplitMethod::Grouped,
            Some(Self::StratifiedGrouped) => SplitMethod::StratifiedGrouped,
            Some(Self::Time) => SplitMethod::Time,
        }
    }
}

impl Arguments {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        let spec = self.spec()?;
        let job = progress::run(lab, JobSpec::Train(Box::new(spec)))?;
        if let Some(JobOutcome::Run { run_id }) = &job.outcome {
            let shown = Shown::of(lab, run_id, None)?;
            output.result(&shown.summary(), |_| shown.text());
        }
        Ok(ExitCode::SUCCESS)
    }

    fn spec(&self) -> Result<TrainSpec, Error> {
        if let Some(path) = &self.spec {
            let mut spec: TrainSpec = read(path, "a training spec")?;
            if let Some(reason) = &self.override_expectations {
                spec.override_expectations = Some(reason.clone());
            }
            return Ok(spec);
        }
        let params = self.params(self.params.iter().map(String::as_str))?;
        let candidates = self
            .candidates
            .iter()
            .map(|given| self.params(assignments(given).into_iter()))
            .collect::<Result<_, _>>()?;
        let (recipe, named_recipe) = match self.recipe.as_deref() {
            None => (None, None),
            Some(given) => recipe(given)?,
        };
        let Some(dataset) = self.dataset.clone() else {
            // The argument parser wants one when no file is named.
            return Err(Error::new(
                "train",
                Cause::said(Code::Invalid, "no data set was named"),
            ));
        };
        Ok(TrainSpec {
            schema: TRAIN_SPEC_SCHEMA,
            dataset,
            target: self.target.clone().unwrap_or_default(),
            labels: self.labels.clone(),
            algorithm: Some(self.algorithm.clone()),
            params,
            recipe,
            named_recipe,
            split: SplitSpec {
                method: Split::method(self.split),
                test_fraction: self.test_size,
                group: self.group.clone(),
                time: self.time.clone(),
                gap: self.gap,
            },
            weight: self.weight.clone(),
            calibrate: self.calibrate.map(Into::into),
            target_transform: self.target_transform.map(Into::into),
            cv_folds: self.cv,
            cv: CvSpec {
                method: Split::method(self.cv_split),
                repeats: self.cv_repeats,
                window: self
                    .cv_window
                    .map_or(CvWindow::Expanding, |max_train_rows| CvWindow::Sliding {
                        max_train_rows,
                    }),
                inner_folds: self.inner_folds,
            },
            candidates,
            learning_curve: self.learning_curve,
            seed: self.seed,
            experiment: self.experiment.clone().map(ExperimentName::new),
            run_name: self.name.clone(),
            override_expectations: self.override_expectations.clone(),
        })
    }

    /// Assignments as parameters of the algorithm.
    fn params<'a>(
        &self,
        assignments: impl Iterator<Item = &'a str>,
    ) -> Result<BTreeMap<String, ParamValue>, Error> {
        assignments
            .map(|given| {
                let attempted = || format!("read the parameter `{given}`");
                let (name, value) = given.split_once('=').ok_or_else(|| {
                    let cause = Cause::with_hint(
                        Code::Invalid,
                        "it holds no `=`",
                        "write for example --param max_depth=10",
                    );
                    Error::new(attempted(), cause)
                })?;
                let value = assay_lab::parse_param(&self.algorithm, name, value)
                    .map_err(|error| Error::new(attempted(), error))?;
                Ok((name.to_owned(), value))
            })
            .collect()
    }
}

/// A file when it looks like one, else a name of the lab.
fn recipe(given: &str) -> Result<(Option<Recipe>, Option<Reference>), Error> {
    let path = Path::new(given);
    if path.extension().is_some() || path.components().count() > 1 {
        return Ok((Some(read(path, "a recipe")?), None));
    }
    let named = given.parse().map_err(|error| {
        let cause = Cause::said(Code::Invalid, format!("{error}"));
        Error::new(format!("find the recipe `{given}`"), cause)
    })?;
    Ok((None, Some(named)))
}

fn read<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Error> {
    let attempted = || format!("read {what} from {}", path.display());
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(attempted(), Cause::io(path, error)))?;
    serde_json::from_str(&text).map_err(|error| {
        Error::new(
            attempted(),
            Cause::said(Code::Invalid, format!("it is not {what}: {error}")),
        )
    })
}

/// Cut at the commas that a new assignment follows: `members=ridge,knn(n_neighbors=9),final=ridge` holds two.
fn assignments(given: &str) -> Vec<&str> {
    let mut starts = vec![0];
    let mut depth = 0_i32;
    for (at, sign) in given.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                let rest = &given[at + 1..];
                let word = rest.split([',', '(']).next().unwrap_or(rest);
                if word.contains('=') {
                    starts.push(at + 1);
                }
            }
            _ => {}
        }
    }
    let ends = starts.iter().skip(1).map(|start| start - 1);
    let ends = ends.chain([given.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| given.get(start..end).unwrap_or_default())
        .collect()
}

fn fraction(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("a share over 0 and under 1, for example 0.2".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_a_value_stay() {
        for (given, wanted) in [
            ("max_depth=3", vec!["max_depth=3"]),
            ("a=1,b=2", vec!["a=1", "b=2"]),
            (
                "members=ridge,knn(n_neighbors=9,metric=manhattan),final=ridge",
                vec![
                    "members=ridge,knn(n_neighbors=9,metric=manhattan)",
                    "final=ridge",
                ],
            ),
            ("weights=1,2,folds=3", vec!["weights=1,2", "folds=3"]),
        ] {
            assert_eq!(assignments(given), wanted);
        }
    }
}
