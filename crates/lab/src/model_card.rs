//! The card of a model version: YAML and Markdown as model hubs read them, written from what is known and then a
//! person's to change.

use std::path::Path;

use assay_core::ask::ModelCard;
use assay_core::code::Code;
use assay_core::dataset::DatasetVersion;
use assay_core::reference::Reference;
use assay_core::registry::ModelVersion;
use assay_core::result::{Interval, MetricValue, RunResult};
use assay_core::run::TrainRecord;
use assay_core::schema::ColumnType;
use assay_core::train::ProblemKind;
use assay_core::words::{count, counted, difference, number};
use minijinja::{Environment as Templates, Value, context};

use crate::error::{Attempt, Cause};
use crate::imported_model;
use crate::model_files::CARD;
use crate::models::trained;
use crate::{Error, Lab};

const TEMPLATE: &str = include_str!("../../../assets/model_card.md");
/// The worst of the slices.
const SHOWN_SLICES: usize = 12;
/// A card is text that people read.
const MOST_BYTES: usize = 1 << 20;

impl Lab {
    pub fn model_card(&self, model: &Reference) -> Result<ModelCard, Error> {
        self.card_of(model)
            .attempt(|| format!("show the card of `{model}`"))
    }

    /// Replaces the text; `None` writes it anew from what is known. The folder has to be whole before, and is whole with
    /// its new sums after.
    pub fn set_model_card(
        &self,
        model: &Reference,
        text: Option<&str>,
    ) -> Result<ModelCard, Error> {
        self.write_card(model, text)
            .attempt(|| format!("change the card of `{model}`"))
    }

    /// The same with the text of a file.
    pub fn load_model_card(&self, model: &Reference, file: &Path) -> Result<ModelCard, Error> {
        std::fs::read_to_string(file)
            .map_err(|error| Cause::io(file, error))
            .and_then(|text| self.write_card(model, Some(&text)))
            .attempt(|| format!("change the card of `{model}`"))
    }

    /// The card as it is written from what is known.
    pub(crate) fn new_card(
        &self,
        version: &ModelVersion,
        record: &TrainRecord,
    ) -> Result<String, Cause> {
        let trained = trained(version)?;
        let reference = Reference::version(trained.dataset.as_str(), trained.dataset_number);
        let dataset = self.store.dataset_version(&reference)?;
        let n_missing = self.profile_of(&reference)?.n_missing;
        let result = self.result_of(trained.run_id, None)?;
        render(version, record, &dataset, n_missing, &result)
    }

    fn card_from_what_is_known(&self, version: &ModelVersion) -> Result<String, Cause> {
        match &version.imported {
            Some(imported) => imported_model::card(version, imported),
            None => self.new_card(version, &self.record_of(version)?),
        }
    }

    fn card_of(&self, model: &Reference) -> Result<ModelCard, Cause> {
        let version = self.store.model_version(model)?;
        let path = self.store.registry_file(&version.key(), CARD)?;
        let text = std::fs::read_to_string(&path).map_err(|error| Cause::io(&path, error))?;
        // The card of a version from another lab is as it came.
        let is_known = version.imported.is_some() || self.record_here(&version)?.is_some();
        let written = match is_known {
            true => self.card_from_what_is_known(&version)?,
            false => text.clone(),
        };
        Ok(ModelCard {
            model: version.key(),
            is_edited: text != written,
            text,
        })
    }

    fn write_card(&self, model: &Reference, text: Option<&str>) -> Result<ModelCard, Cause> {
        let version = self.store.model_version(model)?;
        let text = match text {
            Some(text) => text.to_owned(),
            None => self.card_from_what_is_known(&version)?,
        };
        if text.trim().is_empty() || text.len() > MOST_BYTES {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!("a card of {} bytes is none", count(text.len() as u64)),
                "write some words, at most a megabyte of them",
            ));
        }
        let key = version.key();
        let file = (CARD, text.as_bytes());
        self.store
            .replace_registry_file(&key, file, self.act(), |sums| self.signature_of(&key, sums))?;
        self.card_of(model)
    }
}

