//! KSWIN: are the newest rows of a window distributed like a sample of those before (Raab, Heusinger and Schleif 2020,
//! "Reactive soft prototype computing for concept drift streams").

use std::collections::VecDeque;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use super::Signal;

/// A distance up to this is none, whatever its p-value (as River has it).
const LEAST_DISTANCE: f64 = 0.1;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KswinState {
    window_size: usize,
    stat_size: usize,
    /// Tests made; each draws from a generator of its own, so that the state stays small.
    n_tests: u64,
    seed: u64,
    /// The least distance, in steps of 1 / `stat_size`, that is a drift.
    steps: usize,
    window: VecDeque<f64>,
}

impl KswinState {
    pub(super) fn new(alpha: f64, window_size: u32, stat_size: u32, seed: u64) -> Self {
        let stat_size = stat_size.max(1) as usize;
        let is_drift = |steps: usize| {
            steps as f64 / stat_size as f64 > LEAST_DISTANCE && p_value(stat_size, steps) <= alpha
        };
        Self {
            // The p-value falls with the distance.
            steps: (1..=stat_size)
                .find(|steps| is_drift(*steps))
                .unwrap_or(stat_size + 1),
            stat_size,
            // At least as many rows before as are drawn of them.
            window_size: (window_size as usize).max(2 * stat_size),
            n_tests: 0,
            seed,
            window: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, value: f64) -> Signal {
        if self.window.len() == self.window_size {
            self.window.pop_front();
        }
        self.window.push_back(value);
        if self.window.len() < self.window_size {
            return Signal::None;
        }
        let n_before = self.window_size - self.stat_size;
        let mut newest: Vec<f64> = self.window.iter().skip(n_before).copied().collect();
        let mut drawn = self.draw(n_before);
        if largest_step(&mut drawn, &mut newest) >= self.steps {
            Signal::Drift
        } else {
            Signal::None
        }
    }

    /// As many of the rows before as are newest, without repetition.
    fn draw(&mut self, n_before: usize) -> Vec<f64> {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(
            self.seed ^ self.n_tests.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        );
        self.n_tests += 1;
        let mut places: Vec<usize> = (0..n_before).collect();
        let n_drawn = self.stat_size.min(n_before);
        for at in 0..n_drawn {
            let left = (n_before - at) as u64;
            places.swap(at, at + (random.next_u64() % left) as usize);
        }
        places
            .into_iter()
            .take(n_drawn)
            .filter_map(|place| self.window.get(place).copied())
            .collect()
    }
}

/// Largest difference of the two counts of values at or below any number; both have the same length.
fn largest_step(a: &mut [f64], b: &mut [f64]) -> usize {
    a.sort_unstable_by(f64::total_cmp);
    b.sort_unstable_by(f64::total_cmp);
    let (mut of_a, mut of_b, mut largest) = (0, 0, 0);
    while let (Some(next_a), Some(next_b)) = (a.get(of_a), b.get(of_b)) {
        // Equal values are passed together.
        let at = next_a.min(*next_b);
        of_a += a[of_a..].iter().take_while(|value| **value <= at).count();
        of_b += b[of_b..].iter().take_while(|value| **value <= at).count();
        largest = largest.max(of_a.abs_diff(of_b));
    }
    largest
}

/// The exact chance of a distance of at least `steps` / n between two samples of n values each (Gnedenko and Korolyuk
/// 1951), as scipy's `ks_2samp` computes it.
fn p_value(n: usize, steps: usize) -> f64 {
    if steps == 0 {
        return 1.0;
    }
    let mut p = 0.0;
    for k in (0..=n / steps).rev() {
        let mut ways = 1.0;
        for j in 0..steps {
            // Invariant: k · steps ≤ n, so the product is 0 before a factor is negative.
            let up = n as f64 - (k * steps + j) as f64;
            ways = up * ways / (n + k * steps + j + 1) as f64;
        }
        p = ways * (1.0 - p);
    }
    (2.0 * p).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy 1.16.3, `ks_2samp(method="exact")` on 30 values each.
    #[test]
    fn p_values_are_those_of_scipy() {
        for (steps, wanted) in GOLDEN {
            assert!((p_value(30, steps) - wanted).abs() < 1e-12, "{steps}");
        }
    }

    const GOLDEN: [(usize, f64); 7] = [
        (1, 1.0),
        (3, 0.998_839_375_636_276_3),
        (5, 0.807_963_154_090_164_3),
        (9, 0.135_003_502_500_954_41),
        (12, 0.015_643_390_496_754_332),
        (13, 0.006_548_396_368_058_784),
        (20, 1.275_006_034_239_434_1e-6),
    ];

    #[test]
    fn drawn_rows_are_different_ones_of_those_before() {
        let mut state = KswinState::new(0.005, 100, 30, 7);
        (0..99).for_each(|row| {
            state.push(f64::from(row));
        });
        let mut drawn = state.draw(70);
        drawn.sort_by(f64::total_cmp);
        drawn.dedup();
        assert_eq!(drawn.len(), 30);
        assert!(drawn.iter().all(|row| *row < 70.0));
    }
}
