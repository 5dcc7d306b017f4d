//! Models: registered from runs, promoted through gates, pointed at by aliases, verified, exported.

use std::fs;
use std::path::Path;

use assay_core::ask::Written;
use assay_core::code::Code;
use assay_core::drift::ReferenceSketch;
use assay_core::gate::GateReport;
use assay_core::ids::check_name;
use assay_core::matrix::Prediction;
use assay_core::parity::ParityReport;
use assay_core::recipe::InputColumn;
use assay_core::reference::Reference;
use assay_core::registered::RegisteredVersion;
use assay_core::registry::{
    ModelDetail, ModelSummary, ModelVersion, PromoteRequest, Rollback, RollbackRequest, Stage,
    Trained, VerifyReport,
};
use assay_core::run::{RunStatus, StoredPredictions, TrainRecord};
use assay_core::variants::VariantKind;
use assay_core::{Columns, ModelName, ObjectHash, RunId};
use assay_store::{FolderCheck, NewModelVersion, NewOrigin, NewTrained};

use crate::error::{Attempt, Cause};
use crate::gates::gate_passed;
use crate::intact::{IntactModel, read_model};
use crate::model_files::{self, Files, ONNX};
use crate::model_sample;
use crate::parity::require_parity;
use crate::training::{MODEL, REFERENCE};
use crate::{Error, Lab};

/// Entries of the audit log that the page of a version shows.
const SHOWN_AUDIT: u32 = 50;

impl Lab {
    pub fn models(&self) -> Result<Vec<ModelSummary>, Error> {
        self.store.models().attempt(|| "list the models".to_owned())
    }

    pub fn model(&self, model: &Reference) -> Result<ModelDetail, Error> {
        self.model_detail(model)
            .attempt(|| format!("show `{model}`"))
    }

    /// Makes a run the next version of a model: checks the ONNX file against the run's stored answers, writes the
    /// self-contained folder. Over tolerance nothing is registered.
    pub fn register(&self, run_id: &RunId, name: &ModelName) -> Result<ModelVersion, Error> {
        self.register_run(run_id, name)
            .attempt(|| format!("register run {run_id} as `{name}`"))
    }

    /// What promotion to a stage would say now.
    pub fn gate(&self, model: &Reference, to: Stage) -> Result<GateReport, Error> {
        self.store
            .model_version(model)
            .map_err(Cause::from)
            .and_then(|version| self.gate_of(&version, to, ""))
            .attempt(|| format!("check the gate of `{model}`"))
    }

    /// Moves a version to a stage when its gate lets it.
    pub fn promote(&self, request: &PromoteRequest) -> Result<GateReport, Error> {
        self.promote_version(request)
            .attempt(|| format!("promote `{}` to {}", request.model, request.to.label()))
    }

    /// Puts the version that was in production before back there, when it still is what it was. No gate is asked: it
    /// was in production.
    pub fn roll_back(&self, request: &RollbackRequest) -> Result<Rollback, Error> {
        self.roll_back_model(request)
            .attempt(|| format!("roll `{}` back", request.model))
    }

    /// Points an alias at a version, also at one that a client registered.
    pub fn set_alias(&self, model: &Reference, alias: &str) -> Result<RegisteredVersion, Error> {
        let attempted = || format!("point the alias `{alias}` at `{model}`");
        check_name(alias).attempt(attempted)?;
        let key = self.store.any_version(model).attempt(attempted)?.key();
        self.store
            .set_alias(&key, alias, self.act())
            .attempt(attempted)?;
        self.store.registered_version(&key).attempt(attempted)
    }

    /// Every file of the exported folder against its sums, and the graph against the run's stored answers.
    pub fn verify(&self, model: &Reference) -> Result<VerifyReport, Error> {
        self.verify_version(model)
            .attempt(|| format!("verify `{model}`"))
    }

    /// Copies the self-contained folder of a version. The folder must be absent or empty.
    pub fn export_model(&self, model: &Reference, folder: &Path) -> Result<Written, Error> {
        self.export_version(model, None, folder)
            .attempt(|| format!("export `{model}` to {}", folder.display()))
    }

