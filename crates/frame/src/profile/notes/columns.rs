//! What is odd about single columns by their figures.

use assay_core::profile::{ColumnProfile, LikelyKind, Note, NoteKind, NoteSeverity};
use assay_core::words::{count, percent};

use super::super::look::Look;
use super::{named, note};

/// Missing shares that are told, and that make a column doubtful.
const SOME_MISSING: f64 = 0.2;
const MOSTLY_MISSING: f64 = 0.5;
/// Share of the most frequent of a few values from which they are told to be out of balance.
const OUT_OF_BALANCE: f64 = 0.9;
const MAX_BALANCED: u64 = 20;
/// Texts of more distinct values make too many features.
const MANY_CATEGORIES: u64 = 50;
pub(super) fn notes(look: &Look<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for figures in &look.figures {
        let column = &figures.profile;
        notes.extend(constant(column));
        notes.extend(near_constant(column));
        notes.extend(id(column));
        notes.extend(high_cardinality(column));
        notes.extend(imbalance(column));
    }
    notes.extend(missing(look));
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
