//! How often frequent values occur among too many to count.

const N_ROWS: usize = 3;
const WIDTH_BITS: u32 = 14;
const WIDTH: usize = 1 << WIDTH_BITS;
/// Odd multipliers, one per row: multiplicative hashing (Dietzfelbinger et al. 1997) of what is a hash already.
const MULTIPLIERS: [u64; N_ROWS] = [
    0x9e37_79b9_7f4a_7c15,
    0xd6e8_feb8_6659_fd93,
    0xca5a_8263_9512_1157,
];

/// Count sketch (Charikar, Chen, Farach-Colton 2002, "Finding frequent items in data streams"): three rows of 16,384
/// signed sums. The estimate of a count is unbiased, with a standard error per row of at most √(F2 / 16,384), F2 being
/// the sum of the squared counts of all values.
#[derive(Debug, Clone, PartialEq)]
pub struct CountSketch {
    cells: Vec<i64>,
}

impl Default for CountSketch {
    fn default() -> Self {
        Self {
            cells: vec![0; N_ROWS * WIDTH],
        }
    }
}

impl CountSketch {
    pub fn add(&mut self, hash: u64, count: u64) {
        let count = count.cast_signed();
        for (row, multiplier) in self.cells.chunks_exact_mut(WIDTH).zip(MULTIPLIERS) {
            let (place, sign) = place_and_sign(hash, multiplier);
            if let Some(cell) = row.get_mut(place) {
                *cell += sign * count;
            }
        }
    }

    pub fn add_all(&mut self, hashes: &[u64]) {
        for hash in hashes {
            self.add(*hash, 1);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (ours, theirs) in self.cells.iter_mut().zip(&other.cells) {
            *ours += theirs;
        }
    }

    /// The estimated count of a value: the middle one of the rows.
    pub fn count(&self, hash: u64) -> u64 {
        let mut counts = [0; N_ROWS];
        let rows = self.cells.chunks_exact(WIDTH).zip(MULTIPLIERS);
        for (count, (row, multiplier)) in counts.iter_mut().zip(rows) {
            let (place, sign) = place_and_sign(hash, multiplier);
            *count = sign * row.get(place).copied().unwrap_or(0);
        }
        u64::try_from(middle(counts)).unwrap_or(0)
    }

    /// Standard error of a row's estimates, from the sum of squares that the sketch itself holds (Alon, Matias, Szegedy
    /// 1996).
    pub fn standard_error(&self) -> f64 {
        let mut squares = [0.0; N_ROWS];
        for (sum, row) in squares.iter_mut().zip(self.cells.chunks_exact(WIDTH)) {
            *sum = row.iter().map(|cell| (*cell as f64).powi(2)).sum();
        }
        squares.sort_by(f64::total_cmp);
        (squares[N_ROWS / 2] / WIDTH as f64).sqrt()
    }
}

fn place_and_sign(hash: u64, multiplier: u64) -> (usize, i64) {
    let bits = hash.wrapping_mul(multiplier) >> (u64::BITS - WIDTH_BITS - 1);
    ((bits >> 1) as usize, 1 - 2 * (bits & 1).cast_signed())
}

fn middle(mut counts: [i64; N_ROWS]) -> i64 {
    counts.sort_unstable();
    counts[N_ROWS / 2]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::scatter;

    #[test]
    fn frequent_values_are_found_within_the_error() {
        let mut sketch = CountSketch::default();
        for value in 0..200_000_u64 {
            sketch.add(scatter(value), 1);
        }
        for (value, count) in [(7, 5_000), (77, 1_000), (777, 400)] {
            sketch.add(scatter(value), count);
        }
        let error = sketch.standard_error();
        assert!(error < 50.0, "{error}");
        for (value, count) in [(7, 5_001.0), (77, 1_001.0), (777, 401.0)] {
            let estimate = sketch.count(scatter(value)) as f64;
            assert!((estimate - count).abs() < 3.0 * error, "{value} {estimate}");
        }
    }
}
