//! Labels that come after the predictions, joined to them by id.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use assay_core::ask::Written;
use assay_core::code::Code;
use assay_core::serving::GivenLabel;
use assay_core::{ModelName, Task};
use assay_frame::{ExportFormat, PlainColumn};
use assay_store::DayLogKind;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Attempt, Cause};
use crate::prediction_log::{day_of, time_of};
use crate::{Error, Lab};

/// A file of labels that has so many bytes is followed by another one.
const MAX_FILE_BYTES: u64 = 64 << 20;

impl Lab {
    /// Writes labels down; they are on the disk when it returns. The last label of an id holds.
    ///
    /// # Errors
    /// When one of them is no label; then none is written.
    pub fn add_labels(&self, labels: &[GivenLabel], client: Option<&str>) -> Result<(), Error> {
        let attempted = || format!("take {} labels", labels.len());
        if let Some(trouble) = labels.iter().find_map(GivenLabel::trouble) {
            let cause = Cause::with_hint(
                Code::Invalid,
                trouble,
                "send {\"id\": …, \"label\": …}, or a list of them",
            );
            return Err(Error::new(attempted(), cause));
        }
        self.write_labels(labels, client).attempt(attempted)
    }

    /// Labels of a table with a column of ids and one of labels; how many there were.
    pub fn add_labels_of_file(
        &self,
        path: &Path,
        id_column: &str,
        label_column: &str,
        task: &Task,
    ) -> Result<u64, Error> {
        let attempted = || format!("take the labels of {}", path.display());
        let labels = labels_of(path, id_column, label_column, task).attempt(attempted)?;
        self.add_labels(&labels, None)?;
        Ok(labels.len() as u64)
    }

    /// What a model answered, with the labels that came since, as a table: a row a prediction, a column an input.
    pub fn export_predictions(
        &self,
        model: &ModelName,
        version: Option<u32>,
        output: &Path,
        task: &Task,
    ) -> Result<Written, Error> {
        self.write_predictions(model, version, output, task)
            .attempt(|| format!("write the predictions of `{model}` to {}", output.display()))
    }

    fn write_labels(&self, labels: &[GivenLabel], client: Option<&str>) -> Result<(), Cause> {
        let now_ms = self.environment.now_ms();
        let time = time_of(now_ms);
        let mut text = Vec::new();
        for GivenLabel { id, label } in labels {
            let line =
                serde_json::json!({ "time": time, "id": id, "label": label, "client": client });
            serde_json::to_writer(&mut text, &line)?;
            text.push(b'\n');
        }
        let mut log = self.store.day_log(DayLogKind::Labels, MAX_FILE_BYTES);
        log.append(&day_of(now_ms), &text)?;
        log.sync()?;
        Ok(())
    }

    fn write_predictions(
        &self,
        model: &ModelName,
        version: Option<u32>,
        output: &Path,
        task: &Task,
    ) -> Result<Written, Cause> {
        let format = match ExportFormat::of(output) {
            Some(ExportFormat::Sqlite) | None => {
                return Err(Cause::with_hint(
                    Code::Unsupported,
                    "the ending of the path names no format for predictions",
                    "end it in .csv, .tsv, .json, .jsonl, .parquet, .arrow or .xlsx",
                ));
            }
            Some(format) => format,
        };
        let files = self.store.day_log_files(DayLogKind::Predictions(model))?;
        let labels = self.labels()?;
        let folder = tempfile::tempdir().map_err(|error| Cause::io(output, error))?;
        let flat = folder.path().join("predictions.jsonl");
        let n_rows = flatten(&files, version, &labels, &flat, task)?;
        if n_rows == 0 {
            return Err(Cause::with_hint(
                Code::NotFound,
                "none was logged",
                "ask the model through `assay serve`, and see [predictions] in assay.toml",
            ));
        }
        let through = assay_frame::through::<Cause>(
            &[flat],
            &assay_core::dataset::ImportOptions::default(),
            folder.path(),
            task,
            Ok,
        )?;
        assay_frame::export(&through.table, format, output, task)?;
        let size_bytes = std::fs::metadata(output)
            .map_err(|error| Cause::io(output, error))?
            .len();
        Ok(Written {
            path: output.display().to_string(),
            size_bytes,
        })
    }