    /// The same with a smaller model of the version in the place of the whole one.
    pub fn export_smaller(
        &self,
        model: &Reference,
        variant: VariantKind,
        folder: &Path,
    ) -> Result<Written, Error> {
        self.export_version(model, Some(variant), folder)
            .attempt(|| {
                format!(
                    "export {} of `{model}` to {}",
                    variant.name(),
                    folder.display()
                )
            })
    }

    fn model_detail(&self, model: &Reference) -> Result<ModelDetail, Cause> {
        let version = self.store.model_version(model)?;
        let versions = self.store.model_versions(&version.model)?;
        let previous = versions
            .iter()
            .filter(|other| other.version < version.version)
            .max_by_key(|other| other.version);
        let chain = self.store.verify_audit()?;
        let bytes = self.store.read_object(&version.onnx)?;
        let subject = version.key().to_string();
        Ok(ModelDetail {
            previous_metrics: previous
                .map(|other| other.metrics.clone())
                .unwrap_or_default(),
            gate: self.gate_of(&version, Stage::Production, "")?,
            rollback_to: self
                .store
                .rollback_target(&version.model)?
                .map(|target| target.version),
            audit: self.store.audit(Some(&subject), SHOWN_AUDIT)?,
            n_audit_entries: chain.as_ref().copied().unwrap_or(0),
            audit_intact: chain.is_ok(),
            replays: self
                .store
                .replays_of(&version.key())?
                .into_iter()
                .map(|replay| replay.replay_id)
                .collect(),
            folder: format!("registry/{}/{}", version.model, version.version),
            graph: assay_onnx::inspect(&bytes)?.graph,
            signed: self.signature_shown(&version.key())?,
            variants: self.store.variants(&version.key())?,
            line: self.store.line_of_model(&version.model)?,
            versions,
            version,
        })
    }

    fn register_run(&self, run_id: &RunId, name: &ModelName) -> Result<ModelVersion, Cause> {
        check_name(name.as_str())?;
        let parts = self.store.run_parts(run_id)?;
        let record = parts
            .record
            .filter(|_| parts.summary.status == RunStatus::Finished)
            .ok_or_else(|| {
                Cause::with_hint(
                    Code::Invalid,
                    "the run did not finish, so it left no model",
                    "choose a run that finished",
                )
            })?;
        let onnx = fs::read(self.artifact(run_id, MODEL)?)
            .map_err(|error| Cause::io(Path::new(MODEL), error))?;
        let parity = self.parity_of_run(run_id, &record, &self.predictions(run_id)?, &onnx)?;
        require_parity(&parity)?;
        let (reference_object, reference) = self.reference_sketch_of(run_id)?;
        let signature = model_files::signature(&record, &reference);
        let inspection = assay_onnx::inspect(&onnx)?;
        let (onnx_object, onnx_size_bytes) = self.store.put_object(&onnx)?;
        let version = self.store.register(
            NewModelVersion {
                model: name.clone(),
                origin: NewOrigin::Trained(NewTrained {
                    run_id: run_id.clone(),
                    problem: record.problem,
                    dataset: record.dataset.clone(),
                    dataset_number: record.dataset_number,
                    dataset_version: record.dataset_version.clone(),
                    parity,
                    reference: reference_object,
                }),
                algorithm: record.algorithm.clone(),
                signature,
                metrics: parts
                    .summary
                    .metrics
                    .iter()
                    .filter(|(name, _)| !is_fold(name))
                    .map(|(name, value)| (name.clone(), *value))
                    .collect(),
                onnx: onnx_object,
                onnx_size_bytes,
                opset: inspection
                    .opsets
                    .get("ai.onnx")
                    .copied()
                    .unwrap_or_default(),
            },
            self.act(),
        )?;
        if let Err(cause) = self.write_folder(&version, &record, &onnx, &reference) {
            // The lab is as it was: a full disk leaves no version without its folder.
            self.store.withdraw_version(&version.key(), self.act())?;
            return Err(cause);
        }
        Ok(version)
    }

