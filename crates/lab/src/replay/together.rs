//! The rows of a window seen together: whether the columns still hang together as in the reference.

use std::sync::atomic::{AtomicU64, Ordering};

use assay_core::Task;
use assay_core::drift::multivariate::{
    JudgedBy, ReconstructionTally, RowCodes, RowEncoding, RowSample, WindowLimits,
};
use assay_core::drift::{DriftRule, MIN_VALUES, WatchReference};
use assay_core::replay::{WindowMultivariate, WindowReport};
use assay_core::words::{counted, list};
use assay_frame::LogColumn;
use rayon::prelude::*;

use super::panes::Cutting;
use super::pass::Pass;
use super::reading::{Reading, Source};
use super::subject::Subject;
use super::tallies::PaneRows;
use crate::error::Cause;
use crate::training::rows_reference;

/// Numbers of 8 bytes that the samples of all panes hold together.
pub const MAX_SAMPLED: usize = 8 << 20;

/// Columns that a sentence names.
const MAX_NAMES: usize = 5;

/// How rows of the log become those of a sample.
pub struct RowLayout {
    encoding: RowEncoding,
    codes: RowCodes,
    /// Of each column of the encoding, its place among the columns of a part.
    places: Vec<Option<usize>>,
    with_classifier: bool,
}

impl RowLayout {
    /// `None`: the reference does not say how its columns hang together.
    pub fn of(subject: &Subject, inputs: &[Source], with_classifier: bool) -> Option<Self> {
        let watch = subject.reference.watch.as_ref()?;
        let components = watch.components.as_ref().map(|known| &known.encoding);
        let domain = watch.domain.as_ref().map(|known| &known.encoding);
        let encoding = components.or(domain)?.clone();
        let place = |name: &str| inputs.iter().position(|source| source.input.name == name);
        Some(Self {
            places: encoding
                .columns
                .iter()
                .map(|column| place(&column.name))
                .collect(),
            codes: encoding.codes(),
            encoding,
            with_classifier,
        })
    }

    /// What is to be said of it: inputs that are not looked at, and windows of which too few rows were kept.
    pub fn notes(&self, inputs: &[Source], windows: &[WindowReport]) -> Vec<String> {
        let mut notes = Vec::new();
        let absent: Vec<String> = (0..)
            .zip(inputs)
            .filter(|(place, _)| !self.places.contains(&Some(*place)))
            .map(|(_, source)| format!("`{}`", source.input.name))
            .collect();
        if !absent.is_empty() {
            notes.push(format!(
                "rows are looked at together without {}: texts that hardly come twice, or columns beyond the first {}",
                list(&absent, MAX_NAMES),
                rows_reference::MAX_COLUMNS
            ));
        }
        let thin = windows.iter().filter(|window| {
            window.n_rows >= MIN_VALUES && window.multivariate.is_none() && !window.is_too_small
        });
        let n_thin = thin.count() as u64;
        if n_thin > 0 {
            notes.push(format!(
                "there are so many windows that too few rows of {} were kept to look at them together",
                counted(n_thin, "window", "windows")
            ));
        }
        notes
    }
}

/// Of the rows of a pane those that stay.
pub fn sample(rows: &PaneRows<'_>) -> RowSample {
    let known = rows.subject.reference.watch.as_ref();
    let Some(layout) = known.and(rows.reading.layout.as_ref()) else {
        return RowSample::default();
    };
    let drawn = rows.drawn;
    let p = layout.places.len();
    let mut values = vec![f64::NAN; drawn.n_rows() * p];
    for (at, place) in layout.places.iter().enumerate() {
        let slots = values.iter_mut().skip(at).step_by(p).zip(drawn.places());
        match place.and_then(|place| rows.columns.get(place)) {
            Some(LogColumn::Numbers(numbers)) if !layout.codes.is_text(at) => {
                for (slot, row) in slots {
                    *slot = numbers.get(row).copied().unwrap_or(f64::NAN);
                }
            }
            Some(LogColumn::Texts { codes, texts }) => {
                for (slot, row) in slots {
                    let text = codes.get(row).and_then(|code| texts.get(*code as usize));
                    *slot = layout.codes.code(at, text.map(String::as_str));
                }
            }
            _ => {}
        }
    }
    drawn.clone().with(p, values)
}

/// Each window against the reference; `None` for those that are too small to judge.
pub fn judged(
    subject: &Subject,
    reading: &Reading,
    pass: &Pass,
    cuttings: &[Cutting],
    rule: &DriftRule,
    task: &Task,
) -> Result<Vec<Option<WindowMultivariate>>, Cause> {
    let (Some(layout), Some(watch)) = (&reading.layout, &subject.reference.watch) else {
        return Ok(vec![None; cuttings.len()]);
    };
    let judge = Judge::of(watch, layout, rule, cuttings.len());
    let n_done = AtomicU64::new(0);
    let total = cuttings.len() as u64;
    let phase = match layout.with_classifier {
        true => "telling windows from the reference",
        false => "looking at rows together",
    };
    cuttings
        .par_iter()
        .map(|cutting| {
            task.check()?;
            let done = n_done.fetch_add(1, Ordering::Relaxed);
            task.step(done, total, phase);
            let mut sample = RowSample::default();
            for (_, pane) in pass.total.panes.range(cutting.panes.clone()) {
                sample.merge(&pane.tallies.together);
            }
            judge.window(sample.values(), task)
        })
        .collect()
}

struct Judge<'a> {
    watch: &'a WatchReference,
    layout: &'a RowLayout,
    by: JudgedBy,
    of_components: Option<WindowLimits>,
    of_correlation: Option<WindowLimits>,
}

impl<'a> Judge<'a> {
    fn of(
        watch: &'a WatchReference,
        layout: &'a RowLayout,
        rule: &DriftRule,
        n_windows: usize,
    ) -> Self {
        let by = JudgedBy::of(rule, n_windows);
        Self {
            watch,
            layout,
            by,
            of_components: watch.components.as_ref().map(|known| known.limits_by(by)),
            of_correlation: watch.correlation.as_ref().map(|known| known.limits_by(by)),
        }
    }

    fn window(&self, rows: &[f64], task: &Task) -> Result<Option<WindowMultivariate>, Cause> {
        let encoding = &self.layout.encoding;
        if ((rows.len() / encoding.n_columns().max(1)) as u64) < MIN_VALUES {
            return Ok(None);
        }
        let components = self.watch.components.as_ref().zip(self.of_components);
        let reconstruction = components.and_then(|(known, limits)| {
            let mut tally = ReconstructionTally::default();
            known.add_raw(&mut tally, rows);
            known.reconstruction(&tally, &limits)
        });
        let correlation = self.watch.correlation.as_ref().zip(self.of_correlation);
        let correlation = correlation.and_then(|(known, limits)| {
            let mut tally = known.tally();
            known.add_raw(&mut tally, rows, encoding);
            known.change(&tally, &limits)
        });
        let domain = match &self.watch.domain {
            Some(known) if self.layout.with_classifier => {
                known.judge(rows, self.by, |fold| assay_learn::told_apart(fold, task))?
            }
            _ => None,
        };
        Ok(Some(WindowMultivariate {
            reconstruction,
            correlation,
            domain,
        }))
    }
}
