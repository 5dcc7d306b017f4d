//! What is kept of a log while it streams past: a pane a window (or its part, where windows overlap), a sketch builder a
//! column.
//!
//! Invariant: the numbers held stay near [`MAX_HELD`], however many rows, panes and columns there are: panes that are through
//! are sealed, and where that is not enough every builder keeps fewer.

use std::collections::BTreeMap;
use std::ops::Range;

use assay_core::TimestampMs;
use assay_core::drift::multivariate::MAX_SAMPLE_ROWS;
use assay_core::drift::{ColumnSketch, Dictionary, MAX_KEPT, MIN_KEPT, SketchBuilder};
use assay_core::replay::WindowPerformance;
use assay_frame::{Error, LogColumn, MAX_WINDOWS};

use super::retraining::most_rows;
use super::tallies::Tallies;
use super::together::MAX_SAMPLED;

/// Numbers of 8 bytes that are held by all builders together.
const MAX_HELD: usize = 32 << 20;
/// Panes that no row came to in so many parts of the log are through.
const THROUGH: u64 = 2;
/// Panes are shorter than windows where those overlap.
const MAX_PANES: u64 = 4 * MAX_WINDOWS;

/// Rows of a part that belong together.
pub enum Rows {
    Range(Range<usize>),
    Some(Vec<usize>),
}

impl Rows {
    pub fn iter(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Self::Range(range) => Box::new(range.clone()),
            Self::Some(rows) => Box::new(rows.iter().copied()),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Range(range) => range.len(),
            Self::Some(rows) => rows.len(),
        }
    }
}

/// One pane, or what a part of the log adds to it.
#[derive(Clone, Default)]
pub struct Pane {
    pub n_rows: u64,
    pub n_late: u64,
    /// Smallest and largest time.
    pub times_ms: Option<(TimestampMs, TimestampMs)>,
    pub tallies: Tallies,
    columns: Vec<SketchBuilder>,
    /// In which part rows came last.
    touched: u64,
    n_held: usize,
    sealed: Option<usize>,
}

/// How often texts came in some rows of a column: to be coded in the order of the rows.
type Counts = Vec<(u32, u64)>;

/// Rows of one part and pane on their way into an [`Accumulation`].
pub struct Gathered {
    pane: Pane,
    /// By column: counts of texts by the part's own codes.
    counts: Vec<Option<Counts>>,
}

impl Gathered {
    pub fn of(pane: Pane, columns: &[LogColumn], rows: &Rows, kept: usize) -> Self {
        let mut pane = pane;
        let mut counts = Vec::with_capacity(columns.len());
        pane.n_rows += rows.len() as u64;
        for column in columns {
            match column {
                LogColumn::Numbers(numbers) => {
                    let mut builder = SketchBuilder::numbers(kept);
                    match rows {
                        Rows::Range(range) => {
                            builder.push_numbers(numbers.get(range.clone()).unwrap_or_default());
                        }
                        Rows::Some(rows) => {
                            let some = rows.iter().filter_map(|row| numbers.get(*row).copied());
                            builder.push_numbers(&some.collect::<Vec<f64>>());
                        }
                    }
                    pane.columns.push(builder);
                    counts.push(None);
                }
                LogColumn::Texts { codes, texts } => {
                    let mut by_code = vec![0_u64; texts.len()];
                    for row in rows.iter() {
                        let code = codes.get(row).map_or(usize::MAX, |code| *code as usize);
                        if let Some(count) = by_code.get_mut(code) {
                            *count += 1;
                        }
                    }
                    let mut builder = SketchBuilder::texts();
                    builder.push_missing(rows.len() as u64 - by_code.iter().sum::<u64>());
                    pane.columns.push(builder);
                    let present = (0..).zip(by_code).filter(|(_, count)| *count > 0);
                    counts.push(Some(present.collect()));
                }
            }
        }
        Self { pane, counts }
    }
}

/// All panes of a log.
#[derive(Clone)]
pub struct Accumulation {
    pub panes: BTreeMap<i64, Pane>,
    dictionaries: Vec<Dictionary>,
    kept: usize,
    n_held: usize,
    /// Rows that the sample of a pane may have, and numbers in all of them.
    sampled: usize,
    n_sampled: usize,
    n_parts: u64,
    /// For how many panes the tallies are narrow enough.
    narrowed: usize,
    n_labelled: usize,
    /// The largest hash of labelled rows that are kept; all as long as they are not too many.
    pub most: u64,
}

impl Default for Accumulation {
    fn default() -> Self {
        Self {
            panes: BTreeMap::new(),
            dictionaries: Vec::new(),
            kept: MAX_KEPT,
            n_held: 0,
            sampled: MAX_SAMPLE_ROWS,
            n_sampled: 0,
            n_parts: 0,
            narrowed: 1,
            n_labelled: 0,
            most: u64::MAX,
        }
    }
}

