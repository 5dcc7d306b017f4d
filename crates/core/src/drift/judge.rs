//! The verdict: an effect worth naming and a p-value that survives the number of columns.

use super::{ColumnDrift, ColumnSketch, DriftRule, SketchShape, Verdict};
use crate::words::percent;

/// Fewer values (or rows, for missing values) are not judged.
pub const MIN_VALUES: u64 = 30;

/// Fills `p_adjusted`, `verdict` and `reason` of the columns of one window.
///
/// p-values are adjusted over the columns that have one (Benjamini and Hochberg 1995). In this order, a column
/// - drifted when its reference is constant and any value differs: one is enough;
/// - drifted when its missing share rose by `min_missing_rise`, over [`MIN_VALUES`] rows or more;
/// - is not judged with fewer than [`MIN_VALUES`] values, or without a reference;
/// - drifted when the Jensen-Shannon distance reaches the column's limit and the adjusted p is at most `alpha`;
/// - else is stable.
///
/// A column's reference is the one at its place, or else the first of its name.
pub fn judge(columns: &mut [ColumnDrift], references: &[ColumnSketch], rule: &DriftRule) {
    let p_values: Vec<Option<f64>> = columns.iter().map(|column| column.p_value).collect();
    let adjusted = benjamini_hochberg(&p_values);
    for (place, (column, p_adjusted)) in columns.iter_mut().zip(adjusted).enumerate() {
        column.p_adjusted = p_adjusted;
        let is_it = |sketch: &&ColumnSketch| sketch.name == column.column;
        let reference = references
            .get(place)
            .filter(is_it)
            .or_else(|| references.iter().find(is_it));
        column.limit = reference.map_or(rule.min_distance, |sketch| limit(sketch, rule));
        (column.verdict, column.reason) = verdict(column, reference, rule);
    }
}

/// The distance from which on a column counts as drifted.
fn limit(reference: &ColumnSketch, rule: &DriftRule) -> f64 {
    match reference.own {
        Some(own) if rule.calibrated => rule.min_distance.max(own.mean + 3.0 * own.std),
        _ => rule.min_distance,
    }
}

fn verdict(
    column: &ColumnDrift,
    reference: Option<&ColumnSketch>,
    rule: &DriftRule,
) -> (Verdict, String) {
    let not_judged = |reason: &str| (Verdict::NotJudged, reason.to_owned());
    let Some(reference) = reference else {
        return not_judged("there is no reference for this column");
    };
    if reference.shape == SketchShape::Empty {
        return not_judged("the reference holds no value");
    }
    if reference.is_constant() && column.n_outside > 0 {
        return (Verdict::Drifted, "a constant moved".to_owned());
    }
    if column.n_rows >= MIN_VALUES && column.missing_rise >= rule.min_missing_rise {
        let reason = format!("missing rose by {}", percent(column.missing_rise));
        return (Verdict::Drifted, reason);
    }
    if column.n_values() < MIN_VALUES {
        let reason = format!("{} values, {MIN_VALUES} are needed", column.n_values());
        return (Verdict::NotJudged, reason);
    }
    let (Some(distance), Some(p)) = (column.jensen_shannon, column.p_adjusted) else {
        return not_judged("nothing could be measured");
    };
    let (far, sure) = (distance >= column.limit, p <= rule.alpha);
    let side = |over: bool| if over { "over" } else { "under" };
    let limit = (column.limit * 1000.0).round() / 1000.0;
    let distance = format!("distance {distance:.3} {} {limit}", side(far));
    match (far, sure) {
        (true, true) => (Verdict::Drifted, format!("{distance} and {}", p_text(p))),
        (true, false) => (
            Verdict::Stable,
            format!("{distance} but {} over {}", p_text(p), rule.alpha),
        ),
        (false, _) => (Verdict::Stable, distance),
    }
}

/// `p 4e-128`, `p 0.031`
fn p_text(p: f64) -> String {
    if p < 1e-300 {
        "p under 1e-300".to_owned()
    } else if p < 0.001 {
        format!("p {p:.0e}")
    } else {
        format!("p {p:.3}")
    }
}

/// Adjusted p-values in the order given: the smallest p · m / rank over this rank and all after it, at most 1.
fn benjamini_hochberg(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = p_values
        .iter()
        .enumerate()
        .filter_map(|(index, p)| Some((index, (*p)?)))
        .collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let n_tests = order.len() as f64;
    let mut adjusted = vec![None; p_values.len()];
    let mut smallest = 1.0_f64;
    for (rank, &(index, p)) in order.iter().enumerate().rev() {
        smallest = smallest.min(p * n_tests / (rank + 1) as f64);
        if let Some(slot) = adjusted.get_mut(index) {
            *slot = Some(smallest);
        }
    }
    adjusted
}
