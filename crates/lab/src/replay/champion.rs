//! The model that a log is put to: one of this lab with what it remembers of its training, or any with a data set beside it.

use assay_core::Task;
use assay_core::code::Code;
use assay_core::drift::estimate::CbpeReference;
use assay_core::drift::{
    LossModel, ReferenceSketch, SKETCH_SCHEMA, WatchReference, sketch_reference,
};
use assay_core::imported_model::{GraphAnswer, Wiring};
use assay_core::matrix::{Columns, Prediction, RawColumn, RawValues};
use assay_core::recipe::{self, InputColumn};
use assay_core::reference::Reference;
use assay_core::registry::ModelVersion;
use assay_core::schema::{Column, ColumnType, Schema};
use assay_core::train::ProblemKind;
use assay_frame::{StoredTable, raw_columns};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::performance::Performance;
use super::subject::{Model, OnDataset, Subject, reference_classes};
use crate::Lab;
use crate::error::Cause;
use crate::models::trained;
use crate::scoring::Scorer;
use crate::training::{
    Errors, classes_reference, prediction_column, remember_errors, rows_reference,
};

/// Rows of a data set that a model is asked about, so that a log can be held against what it says of them.
const MAX_ROWS: usize = 100_000;

impl Lab {
    /// `label`: what the truth is called, where the model does not know.
    pub(super) fn model_subject(
        &self,
        model: &Reference,
        dataset: Option<&Reference>,
        label: Option<&str>,
    ) -> Result<Subject, Cause> {
        let version = self.store.model_version(model)?;
        let scorer = self.scorer(model, assay_frame::n_threads())?;
        let mut champion = match &version.imported {
            None => {
                let record = self.record_of(&version)?;
                Model {
                    problem: record.problem,
                    classes: record.classes.clone(),
                    target: Some(record.spec.target.clone()),
                    record: Some(record),
                    version,
                    scorer,
                    loss_scorers: Vec::new(),
                    on_dataset: OnDataset::default(),
                }
            }
            Some(imported) => Model {
                problem: problem_of(&version, &imported.wiring)?,
                classes: imported.wiring.classes.clone(),
                target: label.map(str::to_owned),
                record: None,
                version,
                scorer,
                loss_scorers: Vec::new(),
                on_dataset: OnDataset::default(),
            },
        };
        let own = match &champion.record {
            Some(_) => Some(self.reference_of(&champion.version)?),
            None => None,
        };
        let (reference, dataset) = match (own, dataset) {
            (Some(own), None) => (own, None),
            (None, None) => {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    format!(
                        "`{}` was imported, so nothing is known of the rows that it was trained on",
                        champion.version.key()
                    ),
                    "name a data set that it was trained on, or one like it, with --reference",
                ));
            }
            (own, Some(dataset)) => {
                let version = self.store.dataset_version(dataset)?;
                let dataset = Reference::version(version.dataset.as_str(), version.version);
                let (reference, on_dataset) = self.reference_by(&champion, own, &dataset)?;
                champion.on_dataset = on_dataset;
                (reference, Some(dataset))
            }
        };
        if let Some(watch) = &reference.watch {
            champion.loss_scorers = self.loss_scorers(&champion.scorer, &watch.loss_models)?;
        }
        Ok(Subject {
            inputs: champion.scorer.inputs.clone(),
            classes: match champion.classes.is_empty() {
                true => reference_classes(&reference),
                false => champion.classes.clone(),
            },
            model: Some(champion),
            dataset,
            reference,
            challengers: Vec::new(),
            retrain: Vec::new(),
        })
    }

    pub(super) fn reference_of(&self, version: &ModelVersion) -> Result<ReferenceSketch, Cause> {
        let sketch = self.store.read_object(trained(version)?.reference)?;
        Ok(serde_json::from_slice(&sketch)?)
    }

    /// What a data set's rows look like, what the model says of them, and how far off that is where the data set has the
    /// truth. `own`: what the version remembers of its training, whose estimates stay.
    fn reference_by(
        &self,
        model: &Model,
        own: Option<ReferenceSketch>,
        dataset: &Reference,
    ) -> Result<(ReferenceSketch, OnDataset), Cause> {
        let version = self.store.dataset_version(dataset)?;
        let of_dataset = self.dataset_reference(dataset)?;
        let names: Vec<String> = of_dataset.columns.iter().map(|c| c.name.clone()).collect();
        model.scorer.require_columns(&names)?;
        let table = self.stored(&version)?;
        let n_rows = usize::try_from(version.n_rows).unwrap_or(usize::MAX);
        let n = n_rows.min(MAX_ROWS);
        let rows: Vec<usize> = (0..n).map(|row| row * n_rows / n).collect();
        let mut columns = Vec::with_capacity(model.scorer.inputs.len());
        for input in &model.scorer.inputs {
            columns.push(column(&table, &rows, input)?);
        }
        let asked = Columns { n_rows: n, columns };
        let prediction = model.scorer.predict(&asked)?;
        let mut watch = WatchReference::default();
        rows_reference::remember(&mut watch, &asked, &Task::silent())?;
        let is_input = |name: &str| model.scorer.inputs.iter().any(|input| input.name == name);
        let mut columns = of_dataset.columns;
        columns.retain(|column| is_input(&column.name));
        let said = prediction_column(&prediction, &model.classes);
        columns.push(sketch_reference("prediction", &said.values));
        let mut on_dataset = OnDataset::default();
        let target = model.target.as_ref().filter(|name| names.contains(name));
        if let Some(name) = target.filter(|_| model.problem.has_target()) {
            let kind = match model.problem.is_classification() {
                true => ColumnType::Text,
                false => ColumnType::Float,
            };
            let input = InputColumn {
                name: name.clone(),
                kind,
            };
            let truth = column(&table, &rows, &input)?.values;
            columns.push(sketch_reference("target", &truth));
            watch.classes = estimates(model, &truth, &prediction);
            on_dataset = OnDataset {
                mean_error: mean_absolute_error(&truth, &prediction),
                performance: performance(model, &truth, &prediction),
            };
            if let (None, RawValues::Numbers(truth), Prediction::Values(predicted)) =
                (&own, &truth, &prediction)
            {
                self.expect_errors(&mut watch, dataset, &asked, (truth, predicted))?;
            }
        }
        if let Some(own) = own.and_then(|own| own.watch) {
            watch.classes = own.classes;
            watch.losses = own.losses;
            watch.loss_models = own.loss_models;
        }
        let sketch = ReferenceSketch {
            schema: SKETCH_SCHEMA,
            n_rows: version.n_rows,
            columns,
            watch: Some(Box::new(watch)),
        };
        Ok((sketch, on_dataset))
    }

    /// What errors of a model that was trained elsewhere are to be expected, by its inputs as they are recommended to be
    /// turned into features here.
    fn expect_errors(
        &self,
        watch: &mut WatchReference,
        dataset: &Reference,
        asked: &Columns,
        (truth, predicted): (&[f64], &[f64]),
    ) -> Result<(), Cause> {
        let pairs = truth.iter().zip(predicted);
        let (rows, (truth, predicted)): (Vec<usize>, (Vec<f64>, Vec<f64>)) = (0..)
            .zip(pairs)
            .filter(|(_, (truth, predicted))| truth.is_finite() && predicted.is_finite())
            .map(|(row, (truth, predicted))| (row, (*truth, *predicted)))
            .unzip();
        let columns = asked.take(&rows);
        let schema = Schema {
            columns: columns.columns.iter().map(as_column).collect(),
        };
        let recipe = recipe::recommend(&self.profile_of(dataset)?, &schema, "");
        // Without features nothing is expected but what is usual.
        let Ok(recipe) = assay_frame::fit_recipe(&columns, &recipe) else {
            return Ok(());
        };
        let errors = Errors {
            recipe: &recipe,
            columns: &columns,
            row_numbers: &rows,
            truth: &truth,
            predicted: &predicted,
            seed: 0,
            producer_version: env!("CARGO_PKG_VERSION"),
        };
        remember_errors(watch, &errors, &Task::silent())
    }

    fn loss_scorers(&self, model: &Scorer, losses: &[LossModel]) -> Result<Vec<Scorer>, Cause> {
        let scorer = |loss: &LossModel| {
            let onnx = BASE64_STANDARD.decode(&loss.onnx).map_err(|error| {
                Cause::with_hint(
                    Code::Invalid,
                    format!("the model of its errors cannot be read: {error}"),
                    "register the run again",
                )
            })?;
            self.scorer_beside(model, onnx, assay_frame::n_threads())
        };
        losses.iter().map(scorer).collect()
    }
}

