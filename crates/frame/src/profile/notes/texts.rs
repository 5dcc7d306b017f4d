//! Texts that should be something else, and values in several spellings.

use assay_core::profile::{
    LikelyKind, Note, NoteKind, NoteSeverity, is_code_like, is_date_like, is_number_like, spellings,
};
use assay_core::words::{count, percent};

use super::super::figures::Figures;
use super::super::look::{Look, texts};
use super::{MAX_ROWS, note};
use crate::columns::View;

/// Share of numbers from which a text column is said to look numeric.
const NUMERIC_SHARE: f64 = 0.9;
/// Shares between which numbers, or dates, and other texts are said to be mixed.
const MIN_MIXED: f64 = 0.02;
/// Groups of spellings told.
const MAX_GROUPS: usize = 4;
/// Spellings told of a group.
const MAX_SPELLINGS: usize = 5;
/// Distinct texts up to which spellings are compared.
const MAX_DISTINCT: usize = 5_000;

pub(super) fn notes(look: &Look<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for (view, figures) in look.columns() {
        if let View::Text(_) = view {
            let counts = texts(view, figures);
            let partial = figures.texts.is_none();
            notes.extend(other_type(look, view, figures, &counts, partial));
            notes.extend(spelling(look, view, figures, &counts));
        }
    }
    notes
}

fn other_type(
    look: &Look<'_>,
    view: View<'_>,
    figures: &Figures,
    counts: &[(String, u64)],
    partial: bool,
) -> Option<Note> {
    let name = figures.profile.name.as_str();
    let n: u64 = counts.iter().map(|(_, count)| count).sum();
    // where `007` stands, `1234` is a code too
    if n == 0 || counts.iter().any(|(text, _)| is_code_like(text)) {
        return None;
    }
    let of = |is_one: fn(&str) -> bool| {
        let ones = counts.iter().filter(|(text, _)| is_one(text));
        ones.map(|(_, count)| count).sum::<u64>()
    };
    let (n_numbers, n_dates) = (of(is_number_like), of(is_date_like));
    let share = |part: u64| part as f64 / n as f64;
    let how_many = |part: u64| {
        if partial {
            format!("{} of the values", percent(share(part)))
        } else {
            format!("{} of {} values", count(part), count(n))
        }
    };
    let odd = |is_one: fn(&str) -> bool| {
        let mut found = counts.iter().filter(|(text, _)| !is_one(text));
        found
            .next()
            .map(|(text, _)| (text.as_str(), rows_with(look, view, |t| !is_one(t))))
    };
    for (part, is_one, kind, what) in [
        (
            n_numbers,
            is_number_like as fn(&str) -> bool,
            NoteKind::NumericText,
            "number",
        ),
        (n_dates, is_date_like, NoteKind::DateText, "date"),
    ] {
        if share(part) < NUMERIC_SHARE {
            continue;
        }
        return Some(match odd(is_one) {
            None => note(
                kind,
                NoteSeverity::Medium,
                format!("`{name}` is text, but every value is a {what}"),
                &[name],
            ),
            Some((text, rows)) => Note {
                rows,
                ..note(
                    kind,
                    NoteSeverity::Medium,
                    format!(
                        "`{name}` is text because of `{text}`; {} are {what}s",
                        how_many(part)
                    ),
                    &[name],
                )
            },
        });
    }
    // codes and house numbers are no mistake
    let is_free = figures.profile.likely.kind == LikelyKind::Id;
    let mixed = |part: u64| share(part) >= MIN_MIXED && share(part) < NUMERIC_SHARE && !is_free;
    for (part, is_one, what) in [
        (n_numbers, is_number_like as fn(&str) -> bool, "numbers"),
        (n_dates, is_date_like, "dates"),
    ] {
        if mixed(part) {
            let rows = rows_with(look, view, is_one);
            return Some(Note {
                rows,
                ..note(
                    NoteKind::MixedTypes,
                    NoteSeverity::Medium,
                    format!(
                        "`{name}` mixes {what} with other texts: {} are {what}",
                        how_many(part)
                    ),
                    &[name],
                )
            });
        }
    }
    None
}

fn spelling(
    look: &Look<'_>,
    view: View<'_>,
    figures: &Figures,
    counts: &[(String, u64)],
) -> Option<Note> {
    let column = &figures.profile;
    let names_rows = matches!(column.likely.kind, LikelyKind::Id | LikelyKind::FreeText);
    if names_rows || counts.len() > MAX_DISTINCT {
        return None;
    }
    let groups = spellings(counts);
    if groups.is_empty() {
        return None;
    }
    let told: Vec<String> = groups
        .iter()
        .take(MAX_GROUPS)
        .map(|group| {
            let shown = group.texts.iter().take(MAX_SPELLINGS);
            let shown: Vec<String> = shown.map(|text| format!("`{text}`")).collect();
            shown.join(", ")
        })
        .collect();
    let more = groups.len().saturating_sub(MAX_GROUPS);
    let more = match more {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let name = column.name.as_str();
    let certain = groups.iter().all(|group| group.is_certain);
    let verb = if certain {
        "spells one value in several ways"
    } else {
        "seems to spell one value in several ways"
    };
    let rare: Vec<&str> = groups
        .iter()
        .flat_map(|group| group.texts.iter().skip(1))
        .map(String::as_str)
        .collect();
    Some(Note {
        rows: rows_with(look, view, |text| rare.contains(&text)),
        ..note(
            NoteKind::Spelling,
            NoteSeverity::High,
            format!("`{name}` {verb}: {}{more}", told.join("; ")),
            &[name],
        )
    })
}

fn rows_with(look: &Look<'_>, view: View<'_>, wanted: impl Fn(&str) -> bool) -> Vec<u64> {
    let View::Text(values) = view else {
        return Vec::new();
    };
    let found = values.iter().enumerate();
    found
        .filter(|(_, value)| value.is_some_and(&wanted))
        .map(|(place, _)| look.row_number(place))
        .take(MAX_ROWS)
        .collect()
}
