//! Whether one model is better than another on the same rows: the difference of a metric over resamples that both
//! share (the paired percentile bootstrap, Efron and Tibshirani 1993, chapter 13; for comparing systems Koehn 2004).

use super::bootstrap::{FEWEST, MAX_VISITS, MOST, PoissonDraw, quantile};
use super::{Measure, larger_is_better};
use crate::task::{Cancelled, Task};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// By how much one model's metric is better than another's; positive is better, also where smaller is better.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedDifference {
    /// The metric of either on all rows.
    pub value: f64,
    pub other: f64,
    pub difference: f64,
    /// The difference is at least this with the confidence that was asked for (one-sided).
    pub at_least: f64,
    pub n_rows: usize,
    pub n_resamples: usize,
}

/// Both measures are of the same rows in the same order; `confidence` lies between 0 and 1. `None` when one of them
/// has no such metric, or has it in less than nine of ten resamples.
///
/// # Errors
/// [`Cancelled`].
pub fn paired_difference(
    mut mine: Measure<'_>,
    mut other: Measure<'_>,
    metric: &str,
    confidence: f64,
    seed: u64,
    task: &Task,
) -> Result<Option<PairedDifference>, Cancelled> {
    let n_rows = mine.n_rows();
    if other.n_rows() != n_rows {
        return Ok(None);
    }
    let sign = if larger_is_better(metric) { 1.0 } else { -1.0 };
    let (Some(value), Some(against)) = (of(&mine, metric, None), of(&other, metric, None)) else {
        return Ok(None);
    };
    let visits = (mine.prepare_to_repeat() + other.prepare_to_repeat()) * n_rows;
    let n_resamples = (MAX_VISITS / visits.max(1)).clamp(FEWEST, MOST);
    let draw = PoissonDraw::new();
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut counts = vec![0; n_rows];
    let mut differences = Vec::with_capacity(n_resamples);
    for _ in 0..n_resamples {
        task.check()?;
        draw.fill(&mut counts, &mut random);
        if let (Some(a), Some(b)) = (
            of(&mine, metric, Some(&counts)),
            of(&other, metric, Some(&counts)),
        ) {
            differences.push(sign * (a - b));
        }
    }
    if differences.len() * 10 < n_resamples * 9 {
        return Ok(None);
    }
    differences.sort_unstable_by(f64::total_cmp);
    Ok(Some(PairedDifference {
        value,
        other: against,
        difference: sign * (value - against),
        at_least: quantile(&differences, 1.0 - confidence),
        n_rows,
        n_resamples,
    }))
}

fn of(measure: &Measure<'_>, metric: &str, counts: Option<&[u8]>) -> Option<f64> {
    measure
        .measured(counts)
        .into_iter()
        .find_map(|(name, value)| (name == metric).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{Prediction, Target};
    use crate::metrics::MeasureOptions;
    use crate::schema::ColumnType;

    fn difference(
        truth: &Target,
        mine: &Prediction,
        other: &Prediction,
        metric: &str,
    ) -> Option<PairedDifference> {
        let measure = |prediction| {
            Measure::new(truth, prediction, &MeasureOptions::default()).expect("same rows")
        };
        paired_difference(
            measure(mine),
            measure(other),
            metric,
            0.95,
            7,
            &Task::silent(),
        )
        .expect("not cancelled")
    }

    /// Right in `share` of 100 rows, wrong in the others.
    fn right_in(truth: &[u32], share: impl Fn(usize) -> bool) -> Prediction {
        let indices: Vec<u32> = truth
            .iter()
            .enumerate()
            .map(|(row, &class)| if share(row % 100) { class } else { 1 - class })
            .collect();
        let probabilities = indices
            .iter()
            .flat_map(|&class| if class == 1 { [0.2, 0.8] } else { [0.8, 0.2] })
            .collect();
        Prediction::Classes {
            indices,
            probabilities,
            n_classes: 2,
        }
    }

    #[test]
    fn the_bound_is_that_of_the_normal_distribution_for_many_rows() {
        let indices: Vec<u32> = (0..4_000u32).map(|row| (row / 100) % 2).collect();
        let (mine, other) = (
            right_in(&indices, |row| row < 90),
            right_in(&indices, |row| row >= 15),
        );
        let truth = Target::Classes {
            classes: vec!["a".into(), "b".into()],
            kind: ColumnType::Text,
            indices,
        };
        let found = difference(&truth, &mine, &other, "accuracy").expect("both have it");
        assert!((found.difference - 0.05).abs() < 1e-12);
        // Of 100 rows 15 say +1 and 10 say -1: variance 0.25 - 0.05^2.
        let wanted = 0.05 - 1.645 * (0.2475f64 / 4_000.0).sqrt();
        assert!(
            (found.at_least - wanted).abs() < 0.0015,
            "{found:?} {wanted}"
        );
        let turned = difference(&truth, &other, &mine, "accuracy").expect("both have it");
        assert!((turned.difference + 0.05).abs() < 1e-12 && turned.at_least < -0.05);
        let same = difference(&truth, &mine, &mine, "accuracy").expect("both have it");
        assert_eq!((same.difference, same.at_least), (0.0, 0.0));
        assert_eq!(difference(&truth, &mine, &other, "rmse"), None);
    }

    #[test]
    fn where_smaller_is_better_less_is_a_gain() {
        let truth = Target::Values((0..500).map(f64::from).collect());
        let off = |by: f64| {
            Prediction::Values(
                (0..500)
                    .map(|row| f64::from(row) + by * f64::from(row % 3 - 1))
                    .collect(),
            )
        };
        let found = difference(&truth, &off(1.0), &off(2.0), "rmse").expect("both have it");
        assert!(found.difference > 0.0 && found.at_least > 0.0, "{found:?}");
        assert!(found.value < found.other);
    }
}
