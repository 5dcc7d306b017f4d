//! One column: counted value by value while it is small, sketched after.

use std::borrow::Cow;

use assay_core::profile::{ColumnProfile, Likely, NumericProfile, TextProfile, TimeProfile};
use assay_core::sketch::{
    Counted, DistinctSample, InstantSummary, KeptText, Number, NumberSummary, TextSummary, Weighted,
};
use polars::prelude::{ChunkedArray, PolarsNumericType};

use super::figures::{Figures, Tops, ranked};
use crate::columns::{View, float_text};
use crate::hash::value_hashes;
use crate::{decimal, time};

/// What is remembered of a column.
pub(super) struct ColumnSketch {
    name: String,
    n_rows: u64,
    n_missing: u64,
    values: Values,
}

enum Values {
    /// No batch was seen yet.
    None,
    Integer(Counted<NumberSummary<i64>>),
    Float(Counted<NumberSummary<f64>>),
    /// As floats, with the scale to print them by.
    Decimal(Counted<NumberSummary<f64>>, u8),
    Boolean {
        n_false: u64,
        n_true: u64,
    },
    Text(Counted<TextSummary>),
    Date(Counted<InstantSummary>),
    Datetime(Counted<InstantSummary>),
}

impl ColumnSketch {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            n_rows: 0,
            n_missing: 0,
            values: Values::None,
        }
    }

    /// Counts at most `limit` distinct values one by one.
    pub(super) fn push(&mut self, view: View<'_>, hashes: &[u64], limit: usize) {
        let n_missing = view.n_missing();
        self.n_rows += hashes.len() as u64;
        self.n_missing += n_missing as u64;
        if matches!(self.values, Values::None) {
            self.values = Values::of(view, limit);
        }
        match (&mut self.values, view) {
            (Values::Integer(counted), View::Integer(values)) => {
                counted.push(
                    &hashes_of(hashes, n_missing, values.iter()),
                    &present(values),
                );
            }
            (Values::Float(counted), View::Float(values)) => {
                counted.push(
                    &hashes_of(hashes, n_missing, values.iter()),
                    &present(values),
                );
            }
            (Values::Decimal(counted, _), View::Decimal(units, scale)) => {
                let floats = units.iter().flatten();
                let floats: Vec<f64> = floats.map(|u| decimal::to_float(u, scale)).collect();
                counted.push(&hashes_of(hashes, n_missing, units.iter()), &floats);
            }
            (Values::Boolean { n_false, n_true }, View::Boolean(values)) => {
                let set = u64::from(values.sum().unwrap_or(0));
                *n_true += set;
                *n_false += (hashes.len() - n_missing) as u64 - set;
            }
            (Values::Text(counted), View::Text(values)) => {
                let mut texts: Vec<&str> = Vec::with_capacity(hashes.len() - n_missing);
                if n_missing == 0 {
                    texts.extend(values.no_null_iter());
                } else {
                    texts.extend(values.iter().flatten());
                }
                counted.push(&hashes_of(hashes, n_missing, values.iter()), &texts);
            }
            (Values::Date(counted), View::Date(values)) => {
                let days: Vec<i64> = values.iter().flatten().map(i64::from).collect();
                counted.push(&hashes_of(hashes, n_missing, values.iter()), &days);
            }
            (Values::Datetime(counted), View::Datetime(values)) => {
                counted.push(
                    &hashes_of(hashes, n_missing, values.iter()),
                    &present(values),
                );
            }
            // a frame's column keeps its type
            _ => {}
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.n_rows += other.n_rows;
        self.n_missing += other.n_missing;
        match (&mut self.values, other.values) {
            (ours @ Values::None, theirs) => *ours = theirs,
            (Values::Integer(ours), Values::Integer(theirs)) => ours.merge(theirs),
            (Values::Float(ours), Values::Float(theirs))
            | (Values::Decimal(ours, _), Values::Decimal(theirs, _)) => ours.merge(theirs),
            (
                Values::Boolean { n_false, n_true },
                Values::Boolean {
                    n_false: f,
                    n_true: t,
                },
            ) => {
                *n_false += f;
                *n_true += t;
            }
            (Values::Text(ours), Values::Text(theirs)) => ours.merge(theirs),
            (Values::Date(ours), Values::Date(theirs))
            | (Values::Datetime(ours), Values::Datetime(theirs)) => ours.merge(theirs),
            _ => {}
        }
    }

    /// `sample`: the column in a sample of the rows, where frequent values are looked for.
    pub(super) fn finish(&self, sample: View<'_>) -> Figures {
        let mut figures = Figures {
            profile: ColumnProfile {
                name: self.name.clone(),
                kind: sample.kind(),
                n_rows: self.n_rows,
                n_missing: self.n_missing,
                n_distinct: 0,
                numeric: None,
                top: Vec::new(),
                time: None,
                text: None,
                likely: Likely::default(),
                exact: true,
            },
            texts: None,
            top_count: None,
            top_error: 0.0,
        };
        match &self.values {
            Values::None => {}
            Values::Integer(counted) => {
                numeric(&mut figures, counted, true, |v| *v as f64, i64::to_string);
            }
            Values::Float(counted) => {
                numeric(&mut figures, counted, false, |v| *v, |v| float_text(*v));
            }
            Values::Decimal(counted, scale) => {
                let print = |v: &f64| format!("{v:.*}", usize::from(*scale));
                numeric(&mut figures, counted, false, |v| *v, print);
            }
            Values::Boolean { n_false, n_true } => {
                let counts = vec![(false, *n_false), (true, *n_true)];
                let counts = ranked(counts.into_iter().filter(|(_, n)| *n > 0).collect());
                figures.profile.n_distinct = counts.len() as u64;
                figures.set_top(&counts, |value| value.to_string());
            }
            Values::Text(counted) => text(&mut figures, counted, sample),
            Values::Date(counted) => {
                let print = |days: i64| time::date_text(i32::try_from(days).unwrap_or(i32::MAX));
                instants(&mut figures, counted, sample, print);
            }
            Values::Datetime(counted) => {
                instants(&mut figures, counted, sample, time::datetime_text);
            }
        }
        figures
    }
}

