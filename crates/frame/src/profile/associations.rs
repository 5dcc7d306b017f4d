//! Every pair of suitable columns, compared.

use std::collections::HashMap;

use assay_core::Task;
use assay_core::profile::association::{
    Codes, Measured, NO_CODE, correlation_ratio, cramers_v, pearson, ranks, spearman,
};
use assay_core::profile::{Association, AssociationMethod, ColumnProfile};
use assay_core::schema::ColumnType;
use assay_core::sketch::scatter;
use rayon::prelude::*;

use super::look::Look;
use crate::columns::View;
use crate::error::Error;

/// Columns of each kind that are compared.
const MAX_COLUMNS: usize = 60;
/// Distinct values of a column of categories.
const MAX_CATEGORIES: u64 = 50;
const MAX_INTEGER_CATEGORIES: u64 = 20;
/// Rows times pairs above which a sample of the rows is compared.
const MAX_WORK: usize = 20_000_000;

/// What came out, and what it was read from.
pub(super) struct Compared {
    pub associations: Vec<Association>,
    pub categories: Vec<Category>,
    pub numbers: Vec<Numbers>,
    pub n_rows: usize,
    /// Whether these are all rows.
    pub is_exact: bool,
    /// Sentences about columns that were left out.
    pub cut: Vec<String>,
}

/// A column of categories.
pub(super) struct Category {
    /// Of the column in the table.
    pub place: usize,
    pub name: String,
    pub codes: Codes,
    /// One per code.
    pub labels: Vec<String>,
}

/// A column of numbers; a missing one is NaN.
pub(super) struct Numbers {
    pub place: usize,
    pub name: String,
    values: Vec<f64>,
    /// When none is missing.
    ranks: Option<Vec<f64>>,
}

pub(super) fn of(look: &Look<'_>, sample_rows: usize, task: &Task) -> Result<Compared, Error> {
    let mut cut = Vec::new();
    let mut suitable = |is_suitable: fn(&ColumnProfile) -> bool, what: &str| {
        let columns = look.figures.iter().enumerate();
        let found = columns.filter(|(_, figures)| is_suitable(&figures.profile));
        let mut places: Vec<usize> = found.map(|(place, _)| place).collect();
        if places.len() > MAX_COLUMNS {
            cut.push(format!(
                "Only the first {MAX_COLUMNS} of {} columns of {what} are compared with one another",
                places.len()
            ));
            places.truncate(MAX_COLUMNS);
        }
        places
    };
    let number_places = suitable(is_numeric, "numbers");
    let category_places = suitable(is_category, "categories");
    let (n_numbers, n_categories) = (number_places.len(), category_places.len());
    let n_pairs = n_numbers * n_numbers + n_categories * (n_categories + 2 * n_numbers) / 2;
    let rows = (look.n_seen > sample_rows && look.n_seen * n_pairs > MAX_WORK)
        .then(|| sampled(look.n_seen, sample_rows));
    let rows = rows.as_deref();
    let numbers: Vec<Numbers> = number_places
        .par_iter()
        .filter_map(|place| Numbers::of(look, *place, rows))
        .collect();
    let categories: Vec<Category> = category_places
        .par_iter()
        .filter_map(|place| Category::of(look, *place, rows))
        .collect();
    let n_rows = rows.map_or(look.n_seen, <[usize]>::len);
    Ok(Compared {
        associations: associations(&numbers, &categories, task)?,
        categories,
        numbers,
        n_rows,
        is_exact: n_rows as u64 == look.n_rows,
        cut,
    })
}

fn is_numeric(column: &ColumnProfile) -> bool {
    column.numeric.as_ref().is_some_and(|n| n.min < n.max)
}

fn is_category(column: &ColumnProfile) -> bool {
    let most = match column.kind {
        ColumnType::Text | ColumnType::Boolean => MAX_CATEGORIES,
        ColumnType::Integer => MAX_INTEGER_CATEGORIES,
        ColumnType::Float | ColumnType::Date | ColumnType::Datetime => return false,
    };
    (2..=most).contains(&column.n_distinct) && column.n_distinct * 5 <= column.n_values()
}

/// The same rows whatever the table holds.
fn sampled(n_rows: usize, size: usize) -> Vec<usize> {
    let mut keys: Vec<(u64, usize)> = (0..n_rows).map(|row| (scatter(row as u64), row)).collect();
    keys.select_nth_unstable(size);
    let mut rows: Vec<usize> = keys.iter().take(size).map(|(_, row)| *row).collect();
    rows.sort_unstable();
    rows
}

