//! The two sides of a comparison as every method reads them: numbers by distinct value, or categories by name.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::drift::steps::Steps;
use crate::drift::{ColumnSketch, SketchShape};
use crate::profile::Histogram;

/// One side of a numeric column. Invariant: holds a value at least.
#[derive(Clone, Copy)]
pub(in crate::drift) struct Numbers<'a> {
    pub steps: Steps<'a>,
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// Sample standard deviation.
    pub std: f64,
    pub n: u64,
    /// Every distinct value is listed.
    pub exact: bool,
    /// Numbers without fractions in every row, as a table's whole numbers are.
    pub whole: bool,
}

/// A distinct value with its rows on either side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub value: f64,
    pub a: u64,
    pub b: u64,
}

/// Categories with their rows in the reference and in the window. Invariant: either side holds a value at least.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::drift) struct Table {
    /// Those the reference lists.
    pub known: Vec<(u64, u64)>,
    /// Those only the window has.
    pub new: Vec<u64>,
    /// What the sketches do not list by name.
    pub other: (u64, u64),
    /// Rows in the smallest category by name (or number): the one a proportion is taken of.
    pub first: (u64, u64),
}

pub(in crate::drift) enum Sides<'a> {
    Numeric(Numbers<'a>, Numbers<'a>),
    Categorical(Table),
}

impl<'a> Numbers<'a> {
    pub fn of(sketch: &'a ColumnSketch) -> Option<Self> {
        match &sketch.shape {
            SketchShape::Numeric {
                min,
                max,
                mean,
                std,
                values,
                cumulative,
                exact,
                ..
            } => {
                let steps = Steps { values, cumulative };
                (steps.n() > 0).then(|| Self {
                    steps,
                    min: *min,
                    max: *max,
                    mean: *mean,
                    std: *std,
                    n: steps.n(),
                    exact: *exact,
                    whole: sketch.n_missing == 0 && values.iter().all(|value| value.fract() == 0.0),
                })
            }
            _ => None,
        }
    }

    /// Population standard deviation.
    pub fn population_std(&self) -> f64 {
        let n = self.n as f64;
        self.std * ((n - 1.0) / n).sqrt()
    }
}

impl Table {
    /// `None` when a side is empty, or where a side holds numbers and leaves some out.
    pub fn of(reference: &ColumnSketch, window: &ColumnSketch) -> Option<Self> {
        let table = match (&reference.shape, &window.shape) {
            (
                SketchShape::Categorical {
                    values: names_a,
                    counts: counts_a,
                    n_other: other_a,
                },
                SketchShape::Categorical {
                    values: names_b,
                    counts: counts_b,
                    n_other: other_b,
                },
            ) => {
                let mut in_window: HashMap<&str, u64> = names_b
                    .iter()
                    .map(String::as_str)
                    .zip(counts_b.iter().copied())
                    .collect();
                let first = names_a.iter().chain(names_b).min();
                let rows = |names: &[String], counts: &[u64]| {
                    let place = names.iter().position(|name| Some(name) == first);
                    place
                        .and_then(|place| counts.get(place))
                        .copied()
                        .unwrap_or(0)
                };
                let first = (rows(names_a, counts_a), rows(names_b, counts_b));
                let known = names_a
                    .iter()
                    .zip(counts_a)
                    .map(|(name, &count)| (count, in_window.remove(name.as_str()).unwrap_or(0)))
                    .collect();
                // In the window's order, so that sums do not depend on the map's.
                let new = names_b
                    .iter()
                    .filter_map(|name| in_window.get(name.as_str()).copied())
                    .collect();
                Self {
                    known,
                    new,
                    other: (*other_a, *other_b),
                    first,
                }
            }
            _ => {
                let (a, b) = (Numbers::of(reference)?, Numbers::of(window)?);
                if !(a.exact && b.exact) {
                    return None;
                }
                let points = points(a.steps, b.steps);
                let (known, new): (Vec<Point>, Vec<Point>) =
                    points.iter().partition(|point| point.a > 0);
                Self {
                    known: known.iter().map(|point| (point.a, point.b)).collect(),
                    new: new.iter().map(|point| point.b).collect(),
                    other: (0, 0),
                    first: points.first().map_or((0, 0), |point| (point.a, point.b)),
                }
            }
        };
        let (n_a, n_b) = table.n();
        (n_a > 0 && n_b > 0).then_some(table)
    }

    /// Rows with a value, on either side.
    pub fn n(&self) -> (u64, u64) {
        self.union()
            .iter()
            .fold((0, 0), |(a, b), row| (a + row.0, b + row.1))
    }

    /// Every category on its own; what is not listed is one.
    pub fn union(&self) -> Vec<(u64, u64)> {
        let mut rows = self.known.clone();
        rows.extend(self.new.iter().map(|&count| (0, count)));
        if self.other != (0, 0) {
            rows.push(self.other);
        }
        rows
    }

