//! How long answers took.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Steps of a bucket from one power of two to the next: a quantile is within 4.4 %.
const STEPS: f64 = 16.0;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LatencyTally {
    n: u64,
    sum: f64,
    most: f64,
    /// By ⌊16 · log2 of the milliseconds⌋.
    buckets: BTreeMap<i32, u64>,
}

/// In milliseconds a row: of rows that were scored together, their time through their number. Quantiles are within 4.4 %, the mean and the largest exact.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelLatency {
    pub n: u64,
    pub mean_ms: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    pub max_ms: f64,
}

impl LatencyTally {
    /// So many rows that took as long each. What is no time (below 0, not finite) is not counted.
    pub fn add(&mut self, latency_ms: f64, n_rows: u64) {
        if !latency_ms.is_finite() || latency_ms < 0.0 || n_rows == 0 {
            return;
        }
        self.n += n_rows;
        self.sum += latency_ms * n_rows as f64;
        self.most = self.most.max(latency_ms);
        // A nanosecond is as good as none.
        let at = (latency_ms.max(1e-6).log2() * STEPS).floor() as i32;
        *self.buckets.entry(at).or_default() += n_rows;
    }

    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.most = self.most.max(other.most);
        for (at, n) in &other.buckets {
            *self.buckets.entry(*at).or_default() += n;
        }
    }

    pub fn finished(&self) -> Option<ModelLatency> {
        (self.n > 0).then(|| ModelLatency {
            n: self.n,
            mean_ms: self.sum / self.n as f64,
            p50_ms: self.quantile(0.5),
            p95_ms: self.quantile(0.95),
            p99_ms: self.quantile(0.99),
            max_ms: self.most,
        })
    }

    /// The middle of the bucket that holds the value of that rank.
    fn quantile(&self, share: f64) -> f64 {
        let rank = (share * self.n as f64).ceil().max(1.0) as u64;
        let mut passed = 0;
        for (at, n) in &self.buckets {
            passed += n;
            if passed >= rank {
                return ((f64::from(*at) + 0.5) / STEPS).exp2().min(self.most);
            }
        }
        self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near_and_parts_add_up() {
        let (mut whole, mut parts) = (
            LatencyTally::default(),
            [(); 2].map(|()| LatencyTally::default()),
        );
        for i in 0..1_000 {
            let ms = 0.5 + f64::from(i) * 0.01;
            whole.add(ms, 1);
            parts[i as usize % 2].add(ms, 1);
        }
        whole.add(f64::NAN, 1);
        let [mut first, second] = parts;
        first.merge(&second);
        let (found, merged) = (whole.finished().unwrap(), first.finished().unwrap());
        assert_eq!(
            (found.n, found.p95_ms, found.max_ms),
            (merged.n, merged.p95_ms, merged.max_ms)
        );
        for (found, wanted) in [
            (found.p50_ms, 5.495),
            (found.p95_ms, 9.995),
            (found.p99_ms, 10.395),
        ] {
            assert!((found / wanted - 1.0).abs() < 0.044, "{found} {wanted}");
        }
        assert!(LatencyTally::default().finished().is_none());
    }
}
