//! How strongly two columns go together.

/// What a missing value has as its code.
pub const NO_CODE: u32 = u32::MAX;
/// Fewer common rows say nothing.
const MIN_ROWS: usize = 10;

/// A figure with the rows it was computed on.
pub type Measured = Option<(f64, u64)>;

/// A column of categories as small numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Codes {
    /// Below `n_codes`, or [`NO_CODE`].
    pub codes: Vec<u32>,
    pub n_codes: usize,
}

/// Pearson's product-moment correlation over the rows in which both numbers are finite (a missing one is NaN); `None`
/// under ten of them, or when one column is constant there.
pub fn pearson(a: &[f64], b: &[f64]) -> Measured {
    let (a, b) = common(a, b);
    if a.len() < MIN_ROWS {
        return None;
    }
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(&b) {
        let (a, b) = (a - mean_a, b - mean_b);
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    let tiny = |squares: f64, mean: f64| squares <= (f64::EPSILON * mean).powi(2) * a.len() as f64;
    if tiny(aa, mean_a) || tiny(bb, mean_b) {
        return None;
    }
    let r = ab / (aa.sqrt() * bb.sqrt());
    // rounding may lead past 1
    r.is_finite().then(|| (r.clamp(-1.0, 1.0), a.len() as u64))
}

/// Spearman's rank correlation over the rows in which both numbers are finite: [`pearson`] of the ranks within them.
pub fn spearman(a: &[f64], b: &[f64]) -> Measured {
    let (a, b) = common(a, b);
    pearson(&ranks(&a), &ranks(&b))
}

/// Ranks from 1 on of finite numbers; equal ones share the mean of theirs.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    let value = |place: u32| values.get(place as usize).copied().unwrap_or(f64::NAN);
    order.sort_unstable_by(|a, b| value(*a).total_cmp(&value(*b)));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for run in order.chunk_by(|a, b| value(*a) == value(*b)) {
        let rank = before as f64 + (run.len() as f64 + 1.0) / 2.0;
        for place in run {
            if let Some(slot) = ranks.get_mut(*place as usize) {
                *slot = rank;
            }
        }
        before += run.len();
    }
    ranks
}

/// Cramér's V (Cramér 1946, chapter 21) of the table of both columns' codes, without correction for bias; `None` under ten
/// common rows, or when one column is constant there.
pub fn cramers_v(a: &Codes, b: &Codes) -> Measured {
    let mut table = vec![0_u64; a.n_codes * b.n_codes];
    for (a, code) in a.codes.iter().zip(&b.codes) {
        if *a != NO_CODE
            && *code != NO_CODE
            && let Some(cell) = table.get_mut(*a as usize * b.n_codes + *code as usize)
        {
            *cell += 1;
        }
    }
    let n: u64 = table.iter().sum();
    if n < MIN_ROWS as u64 || b.n_codes == 0 {
        return None;
    }
    let rows: Vec<u64> = table
        .chunks(b.n_codes)
        .map(|row| row.iter().sum())
        .collect();
    let column = |j: usize| table.iter().skip(j).step_by(b.n_codes).sum::<u64>();
    let columns: Vec<u64> = (0..b.n_codes).map(column).collect();
    let used = |totals: &[u64]| totals.iter().filter(|total| **total > 0).count();
    let least = used(&rows).min(used(&columns));
    if least < 2 {
        return None;
    }
    let total = n as f64;
    let mut chi_square = 0.0;
    for (row, cells) in rows.iter().zip(table.chunks(b.n_codes)) {
        for (column, cell) in columns.iter().zip(cells) {
            let expected = *row as f64 * *column as f64 / total;
            if expected > 0.0 {
                chi_square += (*cell as f64 - expected).powi(2) / expected;
            }
        }
    }
    let v = (chi_square / total / (least - 1) as f64).sqrt();
    Some((v.min(1.0), n))
}

/// The correlation ratio η (Pearson 1905): the root of the share of the numbers' variance that lies between the
/// categories. Over the rows with a code and a finite number; `None` under ten of them, for one category, and for numbers
/// without spread.
pub fn correlation_ratio(categories: &Codes, numbers: &[f64]) -> Measured {
    let mut sums = vec![(0_u64, 0.0); categories.n_codes];
    let present = || {
        let pairs = categories.codes.iter().zip(numbers);
        pairs.filter(|(code, number)| **code != NO_CODE && number.is_finite())
    };
    let n = present().count();
    if n < MIN_ROWS {
        return None;
    }
    let mean = present().map(|(_, number)| number).sum::<f64>() / n as f64;
    let mut total = 0.0;
    for (code, number) in present() {
        let d = number - mean;
        total += d * d;
        if let Some((count, sum)) = sums.get_mut(*code as usize) {
            *count += 1;
            *sum += d;
        }
    }
    let used = sums.iter().filter(|(count, _)| *count > 0);
    let n_used = used.clone().count();
    let between: f64 = used.map(|(count, sum)| sum * sum / *count as f64).sum();
    if n_used < 2 || total <= (f64::EPSILON * mean).powi(2) * n as f64 {
        return None;
    }
    let eta = (between / total).sqrt();
    eta.is_finite().then(|| (eta.min(1.0), n as u64))
}

/// The rows in which both are finite.
fn common(a: &[f64], b: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pairs = a.iter().zip(b);
    pairs
        .filter(|(a, b)| a.is_finite() && b.is_finite())
        .map(|(a, b)| (*a, *b))
        .unzip()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_share_their_rank() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0, 3.0]), [4.0, 1.0, 4.0, 2.0, 4.0]);
        assert_eq!(ranks(&[]), [0.0; 0]);
    }

    #[test]
    fn perfect_and_missing_associations() {
        let rising: Vec<f64> = (0..40).map(f64::from).collect();
        let cubes: Vec<f64> = rising.iter().map(|x| -x.powi(3)).collect();
        assert_eq!(spearman(&rising, &cubes), Some((-1.0, 40)));
        assert!(pearson(&rising, &cubes).unwrap().0 > -1.0);
        assert_eq!(pearson(&rising, &[2.5; 40]), None);
        assert_eq!(pearson(&rising[..9], &cubes[..9]), None);
        let codes = |n: u32| Codes {
            codes: (0..40)
                .map(|i| if i == 7 { NO_CODE } else { i % n })
                .collect(),
            n_codes: n as usize,
        };
        // two categories are known from four, which makes V 1 as well
        for n in [4, 2] {
            let (v, rows) = cramers_v(&codes(4), &codes(n)).unwrap();
            assert!((v - 1.0).abs() < 1e-12 && rows == 39, "{v}");
        }
        assert_eq!(cramers_v(&codes(1), &codes(2)), None);
        let by_code: Vec<f64> = (0..40).map(|i| f64::from(i % 4)).collect();
        assert_eq!(correlation_ratio(&codes(4), &by_code), Some((1.0, 39)));
        assert_eq!(correlation_ratio(&codes(1), &by_code), None);
    }
}
