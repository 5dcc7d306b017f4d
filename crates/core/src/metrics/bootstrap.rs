//! How sure metrics are: the 95 % interval over resamples of the rows (percentile bootstrap, Efron 1979).
//!
//! Rows are resampled by giving each a count drawn from Poisson(1), which comes to the same as drawing with
//! replacement and lets every resample be measured in one pass over rows that are ranked once
//! (Chamandy et al. 2012, "Estimating uncertainty for massive data streams").

use std::collections::BTreeMap;

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::Measure;
use crate::result::Interval;
use crate::task::{Cancelled, Task};

/// Row visits that all resamples together may take.
pub(super) const MAX_VISITS: usize = 150_000_000;
pub(super) const FEWEST: usize = 200;
pub(super) const MOST: usize = 1_000;

/// Intervals by metric, and the number of resamples behind them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Intervals {
    pub by_metric: BTreeMap<String, Interval>,
    pub n_resamples: u32,
}

/// The intervals of everything that `measure` measures: 200 to 1,000 resamples, fewer of more rows. A metric that is
/// not defined in one resample of ten has none; nor has the largest error, whose resamples never exceed it.
///
/// # Errors
/// [`Cancelled`].
pub fn intervals(mut measure: Measure<'_>, seed: u64, task: &Task) -> Result<Intervals, Cancelled> {
    let n_rows = measure.n_rows();
    let visits = measure.prepare_to_repeat() * n_rows;
    let n_resamples = (MAX_VISITS / visits.max(1)).clamp(FEWEST, MOST);
    let draw = PoissonDraw::new();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut counts = vec![0; n_rows];
    let mut values: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for _ in 0..n_resamples {
        task.check()?;
        draw.fill(&mut counts, &mut random);
        for (name, value) in measure.measured(Some(&counts)) {
            values.entry(name).or_default().push(value);
        }
    }
    let by_metric = values
        .into_iter()
        .filter(|(name, found)| *name != "max_error" && found.len() * 10 >= n_resamples * 9)
        .map(|(name, mut found)| {
            found.sort_unstable_by(f64::total_cmp);
            let interval = Interval {
                low: quantile(&found, 0.025),
                high: quantile(&found, 0.975),
            };
            (name.to_owned(), interval)
        })
        .collect();
    Ok(Intervals {
        by_metric,
        n_resamples: n_resamples as u32,
    })
}

/// The quantile of ascending values, on the line between two of them; not a number without any.
pub fn quantile(ascending: &[f64], share: f64) -> f64 {
    let place = share * (ascending.len().max(1) - 1) as f64;
    let below = place.floor() as usize;
    match (ascending.get(below), ascending.get(below + 1)) {
        (Some(a), Some(b)) => a + (b - a) * (place - below as f64),
        (Some(a), None) => *a,
        _ => f64::NAN,
    }
}

/// Draws from Poisson(1), four of one 64-bit number: the count of a 16-bit number by its place in the distribution.
/// Counts over 8, of which there are 1 in 900,000, are drawn as 8.
pub(super) struct PoissonDraw {
    counts: Vec<u8>,
}

impl PoissonDraw {
    pub(super) fn new() -> Self {
        let mut counts = Vec::with_capacity(1 << 16);
        let (mut count, mut share, mut up_to) = (0u8, (-1f64).exp(), (-1f64).exp());
        for place in 0..1u32 << 16 {
            while (f64::from(place) + 0.5) / 65_536.0 > up_to && count < 8 {
                count += 1;
                share /= f64::from(count);
                up_to += share;
            }
            counts.push(count);
        }
        Self { counts }
    }

    pub(super) fn fill(&self, counts: &mut [u8], random: &mut Xoshiro256PlusPlus) {
        for four in counts.chunks_mut(4) {
            let mut bits = random.next_u64();
            for count in four {
                *count = self.counts[(bits & 0xFFFF) as usize];
                bits >>= 16;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_shares_of_poisson() {
        let draw = PoissonDraw::new();
        let share = |count: u8| {
            draw.counts.iter().filter(|&&found| found == count).count() as f64 / 65_536.0
        };
        let mut wanted = (-1f64).exp();
        for count in 0..6u8 {
            assert!((share(count) - wanted).abs() < 2e-5, "{count}");
            wanted /= f64::from(count + 1);
        }
        let mean: f64 = draw
            .counts
            .iter()
            .map(|&count| f64::from(count))
            .sum::<f64>()
            / 65_536.0;
        assert!((mean - 1.0).abs() < 1e-4, "{mean}");
    }

    #[test]
    fn quantiles_lie_on_the_line_between_values() {
        for (share, wanted) in [(0.0, 1.0), (0.5, 2.5), (1.0, 4.0), (0.1, 1.3)] {
            assert!((quantile(&[1.0, 2.0, 3.0, 4.0], share) - wanted).abs() < 1e-12);
        }
        assert_eq!(quantile(&[7.0], 0.3), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
