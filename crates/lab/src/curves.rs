//! Metric curves of many runs, cut to the pixels of one chart.

mod source;
#[cfg(test)]
mod tests;

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use assay_core::code::Code;
use assay_core::curves::{self, Curve, Curves, CurvesRequest, Frame};

use self::source::Source;
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
        let sources = in_parallel(&ids, |id| Source::read(&self.store, id, request))?;
        let extent = sources
            .iter()
            .filter_map(|source| source.extent)
            .reduce(|(from, to), (first, last)| (from.min(first), to.max(last)));
        // Without a point to show the others are counted.
        let frame = Frame::new(
            request,
            extent.unwrap_or((f64::NEG_INFINITY, f64::INFINITY)),
        );
        let lines = in_parallel(&sources, |source| {
            let line = source.line(&self.store, &frame)?;
            let cut = curves::buckets(&line.parts, &frame);
            Ok((cut, line.n_not_finite, line.n_not_positive))
        })?;
        let has_smoothed = request.smoothing > 0.0;
        let mut answer = Curves {
            curves: Vec::with_capacity(lines.len()),
            from: extent.map(|_| frame.from),
            to: extent.map(|_| frame.to),
            has_smoothed,
            duration_secs: 0.0,
        };
        let mut numbers = Vec::new();
        for (id, (cut, n_not_finite, n_not_positive)) in ids.into_iter().zip(lines) {
            answer.curves.push(Curve {
                run_id: id.run_id,
                key: id.key,
                offset: numbers.len() as u64,
                n_buckets: cut.x.len() as u64,
                n_points: id.n_points,
                n_shown: cut.n_shown,
                n_not_finite,
                n_not_positive,
            });
            for column in [cut.x, cut.min, cut.max, cut.last] {
                numbers.extend(column);
            }
            if has_smoothed {
                numbers.extend(cut.smoothed);
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

/// As many threads as the computer has processors; in the order of `items`.
fn in_parallel<S: Sync, T: Send>(
    items: &[S],
    work: impl Fn(&S) -> Result<T, Cause> + Sync,
) -> Result<Vec<T>, Cause> {
    let n_threads = std::thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(items.len());
    if n_threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut done = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    while let Some((place, item)) = {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        items.get(place).map(|item| (place, item))
                    } {
                        own.push((place, work(item)));
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