fn associations(
    numbers: &[Numbers],
    categories: &[Category],
    task: &Task,
) -> Result<Vec<Association>, Error> {
    let mut pairs: Vec<(AssociationMethod, usize, usize)> = Vec::new();
    for method in [AssociationMethod::Pearson, AssociationMethod::Spearman] {
        for a in 0..numbers.len() {
            pairs.extend((a + 1..numbers.len()).map(|b| (method, a, b)));
        }
    }
    for a in 0..categories.len() {
        let others = a + 1..categories.len();
        pairs.extend(others.map(|b| (AssociationMethod::CramersV, a, b)));
    }
    for a in 0..categories.len() {
        let others = 0..numbers.len();
        pairs.extend(others.map(|b| (AssociationMethod::CorrelationRatio, a, b)));
    }
    let measured = pairs
        .into_par_iter()
        .map(|(method, a, b)| {
            task.check()?;
            Ok(association(method, a, b, numbers, categories))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(measured.into_iter().flatten().collect())
}

fn association(
    method: AssociationMethod,
    a: usize,
    b: usize,
    numbers: &[Numbers],
    categories: &[Category],
) -> Option<Association> {
    let measured = |a: &str, b: &str, measured: Measured| {
        let (value, n) = measured?;
        Some(Association {
            a: a.to_owned(),
            b: b.to_owned(),
            method,
            value,
            n,
        })
    };
    match method {
        AssociationMethod::Pearson => {
            let (a, b) = (numbers.get(a)?, numbers.get(b)?);
            measured(&a.name, &b.name, pearson(&a.values, &b.values))
        }
        AssociationMethod::Spearman => {
            let (a, b) = (numbers.get(a)?, numbers.get(b)?);
            let value = match (&a.ranks, &b.ranks) {
                (Some(a), Some(b)) => pearson(a, b),
                _ => spearman(&a.values, &b.values),
            };
            measured(&a.name, &b.name, value)
        }
        AssociationMethod::CramersV => {
            let (a, b) = (categories.get(a)?, categories.get(b)?);
            measured(&a.name, &b.name, cramers_v(&a.codes, &b.codes))
        }
        AssociationMethod::CorrelationRatio => {
            let (a, b) = (categories.get(a)?, numbers.get(b)?);
            if a.place == b.place {
                return None;
            }
            measured(&a.name, &b.name, correlation_ratio(&a.codes, &b.values))
        }
    }
}

impl Numbers {
    fn of(look: &Look<'_>, place: usize, rows: Option<&[usize]>) -> Option<Self> {
        let (name, view) = look.views.get(place)?;
        let numbers = view.numbers()?;
        let number = |value: &Option<f64>| value.unwrap_or(f64::NAN);
        let values: Vec<f64> = match rows {
            Some(rows) => rows
                .iter()
                .map(|row| numbers.get(*row).map_or(f64::NAN, number))
                .collect(),
            None => numbers.iter().map(number).collect(),
        };
        Some(Self {
            place,
            name: name.clone(),
            ranks: values.iter().all(|v| v.is_finite()).then(|| ranks(&values)),
            values,
        })
    }
}

impl Category {
    fn of(look: &Look<'_>, place: usize, rows: Option<&[usize]>) -> Option<Self> {
        let (name, view) = look.views.get(place)?;
        let mut coded = match view {
            View::Text(values) => coded(values.iter(), |text| (*text).to_owned()),
            View::Boolean(values) => coded(values.iter(), bool::to_string),
            View::Integer(values) => coded(values.iter(), i64::to_string),
            View::Float(_) | View::Decimal(..) | View::Date(_) | View::Datetime(_) => return None,
        };
        if let Some(rows) = rows {
            let codes = rows
                .iter()
                .filter_map(|row| coded.0.codes.get(*row).copied());
            coded.0.codes = codes.collect();
        }
        Some(Self {
            place,
            name: name.clone(),
            codes: coded.0,
            labels: coded.1,
        })
    }
}

/// Codes in order of first appearance.
fn coded<T: Copy + Eq + std::hash::Hash>(
    values: impl Iterator<Item = Option<T>>,
    print: impl Fn(&T) -> String,
) -> (Codes, Vec<String>) {
    let mut known: HashMap<T, u32> = HashMap::new();
    let mut labels = Vec::new();
    let codes = values
        .map(|value| match value {
            None => NO_CODE,
            Some(value) => *known.entry(value).or_insert_with(|| {
                labels.push(print(&value));
                labels.len() as u32 - 1
            }),
        })
        .collect();
    let n_codes = labels.len();
    (Codes { codes, n_codes }, labels)
}
