//! Two models side by side: their files where somebody asks, their answers in the worker.

use assay_core::code::Code;
use assay_core::imported_model::{RowSource, Wiring};
use assay_core::matrix::Prediction;
use assay_core::model_diff::{ModelDiff, ModelDiffRequest, compare_predictions};
use assay_core::onnx_graph::ModelSource;
use assay_core::recipe::InputColumn;
use assay_core::{Columns, ObjectHash, Task};
use assay_frame::Frame;
use assay_onnx::DiffSide;

use crate::error::{Attempt, Cause};
use crate::model_rows::wired_columns;
use crate::{Error, Lab};

/// Rows that are scored between two looks at the task.
const CHUNK: usize = 20_000;
/// Columns of the data that are cut into slices.
const MOST_SLICED: usize = 60;

impl Lab {
    /// What differs, kept until it is asked for again. With rows it runs both models: to be called in a worker.
    pub fn diff_models(&self, request: &ModelDiffRequest, task: &Task) -> Result<ModelDiff, Error> {
        self.diff_and_keep_models(request, task)
            .attempt(|| attempted(request))
    }

    /// The same where it is known, or without rows found at once; `None`: it is worth a job.
    pub fn diff_models_at_once(
        &self,
        request: &ModelDiffRequest,
    ) -> Result<Option<ModelDiff>, Error> {
        self.known_model_diff(request)
            .attempt(|| attempted(request))
    }

    /// What a job found.
    ///
    /// # Errors
    /// [`Code::Conflict`] when the lab's cache was emptied meanwhile.
    pub fn diff_of_models(&self, request: &ModelDiffRequest) -> Result<ModelDiff, Error> {
        let found = self.known_model_diff(request).and_then(|found| {
            found.ok_or_else(|| {
                let wrong = "the lab's cache was emptied meanwhile";
                Cause::with_hint(Code::Conflict, wrong, "compare them again")
            })
        });
        found.attempt(|| attempted(request))
    }

    fn known_model_diff(&self, request: &ModelDiffRequest) -> Result<Option<ModelDiff>, Cause> {
        let sides = self.model_sides(request)?;
        if request.data.is_none() {
            return Ok(Some(files(request, &sides)?));
        }
        Ok(self
            .store
            .model_diff(&self.model_diff_key(request, &sides)?)?)
    }

    fn diff_and_keep_models(
        &self,
        request: &ModelDiffRequest,
        task: &Task,
    ) -> Result<ModelDiff, Cause> {
        task.step(0, 0, "comparing the files");
        let sides = self.model_sides(request)?;
        let mut diff = files(request, &sides)?;
        let Some(data) = &request.data else {
            return Ok(diff);
        };
        let (rows_of, frame) = self.rows_to_score(data, task)?;
        let left = self.answers(&request.left, &sides[0], request, &frame, task)?;
        let right = self.answers(&request.right, &sides[1], request, &frame, task)?;
        task.step(0, 0, "comparing the answers");
        diff.predictions = Some(compare_predictions(
            &rows_of,
            (&left.prediction, &left.classes),
            (&right.prediction, &right.classes),
            &sliced(&frame)?,
        ));
        let key = self.model_diff_key(request, &sides)?;
        self.store.save_model_diff(&key, &diff)?;
        Ok(diff)
    }

    fn model_sides(&self, request: &ModelDiffRequest) -> Result<[Side; 2], Cause> {
        Ok([
            Side::of(self.onnx_of(&request.left)?),
            Side::of(self.onnx_of(&request.right)?),
        ])
    }

