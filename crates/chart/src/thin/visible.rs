//! What the native window shows of a line: few points of millions, chosen anew for each view.

use std::ops::Range;

use super::extremes;

/// The points between `from` and `to` and one beyond each end, thinned to at most `budget` (at least 8): the lowest and
/// the highest of each of equally long stretches, in their order. A stretch without a finite `y` leaves one gap
/// (`y` NaN).
pub fn visible(
    (x, y): (&[f64], &[f64]),
    range: Option<(f64, f64)>,
    budget: usize,
) -> Vec<[f64; 2]> {
    let n = x.len().min(y.len());
    let mut out = Vec::new();
    for stretch in stretches(&x[..n], range, budget) {
        let at = stretch.start;
        let run = &y[stretch];
        if run.iter().any(|v| v.is_finite()) {
            let (low, high) = extremes(run.iter().copied());
            let (a, b) = (at + low.min(high), at + low.max(high));
            out.push([x[a], y[a]]);
            if b > a {
                out.push([x[b], y[b]]);
            }
        } else {
            out.push([x[at], f64::NAN]);
        }
    }
    out
}

/// As [`visible`] for a band: x, the lowest lower bound, the highest upper bound.
pub fn visible_band(
    x: &[f64],
    (low, high): (&[f64], &[f64]),
    range: Option<(f64, f64)>,
    budget: usize,
) -> Vec<[f64; 3]> {
    let n = x.len().min(low.len()).min(high.len());
    let bound = |stretch: Range<usize>| {
        let lowest = low[stretch.clone()]
            .iter()
            .copied()
            .fold(f64::NAN, f64::min);
        let highest = high[stretch.clone()]
            .iter()
            .copied()
            .fold(f64::NAN, f64::max);
        [x[stretch.start], lowest, highest]
    };
    stretches(&x[..n], range, budget)
        .into_iter()
        .map(bound)
        .collect()
}

/// What is visible, cut into at most `budget / 2` stretches (single points when there are at most `budget`). `range` of
/// a rising `x`; `None` takes the whole line, whatever the order of `x`.
///
/// Stretches of a rising `x` are equally wide on the screen, a power of two, and begin at multiples of it: the same
/// points are chosen while the view is moved sideways.
fn stretches(x: &[f64], range: Option<(f64, f64)>, budget: usize) -> Vec<Range<usize>> {
    // the first and the last stretch are cut, and a point beyond each end has its own
    let most = (budget / 2).saturating_sub(4).max(1);
    let (start, end) = range.map_or((0, x.len()), |(from, to)| {
        let end = (x.partition_point(|v| *v <= to) + 1).min(x.len());
        (
            x.partition_point(|v| *v < from).saturating_sub(1).min(end),
            end,
        )
    });
    let span = range.map_or(f64::NAN, |(from, to)| to - from);
    let width = 2f64.powi((span / most as f64).log2().ceil() as i32);
    if end - start <= budget || !span.is_normal() {
        let length = if end - start <= budget {
            1
        } else {
            (end - start).div_ceil(most)
        };
        return (start..end)
            .step_by(length)
            .map(|at| at..(at + length).min(end))
            .collect();
    }
    let mut out = Vec::with_capacity(most + 4);
    let mut at = start;
    while at < end {
        let edge = ((x[at] / width).floor() + 1.0) * width;
        let next = at + x[at..end].partition_point(|v| *v < edge).max(1);
        out.push(at..next);
        at = next;
    }
    out
}

