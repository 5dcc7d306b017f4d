//! A level of a curve's pyramid: what is known of neighbouring points without them.

use crate::TimestampMs;
use crate::tracking::MetricSample;

/// Points of a metric that were logged one after another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricBucket {
    /// Smallest and largest step.
    pub first_step: i64,
    pub last_step: i64,
    /// Earliest and latest time.
    pub first_ms: TimestampMs,
    pub last_ms: TimestampMs,
    pub n: u64,
    /// Points whose value is neither NaN nor infinite.
    pub n_finite: u64,
    /// Of the finite values; NaN when there is none.
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// That of the largest step, of equal steps that of the latest time, of equal times the one logged last.
    pub last: f64,
}

impl Default for MetricBucket {
    /// Of no points.
    fn default() -> Self {
        Self {
            first_step: i64::MAX,
            last_step: i64::MIN,
            first_ms: i64::MAX,
            last_ms: i64::MIN,
            n: 0,
            n_finite: 0,
            min: f64::NAN,
            max: f64::NAN,
            mean: f64::NAN,
            last: f64::NAN,
        }
    }
}

impl MetricBucket {
    pub fn of(samples: &[MetricSample]) -> Self {
        let finite = || samples.iter().filter(|sample| sample.value.is_finite());
        let n_finite = finite().count();
        let mut bucket = Self {
            n: samples.len() as u64,
            n_finite: n_finite as u64,
            ..Self::default()
        };
        let mut newest = (i64::MIN, i64::MIN);
        for sample in samples {
            bucket.first_step = bucket.first_step.min(sample.step);
            bucket.last_step = bucket.last_step.max(sample.step);
            bucket.first_ms = bucket.first_ms.min(sample.at_ms);
            bucket.last_ms = bucket.last_ms.max(sample.at_ms);
        }
        // Each value takes its share of the mean, for the sum of large ones is none.
        let mut mean = 0.0;
        for sample in finite() {
            bucket.min = bucket.min.min(sample.value);
            bucket.max = bucket.max.max(sample.value);
            mean += sample.value / n_finite as f64;
            if (sample.step, sample.at_ms) >= newest {
                newest = (sample.step, sample.at_ms);
                bucket.last = sample.value;
            }
        }
        if n_finite > 0 {
            bucket.mean = within(mean, bucket.min, bucket.max);
        }
        bucket
    }

    /// Takes in the points of a bucket that was logged later.
    pub fn join(&mut self, later: &Self) {
        if later.n_finite > 0 {
            let share = later.n_finite as f64 / (self.n_finite + later.n_finite) as f64;
            let at = |bucket: &Self| (bucket.last_step, bucket.last_ms);
            if self.n_finite == 0 || at(later) >= at(self) {
                self.last = later.last;
            }
            // `f64::min` and `max` pass over NaN.
            self.min = self.min.min(later.min);
            self.max = self.max.max(later.max);
            let mean = if self.n_finite == 0 {
                later.mean
            } else {
                self.mean * (1.0 - share) + later.mean * share
            };
            self.mean = within(mean, self.min, self.max);
            self.n_finite += later.n_finite;
        }
        self.first_step = self.first_step.min(later.first_step);
        self.last_step = self.last_step.max(later.last_step);
        self.first_ms = self.first_ms.min(later.first_ms);
        self.last_ms = self.last_ms.max(later.last_ms);
        self.n += later.n;
    }
}

/// What was rounded away goes: the mean of equal values is that value.
fn within(mean: f64, min: f64, max: f64) -> f64 {
    mean.max(min).min(max)
}
