//! One column of a window against its reference: what the rule asks for, and what is always shown.

use std::borrow::Cow;

use super::methods::{Sides, aligned, measure_sides};
use super::{
    ColumnDrift, ColumnKind, ColumnSketch, Decides, DriftRule, Method, MethodMeasure, Mode,
    SketchShape, Verdict, default_method, measure, sketch_column,
};
use crate::matrix::RawValues;

/// [`compare_values`] by the default rule.
pub fn compare_column(reference: &ColumnSketch, window: &RawValues) -> ColumnDrift {
    compare_values(reference, window, &DriftRule::default())
}

/// [`compare_window`] of values.
///
/// Values of the other kind are read as the reference's: texts as numbers where they are some (else missing), numbers
/// as texts. Infinite numbers count as missing.
pub fn compare_values(
    reference: &ColumnSketch,
    window: &RawValues,
    rule: &DriftRule,
) -> ColumnDrift {
    let window = match (&reference.shape, window) {
        (SketchShape::Numeric { .. }, RawValues::Texts(texts)) => {
            let number = |text: &Option<String>| {
                let number = text.as_ref().and_then(|text| text.trim().parse().ok());
                number.unwrap_or(f64::NAN)
            };
            Cow::Owned(RawValues::Numbers(texts.iter().map(number).collect()))
        }
        (SketchShape::Categorical { .. }, RawValues::Numbers(numbers)) => {
            let text = |number: &f64| number.is_finite().then(|| number.to_string());
            Cow::Owned(RawValues::Texts(numbers.iter().map(text).collect()))
        }
        _ => Cow::Borrowed(window),
    };
    let window = sketch_column(&reference.name, &window);
    compare_window(reference, &window, rule)
}

/// Measures a window against a reference by a rule; not judged yet (see [`super::judge`]).
///
/// `statistic`, `p_value` and `effect` are those of the rule's method; a distance of the textbook mode has the p-value of
/// the test that confirms it. Beside them, always in the textbook's definition: numeric columns have the Jensen-Shannon
/// distance and PSI on the deciles of the reference, Kolmogorov-Smirnov and Wasserstein; categorical ones Jensen-Shannon,
/// PSI and chi-square over the categories, all that the reference does not list being one.
pub fn compare_window(
    reference: &ColumnSketch,
    window: &ColumnSketch,
    rule: &DriftRule,
) -> ColumnDrift {
    let window = aligned(reference, window);
    let method = method_of(reference, &window, rule);
    let mut drift = ColumnDrift {
        column: reference.name.clone(),
        n_rows: window.n_rows,
        n_missing: window.n_missing,
        missing_rise: 0.0,
        method,
        decides: method.decides(rule.mode),
        statistic: None,
        effect: None,
        jensen_shannon: None,
        limit: 0.0,
        warning_limit: None,
        psi: None,
        ks_statistic: None,
        wasserstein: None,
        chi_square: None,
        p_value: None,
        p_adjusted: None,
        n_outside: 0,
        n_unseen: 0,
        every_method: Vec::new(),
        verdict: Verdict::NotJudged,
        reason: String::new(),
    };
    if drift.n_rows > 0 {
        drift.missing_rise = window.missing_share() - reference.missing_share();
    }
    let (Some(kind), Some(sides)) = (reference.kind(), Sides::of(reference, &window)) else {
        return drift;
    };
    count_outside(&mut drift, reference, &window);
    let textbook = |method| measure_sides(method, Mode::Textbook, &sides);
    let statistic = |method| textbook(method).map(|measured| measured.statistic);
    drift.jensen_shannon = statistic(Method::JensenShannon);
    drift.psi = statistic(Method::Psi);
    let confirming = textbook(Method::confirming(kind));
    match kind {
        ColumnKind::Numeric => {
            drift.ks_statistic = confirming.map(|measured| measured.statistic);
            drift.wasserstein = statistic(Method::Wasserstein);
        }
        ColumnKind::Categorical => {
            drift.chi_square = confirming.map(|measured| measured.statistic);
        }
    }
    let measured = match (rule.mode, method) {
        (Mode::Textbook, method) if method == Method::confirming(kind) => confirming,
        (mode, method) => measure(method, mode, reference, &window),
    };
    if rule.every_method {
        let applying = Method::ALL
            .into_iter()
            .filter(|method| method.applies(rule.mode, kind));
        drift.every_method = applying
            .filter_map(|method| {
                let measured = measure_sides(method, rule.mode, &sides)?;
                Some(MethodMeasure { method, measured })
            })
            .collect();
    }
    drift.statistic = measured.map(|measured| measured.statistic);
    drift.effect = measured.map(|measured| measured.effect);
    drift.p_value = match drift.decides {
        Decides::Both => measured.and(confirming).and_then(|test| test.p_value),
        _ => measured.and_then(|measured| measured.p_value),
    };
    drift
}