    fn write_folder(
        &self,
        version: &ModelVersion,
        record: &TrainRecord,
        onnx: &[u8],
        reference: &ReferenceSketch,
    ) -> Result<(), Cause> {
        let stored = self.predictions(trained(version)?.run_id)?;
        let rows: Vec<usize> = (0..model_sample::N_ROWS.min(stored.rows.len())).collect();
        let columns = self.tested_columns(record, &stored, &record.fitted.inputs)?;
        let files = model_files::all(&Files {
            sample: (
                &columns.take(&rows),
                &stored_prediction(&stored).take(&rows),
            ),
            version,
            record,
            onnx,
            reference,
            card: &self.new_card(version, record)?,
            data: self.data_facts(version)?,
        })?;
        let key = version.key();
        self.store
            .write_registry(&key, &files, |sums| self.signature_of(&key, sums))?;
        Ok(())
    }

    fn reference_sketch_of(&self, run_id: &RunId) -> Result<(ObjectHash, ReferenceSketch), Cause> {
        let artifacts = self.store.artifacts(run_id)?;
        let artifact = artifacts
            .iter()
            .find(|artifact| artifact.path == REFERENCE)
            .ok_or_else(|| {
                Cause::said(Code::NotFound, "the run has no sketch of its training rows")
            })?;
        let sketch = serde_json::from_slice(&self.store.read_object(&artifact.object)?)?;
        Ok((artifact.object.clone(), sketch))
    }

    /// Columns of the rows that a run was tested on, raw, as a graph takes them.
    pub(crate) fn tested_columns(
        &self,
        record: &TrainRecord,
        stored: &StoredPredictions,
        inputs: &[InputColumn],
    ) -> Result<Columns, Cause> {
        let reference = Reference::version(record.dataset.as_str(), record.dataset_number);
        let frame = self.frame_of(&self.store.dataset_version(&reference)?)?;
        let rows: Vec<usize> = stored
            .rows
            .iter()
            .filter_map(|&row| usize::try_from(row).ok())
            .collect();
        Ok(assay_frame::raw_columns(&frame, &rows, inputs)?)
    }

    fn promote_version(&self, request: &PromoteRequest) -> Result<GateReport, Cause> {
        let version = self.store.model_version(&request.model)?;
        let report = self.gate_of(&version, request.to, &request.reason)?;
        gate_passed(&report, &version)?;
        self.store
            .set_stage(&version.key(), request.to, &request.reason, self.act())?;
        Ok(report)
    }

    fn roll_back_model(&self, request: &RollbackRequest) -> Result<Rollback, Cause> {
        let target = self.store.rollback_target(&request.model)?;
        let target = target.ok_or_else(|| {
            Cause::with_hint(
                Code::Precondition,
                "no other version was in production before",
                "move a version to production by itself",
            )
        })?;
        let version = self.store.registered_version(&target)?;
        if version.origin.has_folder() {
            self.require_intact(&Reference::version(target.model.as_str(), target.version))?;
        }
        Ok(self.store.roll_back(&target, &request.reason, self.act())?)
    }

    fn verify_version(&self, model: &Reference) -> Result<VerifyReport, Cause> {
        let version = self.store.model_version(model)?;
        let read = read_model(&self.store.registry_path(&version.key())?);
        let signed = self.judge_signature(&read)?;
        let FolderCheck { n_files, damaged } = read.check;
        let onnx = read.kept.get(ONNX);
        let parity = match onnx.filter(|_| damaged.is_empty()) {
            Some(onnx) => self.parity_of_version(&version, onnx)?,
            None => None,
        };
        Ok(VerifyReport {
            model: version.key(),
            n_files,
            passed: damaged.is_empty()
                && signed.passes()
                && parity.as_ref().is_none_or(|parity| parity.passed),
            damaged,
            signed,
            parity,
        })
    }

    /// # Errors
    /// When a file of the version is damaged, its signature does not do, or its graph predicts something else than the
    /// model did.
    fn require_intact(&self, model: &Reference) -> Result<IntactModel, Cause> {
        let version = self.store.model_version(model)?;
        let intact = self.intact(&version.key())?;
        if let Some(parity) = self.parity_of_version(&version, &intact.onnx)? {
            require_parity(&parity)?;
        }
        Ok(intact)
    }

