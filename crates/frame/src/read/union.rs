//! Several files as one table: columns go together by their names.

use std::collections::HashMap;

use assay_core::Task;
use assay_core::dataset::BadRow;
use assay_core::schema::{Column, Form, Schema};
use polars::prelude::DataFrame;

use super::batches::Batches;
use crate::error::Error;
use crate::frame::Frame;
use crate::types::{Type, cast};

/// One of the files.
pub(super) struct Part {
    pub(super) file: String,
    pub(super) batches: Box<dyn Batches>,
}

pub(super) struct Union {
    parts: Vec<Part>,
    /// Those that are done.
    n_done: usize,
    schema: Schema,
    bad: Vec<BadRow>,
}

/// Names that a warning lists.
const SHOWN: usize = 5;

impl Union {
    /// Columns in order of first appearance, each in a type that holds the values of all files; says which files lack
    /// some, and which types changed.
    pub(super) fn new(parts: Vec<Part>, task: &Task) -> Self {
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut columns: Vec<Column> = Vec::new();
        let mut n_with: Vec<usize> = Vec::new();
        for part in &parts {
            for column in &part.batches.schema().columns {
                let place = places.get(&column.name).copied();
                let known = place.and_then(|place| columns.get_mut(place));
                let Some(known) = known else {
                    places.insert(column.name.clone(), columns.len());
                    columns.push(column.clone());
                    n_with.push(1);
                    continue;
                };
                let both = Type::of(known).unified(&Type::of(column));
                if both.kind != known.kind || both.kind != column.kind {
                    task.warn(format!(
                        "column `{}` is {} in `{}` and {} before; it is kept as {}",
                        column.name,
                        column.type_label(),
                        part.file,
                        known.type_label(),
                        both.kind.label()
                    ));
                }
                known.kind = both.kind;
                known.form = both.form;
                if let Some(n) = place.and_then(|place| n_with.get_mut(place)) {
                    *n += 1;
                }
            }
        }
        let lacking: Vec<String> = columns
            .iter()
            .zip(&n_with)
            .filter(|(_, n)| **n < parts.len())
            .map(|(column, n)| format!("`{}` ({} files)", column.name, parts.len() - n))
            .collect();
        if !lacking.is_empty() {
            let more = lacking.len().saturating_sub(SHOWN);
            let tail = match more {
                0 => String::new(),
                n => format!(" and {n} more columns"),
            };
            let shown = lacking.iter().take(SHOWN).cloned().collect::<Vec<_>>();
            task.warn(format!(
                "some of the {} files lack columns, which are missing there: {}{tail}",
                parts.len(),
                shown.join(", ")
            ));
        }
        Self {
            parts,
            n_done: 0,
            schema: Schema { columns },
            bad: Vec::new(),
        }
    }

    fn fit(&self, frame: &Frame) -> Result<Frame, Error> {
        let columns = self
            .schema
            .columns
            .iter()
            .map(|column| {
                let wanted = Type::of(column);
                match frame.data.column(&column.name) {
                    Ok(found) => cast(found, &wanted),
                    Err(_) => Ok(wanted.missing(&column.name, frame.n_rows())),
                }
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let data = DataFrame::new(frame.n_rows(), columns)?;
        Ok(Frame::plain(data).with_forms_of(&self.schema))
    }
}

impl Batches for Union {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error> {
        loop {
            let Some(part) = self.parts.get_mut(self.n_done) else {
                return Ok(None);
            };
            let next = part.batches.next(task)?;
            for mut bad in part.batches.take_bad_rows() {
                bad.problem = format!("{} (in `{}`)", bad.problem, part.file);
                self.bad.push(bad);
            }
            match next {
                Some(frame) => return self.fit(&frame).map(Some),
                None => {
                    let ended = part.batches.schema().clone();
                    self.n_done += 1;
                    self.add_levels(&ended);
                }
            }
        }
    }

    fn take_bad_rows(&mut self) -> Vec<BadRow> {
        std::mem::take(&mut self.bad)
    }

    fn has_lines(&self) -> bool {
        self.parts.iter().any(|part| part.batches.has_lines())
    }

    fn progress(&self) -> (u64, u64) {
        self.parts
            .iter()
            .zip(0..)
            .map(|(part, place)| {
                let (done, total) = part.batches.progress();
                (if place < self.n_done { total } else { done }, total)
            })
            .fold((0, 0), |(a, b), (done, total)| (a + done, b + total))
    }
}

impl Union {
    /// Levels that a file knows at its end only.
    fn add_levels(&mut self, ended: &Schema) {
        for column in &mut self.schema.columns {
            let (Some(Form::Category { levels, .. }), Some(Form::Category { levels: more, .. })) = (
                &mut column.form,
                ended
                    .column(&column.name)
                    .and_then(|found| found.form.as_ref()),
            ) else {
                continue;
            };
            let known: std::collections::HashSet<String> = levels.iter().cloned().collect();
            levels.extend(more.iter().filter(|level| !known.contains(*level)).cloned());
        }
    }
}
