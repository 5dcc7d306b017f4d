//! The permutation test of the total variation distance.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const N_PERMUTATIONS: u32 = 1_000;
/// Up to so many rows they are shuffled; beyond, the counts of a shuffle are drawn from the normal distribution that
/// they then follow.
const MOST_SHUFFLED: u64 = 5_000;
/// Fixed, so that the same data have the same p-value.
const SEED: u64 = 0;

/// The share of 1,000 random divisions of all rows whose distance is at least the observed one, as Evidently estimates
/// it.
pub(super) fn total_variation_p(rows: &[(u64, u64)]) -> f64 {
    let n: u64 = rows.iter().map(|row| row.0).sum();
    let m: u64 = rows.iter().map(|row| row.1).sum();
    let sizes: Vec<u64> = rows.iter().map(|row| row.0 + row.1).collect();
    let observed = distance(rows.iter().map(|row| row.0), &sizes, n, m);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let mut labels: Vec<u32> = Vec::new();
    if n + m <= MOST_SHUFFLED {
        let label = |(at, &size): (usize, &u64)| std::iter::repeat_n(at as u32, size as usize);
        labels = sizes.iter().enumerate().flat_map(label).collect();
    }
    let mut drawn = vec![0; rows.len()];
    let as_far = (0..N_PERMUTATIONS)
        .filter(|_| {
            if labels.is_empty() {
                draw(&mut drawn, &sizes, n, m, &mut random);
            } else {
                shuffle(&mut drawn, &mut labels, n as usize, &mut random);
            }
            distance(drawn.iter().copied(), &sizes, n, m) >= observed
        })
        .count();
    as_far as f64 / f64::from(N_PERMUTATIONS)
}

/// Σ |a m − b n|: the distance times 2 n m, in whole numbers, so that ties are ties.
fn distance(of_a: impl Iterator<Item = u64>, sizes: &[u64], n: u64, m: u64) -> u128 {
    of_a.zip(sizes)
        .map(|(a, size)| {
            let b = size.saturating_sub(a);
            (u128::from(a) * u128::from(m)).abs_diff(u128::from(b) * u128::from(n))
        })
        .sum()
}

/// The first `n` of the labels in a random order, counted.
fn shuffle(drawn: &mut [u64], labels: &mut [u32], n: usize, random: &mut Xoshiro256PlusPlus) {
    drawn.fill(0);
    for at in 0..n {
        let left = (labels.len() - at) as u64;
        let chosen = at + ((u128::from(random.next_u64()) * u128::from(left)) >> 64) as usize;
        labels.swap(at, chosen);
        if let Some(count) = labels
            .get(at)
            .and_then(|&label| drawn.get_mut(label as usize))
        {
            *count += 1;
        }
    }
}

/// How many of each category fall to a side of `n` rows: one category after the other, each from what is left.
fn draw(drawn: &mut [u64], sizes: &[u64], n: u64, m: u64, random: &mut Xoshiro256PlusPlus) {
    let (mut places, mut rows) = (n, n + m);
    for (count, &size) in drawn.iter_mut().zip(sizes) {
        let (k, all, taken) = (size as f64, rows as f64, places as f64);
        let share = if rows > 0 { taken / all } else { 0.0 };
        let left = if rows > 1 {
            (all - k) / (all - 1.0)
        } else {
            0.0
        };
        let deviation = (k * share * (1.0 - share) * left).max(0.0).sqrt();
        let least = (size + places).saturating_sub(rows);
        let number = (k * share + deviation * normal(random)).round().max(0.0) as u64;
        *count = number.clamp(least, size.min(places).max(least));
        places -= *count;
        rows -= size;
    }
}

/// A standard normal number: Box and Muller (1958).
fn normal(random: &mut Xoshiro256PlusPlus) -> f64 {
    let mut uniform = || ((random.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    let radius = (-2.0 * uniform().ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform()).cos()
}