fn render(
    version: &ModelVersion,
    record: &TrainRecord,
    dataset: &DatasetVersion,
    n_missing: u64,
    result: &RunResult,
) -> Result<String, Cause> {
    let trained = trained(version)?;
    let metrics = result.metrics.iter().map(metric);
    let slices = result.slices.iter().take(SHOWN_SLICES).map(|slice| {
        context! {
            column => slice.column,
            label => slice.label,
            n => count(slice.n),
            metric => slice.metric,
            value => number(slice.value),
            interval => interval(&slice.interval),
        }
    });
    let steps = record.recipe.steps.iter().map(|step| {
        let columns = match step.columns() {
            [] => "all columns".to_owned(),
            columns => columns.join(", "),
        };
        context! { label => step.label(), columns }
    });
    let inputs = version.signature.inputs.iter().map(|input| {
        context! { name => input.name, kind => input.kind.label(), seen => input.seen }
    });
    let left_out = record.recipe.left_out.iter().map(|column| {
        context! { name => column.column, reason => column.reason }
    });
    let mut params = record.spec.params.clone();
    params.extend(record.chosen_params.clone().unwrap_or_default());
    let params = params
        .iter()
        .map(|(name, value)| context! { name, value => value.to_string() });
    let outputs: Vec<String> = version
        .signature
        .outputs
        .iter()
        .map(|output| format!("`{}`", output.name))
        .collect();
    let environment = &record.environment;
    let mut templates = Templates::new();
    templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    templates.add_filter("cell", cell);
    templates.add_filter("yaml", yaml);
    let mut text = templates.render_str(
        TEMPLATE,
        context! {
            task => task(record.problem),
            name => version.model.as_str(),
            number => version.version,
            algorithm => version.algorithm,
            assay => environment.assay,
            purpose => purpose(record),
            outputs => outputs.join(" and "),
            sample => sample(version),
            data => context! {
                name => dataset.dataset.as_str(),
                reference => crate::dataset_reference(dataset).to_string(),
                hash => trained.dataset_version.short(),
                n_rows => count(dataset.n_rows),
                n_columns => dataset.columns.columns.len(),
                missing => if n_missing == 0 {
                    "no value missing".to_owned()
                } else {
                    format!("{} missing", counted(n_missing, "value", "values"))
                },
            },
            n_train => count(record.n_train_rows),
            n_test => count(record.n_test_rows),
            steps => steps.collect::<Vec<_>>(),
            left_out => left_out.collect::<Vec<_>>(),
            params => params.collect::<Vec<_>>(),
            seed => record.spec.seed,
            computer => format!(
                "{} {}, {}",
                environment.os,
                environment.arch,
                counted(u64::from(environment.n_threads), "thread", "threads")
            ),
            run => trained.run_id.as_str(),
            has_intervals => result.metrics.iter().any(|metric| metric.interval.is_some()),
            metrics => metrics.collect::<Vec<_>>(),
            slices => slices.collect::<Vec<_>>(),
            inputs => inputs.collect::<Vec<_>>(),
            parity => context! {
                rows => count(trained.parity.rows),
                runtime => trained.parity.runtime,
                flips => count(trained.parity.label_flips),
                max_abs => difference(trained.parity.max_abs_diff),
                tolerance => format!("{:.0e}", trained.parity.tolerance),
            },
            limits => limits(record, result),
        },
    )?;
    text.truncate(text.trim_end().len());
    text.push('\n');
    Ok(text)
}

/// As model hubs name it.
pub(crate) fn task(problem: ProblemKind) -> &'static str {
    match problem {
        ProblemKind::Regression => "tabular-regression",
        ProblemKind::Binary | ProblemKind::Multiclass => "tabular-classification",
        ProblemKind::Clustering | ProblemKind::Anomaly | ProblemKind::Embedding => "other",
    }
}

/// What the model is for, after `trained to`.
fn purpose(record: &TrainRecord) -> String {
    match record.problem {
        ProblemKind::Binary | ProblemKind::Multiclass | ProblemKind::Regression => {
            format!("predict `{}`", record.spec.target)
        }
        ProblemKind::Clustering => "put rows into clusters".to_owned(),
        ProblemKind::Anomaly => "find rows that are unlike the others".to_owned(),
        ProblemKind::Embedding => "place rows among few coordinates".to_owned(),
    }
}

fn metric(metric: &MetricValue) -> Value {
    context! {
        name => metric.name,
        value => metric.value,
        shown => number(metric.value),
        interval => metric.interval.as_ref().map(interval).unwrap_or_default(),
    }
}

fn interval(interval: &Interval) -> String {
    format!("{} to {}", number(interval.low), number(interval.high))
}

/// One row of raw columns in Python, with nothing in it.
pub(crate) fn sample(version: &ModelVersion) -> String {
    let cells: Vec<String> = version
        .signature
        .inputs
        .iter()
        .map(|input| {
            let value = match input.kind {
                ColumnType::Text => "\"\"",
                _ => "float(\"nan\")",
            };
            format!("{}: {value}", yaml(input.name.clone()))
        })
        .collect();
    format!("{{{}}}", cells.join(", "))
}

fn limits(record: &TrainRecord, result: &RunResult) -> Vec<String> {
    let mut limits = record.warnings.clone();
    limits.extend(
        result
            .slices
            .iter()
            .filter(|slice| slice.is_worse)
            .map(|slice| {
                format!(
                    "Worse where {} is {}: {} {} on {}",
                    slice.column,
                    slice.label,
                    slice.metric,
                    number(slice.value),
                    counted(slice.n, "row", "rows")
                )
            }),
    );
    let n_small = result.slices.iter().filter(|slice| slice.is_small).count() as u64;
    if n_small > 0 {
        limits.push(format!(
            "{} of the test rows too small to lean on",
            counted(n_small, "slice", "slices")
        ));
    }
    limits
}

/// A text that stays in its place of a line or a table.
pub(crate) fn cell(text: String) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace(['\r', '\n'], " ")
}

/// Whatever stands in quotes as JSON is a text of YAML, and of Python.
pub(crate) fn yaml(text: String) -> String {
    serde_json::Value::String(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_in_their_places() {
        assert_eq!(cell("a|b\n<i>".to_owned()), "a\\|b &lt;i>");
        assert_eq!(yaml("a: \"b\"".to_owned()), r#""a: \"b\"""#);
    }
}
