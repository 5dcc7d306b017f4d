//! Several log files as one table.

use assay_core::schema::{Column, ColumnType};
use polars::prelude::{Column as PolarsColumn, DataFrame, DataType, PlSmallStr, TimeUnit};

use crate::columns::{View, text_series};
use crate::error::Error;
use crate::frame::{Concatenation, Frame, MissingColumn};

pub(crate) fn concat(parts: &[Frame]) -> Result<Concatenation, Error> {
    let mut columns: Vec<(String, Vec<ColumnType>)> = Vec::new();
    for part in parts {
        for (name, view) in part.views()? {
            // a column without a value in this part has no say
            let kind = (view.n_missing() < part.n_rows()).then(|| view.kind());
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some((_, kinds)) => kinds.extend(kind.filter(|kind| !kinds.contains(kind))),
                None => columns.push((name, kind.into_iter().collect())),
            }
        }
    }
    let mut missing = Vec::new();
    let mut retyped = Vec::new();
    let mut types = Vec::new();
    for (name, kinds) in &columns {
        let kind = common(name, kinds)?;
        types.push(kind);
        if kinds.len() > 1 {
            retyped.push((name.clone(), kind));
        }
        let lacking = parts
            .iter()
            .enumerate()
            .filter(|(_, part)| part.data.column(name).is_err());
        missing.extend(lacking.map(|(part, _)| MissingColumn {
            part,
            column: name.clone(),
        }));
    }
    let mut data: Option<DataFrame> = None;
    for part in parts {
        let mut fitted = Vec::with_capacity(columns.len());
        for ((name, _), kind) in columns.iter().zip(&types) {
            fitted.push(as_type(part, name, *kind)?);
        }
        let fitted = DataFrame::new(part.n_rows(), fitted)?;
        match &mut data {
            None => data = Some(fitted),
            Some(data) => {
                data.vstack_mut_owned(fitted)?;
            }
        }
    }
    let frame = Frame {
        data: data.unwrap_or_default(),
    };
    let schema = frame.schema();
    Ok(Concatenation {
        retyped: retyped
            .into_iter()
            .map(|(name, kind)| Column {
                nullable: schema.column(&name).is_some_and(|column| column.nullable),
                name,
                kind,
                form: None,
            })
            .collect(),
        frame,
        missing,
    })
}

/// The one type that holds them all.
fn common(name: &str, kinds: &[ColumnType]) -> Result<ColumnType, Error> {
    let is_time = |kind: &ColumnType| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    match kinds {
        [] => Ok(ColumnType::Text),
        [kind] => Ok(*kind),
        _ if kinds.iter().all(|kind| kind.is_numeric()) => Ok(ColumnType::Float),
        _ if kinds.iter().all(is_time) => Ok(ColumnType::Datetime),
        _ => match kinds.iter().find(|kind| is_time(kind)) {
            None => Ok(ColumnType::Text),
            Some(found) => Err(Error::WrongType {
                column: name.to_owned(),
                found: format!("{} in one file", found.label()),
                needed: "another file holds no dates there".to_owned(),
            }),
        },
    }
}

fn as_type(part: &Frame, name: &str, kind: ColumnType) -> Result<PolarsColumn, Error> {
    let n_rows = part.n_rows();
    let data_type = match kind {
        ColumnType::Integer => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Text => DataType::String,
        ColumnType::Date => DataType::Date,
        ColumnType::Datetime => DataType::Datetime(TimeUnit::Microseconds, None),
    };
    let Ok(column) = part.data.column(name) else {
        return Ok(PolarsColumn::full_null(
            PlSmallStr::from_str(name),
            n_rows,
            &data_type,
        ));
    };
    if column.dtype() == &data_type {
        return Ok(column.clone());
    }
    if column.null_count() == n_rows {
        return Ok(PolarsColumn::full_null(
            column.name().clone(),
            n_rows,
            &data_type,
        ));
    }
    if kind == ColumnType::Text {
        let texts = View::of(column)?.texts();
        let series = text_series(name, n_rows, texts.iter().map(Option::as_deref));
        return Ok(PolarsColumn::from(series));
    }
    Ok(column.cast(&data_type)?)
}
