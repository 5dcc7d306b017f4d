//! Metric curves of many runs, cut to the pixels of one chart.

#[cfg(test)]
mod tests;

use std::num::NonZero;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use assay_core::TimestampMs;
use assay_core::code::Code;
use assay_core::curves::{self, Buckets, Curve, CurveAxis, Curves, CurvesRequest, Frame};
use assay_core::tracking::MetricSample;
use assay_store::{ALL_STEPS, CurveId};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

const MAX_RUNS: usize = 200;
const MAX_KEYS: usize = 50;
const MAX_WIDTH: u32 = 10_000;

impl Lab {
    /// The bytes that [`CurvesRequest`] describes.
    pub fn curves(&self, request: &CurvesRequest) -> Result<Vec<u8>, Error> {
        self.cut_curves(request)
            .attempt(|| "draw the curves".to_owned())
    }

    fn cut_curves(&self, request: &CurvesRequest) -> Result<Vec<u8>, Cause> {
        let begun = Instant::now();
        check(request)?;
        let ids = self.store.curve_ids(&request.runs, &request.keys)?;
        let steps = steps(request);
        let lines = in_parallel(&ids, |id| {
            let points = self.store.curve_points(id, &steps)?;
            Ok(Line::new(&points, id.started_ms, request))
        })?;
        let frame = frame(&lines, request);
        let mut answer = Curves {
            curves: Vec::with_capacity(lines.len()),
            from: frame.map(|frame| frame.from),
            to: frame.map(|frame| frame.to),
            has_smoothed: request.smoothing > 0.0,
            duration_secs: 0.0,
        };
        let mut numbers = Vec::new();
        for (id, line) in ids.into_iter().zip(lines) {
            let cut = frame.map_or_else(Buckets::default, |frame| {
                curves::buckets(&line.x, &line.values, &line.smoothed, &frame)
            });
            answer.curves.push(Curve {
                run_id: id.run_id,
                key: id.key,
                offset: numbers.len() as u64,
                n_buckets: cut.x.len() as u64,
                n_points: id.n_points,
                n_shown: cut.n_shown,
                n_not_finite: line.n_not_finite,
                n_not_positive: line.n_not_positive,
            });
            for column in [cut.x, cut.min, cut.max, cut.last, cut.smoothed] {
                numbers.extend(column);
            }
        }
        answer.duration_secs = begun.elapsed().as_secs_f64();
        bytes(&answer, &numbers)
    }
}

fn check(request: &CurvesRequest) -> Result<(), Cause> {
    let invalid = |wrong: String, hint: &str| Err(Cause::with_hint(Code::Invalid, wrong, hint));
    if request.runs.len() > MAX_RUNS || request.keys.len() > MAX_KEYS {
        return invalid(
            format!(
                "{} runs and {} metrics were named",
                request.runs.len(),
                request.keys.len()
            ),
            "name at most 200 runs and 50 metrics",
        );
    }
    if !(1..=MAX_WIDTH).contains(&request.width) {
        return invalid(
            format!("a chart cannot be {} pixels wide", request.width),
            "ask for 1 to 10,000 pixels",
        );
    }
    if !(0.0..1.0).contains(&request.smoothing) {
        return invalid(
            format!("a smoothing of {} means nothing", request.smoothing),
            "choose 0 to below 1",
        );
    }
    let ends = [request.from, request.to];
    let falls = matches!(ends, [Some(from), Some(to)] if from > to);
    if falls || ends.into_iter().flatten().any(|end| !end.is_finite()) {
        return invalid(
            "the part of the x axis does not go from a number to a larger one".to_owned(),
            "leave it out to see all",
        );
    }
    Ok(())
}

/// The steps that the chart needs: smoothing needs all that came before, and of times nothing is known beforehand.
fn steps(request: &CurvesRequest) -> RangeInclusive<i64> {
    if request.x != CurveAxis::Step || request.smoothing > 0.0 {
        return ALL_STEPS;
    }
    // What is beyond the ends of the range is at its ends.
    let first = request.from.map_or(i64::MIN, |from| from.floor() as i64);
    let last = request.to.map_or(i64::MAX, |to| to.ceil() as i64);
    first..=last
}