impl Values {
    fn of(view: View<'_>, limit: usize) -> Self {
        match view {
            View::Integer(_) => Self::Integer(Counted::new(limit)),
            View::Float(_) => Self::Float(Counted::new(limit)),
            View::Decimal(_, scale) => Self::Decimal(Counted::new(limit), scale),
            View::Boolean(_) => Self::Boolean {
                n_false: 0,
                n_true: 0,
            },
            View::Text(_) => Self::Text(Counted::new(limit)),
            View::Date(_) => Self::Date(Counted::new(limit)),
            View::Datetime(_) => Self::Datetime(Counted::new(limit)),
        }
    }
}

fn present<T: PolarsNumericType>(values: &ChunkedArray<T>) -> Cow<'_, [T::Native]> {
    match values.cont_slice() {
        // no missing value, in one piece
        Ok(slice) => Cow::Borrowed(slice),
        Err(_) => Cow::Owned(values.iter().flatten().collect()),
    }
}

fn hashes_of<'a, T>(
    hashes: &'a [u64],
    n_missing: usize,
    values: impl Iterator<Item = Option<T>>,
) -> Cow<'a, [u64]> {
    if n_missing == 0 {
        return Cow::Borrowed(hashes);
    }
    let present = hashes.iter().zip(values);
    Cow::Owned(
        present
            .filter_map(|(hash, value)| value.map(|_| *hash))
            .collect(),
    )
}

