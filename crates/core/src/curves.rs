//! Metric curves for a chart: many runs and metrics, cut to the pixels that the chart has.

mod axes;
mod bucket;
mod buckets;
mod detail;
mod line;
mod smooth;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use axes::{Axes, Frame};
pub use bucket::MetricBucket;
pub use buckets::{Buckets, buckets};
pub use detail::{Detail, GROUP, details, is_fine};
pub use line::{Line, Part};
pub use smooth::smooth;

use crate::ids::RunId;

/// Asks for curves; the answer is bytes.
///
/// A `u32` (little-endian, as all that follows) says how many bytes of JSON come next: a [`Curves`], with blanks at its
/// end so that what follows begins at a multiple of 8 bytes. Then come `f64` numbers: for each curve from its `offset`
/// (counted in numbers) on its columns one after another, each `n_buckets` long: `x`, `min`, `max`, `last`, and with
/// smoothing `smoothed`.
///
/// A bucket is one column of pixels that has points; up to as many points as columns are each a bucket of its own. The
/// nearest points outside of `from` and `to` are buckets too, so that a line reaches the edges. `x` is that of its last
/// point, in the unit of the axis; `min` and `max` are over its points, `last` is its last point's value, `smoothed` the
/// smoothed line there. A value that is no number or cannot stand on the axis is in no bucket.
///
/// More than 20 points to a column are not read one by one: neighbours that take up less than half a column stand where
/// the last of them does, and count in the smoothed line as so many points of their mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CurvesRequest {
    /// At most 200.
    pub runs: Vec<RunId>,
    /// Metrics; at most 50.
    pub keys: Vec<String>,
    pub x: CurveAxis,
    /// The part of the x axis that the chart shows, in its unit; `None`: from the first, to the last point.
    pub from: Option<f64>,
    pub to: Option<f64>,
    /// Pixels, 1 to 10,000.
    pub width: u32,
    /// 0 (none) to below 1: TensorBoard's smoothing, an exponential moving average with its bias taken out, over all
    /// points of the curve, those outside of `from` and `to` too.
    pub smoothing: f64,
    /// Columns of pixels are even in the logarithm of x; points without a positive x fall out.
    pub log_x: bool,
    /// Points without a positive value fall out.
    pub log_y: bool,
}

impl Default for CurvesRequest {
    fn default() -> Self {
        Self {
            runs: Vec::new(),
            keys: Vec::new(),
            x: CurveAxis::Step,
            from: None,
            to: None,
            width: 1_000,
            smoothing: 0.0,
            log_x: false,
            log_y: false,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CurveAxis {
    #[default]
    Step,
    /// Seconds since the run began.
    RelativeTime,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    WallTime,
}

/// What stands before the numbers of the answer to a [`CurvesRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Curves {
    /// Those of the runs that have the metric: by run, then by metric, as asked for.
    pub curves: Vec<Curve>,
    /// The part of the x axis that the buckets divide; `None` when no curve has a point in it.
    pub from: Option<f64>,
    pub to: Option<f64>,
    pub has_smoothed: bool,
    pub duration_secs: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Curve {
    pub run_id: RunId,
    pub key: String,
    /// The first of its numbers.
    pub offset: u64,
    pub n_buckets: u64,
    /// Points of the metric.
    pub n_points: u64,
    /// Points in the buckets; as many as buckets: every point is told.
    pub n_shown: u64,
    /// Of the points from `from` to `to`: those whose value is no finite number.
    pub n_not_finite: u64,
    /// Of the others: those that a logarithmic axis cannot show.
    pub n_not_positive: u64,
}
