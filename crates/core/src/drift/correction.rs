//! p-values that stand for many tests.

use super::Correction;

/// Adjusted p-values in the order given, at most 1; a place without one stays without.
///
/// Benjamini and Hochberg (1995): the smallest p · m / rank over this rank and all after it. Bonferroni: p · m.
pub(super) fn adjusted(p_values: &[Option<f64>], correction: Correction) -> Vec<Option<f64>> {
    match correction {
        Correction::None => p_values.to_vec(),
        Correction::Bonferroni => {
            let n_tests = p_values.iter().flatten().count() as f64;
            let adjust = |p: &Option<f64>| p.map(|p| (p * n_tests).min(1.0));
            p_values.iter().map(adjust).collect()
        }
        Correction::BenjaminiHochberg => benjamini_hochberg(p_values),
    }
}

fn benjamini_hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, u32)> = p_values
        .iter()
        .zip(0..)
        .filter_map(|(p, index)| Some(((*p)?, index)))
        .collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let n_tests = order.len() as f64;
    let mut adjusted = vec![None; p_values.len()];
    let mut smallest = 1.0_f64;
    for (rank, &(p, index)) in order.iter().enumerate().rev() {
        smallest = smallest.min(p * n_tests / (rank + 1) as f64);
        if let Some(slot) = adjusted.get_mut(index as usize) {
            *slot = Some(smallest);
        }
    }
    adjusted
}
