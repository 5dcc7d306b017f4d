//! Numbers far from the others, long tails, and zeros that may be none.

use assay_core::profile::{
    ColumnProfile, LikelyKind, Note, NoteKind, NoteSeverity, NumericProfile,
};
use assay_core::schema::ColumnType;
use assay_core::words::{count, counted, list, number};

use super::super::figures::Figures;
use super::super::look::Look;
use super::{MAX_ROWS, named, note};
use crate::columns::View;
use crate::counts::Counts;

/// Values outside the fences are outliers while they are so few; more of them are a long tail.
const MAX_OUTLIER_SHARE: f64 = 0.005;
const MIN_OUTLIER_ROWS: u64 = 50;
/// Skewness that a logarithm or a power should take off.
const MUCH_SKEW: f64 = 2.0;
const MIN_SKEW_DISTINCT: u64 = 20;

/// Share of zeros up to which they are told when they lie far below all other values.
const MAX_ODD_ZEROS: f64 = 0.01;
/// Shares of zeros among measured values between which they are told when no other value is nearly so frequent.
const MIN_ZERO_SHARE: f64 = 0.01;
const MAX_ZERO_SHARE: f64 = 0.5;
const MIN_ZEROS: u64 = 3;
const TIMES_AS_OFTEN: u64 = 20;
const MIN_MEASURED_DISTINCT: u64 = 200;

pub(super) fn notes(look: &Look<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (view, figures) in look.columns() {
        notes.extend(outliers(look, view, figures));
    }
    notes.extend(zeros(look));
    notes.extend(skew(look));
    notes
}

/// A few values far from all the others.
fn outliers(look: &Look<'_>, view: View<'_>, figures: &Figures) -> Option<Note> {
    let column = &figures.profile;
    let numeric = column.numeric.as_ref()?;
    let [low, high] = numeric.fences;
    let suitable = column.likely.kind == LikelyKind::Number && low < high;
    let few = |n: u64| {
        n > 0
            && n as f64 <= MAX_OUTLIER_SHARE * column.n_values() as f64
            && column.n_values() >= MIN_OUTLIER_ROWS
    };
    if !suitable || !few(numeric.n_far_out) {
        return None;
    }
    // the outer fences are as far again from the quartiles
    let reach = (high - low) / 4.0 * 1.5;
    let (low, high) = (low - reach, high + reach);
    let name = &column.name;
    let ends = match (numeric.min < low, numeric.max > high) {
        (true, false) => format!("down to {}", number(numeric.min)),
        (false, true) => format!("up to {}", number(numeric.max)),
        _ => format!("from {} to {}", number(numeric.min), number(numeric.max)),
    };
    let text = format!(
        "`{name}` has {} far out, {ends}, where the middle half lies between {} and {}",
        counted(numeric.n_far_out, "value", "values"),
        number(numeric.quantiles.get(2).copied()?),
        number(numeric.quantiles.get(4).copied()?),
    );
    let far = |value: &f64| value.is_finite() && (*value < low || *value > high);
    let numbers = view.numbers()?;
    let mut rows: Vec<(f64, u64)> = numbers
        .iter()
        .enumerate()
        .filter_map(|(place, value)| Some((value.filter(far)?, look.row_number(place))))
        .collect();
    // the farthest first
    let distance = |value: f64| (low - value).max(value - high);
    rows.sort_by(|(a, _), (b, _)| distance(*b).total_cmp(&distance(*a)));
    Some(Note {
        rows: rows
            .into_iter()
            .map(|(_, row)| row)
            .take(MAX_ROWS)
            .collect(),
        ..note(NoteKind::Outliers, NoteSeverity::Low, text, &[name])
    })
}

/// Zeros that may stand for a missing value: one note for all columns.
fn zeros(look: &Look<'_>) -> Option<Note> {
    let odd: Vec<(View<'_>, &ColumnProfile, u64)> = look
        .columns()
        .filter_map(|(view, figures)| {
            let column = &figures.profile;
            let numeric = column.numeric.as_ref()?;
            odd_zeros(view, column, numeric).then_some((view, column, numeric.n_zero))
        })
        .collect();
    let names: Vec<&str> = odd
        .iter()
        .map(|(_, column, _)| column.name.as_str())
        .collect();
    let text = match odd.as_slice() {
        [] => return None,
        [(_, column, n)] => format!(
            "`{}` is 0 in {}: does it stand for a missing value?",
            column.name,
            counted(*n, "row", "rows")
        ),
        several => {
            let numbers: Vec<String> = several.iter().map(|(_, _, n)| count(*n)).collect();
            format!(
                "{} are 0 in {} rows: does it stand for a missing value?",
                named(&names),
                list(&numbers, numbers.len())
            )
        }
    };
    let numbers: Vec<_> = odd
        .iter()
        .filter_map(|(view, _, _)| view.numbers())
        .collect();
    let is_zero = |place: usize| {
        let mut columns = numbers.iter();
        columns.any(|column| column.get(place).copied().flatten() == Some(0.0))
    };
    let places = (0..look.n_seen).filter(|place| is_zero(*place));
    Some(Note {
        rows: places
            .map(|place| look.row_number(place))
            .take(MAX_ROWS)
            .collect(),
        ..note(NoteKind::Zeros, NoteSeverity::Medium, text, &names)
    })
}

fn odd_zeros(view: View<'_>, column: &ColumnProfile, numeric: &NumericProfile) -> bool {
    let measured = column.kind == ColumnType::Float
        && column.likely.kind == LikelyKind::Number
        && column.n_distinct >= MIN_MEASURED_DISTINCT;
    // 0 and 1 are the ends of what was scaled to lie between them
    if !measured || numeric.min < 0.0 || numeric.n_zero < MIN_ZEROS || numeric.max == 1.0 {
        return false;
    }
    let share = numeric.n_zero as f64 / column.n_values().max(1) as f64;
    let [low, high] = numeric.fences;
    if share <= MAX_ODD_ZEROS && low > 0.0 && low < high {
        return true;
    }
    if !(MIN_ZERO_SHARE..MAX_ZERO_SHARE).contains(&share) {
        return false;
    }
    let counts = Counts::of(view).numbers().unwrap_or_default();
    match counts.as_slice() {
        [(first, n_first), (_, n_second), ..] => {
            *first == 0.0 && *n_first >= TIMES_AS_OFTEN * n_second
        }
        _ => false,
    }
}

/// One note for all of them.
fn skew(look: &Look<'_>) -> Option<Note> {
    let mut skewed: Vec<(&str, f64)> = look
        .figures
        .iter()
        .map(|figures| &figures.profile)
        .filter(|column| {
            column.likely.kind == LikelyKind::Number && column.n_distinct > MIN_SKEW_DISTINCT
        })
        .filter_map(|column| Some((column.name.as_str(), column.numeric.as_ref()?.skewness?)))
        .filter(|(_, skewness)| skewness.abs() > MUCH_SKEW)
        .collect();
    skewed.sort_by(|(_, a), (_, b)| b.abs().total_cmp(&a.abs()));
    let (_, largest) = *skewed.first()?;
    let names: Vec<&str> = skewed.iter().map(|(name, _)| *name).collect();
    let (verb, figure) = match skewed.len() {
        1 => ("has", format!("skewness {}", number(round(largest)))),
        _ => ("have", format!("skewness up to {}", number(round(largest)))),
    };
    let text = format!("{} {verb} a long tail: {figure}", named(&names));
    Some(note(NoteKind::Skew, NoteSeverity::Low, text, &names))
}

fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
