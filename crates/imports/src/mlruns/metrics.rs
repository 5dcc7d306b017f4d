//! The file of a metric: a line per value, `time value [step [data set, digest]]`.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;

use assay_core::imports::ImportProblem;

use crate::{Keep, Point, SourceFile, problem};

/// A longer line is no value.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// Lines that cannot be read are said once and left out.
pub(super) fn read(
    file: &SourceFile,
    problems: &mut Vec<ImportProblem>,
    keep: &mut Keep<'_>,
) -> ControlFlow<()> {
    let mut lines = match File::open(&file.file) {
        Ok(opened) => BufReader::with_capacity(1 << 16, opened),
        Err(error) => {
            problems.push(problem(&file.path, error));
            return ControlFlow::Continue(());
        }
    };
    let mut line = Vec::new();
    let (mut number, mut n_wrong, mut first_wrong) = (0_u64, 0_u64, 0);
    loop {
        line.clear();
        let mut limited = std::io::Read::take(&mut lines, MAX_LINE_BYTES);
        match limited.read_until(b'\n', &mut line) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) => {
                problems.push(problem(&file.path, error));
                break;
            }
        }
        number += 1;
        match point(&line) {
            Some(point) => keep(&file.path, point)?,
            // the last line of a run that is being written
            None if !line.ends_with(b"\n") => {}
            None if line.trim_ascii().is_empty() => {}
            None => {
                n_wrong += 1;
                if n_wrong == 1 {
                    first_wrong = number;
                }
            }
        }
    }
    if n_wrong > 0 {
        problems.push(problem(
            &file.path,
            format!(
                "lines that are no values of a metric: {n_wrong}, the first is line {first_wrong}"
            ),
        ));
    }
    ControlFlow::Continue(())
}

fn point(line: &[u8]) -> Option<Point> {
    let line = std::str::from_utf8(line).ok()?;
    let mut fields = line.split_ascii_whitespace();
    let at_ms = fields.next()?.parse().ok()?;
    let value = fields.next()?.parse().ok()?;
    let step = match fields.next() {
        Some(text) => text.parse().ok()?,
        None => 0,
    };
    Some(Point { value, step, at_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_all_ages_are_read() {
        for (line, expected) in [
            ("1700 0.5\n", Some((0.5, 0, 1700))),
            ("1700 0.5 3\n", Some((0.5, 3, 1700))),
            (
                "1700 -inf -3 wine.csv 0f34\n",
                Some((f64::NEG_INFINITY, -3, 1700)),
            ),
            ("1700\n", None),
            ("a b c\n", None),
            ("", None),
        ] {
            let read = point(line.as_bytes()).map(|point| (point.value, point.step, point.at_ms));
            assert_eq!(read, expected, "{line:?}");
        }
        assert!(point(b"1 nan 2").is_some_and(|point| point.value.is_nan()));
    }
}
