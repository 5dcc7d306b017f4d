//! A sample as the steps of its distribution function, and the distances between two of them.

/// Ascending distinct values and the number of rows at or below each. Invariant: same length; both may be empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps<'a> {
    pub values: &'a [f64],
    pub cumulative: &'a [u64],
}

impl<'a> Steps<'a> {
    pub fn n(&self) -> u64 {
        self.cumulative.last().copied().unwrap_or(0)
    }

    /// Each distinct value with its own count.
    pub fn counts(&self) -> impl Iterator<Item = (f64, u64)> + 'a {
        let mut before = 0;
        self.values
            .iter()
            .zip(self.cumulative)
            .map(move |(&value, &cumulative)| {
                let count = cumulative - before;
                before = cumulative;
                (value, count)
            })
    }

    /// Rows under a value.
    pub fn rows_below(&self, value: f64) -> u64 {
        self.rows_at(self.values.partition_point(|&other| other < value))
    }

    /// Rows at or under a value.
    pub fn rows_up_to(&self, value: f64) -> u64 {
        self.rows_at(self.values.partition_point(|&other| other <= value))
    }

    fn rows_at(&self, n_values: usize) -> u64 {
        let last = n_values.checked_sub(1).and_then(|i| self.cumulative.get(i));
        last.copied().unwrap_or(0)
    }

    /// The first value with at least this share of the rows at or below it; shares as `numerator` / `denominator`.
    pub fn quantile(&self, numerator: u64, denominator: u64) -> Option<f64> {
        let wanted = u128::from(numerator) * u128::from(self.n());
        let index = self
            .cumulative
            .partition_point(|&rows| u128::from(rows) * u128::from(denominator) < wanted);
        self.values.get(index).copied()
    }
}

/// The steps of numbers in any order. NaN and infinite values are left out.
pub(super) fn steps_of(numbers: impl Iterator<Item = f64>) -> (Vec<f64>, Vec<u64>) {
    // Adding 0 makes −0 equal to 0 under the total order.
    let mut sorted: Vec<f64> = numbers
        .filter(|number| number.is_finite())
        .map(|number| number + 0.0)
        .collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut values, mut cumulative): (Vec<f64>, Vec<u64>) = (Vec::new(), Vec::new());
    for (index, value) in sorted.into_iter().enumerate() {
        let n_so_far = index as u64 + 1;
        match cumulative.last_mut() {
            Some(last) if values.last() == Some(&value) => *last = n_so_far,
            _ => {
                values.push(value);
                cumulative.push(n_so_far);
            }
        }
    }
    (values, cumulative)
}

/// The largest difference of the two distribution functions (two-sample Kolmogorov-Smirnov statistic), 0 to 1.
pub(super) fn kolmogorov_smirnov(a: Steps<'_>, b: Steps<'_>) -> f64 {
    let mut largest = 0.0_f64;
    walk(a, b, |_, share_a, share_b, _| {
        largest = largest.max((share_a - share_b).abs());
    });
    largest
}

/// [`kolmogorov_smirnov`] of numbers in any order.
pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
    let (values_a, cumulative_a) = steps_of(a.iter().copied());
    let (values_b, cumulative_b) = steps_of(b.iter().copied());
    let a = Steps {
        values: &values_a,
        cumulative: &cumulative_a,
    };
    let b = Steps {
        values: &values_b,
        cumulative: &cumulative_b,
    };
    kolmogorov_smirnov(a, b)
}

/// The area between the two distribution functions (first Wasserstein distance), in the unit of the values.
pub(super) fn wasserstein(a: Steps<'_>, b: Steps<'_>) -> f64 {
    let mut area = 0.0;
    walk(a, b, |value, share_a, share_b, next| {
        if let Some(next) = next {
            area += (share_a - share_b).abs() * (next - value);
        }
    });
    area
}

/// √(2 ∫ (F − G)²), the energy distance of Székely and Rizzo as `scipy.stats.energy_distance` has it, in the root of the
/// unit of the values.
pub(super) fn energy(a: Steps<'_>, b: Steps<'_>) -> f64 {
    let mut area = 0.0;
    walk(a, b, |value, share_a, share_b, next| {
        if let Some(next) = next {
            area += (share_a - share_b).powi(2) * (next - value);
        }
    });
    (2.0 * area).sqrt()
}

/// Calls with every value of either, the shares at or below it, and the value that follows.
fn walk(a: Steps<'_>, b: Steps<'_>, mut visit: impl FnMut(f64, f64, f64, Option<f64>)) {
    let (n_a, n_b) = (a.n().max(1) as f64, b.n().max(1) as f64);
    let (mut i, mut j) = (0, 0);
    let (mut share_a, mut share_b) = (0.0, 0.0);
    let smallest = |i: usize, j: usize| match (a.values.get(i), b.values.get(j)) {
        (Some(&x), Some(&y)) => Some(x.min(y)),
        (x, y) => x.or(y).copied(),
    };
    while let Some(value) = smallest(i, j) {
        if a.values.get(i) == Some(&value) {
            share_a = a.cumulative[i] as f64 / n_a;
            i += 1;
        }
        if b.values.get(j) == Some(&value) {
            share_b = b.cumulative[j] as f64 / n_b;
            j += 1;
        }
        visit(value, share_a, share_b, smallest(i, j));
    }
}