impl Accumulation {
    /// Empty, with the texts that another one knows, so that both can be merged.
    pub fn beside(other: &Self) -> Self {
        Self {
            dictionaries: other.dictionaries.clone(),
            kept: other.kept,
            sampled: other.sampled,
            most: other.most,
            ..Self::default()
        }
    }

    pub fn kept(&self) -> usize {
        self.kept
    }

    /// Takes the panes of one part of the log, the parts in the order of their rows. `texts`: by column, what the codes of
    /// the part mean.
    ///
    /// # Errors
    /// [`Error::TooManyWindows`].
    pub fn add(
        &mut self,
        gathered: Vec<(i64, Gathered)>,
        columns: &[LogColumn],
    ) -> Result<(), Error> {
        self.n_parts += 1;
        self.dictionaries.resize_with(
            self.dictionaries.len().max(columns.len()),
            Dictionary::default,
        );
        let mut codes: Vec<Vec<Option<u32>>> = Vec::with_capacity(columns.len());
        for (column, dictionary) in columns.iter().zip(&mut self.dictionaries) {
            codes.push(match column {
                LogColumn::Numbers(_) => Vec::new(),
                LogColumn::Texts { texts, .. } => {
                    texts.iter().map(|text| dictionary.code(text)).collect()
                }
            });
        }
        for (index, Gathered { mut pane, counts }) in gathered {
            for ((builder, counts), codes) in pane.columns.iter_mut().zip(counts).zip(&codes) {
                let Some(counts) = counts else { continue };
                let mut n_other = 0;
                let mut named = Vec::with_capacity(counts.len());
                for (code, count) in counts {
                    match codes.get(code as usize).copied().flatten() {
                        Some(code) => named.push((code, count)),
                        None => n_other += count,
                    }
                }
                named.sort_unstable();
                builder.push_counts(&named, n_other);
            }
            self.put(index, pane);
        }
        self.limit()
    }

    /// Takes all of another accumulation that was made [`Self::beside`] this one.
    ///
    /// # Errors
    /// [`Error::TooManyWindows`].
    pub fn merge(&mut self, other: Self) -> Result<(), Error> {
        if self.panes.is_empty() {
            *self = other;
            return Ok(());
        }
        self.dictionaries = other.dictionaries;
        self.kept = self.kept.min(other.kept);
        self.sampled = self.sampled.min(other.sampled);
        if other.most < self.most {
            self.thin(other.most);
        }
        self.n_parts += 1;
        for (index, pane) in other.panes {
            self.put(index, pane);
        }
        self.limit()
    }

    /// Twice as long panes: 2 k and 2 k + 1 become k.
    pub fn double(&mut self) {
        let panes = std::mem::take(&mut self.panes);
        self.n_held = 0;
        self.n_sampled = 0;
        self.n_labelled = 0;
        for (index, pane) in panes {
            self.put(index.div_euclid(2), pane);
        }
    }

    /// The panes of a range as one, with the sketches of its columns by name; `None` without rows. `points` of every column
    /// are kept at most.
    pub fn window(
        &self,
        panes: Range<i64>,
        names: &[String],
        points: usize,
    ) -> Option<(Pane, Vec<ColumnSketch>)> {
        let mut panes = self.panes.range(panes).map(|(_, pane)| pane);
        let mut whole = panes.next()?.clone();
        for pane in panes {
            whole.merge(pane);
        }
        let nothing = Dictionary::default();
        let sketches = names.iter().enumerate().filter_map(|(place, name)| {
            let builder = whole.columns.get_mut(place)?;
            if builder.n_held() > 2 * points {
                builder.seal(points);
            }
            let dictionary = self.dictionaries.get(place).unwrap_or(&nothing);
            Some(builder.finish(name, dictionary))
        });
        let sketches = sketches.collect();
        whole.columns.clear();
        Some((whole, sketches))
    }

    fn put(&mut self, index: i64, pane: Pane) {
        let n_parts = self.n_parts;
        let mut pane = pane;
        if self.most < u64::MAX {
            pane.tallies.labelled.thin(self.most);
        }
        self.n_labelled += pane.tallies.labelled.n_rows();
        let held = self.panes.entry(index).or_default();
        self.n_held -= held.n_held;
        self.n_sampled -= held.tallies.together.n_held();
        held.merge(&pane);
        held.tallies.together.shrink(self.sampled);
        self.n_sampled += held.tallies.together.n_held();
        held.tallies.narrow(self.narrowed);
        held.touched = n_parts;
        held.sealed = None;
        self.n_held += held.n_held;
    }

