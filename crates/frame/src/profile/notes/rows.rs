//! Rows that lack their measurements, and rows that repeat others.

use std::collections::HashSet;

use assay_core::profile::{Note, NoteKind, NoteSeverity};
use assay_core::words::{count, percent};

use super::super::look::Look;
use super::{MAX_ROWS, note};
use crate::error::Error;
use crate::hash::{row_hashes, value_hashes};

/// A column with a missing share over this does not make a row look empty.
const MAX_MISSING_SHARE: f64 = 0.5;
/// From this share on repeated rows are what the table is like: few columns of few values.
const MANY_DUPLICATES: f64 = 0.2;

pub(super) fn notes(look: &Look<'_>, n_duplicate_rows: u64) -> Result<Vec<Note>, Error> {
    Ok(empty_rows(look)
        .into_iter()
        .chain(duplicates(look, n_duplicate_rows))
        .collect())
}

/// Rows that lack all or most of the numbers; columns that are mostly missing do not count.
fn empty_rows(look: &Look<'_>) -> Option<Note> {
    let measured: Vec<(&str, Vec<Option<f64>>)> = look
        .columns()
        .filter(|(view, figures)| {
            let column = &figures.profile;
            view.kind().is_numeric()
                && column.n_missing as f64 <= MAX_MISSING_SHARE * column.n_rows as f64
        })
        .filter_map(|(view, figures)| Some((figures.profile.name.as_str(), view.numbers()?)))
        .collect();
    if measured.len() < 2 {
        return None;
    }
    let mut lacking = vec![0_usize; look.n_seen];
    for (_, values) in &measured {
        for (count, value) in lacking.iter_mut().zip(values) {
            *count += usize::from(value.is_none());
        }
    }
    let is_empty = |lacks: &usize| 2 * lacks > measured.len();
    let places = lacking
        .iter()
        .enumerate()
        .filter(|(_, lacks)| is_empty(lacks));
    let rows: Vec<u64> = places.map(|(place, _)| look.row_number(place)).collect();
    let mut empty = lacking.iter().filter(|lacks| is_empty(lacks));
    let what = if empty.all(|lacks| *lacks == measured.len()) {
        "every measurement"
    } else {
        "most measurements"
    };
    let text = match rows.as_slice() {
        [] => return None,
        more if look.is_sample() => {
            let share = more.len() as f64 / look.n_seen.max(1) as f64;
            format!("About {} of the rows lack {what}", percent(share))
        }
        [row] => format!("Row {row} lacks {what}"),
        [first, second] => format!("Rows {first} and {second} lack {what}"),
        more => format!("{} rows lack {what}", count(more.len() as u64)),
    };
    let columns: Vec<&str> = measured.iter().map(|(name, _)| *name).collect();
    Some(Note {
        rows: rows.into_iter().take(MAX_ROWS).collect(),
        ..note(NoteKind::EmptyRows, NoteSeverity::Medium, text, &columns)
    })
}

fn duplicates(look: &Look<'_>, n_duplicate_rows: u64) -> Option<Note> {
    let text = match n_duplicate_rows {
        0 => return None,
        1 => "1 row repeats an earlier row in every column".to_owned(),
        n => format!("{} rows repeat an earlier row in every column", count(n)),
    };
    let many = n_duplicate_rows as f64 > MANY_DUPLICATES * look.n_rows as f64;
    let severity = if many {
        NoteSeverity::Low
    } else {
        NoteSeverity::Medium
    };
    Some(Note {
        rows: if look.is_sample() {
            Vec::new()
        } else {
            repeated(look)
        },
        ..note(NoteKind::DuplicateRows, severity, text, &[])
    })
}

fn repeated(look: &Look<'_>) -> Vec<u64> {
    let hashes: Vec<Vec<u64>> = look
        .views
        .iter()
        .map(|(_, view)| value_hashes(*view))
        .collect();
    let mut seen = HashSet::new();
    row_hashes(look.n_seen, &hashes)
        .into_iter()
        .enumerate()
        .filter(|(_, hash)| !seen.insert(*hash))
        .map(|(place, _)| look.row_number(place))
        .take(MAX_ROWS)
        .collect()
}
