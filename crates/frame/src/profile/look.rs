//! The rows that notes and associations are read from: all of a small table, a sample of a large one.

use std::borrow::Cow;

use assay_core::profile::{ColumnProfile, Seen, is_code_like, is_date_like, is_number_like};

use super::figures::{Figures, ranked};
use crate::columns::View;
use crate::counts::Counts;
use crate::error::Error;
use crate::frame::Frame;

pub(super) struct Look<'a> {
    /// Of the whole table.
    pub n_rows: u64,
    /// The rows at hand.
    pub views: Vec<(String, View<'a>)>,
    pub n_seen: usize,
    /// One per column.
    pub figures: Vec<Figures>,
    /// 0-based numbers of the rows at hand; `None`: they are all there are.
    rows: Option<Vec<u64>>,
}

impl<'a> Look<'a> {
    pub(super) fn new(
        frame: &'a Frame,
        rows: Option<Vec<u64>>,
        figures: Vec<Figures>,
        n_rows: u64,
    ) -> Result<Self, Error> {
        Ok(Self {
            n_rows,
            views: frame.views()?,
            n_seen: frame.n_rows(),
            figures,
            rows,
        })
    }

    pub(super) fn is_sample(&self) -> bool {
        self.rows.is_some()
    }

    /// The 1-based number, in the whole table, of a row at hand.
    pub(super) fn row_number(&self, place: usize) -> u64 {
        let row = match &self.rows {
            Some(rows) => rows.get(place).copied().unwrap_or(0),
            None => place as u64,
        };
        row + 1
    }

    /// Columns with their profiles.
    pub(super) fn columns(&self) -> impl Iterator<Item = (View<'a>, &Figures)> {
        self.views.iter().map(|(_, view)| *view).zip(&self.figures)
    }

    pub(super) fn profile(&self, place: usize) -> Option<&ColumnProfile> {
        self.figures.get(place).map(|figures| &figures.profile)
    }

    /// What was seen of a column beyond its figures.
    pub(super) fn seen(&self, place: usize) -> Seen {
        let (Some((_, view)), Some(figures)) = (self.views.get(place), self.figures.get(place))
        else {
            return Seen::default();
        };
        let mut seen = Seen {
            top_share: figures.top_share(*view),
            ..Seen::default()
        };
        let texts = texts(*view, figures);
        let n: u64 = texts.iter().map(|(_, count)| count).sum();
        if n > 0 {
            let share = |sum: u64| sum as f64 / n as f64;
            let words = |text: &str| text.split_whitespace().count() as u64;
            seen.mean_words = share(texts.iter().map(|(text, n)| words(text) * n).sum());
            if !texts.iter().any(|(text, _)| is_code_like(text)) {
                let numbers = texts.iter().filter(|(text, _)| is_number_like(text));
                seen.number_share = share(numbers.map(|(_, n)| n).sum());
            }
            let dates = texts.iter().filter(|(text, _)| is_date_like(text));
            seen.date_share = share(dates.map(|(_, n)| n).sum());
        }
        seen
    }
}

/// Distinct texts with their counts, most frequent first: of the whole column where they are known, else of the rows at
/// hand. Empty for other types.
pub(super) fn texts<'f>(view: View<'_>, figures: &'f Figures) -> Cow<'f, [(String, u64)]> {
    if let Some(texts) = &figures.texts {
        return Cow::Borrowed(texts);
    }
    match Counts::of(view) {
        Counts::Texts(counts) => {
            let owned = counts.into_iter().map(|(text, n)| (text.to_owned(), n));
            Cow::Owned(ranked(owned.collect()))
        }
        _ => Cow::Borrowed(&[]),
    }
}
