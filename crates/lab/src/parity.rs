//! Parity: the exported graph against the model as it was trained, on the test rows and on adversarial ones.

use std::fs;

use assay_core::adversarial::{AdversarialRows, StoredAdversarial};
use assay_core::code::Code;
use assay_core::drift::ReferenceSketch;
use assay_core::matrix::Prediction;
use assay_core::parity::{ParityParts, ParityReport};
use assay_core::registry::ModelVersion;
use assay_core::run::{StoredPredictions, TrainRecord};
use assay_core::{Columns, RunId};
use assay_onnx::{compare, compare_adversarial, compare_slices};

use crate::Lab;
use crate::error::Cause;
use crate::model_files::{REFERENCE_JSON, SAMPLE_ANSWER, SAMPLE_REQUEST};
use crate::model_sample;
use crate::models::stored_prediction;
use crate::serving::sample_columns;
use crate::training::ADVERSARIAL;

/// Rows with what the model as trained said of them.
pub(crate) struct Sides<'a> {
    pub test: (&'a Columns, &'a Prediction),
    /// `None` for a run of a time when they were not kept.
    pub adversarial: Option<(&'a AdversarialRows, &'a Prediction)>,
}

impl Lab {
    /// What a graph says of the rows through ONNX Runtime, against what the trained model said of them.
    pub(crate) fn parity(
        &self,
        onnx: &[u8],
        sides: &Sides<'_>,
        classes: &[String],
    ) -> Result<ParityReport, Cause> {
        let runtime = self.runtime()?;
        let session = runtime.session(onnx)?;
        let (columns, ours) = sides.test;
        let theirs = session.predict(columns, classes)?;
        let name = format!("onnxruntime {}", runtime.version());
        let mut report = compare(ours, &theirs, &name)?;
        let adversarial = match sides.adversarial {
            Some((rows, ours)) if rows.columns.n_rows > 0 => {
                compare_adversarial(rows, ours, &session.predict(&rows.columns, classes)?)?
            }
            _ => Vec::new(),
        };
        report.passed &= adversarial.iter().all(|part| part.differences.passed);
        report.parts = Some(ParityParts {
            adversarial,
            slices: compare_slices(columns, ours, &theirs)?,
        });
        Ok(report)
    }

    /// A graph against what a run keeps of its model's answers.
    pub(crate) fn parity_of_run(
        &self,
        run_id: &RunId,
        record: &TrainRecord,
        stored: &StoredPredictions,
        onnx: &[u8],
    ) -> Result<ParityReport, Cause> {
        let columns = self.tested_columns(record, stored, &record.fitted.inputs)?;
        let adversarial = self.adversarial_of_run(run_id)?;
        let sides = Sides {
            test: (&columns, &stored_prediction(stored)),
            adversarial: adversarial.as_ref().map(|(rows, answers)| (rows, answers)),
        };
        self.parity(onnx, &sides, &record.classes)
    }

    /// What the graph of a version of another lab says of the request in its folder, against the answer beside it.
    pub(crate) fn parity_of_sample(
        &self,
        version: &ModelVersion,
        onnx: &[u8],
    ) -> Result<Option<ParityReport>, Cause> {
        let key = version.key();
        let read = |name: &str| {
            let path = self.store.registry_file(&key, name)?;
            fs::read(&path).map_err(|error| Cause::io(&path, error))
        };
        let reference: ReferenceSketch = serde_json::from_slice(&read(REFERENCE_JSON)?)?;
        let columns = sample_columns(&version.signature, &reference, &read(SAMPLE_REQUEST)?)?;
        let classes = self.record_of(version)?.classes;
        let wanted = model_sample::read_answer(&read(SAMPLE_ANSWER)?, &classes)?;
        let runtime = self.runtime()?;
        let said = runtime.session(onnx)?.predict(&columns, &classes)?;
        let name = format!("onnxruntime {}", runtime.version());
        Ok(Some(compare(&wanted, &said, &name)?))
    }

    fn adversarial_of_run(
        &self,
        run_id: &RunId,
    ) -> Result<Option<(AdversarialRows, Prediction)>, Cause> {
        let artifacts = self.store.artifacts(run_id)?;
        let Some(kept) = artifacts.iter().find(|file| file.path == ADVERSARIAL) else {
            return Ok(None);
        };
        let bytes = self.store.read_object(&kept.object)?;
        let stored: StoredAdversarial = serde_json::from_slice(&bytes)?;
        Ok(Some(stored.into_parts()))
    }
}

/// # Errors
/// Every part that is over tolerance, counted.
pub(crate) fn require_parity(report: &ParityReport) -> Result<(), Cause> {
    if report.passed {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::Precondition,
        format!(
            "the ONNX file does not predict the same: {}",
            report.failures().join("; ")
        ),
        "train again; a file that predicts differently is not registered",
    ))
}