    /// What one side says of every row.
    fn answers(
        &self,
        source: &ModelSource,
        side: &Side,
        request: &ModelDiffRequest,
        frame: &Frame,
        task: &Task,
    ) -> Result<Answers, Cause> {
        let rows: Vec<usize> = (0..frame.n_rows()).collect();
        let version = match source {
            ModelSource::Version { model } => Some(self.store.model_version(model)?),
            ModelSource::File { .. } => None,
        };
        if let Some(version) = &version {
            // What is run is what was registered.
            self.intact(&version.key())?;
        }
        let imported = version.as_ref().and_then(|found| found.imported.as_ref());
        let (session, columns, classes) = match (&version, imported) {
            (Some(version), None) => {
                let record = self.record_of(version)?;
                let columns = assay_frame::raw_columns(frame, &rows, &record.fitted.inputs)?;
                (
                    self.runtime()?.session(&side.bytes)?,
                    columns,
                    record.classes,
                )
            }
            (_, imported) => {
                let wiring = match imported {
                    Some(imported) => imported.wiring.clone(),
                    None => assay_onnx::wiring(&side.bytes, &request.columns)?,
                };
                require_columns(&source.to_string(), &wiring)?;
                let columns = wired_columns(frame, &rows, &wiring)?;
                let session = self.runtime()?.session(&side.bytes)?;
                let classes = wiring.classes.clone();
                (session.wired(wiring), columns, classes)
            }
        };
        let mut parts = Vec::new();
        for first in (0..columns.n_rows).step_by(CHUNK) {
            task.check()?;
            let phase = format!("scoring {source}");
            task.step(first as u64, columns.n_rows as u64, phase);
            let part = columns.slice(first..columns.n_rows.min(first + CHUNK));
            parts.push(session.predict(&part, &classes)?);
        }
        Ok(Answers {
            prediction: Prediction::concat(parts),
            classes,
        })
    }

    /// Names both files, the rows, and how they are asked about them.
    fn model_diff_key(
        &self,
        request: &ModelDiffRequest,
        sides: &[Side; 2],
    ) -> Result<ObjectHash, Cause> {
        let data = match &request.data {
            None => None,
            Some(RowSource::Dataset { dataset }) => {
                Some(self.store.dataset_version(dataset)?.content.to_string())
            }
            Some(RowSource::File { path }) => {
                let file = std::fs::metadata(path).map_err(|error| Cause::io(path, error))?;
                let modified = file.modified().map_err(|error| Cause::io(path, error))?;
                Some(format!("{} {} {modified:?}", path.display(), file.len()))
            }
        };
        let named = [request.left.to_string(), request.right.to_string()];
        let files = [&sides[0].file, &sides[1].file];
        let text = serde_json::to_vec(&("models", named, files, data, &request.columns))?;
        Ok(ObjectHash::new(blake3::hash(&text).to_hex().to_string()))
    }
}

struct Side {
    bytes: Vec<u8>,
    file: ObjectHash,
}

impl Side {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            file: ObjectHash::new(blake3::hash(&bytes).to_hex().to_string()),
            bytes,
        }
    }
}

struct Answers {
    prediction: Prediction,
    classes: Vec<String>,
}

fn attempted(request: &ModelDiffRequest) -> String {
    format!("compare `{}` with `{}`", request.left, request.right)
}

fn files(request: &ModelDiffRequest, sides: &[Side; 2]) -> Result<ModelDiff, Cause> {
    let titles = [request.left.to_string(), request.right.to_string()];
    let side = |place: usize| DiffSide {
        title: &titles[place],
        file: &sides[place].file,
        bytes: &sides[place].bytes,
    };
    Ok(assay_onnx::diff(side(0), side(1))?)
}

/// # Errors
/// When rows of columns cannot be asked of it.
pub(crate) fn require_columns(model: &str, wiring: &Wiring) -> Result<(), Cause> {
    if wiring.takes_columns() {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::Unsupported,
        format!("`{model}` takes or answers whole tensors, not rows of columns"),
        "ask it with whole tensors; if an input takes many columns that the file does not count, name them with `--columns a,b,c`",
    ))
}

/// Columns of the data as they can be cut into slices.
fn sliced(frame: &Frame) -> Result<Columns, Cause> {
    let inputs: Vec<InputColumn> = frame
        .schema()
        .columns
        .iter()
        .take(MOST_SLICED)
        .map(|column| InputColumn {
            name: column.name.clone(),
            kind: column.kind,
        })
        .collect();
    let rows: Vec<usize> = (0..frame.n_rows()).collect();
    Ok(assay_frame::raw_columns(frame, &rows, &inputs)?)
}
