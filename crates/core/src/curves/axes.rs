//! Where the points of a curve stand on the axes of a chart.

use super::bucket::MetricBucket;
use super::{CurveAxis, CurvesRequest};
use crate::TimestampMs;

/// The axes of a chart, for the curve of one run.
#[derive(Debug, Clone, Copy)]
pub struct Axes<'a> {
    pub request: &'a CurvesRequest,
    /// When the run began.
    pub started_ms: TimestampMs,
}

/// What a chart shows of the x axis, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub from: f64,
    pub to: f64,
    /// Columns of pixels.
    pub width: u32,
    /// Columns are even in the logarithm; `from` is positive then.
    pub log: bool,
}

impl Axes<'_> {
    /// The least and the largest x of its points.
    pub fn ends(&self, bucket: &MetricBucket) -> (f64, f64) {
        let seconds = |at_ms: TimestampMs| at_ms.saturating_sub(self.started_ms) as f64 / 1_000.0;
        match self.request.x {
            CurveAxis::Step => (bucket.first_step as f64, bucket.last_step as f64),
            CurveAxis::RelativeTime => (seconds(bucket.first_ms), seconds(bucket.last_ms)),
            CurveAxis::WallTime => (bucket.first_ms as f64, bucket.last_ms as f64),
        }
    }

    /// The part of the x axis that the chart is asked to show.
    pub fn sight(&self) -> (f64, f64) {
        (
            self.request.from.unwrap_or(f64::NEG_INFINITY),
            self.request.to.unwrap_or(f64::INFINITY),
        )
    }

    /// Whether it has a point that can stand on the axes.
    pub fn show(&self, bucket: &MetricBucket) -> bool {
        bucket.n_finite > 0
            && !(self.request.log_x && self.ends(bucket).1 <= 0.0)
            && !(self.request.log_y && bucket.max <= 0.0)
    }

    /// Whether a logarithmic axis can show some of its points and others not.
    pub fn divide(&self, bucket: &MetricBucket) -> bool {
        self.show(bucket)
            && ((self.request.log_x && self.ends(bucket).0 <= 0.0)
                || (self.request.log_y && bucket.min <= 0.0))
    }

    /// The part of the x axis that the points take which the axes can show: `None` when there is none.
    pub fn extent(&self, points: &[MetricBucket]) -> Option<(f64, f64)> {
        points
            .iter()
            .filter(|point| self.show(point))
            .map(|point| self.ends(point))
            .reduce(|(from, to), (first, last)| (from.min(first), to.max(last)))
    }

    /// By rising x; of equal ones by time or step, and at last as they were logged.
    pub fn sort(&self, buckets: &mut [MetricBucket]) {
        let by_step = self.request.x == CurveAxis::Step;
        let key = |bucket: &MetricBucket| {
            if by_step {
                (bucket.last_step, bucket.last_ms)
            } else {
                (bucket.last_ms, bucket.last_step)
            }
        };
        if !buckets.is_sorted_by_key(key) {
            buckets.sort_by_key(key);
        }
    }
}

impl Frame {
    /// The part asked for; where it is not said, the whole extent of what there is.
    pub fn new(request: &CurvesRequest, extent: (f64, f64)) -> Self {
        let from = request.from.unwrap_or(extent.0);
        // The logarithm has no place for what stands left of all points.
        let from = if request.log_x && from <= 0.0 {
            extent.0
        } else {
            from
        };
        Self {
            from,
            to: request.to.unwrap_or(extent.1).max(from),
            width: request.width,
            log: request.log_x,
        }
    }

    /// The column of an x inside of the frame.
    pub(super) fn column(&self, x: f64) -> u32 {
        // A frame of one x has one column: the share is NaN, and so is 0.
        let share = (self.place(x) - self.place(self.from)) / self.length();
        ((share * f64::from(self.width)) as u32).min(self.width.saturating_sub(1))
    }

    /// How many columns lie between two x.
    pub(super) fn columns_between(&self, first: f64, last: f64) -> f64 {
        if first == last {
            return 0.0;
        }
        (self.place(last) - self.place(first)) / self.length() * f64::from(self.width)
    }

    fn place(&self, x: f64) -> f64 {
        if self.log { x.ln() } else { x }
    }

    fn length(&self) -> f64 {
        self.place(self.to) - self.place(self.from)
    }
}
