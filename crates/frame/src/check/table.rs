//! Rules on the table: rows, columns, other data sets, queries.

use std::collections::HashSet;

use assay_core::expect::Problem;
use assay_core::expect::read::{TableTest, column_types};
use assay_core::schema::Schema;
use serde_json::{Map, Value, json};

use super::judge::{Finding, pandas_name};
use super::tally::Tally;
use super::{CheckOptions, column_of};

pub(super) fn finding(
    test: &TableTest,
    schema: &Schema,
    n_rows: u64,
    options: &CheckOptions<'_>,
) -> Result<Finding, Problem> {
    let found = |passed: bool, observed: String, value: Value| Finding {
        passed,
        tally: Tally {
            n_checked: n_rows,
            ..Tally::default()
        },
        observed,
        observed_value: value,
        details: None,
    };
    Ok(match test {
        TableTest::RowCount(bounds) => found(
            bounds.hold(n_rows as f64),
            n_rows.to_string(),
            n_rows.into(),
        ),
        TableTest::RowCountOf(other) => {
            let Some(row_count_of) = options.row_count_of else {
                return Err(Problem(format!(
                    "the rows of `{other}` cannot be counted here"
                )));
            };
            let n_other = row_count_of(other).map_err(Problem)?;
            found(
                n_rows == n_other,
                format!("{n_rows}, and {n_other} in {other}"),
                json!({"self": n_rows, "other": n_other}),
            )
        }
        TableTest::ColumnCount(bounds) => {
            let n_columns = schema.columns.len();
            found(
                bounds.hold(n_columns as f64),
                n_columns.to_string(),
                n_columns.into(),
            )
        }
        TableTest::ColumnSet { columns, exact } => column_set(
            schema,
            columns,
            *exact,
            found(true, String::new(), Value::Null),
        ),
        TableTest::ColumnList(columns) => {
            column_list(schema, columns, found(true, String::new(), Value::Null))
        }
        TableTest::ColumnExists { column, index } => {
            let place = schema.columns.iter().position(|c| c.name == *column);
            let passed = match index {
                None => place.is_some(),
                Some(index) => place.map(|place| place as u64) == Some(*index),
            };
            let observed = place.map_or_else(
                || "no such column".to_owned(),
                |place| format!("column {}", place + 1),
            );
            found(passed, observed, Value::Null)
        }
        TableTest::ColumnType { column, type_name } => {
            let kind = column_of(schema, column)?;
            found(
                column_types(type_name).contains(&kind),
                kind.label().to_owned(),
                pandas_name(kind).into(),
            )
        }
    })
}

pub(super) fn query(
    query: &str,
    n_rows: u64,
    options: &CheckOptions<'_>,
) -> Result<Finding, Problem> {
    let Some(run) = options.query else {
        return Err(Problem("queries cannot be run here".to_owned()));
    };
    let bad = run(query).map_err(Problem)?;
    Ok(Finding {
        passed: bad.n_rows == 0,
        tally: Tally {
            n_checked: n_rows,
            n_unexpected: bad.n_rows,
            ..Tally::default()
        },
        observed: format!("{} bad rows", bad.n_rows),
        observed_value: bad.n_rows.into(),
        details: Some(json!({"unexpected_rows": bad.first_rows})),
    })
}

fn column_set(schema: &Schema, wanted: &[String], exact: bool, base: Finding) -> Finding {
    let names = schema.names();
    let there: HashSet<&str> = names.iter().map(String::as_str).collect();
    let asked: HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let difference = |of: &[String], without: &HashSet<&str>| {
        let mut names: Vec<String> = of
            .iter()
            .filter(|name| !without.contains(name.as_str()))
            .cloned()
            .collect();
        names.dedup();
        names
    };
    let missing = difference(wanted, &there);
    let extra = difference(&names, &asked);
    let mut observed = Vec::new();
    if !missing.is_empty() {
        observed.push(format!("missing: {}", missing.join(", ")));
    }
    if exact && !extra.is_empty() {
        observed.push(format!("unexpected: {}", extra.join(", ")));
    }
    if observed.is_empty() {
        observed.push("equal".to_owned());
    }
    let mut mismatched = Map::new();
    for (name, mut columns) in [("unexpected", extra.clone()), ("missing", missing.clone())] {
        if !columns.is_empty() {
            columns.sort();
            mismatched.insert(name.to_owned(), json!(columns));
        }
    }
    let mut sorted = names.clone();
    sorted.sort();
    let passed = missing.is_empty() && (extra.is_empty() || !exact);
    Finding {
        passed,
        tally: Tally {
            n_unexpected: if passed {
                0
            } else {
                (missing.len() + if exact { extra.len() } else { 0 }) as u64
            },
            ..base.tally
        },
        observed: observed.join("; "),
        observed_value: json!(sorted),
        details: (!mismatched.is_empty()).then(|| json!({"mismatched": mismatched})),
    }
}

fn column_list(schema: &Schema, wanted: &[String], base: Finding) -> Finding {
    let names = schema.names();
    let n = names.len().max(wanted.len());
    let differing: Vec<(usize, Option<&String>, Option<&String>)> = (0..n)
        .map(|at| (at, wanted.get(at), names.get(at)))
        .filter(|(_, wanted, found)| wanted != found)
        .collect();
    let observed = match differing.first() {
        None => "equal".to_owned(),
        Some((at, wanted, found)) => {
            let name = |name: &Option<&String>| {
                name.map_or_else(|| "nothing".to_owned(), |name| format!("`{name}`"))
            };
            format!("column {} is {}, not {}", at + 1, name(found), name(wanted))
        }
    };
    let mismatched: Vec<Value> = differing
        .iter()
        .map(|(at, wanted, found)| {
            json!({"Expected Column Position": at, "Expected": wanted, "Found": found})
        })
        .collect();
    Finding {
        passed: differing.is_empty(),
        tally: Tally {
            n_unexpected: differing.len() as u64,
            ..base.tally
        },
        observed,
        observed_value: json!(names),
        details: (!differing.is_empty()).then(|| json!({"mismatched": mismatched})),
    }
}
