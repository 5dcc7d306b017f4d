//! Long lines thinned to what a screen can show, with every spike kept.

#[cfg(any(feature = "window", test))]
mod visible;

#[cfg(feature = "window")]
pub use visible::{visible, visible_band};

pub type Point = (f64, f64);

/// `points` (pixels) with the lowest and the highest alone of each run of more than four within one pixel column, in
/// their order, and with both ends of the line.
pub fn to_columns(points: &[Point]) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::new();
    let mut keep = |point: Point| {
        if out.last() != Some(&point) {
            out.push(point);
        }
    };
    points.iter().take(1).for_each(|p| keep(*p));
    for run in points.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        if run.len() <= 4 {
            run.iter().for_each(|p| keep(*p));
            continue;
        }
        let (low, high) = extremes(run.iter().map(|p| p.1));
        keep(run[low.min(high)]);
        keep(run[low.max(high)]);
    }
    points.last().into_iter().for_each(|p| keep(*p));
    out
}

/// A band (pixels; x, one bound, the other bound) with at most two entries for each run within one pixel column, whose
/// bounds hold those of the whole run.
pub fn band_to_columns(band: &[(f64, f64, f64)]) -> Vec<(f64, f64, f64)> {
    let mut out = Vec::new();
    for run in band.chunk_by(|a, b| a.0.floor() == b.0.floor()) {
        if let [only] = run {
            out.push(*only);
            continue;
        }
        let top = run.iter().map(|p| p.1.min(p.2)).fold(f64::MAX, f64::min);
        let bottom = run.iter().map(|p| p.1.max(p.2)).fold(f64::MIN, f64::max);
        out.push((run[0].0, top, bottom));
        out.push((run[run.len() - 1].0, top, bottom));
    }
    out
}

/// Where the lowest and the highest finite value stand; 0 without any.
fn extremes(values: impl Iterator<Item = f64>) -> (usize, usize) {
    let (mut low, mut high) = ((f64::INFINITY, 0), (f64::NEG_INFINITY, 0));
    for (i, value) in values.enumerate() {
        if value < low.0 && value > f64::NEG_INFINITY {
            low = (value, i);
        }
        if value > high.0 && value < f64::INFINITY {
            high = (value, i);
        }
    }
    (low.1, high.1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_full_column_keeps_its_lowest_and_its_highest() {
        let column = |ys: &[f64]| -> Vec<Point> {
            ys.iter()
                .enumerate()
                .map(|(i, y)| (0.1 * i as f64, *y))
                .collect()
        };
        let mut points = column(&[5.0, 9.0, 1.0, 4.0, 5.5]);
        points.extend([(1.2, 3.0), (1.4, 2.0)]);
        // the first point is an end of the line
        let expected = [(0.0, 5.0), (0.1, 9.0), (0.2, 1.0), (1.2, 3.0), (1.4, 2.0)];
        assert_eq!(to_columns(&points), expected);
        for few in [&[][..], &[3.0], &[3.0, 4.0, 1.0, 2.0]] {
            assert_eq!(to_columns(&column(few)), column(few));
        }
    }

    #[test]
    fn columns_keep_spikes() {
        let (x, y) = visible::tests::spiky(100_000);
        let points: Vec<Point> = x.iter().zip(&y).map(|(x, y)| (x / 125.0, *y)).collect();
        let thin = to_columns(&points);
        assert!(thin.len() <= 2 * 800 + 2, "{}", thin.len());
        for spike in [1e6, -1e6] {
            assert!(thin.iter().any(|p| p.1 == spike));
        }
    }

    #[test]
    fn a_band_holds_what_it_stands_for() {
        let band = [
            (0.1, 1.0, 5.0),
            (0.5, 3.0, 9.0),
            (0.9, 2.0, 4.0),
            (7.0, 1.0, 2.0),
        ];
        assert_eq!(
            band_to_columns(&band),
            [(0.1, 1.0, 9.0), (0.9, 1.0, 9.0), (7.0, 1.0, 2.0)]
        );
    }

    proptest! {
        #[test]
        fn columns_never_add(points in prop::collection::vec((0.0..50.0f64, -1e3..1e3f64), 0..500)) {
            let thin = to_columns(&points);
            prop_assert!(thin.len() <= points.len());
            prop_assert_eq!(thin.first(), points.first());
            prop_assert_eq!(thin.last(), points.last());
        }
    }
}
