//! What is odd about single columns by their figures.

use assay_core::profile::{ColumnProfile, LikelyKind, Note, NoteKind, NoteSeverity};
use assay_core::words::{count, counted, number, percent};

use super::super::figures::Figures;
use super::super::look::Look;
use super::{MAX_ROWS, named, note};
use crate::columns::View;

/// Missing shares that are told, and that make a column doubtful.
const SOME_MISSING: f64 = 0.2;
const MOSTLY_MISSING: f64 = 0.5;
/// Share of the most frequent of a few values from which they are told to be out of balance.
const OUT_OF_BALANCE: f64 = 0.9;
const MAX_BALANCED: u64 = 20;
/// Texts of more distinct values make too many features.
const MANY_CATEGORIES: u64 = 50;
/// Values outside the fences are outliers while they are so few; more of them are a long tail.
const MAX_OUTLIER_SHARE: f64 = 0.005;
const MIN_OUTLIER_ROWS: u64 = 50;
/// Skewness that a logarithm or a power should take off.
const MUCH_SKEW: f64 = 2.0;
const MIN_SKEW_DISTINCT: u64 = 20;

pub(super) fn notes(look: &Look<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (view, figures) in look.columns() {
        let column = &figures.profile;
        notes.extend(constant(column));
        notes.extend(near_constant(column));
        notes.extend(id(column));
        notes.extend(high_cardinality(column));
        notes.extend(imbalance(column));
        notes.extend(outliers(look, view, figures));
    }
    notes.extend(missing(look));
    notes.extend(skew(look));
    notes
}

fn constant(column: &ColumnProfile) -> Option<Note> {
    let name = &column.name;
    let text = match (column.n_distinct, column.top.first()) {
        (0, _) => format!("`{name}` has no value in any row"),
        (1, Some(only)) if column.n_missing == 0 => {
            format!("`{name}` is `{}` in every row", only.value)
        }
        (1, Some(only)) => format!("`{name}` is `{}` wherever it has a value", only.value),
        _ => return None,
    };
    Some(note(
        NoteKind::Constant,
        NoteSeverity::Medium,
        text,
        &[name],
    ))
}

fn near_constant(column: &ColumnProfile) -> Option<Note> {
    let name = &column.name;
    (column.likely.kind == LikelyKind::NearConstant).then(|| {
        let which = match column.top.first() {
            Some(top) => format!("`{name}` is `{}`", top.value),
            None => format!("`{name}` has one and the same value"),
        };
        let share = column.likely.reason.trim_start_matches("one value ");
        note(
            NoteKind::NearConstant,
            NoteSeverity::Low,
            format!("{which} {share}"),
            &[name],
        )
    })
}

fn id(column: &ColumnProfile) -> Option<Note> {
    if column.likely.kind != LikelyKind::Id {
        return None;
    }
    let name = &column.name;
    let n_values = column.n_values();
    let text = if column.n_distinct == n_values {
        format!("`{name}` is different in every row; it looks like an id")
    } else {
        format!(
            "`{name}` has {} distinct values in {} rows; it looks like an id",
            count(column.n_distinct),
            count(n_values)
        )
    };
    Some(note(
        NoteKind::LikelyId,
        NoteSeverity::Medium,
        text,
        &[name],
    ))
}

fn high_cardinality(column: &ColumnProfile) -> Option<Note> {
    let name = &column.name;
    let many = column.likely.kind == LikelyKind::Category && column.n_distinct > MANY_CATEGORIES;
    many.then(|| {
        let distinct = count(column.n_distinct);
        let text = format!(
            "`{name}` has {distinct} distinct values, more than a feature each is good for"
        );
        note(NoteKind::HighCardinality, NoteSeverity::Low, text, &[name])
    })
}

fn imbalance(column: &ColumnProfile) -> Option<Note> {
    let few = matches!(
        column.likely.kind,
        LikelyKind::Boolean | LikelyKind::Category
    ) && (2..=MAX_BALANCED).contains(&column.n_distinct);
    let top = column.top.first().filter(|_| few)?;
    let share = top.count as f64 / column.n_values().max(1) as f64;
    (share >= OUT_OF_BALANCE).then(|| {
        let name = &column.name;
        let text = format!(
            "`{name}` is out of balance: `{}` in {} of the rows",
            top.value,
            percent(share)
        );
        note(NoteKind::Imbalance, NoteSeverity::Low, text, &[name])
    })
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

fn missing(look: &Look<'_>) -> Vec<Note> {
    let share = |column: &ColumnProfile| column.n_missing as f64 / column.n_rows.max(1) as f64;
    let columns = || look.figures.iter().map(|figures| &figures.profile);
    let mut notes = Vec::new();
    for (least, most, severity) in [
        (MOSTLY_MISSING, 1.0, NoteSeverity::Medium),
        (SOME_MISSING, MOSTLY_MISSING, NoteSeverity::Low),
    ] {
        let found = columns().filter(|column| (least..most).contains(&share(column)));
        let mut found: Vec<&ColumnProfile> = found.collect();
        found.sort_by(|a, b| share(b).total_cmp(&share(a)));
        let names: Vec<&str> = found.iter().map(|column| column.name.as_str()).collect();
        let text = match found.as_slice() {
            [] => continue,
            [only] => format!(
                "`{}` lacks {} of its values",
                only.name,
                percent(share(only))
            ),
            [first, .., last] => format!(
                "{} lack {} to {} of their values",
                named(&names),
                percent(share(last)),
                percent(share(first))
            ),
        };
        notes.push(note(NoteKind::Missing, severity, text, &names));
    }
    notes
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
