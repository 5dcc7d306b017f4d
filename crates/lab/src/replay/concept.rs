//! Concept drift: detectors on the errors of a model, in the order of the rows.

use assay_core::drift::detectors::{Detector, RunningDetector, Signal};
use assay_core::matrix::Prediction;
use assay_core::replay::{ConceptDetection, ConceptStream};

use super::accumulation::Rows;
use super::panes::Cutting;
use super::subject::Subject;
use super::truth::{Known, Truth};

/// Of every detector; all of them are counted.
const MAX_DETECTIONS: usize = 200;
/// KSWIN sorts at every row, which takes as long as all else together: it sees every row of so many, then one of
/// [`KSWIN_STRIDE`].
const KSWIN_ROWS: u64 = 50_000;
const KSWIN_STRIDE: u64 = 16;

/// The errors of a part, row by row in their order.
pub struct Errors {
    /// 0-based number of the first row, of all rows that were read.
    pub first_row: u64,
    /// NaN where the truth or the answer is not known. Empty without labels.
    pub of_rows: Vec<f64>,
    /// The rows by pane.
    pub panes: Vec<(i64, Rows)>,
}

/// Detectors on their way through a log.
#[derive(Clone, Default)]
pub struct Concept {
    streams: Vec<Stream>,
}

#[derive(Clone)]
struct Stream {
    running: RunningDetector,
    before: Option<Signal>,
    n_seen: u64,
    n_drifts: u64,
    n_warnings: u64,
    found: Vec<Found>,
}

#[derive(Clone, Copy)]
struct Found {
    row: u64,
    pane: i64,
    signal: Signal,
}

impl Errors {
    /// Wrong is 1 and right 0 of classes; of numbers the absolute error over that of the test rows.
    pub fn of(subject: &Subject, known: &Known, first_row: u64) -> Self {
        let of_rows = match (&known.truth, known.prediction()) {
            (Some(Truth::Classes(truth)), Some(Prediction::Classes { indices, .. })) => truth
                .iter()
                .zip(indices)
                .map(|(truth, predicted)| {
                    truth.map_or(f64::NAN, |truth| f64::from(u8::from(truth != *predicted)))
                })
                .collect(),
            (Some(Truth::Values(truth)), Some(Prediction::Values(predicted))) => {
                let unit = subject.usual_error().filter(|mae| *mae > 0.0);
                let unit = unit.unwrap_or(1.0);
                let rows = truth.iter().zip(predicted);
                rows.map(|(truth, predicted)| (truth - predicted).abs() / unit)
                    .collect()
            }
            _ => Vec::new(),
        };
        Self {
            first_row,
            of_rows,
            panes: Vec::new(),
        }
    }

    fn pane(&self, row: usize) -> Option<i64> {
        let holds = |rows: &Rows| match rows {
            Rows::Range(range) => range.contains(&row),
            Rows::Some(rows) => rows.binary_search(&row).is_ok(),
        };
        let mut panes = self.panes.iter();
        panes.find(|(_, rows)| holds(rows)).map(|(pane, _)| *pane)
    }
}

impl Concept {
    pub fn add(&mut self, subject: &Subject, errors: &Errors) {
        if errors.of_rows.is_empty() {
            return;
        }
        if self.streams.is_empty() {
            self.streams = detectors(subject).map(Stream::of).collect();
        }
        for stream in &mut self.streams {
            stream.add(errors);
        }
    }

    /// As [`super::accumulation::Accumulation::double`].
    pub fn double(&mut self) {
        let found = self.streams.iter_mut().flat_map(|stream| &mut stream.found);
        found.for_each(|found| found.pane = found.pane.div_euclid(2));
    }

    pub fn streams(&self, cuttings: &[Cutting]) -> Vec<ConceptStream> {
        let window = |pane: i64| {
            let at = cuttings
                .iter()
                .position(|cutting| cutting.panes.contains(&pane));
            at.and_then(|at| u32::try_from(at).ok())
        };
        self.streams
            .iter()
            .map(|stream| ConceptStream {
                detector: stream.running.detector,
                n_rows: stream.running.n_rows(),
                n_drifts: stream.n_drifts,
                n_warnings: stream.n_warnings,
                detections: stream
                    .found
                    .iter()
                    .filter_map(|found| {
                        Some(ConceptDetection {
                            row: found.row + 1,
                            window: window(found.pane)?,
                            signal: found.signal,
                        })
                    })
                    .collect(),
            })
            .collect()
    }
}

/// Those that take errors for classes, those of any numbers for numbers.
fn detectors(subject: &Subject) -> impl Iterator<Item = Detector> + use<> {
    let of_classes = !subject.answers().is_empty();
    Detector::ALL.into_iter().filter(move |detector| {
        matches!(detector, Detector::Adwin { .. }) || detector.takes_errors_only() == of_classes
    })
}

impl Stream {
    fn of(detector: Detector) -> Self {
        Self {
            running: detector.start(),
            before: None,
            n_seen: 0,
            n_drifts: 0,
            n_warnings: 0,
            found: Vec::new(),
        }
    }

    fn add(&mut self, errors: &Errors) {
        let is_thinned = matches!(self.running.detector, Detector::Kswin { .. });
        for (row, error) in errors.of_rows.iter().enumerate() {
            if !error.is_finite() {
                continue;
            }
            self.n_seen += 1;
            if is_thinned && self.n_seen > KSWIN_ROWS && !self.n_seen.is_multiple_of(KSWIN_STRIDE) {
                continue;
            }
            let signal = self.running.push(*error);
            let goes_on = signal == Signal::Warning && self.before == Some(Signal::Warning);
            self.before = Some(signal);
            if signal == Signal::None || goes_on {
                continue;
            }
            match signal {
                Signal::Drift => self.n_drifts += 1,
                Signal::Warning | Signal::None => self.n_warnings += 1,
            }
            if self.found.len() < MAX_DETECTIONS
                && let Some(pane) = errors.pane(row)
            {
                self.found.push(Found {
                    row: errors.first_row + row as u64,
                    pane,
                    signal,
                });
            }
        }
    }
}