/// Measures one window: a column for every reference, in their order, from the sketch of its name. A column that the
/// window lacks has no rows.
pub fn compare_columns(
    references: &[ColumnSketch],
    window: &[ColumnSketch],
    rule: &DriftRule,
) -> Vec<ColumnDrift> {
    let absent = |name: &str| sketch_column(name, &RawValues::Numbers(Vec::new()));
    references
        .iter()
        .enumerate()
        .map(|(place, reference)| {
            let is_it = |sketch: &&ColumnSketch| sketch.name == reference.name;
            let there = window
                .get(place)
                .filter(is_it)
                .or_else(|| window.iter().find(is_it));
            match there {
                Some(sketch) => compare_window(reference, sketch, rule),
                None => compare_window(reference, &absent(&reference.name), rule),
            }
        })
        .collect()
}

impl ColumnDrift {
    /// Rows of the window that hold a value.
    pub fn n_values(&self) -> u64 {
        self.n_rows - self.n_missing.min(self.n_rows)
    }
}

/// The values as finite numbers; texts that are none are left out.
pub(super) fn numbers(values: &RawValues) -> Box<dyn Iterator<Item = f64> + '_> {
    match values {
        RawValues::Numbers(numbers) => Box::new(numbers.iter().copied().filter(|n| n.is_finite())),
        RawValues::Texts(texts) => Box::new(
            texts
                .iter()
                .flatten()
                .filter_map(|text| text.trim().parse().ok())
                .filter(|number: &f64| number.is_finite()),
        ),
    }
}

/// The values as texts; missing ones are left out.
pub(super) fn texts(values: &RawValues) -> Vec<Cow<'_, str>> {
    match values {
        RawValues::Texts(texts) => texts
            .iter()
            .flatten()
            .map(|text| Cow::Borrowed(text.as_str()))
            .collect(),
        RawValues::Numbers(numbers) => numbers
            .iter()
            .filter(|number| number.is_finite())
            .map(|number| Cow::Owned(number.to_string()))
            .collect(),
    }
}

fn method_of(reference: &ColumnSketch, window: &ColumnSketch, rule: &DriftRule) -> Method {
    reference
        .kind()
        .and_then(|kind| rule.method(&reference.name, kind))
        .unwrap_or_else(|| default_method(rule.mode, reference, window))
}

/// Values outside of the reference's range (as good as the window's sketch knows, and one at least where its smallest or
/// largest lies there), or categories the reference does not hold.
fn count_outside(drift: &mut ColumnDrift, reference: &ColumnSketch, window: &ColumnSketch) {
    match (&reference.shape, &window.shape) {
        (
            SketchShape::Numeric { min, max, .. },
            SketchShape::Numeric {
                min: lowest,
                max: highest,
                values,
                cumulative,
                ..
            },
        ) => {
            let steps = super::steps::Steps { values, cumulative };
            let below = steps.rows_below(*min).max(u64::from(lowest < min));
            let above = (steps.n() - steps.rows_up_to(*max)).max(u64::from(highest > max));
            drift.n_outside = below + above;
            if min == max {
                drift.n_unseen = values.iter().filter(|&value| value != min).count() as u64;
            }
        }
        (
            SketchShape::Categorical {
                values: known,
                n_other,
                ..
            },
            SketchShape::Categorical {
                values,
                counts,
                n_other: unlisted,
            },
        ) if *n_other == 0 => {
            let known: std::collections::HashSet<&String> = known.iter().collect();
            let new = values
                .iter()
                .zip(counts)
                .filter(|(value, _)| !known.contains(value));
            let (n_unseen, n_outside) =
                new.fold((0, 0), |(n, rows), (_, count)| (n + 1, rows + count));
            drift.n_outside = n_outside + unlisted;
            drift.n_unseen = n_unseen + u64::from(*unlisted > 0);
        }
        // Where the reference itself has unlisted categories, nobody can tell which are new.
        _ => {}
    }
}
