//! Smaller models of a version: made, measured beside the original, kept in its folder, exported in its place.

use std::collections::HashSet;
use std::path::Path;
use std::time::Instant;

use assay_core::ask::Written;
use assay_core::code::Code;
use assay_core::matrix::Prediction;
use assay_core::metrics::main_metrics;
use assay_core::reference::Reference;
use assay_core::registry::ModelVersion;
use assay_core::run::TrainRecord;
use assay_core::variants::{ModelVariant, ShrinkSpec, VARIANT_SCHEMA, VariantKind, VariantMeasure};
use assay_core::{Columns, ObjectHash, Target, Task};
use assay_onnx::{Session, Shrunk, compare_all};

use crate::error::{Attempt, Cause};
use crate::gates::truth;
use crate::intact::read_with;
use crate::model_files;
use crate::{Error, Lab};

/// The share of the nodes that stays when none is named.
const HALF: f64 = 0.5;
/// Rows that are timed one by one.
const TIMED_ROWS: usize = 200;
const BATCH_ROWS: usize = 1_024;
const TIMED_BATCHES: usize = 15;
/// Rows that trees are pruned by, at most.
const PRUNED_BY_ROWS: usize = 20_000;

/// What variants are measured on.
struct Tested {
    columns: Columns,
    truth: Option<Target>,
    classes: Vec<String>,
}

impl Lab {
    /// Makes a smaller graph of a version, measures both on the rows that the version was tested on, and keeps it in the
    /// version's folder in place of one of its kind. Trees are pruned by what other rows show, those that it was trained
    /// on, so that the figures are those of rows that nothing was chosen by.
    ///
    /// # Errors
    /// The graph does not get smaller in this way; a file of the version is damaged.
    pub fn shrink(&self, spec: &ShrinkSpec, task: &Task) -> Result<ModelVariant, Error> {
        self.shrink_version(spec, task)
            .attempt(|| format!("make {} of `{}`", spec.to.name(), spec.model))
    }

    fn shrink_version(&self, spec: &ShrinkSpec, task: &Task) -> Result<ModelVariant, Cause> {
        if spec.size.is_some() && spec.to != VariantKind::Pruned {
            return Err(Cause::with_hint(
                Code::Invalid,
                format!(
                    "a size is named, and {} has the size that it has",
                    spec.to.name()
                ),
                "name a size for pruned trees alone",
            ));
        }
        let version = self.store.model_version(&spec.model)?;
        let key = version.key();
        let intact = self.intact(&key)?;
        let tested = self.tested(&version)?;
        let runtime = self.runtime()?;
        task.step(0, 0, "shrinking");
        let Shrunk { bytes, note } = match spec.to {
            VariantKind::Float16 => assay_onnx::to_float16(&intact.onnx)?,
            VariantKind::Int8 => assay_onnx::to_int8(&intact.onnx)?,
            VariantKind::Pruned => {
                let share = spec.size.unwrap_or(HALF);
                let seen = self.trained_columns(&version)?;
                // Every row was tested where the run cross-validated alone: there are no others.
                let rows = if seen.n_rows > 0 {
                    &seen
                } else {
                    &tested.columns
                };
                assay_onnx::prune(runtime, &intact.onnx, share, rows)?
            }
        };
        task.step(0, 0, "measuring");
        let (original, before) = self.measured(&intact.onnx, &tested, task)?;
        let (measured, after) = self.measured(&bytes, &tested, task)?;
        let variant = ModelVariant {
            schema: VARIANT_SCHEMA,
            version: key.clone(),
            kind: spec.to,
            file: spec.to.file(),
            onnx: ObjectHash(blake3::hash(&bytes).to_hex().to_string()),
            measured,
            original,
            differences: compare_all(&before, &after)?,
            note,
            created_ms: self.environment.now_ms(),
        };
        task.step(0, 0, "storing");
        let file = (variant.file.as_str(), bytes.as_slice());
        self.store
            .replace_registry_file(&key, file, self.act(), |sums| self.signature_of(&key, sums))?;
        self.store.put_variant(&variant, self.act())?;
        Ok(variant)
    }

    fn tested(&self, version: &ModelVersion) -> Result<Tested, Cause> {
        let record = self.tested_record(version)?;
        let stored = self.predictions(crate::models::trained(version)?.run_id)?;
        Ok(Tested {
            columns: self.tested_columns(&record, &stored, &record.fitted.inputs)?,
            truth: truth(&stored, &record),
            classes: record.classes,
        })
    }

