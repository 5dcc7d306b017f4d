//! A run from a program of any language: JSON lines become points, parameters and tags.

use assay_core::run::RunStatus;
use assay_core::tracking::{Batch, LoggedMetric, RunUpdate, TrackedRun};
use assay_core::{RunId, TimestampMs};
use serde_json::{Map, Value};

use crate::{Error, Lab};

/// Points that are kept back at most.
const BATCH_POINTS: usize = 1_000;
/// Fields that are the step of a line, the first that is there.
const STEP: [&str; 3] = ["step", "_step", "global_step"];
/// Fields that are the time of a line, in milliseconds or seconds since 1970.
const TIME: [&str; 2] = ["timestamp", "_timestamp"];

/// Fills one run line by line.
///
/// A line is an object: numbers are metrics (of inner objects with `.` between the names), `step` and `timestamp` say
/// when; `params` and `tags` hold those; `status` says how the run will end. Lines without a step count up.
pub struct LineLog<'a> {
    lab: &'a Lab,
    run_id: RunId,
    pending: Batch,
    next_step: i64,
    status: Option<RunStatus>,
    n_left_out: u64,
}

impl<'a> LineLog<'a> {
    pub fn new(lab: &'a Lab, run_id: RunId) -> Self {
        Self {
            lab,
            run_id,
            pending: Batch::default(),
            next_step: 0,
            status: None,
            n_left_out: 0,
        }
    }

    /// `false`: the line is no object and says nothing of the run.
    ///
    /// # Errors
    /// When a full batch cannot be written.
    pub fn take(&mut self, line: &str) -> Result<bool, Error> {
        let Some(object) = object(line) else {
            return Ok(false);
        };
        let now = self.lab.environment().now_ms();
        let taken = Line::of(object, self.next_step, now);
        self.next_step = taken.step.saturating_add(1);
        self.status = taken.status.or(self.status);
        self.n_left_out += taken.n_left_out;
        self.pending.metrics.extend(taken.batch.metrics);
        self.pending.params.extend(taken.batch.params);
        self.pending.tags.extend(taken.batch.tags);
        if self.pending.metrics.len() >= BATCH_POINTS {
            self.flush()?;
        }
        Ok(true)
    }

    /// Writes what was kept back.
    pub fn flush(&mut self) -> Result<(), Error> {
        if self.pending == Batch::default() {
            return Ok(());
        }
        self.lab.log_batch(&self.run_id, &self.pending)?;
        self.pending = Batch::default();
        Ok(())
    }

    /// Values that are neither numbers nor parameters nor tags.
    pub fn n_left_out(&self) -> u64 {
        self.n_left_out
    }

    /// Ends the run; what a line said of its end comes before `status`, unless it was interrupted.
    pub fn end(mut self, status: RunStatus) -> Result<TrackedRun, Error> {
        self.flush()?;
        let status = match status {
            RunStatus::Finished => self.status.unwrap_or(status),
            other => other,
        };
        self.lab.update_tracked_run(
            &self.run_id,
            &RunUpdate {
                status: Some(status),
                ..RunUpdate::default()
            },
        )
    }
}

/// What one line says.
struct Line {
    batch: Batch,
    step: i64,
    status: Option<RunStatus>,
    n_left_out: u64,
}

impl Line {
    fn of(mut object: Map<String, Value>, next_step: i64, now: TimestampMs) -> Self {
        let mut first = |names: &[&str]| {
            let name = names
                .iter()
                .find(|name| object.get(**name).and_then(number).is_some())?;
            object.shift_remove(*name).as_ref().and_then(number)
        };
        let step = first(&STEP).map_or(next_step, |step| step as i64);
        let at_ms = first(&TIME).map_or(now, |time| {
            let millis = if time.abs() < 1e11 {
                time * 1000.0
            } else {
                time
            };
            millis as i64
        });
        let mut line = Self {
            batch: Batch::default(),
            step,
            status: None,
            n_left_out: 0,
        };
        for (name, value) in object {
            match (name.as_str(), value) {
                ("params", Value::Object(map)) => line.batch.params.extend(texts(map)),
                ("tags", Value::Object(map)) => line.batch.tags.extend(texts(map)),
                ("status", Value::String(word)) => {
                    line.status = serde_json::from_value(Value::String(word.to_lowercase())).ok();
                }
                (_, value) => line.add(name, value, at_ms),
            }
        }
        line
    }