/// What can be drawn of one curve, by rising x.
struct Line {
    x: Vec<f64>,
    values: Vec<f64>,
    smoothed: Vec<f64>,
    n_not_finite: u64,
    n_not_positive: u64,
}

impl Line {
    fn new(points: &[MetricSample], started_ms: TimestampMs, request: &CurvesRequest) -> Self {
        let order = order(points, request.x);
        let x = |index: usize| match request.x {
            CurveAxis::Step => points[index].step as f64,
            CurveAxis::RelativeTime => (points[index].at_ms - started_ms) as f64 / 1_000.0,
            CurveAxis::WallTime => points[index].at_ms as f64,
        };
        let values: Vec<f64> = order.iter().map(|&index| points[index].value).collect();
        let smoothed = if request.smoothing > 0.0 {
            curves::smooth(&values, request.smoothing)
        } else {
            Vec::new()
        };
        let mut line = Self {
            x: Vec::with_capacity(values.len()),
            values: Vec::with_capacity(values.len()),
            smoothed: Vec::with_capacity(smoothed.len()),
            n_not_finite: 0,
            n_not_positive: 0,
        };
        for (place, &index) in order.iter().enumerate() {
            let (x, value) = (x(index), values[place]);
            let is_in_sight =
                request.from.is_none_or(|from| from <= x) && request.to.is_none_or(|to| x <= to);
            if !value.is_finite() {
                line.n_not_finite += u64::from(is_in_sight);
            } else if (request.log_x && x <= 0.0) || (request.log_y && value <= 0.0) {
                line.n_not_positive += u64::from(is_in_sight);
            } else {
                line.x.push(x);
                line.values.push(value);
                line.smoothed.extend(smoothed.get(place));
            }
        }
        line
    }
}

/// The points by rising x; of equal ones by time or step, and at last as they were logged.
fn order(points: &[MetricSample], axis: CurveAxis) -> Vec<usize> {
    let key = |&index: &usize| {
        let MetricSample { step, at_ms, .. } = points[index];
        match axis {
            CurveAxis::Step => (step, at_ms),
            CurveAxis::RelativeTime | CurveAxis::WallTime => (at_ms, step),
        }
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    if !order.is_sorted_by_key(key) {
        order.sort_by_key(key);
    }
    order
}

/// The part asked for; where it is not said, as far as there are points.
fn frame(lines: &[Line], request: &CurvesRequest) -> Option<Frame> {
    let firsts = lines.iter().filter_map(|line| line.x.first().copied());
    let lasts = lines.iter().filter_map(|line| line.x.last().copied());
    let from = request.from.or_else(|| firsts.reduce(f64::min))?;
    let to = request.to.or_else(|| lasts.reduce(f64::max))?;
    let least = lines
        .iter()
        .filter_map(|line| line.x.first().copied())
        .reduce(f64::min)?;
    // The logarithm has no place for what stands left of all points.
    let from = if request.log_x && from <= 0.0 {
        least
    } else {
        from
    };
    Some(Frame {
        from,
        to: to.max(from),
        width: request.width,
        log: request.log_x,
    })
}

/// As many threads as the computer has processors; in the order of `ids`.
fn in_parallel<T: Send>(
    ids: &[CurveId],
    work: impl Fn(&CurveId) -> Result<T, Cause> + Sync,
) -> Result<Vec<T>, Cause> {
    let n_threads = std::thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(ids.len());
    if n_threads <= 1 {
        return ids.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut done = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    while let Some((place, id)) = {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        ids.get(place).map(|id| (place, id))
                    } {
                        own.push((place, work(id)));
                    }
                    own
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| match thread.join() {
                Ok(own) => own,
                Err(panic) => std::panic::resume_unwind(panic),
            })
            .collect::<Vec<_>>()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

fn bytes(answer: &Curves, numbers: &[f64]) -> Result<Vec<u8>, Cause> {
    let mut head = serde_json::to_vec(answer)?;
    // With the four bytes of its length, up to a multiple of eight.
    while !(head.len() + 4).is_multiple_of(8) {
        head.push(b' ');
    }
    let mut bytes = Vec::with_capacity(4 + head.len() + numbers.len() * 8);
    bytes.extend((head.len() as u32).to_le_bytes());
    bytes.extend(head);
    for number in numbers {
        bytes.extend(number.to_le_bytes());
    }
    Ok(bytes)
}