fn numeric<V: Number>(
    figures: &mut Figures,
    counted: &Counted<NumberSummary<V>>,
    whole: bool,
    to_float: impl Fn(&V) -> f64,
    print: impl Fn(&V) -> String,
) {
    let distinct = counted.distinct();
    figures.profile.n_distinct = distinct.n_distinct(figures.profile.n_values());
    match counted.summary() {
        Some(summary) => {
            figures.profile.exact = false;
            figures.profile.numeric = NumericProfile::estimated(summary, whole);
        }
        None => {
            let pairs = distinct
                .entries()
                .map(|(_, e)| (to_float(&e.value), e.count));
            let (finite, rest): (Vec<_>, Vec<_>) = pairs.partition(|(value, _)| value.is_finite());
            let n_not_finite = rest.iter().map(|(_, count)| count).sum();
            figures.profile.numeric =
                NumericProfile::exact(&Weighted::of(finite), whole, n_not_finite);
            let mut counts: Vec<(V, u64)> = distinct
                .entries()
                .map(|(_, e)| (e.value, e.count))
                .collect();
            counts.sort_by(|(a, n_a), (b, n_b)| n_b.cmp(n_a).then_with(|| a.compare(*b)));
            figures.set_top(&counts, print);
        }
    }
}

fn text(figures: &mut Figures, counted: &Counted<TextSummary>, sample: View<'_>) {
    let distinct = counted.distinct();
    let n_values = figures.profile.n_values();
    figures.profile.n_distinct = distinct.n_distinct(n_values);
    match counted.summary() {
        Some(summary) => {
            figures.profile.exact = false;
            figures.profile.text = summary.lengths.map(|(min, max)| TextProfile {
                min_length: min,
                max_length: max,
                mean_length: summary.n_chars as f64 / n_values.max(1) as f64,
            });
            let tops = Tops {
                frequencies: &summary.frequencies,
                n_values,
            };
            let View::Text(values) = sample else {
                return;
            };
            let candidates = value_hashes(sample).into_iter().zip(values.iter());
            let candidates = candidates.filter_map(|(hash, text)| Some((hash, text?.to_owned())));
            tops.write(figures, candidates, |hash| count_of(distinct, hash));
        }
        None => {
            let entries = || distinct.entries().map(|(_, entry)| entry);
            let lengths = || entries().map(|entry| entry.value.n_chars);
            figures.profile.text = lengths().min().zip(lengths().max()).map(|(min, max)| {
                let n_chars: u64 = entries().map(|e| e.value.n_chars * e.count).sum();
                TextProfile {
                    min_length: min,
                    max_length: max,
                    mean_length: n_chars as f64 / n_values.max(1) as f64,
                }
            });
            let texts = entries().map(|entry| (KeptText::shown(&entry.value), entry.count));
            let texts = ranked(texts.collect());
            figures.set_top(&texts, String::clone);
            figures.texts = Some(texts);
        }
    }
}

fn instants(
    figures: &mut Figures,
    counted: &Counted<InstantSummary>,
    sample: View<'_>,
    print: impl Fn(i64) -> String,
) {
    let distinct = counted.distinct();
    let n_values = figures.profile.n_values();
    figures.profile.n_distinct = distinct.n_distinct(n_values);
    let range = match counted.summary() {
        Some(summary) => {
            figures.profile.exact = false;
            let tops = Tops {
                frequencies: &summary.frequencies,
                n_values,
            };
            let candidates = value_hashes(sample).into_iter().zip(sample.texts());
            let candidates = candidates.filter_map(|(hash, text)| Some((hash, text?)));
            tops.write(figures, candidates, |hash| count_of(distinct, hash));
            summary.range
        }
        None => {
            let counts = distinct.entries().map(|(_, e)| (e.value, e.count));
            let counts = ranked(counts.collect());
            figures.set_top(&counts, |value| print(*value));
            let values = || counts.iter().map(|(value, _)| *value);
            values().min().zip(values().max())
        }
    };
    figures.profile.time = range.map(|(min, max)| TimeProfile {
        min: print(min),
        max: print(max),
    });
}

fn count_of<V>(distinct: &DistinctSample<V>, hash: u64) -> Option<u64> {
    distinct.get(hash).map(|entry| entry.count)
}
