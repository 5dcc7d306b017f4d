//! How long the answers of a version took, counted without a lock.

use std::sync::atomic::{AtomicU64, Ordering};

use assay_core::serving::ServedLatency;

/// From one microsecond to 1.1^191, about 80 seconds; what takes longer counts in the last one.
const N_MARKS: usize = 192;
const STEP: f64 = 1.1;

#[derive(Debug)]
pub struct Latency([AtomicU64; N_MARKS]);

impl Default for Latency {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Latency {
    pub fn add(&self, secs: f64) {
        let mark = ((secs * 1e6).max(1.0).ln() / STEP.ln()) as usize;
        self.0[mark.min(N_MARKS - 1)].fetch_add(1, Ordering::Relaxed);
    }

    /// `None` before the first answer.
    pub fn now(&self) -> Option<ServedLatency> {
        let counts = self.0.each_ref().map(|count| count.load(Ordering::Relaxed));
        let n: u64 = counts.iter().sum();
        let at = |share: f64| {
            let wanted = (n as f64 * share).ceil() as u64;
            let mut so_far = 0;
            let mark = counts.iter().position(|count| {
                so_far += count;
                so_far >= wanted
            })?;
            // The middle of the mark, as ratios go.
            Some(STEP.powf(mark as f64 + 0.5) / 1e3)
        };
        if n == 0 {
            return None;
        }
        Some(ServedLatency {
            p50_ms: at(0.5)?,
            p99_ms: at(0.99)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_tenth() {
        let latency = Latency::default();
        assert_eq!(latency.now(), None);
        for micros in 1..=10_000 {
            latency.add(f64::from(micros) * 1e-6);
        }
        let now = latency.now().unwrap();
        assert!((now.p50_ms / 5.0 - 1.0).abs() < 0.1, "{now:?}");
        assert!((now.p99_ms / 9.9 - 1.0).abs() < 0.1, "{now:?}");
        latency.add(0.0);
        latency.add(1e9);
        assert!(latency.now().is_some());
    }
}
