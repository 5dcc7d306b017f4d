//! A registered model trained anew on other rows, keeping nothing: what simulated retraining needs.

use std::collections::BTreeMap;

use assay_core::code::Code;
use assay_core::reference::Reference;
use assay_core::run::TrainRecord;
use assay_core::schema::ColumnType;
use assay_core::train::ParamValue;
use assay_core::{Columns, Target, Task};

use super::division::Division;
use super::fit::{FittedModel, Fitting, fit_rows};
use super::target_kind;
use crate::Lab;
use crate::error::Cause;

/// How a model was trained, and on what.
pub struct Again {
    record: TrainRecord,
    params: BTreeMap<String, ParamValue>,
    /// Of the target column.
    kind: ColumnType,
    /// The rows it was trained on.
    pub columns: Columns,
    pub target: Target,
}

impl Lab {
    /// Also says in `notes` what will be otherwise than it was.
    ///
    /// # Errors
    /// A model without a target, or data that cannot be read.
    pub(crate) fn again(
        &self,
        record: &TrainRecord,
        notes: &mut Vec<String>,
    ) -> Result<Again, Cause> {
        let given = record.chosen_params.as_ref().unwrap_or(&record.spec.params);
        let params = assay_learn::resolve_params(&record.algorithm, given)?;
        for (is_otherwise, what) in [
            (
                record.spec.calibrate.is_some(),
                "calibrating its probabilities",
            ),
            (record.spec.weight.is_some(), "the weights of its rows"),
        ] {
            if is_otherwise {
                notes.push(format!("the model is trained again without {what}"));
            }
        }
        let dataset = Reference::version(record.dataset.as_str(), record.dataset_number);
        let version = match self.store.dataset_version(&dataset) {
            Ok(version) => Some(version),
            Err(assay_store::Error::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        let known = version.filter(|version| version.content == record.dataset_version);
        let Some(version) = known else {
            notes.push(format!(
                "`{dataset}`, which the model was trained on, is not in this lab; it is trained again on the log alone"
            ));
            return Ok(Again {
                params,
                kind: ColumnType::Text,
                columns: nothing(record),
                target: target(record, ColumnType::Text, Vec::new()),
                record: record.clone(),
            });
        };
        let frame = self.frame_of(&version)?;
        let kind = target_kind(&record.spec, &params)?;
        let rows = assay_frame::target(&frame, &record.spec.target, kind)?;
        let split = &record.spec.split;
        let division = Division::new(&frame, &rows, split, record.spec.seed, &mut Vec::new())?;
        let train = &division.hold_out.train;
        let places = train
            .iter()
            .filter_map(|place| rows.rows.get(*place).copied());
        let places: Vec<usize> = places.collect();
        Ok(Again {
            params,
            kind: match &rows.target {
                Target::Classes { kind, .. } => *kind,
                Target::Values(_) | Target::Nothing { .. } => ColumnType::Float,
            },
            columns: assay_frame::raw_columns(&frame, &places, &record.recipe.inputs)?,
            target: rows.target.take(train),
            record: record.clone(),
        })
    }
}

impl Again {
    pub fn is_of_classes(&self) -> bool {
        !self.record.classes.is_empty()
    }

    /// Truths as the model takes them: places of classes, or numbers.
    pub fn target(&self, truths: Vec<f64>) -> Target {
        target(&self.record, self.kind, truths)
    }

    /// The same recipe, algorithm, parameters and seed on other rows.
    pub fn fit(
        &self,
        columns: &Columns,
        target: &Target,
        task: &Task,
    ) -> Result<FittedModel, Cause> {
        if columns.n_rows == 0 {
            return Err(Cause::said(Code::Invalid, "there are no rows to train on"));
        }
        let fitting = Fitting {
            algorithm: &self.record.algorithm,
            params: &self.params,
            recipe: &self.record.recipe,
            transform: self.record.spec.target_transform,
            weights: None,
            seed: self.record.spec.seed,
        };
        fit_rows(&fitting, columns, target, task)
    }
}

fn nothing(record: &TrainRecord) -> Columns {
    let inputs = record.recipe.inputs.iter();
    Columns {
        n_rows: 0,
        columns: inputs
            .map(|input| assay_core::RawColumn {
                name: input.name.clone(),
                values: match input.is_text() {
                    true => assay_core::RawValues::Texts(Vec::new()),
                    false => assay_core::RawValues::Numbers(Vec::new()),
                },
            })
            .collect(),
    }
}

fn target(record: &TrainRecord, kind: ColumnType, truths: Vec<f64>) -> Target {
    if record.classes.is_empty() {
        return Target::Values(truths);
    }
    Target::Classes {
        classes: record.classes.clone(),
        kind,
        indices: truths.into_iter().map(|class| class as u32).collect(),
    }
}
