//! Quantiles of too many numbers to sort: counts in buckets whose width grows with the number.

/// Bits of the mantissa that choose the bucket.
const BITS: u32 = 11;
const PAGE: usize = 1 << BITS;
/// A page per sign and exponent.
const N_PAGES: usize = 1 << 12;
/// Relative distance, at most, of a number from what stands for its bucket.
pub const BUCKET_ERROR: f64 = 1.0 / (1 << (BITS + 1)) as f64;

/// Log-linear buckets as in HdrHistogram, with the guarantee of DDSketch (Masson, Rim, Lee 2019, "DDSketch: a fast and
/// fully-mergeable quantile sketch with relative-error guarantees"): every power of two is cut into 2,048 equal buckets,
/// chosen by the top bits of the float. Whole numbers below 4,096 have a bucket each.
#[derive(Debug, Clone)]
pub struct Buckets {
    /// Which page counts a sign and exponent: its place in `pages` plus 1; 0: none was needed yet.
    places: Vec<u16>,
    pages: Vec<[u64; PAGE]>,
}

impl Default for Buckets {
    fn default() -> Self {
        Self {
            places: vec![0; N_PAGES],
            pages: Vec::new(),
        }
    }
}

impl Buckets {
    /// `value` is finite.
    pub fn add(&mut self, value: f64, count: u64) {
        // −0 is 0
        let key = (value + 0.0).to_bits() >> (52 - BITS);
        let page = self.page((key >> BITS) as usize);
        if let Some(bucket) = page.and_then(|page| page.get_mut(key as usize % PAGE)) {
            *bucket += count;
        }
    }

    /// The values are finite.
    pub fn add_all(&mut self, values: &[f64]) {
        for value in values {
            self.add(*value, 1);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        for (sign_and_exponent, place) in other.places.iter().enumerate() {
            let theirs = usize::from(*place).checked_sub(1);
            if let (Some(theirs), Some(ours)) = (
                theirs.and_then(|place| other.pages.get(place)),
                theirs.and_then(|_| self.page(sign_and_exponent)),
            ) {
                for (ours, theirs) in ours.iter_mut().zip(theirs) {
                    *ours += theirs;
                }
            }
        }
    }

    /// Numbers that stand for the buckets that hold any, ascending, with the counts. `whole`: the values are whole
    /// numbers.
    pub fn steps(&self, whole: bool) -> (Vec<f64>, Vec<u64>) {
        let (mut values, mut counts) = (Vec::new(), Vec::new());
        let mut add = |key: usize, count: u64| {
            if count > 0 {
                values.push(representative(key, whole));
                counts.push(count);
            }
        };
        for sign_and_exponent in (N_PAGES / 2..N_PAGES).rev() {
            for (slot, count) in self.counts(sign_and_exponent).iter().enumerate().rev() {
                add(sign_and_exponent * PAGE + slot, *count);
            }
        }
        for sign_and_exponent in 0..N_PAGES / 2 {
            for (slot, count) in self.counts(sign_and_exponent).iter().enumerate() {
                add(sign_and_exponent * PAGE + slot, *count);
            }
        }
        (values, counts)
    }

    fn counts(&self, sign_and_exponent: usize) -> &[u64] {
        let place = self.places.get(sign_and_exponent);
        let place = place.and_then(|place| usize::from(*place).checked_sub(1));
        match place.and_then(|place| self.pages.get(place)) {
            Some(page) => page,
            None => &[],
        }
    }

    #[inline]
    fn page(&mut self, sign_and_exponent: usize) -> Option<&mut [u64; PAGE]> {
        let place = self.places.get_mut(sign_and_exponent)?;
        if *place == 0 {
            self.pages.push([0; PAGE]);
            *place = u16::try_from(self.pages.len()).ok()?;
        }
        self.pages.get_mut(usize::from(*place) - 1)
    }
}

/// The middle of the bucket; for whole numbers the only one in it, or the nearest to the middle.
fn representative(key: usize, whole: bool) -> f64 {
    let (sign, size) = (key >> (12 + BITS - 1), key & (PAGE * N_PAGES / 2 - 1));
    let low = f64::from_bits((size as u64) << (52 - BITS));
    let high = f64::from_bits((size as u64 + 1) << (52 - BITS));
    let middle = if size == 0 {
        0.0
    } else if !high.is_finite() {
        low
    } else if !whole {
        f64::midpoint(low, high)
    } else if high - low <= 1.0 {
        low.ceil()
    } else {
        f64::midpoint(low, high).floor()
    };
    if sign == 1 { -middle } else { middle }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_stands_near_its_numbers() {
        for value in [
            0.0,
            -0.0,
            1.0,
            -1.0,
            4095.0,
            -4095.0,
            0.1,
            1e-300,
            -1e300,
            3.25,
            123_456_789.0,
            f64::MAX,
            f64::MIN,
        ] {
            for whole in [false, true] {
                if whole && value.fract() != 0.0 {
                    continue;
                }
                let mut buckets = Buckets::default();
                buckets.add(value, 3);
                let (values, counts) = buckets.steps(whole);
                assert_eq!(counts, [3], "{value}");
                let error = (values[0] - value).abs();
                // the last bucket of all has no middle
                let allowed = if value.abs() > 1e308 { 2.0 } else { 1.0 } * BUCKET_ERROR;
                assert!(error <= allowed * value.abs(), "{value} {}", values[0]);
                if whole && value.abs() < 4096.0 {
                    assert_eq!(values[0], value);
                }
            }
        }
    }

    #[test]
    fn buckets_ascend() {
        let mut buckets = Buckets::default();
        let numbers: Vec<f64> = (-500..500).map(|i| f64::from(i) * 1.37).collect();
        buckets.add_all(&numbers);
        let (values, counts) = buckets.steps(false);
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(counts.iter().sum::<u64>(), 1000);
    }
}
