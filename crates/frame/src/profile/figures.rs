//! What is told of a column, and what the notes read beside it.

use std::collections::HashMap;

use assay_core::profile::{
    ColumnProfile, Likely, NumericProfile, TextProfile, TimeProfile, TopValue,
};
use assay_core::sketch::{CountSketch, Weighted};

use crate::columns::View;
use crate::counts::Counts;
use crate::time;

/// Values listed per column, and distinct values up to which a numeric column lists them.
pub(super) const MAX_TOP: usize = 20;
/// An estimated value is listed from this share of the values on, and when it stands out of the error so many times.
const MIN_TOP_SHARE: f64 = 1e-3;
const MIN_ERRORS: f64 = 4.0;

pub(super) struct Figures {
    pub profile: ColumnProfile,
    /// Every distinct text with its count, most frequent first; `None` for other types, and when there are too many.
    pub texts: Option<Vec<(String, u64)>>,
    /// Rows with the most frequent value; `None` when there are too many values to count.
    pub top_count: Option<u64>,
    /// Standard error of the counts in `top`; 0 when exact.
    pub top_error: f64,
}

impl Figures {
    /// Exact, of all rows.
    pub(super) fn exact(name: &str, view: View<'_>) -> Self {
        let counts = Counts::of(view);
        let n_missing = view.n_missing() as u64;
        let whole = matches!(view, View::Integer(_));
        let is_numeric = view.kind().is_numeric();
        let few = counts.n_distinct() <= MAX_TOP as u64;
        Self {
            top_count: Some(counts.top(1).first().map_or(0, |top| top.count)),
            top_error: 0.0,
            profile: ColumnProfile {
                name: name.to_owned(),
                kind: view.kind(),
                n_rows: counts.n_values() + n_missing,
                n_missing,
                n_distinct: counts.n_distinct(),
                numeric: counts.numbers().and_then(|pairs| {
                    let (finite, rest): (Vec<_>, Vec<_>) =
                        pairs.into_iter().partition(|(value, _)| value.is_finite());
                    let n_not_finite = rest.iter().map(|(_, count)| count).sum();
                    NumericProfile::exact(&Weighted::of(finite), whole, n_not_finite)
                }),
                top: if few || !is_numeric {
                    counts.top(MAX_TOP)
                } else {
                    Vec::new()
                },
                time: time_profile(&counts),
                text: text_profile(&counts),
                likely: Likely::default(),
                exact: true,
            },
            texts: match counts {
                Counts::Texts(counts) => Some(
                    counts
                        .into_iter()
                        .map(|(text, count)| (text.to_owned(), count))
                        .collect(),
                ),
                _ => None,
            },
        }
    }

    /// `counts` are those of all distinct values, most frequent first.
    pub(super) fn set_top<T>(&mut self, counts: &[(T, u64)], print: impl Fn(&T) -> String) {
        self.top_count = Some(counts.first().map_or(0, |(_, count)| *count));
        if !self.profile.kind.is_numeric() || counts.len() <= MAX_TOP {
            let top = counts.iter().take(MAX_TOP);
            self.profile.top = top
                .map(|(value, count)| TopValue {
                    value: print(value),
                    count: *count,
                })
                .collect();
        }
    }

    /// Share of the most frequent value among the values, 0 to 1; of a sample when it is not known.
    pub(super) fn top_share(&self, sample: View<'_>) -> f64 {
        let (count, n) = match self.top_count {
            Some(count) => (count, self.profile.n_values()),
            None => {
                let counts = Counts::of(sample);
                let top = counts.top(1).first().map_or(0, |top| top.count);
                (top, counts.n_values())
            }
        };
        count as f64 / n.max(1) as f64
    }
}

/// Most frequent first, ties by value.
pub(super) fn ranked<T: Ord>(mut counts: Vec<(T, u64)>) -> Vec<(T, u64)> {
    counts.sort_unstable_by(|(a, n_a), (b, n_b)| n_b.cmp(n_a).then_with(|| a.cmp(b)));
    counts
}

/// Looks for the frequent values of a column that has too many to count.
pub(super) struct Tops<'a> {
    pub frequencies: &'a CountSketch,
    pub n_values: u64,
}

impl Tops<'_> {
    /// `candidates` with their hashes; `counted` knows some counts exactly.
    pub(super) fn write(
        &self,
        figures: &mut Figures,
        candidates: impl Iterator<Item = (u64, String)>,
        counted: impl Fn(u64) -> Option<u64>,
    ) {
        let error = self.frequencies.standard_error();
        let least = (MIN_TOP_SHARE * self.n_values as f64).max(MIN_ERRORS * error);
        let candidates: HashMap<u64, String> = candidates.collect();
        let frequent = candidates.into_iter().filter_map(|(hash, text)| {
            let count = counted(hash).unwrap_or_else(|| self.frequencies.count(hash));
            (count as f64 >= least).then_some((text, count))
        });
        let mut frequent = ranked(frequent.collect());
        frequent.truncate(MAX_TOP);
        let top = frequent.into_iter();
        figures.profile.top = top
            .map(|(value, count)| TopValue { value, count })
            .collect();
        figures.top_error = error;
    }
}

fn time_profile(counts: &Counts<'_>) -> Option<TimeProfile> {
    let (min, max) = match counts {
        Counts::Dates(counts) => {
            let days = || counts.iter().map(|(day, _)| *day);
            (
                time::date_text(days().min()?),
                time::date_text(days().max()?),
            )
        }
        Counts::Datetimes(counts) => {
            let micros = || counts.iter().map(|(micros, _)| *micros);
            (
                time::datetime_text(micros().min()?),
                time::datetime_text(micros().max()?),
            )
        }
        _ => return None,
    };
    Some(TimeProfile { min, max })
}

fn text_profile(counts: &Counts<'_>) -> Option<TextProfile> {
    let Counts::Texts(counts) = counts else {
        return None;
    };
    let lengths: Vec<(u64, u64)> = counts
        .iter()
        .map(|(text, count)| (text.chars().count() as u64, *count))
        .collect();
    let n_chars: u64 = lengths.iter().map(|(length, count)| length * count).sum();
    let n: u64 = lengths.iter().map(|(_, count)| count).sum();
    Some(TextProfile {
        min_length: lengths.iter().map(|(length, _)| *length).min()?,
        max_length: lengths.iter().map(|(length, _)| *length).max()?,
        mean_length: n_chars as f64 / n as f64,
    })
}
