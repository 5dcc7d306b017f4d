//! Several tables as one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use assay_core::schema::{Column, ColumnType};
use polars::prelude::{Column as PolarsColumn, DataFrame};

use crate::columns::View;
use crate::error::Error;
use crate::frame::{Concatenation, Frame, MissingColumn};
use crate::types::{Type, cast};

pub(crate) fn concat(parts: &[Frame]) -> Result<Concatenation, Error> {
    let mut columns: Vec<(String, Vec<Type>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for part in parts {
        for (name, view) in part.views()? {
            // a column without a value in this part has no say
            let kind = (view.n_missing() < part.n_rows()).then(|| type_of(part, &name, view));
            match places.get(&name).and_then(|place| columns.get_mut(*place)) {
                Some((_, kinds)) => kinds.extend(kind.filter(|kind| !kinds.contains(kind))),
                None => {
                    places.insert(name.clone(), columns.len());
                    columns.push((name, kind.into_iter().collect()));
                }
            }
        }
    }
    let mut missing = Vec::new();
    let mut retyped = Vec::new();
    let mut types = Vec::new();
    let mut forms = BTreeMap::new();
    for (name, kinds) in &columns {
        let common = common(name, kinds)?;
        if kinds.iter().any(|kind| kind.kind != common.kind) {
            retyped.push((name.clone(), common.clone()));
        }
        if let Some(form) = &common.form {
            forms.insert(name.clone(), form.clone());
        }
        types.push(common);
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
            fitted.push(as_type(part, name, kind)?);
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
        forms: Arc::new(forms),
    };
    let schema = frame.schema();
    Ok(Concatenation {
        retyped: retyped
            .into_iter()
            .map(|(name, common)| Column {
                nullable: schema.column(&name).is_some_and(|column| column.nullable),
                name,
                kind: common.kind,
                form: common.form,
            })
            .collect(),
        frame,
        missing,
    })
}

fn type_of(part: &Frame, name: &str, view: View<'_>) -> Type {
    Type {
        kind: view.kind(),
        form: part.form(name),
    }
}

/// The one type that holds them all.
fn common(name: &str, types: &[Type]) -> Result<Type, Error> {
    let is_time = |kind: ColumnType| matches!(kind, ColumnType::Date | ColumnType::Datetime);
    let n_times = types.iter().filter(|found| is_time(found.kind)).count();
    if let Some(found) = types.iter().find(|found| is_time(found.kind))
        && n_times < types.len()
    {
        return Err(Error::WrongType {
            column: name.to_owned(),
            found: format!("{} in one file", found.kind.label()),
            needed: "another file holds no dates there".to_owned(),
        });
    }
    Ok(types
        .iter()
        .cloned()
        .reduce(|left, right| left.unified(&right))
        .unwrap_or_else(|| Type::plain(ColumnType::Text)))
}

fn as_type(part: &Frame, name: &str, wanted: &Type) -> Result<PolarsColumn, Error> {
    match part.data.column(name) {
        Ok(column) => cast(column, wanted),
        Err(_) => Ok(wanted.missing(name, part.n_rows())),
    }
}
