//! Round ticks, four to six of them, for pictures and for the native window.

use assay_core::chart::Scale;

use crate::number;

#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// Rising.
    pub values: Vec<f64>,
    /// Between neighbours; `None` where they are not equally far apart.
    pub step: Option<f64>,
}

impl Ticks {
    /// Within `min` to `max` (both positive for a log scale). `whole`: none between two integers.
    pub fn within(min: f64, max: f64, scale: Scale, whole: bool) -> Self {
        match scale {
            Scale::Linear => linear(min, max, whole),
            Scale::Log => log(min, max),
        }
    }

    /// All with the same number of decimals; zero is `0`.
    pub fn labels(&self) -> Vec<String> {
        self.values.iter().map(|v| label(*v, self.step)).collect()
    }
}

/// `value` as a tick among others `step` apart.
pub fn label(value: f64, step: Option<f64>) -> String {
    let Some(step) = step else {
        return number::short(value);
    };
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    if value.abs() >= 1e9 || step < 1e-6 {
        let digits = (value.abs().log10().floor() - step.log10().floor()).clamp(0.0, 15.0);
        return number::scientific(value, digits as usize + 1);
    }
    number::fixed(value, decimals(step))
}

/// `min` and `max` moved outwards to ticks, four to six of them in all.
pub fn rounded(min: f64, max: f64) -> (f64, f64) {
    let outer = |step: f64| ((min / step + SLACK).floor(), (max / step - SLACK).ceil());
    let step = best_step(max - min, false, |step| {
        let (first, last) = outer(step);
        (last - first) as i64 + 1
    });
    let (first, last) = outer(step);
    (first * step, last * step)
}

/// The share of a step by which a value may miss a tick and still be taken for it.
const SLACK: f64 = 1e-9;

fn linear(min: f64, max: f64, whole: bool) -> Ticks {
    let range = |step: f64| ((min / step - SLACK).ceil(), (max / step + SLACK).floor());
    let step = best_step(max - min, whole, |step| {
        let (first, last) = range(step);
        (last - first) as i64 + 1
    });
    let (first, last) = range(step);
    let count = (last - first).clamp(0.0, 50.0) as usize;
    Ticks {
        values: (0..=count).map(|i| (first + i as f64) * step).collect(),
        step: Some(step),
    }
}

/// The roundest step for which `count` says four to six, nearest to five; else the one that comes nearest.
fn best_step(span: f64, whole: bool, count: impl Fn(f64) -> i64) -> f64 {
    const MANTISSAS: [(f64, i64); 6] = [(1.0, 0), (2.0, 0), (5.0, 0), (3.0, 1), (2.5, 2), (4.0, 2)];
    let decade = (span / 5.0).log10().floor() as i32;
    let mut best = (i64::MAX, 1.0);
    for exponent in decade - 1..=decade + 1 {
        for (mantissa, roughness) in MANTISSAS {
            let step = mantissa * 10f64.powi(exponent);
            let fraction = whole && step.fract() != 0.0;
            if fraction || !step.is_normal() {
                continue;
            }
            let n = count(step);
            let excess = (4 - n).max(n - 6).max(0);
            let score = 100 * excess + 2 * roughness + (n - 5).abs();
            if score < best.0 {
                best = (score, step);
            }
        }
    }
    best.1
}

/// Decades, or 1-2-5 within decades, or round linear ticks within a part of one.
fn log(min: f64, max: f64) -> Ticks {
    let first = min.log10().floor() as i32;
    let last = max.log10().ceil() as i32;
    let keep = |mantissas: &[f64], stride: i32| -> Vec<f64> {
        (first..=last)
            .filter(|e| e.rem_euclid(stride) == 0)
            .flat_map(|e| mantissas.iter().map(move |m| m * power(e)))
            .filter(|v| *v >= min * (1.0 - SLACK) && *v <= max * (1.0 + SLACK))
            .collect()
    };
    let decades = keep(&[1.0], 1).len();
    if decades >= 4 {
        return uneven(keep(&[1.0], decades.div_ceil(6) as i32));
    }
    for mantissas in [&[1.0, 3.0][..], &[1.0, 2.0, 5.0]] {
        let values = keep(mantissas, 1);
        if (4..=7).contains(&values.len()) {
            return uneven(values);
        }
    }
    linear(min, max, false)
}

