//! What a log is held against: a model version with the sketch of its training rows, or a version of a data set.

use assay_core::Task;
use assay_core::code::Code;
use assay_core::drift::challenge::Policy;
use assay_core::drift::{
    ReferenceSketch, SKETCH_SCHEMA, SketchShape, WatchReference, sketch_reference,
};
use assay_core::matrix::Columns;
use assay_core::recipe::InputColumn;
use assay_core::reference::Reference;
use assay_core::registry::{ModelVersion, SignatureColumn};
use assay_core::replay::ReplaySpec;
use assay_core::run::TrainRecord;
use assay_core::train::ProblemKind;

use super::challengers::Challenger;
use super::retraining::require_model;
use crate::Lab;
use crate::error::Cause;
use crate::scoring::Scorer;
use crate::training::rows_reference;

/// What a replay needs of the two.
pub struct Subject {
    /// `None`: nothing is scored.
    pub model: Option<Model>,
    /// In the place of a model, or of the rows that it was trained on.
    pub dataset: Option<Reference>,
    pub reference: ReferenceSketch,
    /// Columns that are watched.
    pub inputs: Vec<InputColumn>,
    /// Names of the classes that the target and the predictions hold.
    pub classes: Vec<String>,
    /// Models that are asked about the same rows.
    pub challengers: Vec<Challenger>,
    /// When the model is trained again, to see what that would have brought.
    pub retrain: Vec<Policy>,
}

pub struct Model {
    pub version: ModelVersion,
    /// `None` of a version that was imported.
    pub record: Option<TrainRecord>,
    pub problem: ProblemKind,
    /// Those that it tells apart; none for numbers.
    pub classes: Vec<String>,
    /// What the truth was called in training.
    pub target: Option<String>,
    pub scorer: Scorer,
    /// In the order of the reference's loss models.
    pub loss_scorers: Vec<Scorer>,
    /// How it does on the data set in the place of its training rows.
    pub on_dataset: OnDataset,
}

/// How a model does on a data set that has the truth.
#[derive(Debug, Clone, Copy, Default)]
pub struct OnDataset {
    /// Mean absolute error of numbers.
    pub mean_error: Option<f64>,
    /// Accuracy, or root of the mean squared error.
    pub performance: Option<f64>,
}

impl Lab {
    pub(super) fn subject(&self, spec: &ReplaySpec) -> Result<Subject, Cause> {
        let subject = self.held_up(spec)?;
        require_model(spec, subject.model.as_ref())?;
        Ok(Subject {
            challengers: self.challengers(spec, subject.model.as_ref())?,
            retrain: spec.retrain.clone(),
            ..subject
        })
    }

    fn held_up(&self, spec: &ReplaySpec) -> Result<Subject, Cause> {
        match (&spec.model, &spec.reference) {
            (Some(model), dataset) => {
                self.model_subject(model, dataset.as_ref(), spec.mapping.label.as_deref())
            }
            (None, Some(dataset)) => self.dataset_subject(dataset),
            (None, None) => Err(Cause::with_hint(
                Code::Invalid,
                "nothing was named to hold the log against",
                "name a model with --model, or a data set with --reference",
            )),
        }
    }

    fn dataset_subject(&self, dataset: &Reference) -> Result<Subject, Cause> {
        let version = self.store.dataset_version(dataset)?;
        let dataset = Reference::version(version.dataset.as_str(), version.version);
        let columns = version.columns.columns.iter();
        Ok(Subject {
            model: None,
            reference: self.dataset_reference(&dataset)?,
            dataset: Some(dataset),
            inputs: columns
                .map(|column| InputColumn {
                    name: column.name.clone(),
                    kind: column.kind,
                })
                .collect(),
            classes: Vec::new(),
            challengers: Vec::new(),
            retrain: Vec::new(),
        })
    }

