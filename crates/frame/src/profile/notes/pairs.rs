//! Columns that repeat another, give it away, or move together.

use assay_core::Task;
use assay_core::profile::association::NO_CODE;
use assay_core::profile::{
    Association, AssociationMethod, LikelyKind, Note, NoteKind, NoteSeverity,
};
use assay_core::words::percent;

use super::super::associations::{Category, Compared};
use super::super::look::Look;
use super::{named, note};
use crate::error::Error;

/// Least absolute correlation that is told, and that makes one column stand for the other.
const MIN_CORRELATION: f64 = 0.8;
const HIGH_CORRELATION: f64 = 0.95;
const SAME: f64 = 0.9995;
/// Correlation ratio from which the categories as good as know the numbers.
const NEARLY_GIVEN: f64 = 0.99;
/// A category that gives another away must hold this share of the rows to be told.
const MIN_SHARE: f64 = 0.1;
/// Share of the rows in which one column tells the other from which it gives it away but for exceptions.
const NEARLY_ALL: f64 = 0.99;
/// What nearly every row is says nothing.
const MAX_BASE: f64 = 0.9;
/// Told at most, of each kind.
const MAX_TOLD: usize = 8;
/// Of single categories that give another away.
const MAX_PARTIAL_TOLD: usize = 3;
const MIN_ROWS: u64 = 10;

pub(super) fn notes(look: &Look<'_>, compared: &Compared, task: &Task) -> Result<Vec<Note>, Error> {
    let mut notes = giveaways(&compared.categories, task)?;
    notes.extend(correlations(look, compared));
    notes.extend(given_numbers(compared));
    if !compared.is_exact {
        // what was seen in a sample is not said of all rows
        for note in &mut notes {
            note.text.push_str(" (in a sample of the rows)");
        }
    }
    Ok(notes)
}

/// How often the codes of two columns meet.
struct Table<'a> {
    a: &'a Category,
    b: &'a Category,
    counts: Vec<u64>,
    n: u64,
}

/// What one column says of the other.
struct Reading {
    /// Rows in which both are present.
    n: u64,
    /// Rows in which the other column has the value that goes most often with this one's.
    n_told: u64,
    /// Share of the other column's most frequent value.
    base: f64,
    /// The most frequent code that leaves a single code of the other: its rows, itself, the other.
    single: Option<(u64, usize, usize)>,
}

impl<'a> Table<'a> {
    fn of(a: &'a Category, b: &'a Category) -> Self {
        let width = b.codes.n_codes;
        let mut counts = vec![0; a.codes.n_codes * width];
        for (a, b) in a.codes.codes.iter().zip(&b.codes.codes) {
            if *a != NO_CODE
                && *b != NO_CODE
                && let Some(cell) = counts.get_mut(*a as usize * width + *b as usize)
            {
                *cell += 1;
            }
        }
        let n = counts.iter().sum();
        Self { a, b, counts, n }
    }

    fn turned(&self) -> Table<'a> {
        let (height, width) = (self.a.codes.n_codes, self.b.codes.n_codes);
        let cell = |b: usize, a: usize| self.counts.get(a * width + b).copied().unwrap_or(0);
        Table {
            a: self.b,
            b: self.a,
            counts: (0..width)
                .flat_map(|b| (0..height).map(move |a| (b, a)))
                .map(|(b, a)| cell(b, a))
                .collect(),
            n: self.n,
        }
    }

    /// What `a` says of `b`.
    fn reading(&self) -> Reading {
        let width = self.b.codes.n_codes.max(1);
        let mut totals = vec![0; width];
        let mut reading = Reading {
            n: self.n,
            n_told: 0,
            base: 0.0,
            single: None,
        };
        for (code, row) in self.counts.chunks(width).enumerate() {
            for (total, cell) in totals.iter_mut().zip(row) {
                *total += cell;
            }
            let most = row
                .iter()
                .enumerate()
                .max_by_key(|(place, n)| (**n, std::cmp::Reverse(*place)));
            let Some((other, n_most)) = most else {
                continue;
            };
            reading.n_told += n_most;
            let n_row: u64 = row.iter().sum();
            let known = reading.single.map_or(0, |(n, _, _)| n);
            if n_row == *n_most && n_row > known {
                reading.single = Some((n_row, code, other));
            }
        }
        reading.base = totals.iter().max().copied().unwrap_or(0) as f64 / self.n.max(1) as f64;
        reading
    }
}

impl Reading {
    fn gives_all(&self) -> bool {
        self.n >= MIN_ROWS && self.n_told == self.n
    }

