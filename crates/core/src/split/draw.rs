//! Rows in an order that a seed decides, the same on every machine and in every release.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::RngCore;

pub(super) fn ascending(rows: &[usize]) -> Vec<usize> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}

/// Fisher and Yates, from the end; written out so that no release of a library can change the order.
pub(super) fn shuffle<T>(rows: &mut [T], random: &mut Xoshiro256PlusPlus) {
    for last in (1..rows.len()).rev() {
        rows.swap(last, below(last as u64 + 1, random) as usize);
    }
}

/// A number from 0 to `bound` − 1, each with the same chance: draws over the largest multiple of `bound` are repeated.
fn below(bound: u64, random: &mut Xoshiro256PlusPlus) -> u64 {
    let limit = u64::MAX - u64::MAX % bound;
    loop {
        let draw = random.next_u64();
        if draw < limit {
            return draw % bound;
        }
    }
}
