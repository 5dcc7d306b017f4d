//! Labels that stand in a file of their own, joined to the rows of a log by id or by time.

use std::collections::HashMap;

use assay_core::code::Code;
use assay_core::dataset::ImportOptions;
use assay_core::replay::{LabelSource, LogMapping};
use assay_core::words::count;
use assay_core::{Task, TimestampMs};
use assay_frame::{Frame, LogTimes, TimeForm};

use crate::datasets::file_name;
use crate::error::Cause;

const TOLERANCE_SECS: f64 = 60.0;

/// Labels in memory, by what finds them.
pub struct Joined {
    pub file: String,
    by: By,
}

enum By {
    Id {
        column: String,
        labels: HashMap<String, String>,
    },
    Time {
        /// Ascending.
        times_ms: Vec<TimestampMs>,
        labels: Vec<String>,
        tolerance_ms: u64,
    },
}

impl Joined {
    /// `target`: what the model calls the labels.
    pub fn read(
        source: &LabelSource,
        mapping: &LogMapping,
        target: Option<&str>,
        notes: &mut Vec<String>,
        task: &Task,
    ) -> Result<Self, Cause> {
        let file = file_name(&source.path);
        let frame = assay_frame::read(&source.path, &ImportOptions::default(), task)?;
        let key = match (&source.timestamp, &source.id, &mapping.id) {
            (Some(time), _, _) => time,
            (None, Some(id), Some(_)) | (None, None, Some(id)) => id,
            (None, Some(id), None) => {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    format!(
                        "labels are found by `{id}`, and the log's column with ids is not named"
                    ),
                    "name it with --id",
                ));
            }
            (None, None, None) => {
                return Err(Cause::with_hint(
                    Code::Invalid,
                    format!("nothing says how the labels of {file} are found"),
                    "name the column with ids with --id, or that with times with --label-time",
                ));
            }
        };
        let label = label_column(source, &frame, key, target)?;
        let keys = assay_frame::column_texts(&frame, key)?;
        let texts = assay_frame::column_texts(&frame, &label)?;
        let by = match &source.timestamp {
            Some(column) => by_time(source, mapping, column, &frame, &keys, texts)?,
            None => {
                let mut labels = HashMap::with_capacity(keys.len());
                let mut n_twice = 0_u64;
                for (id, label) in keys.into_iter().zip(texts) {
                    let (Some(id), Some(label)) = (id, label) else {
                        continue;
                    };
                    n_twice += u64::from(labels.contains_key(&id));
                    labels.entry(id).or_insert(label);
                }
                if n_twice > 0 {
                    let n = count(n_twice);
                    notes.push(format!(
                        "{n} rows of {file} name an id that was named before; the first label counts"
                    ));
                }
                By::Id {
                    column: mapping.id.clone().unwrap_or_else(|| key.clone()),
                    labels,
                }
            }
        };
        Ok(Self { file, by })
    }

    /// One label a row, as far as there is one.
    pub fn labels(
        &self,
        frame: &Frame,
        times: Option<&[Option<TimestampMs>]>,
    ) -> Result<Vec<Option<String>>, Cause> {
        match &self.by {
            By::Id { column, labels } => {
                let ids = assay_frame::column_texts(frame, column)?;
                let found = ids.iter().map(|id| labels.get(id.as_deref()?).cloned());
                Ok(found.collect())
            }
            By::Time {
                times_ms,
                labels,
                tolerance_ms,
            } => {
                let times = times.ok_or(assay_frame::Error::NoTimes)?;
                let near = |time: &Option<TimestampMs>| {
                    nearest(times_ms, (*time)?, *tolerance_ms)
                        .and_then(|place| labels.get(place).cloned())
                };
                Ok(times.iter().map(near).collect())
            }
        }
    }
}

/// The one that was named, the model's target, or the only one beside the key.
fn label_column(
    source: &LabelSource,
    frame: &Frame,
    key: &str,
    target: Option<&str>,
) -> Result<String, Cause> {
    let names = frame.names();
    if let Some(label) = &source.label {
        return Ok(label.clone());
    }
    if let Some(target) = target.filter(|target| names.iter().any(|name| name == target)) {
        return Ok(target.to_owned());
    }
    let mut others = names.iter().filter(|name| *name != key);
    match (others.next(), others.next()) {
        (Some(only), None) => Ok(only.clone()),
        _ => Err(Cause::with_hint(
            Code::Invalid,
            format!(
                "{} has several columns that could hold the labels: {}",
                file_name(&source.path),
                names.join(", ")
            ),
            "name the one with --label",
        )),
    }
}

fn by_time(
    source: &LabelSource,
    mapping: &LogMapping,
    column: &str,
    frame: &Frame,
    keys: &[Option<String>],
    texts: Vec<Option<String>>,
) -> Result<By, Cause> {
    let kind = frame
        .schema()
        .column(column)
        .map_or(assay_core::schema::ColumnType::Text, |known| known.kind);
    let format = TimeForm::of(kind, keys).and_then(|form| form.format);
    let times = LogTimes::new(column, format, mapping.zone.as_deref())?.read(frame)?;
    let mut pairs: Vec<(TimestampMs, String)> = times
        .times_ms
        .into_iter()
        .zip(texts)
        .filter_map(|(time, text)| Some((time?, text?)))
        .collect();
    pairs.sort_by_key(|(time, _)| *time);
    let tolerance_secs = source.tolerance_secs.unwrap_or(TOLERANCE_SECS);
    if tolerance_secs.is_nan() || tolerance_secs < 0.0 {
        return Err(Cause::said(
            Code::Invalid,
            format!("a tolerance of {tolerance_secs} seconds is none"),
        ));
    }
    let (times_ms, labels) = pairs.into_iter().unzip();
    Ok(By::Time {
        times_ms,
        labels,
        tolerance_ms: (tolerance_secs * 1e3) as u64,
    })
}

/// The place of the nearest time within the tolerance; of two as near the earlier one.
fn nearest(times_ms: &[TimestampMs], time: TimestampMs, tolerance_ms: u64) -> Option<usize> {
    let behind = times_ms.partition_point(|other| *other < time);
    let distance = |place: usize| Some(times_ms.get(place)?.abs_diff(time));
    let before = behind.checked_sub(1);
    let place = match (before.and_then(distance), distance(behind)) {
        (Some(a), Some(b)) if a <= b => before?,
        (Some(_), None) => before?,
        (_, Some(_)) => behind,
        (None, None) => return None,
    };
    (distance(place)? <= tolerance_ms).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_label_within_the_tolerance_is_taken() {
        let times = [0, 100, 200];
        for (time, tolerance, found) in [
            (0, 0, Some(0)),
            (40, 50, Some(0)),
            (50, 50, Some(0)),
            (51, 50, Some(1)),
            (151, 20, None),
            (260, 60, Some(2)),
            (261, 60, None),
            (-5, 5, Some(0)),
        ] {
            assert_eq!(nearest(&times, time, tolerance), found, "{time}");
        }
        assert_eq!(nearest(&[], 5, 10), None);
    }
}