    /// But for exceptions, and by far better than the most frequent value does.
    fn gives_nearly_all(&self) -> bool {
        let told = self.n_told as f64 / self.n.max(1) as f64;
        self.n >= 10 * MIN_ROWS
            && told >= NEARLY_ALL
            && self.base <= MAX_BASE
            && 1.0 - told <= 0.1 * (1.0 - self.base)
    }
}

fn giveaways(columns: &[Category], task: &Task) -> Result<Vec<Note>, Error> {
    let (mut same, mut nearly, mut all, mut part) = (vec![], vec![], vec![], vec![]);
    for (i, a) in columns.iter().enumerate() {
        for b in columns.iter().skip(i + 1) {
            task.check()?;
            let table = Table::of(a, b);
            let turned = table.turned();
            let (forth, back) = (table.reading(), turned.reading());
            match (forth.gives_all(), back.gives_all()) {
                (true, true) => same.push(note(
                    NoteKind::Leakage,
                    NoteSeverity::High,
                    format!("`{}` repeats `{}`", b.name, a.name),
                    &[&b.name, &a.name],
                )),
                (true, false) => all.push((a.name.as_str(), b.name.as_str())),
                (false, true) => all.push((b.name.as_str(), a.name.as_str())),
                (false, false) if forth.gives_nearly_all() || back.gives_nearly_all() => {
                    let (table, told) = if forth.n_told >= back.n_told {
                        (&table, forth.n_told)
                    } else {
                        (&turned, back.n_told)
                    };
                    nearly.push(note(
                        NoteKind::Leakage,
                        NoteSeverity::High,
                        format!(
                            "`{}` tells `{}` in {} of the rows",
                            table.a.name,
                            table.b.name,
                            percent(told as f64 / table.n as f64)
                        ),
                        &[&table.a.name, &table.b.name],
                    ));
                }
                (false, false) => {
                    part.push((&a.name, &b.name, gives_one(&table, &forth)));
                    part.push((&a.name, &b.name, gives_one(&turned, &back)));
                }
            }
        }
    }
    // what a third column gives away together is told there
    let gives = |cause: &str, effect: &str| all.contains(&(cause, effect));
    let together = |a: &str, b: &str| {
        all.iter()
            .any(|(cause, _)| gives(cause, a) && gives(cause, b))
    };
    let part: Vec<Note> = part
        .into_iter()
        .filter(|(a, b, _)| !together(a, b))
        .filter_map(|(_, _, note)| note)
        .take(MAX_PARTIAL_TOLD)
        .collect();
    Ok([same, nearly, gives_all(&all), part]
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
            let text = format!(
                "`{cause}` gives {} away: each of its values goes with one value",
                named(&effects)
            );
            let columns = [&[cause], effects.as_slice()].concat();
            note(NoteKind::Leakage, NoteSeverity::Medium, text, &columns)
        })
        .collect()
}

fn gives_one(table: &Table<'_>, reading: &Reading) -> Option<Note> {
    let (n, cause, effect) = reading.single?;
    let least = (MIN_SHARE * reading.n as f64).max(MIN_ROWS as f64);
    if (n as f64) < least || reading.base > MAX_BASE {
        return None;
    }
    let text = format!(
        "`{}` gives `{}` away: `{}` is all `{}`",
        table.a.name,
        table.b.name,
        table.a.labels.get(cause)?,
        table.b.labels.get(effect)?
    );
    let columns = [table.a.name.as_str(), table.b.name.as_str()];
    Some(note(
        NoteKind::PartialLeakage,
        NoteSeverity::Low,
        text,
        &columns,
    ))
}

fn correlations(look: &Look<'_>, compared: &Compared) -> Vec<Note> {
    // of two values, numbers are rather a class
    let counts = |name: &str| {
        let number = compared.numbers.iter().find(|number| number.name == name);
        let column = number.and_then(|number| look.profile(number.place));
        column.is_some_and(|column| column.n_distinct > 2 && column.likely.kind != LikelyKind::Id)
    };
    let mut found: Vec<(&Association, f64)> = Vec::new();
    for pair in &compared.associations {
        match pair.method {
            AssociationMethod::Pearson if counts(&pair.a) && counts(&pair.b) => {
                found.push((pair, 0.0));
            }
            AssociationMethod::Spearman => {
                let same = found
                    .iter_mut()
                    .find(|(other, _)| other.a == pair.a && other.b == pair.b);
                if let Some((_, ranks)) = same {
                    *ranks = pair.value;
                }
            }
            _ => {}
        }
    }
    let strength = |(pair, ranks): &(&Association, f64)| pair.value.abs().max(ranks.abs());
    found.retain(|pair| strength(pair) >= MIN_CORRELATION);
    found.sort_by(|a, b| strength(b).total_cmp(&strength(a)));
    let groups = groups(&found);
    let grouped = |pair: &Association| {
        let mut all = groups.iter();
        all.any(|group| group.contains(&pair.a.as_str()) && group.contains(&pair.b.as_str()))
    };
    let mut notes: Vec<Note> = groups
        .iter()
        .map(|group| moves_together(group, &found))
        .collect();
    let pairs = found.iter().filter(|(pair, _)| !grouped(pair));
    notes.extend(pairs.map(|(pair, ranks)| correlated(pair, *ranks)));
    notes.truncate(MAX_TOLD);
    notes
}

