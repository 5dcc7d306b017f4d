//! What a table looks like: exact figures per column and sentences worth a look.

mod duplicates;
mod histogram;
mod notes;
mod numeric;
mod pairs;

use assay_core::Task;
use assay_core::profile::{ColumnProfile, PROFILE_SCHEMA, Profile, TextProfile, TimeProfile};
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::columns::View;
use crate::counts::Counts;
use crate::error::Error;
use crate::frame::Frame;
use crate::time;

/// Values listed per column, and distinct values up to which a numeric column lists them.
const MAX_TOP: usize = 20;

/// Exact figures over all rows; columns in parallel.
///
/// # Errors
/// [`Error::Cancelled`]; [`Error::Engine`] when the table breaks its own invariant.
pub fn profile(frame: &Frame, task: &Task) -> Result<Profile, Error> {
    let views = frame.views()?;
    let total = views.len() as u64;
    let done = AtomicU64::new(0);
    let columns = views
        .par_iter()
        .map(|(name, view)| {
            task.check()?;
            let column = column_profile(name, *view);
            task.step(
                done.fetch_add(1, Ordering::Relaxed) + 1,
                total,
                "profiling columns",
            );
            Ok(column)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    let n_duplicate_rows = duplicates::count(frame.n_rows(), &views, task)?;
    task.step(total, total, "comparing columns");
    let notes = notes::of(frame.n_rows(), &views, &columns, task)?;
    Ok(Profile {
        schema: PROFILE_SCHEMA,
        n_rows: frame.n_rows() as u64,
        n_missing: columns.iter().map(|column| column.n_missing).sum(),
        n_duplicate_rows,
        columns,
        notes,
    })
}

fn column_profile(name: &str, view: View<'_>) -> ColumnProfile {
    let counts = Counts::of(view);
    let n_missing = view.n_missing() as u64;
    let is_numeric = view.kind().is_numeric();
    let few = counts.n_distinct() <= MAX_TOP as u64;
    ColumnProfile {
        name: name.to_owned(),
        kind: view.kind(),
        n_rows: counts.n_values() + n_missing,
        n_missing,
        n_distinct: counts.n_distinct(),
        numeric: if is_numeric { numeric::of(view) } else { None },
        top: if few || !is_numeric {
            counts.top(MAX_TOP)
        } else {
            Vec::new()
        },
        time: time_profile(view),
        text: text_profile(view),
    }
}

fn time_profile(view: View<'_>) -> Option<TimeProfile> {
    let (min, max) = match view {
        View::Date(values) => {
            let days = || values.iter().flatten();
            (
                time::date_text(days().min()?),
                time::date_text(days().max()?),
            )
        }
        View::Datetime(values) => {
            let micros = || values.iter().flatten();
            (
                time::datetime_text(micros().min()?),
                time::datetime_text(micros().max()?),
            )
        }
        _ => return None,
    };
    Some(TimeProfile { min, max })
}

fn text_profile(view: View<'_>) -> Option<TextProfile> {
    let View::Text(values) = view else {
        return None;
    };
    let lengths: Vec<u64> = values
        .iter()
        .flatten()
        .map(|text| text.chars().count() as u64)
        .collect();
    Some(TextProfile {
        min_length: lengths.iter().copied().min()?,
        max_length: lengths.iter().copied().max()?,
        mean_length: lengths.iter().sum::<u64>() as f64 / lengths.len() as f64,
    })
}
