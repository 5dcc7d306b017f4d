//! Sentences worth a person's look, the most useful first. Only what is plain in the data: what a column means is for
//! the reader to say.

mod columns;
mod numbers;
mod pairs;
mod rows;
mod texts;

use assay_core::Task;
use assay_core::profile::{Note, NoteKind, NoteSeverity};

use super::associations::Compared;
use super::look::Look;
use crate::error::Error;

/// Rows named in a note.
const MAX_ROWS: usize = 20;

pub(super) fn of(
    look: &Look<'_>,
    n_duplicate_rows: u64,
    compared: &Compared,
    task: &Task,
) -> Result<Vec<Note>, Error> {
    let mut notes = rows::notes(look, n_duplicate_rows)?;
    task.check()?;
    notes.extend(columns::notes(look));
    notes.extend(numbers::notes(look));
    task.check()?;
    notes.extend(texts::notes(look));
    task.check()?;
    notes.extend(pairs::notes(look, compared, task)?);
    notes.extend(
        compared
            .cut
            .iter()
            .map(|text| note(NoteKind::Scope, NoteSeverity::Low, text.clone(), &[])),
    );
    // stable: equal ones stay in the order of the columns
    notes.sort_by_key(|note| (std::cmp::Reverse(note.severity), rank(note.kind)));
    Ok(notes)
}

fn note(kind: NoteKind, severity: NoteSeverity, text: String, columns: &[&str]) -> Note {
    Note {
        kind,
        severity,
        text,
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows: Vec::new(),
    }
}

/// Among notes of equal weight, what spoils a model comes before what merely helps to know the table.
fn rank(kind: NoteKind) -> u32 {
    match kind {
        NoteKind::Leakage => 0,
        NoteKind::EmptyRows => 1,
        NoteKind::Spelling => 2,
        NoteKind::NumericText => 3,
        NoteKind::DateText => 4,
        NoteKind::MixedTypes => 5,
        NoteKind::DuplicateRows => 6,
        NoteKind::Constant => 7,
        NoteKind::NearConstant => 8,
        NoteKind::LikelyId => 9,
        NoteKind::Missing => 10,
        NoteKind::Zeros => 10,
        NoteKind::PartialLeakage => 11,
        NoteKind::Outliers => 12,
        NoteKind::Correlated => 13,
        NoteKind::Imbalance => 14,
        NoteKind::Skew => 15,
        NoteKind::HighCardinality => 16,
        NoteKind::Scope => 17,
    }
}

/// "`a`", "`a` and `b`", "`a`, `b` and `c`"
fn named(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