    fn limit(&mut self) -> Result<(), Error> {
        let n_panes = self.panes.len() as u64;
        if n_panes > MAX_PANES {
            return Err(Error::TooManyWindows {
                found: n_panes,
                limit: MAX_WINDOWS,
            });
        }
        while self.n_sampled > MAX_SAMPLED && self.sampled > 1 {
            self.sampled /= 2;
            let samples = self
                .panes
                .values_mut()
                .map(|pane| &mut pane.tallies.together);
            self.n_sampled = samples
                .map(|sample| {
                    sample.shrink(self.sampled);
                    sample.n_held()
                })
                .sum();
        }
        while self.n_labelled > most_rows(self.dictionaries.len()) {
            self.thin(self.most / 2);
        }
        while self.narrowed < self.panes.len() {
            self.narrowed *= 2;
            let (panes, n_panes) = (self.panes.values_mut(), self.narrowed);
            panes.for_each(|pane| pane.tallies.narrow(n_panes));
        }
        if self.n_held <= MAX_HELD {
            return Ok(());
        }
        let n_cells = self.panes.len() * self.dictionaries.len();
        let points = points_for(2 * n_cells);
        let through = self.n_parts.saturating_sub(THROUGH);
        for pane in self.panes.values_mut() {
            let is_small = pane.sealed.is_some_and(|sealed| sealed <= 2 * points);
            if pane.touched <= through && !is_small {
                pane.columns
                    .iter_mut()
                    .for_each(|column| column.seal(points));
                pane.tallies.seal(points);
                pane.sealed = Some(points);
                pane.count();
            }
        }
        self.recount();
        while self.n_held > MAX_HELD && self.kept > MIN_KEPT {
            self.kept = (self.kept / 2).max(MIN_KEPT);
            for pane in self.panes.values_mut() {
                let kept = self.kept;
                pane.columns
                    .iter_mut()
                    .for_each(|column| column.shrink(kept));
                pane.tallies.seal(kept);
                pane.count();
            }
            self.recount();
        }
        Ok(())
    }

    /// Keeps labelled rows up to a hash.
    fn thin(&mut self, most: u64) {
        self.most = most;
        self.n_labelled = 0;
        for pane in self.panes.values_mut() {
            pane.tallies.labelled.thin(most);
            self.n_labelled += pane.tallies.labelled.n_rows();
        }
    }

    fn recount(&mut self) {
        self.n_held = self.panes.values().map(|pane| pane.n_held).sum();
    }
}

/// Points that a finished column may have, so that all of them together stay near [`MAX_HELD`] numbers.
pub fn points_for(n_cells: usize) -> usize {
    // A point is a value and a count.
    (MAX_HELD / 2 / n_cells.max(1)).clamp(MIN_KEPT, MAX_KEPT)
}

impl Pane {
    /// Without rows yet.
    pub fn of_late(n_late: u64) -> Self {
        Self {
            n_late,
            ..Self::default()
        }
    }

    pub fn performance(&self) -> Option<WindowPerformance> {
        self.tallies.performance.value()
    }

    fn merge(&mut self, other: &Self) {
        self.n_rows += other.n_rows;
        self.n_late += other.n_late;
        self.times_ms = match (self.times_ms, other.times_ms) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (one, other) => one.or(other),
        };
        self.tallies.merge(&other.tallies);
        if self.columns.is_empty() {
            self.columns.clone_from(&other.columns);
        } else {
            for (column, more) in self.columns.iter_mut().zip(&other.columns) {
                column.merge(more);
            }
        }
        self.count();
    }

    fn count(&mut self) {
        let columns = self.columns.iter().map(SketchBuilder::n_held);
        self.n_held = columns.sum::<usize>() + self.tallies.n_held();
    }
}

#[cfg(test)]
mod tests {
    use assay_core::drift::multivariate::draw;

    use super::*;

    /// 30 panes of 2,000 rows with 200 numbers each hold 12 million: samples are halved, and each row stays as likely.
    #[test]
    fn samples_of_many_panes_stay_within_their_bound() {
        const P: usize = 200;
        const N_PANES: u64 = 30;
        let mut all = Accumulation::default();
        for pane in 0..N_PANES {
            let drawn = draw(pane * 2_000, 0..2_000);
            let mut part = Pane::of_late(0);
            part.tallies.together = drawn.with(P, vec![pane as f64; 2_000 * P]);
            let gathered = Gathered::of(part, &[], &Rows::Range(0..2_000), MAX_KEPT);
            let index = i64::try_from(pane).expect("a few panes");
            all.add(vec![(index, gathered)], &[])
                .expect("not too many windows");
        }
        let samples = || all.panes.values().map(|pane| &pane.tallies.together);
        let n_held: usize = samples().map(|sample| sample.n_held()).sum();
        assert!(n_held <= MAX_SAMPLED, "{n_held}");
        assert!(n_held > MAX_SAMPLED / 4, "{n_held}");
        assert!(samples().all(|sample| sample.n_rows() == 1_000));
        assert_eq!(all.n_sampled, n_held);
    }
}
