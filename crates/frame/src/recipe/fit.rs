//! What a recipe learns from the training rows.

use assay_core::recipe::{
    DateUnit, FittedRecipe, FittedStep, Missing, Number, Plan, Recipe, Source, Step, Value,
    missing_name,
};
use assay_core::schema::ColumnType;
use assay_core::{Columns, Matrix, Target, Task};

use super::rows::Rows;
use super::{components, filters, numbers, target_means, texts, words};
use crate::error::Error;

/// Learns from the rows given, and from nothing else.
///
/// Means and standard deviations are over the values that are present. A constant column gets its own value as mean and a
/// standard deviation of 1, so that it becomes 0. A column without a value is filled with 0.
///
/// # Errors
/// [`Error::NoSuchColumn`] for an input that the rows lack; [`Error::Recipe`] for a step that does not fit its column, a
/// text column that never becomes a number, and a step that needs the target (see [`fit_and_apply`]).
pub fn fit_recipe(columns: &Columns, recipe: &Recipe) -> Result<FittedRecipe, Error> {
    let task = Task::silent();
    Ok(Fitting::new(columns, recipe, None, Missing::Refused, &task)?.fitted)
}

/// Learns from the rows given and their target, and gives the features of the same rows. Where a feature is learnt from
/// the target, a row's own target is not in it, so these features are others than [`super::apply_recipe`] gives.
///
/// # Errors
/// As [`fit_recipe`] and [`super::apply_recipe`]; [`Error::Cancelled`].
pub fn fit_and_apply(
    columns: &Columns,
    target: &Target,
    recipe: &Recipe,
    missing: Missing,
    task: &Task,
) -> Result<(FittedRecipe, Matrix), Error> {
    let fitting = Fitting::new(columns, recipe, Some(target), missing, task)?;
    let matrix = fitting.rows.matrix(&fitting.plan, missing)?;
    Ok((fitting.fitted, matrix))
}

/// Invariant: `plan` is that of `fitted`, except that features learnt from the target are those of the training rows.
struct Fitting<'a> {
    rows: Rows<'a>,
    target: Option<&'a Target>,
    task: &'a Task,
    plan: Plan,
    fitted: FittedRecipe,
}

impl<'a> Fitting<'a> {
    fn new(
        columns: &'a Columns,
        recipe: &Recipe,
        target: Option<&'a Target>,
        missing: Missing,
        task: &'a Task,
    ) -> Result<Self, Error> {
        let inputs = &recipe.inputs;
        if inputs.is_empty() {
            return Err(Error::Recipe("it has no input column".to_owned()));
        }
        for (index, input) in inputs.iter().enumerate() {
            if inputs.iter().take(index).any(|i| i.name == input.name) {
                return Err(Error::Recipe(format!(
                    "it names the input `{}` twice",
                    input.name
                )));
            }
        }
        let mut fitting = Self {
            rows: Rows::new(columns, inputs)?,
            target,
            task,
            plan: Plan::new(inputs),
            fitted: FittedRecipe {
                schema: recipe.schema,
                inputs: inputs.clone(),
                steps: Vec::new(),
                features: Vec::new(),
                missing,
            },
        };
        for step in &recipe.steps {
            fitting.step(step)?;
        }
        fitting.finish()?;
        Ok(fitting)
    }

