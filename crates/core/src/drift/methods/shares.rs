//! Distances between two rows of shares: of bins, or of categories.

/// Jensen-Shannon distance: the square root of the mean Kullback-Leibler divergence from both to their mean, in the
/// logarithm given by the length of its unit (ln 2 for base 2, 1 for natural). Sides are brought to a sum of 1 first,
/// as scipy does.
pub(super) fn jensen_shannon(shares: &[(f64, f64)], unit: f64) -> f64 {
    let (sum_p, sum_q) = sums(shares);
    let part = |share: f64, mean: f64| {
        if share > 0.0 {
            share * (share / mean).ln()
        } else {
            0.0
        }
    };
    let divergence: f64 = shares
        .iter()
        .map(|&(p, q)| {
            let (p, q) = (p / sum_p, q / sum_q);
            let mean = (p + q) / 2.0;
            part(p, mean) + part(q, mean)
        })
        .sum();
    (divergence / unit / 2.0).max(0.0).sqrt()
}

/// Population stability index, the sum of (p − q) ln(p / q). No share may be 0.
pub(super) fn psi(shares: &[(f64, f64)]) -> f64 {
    shares.iter().map(|&(p, q)| (p - q) * (p / q).ln()).sum()
}

/// Kullback-Leibler divergence of the reference from the window, natural logarithm, after both were brought to a sum
/// of 1. No share of the window may be 0.
pub(super) fn kullback_leibler(shares: &[(f64, f64)]) -> f64 {
    let (sum_p, sum_q) = sums(shares);
    let divergence: f64 = shares
        .iter()
        .filter(|&&(p, _)| p > 0.0)
        .map(|&(p, q)| (p / sum_p, q / sum_q))
        .map(|(p, q)| p * (p / q).ln())
        .sum();
    divergence.max(0.0)
}

/// √Σ(√p − √q)² / √2, 0 to 1.
pub(super) fn hellinger(shares: &[(f64, f64)]) -> f64 {
    let squares: f64 = shares
        .iter()
        .map(|&(p, q)| (p.sqrt() - q.sqrt()).powi(2))
        .sum();
    (squares / 2.0).sqrt()
}

/// √(1 − Σ√(p q)), the same distance by the overlap: less exact where both are alike, as Evidently computes it.
pub(super) fn hellinger_by_overlap(shares: &[(f64, f64)]) -> f64 {
    let overlap: f64 = shares.iter().map(|&(p, q)| (p * q).sqrt()).sum();
    (1.0 - overlap.clamp(0.0, 1.0)).sqrt()
}

/// Half of the sum of all differences, 0 to 1.
pub(super) fn total_variation(shares: &[(f64, f64)]) -> f64 {
    shares.iter().map(|&(p, q)| (p - q).abs()).sum::<f64>() / 2.0
}

/// The largest difference, 0 to 1.
pub(super) fn l_infinity(shares: &[(f64, f64)]) -> f64 {
    shares
        .iter()
        .map(|&(p, q)| (p - q).abs())
        .fold(0.0, f64::max)
}

/// Counts over the rows of each side.
pub(super) fn shares(rows: &[(u64, u64)]) -> Vec<(f64, f64)> {
    let n_a = rows.iter().map(|row| row.0).sum::<u64>().max(1) as f64;
    let n_b = rows.iter().map(|row| row.1).sum::<u64>().max(1) as f64;
    shares_of(rows, n_a, n_b)
}

/// Counts over rows of which some may lie in no bin.
pub(super) fn shares_of(rows: &[(u64, u64)], n_a: f64, n_b: f64) -> Vec<(f64, f64)> {
    rows.iter()
        .map(|&(a, b)| (a as f64 / n_a, b as f64 / n_b))
        .collect()
}

/// With every 0 as 0.0001; rows that are 0 on both sides are left out.
pub(super) fn filled(shares: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let fill = |share: f64| if share > 0.0 { share } else { 0.0001 };
    shares
        .iter()
        .filter(|&&(p, q)| p > 0.0 || q > 0.0)
        .map(|&(p, q)| (fill(p), fill(q)))
        .collect()
}

/// As Evidently fills: a 0 becomes 0.0001, or a millionth of the side's smallest share where that is at most 0.0001.
pub(super) fn filled_as_evidently(shares: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let filling = |side: fn(&(f64, f64)) -> f64| {
        let smallest = shares
            .iter()
            .map(side)
            .filter(|&share| share > 0.0)
            .fold(f64::INFINITY, f64::min);
        if smallest <= 0.0001 {
            smallest / 1e6
        } else {
            0.0001
        }
    };
    let (fill_p, fill_q) = (filling(|row| row.0), filling(|row| row.1));
    shares
        .iter()
        .map(|&(p, q)| {
            (
                if p > 0.0 { p } else { fill_p },
                if q > 0.0 { q } else { fill_q },
            )
        })
        .collect()
}

fn sums(shares: &[(f64, f64)]) -> (f64, f64) {
    shares
        .iter()
        .fold((0.0, 0.0), |(p, q), row| (p + row.0, q + row.1))
}