    /// A version of another lab is tried on the few rows of its folder: the other answers of its model stayed there, and
    /// its sums say that the graph is the one that passed. `None` for an imported one.
    fn parity_of_version(
        &self,
        version: &ModelVersion,
        onnx: &[u8],
    ) -> Result<Option<ParityReport>, Cause> {
        let Some(record) = self.record_here(version)? else {
            return match version.trained() {
                Some(_) => self.parity_of_sample(version, onnx),
                None => Ok(None),
            };
        };
        let run_id = trained(version)?.run_id;
        let stored = self.predictions(run_id)?;
        let parity = self.parity_of_run(run_id, &record, &stored, onnx)?;
        Ok(Some(parity))
    }

    /// How a version was trained, as its run says or, when that is in another lab, as the version's folder does.
    pub(crate) fn record_of(&self, version: &ModelVersion) -> Result<TrainRecord, Cause> {
        trained(version)?;
        match self.record_here(version)? {
            Some(record) => Ok(record),
            None => Ok(self.provenance_of(&version.key())?.record),
        }
    }

    /// `None` when the run is in another lab, and for an imported version, which has none.
    pub(crate) fn record_here(&self, version: &ModelVersion) -> Result<Option<TrainRecord>, Cause> {
        let Some(trained) = version.trained() else {
            return Ok(None);
        };
        match self.store.run_parts(trained.run_id) {
            Err(assay_store::Error::NotFound { .. }) => Ok(None),
            parts => {
                let missing = format!("the run {} of this version has no record", trained.run_id);
                let record = parts?.record;
                Ok(Some(
                    record.ok_or_else(|| Cause::said(Code::NotFound, missing))?,
                ))
            }
        }
    }

    fn export_version(
        &self,
        model: &Reference,
        variant: Option<VariantKind>,
        folder: &Path,
    ) -> Result<Written, Cause> {
        let taken = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        if taken {
            return Err(Cause::with_hint(
                Code::Conflict,
                "the folder is not empty",
                "name a new folder",
            ));
        }
        if let Some(kind) = variant {
            return self.export_variant(model, kind, folder);
        }
        let source = self.require_intact(model)?.folder;
        fs::create_dir_all(folder).map_err(|error| Cause::io(folder, error))?;
        let size_bytes = copy_folder(&source, folder)?;
        Ok(Written {
            path: folder.display().to_string(),
            size_bytes,
        })
    }
}

/// # Errors
/// When the version was imported: what is asked of it needs the run that trained it.
pub(crate) fn trained(version: &ModelVersion) -> Result<Trained<'_>, Cause> {
    version.trained().ok_or_else(|| {
        Cause::with_hint(
            Code::Unsupported,
            format!(
                "{} was imported, so no run of this lab trained it",
                version.key()
            ),
            "choose a version that was registered from a run",
        )
    })
}

/// Whether a metric is the value of one fold only, of which a model keeps mean and spread.
fn is_fold(metric: &str) -> bool {
    metric.starts_with("cv.") && !metric.ends_with(".mean") && !metric.ends_with(".std")
}

pub(crate) fn stored_prediction(stored: &StoredPredictions) -> Prediction {
    if stored.n_components > 0 {
        Prediction::Coordinates {
            values: stored.coordinates.clone(),
            n_components: stored.n_components,
        }
    } else if stored.classes.is_empty() {
        Prediction::Values(stored.predicted_value.clone())
    } else {
        Prediction::Classes {
            indices: stored.predicted_class.clone(),
            probabilities: stored.probabilities.clone(),
            n_classes: stored.classes.len(),
        }
    }
}

/// Bytes copied.
fn copy_folder(from: &Path, to: &Path) -> Result<u64, Cause> {
    let mut size_bytes = 0;
    for entry in fs::read_dir(from).map_err(|error| Cause::io(from, error))? {
        let entry = entry.map_err(|error| Cause::io(from, error))?;
        let target = to.join(entry.file_name());
        size_bytes += fs::copy(entry.path(), &target).map_err(|error| Cause::io(&target, error))?;
    }
    Ok(size_bytes)
}
