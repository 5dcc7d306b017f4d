//! Whole files through a model, in memory that does not grow with them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Instant;

use assay_core::code::Code;
use assay_core::dataset::{ImportOptions, TypeChoice};
use assay_core::imported_model::Wiring;
use assay_core::matrix::{Columns, Prediction};
use assay_core::recipe::InputColumn;
use assay_core::reference::Reference;
use assay_core::registry::{ModelVersion, VersionKey};
use assay_core::schema::ColumnType;
use assay_core::scoring::{PredictSpec, Predicted};
use assay_core::{JobId, Task};
use assay_frame::{AnswerNames, ExportFormat, Frame};
use assay_onnx::{Rows, Runtime, Session};

use crate::datasets::{Beside, file_name, path_beside};
use crate::error::{Attempt, Cause};
use crate::model_diff::require_columns;
use crate::model_rows::inputs;
use crate::{Error, Lab};

/// Rows that are looked at for the names and types of columns.
const PREVIEWED_ROWS: u32 = 100;

impl Lab {
    /// Scores files and writes the rows with the answers behind them, in the format that the ending of the path names.
    pub fn predict_file(
        &self,
        spec: &PredictSpec,
        job_id: &JobId,
        task: &Task,
    ) -> Result<Predicted, Error> {
        self.predict_rows(spec, job_id, task)
            .attempt(|| format!("score {} with `{}`", file_name(&spec.path), spec.model))
    }

    fn predict_rows(
        &self,
        spec: &PredictSpec,
        job_id: &JobId,
        task: &Task,
    ) -> Result<Predicted, Cause> {
        let started = Instant::now();
        let format = match ExportFormat::of(&spec.output) {
            Some(ExportFormat::Sqlite) | None => {
                return Err(Cause::with_hint(
                    Code::Unsupported,
                    "the ending of the path names no format for answers",
                    "end it in .csv, .tsv, .json, .jsonl, .parquet, .arrow or .xlsx",
                ));
            }
            Some(format) => format,
        };
        let files = assay_frame::files_of(&spec.path, task)?;
        let scorer = self.scorer(&spec.model, assay_frame::n_threads())?;
        let options = scorer.options_for(&files, &spec.options, task)?;
        let parts = PartsFolder::make(&spec.output, job_id)?;
        let names = OnceLock::new();
        let scored = assay_frame::through(&files, &options, &parts.path, task, |frame| {
            task.check()?;
            scorer.answer(&frame, spec.keep.as_deref(), &names)
        })?;
        let failed = |error| Cause::io(&spec.output, error);
        let beside = Beside::create(&spec.output, job_id).map_err(failed)?;
        assay_frame::export(&scored.table, format, &beside.path, task)?;
        task.check()?;
        let size_bytes = beside.put(&spec.output).map_err(failed)?;
        Ok(Predicted {
            model: scorer.key.clone(),
            path: spec.output.display().to_string(),
            size_bytes,
            n_rows: scored.table.n_rows(),
            n_set_aside: scored.set_aside.map_or(0, |rows| rows.n_rows),
            columns: names.get().map(AnswerNames::all).unwrap_or_default(),
            duration_secs: started.elapsed().as_secs_f64(),
        })
    }

    /// A version that answers on up to `n_threads` threads at once.
    pub(crate) fn scorer(&self, model: &Reference, n_threads: usize) -> Result<Scorer, Cause> {
        let version = self.store.model_version(model)?;
        if let Some(imported) = &version.imported {
            let wiring = &imported.wiring;
            require_columns(&version.key().to_string(), wiring)?;
            return self.scorer_of(&version, inputs(wiring), wiring.classes.clone(), n_threads);
        }
        let record = self.record_of(&version)?;
        self.scorer_of(&version, record.fitted.inputs, record.classes, n_threads)
    }

    /// Another graph of the same inputs, which answers with numbers.
    pub(crate) fn scorer_beside(
        &self,
        model: &Scorer,
        onnx: Vec<u8>,
        n_threads: usize,
    ) -> Result<Scorer, Cause> {
        let opening = Opening {
            runtime: self.runtime()?.clone(),
            onnx,
            wiring: None,
        };
        Scorer::open(
            opening,
            model.key.clone(),
            model.inputs.clone(),
            Vec::new(),
            n_threads,
        )
    }

    fn scorer_of(
        &self,
        version: &ModelVersion,
        inputs: Vec<InputColumn>,
        classes: Vec<String>,
        n_threads: usize,
    ) -> Result<Scorer, Cause> {
        let imported = version.imported.as_ref();
        let opening = Opening {
            runtime: self.runtime()?.clone(),
            onnx: self.intact(&version.key())?.onnx,
            wiring: imported.map(|imported| imported.wiring.clone()),
        };
        Scorer::open(opening, version.key(), inputs, classes, n_threads)
    }
}

/// A model version, open for many rows.
pub(crate) struct Scorer {
    pub key: VersionKey,
    pub inputs: Vec<InputColumn>,
    pub classes: Vec<String>,
    /// Those that no thread uses at the moment: a session answers one at a time.
    sessions: Mutex<Vec<Session>>,
    /// For another session, when more threads come than were announced.
    opening: Opening,
}

/// What a session is opened from.
struct Opening {
    runtime: Runtime,
    onnx: Vec<u8>,
    /// Of an imported graph.
    wiring: Option<Wiring>,
}