    /// At most [`PRUNED_BY_ROWS`] of the rows that it was not tested on, evenly.
    fn trained_columns(&self, version: &ModelVersion) -> Result<Columns, Cause> {
        let record = self.tested_record(version)?;
        let tested = self.predictions(crate::models::trained(version)?.run_id)?;
        let tested: HashSet<u64> = tested.rows.into_iter().collect();
        let reference = Reference::version(record.dataset.as_str(), record.dataset_number);
        let frame = self.frame_of(&self.store.dataset_version(&reference)?)?;
        let seen: Vec<usize> = (0..frame.n_rows())
            .filter(|&row| !tested.contains(&(row as u64)))
            .collect();
        let step = seen.len().div_ceil(PRUNED_BY_ROWS).max(1);
        let rows: Vec<usize> = seen.into_iter().step_by(step).collect();
        Ok(assay_frame::raw_columns(
            &frame,
            &rows,
            &record.fitted.inputs,
        )?)
    }

    fn tested_record(&self, version: &ModelVersion) -> Result<TrainRecord, Cause> {
        self.record_here(version)?.ok_or_else(|| {
            Cause::with_hint(
                Code::Precondition,
                "the rows that it was tested on are in another lab",
                "make smaller models of it there, and push the version again",
            )
        })
    }

    fn measured(
        &self,
        onnx: &[u8],
        tested: &Tested,
        task: &Task,
    ) -> Result<(VariantMeasure, Prediction), Cause> {
        let session = self.runtime()?.session(onnx)?;
        let prediction = session.predict(&tested.columns, &tested.classes)?;
        let rows = 0..tested.columns.n_rows.min(TIMED_ROWS);
        let rows: Vec<Columns> = rows.map(|row| tested.columns.slice(row..row + 1)).collect();
        let row_secs = median_secs(&session, &rows, tested, task)?;
        let batch = tested.columns.slice(0..BATCH_ROWS);
        let batch_rows = batch.n_rows as u64;
        let batches = vec![batch; TIMED_BATCHES];
        let batch_secs = median_secs(&session, &batches, tested, task)?;
        let measure = VariantMeasure {
            size_bytes: onnx.len() as u64,
            row_latency_micros: row_secs * 1e6,
            batch_rows,
            batch_latency_millis: batch_secs * 1e3,
            metrics: tested
                .truth
                .as_ref()
                .map(|truth| main_metrics(truth, &prediction))
                .unwrap_or_default(),
        };
        Ok((measure, prediction))
    }

    /// Copies the folder of a version with a smaller model in the place of the whole one.
    pub(crate) fn export_variant(
        &self,
        model: &Reference,
        kind: VariantKind,
        folder: &Path,
    ) -> Result<Written, Cause> {
        let version = self.store.model_version(model)?;
        let key = version.key();
        let variants = self.store.variants(&key)?;
        let variant = variants
            .into_iter()
            .find(|variant| variant.kind == kind)
            .ok_or_else(|| {
                Cause::with_hint(
                    Code::NotFound,
                    format!("{key} has no variant {}", kind.name()),
                    format!("make it: `assay model shrink {key} --to {}`", kind.name()),
                )
            })?;
        let read = read_with(&self.store.registry_path(&key)?, |_| true);
        self.require_sound(&read)?;
        let onnx = read.kept.get(&variant.file).cloned().unwrap_or_default();
        if blake3::hash(&onnx).to_hex().as_str() != variant.onnx.as_str() {
            return Err(Cause::with_hint(
                Code::Precondition,
                format!("its files are damaged: {}", variant.file),
                "make the smaller model again",
            ));
        }
        let tested = self.tested(&version)?;
        let sample = tested.columns.slice(0..crate::model_sample::N_ROWS);
        let answers = self
            .runtime()?
            .session(&onnx)?
            .predict(&sample, &tested.classes)?;
        let smaller = ModelVersion {
            onnx: variant.onnx.clone(),
            onnx_size_bytes: onnx.len() as u64,
            ..version.clone()
        };
        let files = model_files::of_variant(&model_files::VariantFiles {
            version: &smaller,
            record: &self.tested_record(&version)?,
            variant: &variant,
            onnx: &onnx,
            answers: &answers,
            others: read.kept,
        })?;
        let size_bytes =
            assay_store::write_folder(folder, &files, |sums| self.signature_of(&key, sums))?;
        Ok(Written {
            path: folder.display().to_string(),
            size_bytes,
        })
    }
}

/// 0 of no rows.
fn median_secs(
    session: &Session,
    calls: &[Columns],
    tested: &Tested,
    task: &Task,
) -> Result<f64, Cause> {
    let mut secs = Vec::with_capacity(calls.len());
    for columns in calls {
        task.check()?;
        let started = Instant::now();
        session.predict(columns, &tested.classes)?;
        secs.push(started.elapsed().as_secs_f64());
    }
    secs.sort_unstable_by(f64::total_cmp);
    Ok(secs.get(secs.len() / 2).copied().unwrap_or(0.0))
}
