//! What can be drawn of one curve.

use super::axes::Axes;
use super::bucket::MetricBucket;
use super::smooth::smooth;

/// Points that share a place on the x axis, as far as can be seen; often a single one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Of the last point.
    pub x: f64,
    pub min: f64,
    pub max: f64,
    pub last: f64,
    /// `last` without smoothing.
    pub smoothed: f64,
    /// Finite values.
    pub n: u64,
}

/// A curve on the axes of a chart.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// By rising x.
    pub parts: Vec<Part>,
    /// Of the points from `from` to `to`: those whose value is no finite number.
    pub n_not_finite: u64,
    /// Of the others: those that a logarithmic axis cannot show.
    pub n_not_positive: u64,
}

impl Line {
    /// Of the buckets of a curve in any order, none of which is divided by an axis.
    pub fn new(mut buckets: Vec<MetricBucket>, axes: &Axes<'_>) -> Self {
        axes.sort(&mut buckets);
        let smoothed = smooth(&buckets, axes.request.smoothing);
        let mut line = Self::default();
        for (bucket, smoothed) in buckets.iter().zip(smoothed) {
            let x = axes.ends(bucket).1;
            let (from, to) = axes.sight();
            let is_in_sight = from <= x && x <= to;
            if is_in_sight {
                line.n_not_finite += bucket.n - bucket.n_finite;
            }
            if axes.show(bucket) {
                line.parts.push(Part {
                    x,
                    min: bucket.min,
                    max: bucket.max,
                    last: bucket.last,
                    smoothed,
                    n: bucket.n_finite,
                });
            } else if is_in_sight {
                line.n_not_positive += bucket.n_finite;
            }
        }
        line
    }
}