    /// What the reference does not list is one category, the last; there also where it is empty.
    pub fn lumped(&self) -> Vec<(u64, u64)> {
        let mut rows = self.known.clone();
        rows.push((self.other.0, self.other.1 + self.new.iter().sum::<u64>()));
        rows
    }

    pub fn n_categories(&self) -> usize {
        self.known.len() + self.new.len() + usize::from(self.other != (0, 0))
    }
}

impl<'a> Sides<'a> {
    /// `None` when a side holds no value. The window must be of the reference's kind (see [`aligned`]).
    pub fn of(reference: &'a ColumnSketch, window: &'a ColumnSketch) -> Option<Self> {
        if reference.is_numeric() {
            Some(Self::Numeric(Numbers::of(reference)?, Numbers::of(window)?))
        } else {
            Table::of(reference, window).map(Self::Categorical)
        }
    }
}

/// All distinct values of both, ascending.
pub(super) fn points(a: Steps<'_>, b: Steps<'_>) -> Vec<Point> {
    let mut points = Vec::with_capacity(a.values.len() + b.values.len());
    let (mut left, mut right) = (a.counts().peekable(), b.counts().peekable());
    loop {
        let value = match (left.peek(), right.peek()) {
            (Some(&(x, _)), Some(&(y, _))) => x.min(y),
            (Some(&(x, _)), None) => x,
            (None, Some(&(y, _))) => y,
            (None, None) => return points,
        };
        let a = left
            .next_if(|&(x, _)| x == value)
            .map_or(0, |(_, count)| count);
        let b = right
            .next_if(|&(y, _)| y == value)
            .map_or(0, |(_, count)| count);
        points.push(Point { value, a, b });
    }
}

/// The window as the reference's kind: texts as the numbers they name (others are missing), numbers as texts.
pub(in crate::drift) fn aligned<'a>(
    reference: &ColumnSketch,
    window: &'a ColumnSketch,
) -> Cow<'a, ColumnSketch> {
    let shape = match (&reference.shape, &window.shape) {
        (SketchShape::Numeric { .. }, SketchShape::Categorical { values, counts, .. }) => {
            as_numbers(values, counts)
        }
        (
            SketchShape::Categorical { .. },
            SketchShape::Numeric {
                values, cumulative, ..
            },
        ) => {
            let (names, counts) = Steps { values, cumulative }
                .counts()
                .map(|(value, count)| (value.to_string(), count))
                .unzip();
            SketchShape::Categorical {
                values: names,
                counts,
                n_other: 0,
            }
        }
        _ => return Cow::Borrowed(window),
    };
    let n_values = match &shape {
        SketchShape::Numeric { cumulative, .. } => cumulative.last().copied().unwrap_or(0),
        SketchShape::Categorical { counts, .. } => counts.iter().sum(),
        SketchShape::Empty => 0,
    };
    Cow::Owned(ColumnSketch {
        name: window.name.clone(),
        n_rows: window.n_rows,
        n_missing: window.n_rows.saturating_sub(n_values),
        shape,
        own: None,
        own_by_method: Vec::new(),
    })
}

fn as_numbers(names: &[String], counts: &[u64]) -> SketchShape {
    let mut numbers: Vec<(f64, u64)> = names
        .iter()
        .zip(counts)
        .filter_map(|(name, &count)| Some((name.trim().parse::<f64>().ok()? + 0.0, count)))
        .filter(|(number, _)| number.is_finite())
        .collect();
    numbers.sort_by(|x, y| x.0.total_cmp(&y.0));
    let (Some(&(min, _)), Some(&(max, _))) = (numbers.first(), numbers.last()) else {
        return SketchShape::Empty;
    };
    let n: f64 = numbers.iter().map(|&(_, count)| count as f64).sum();
    let mean = numbers
        .iter()
        .map(|&(x, count)| x * count as f64)
        .sum::<f64>()
        / n;
    let squares: f64 = numbers
        .iter()
        .map(|&(x, count)| (x - mean).powi(2) * count as f64)
        .sum();
    let (mut values, mut cumulative): (Vec<f64>, Vec<u64>) = (Vec::new(), Vec::new());
    let mut so_far = 0;
    for (number, count) in numbers {
        so_far += count;
        match cumulative.last_mut() {
            Some(last) if values.last() == Some(&number) => *last = so_far,
            _ => {
                values.push(number);
                cumulative.push(so_far);
            }
        }
    }
    SketchShape::Numeric {
        min,
        max,
        mean,
        std: if n > 1.0 {
            (squares / (n - 1.0)).sqrt()
        } else {
            0.0
        },
        values,
        cumulative,
        exact: true,
        histogram: Histogram {
            edges: Vec::new(),
            counts: Vec::new(),
        },
    }
}