impl Opening {
    fn open(&self) -> Result<Session, assay_onnx::Error> {
        match &self.wiring {
            Some(wiring) => Ok(self.runtime.session(&self.onnx)?.wired(wiring.clone())),
            None => self.runtime.session_for_many(&self.onnx, 1),
        }
    }
}

impl Scorer {
    fn open(
        opening: Opening,
        key: VersionKey,
        inputs: Vec<InputColumn>,
        classes: Vec<String>,
        n_threads: usize,
    ) -> Result<Self, Cause> {
        let sessions = (0..n_threads.max(1))
            .map(|_| opening.open())
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            key,
            inputs,
            classes,
            sessions: Mutex::new(sessions),
            opening,
        })
    }

    /// How the files are to be read: what the model takes as text is text, also where it looks like numbers.
    ///
    /// # Errors
    /// Names the columns that are missing.
    fn options_for(
        &self,
        files: &[PathBuf],
        options: &ImportOptions,
        task: &Task,
    ) -> Result<ImportOptions, Cause> {
        let beginning = assay_frame::preview(files, options, PREVIEWED_ROWS, task)?;
        let there = beginning.columns.iter().map(|column| column.name.clone());
        self.require_columns(&there.collect::<Vec<_>>())?;
        let mut options = options.clone();
        for input in self.inputs.iter().filter(|input| input.is_text()) {
            options
                .types
                .entry(input.name.clone())
                .or_insert(TypeChoice {
                    kind: ColumnType::Text,
                    form: None,
                });
        }
        Ok(options)
    }

    /// # Errors
    /// Names the columns that are missing.
    pub fn columns(&self, frame: &Frame) -> Result<Columns, Cause> {
        self.require_columns(&frame.names())?;
        let rows: Vec<usize> = (0..frame.n_rows()).collect();
        Ok(assay_frame::raw_columns(frame, &rows, &self.inputs)?)
    }

    pub fn require_columns(&self, there: &[String]) -> Result<(), Cause> {
        let missing: Vec<&str> = self
            .inputs
            .iter()
            .map(|input| input.name.as_str())
            .filter(|name| !there.iter().any(|column| column == name))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let needed: Vec<&str> = self
            .inputs
            .iter()
            .map(|input| input.name.as_str())
            .collect();
        Err(Cause::with_hint(
            Code::Invalid,
            format!("there is no column {}", quoted(&missing)),
            format!(
                "the model needs {}; there are {}",
                quoted(&needed),
                there.join(", ")
            ),
        ))
    }

    pub fn predict(&self, columns: &Columns) -> Result<Prediction, Cause> {
        self.by_a_session(|session| session.predict(columns, &self.classes))
    }

    /// As [`Self::predict`], of rows that are held in other forms.
    pub fn predict_rows(&self, rows: &Rows<'_>) -> Result<Prediction, Cause> {
        self.by_a_session(|session| session.predict_rows(rows, &self.classes))
    }

    fn by_a_session(
        &self,
        predict: impl FnOnce(&Session) -> Result<Prediction, assay_onnx::Error>,
    ) -> Result<Prediction, Cause> {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.pop();
        drop(sessions);
        let session = match session {
            Some(session) => session,
            None => self.opening.open()?,
        };
        let answer = predict(&session);
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(session);
        Ok(answer?)
    }

    /// Rows and answers side by side.
    fn answer(
        &self,
        frame: &Frame,
        keep: Option<&[String]>,
        names: &OnceLock<AnswerNames>,
    ) -> Result<Frame, Cause> {
        let prediction = self.predict(&self.columns(frame)?)?;
        let there = frame.names();
        let n_components = match &prediction {
            Prediction::Coordinates { n_components, .. } => *n_components,
            Prediction::Classes { .. } | Prediction::Values(_) => 0,
        };
        let names = names.get_or_init(|| AnswerNames::beside(&there, &self.classes, n_components));
        let keep = keep.map_or_else(|| there.clone(), <[String]>::to_vec);
        Ok(frame.with_answers(&keep, &prediction, &self.classes, names)?)
    }
}

/// ``` `a`, `b` ```
pub(crate) fn quoted(names: &[&str]) -> String {
    names
        .iter()
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Parts on their way, beside the file that they become; gone when it is there, or when the job ended before.
struct PartsFolder {
    path: PathBuf,
}

impl PartsFolder {
    fn make(output: &Path, job_id: &JobId) -> Result<Self, Cause> {
        let path = parts_folder(output, job_id);
        std::fs::create_dir_all(&path).map_err(|error| Cause::io(output, error))?;
        Ok(Self { path })
    }
}

impl Drop for PartsFolder {
    fn drop(&mut self) {
        // What cannot be removed is found again by the host (`forget_predictions`).
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes what scoring left that did not come to its end, because its process was killed.
pub(crate) fn forget_predictions(spec: &PredictSpec, job_id: &JobId) {
    // They are there only when the process was killed on its way.
    let _ = std::fs::remove_dir_all(parts_folder(&spec.output, job_id));
    let _ = std::fs::remove_file(path_beside(&spec.output, job_id));
}

fn parts_folder(output: &Path, job_id: &JobId) -> PathBuf {
    output.with_file_name(format!(".assay-parts-{job_id}"))
}