/// As a model takes it, whatever the data set calls it.
fn as_column(column: &RawColumn) -> Column {
    Column {
        name: column.name.clone(),
        kind: match column.values {
            RawValues::Numbers(_) => ColumnType::Float,
            RawValues::Texts(_) => ColumnType::Text,
        },
        nullable: true,
        form: None,
    }
}

/// Over rows with a label, as in a window: one that the model does not know is none.
fn performance(model: &Model, truth: &RawValues, prediction: &Prediction) -> Option<f64> {
    let mut all = Performance::default();
    match (truth, prediction) {
        (RawValues::Texts(truth), Prediction::Classes { indices, .. }) => {
            for (label, index) in truth.iter().zip(indices) {
                let known = label.as_ref().filter(|label| model.classes.contains(label));
                if let Some(label) = known {
                    let said = model.classes.get(*index as usize);
                    all.add_answer(said == Some(label));
                }
            }
        }
        (RawValues::Numbers(truth), Prediction::Values(predicted)) => {
            let errors = truth.iter().zip(predicted).map(|(a, b)| a - b);
            errors
                .filter(|error| error.is_finite())
                .for_each(|error| all.add_error(error));
        }
        _ => {}
    }
    all.value().map(|performance| performance.value)
}

/// Over rows with both.
fn mean_absolute_error(truth: &RawValues, prediction: &Prediction) -> Option<f64> {
    let (RawValues::Numbers(truth), Prediction::Values(predicted)) = (truth, prediction) else {
        return None;
    };
    let errors = truth.iter().zip(predicted).map(|(a, b)| (a - b).abs());
    let known: Vec<f64> = errors.filter(|error| error.is_finite()).collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// How well the probabilities come true on rows with a label that the model knows.
fn estimates(model: &Model, truth: &RawValues, prediction: &Prediction) -> Option<CbpeReference> {
    let (
        RawValues::Texts(truth),
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        },
    ) = (truth, prediction)
    else {
        return None;
    };
    let class = |text: &Option<String>| {
        let text = text.as_ref()?;
        let place = model.classes.iter().position(|class| class == text)?;
        u32::try_from(place).ok()
    };
    // Rows without a label that the model knows say nothing.
    let known: Vec<(usize, u32)> = (0..)
        .zip(truth)
        .filter_map(|(row, text)| Some((row, class(text)?)))
        .collect();
    let (rows, truth): (Vec<usize>, Vec<u32>) = known.into_iter().unzip();
    let of_row = |row: &usize| probabilities.get(row * n_classes..(row + 1) * n_classes);
    let probabilities: Vec<f64> = rows.iter().filter_map(of_row).flatten().copied().collect();
    let indices: Vec<u32> = rows
        .iter()
        .filter_map(|&row| indices.get(row).copied())
        .collect();
    classes_reference(
        &model.classes,
        &rows,
        &truth,
        (&indices, &probabilities, *n_classes),
    )
}

fn column(table: &StoredTable, rows: &[usize], input: &InputColumn) -> Result<RawColumn, Cause> {
    let frame = table.columns(std::slice::from_ref(&input.name), &Task::silent())?;
    let mut raw = raw_columns(&frame, rows, std::slice::from_ref(input))?;
    raw.columns
        .pop()
        .ok_or_else(|| Cause::said(Code::Bug, "a column that was read is not there"))
}

/// # Errors
/// The graph answers with something that no log can be held against.
fn problem_of(version: &ModelVersion, wiring: &Wiring) -> Result<ProblemKind, Cause> {
    match wiring.answer {
        GraphAnswer::Classes { .. } if wiring.classes.len() == 2 => Ok(ProblemKind::Binary),
        GraphAnswer::Classes { .. } => Ok(ProblemKind::Multiclass),
        GraphAnswer::Value { .. } => Ok(ProblemKind::Regression),
        GraphAnswer::Coordinates { .. } | GraphAnswer::Tensors => Err(Cause::with_hint(
            Code::Unsupported,
            format!(
                "`{}` answers with neither classes nor one number a row",
                version.key()
            ),
            "replay models that classify or regress",
        )),
    }
}