    fn add(&mut self, name: String, value: Value, at_ms: TimestampMs) {
        if let Some(value) = number(&value) {
            self.batch.metrics.push(LoggedMetric {
                key: name,
                value,
                step: self.step,
                at_ms,
            });
            return;
        }
        match value {
            Value::Object(map) => {
                for (inner, value) in map {
                    self.add(format!("{name}.{inner}"), value, at_ms);
                }
            }
            _ => self.n_left_out += 1,
        }
    }
}

/// Python writes numbers that JSON lacks as they are; those become texts.
fn object(line: &str) -> Option<Map<String, Value>> {
    if !line.trim_start().starts_with('{') {
        return None;
    }
    if let Ok(object) = serde_json::from_str(line) {
        return Some(object);
    }
    let mut mended = String::with_capacity(line.len() + 16);
    let mut is_text = false;
    let mut rest = line;
    while let Some(next) = rest.chars().next() {
        let word = ["-Infinity", "Infinity", "NaN"]
            .into_iter()
            .find(|word| !is_text && rest.starts_with(word));
        let n_bytes = match (word, next) {
            (Some(word), _) => {
                mended.push_str(&format!("\"{word}\""));
                rest = rest.get(word.len()..)?;
                continue;
            }
            (None, '\\') if is_text => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
            (None, next) => {
                is_text ^= next == '"';
                next.len_utf8()
            }
        };
        mended.push_str(rest.get(..n_bytes)?);
        rest = rest.get(n_bytes..)?;
    }
    serde_json::from_str(&mended).ok()
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => match text.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

fn texts(map: Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    map.into_iter().map(|(key, value)| match value {
        Value::String(text) => (key, text),
        other => (key, other.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_points_parameters_tags_and_the_end() {
        for (line, metrics, step, n_left_out) in [
            (r#"{"loss": 0.5, "step": 7}"#, vec![("loss", 0.5)], 7, 0),
            (r#"{"a": {"b": 1, "c": "x"}}"#, vec![("a.b", 1.0)], 3, 1),
            (
                r#"{"loss": NaN, "n": "NaN \" NaN"}"#,
                vec![("loss", f64::NAN)],
                3,
                1,
            ),
            (
                r#"{"x": -Infinity, "_step": 2.0}"#,
                vec![("x", f64::NEG_INFINITY)],
                2,
                0,
            ),
            (
                r#"{"params": {"lr": 0.1}, "tags": {"t": "v"}}"#,
                vec![],
                3,
                0,
            ),
        ] {
            let read = Line::of(object(line).unwrap(), 3, 99);
            let found: Vec<_> = read
                .batch
                .metrics
                .iter()
                .map(|point| (point.key.as_str(), point.value.to_bits()))
                .collect();
            let expected: Vec<_> = metrics
                .iter()
                .map(|(key, value)| (*key, value.to_bits()))
                .collect();
            assert_eq!(
                (found, read.step, read.n_left_out),
                (expected, step, n_left_out),
                "{line}"
            );
        }
        let said = Line::of(
            object(
                r#"{"params": {"lr": 0.1}, "status": "FAILED", "timestamp": 1700000000, "x": 1}"#,
            )
            .unwrap(),
            0,
            9,
        );
        assert_eq!(said.batch.params, [("lr".to_owned(), "0.1".to_owned())]);
        assert_eq!(said.status, Some(RunStatus::Failed));
        assert_eq!(said.batch.metrics[0].at_ms, 1_700_000_000_000);
        for line in ["epoch 1 of 3", "[1, 2]", "{not json", "", "3"] {
            assert_eq!(object(line), None, "{line}");
        }
    }
}