#[cfg(test)]
pub mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A sawtooth with one spike up and one down.
    pub fn spiky(n: usize) -> (Vec<f64>, Vec<f64>) {
        let x: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let mut y: Vec<f64> = (0..n).map(|i| (i % 7) as f64).collect();
        y[n / 3] = 1e6;
        y[n / 2] = -1e6;
        (x, y)
    }

    #[test]
    fn a_million_points_become_four_thousand() {
        let (x, y) = spiky(1_000_000);
        let all = visible((&x, &y), Some((-10.0, 1e6)), 4_000);
        assert!(all.len() <= 4_000, "{}", all.len());
        for spike in [1e6, -1e6] {
            assert!(all.iter().any(|p| p[1] == spike));
        }
        assert!(all.is_sorted_by(|a, b| a[0] < b[0]));
        // zoomed in: every point, and one beyond each end
        let some = visible((&x, &y), Some((500.5, 1500.5)), 4_000);
        assert_eq!(some.len(), 1_002);
        assert_eq!((some[0][0], some[1_001][0]), (500.0, 1501.0));
        // beside the data: no panic, at most the neighbour
        assert!(visible((&x, &y), Some((2e6, 3e6)), 4_000).len() <= 1);
        assert_eq!(visible((&[], &[]), Some((0.0, 1.0)), 4_000).len(), 0);
    }

    #[test]
    fn a_visible_band_holds_the_band() {
        let (x, y) = spiky(100_000);
        let low: Vec<f64> = y.iter().map(|v| v - 1.0).collect();
        let thin = visible_band(&x, (&low, &y), None, 4_000);
        assert!(thin.len() <= 2_000, "{}", thin.len());
        assert!(thin.iter().any(|b| b[1] == -1e6 - 1.0) && thin.iter().any(|b| b[2] == 1e6));
        assert_eq!(visible_band(&x[..3], (&low, &y), None, 8).len(), 3);
    }

    #[test]
    fn the_same_points_are_chosen_while_the_view_moves() {
        let (x, y) = spiky(1_000_000);
        let at = |from: f64| visible((&x, &y), Some((from, from + 5e5)), 4_000);
        let (before, after) = (at(1e5), at(1.003e5));
        let inner = |points: &[[f64; 2]]| -> Vec<[f64; 2]> {
            points
                .iter()
                .filter(|p| (1.1e5..5.9e5).contains(&p[0]))
                .copied()
                .collect()
        };
        assert_eq!(inner(&before), inner(&after));
    }

    #[test]
    fn what_is_wide_on_the_screen_stays_whole() {
        // a log axis: half of the screen shows the first hundred of ten thousand points
        let x: Vec<f64> = (1..=10_000).map(|i| f64::from(i).log10()).collect();
        let thin = visible((&x, &x), Some((0.0, 4.0)), 4_000);
        assert!(thin.len() <= 4_000);
        assert_eq!(
            thin[..100],
            x[..100].iter().map(|v| [*v, *v]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn gaps_stay_gaps() {
        let (x, mut y) = spiky(100_000);
        y[20_000..40_000].fill(f64::NAN);
        let thin = visible((&x, &y), Some((0.0, 1e5)), 1_000);
        assert!(thin.iter().any(|p| p[1].is_nan()));
        assert!(
            thin.iter()
                .all(|p| p[1].is_finite() || (19_000.0..41_000.0).contains(&p[0]))
        );
    }

    proptest! {
        #[test]
        fn thinning_keeps_the_budget_and_the_extremes(
            y in prop::collection::vec(prop_oneof![9 => -1e3..1e3f64, 1 => Just(f64::NAN)], 0..3_000),
            from in -10.0..3_000.0f64, width in 0.0..3_000.0f64, budget in 8usize..500,
        ) {
            let x: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
            let thin = visible((&x, &y), Some((from, from + width)), budget);
            prop_assert!(thin.len() <= budget);
            let inside = |p: &[f64; 2]| p[0] >= from && p[0] <= from + width && p[1].is_finite();
            let raw: Vec<[f64; 2]> = x.iter().zip(&y).map(|(x, y)| [*x, *y]).filter(inside).collect();
            let highest = |points: &[[f64; 2]]| points.iter().map(|p| p[1]).fold(f64::MIN, f64::max);
            let shown: Vec<[f64; 2]> = thin.into_iter().filter(|p| p[1].is_finite()).collect();
            prop_assert!(raw.is_empty() || highest(&shown) >= highest(&raw));
        }
    }
}
