//! What a person chose for a table that comes in parts: names, missing markers and types.

use std::collections::{BTreeMap, HashSet};

use assay_core::Task;
use assay_core::dataset::{BadRow, ImportOptions};
use assay_core::schema::{Column, ColumnType, Form, Schema};
use polars::prelude::{Column as PolarsColumn, DataFrame, IdxCa, IntoColumn, PlSmallStr};

use super::batches::Batches;
use super::names;
use super::nulls::Nulls;
use crate::columns::{Values, View, text_series};
use crate::error::Error;
use crate::frame::Frame;
use crate::types::Type;
use crate::{decimal, time};

/// A row that has a value which does not fit its column's type is a bad row.
pub(super) struct Chosen {
    inner: Box<dyn Batches>,
    nulls: Option<Nulls>,
    /// By the name that the column has in the table.
    types: BTreeMap<String, Type>,
    schema: Schema,
    /// Rows of the source so far.
    n_rows: u64,
    bad: Vec<BadRow>,
}

/// The same table, or one with what the options say.
///
/// # Errors
/// [`Error::BadOptions`] for names that do not go with the columns, [`Error::NoSuchColumn`] for a type of a column that
/// is not there.
pub(super) fn with_options(
    inner: Box<dyn Batches>,
    options: &ImportOptions,
) -> Result<Box<dyn Batches>, Error> {
    if options.columns.is_empty() && options.types.is_empty() && options.null_values.is_empty() {
        return Ok(inner);
    }
    let mut schema = inner.schema().clone();
    if !options.columns.is_empty() {
        names::check_given(&options.columns, schema.columns.len())?;
        for (column, name) in schema.columns.iter_mut().zip(&options.columns) {
            column.name.clone_from(name);
        }
    }
    let mut types = BTreeMap::new();
    for (name, choice) in &options.types {
        let names = schema.names();
        let column = schema
            .columns
            .iter_mut()
            .find(|column| column.name == *name);
        let Some(column) = column else {
            return Err(Error::NoSuchColumn {
                column: name.clone(),
                columns: names,
            });
        };
        column.kind = choice.kind;
        column.form.clone_from(&choice.form);
        types.insert(name.clone(), Type::of(column));
    }
    Ok(Box::new(Chosen {
        nulls: (!options.null_values.is_empty()).then(|| Nulls::of_typed(&options.null_values)),
        inner,
        types,
        schema,
        n_rows: 0,
        bad: Vec::new(),
    }))
}

impl Batches for Chosen {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn next(&mut self, task: &Task) -> Result<Option<Frame>, Error> {
        let Some(part) = self.inner.next(task)? else {
            return Ok(None);
        };
        let first_row = self.n_rows + 1;
        self.n_rows += part.n_rows() as u64;
        let mut columns = Vec::with_capacity(part.n_columns());
        // the first problem of each bad row
        let mut problems: BTreeMap<usize, String> = BTreeMap::new();
        for (column, target) in part.data.columns().iter().zip(&mut self.schema.columns) {
            let mut column = column.clone();
            column.rename(PlSmallStr::from_str(&target.name));
            if let Some(nulls) = &self.nulls {
                column = without_markers(column, nulls)?;
            }
            if let Some(wanted) = self.types.get(&target.name) {
                let (fitted, misfits) = fitted(&column, wanted)?;
                for (row, text) in misfits {
                    problems.entry(row).or_insert_with(|| {
                        let label = type_label(target);
                        format!(
                            "column `{}` holds `{text}`, which is no {label}",
                            target.name
                        )
                    });
                }
                column = fitted;
            }
            columns.push(column);
        }
        let mut data = DataFrame::new(part.n_rows(), columns)?;
        if !problems.is_empty() {
            let kept = (0..part.n_rows()).filter(|row| !problems.contains_key(row));
            let kept: Vec<_> = kept.filter_map(|row| row.try_into().ok()).collect();
            for (row, problem) in problems {
                self.bad.push(BadRow {
                    line: self.inner.place_of(row).unwrap_or(first_row + row as u64),
                    problem,
                    text: row_text(&part.slice(row, 1))?,
                });
            }
            data = data.take(&IdxCa::from_vec(PlSmallStr::EMPTY, kept))?;
        }
        for target in &mut self.schema.columns {
            if let Some(wanted) = self.types.get(&target.name) {
                learn_levels(target, wanted, &data)?;
            }
        }
        Ok(Some(Frame::plain(data).with_forms_of(&self.schema)))
    }

    fn take_bad_rows(&mut self) -> Vec<BadRow> {
        let mut bad = self.inner.take_bad_rows();
        bad.append(&mut self.bad);
        bad
    }

    fn has_lines(&self) -> bool {
        self.inner.has_lines()
    }

    fn progress(&self) -> (u64, u64) {
        self.inner.progress()
    }
}

fn type_label(column: &Column) -> String {
    match &column.form {
        Some(Form::Category { levels, .. }) if !levels.is_empty() => "level".to_owned(),
        _ => column.type_label(),
    }
}

