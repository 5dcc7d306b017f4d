//! Columns that repeat another, give it away, or move together.

use assay_core::Task;
use assay_core::profile::{ColumnProfile, Note};

use super::notes::note;
use crate::columns::View;
use crate::error::Error;

/// Numeric columns up to which every pair is correlated.
const MAX_NUMERIC: usize = 50;
/// Least absolute correlation that is told.
const MIN_CORRELATION: f64 = 0.8;
/// Columns of categories up to which every pair is compared, and their distinct values.
const MAX_CATEGORICAL: usize = 50;
const MAX_CATEGORIES: u64 = 50;
/// A category that gives another away must hold this share of the rows to be told.
const MIN_SHARE: f64 = 0.1;
/// Told at most, of each kind.
const MAX_TOLD: usize = 8;
/// Of single categories that give another away.
const MAX_PARTIAL_TOLD: usize = 3;
const MIN_ROWS: usize = 10;

pub(super) fn notes(
    views: &[(String, View<'_>)],
    columns: &[ColumnProfile],
    task: &Task,
) -> Result<Vec<Note>, Error> {
    let mut notes = giveaways(&categorical(views, columns), task)?;
    notes.extend(correlations(&numeric(views, columns), task)?);
    Ok(notes)
}

/// A column as small numbers, one per distinct value.
struct Codes<'a> {
    name: &'a str,
    /// `None`: missing.
    codes: Vec<Option<usize>>,
    labels: Vec<String>,
}

fn categorical<'a>(views: &'a [(String, View<'_>)], columns: &[ColumnProfile]) -> Vec<Codes<'a>> {
    views
        .iter()
        .zip(columns)
        .filter(|((_, view), column)| {
            !matches!(
                view,
                View::Float(_) | View::Decimal(..) | View::Date(_) | View::Datetime(_)
            ) && (2..=MAX_CATEGORIES).contains(&column.n_distinct)
                && column.n_distinct * 5 <= column.n_rows
        })
        .take(MAX_CATEGORICAL)
        .map(|((name, view), _)| {
            let texts = view.texts();
            let mut labels: Vec<String> = texts.iter().flatten().cloned().collect();
            labels.sort();
            labels.dedup();
            Codes {
                name,
                codes: texts
                    .iter()
                    .map(|text| labels.binary_search(text.as_ref()?).ok())
                    .collect(),
                labels,
            }
        })
        .collect()
}

/// What the first column says of the second.
struct Reading {
    /// Rows in which both are present.
    n_both: usize,
    /// Per code of the first: how many rows, and the one code of the second when there is but one.
    rows: Vec<(usize, Option<usize>)>,
}

impl Reading {
    fn of(from: &Codes<'_>, to: &Codes<'_>) -> Self {
        let mut rows: Vec<(usize, Option<usize>)> = vec![(0, None); from.labels.len()];
        let mut n_both = 0;
        for (a, b) in from.codes.iter().zip(&to.codes) {
            let (Some(a), Some(b)) = (a, b) else {
                continue;
            };
            n_both += 1;
            if let Some((n, only)) = rows.get_mut(*a) {
                if *n == 0 {
                    *only = Some(*b);
                } else if *only != Some(*b) {
                    *only = None;
                }
                *n += 1;
            }
        }
        Self { n_both, rows }
    }

    fn gives_all_away(&self) -> bool {
        self.n_both >= MIN_ROWS && self.rows.iter().all(|(n, only)| *n == 0 || only.is_some())
    }

    /// The most frequent code of the first column that leaves one code of the second, when it holds a fair share.
    fn gives_one_away(&self) -> Option<(usize, usize)> {
        let least = (MIN_SHARE * self.n_both as f64).max(MIN_ROWS as f64);
        self.rows
            .iter()
            .enumerate()
            .filter(|(_, (n, _))| *n as f64 >= least)
            .filter_map(|(from, (n, only))| Some((*n, from, (*only)?)))
            .max_by_key(|(n, from, _)| (*n, std::cmp::Reverse(*from)))
            .map(|(_, from, to)| (from, to))
    }
}

fn giveaways(columns: &[Codes<'_>], task: &Task) -> Result<Vec<Note>, Error> {
    let (mut same, mut all, mut part) = (Vec::new(), Vec::new(), Vec::new());
    for (i, a) in columns.iter().enumerate() {
        for b in columns.iter().skip(i + 1) {
            task.check()?;
            let (forth, back) = (Reading::of(a, b), Reading::of(b, a));
            match (forth.gives_all_away(), back.gives_all_away()) {
                (true, true) => same.push(note(
                    format!("`{}` repeats `{}`", b.name, a.name),
                    &[b.name, a.name],
                )),
                (true, false) => all.push((a.name, b.name)),
                (false, true) => all.push((b.name, a.name)),
                (false, false) => {
                    part.extend(gives_one(a, b, &forth));
                    part.extend(gives_one(b, a, &back));
                }
            }
        }
    }
    part.truncate(MAX_PARTIAL_TOLD);
    Ok([same, gives_all(&all), part]
        .into_iter()
        .flat_map(|notes| notes.into_iter().take(MAX_TOLD))
        .collect())
}

/// One note per column that gives others away, `found` holding (cause, effect).
fn gives_all(found: &[(&str, &str)]) -> Vec<Note> {
    let mut causes: Vec<&str> = Vec::new();
    for (cause, _) in found {
        if !causes.contains(cause) {
            causes.push(cause);
        }
    }
    causes
        .into_iter()
        .map(|cause| {
            let effects = found.iter().filter(|(c, _)| *c == cause);
            let effects: Vec<&str> = effects.map(|(_, effect)| *effect).collect();
            let listed: Vec<String> = effects.iter().map(|name| format!("`{name}`")).collect();
            let text = format!(
                "`{cause}` gives {} away: each of its values goes with one value",
                listed.join(", ")
            );
            note(text, &[&[cause], effects.as_slice()].concat())
        })
        .collect()
}

fn gives_one(from: &Codes<'_>, to: &Codes<'_>, reading: &Reading) -> Option<Note> {
    let (cause, effect) = reading.gives_one_away()?;
    let n_effect = to
        .codes
        .iter()
        .filter(|code| **code == Some(effect))
        .count();
    // what nearly every row is says nothing
    if n_effect as f64 > 0.9 * reading.n_both as f64 {
        return None;
    }
    let text = format!(
        "`{}` gives `{}` away: `{}` is all `{}`",
        from.name,
        to.name,
        from.labels.get(cause)?,
        to.labels.get(effect)?
    );
    Some(note(text, &[from.name, to.name]))
}

fn numeric<'a>(
    views: &'a [(String, View<'_>)],
    columns: &[ColumnProfile],
) -> Vec<(&'a str, Vec<Option<f64>>)> {
    views
        .iter()
        .zip(columns)
        .filter(|((_, view), column)| view.kind().is_numeric() && column.n_distinct > 2)
        .filter_map(|((name, view), _)| Some((name.as_str(), view.numbers()?)))
        .collect()
}

fn correlations(columns: &[(&str, Vec<Option<f64>>)], task: &Task) -> Result<Vec<Note>, Error> {
    if columns.len() > MAX_NUMERIC {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (i, (a, a_values)) in columns.iter().enumerate() {
        for (b, b_values) in columns.iter().skip(i + 1) {
            task.check()?;
            if let Some(r) = correlation(a_values, b_values)
                && r.abs() >= MIN_CORRELATION
            {
                found.push((
                    r,
                    note(format!("`{a}` and `{b}` move together: r {r:.2}"), &[a, b]),
                ));
            }
        }
    }
    found.sort_by(|(a, _), (b, _)| b.abs().total_cmp(&a.abs()));
    Ok(found
        .into_iter()
        .take(MAX_TOLD)
        .map(|(_, note)| note)
        .collect())
}

/// Pearson's r over the rows in which both are finite; `None` under ten of them, or when one is constant there.
pub(super) fn correlation(a: &[Option<f64>], b: &[Option<f64>]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = a
        .iter()
        .zip(b)
        .filter_map(|(a, b)| Some(((*a)?, (*b)?)))
        .filter(|(a, b)| a.is_finite() && b.is_finite())
        .collect();
    if pairs.len() < MIN_ROWS {
        return None;
    }
    let n = pairs.len() as f64;
    let mean_a = pairs.iter().map(|(a, _)| a).sum::<f64>() / n;
    let mean_b = pairs.iter().map(|(_, b)| b).sum::<f64>() / n;
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (a, b) in pairs {
        let (a, b) = (a - mean_a, b - mean_b);
        aa += a * a;
        bb += b * b;
        ab += a * b;
    }
    let r = ab / (aa * bb).sqrt();
    r.is_finite().then_some(r)
}
