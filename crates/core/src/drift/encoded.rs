//! The sketches of one column over all windows as bytes: a few bytes a point, read back bit by bit the same.

use std::collections::HashMap;

use super::bins::equal_edges;
use super::{ColumnSketch, SketchShape};
use crate::profile::Histogram;

/// Bytes that hold no sketches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored sketches are damaged")]
pub struct DamagedSketches;

const GAP: u8 = 0;
const EMPTY: u8 = 1;
const CATEGORICAL: u8 = 2;
const THINNED: u8 = 3;
const EXACT: u8 = 4;

/// `None`: the window had no rows. Names, and what a reference knows of itself, are not kept.
///
/// First the texts of the column, then window by window: its kind, rows, missing ones, what the kind needs. Numbers are
/// 8 bytes, little endian; counts LEB128.
pub fn encode_sketches(windows: &[Option<&ColumnSketch>]) -> Vec<u8> {
    let mut codes: HashMap<&str, u64> = HashMap::new();
    let mut texts: Vec<&str> = Vec::new();
    for sketch in windows.iter().flatten() {
        if let SketchShape::Categorical { values, .. } = &sketch.shape {
            for value in values {
                codes.entry(value).or_insert_with(|| {
                    texts.push(value);
                    texts.len() as u64 - 1
                });
            }
        }
    }
    let mut out = Vec::new();
    put_count(&mut out, texts.len() as u64);
    for text in texts {
        put_count(&mut out, text.len() as u64);
        out.extend_from_slice(text.as_bytes());
    }
    for sketch in windows {
        match sketch {
            None => out.push(GAP),
            Some(sketch) => put_sketch(&mut out, sketch, &codes),
        }
    }
    out
}

/// # Errors
/// [`DamagedSketches`] when the bytes end early, or name what is not there.
pub fn decode_sketches(
    name: &str,
    bytes: &[u8],
) -> Result<Vec<Option<ColumnSketch>>, DamagedSketches> {
    let mut input = Input(bytes);
    let n_texts = input.length()?;
    let mut texts = Vec::new();
    for _ in 0..n_texts {
        let n = input.length()?;
        let text = std::str::from_utf8(input.bytes(n)?).map_err(|_| DamagedSketches)?;
        texts.push(text.to_owned());
    }
    let mut windows = Vec::new();
    while !input.0.is_empty() {
        let kind = input.bytes(1)?.first().copied().unwrap_or(GAP);
        windows.push(match kind {
            GAP => None,
            _ => Some(input.sketch(name, kind, &texts)?),
        });
    }
    Ok(windows)
}

fn put_sketch(out: &mut Vec<u8>, sketch: &ColumnSketch, codes: &HashMap<&str, u64>) {
    out.push(match &sketch.shape {
        SketchShape::Empty => EMPTY,
        SketchShape::Categorical { .. } => CATEGORICAL,
        SketchShape::Numeric { exact: false, .. } => THINNED,
        SketchShape::Numeric { exact: true, .. } => EXACT,
    });
    put_count(out, sketch.n_rows);
    put_count(out, sketch.n_missing);
    match &sketch.shape {
        SketchShape::Empty => {}
        SketchShape::Categorical {
            values,
            counts,
            n_other,
        } => {
            put_count(out, values.len() as u64);
            for (value, count) in values.iter().zip(counts) {
                put_count(out, codes.get(value.as_str()).copied().unwrap_or(0));
                put_count(out, *count);
            }
            put_count(out, *n_other);
        }
        SketchShape::Numeric {
            min,
            max,
            mean,
            std,
            values,
            cumulative,
            histogram,
            ..
        } => {
            put_count(out, values.len() as u64);
            for number in [min, max, mean, std].into_iter().chain(values) {
                out.extend_from_slice(&number.to_le_bytes());
            }
            let mut before = 0;
            for &rows in cumulative {
                put_count(out, rows - before);
                before = rows;
            }
            put_count(out, histogram.counts.len() as u64);
            histogram.counts.iter().for_each(|&n| put_count(out, n));
        }
    }
}

fn put_count(out: &mut Vec<u8>, mut count: u64) {
    while count >= 0x80 {
        out.push(count as u8 | 0x80);
        count >>= 7;
    }
    out.push(count as u8);
}

struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn bytes(&mut self, n: usize) -> Result<&'a [u8], DamagedSketches> {
        let (head, rest) = self.0.split_at_checked(n).ok_or(DamagedSketches)?;
        self.0 = rest;
        Ok(head)
    }

    fn count(&mut self) -> Result<u64, DamagedSketches> {
        let mut count = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.bytes(1)?.first().copied().unwrap_or(0);
            count |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(count);
            }
        }
        Err(DamagedSketches)
    }

    /// A count of things that take a byte each at least.
    fn length(&mut self) -> Result<usize, DamagedSketches> {
        let n = usize::try_from(self.count()?).map_err(|_| DamagedSketches)?;
        if n > self.0.len() {
            return Err(DamagedSketches);
        }
        Ok(n)
    }

    fn number(&mut self) -> Result<f64, DamagedSketches> {
        let bytes = self.bytes(8)?.try_into().map_err(|_| DamagedSketches)?;
        Ok(f64::from_le_bytes(bytes))
    }

    fn counts(&mut self, n: usize) -> Result<Vec<u64>, DamagedSketches> {
        (0..n).map(|_| self.count()).collect()
    }

    fn sketch(
        &mut self,
        name: &str,
        kind: u8,
        texts: &[String],
    ) -> Result<ColumnSketch, DamagedSketches> {
        let (n_rows, n_missing) = (self.count()?, self.count()?);
        let shape = match kind {
            EMPTY => SketchShape::Empty,
            CATEGORICAL => {
                let n = self.length()?;
                let (mut values, mut counts) = (Vec::with_capacity(n), Vec::with_capacity(n));
                for _ in 0..n {
                    let code = usize::try_from(self.count()?).map_err(|_| DamagedSketches)?;
                    values.push(texts.get(code).ok_or(DamagedSketches)?.clone());
                    counts.push(self.count()?);
                }
                SketchShape::Categorical {
                    values,
                    counts,
                    n_other: self.count()?,
                }
            }
            THINNED | EXACT => {
                let n = self.length()?;
                let (min, max) = (self.number()?, self.number()?);
                let (mean, std) = (self.number()?, self.number()?);
                let values = (0..n).map(|_| self.number()).collect::<Result<_, _>>()?;
                let mut cumulative = self.counts(n)?;
                let mut rows = 0_u64;
                for slot in &mut cumulative {
                    rows = rows.checked_add(*slot).ok_or(DamagedSketches)?;
                    *slot = rows;
                }
                let n_bins = self.length()?;
                SketchShape::Numeric {
                    min,
                    max,
                    mean,
                    std,
                    values,
                    cumulative,
                    exact: kind == EXACT,
                    histogram: Histogram {
                        counts: self.counts(n_bins)?,
                        edges: equal_edges(min, max, n_bins.max(1)),
                    },
                }
            }
            _ => return Err(DamagedSketches),
        };
        Ok(ColumnSketch {
            name: name.to_owned(),
            n_rows,
            n_missing,
            shape,
            own: None,
            own_by_method: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::sketch_column;
    use crate::matrix::RawValues;

    #[test]
    fn sketches_read_back_as_they_were() {
        let texts = |list: &[&str]| {
            let texts = list.iter().map(|text| Some((*text).to_owned()));
            RawValues::Texts(texts.chain([None]).collect())
        };
        let many = (0..5_000).map(|i| f64::from(i) * 0.37 - 900.0).collect();
        for windows in [
            vec![
                Some(sketch_column(
                    "x",
                    &RawValues::Numbers(vec![1.5, -2.0, 1.5, f64::NAN]),
                )),
                None,
                Some(sketch_column("x", &RawValues::Numbers(vec![f64::NAN]))),
                Some(sketch_column("x", &RawValues::Numbers(many))),
                Some(sketch_column("x", &RawValues::Numbers(vec![7.0]))),
            ],
            vec![
                Some(sketch_column("x", &texts(&["Biscoe", "Ösel", "Biscoe"]))),
                Some(sketch_column("x", &texts(&["Dream", "Ösel"]))),
                None,
            ],
        ] {
            let borrowed: Vec<_> = windows.iter().map(Option::as_ref).collect();
            let bytes = encode_sketches(&borrowed);
            assert_eq!(decode_sketches("x", &bytes), Ok(windows.clone()));
            for cut in 0..bytes.len() {
                // Never more windows than there were, and no panic.
                let part = decode_sketches("x", &bytes[..cut]);
                assert!(part.is_err() || part.is_ok_and(|part| part.len() < windows.len()));
            }
        }
    }
}