fn uneven(values: Vec<f64>) -> Ticks {
    Ticks { values, step: None }
}

/// Parsed rather than multiplied: 1e-5 and not 1.0000000000000001e-5.
fn power(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(f64::NAN)
}

/// Digits after the point that a multiple of `step` needs.
fn decimals(step: f64) -> usize {
    (0..9)
        .find(|d| {
            let scaled = step * 10f64.powi(*d);
            (scaled - scaled.round()).abs() < 1e-6 * scaled
        })
        .unwrap_or(9) as usize
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ticks_are_round() {
        for (min, max, scale, whole, labels) in [
            (0.0, 1.0, Scale::Linear, false, "0 0.2 0.4 0.6 0.8 1.0"),
            (0.355, 0.72, Scale::Linear, false, "0.4 0.5 0.6 0.7"),
            (0.0, 200.0, Scale::Linear, true, "0 50 100 150 200"),
            (
                0.0,
                0.012,
                Scale::Linear,
                false,
                "0 0.003 0.006 0.009 0.012",
            ),
            (
                10_000.0,
                45_312.0,
                Scale::Linear,
                true,
                "10,000 20,000 30,000 40,000",
            ),
            (-0.12, 0.12, Scale::Linear, false, "−0.10 −0.05 0 0.05 0.10"),
            (0.0, 2.0, Scale::Linear, true, "0 1 2"),
            (
                1e-9,
                1e-4,
                Scale::Log,
                false,
                "1e−9 1e−8 1e−7 1e−6 1e−5 0.0001",
            ),
            (1.0, 1000.0, Scale::Log, false, "1 10 100 1,000"),
            (7.0, 127.0, Scale::Log, false, "10 20 50 100"),
            (0.355, 0.72, Scale::Log, false, "0.4 0.5 0.6 0.7"),
            (1e-12, 1e12, Scale::Log, false, "1e−10 1e−5 1 100,000 1e10"),
        ] {
            let ticks = Ticks::within(min, max, scale, whole);
            assert_eq!(ticks.labels().join(" "), labels, "{min} to {max}");
        }
    }

    #[test]
    fn ranges_are_rounded_outwards() {
        for (range, expected) in [
            ((0.43, 0.97), (0.4, 1.0)),
            ((0.0, 6120.0), (0.0, 8000.0)),
            ((-3.0, 7.0), (-5.0, 10.0)),
            ((0.0, 1.0), (0.0, 1.0)),
        ] {
            let (min, max) = rounded(range.0, range.1);
            assert!((min - expected.0).abs() < 1e-9, "{range:?}: {min}");
            assert!((max - expected.1).abs() < 1e-9, "{range:?}: {max}");
        }
    }

    proptest! {
        #[test]
        fn few_ticks_within_any_range(a in -1e12..1e12f64, exponent in -9..12i32, m in 1.0..10.0f64) {
            let span = m * 10f64.powi(exponent);
            prop_assume!(span > a.abs() * 1e-9);
            let ticks = Ticks::within(a, a + span, Scale::Linear, false).values;
            prop_assert!((3..=7).contains(&ticks.len()), "{ticks:?}");
            prop_assert!(ticks.is_sorted());
            prop_assert!(ticks.iter().all(|t| *t >= a - span * 1e-6 && *t <= a + span * (1.0 + 1e-6)));
        }

        #[test]
        fn a_rounded_range_holds_the_range(a in -1e6..1e6f64, span in 1e-3..1e6f64) {
            let (min, max) = rounded(a, a + span);
            prop_assert!(min <= a + span * 1e-6 && max >= a + span * (1.0 - 1e-6));
            let ticks = Ticks::within(min, max, Scale::Linear, false).values.len();
            prop_assert!((3..=7).contains(&ticks), "{ticks}");
        }

        #[test]
        fn log_ticks_are_few_and_inside(low in -200.0..200.0f64, decades in 0.05..100.0f64) {
            let (min, max) = (10f64.powf(low), 10f64.powf(low + decades));
            let ticks = Ticks::within(min, max, Scale::Log, false).values;
            prop_assert!((2..=7).contains(&ticks.len()), "{ticks:?}");
            prop_assert!(ticks.iter().all(|t| *t >= min * 0.999_999 && *t <= max * 1.000_001));
        }
    }
}