    fn finish(&mut self) -> Result<(), Error> {
        for column in self.plan.columns() {
            if let Value::Text(_) = column.value {
                return Err(stays_text(&column.name));
            }
        }
        self.fitted.features = self.plan.features();
        if self.fitted.features.is_empty() {
            return Err(Error::Recipe("it leaves no feature".to_owned()));
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), Error> {
        match step {
            Step::Ratio { columns } | Step::Product { columns } => {
                let (Some(name), [a, b]) = (step.combined_name(), &columns[..]) else {
                    return Err(Error::Recipe(format!(
                        "the step {} takes two columns, and {} are named",
                        step.label(),
                        columns.len()
                    )));
                };
                let (a, b) = (a.clone(), b.clone());
                self.keep(match step {
                    Step::Ratio { .. } => FittedStep::Ratio {
                        name,
                        numerator: a,
                        denominator: b,
                    },
                    _ => FittedStep::Product {
                        name,
                        left: a,
                        right: b,
                    },
                })
            }
            Step::Select { columns } => {
                let kept = self.meant_by(columns)?;
                let others = self.plan.columns().iter().map(|column| column.name.clone());
                let others = others.filter(|name| !kept.contains(name)).collect();
                self.drop(others, "it is not selected")
            }
            Step::Drop { columns } => {
                let dropped = self.meant_by(columns)?;
                self.drop(dropped, "it is taken out by the recipe")
            }
            Step::VarianceFilter { columns, threshold } => {
                let names = self.all_or(columns)?;
                let rows = &self.rows;
                let dropped = filters::variance(rows, &self.plan, &names, *threshold, self.task)?;
                dropped.into_iter().try_for_each(|step| self.keep(step))
            }
            Step::CorrelationFilter { columns, threshold } => {
                let names = self.all_or(columns)?;
                let rows = &self.rows;
                let dropped =
                    filters::correlation(rows, &self.plan, &names, *threshold, self.task)?;
                dropped.into_iter().try_for_each(|step| self.keep(step))
            }
            Step::Pca {
                columns,
                n_components,
                variance,
            } => {
                let names = self.all_or(columns)?;
                let size = components::Size {
                    n_components: n_components.map_or(usize::MAX, |n| n as usize),
                    variance: variance.unwrap_or(1.0),
                };
                let learnt = components::learn(&self.rows, &self.plan, names, size, self.task)?;
                self.keep(learnt)
            }
            _ => {
                for name in self.meant_by(step.columns())? {
                    self.task.check()?;
                    self.learn(step, &name)?;
                }
                Ok(())
            }
        }
    }

    fn keep(&mut self, step: FittedStep) -> Result<(), Error> {
        self.plan.apply(&step)?;
        self.fitted.steps.push(step);
        Ok(())
    }

    fn drop(&mut self, names: Vec<String>, reason: &str) -> Result<(), Error> {
        names.into_iter().try_for_each(|column| {
            self.keep(FittedStep::Drop {
                column,
                reason: reason.to_owned(),
            })
        })
    }

    fn all_or(&self, columns: &[String]) -> Result<Vec<String>, Error> {
        if columns.is_empty() {
            let all = self.plan.columns().iter();
            return Ok(all.map(|column| column.name.clone()).collect());
        }
        self.meant_by(columns)
    }

    fn meant_by(&self, columns: &[String]) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for column in columns {
            let meant = self.plan.meant_by(column);
            if meant.is_empty() {
                return Err(Error::Recipe(format!(
                    "a step names the column `{column}`, which is no input"
                )));
            }
            names.extend(meant);
        }
        Ok(names)
    }

    fn learn(&mut self, step: &Step, name: &str) -> Result<(), Error> {
        let Some(column) = self.plan.column(name) else {
            return Ok(());
        };
        let mut learnt = Vec::new();
        if let Step::Impute {
            indicator: true, ..
        } = step
        {
            learnt.push(FittedStep::MissingFlag {
                column: name.to_owned(),
                name: missing_name(name),
            });
        }
        match &column.value {
            Value::OneHot(_) | Value::Words(_) | Value::Components(_) => {
                return Err(refused(
                    name,
                    "no step may follow one that made several features of it",
                ));
            }
            Value::Number(number) => {
                let unit = self.date_unit(number);
                let values = || self.rows.numbers(number);
                learnt.extend(numbers::learn(step, name, values, unit, self.task)?);
            }
            Value::Text(text) => {
                let values: Vec<Option<&str>> = self.rows.texts(text).collect();
                if let Step::Target {
                    smoothing, n_folds, ..
                } = step
                {
                    let Some(target) = self.target else {
                        return Err(refused(name, "its step needs the target"));
                    };
                    let of_target =
                        target_means::learn(name, &values, target, *smoothing, *n_folds);
                    drop(values);
                    self.keep(of_target.step)?;
                    for (name, values) in of_target.training_values {
                        self.plan.set_values(&name, values)?;
                    }
                    return Ok(());
                }
                learnt.extend(match words::learn(step, name, &values, self.task)? {
                    Some(learnt) => vec![learnt],
                    None => texts::learn(step, name, &values)?,
                });
            }
        }
        learnt.into_iter().try_for_each(|step| self.keep(step))
    }

    /// What a column counts that is still the raw one.
    fn date_unit(&self, number: &Number) -> Option<DateUnit> {
        let Source::Input(input) = number.source else {
            return None;
        };
        match self.fitted.inputs.get(input)?.kind {
            ColumnType::Date => Some(DateUnit::Days),
            ColumnType::Datetime => Some(DateUnit::Microseconds),
            _ => None,
        }
    }
}

pub fn stays_text(name: &str) -> Error {
    refused(
        name,
        "it never becomes a number; add a one-hot, an ordinal or a tf-idf step",
    )
}

pub fn refused(name: &str, why: &str) -> Error {
    Error::Recipe(format!("column `{name}`: {why}"))
}