/// Three columns and more of which every two are highly correlated, `found` holding the pairs, strongest first.
fn groups<'a>(found: &[(&'a Association, f64)]) -> Vec<Vec<&'a str>> {
    let high = |pair: &Association| (HIGH_CORRELATION..SAME).contains(&pair.value.abs());
    let is_pair = |a: &str, b: &str| {
        found.iter().any(|(pair, _)| {
            high(pair) && ((pair.a == a && pair.b == b) || (pair.a == b && pair.b == a))
        })
    };
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for (pair, _) in found.iter().filter(|(pair, _)| high(pair)) {
        for (name, other) in [(&pair.a, &pair.b), (&pair.b, &pair.a)] {
            let known = groups.iter().any(|group| group.contains(&name.as_str()));
            let joins = |group: &Vec<&str>| {
                group.contains(&other.as_str()) && group.iter().all(|member| is_pair(member, name))
            };
            if known {
                continue;
            }
            if let Some(group) = groups.iter_mut().find(|group| joins(group)) {
                group.push(name.as_str());
            } else if !groups.iter().any(|group| group.contains(&other.as_str())) {
                groups.push(vec![pair.a.as_str(), pair.b.as_str()]);
            }
        }
    }
    groups.retain(|group| group.len() > 2);
    groups
}

fn moves_together(group: &[&str], found: &[(&Association, f64)]) -> Note {
    let inside = found
        .iter()
        .map(|(pair, _)| pair)
        .filter(|pair| group.contains(&pair.a.as_str()) && group.contains(&pair.b.as_str()));
    let sizes: Vec<f64> = inside.map(|pair| pair.value.abs()).collect();
    let least = sizes.iter().copied().fold(1.0, f64::min);
    let most = sizes.iter().copied().fold(0.0, f64::max);
    let text = format!(
        "{} move together: |r| {least:.2} to {most:.2}",
        named(group)
    );
    note(NoteKind::Correlated, NoteSeverity::Medium, text, group)
}

fn correlated(pair: &Association, ranks: f64) -> Note {
    let (a, b, r) = (pair.a.as_str(), pair.b.as_str(), pair.value);
    let (kind, severity, text) = if r.abs() >= SAME || ranks.abs() >= SAME {
        let text = format!("`{b}` follows `{a}` throughout: r {r:.2}, in ranks {ranks:.2}");
        (NoteKind::Leakage, NoteSeverity::High, text)
    } else if r.abs() >= MIN_CORRELATION {
        let severity = if r.abs() >= HIGH_CORRELATION {
            NoteSeverity::Medium
        } else {
            NoteSeverity::Low
        };
        let text = format!("`{a}` and `{b}` move together: r {r:.2}");
        (NoteKind::Correlated, severity, text)
    } else {
        let text = format!(
            "`{a}` and `{b}` move together, though not in a line: r {r:.2}, in ranks {ranks:.2}"
        );
        (NoteKind::Correlated, NoteSeverity::Low, text)
    };
    note(kind, severity, text, &[a, b])
}

/// Numbers that the categories as good as know. Numbers of few values are compared as categories already.
fn given_numbers(compared: &Compared) -> Vec<Note> {
    let is_category = |name: &str| compared.categories.iter().any(|c| c.name == name);
    compared
        .associations
        .iter()
        .filter(|pair| {
            pair.method == AssociationMethod::CorrelationRatio
                && pair.value >= NEARLY_GIVEN
                && !is_category(&pair.b)
        })
        .take(MAX_TOLD)
        .map(|pair| {
            let text = format!(
                "`{}` as good as gives `{}` away: correlation ratio {:.3}",
                pair.a, pair.b, pair.value
            );
            note(
                NoteKind::Leakage,
                NoteSeverity::Medium,
                text,
                &[&pair.a, &pair.b],
            )
        })
        .collect()
}
