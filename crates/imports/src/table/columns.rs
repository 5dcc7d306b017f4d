//! What the first line of a table says: which column holds the run, the metric, the step and the time; and its values.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use csv::{Reader, ReaderBuilder};

use crate::{Error, Result};

const RUN: [&str; 6] = [
    "run", "run_id", "run_uuid", "run_name", "run id", "run name",
];
const KEY: [&str; 5] = ["key", "metric", "metric_name", "tag", "name"];
const VALUE: [&str; 2] = ["value", "metric_value"];
const STEP: [&str; 8] = [
    "step",
    "_step",
    "global_step",
    "epoch",
    "iteration",
    "iter",
    "trainer/global_step",
    "batch",
];
const TIME: [&str; 9] = [
    "timestamp",
    "_timestamp",
    "wall time",
    "wall_time",
    "walltime",
    "time",
    "timestamp_ms",
    "at_ms",
    "date",
];
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// What the first line says.
pub(super) struct Header<'a> {
    pub reader: Reader<&'a File>,
    pub delimiter: u8,
    pub names: Vec<String>,
    pub columns: Columns,
}

impl<'a> Header<'a> {
    pub fn read(path: &Path, mut file: &'a File) -> Result<Self> {
        let failed = |error| Error::io(path, error);
        let mut head = String::new();
        BufReader::new(file)
            .take(MAX_HEADER_BYTES)
            .read_line(&mut head)
            .map_err(|error| unreadable(path, error))?;
        let delimiter = delimiter(&head);
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let mut reader = reader(file, delimiter, true);
        let names: Vec<String> = reader
            .headers()
            .map_err(|error| unreadable(path, error))?
            .iter()
            .map(|name| name.trim().trim_start_matches('\u{feff}').to_owned())
            .collect();
        let columns = Columns::of(&names).ok_or_else(|| {
            unreadable(
                path,
                "no column is called step, epoch, metric and value, or run, so it is no table of metrics",
            )
        })?;
        Ok(Self {
            reader,
            delimiter,
            names,
            columns,
        })
    }
}

/// Places of the columns.
pub(super) struct Columns {
    pub run: Option<usize>,
    /// Name and value of a long table.
    pub long: Option<(usize, usize)>,
    pub step: Option<usize>,
    pub time: Option<usize>,
}

impl Columns {
    /// `None`: nothing says that the table holds metrics.
    fn of(names: &[String]) -> Option<Self> {
        let lower: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let find = |wanted: &[&str]| {
            wanted
                .iter()
                .find_map(|name| lower.iter().position(|column| column == name))
        };
        let long = find(&KEY).zip(find(&VALUE));
        let columns = Self {
            run: find(&RUN),
            long,
            step: find(&STEP),
            time: find(&TIME),
        };
        let says = columns.long.is_some() || columns.step.is_some() || columns.run.is_some();
        let holds =
            columns.long.is_some() || (0..names.len()).any(|place| !columns.is_special(place));
        (says && holds).then_some(columns)
    }

    pub fn is_special(&self, place: usize) -> bool {
        [self.run, self.step, self.time].contains(&Some(place))
    }
}

pub(super) fn reader<R: Read>(stream: R, delimiter: u8, has_headers: bool) -> Reader<R> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(has_headers)
        .from_reader(stream)
}

/// What stands most often in the header.
fn delimiter(head: &str) -> u8 {
    let count = |delimiter: &u8| head.bytes().filter(|byte| byte == delimiter).count();
    *[b'|', b'\t', b';', b',']
        .iter()
        .max_by_key(|delimiter| count(delimiter))
        .unwrap_or(&b',')
}

pub(super) fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.trim().parse().ok()
}

/// Milliseconds since 1970 from those, from seconds, or from a date with a time.
pub(super) fn time(field: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(field).ok()?.trim();
    if let Ok(value) = text.parse::<f64>() {
        // seconds reach this number in the year 5138, milliseconds did in 1973
        let millis = if value.abs() < 1e11 {
            value * 1000.0
        } else {
            value
        };
        return value.is_finite().then_some(millis as i64);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let local = text.parse::<jiff::civil::DateTime>().ok()?;
    let zoned = local.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

pub(super) fn unreadable(path: &Path, wrong: impl std::fmt::Display) -> Error {
    Error::Unreadable {
        path: path.to_owned(),
        wrong: wrong.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for (text, expected) in [
            ("1700000000000", Some(1_700_000_000_000)),
            ("1700000000.5", Some(1_700_000_000_500)),
            ("2023-11-14T22:13:20Z", Some(1_700_000_000_000)),
            ("2023-11-14 22:13:20", Some(1_700_000_000_000)),
            ("yesterday", None),
            ("nan", None),
            ("", None),
        ] {
            assert_eq!(time(text.as_bytes()), expected, "{text}");
        }
    }
}
