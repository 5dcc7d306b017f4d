//! Sentences worth a person's look. Only what is plain in the data; nothing is a guess about its meaning but the ids.

use assay_core::Task;
use assay_core::profile::{ColumnProfile, Note, NoteKind, NoteSeverity};
use assay_core::schema::ColumnType;

use super::pairs;
use crate::columns::View;
use crate::counts::Counts;
use crate::error::Error;

/// Rows named in a note.
const MAX_ROWS: usize = 20;
/// A column with a missing share over this does not make a row look empty.
const MAX_MISSING_SHARE: f64 = 0.5;
/// Fewer rows than this make every column look like an id.
const MIN_ID_ROWS: u64 = 20;
/// A text column that is called an id and has more distinct values than this is one.
const MIN_CALLED_IDS: u64 = 100;
/// Share of numbers from which a text column is said to look numeric.
const NUMERIC_SHARE: f64 = 0.9;

pub(super) fn of(
    n_rows: usize,
    views: &[(String, View<'_>)],
    columns: &[ColumnProfile],
    task: &Task,
) -> Result<Vec<Note>, Error> {
    let mut notes: Vec<Note> = empty_rows(n_rows, views, columns).into_iter().collect();
    for ((name, view), column) in views.iter().zip(columns) {
        task.check()?;
        notes.extend(
            [
                constant(name, column),
                id(name, *view, column),
                numeric_text(name, *view, column),
                spellings(name, *view, column),
            ]
            .into_iter()
            .flatten(),
        );
    }
    notes.extend(pairs::notes(views, columns, task)?);
    Ok(notes)
}

pub(super) fn note(text: String, columns: &[&str]) -> Note {
    Note {
        kind: NoteKind::Scope,
        severity: NoteSeverity::Low,
        text,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows: Vec::new(),
    }
}

/// Rows that lack all or most of the numbers; columns that are mostly missing do not count.
fn empty_rows(
    n_rows: usize,
    views: &[(String, View<'_>)],
    columns: &[ColumnProfile],
) -> Option<Note> {
    let measured: Vec<(&str, Vec<Option<f64>>)> = views
        .iter()
        .zip(columns)
        .filter(|((_, view), column)| {
            view.kind().is_numeric()
                && column.n_missing as f64 <= MAX_MISSING_SHARE * column.n_rows as f64
        })
        .filter_map(|((name, view), _)| Some((name.as_str(), view.numbers()?)))
        .collect();
    if measured.len() < 2 {
        return None;
    }
    let mut lacking = vec![0_usize; n_rows];
    for (_, values) in &measured {
        for (count, value) in lacking.iter_mut().zip(values) {
            *count += usize::from(value.is_none());
        }
    }
    let rows: Vec<u64> = (1..)
        .zip(&lacking)
        .filter(|(_, count)| 2 * **count > measured.len())
        .map(|(row, _)| row)
        .collect();
    let every = lacking
        .iter()
        .filter(|count| 2 * **count > measured.len())
        .all(|count| *count == measured.len());
    let what = if every {
        "every measurement"
    } else {
        "most measurements"
    };
    let text = match rows.as_slice() {
        [] => return None,
        [row] => format!("Row {row} lacks {what}"),
        [first, second] => format!("Rows {first} and {second} lack {what}"),
        more => format!("{} rows lack {what}", more.len()),
    };
    Some(Note {
        kind: NoteKind::EmptyRows,
        severity: NoteSeverity::Medium,
        text,
        columns: measured
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect(),
        rows: rows.into_iter().take(MAX_ROWS).collect(),
    })
}

fn constant(name: &str, column: &ColumnProfile) -> Option<Note> {
    let text = match (column.n_distinct, column.top.first()) {
        (0, _) => format!("`{name}` has no value in any row"),
        (1, Some(only)) if column.n_missing == 0 => {
            format!("`{name}` is `{}` in every row", only.value)
        }
        (1, Some(only)) => format!("`{name}` is `{}` wherever it has a value", only.value),
        _ => return None,
    };
    Some(note(text, &[name]))
}

/// Texts that (nearly) never repeat, or are many and called an id; whole numbers that never do and count up, or are called an id.
fn id(name: &str, view: View<'_>, column: &ColumnProfile) -> Option<Note> {
    let n_present = column.n_rows - column.n_missing;
    if n_present < MIN_ID_ROWS {
        return None;
    }
    let likely = match view {
        View::Text(_) => {
            column.n_distinct as f64 >= 0.95 * n_present as f64
                || (is_called_id(name) && column.n_distinct > MIN_CALLED_IDS)
        }
        View::Integer(values) if column.n_distinct == n_present => {
            let mut present = values.iter().flatten();
            let counts_up = present.next().is_some_and(|first| {
                values
                    .iter()
                    .flatten()
                    .enumerate()
                    .all(|(i, value)| first.checked_add_unsigned(i as u64) == Some(value))
            });
            counts_up || is_called_id(name)
        }
        _ => false,
    };
    if !likely {
        return None;
    }
    let text = if column.n_distinct == n_present {
        format!("`{name}` is different in every row; it looks like an id")
    } else {
        format!(
            "`{name}` has {} distinct values in {n_present} rows; it looks like an id",
            column.n_distinct
        )
    };
    Some(note(text, &[name]))
}

fn is_called_id(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "id" | "index" | "key" | "uuid")
        || name.ends_with("_id")
        || name.ends_with(" id")
        || name.ends_with("identifier")
}

fn numeric_text(name: &str, view: View<'_>, column: &ColumnProfile) -> Option<Note> {
    let View::Text(values) = view else {
        return None;
    };
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok_and(f64::is_finite);
    let n_present = column.n_rows - column.n_missing;
    let n_numbers = values
        .iter()
        .flatten()
        .filter(|text| is_number(text))
        .count();
    if n_present == 0 || (n_numbers as f64) < NUMERIC_SHARE * n_present as f64 {
        return None;
    }
    let other = values.iter().zip(1..).find_map(|(value, row)| {
        value
            .filter(|text| !is_number(text))
            .map(|text| (text, row))
    });
    Some(match other {
        None => note(
            format!("`{name}` is text, but every value is a number"),
            &[name],
        ),
        Some((text, row)) => Note {
            rows: vec![row],
            ..note(
                format!(
                    "`{name}` is text because of `{text}`; {n_numbers} of {n_present} values are numbers"
                ),
                &[name],
            )
        },
    })
}

/// Values that differ in case alone.
fn spellings(name: &str, view: View<'_>, column: &ColumnProfile) -> Option<Note> {
    const MAX_DISTINCT: u64 = 1000;
    if column.kind != ColumnType::Text || column.n_distinct > MAX_DISTINCT {
        return None;
    }
    let Counts::Texts(counts) = Counts::of(view) else {
        return None;
    };
    let mut folded: Vec<(String, &str)> = counts
        .iter()
        .map(|(text, _)| (text.to_lowercase(), *text))
        .collect();
    folded.sort();
    let pair = folded.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
    Some(note(
        format!(
            "`{name}` holds `{}` and `{}`, which differ in case alone",
            pair[0].1, pair[1].1
        ),
        &[name],
    ))
}