    /// By id, the last of each.
    fn labels(&self) -> Result<HashMap<String, Value>, Cause> {
        let mut labels = HashMap::new();
        for path in self.store.day_log_files(DayLogKind::Labels)? {
            for line in lines(&path)? {
                let line = line.map_err(|error| Cause::io(&path, error))?;
                // A line that a killed process left half written is none.
                if let Ok(given) = serde_json::from_str::<LoggedLabel>(&line) {
                    labels.insert(given.id, given.label);
                }
            }
        }
        Ok(labels)
    }
}

#[derive(Deserialize)]
struct LoggedLabel {
    id: String,
    label: Value,
}

fn lines(path: &Path) -> Result<impl Iterator<Item = std::io::Result<String>>, Cause> {
    let file = File::open(path).map_err(|error| Cause::io(path, error))?;
    Ok(BufReader::new(file).lines())
}

/// Lines of the log as flat records; how many.
fn flatten(
    files: &[PathBuf],
    version: Option<u32>,
    labels: &HashMap<String, Value>,
    flat: &Path,
    task: &Task,
) -> Result<u64, Cause> {
    let failed = |error| Cause::io(flat, error);
    let mut writer = BufWriter::new(File::create(flat).map_err(failed)?);
    let mut n_rows = 0;
    for (number, path) in files.iter().enumerate() {
        task.check()?;
        task.step(number as u64, files.len() as u64, "reading the log");
        for line in lines(path)? {
            let line = line.map_err(|error| Cause::io(path, error))?;
            let Ok(Value::Object(line)) = serde_json::from_str(&line) else {
                continue;
            };
            let is_wanted = version.is_none_or(|version| {
                line.get("version").and_then(Value::as_u64) == Some(u64::from(version))
            });
            if is_wanted {
                serde_json::to_writer(&mut writer, &flat_line(line, labels))?;
                writer.write_all(b"\n").map_err(failed)?;
                n_rows += 1;
            }
        }
    }
    writer.flush().map_err(failed)?;
    Ok(n_rows)
}

/// The inputs under their names, and around them what was logged; a name that an input has too gets `_logged` behind it.
fn flat_line(mut line: Map<String, Value>, labels: &HashMap<String, Value>) -> Map<String, Value> {
    let inputs = match line.remove("inputs") {
        Some(Value::Object(inputs)) => inputs,
        _ => Map::new(),
    };
    let mut flat = Map::new();
    let label = line
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| labels.get(id))
        .cloned();
    let mut put = |name: &str, value: Value| {
        if inputs.contains_key(name) {
            flat.insert(format!("{name}_logged"), value);
        } else {
            flat.insert(name.to_owned(), value);
        }
    };
    for name in ["time", "id", "client", "version"] {
        put(name, line.remove(name).unwrap_or_default());
    }
    put("prediction", line.remove("output").unwrap_or_default());
    if let Some(Value::Object(probabilities)) = line.remove("probabilities") {
        for (class, probability) in probabilities {
            put(&format!("probability_{class}"), probability);
        }
    }
    put("label", label.unwrap_or_default());
    put("latency_ms", line.remove("latency_ms").unwrap_or_default());
    flat.into_iter().chain(inputs).collect()
}

fn labels_of(
    path: &Path,
    id_column: &str,
    label_column: &str,
    task: &Task,
) -> Result<Vec<GivenLabel>, Cause> {
    let frame = assay_frame::read(path, &assay_core::dataset::ImportOptions::default(), task)?;
    let names = frame.names();
    let place = |name: &str| {
        names
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| {
                Cause::with_hint(
                    Code::Invalid,
                    format!("there is no column `{name}`"),
                    format!("there are {}", names.join(", ")),
                )
            })
    };
    let (id_place, label_place) = (place(id_column)?, place(label_column)?);
    let mut columns = assay_frame::plain_columns(&frame)?;
    let labels = values_of(&columns[label_place]);
    let ids = values_of(&columns.swap_remove(id_place));
    let given = ids.into_iter().zip(labels).filter_map(|(id, label)| {
        let id = match id {
            Value::Null => return None,
            Value::String(text) => text,
            other => other.to_string(),
        };
        Some(GivenLabel { id, label })
    });
    Ok(given.collect())
}

fn values_of(column: &PlainColumn) -> Vec<Value> {
    fn all<T: Clone + Into<Value>>(values: &[Option<T>]) -> Vec<Value> {
        let values = values.iter().cloned();
        values
            .map(|value| value.map_or(Value::Null, Into::into))
            .collect()
    }
    match column {
        PlainColumn::Integers(values) => all(values),
        PlainColumn::Floats(values) => all(values),
        PlainColumn::Booleans(values) => all(values),
        PlainColumn::Texts(values) => all(values),
    }
}