fn without_markers(column: PolarsColumn, nulls: &Nulls) -> Result<PolarsColumn, Error> {
    let View::Text(values) = View::of(&column)? else {
        return Ok(column);
    };
    let is_marker = |text: &&str| !nulls.contains(text.trim());
    let kept = values.iter().map(|value| value.filter(is_marker));
    Ok(text_series(column.name(), values.len(), kept).into_column())
}

/// The values in the type, and the rows (from 0) whose value does not fit.
pub(crate) fn fitted(
    column: &PolarsColumn,
    to: &Type,
) -> Result<(PolarsColumn, Vec<(usize, String)>), Error> {
    let view = View::of(column)?;
    let plain = |found: &View<'_>| found.kind() == to.kind && to.form.is_none();
    if plain(&view) && column.dtype() == &to.data_type() {
        return Ok((column.clone(), Vec::new()));
    }
    let name = column.name().as_str();
    let texts = view.texts();
    let mut misfits = Vec::new();
    let series = match (to.kind, &to.form) {
        (ColumnType::Text, form) => {
            let levels = match form {
                Some(Form::Category { levels, .. }) => levels.as_slice(),
                _ => &[],
            };
            let known: HashSet<&str> = levels.iter().map(String::as_str).collect();
            let fits =
                |text: &str| (known.is_empty() || known.contains(text)).then(|| text.to_owned());
            let kept = parsed(&texts, &mut misfits, fits);
            text_series(name, kept.len(), kept.iter().map(Option::as_deref))
        }
        (ColumnType::Float, Some(Form::Decimal { scale, .. })) => {
            let units = parsed(&texts, &mut misfits, |text| decimal::parse(text, *scale));
            Values::Decimal(units, *scale).into_series(name)
        }
        (ColumnType::Integer, _) => {
            Values::Integer(parsed(&texts, &mut misfits, integer)).into_series(name)
        }
        (ColumnType::Float, _) => Values::Float(parsed(&texts, &mut misfits, |text| {
            text.parse().ok().filter(|value: &f64| !value.is_nan())
        }))
        .into_series(name),
        (ColumnType::Boolean, _) => {
            Values::Boolean(parsed(&texts, &mut misfits, boolean)).into_series(name)
        }
        (ColumnType::Date, _) => Values::Date(parsed(&texts, &mut misfits, |text| {
            let midnight = |micros: i64| {
                let days = micros.div_euclid(time::MICROS_PER_DAY);
                (micros.rem_euclid(time::MICROS_PER_DAY) == 0)
                    .then(|| i32::try_from(days).ok())
                    .flatten()
            };
            time::parse_date(text).or_else(|| midnight(time::parse_datetime(text)?.micros))
        }))
        .into_series(name),
        (ColumnType::Datetime, _) => Values::Datetime(parsed(&texts, &mut misfits, |text| {
            let day = |days: i32| i64::from(days) * time::MICROS_PER_DAY;
            time::parse_datetime(text)
                .map(|parsed| parsed.micros)
                .or_else(|| time::parse_date(text).map(day))
        }))
        .into_series(name),
    };
    Ok((series.into_column(), misfits))
}

fn parsed<T>(
    texts: &[Option<String>],
    misfits: &mut Vec<(usize, String)>,
    parse: impl Fn(&str) -> Option<T>,
) -> Vec<Option<T>> {
    texts
        .iter()
        .enumerate()
        .map(|(row, text)| {
            let text = text.as_deref()?.trim();
            let value = parse(text);
            if value.is_none() {
                misfits.push((row, text.to_owned()));
            }
            value
        })
        .collect()
}

/// Whole numbers, also as floats print them.
fn integer(text: &str) -> Option<i64> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    match whole {
        "true" => Some(1),
        "false" => Some(0),
        _ => whole.parse().ok(),
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

/// A category that was chosen without levels gets those of the rows, sorted, whatever kind of file they come from.
fn learn_levels(target: &mut Column, wanted: &Type, data: &DataFrame) -> Result<(), Error> {
    let (Some(Form::Category { levels: given, .. }), Some(Form::Category { levels, .. })) =
        (&wanted.form, &mut target.form)
    else {
        return Ok(());
    };
    if !given.is_empty() {
        return Ok(());
    }
    let known: HashSet<&str> = levels.iter().map(String::as_str).collect();
    let texts = data.column(&target.name)?.str()?;
    let new: HashSet<String> = texts
        .iter()
        .flatten()
        .filter(|text| !known.contains(text))
        .map(str::to_owned)
        .collect();
    if !new.is_empty() {
        levels.extend(new);
        levels.sort_unstable();
    }
    Ok(())
}

fn row_text(row: &Frame) -> Result<String, Error> {
    let values: Vec<String> = row
        .views()?
        .into_iter()
        .map(|(_, view)| view.texts().pop().flatten().unwrap_or_default())
        .collect();
    Ok(values
        .join(",")
        .chars()
        .take(super::json::SHOWN_CHARS)
        .collect())
}