    /// The sketch of a data set's version, made once and then kept beside the lab's caches.
    pub(super) fn dataset_reference(&self, dataset: &Reference) -> Result<ReferenceSketch, Cause> {
        let version = self.store.dataset_version(dataset)?;
        if let Some(sketch) = self.store.reference_sketch(&version.content)? {
            return Ok(sketch);
        }
        let table = self.stored(&version)?;
        let rows: Vec<usize> = (0..usize::try_from(version.n_rows).unwrap_or(usize::MAX)).collect();
        let mut columns = Vec::new();
        let some = rows_reference::taken(rows.len(), version.columns.columns.len());
        let mut together = Columns {
            n_rows: some.len(),
            columns: Vec::new(),
        };
        // One at a time: the whole need not fit into memory.
        for column in &version.columns.columns {
            let names = std::slice::from_ref(&column.name);
            let frame = table.columns(names, &Task::silent())?;
            let input = InputColumn {
                name: column.name.clone(),
                kind: column.kind,
            };
            let raw = assay_frame::raw_columns(&frame, &rows, &[input])?;
            columns.extend(
                raw.columns
                    .iter()
                    .map(|column| sketch_reference(&column.name, &column.values)),
            );
            if together.columns.len() < rows_reference::MAX_COLUMNS {
                together.columns.extend(raw.take(&some).columns);
            }
        }
        let mut watch = WatchReference::default();
        rows_reference::remember(&mut watch, &together, &Task::silent())?;
        let sketch = ReferenceSketch {
            schema: SKETCH_SCHEMA,
            n_rows: version.n_rows,
            columns,
            watch: Some(Box::new(watch)),
        };
        self.store
            .save_reference_sketch(&version.content, &sketch)?;
        Ok(sketch)
    }
}

impl Subject {
    pub fn has_target(&self) -> bool {
        let model = self.model.as_ref();
        model.is_some_and(|model| model.problem.has_target())
    }

    /// What training called the truth.
    pub fn target(&self) -> Option<&str> {
        let model = self.model.as_ref().filter(|_| self.has_target());
        model.and_then(|model| model.target.as_deref())
    }

    /// What the version measured on its test rows.
    pub fn test_metric(&self, metric: &str) -> Option<f64> {
        let metrics = &self.model.as_ref()?.version.metrics;
        metrics.get(&format!("test.{metric}")).copied()
    }

    /// Accuracy or `rmse` on the test rows; of a version that was imported on those of the data set.
    pub fn baseline(&self, metric: &str) -> Option<f64> {
        let model = self.model.as_ref()?;
        match &model.record {
            Some(_) => self.test_metric(metric),
            None => model.on_dataset.performance,
        }
    }

    /// What a usual error of numbers is: on the test rows, or on those of the data set.
    pub fn usual_error(&self) -> Option<f64> {
        let model = self.model.as_ref()?;
        self.test_metric("mae").or(model.on_dataset.mean_error)
    }

    /// About what the truth of numbers is.
    pub fn target_centre(&self) -> f64 {
        let mut columns = self.reference.columns.iter();
        let target = columns.find(|column| column.name == "target");
        target
            .and_then(|target| target.quantile(1, 2))
            .unwrap_or_default()
    }

    /// To be said of a version that cannot be watched without labels.
    pub fn without_estimates(&self) -> Option<String> {
        let model = self.model.as_ref().filter(|_| self.has_target())?;
        self.reference.watch.is_none().then(|| {
            format!(
                "`{}` was trained before Assay kept what estimates need; train it again to see what it is worth before labels come",
                model.version.key()
            )
        })
    }

    /// The classes that the model tells apart; none for numbers.
    pub fn answers(&self) -> &[String] {
        let model = self.model.as_ref();
        model.map_or(&[], |model| &model.classes)
    }

    /// Whether the model answers rows in which the input is missing: texts have a place for it, numbers only when training
    /// saw some missing.
    pub fn takes_missing(&self, input: &InputColumn) -> bool {
        let Some(model) = &self.model else {
            return true;
        };
        let is_it = |column: &&SignatureColumn| column.name == input.name;
        let known = model.version.signature.inputs.iter().find(is_it);
        input.is_text() || known.is_some_and(|column| column.nullable)
    }
}

/// Where a model has no classes of its own, those of the reference's target.
pub fn reference_classes(reference: &ReferenceSketch) -> Vec<String> {
    let mut columns = reference.columns.iter();
    let target = columns.find(|column| column.name == "target");
    match target.map(|column| &column.shape) {
        Some(SketchShape::Categorical { values, .. }) => values.clone(),
        _ => Vec::new(),
    }
}
