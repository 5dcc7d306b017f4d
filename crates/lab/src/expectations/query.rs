//! Rules written as SQL: the columns that a query reads go to a private database, and the query runs there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use assay_core::Task;
use assay_core::dataset::DatasetVersion;
use assay_core::expect::MAX_PARTIAL;
use assay_core::schema::{Column, ColumnType};
use assay_frame::{Frame, QueryRows};
use assay_store::{Scratch, ScratchError, ScratchKind, ScratchValue, SelectedRows};
use serde_json::{Map, Value};

use crate::Lab;
use crate::error::Cause;

/// A query that takes longer is stopped.
const MAX_QUERY: Duration = Duration::from_secs(300);

impl Lab {
    /// Runs a rule's query over a version; the second part numbers its first rows, when the query selects `rowid`.
    ///
    /// # Errors
    /// What is wrong with the rule.
    pub(super) fn query(
        &self,
        version: &DatasetVersion,
        query: &str,
        task: &Task,
    ) -> Result<(QueryRows, Vec<u64>), String> {
        let columns = &version.columns.columns;
        let kinds: Vec<(&str, ScratchKind)> = columns
            .iter()
            .map(|column| (column.name.as_str(), kind(column)))
            .collect();
        let said = |error: ScratchError| error.to_string();
        let mut scratch = Scratch::new(&kinds).map_err(said)?;
        let positions = scratch.columns_read(query).map_err(said)?;
        let read: Vec<&Column> = positions
            .iter()
            .filter_map(|&index| columns.get(index))
            .collect();
        self.fill(&mut scratch, version, &positions, &read, task)
            .map_err(|cause| cause.to_string())?;
        let timed_out = Arc::new(AtomicBool::new(false));
        let late = Arc::clone(&timed_out);
        let (watch, started) = (task.clone(), Instant::now());
        let selected = scratch.select(query, MAX_PARTIAL, move || {
            let in_time = started.elapsed() < MAX_QUERY;
            late.store(!in_time, Ordering::Relaxed);
            in_time && watch.check().is_ok()
        });
        match selected {
            Ok(mut rows) => {
                let numbers = std::mem::take(&mut rows.row_numbers);
                Ok((query_rows(rows), numbers))
            }
            Err(ScratchError::Stopped) if timed_out.load(Ordering::Relaxed) => Err(format!(
                "its query was stopped after {} seconds; make it simpler",
                MAX_QUERY.as_secs()
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    fn fill(
        &self,
        scratch: &mut Scratch,
        version: &DatasetVersion,
        positions: &[usize],
        columns: &[&Column],
        task: &Task,
    ) -> Result<(), Cause> {
        let mut first_row = 0_u64;
        for path in self.row_groups(version)? {
            task.check()?;
            let group = assay_frame::read_parquet(&path)?.with_forms_of(&version.columns);
            let values = columns
                .iter()
                .map(|column| Values::of(&group, column))
                .collect::<Result<Vec<_>, Cause>>()?;
            let n_rows = group.n_rows() as u64;
            let numbers = first_row + 1..first_row + n_rows + 1;
            let value = |row: usize, column: usize| match values.get(column) {
                Some(values) => values.at(row),
                None => ScratchValue::Missing,
            };
            scratch
                .add(positions, numbers, value)
                .map_err(|error| Cause::said(assay_core::Code::Io, error.to_string()))?;
            first_row += n_rows;
        }
        Ok(())
    }
}

/// A column of a row group, as texts, with what they mean to SQLite.
struct Values {
    texts: Vec<Option<String>>,
    kind: ScratchKind,
}

impl Values {
    fn of(group: &Frame, column: &Column) -> Result<Self, Cause> {
        Ok(Self {
            texts: assay_frame::column_texts(group, &column.name)?,
            kind: kind(column),
        })
    }

    fn at(&self, row: usize) -> ScratchValue<'_> {
        let Some(Some(text)) = self.texts.get(row) else {
            return ScratchValue::Missing;
        };
        let number = match self.kind {
            ScratchKind::Text => None,
            ScratchKind::Integer if text == "true" => Some(ScratchValue::Integer(1)),
            ScratchKind::Integer if text == "false" => Some(ScratchValue::Integer(0)),
            ScratchKind::Integer => text.parse().ok().map(ScratchValue::Integer),
            ScratchKind::Real => text.parse().ok().map(ScratchValue::Real),
        };
        number.unwrap_or(ScratchValue::Text(text))
    }
}

fn kind(column: &Column) -> ScratchKind {
    match column.kind {
        ColumnType::Integer | ColumnType::Boolean => ScratchKind::Integer,
        ColumnType::Float => ScratchKind::Real,
        ColumnType::Text | ColumnType::Date | ColumnType::Datetime => ScratchKind::Text,
    }
}

fn query_rows(selected: SelectedRows) -> QueryRows {
    let first_rows = selected
        .rows
        .into_iter()
        .map(|row| {
            let fields: Map<String, Value> = selected
                .columns
                .iter()
                .cloned()
                .zip(row.into_iter().map(Value::from))
                .collect();
            Value::Object(fields)
        })
        .collect();
    QueryRows {
        n_rows: selected.n_rows,
        first_rows,
    }
}

#[cfg(test)]
mod tests {
    use assay_core::dataset::{ImportOptions, RowGroup, Source};
    use assay_core::{DatasetName, ObjectHash};
    use assay_store::NewDatasetVersion;

    use super::*;
    use crate::Environment;

    /// A version whose rows stand in one group per text.
    fn version(lab: &Lab, folder: &std::path::Path, groups: &[&str]) -> DatasetVersion {
        let (mut row_groups, mut columns) = (Vec::new(), None);
        for text in groups {
            let path = folder.join("group.csv");
            std::fs::write(&path, text).unwrap();
            let frame =
                assay_frame::read(&path, &ImportOptions::default(), &Task::silent()).unwrap();
            let pending = lab.store.begin_object().unwrap();
            assay_frame::write_parquet(&frame, pending.path()).unwrap();
            let (object, size_bytes) = pending.commit().unwrap();
            columns.get_or_insert(frame.schema());
            row_groups.push(RowGroup {
                content: object.clone(),
                object,
                n_rows: frame.n_rows() as u64,
                size_bytes,
            });
        }
        let hash = ObjectHash::new("0".repeat(64));
        let new = NewDatasetVersion {
            dataset: DatasetName::new("orders"),
            content: hash.clone(),
            row_groups,
            columns: columns.unwrap(),
            source: Source {
                file_name: "orders.csv".to_owned(),
                size_bytes: 1,
                hash,
                options: ImportOptions::default(),
                n_files: 1,
                set_aside: None,
            },
        };
        lab.store.add_dataset_version(new, lab.act()).unwrap().0
    }

    #[test]
    fn a_query_sees_all_row_groups_as_one_table_with_its_types() {
        let folder = tempfile::tempdir().unwrap();
        let lab = Lab::create(
            &folder.path().join("lab"),
            Environment::system("test").unwrap(),
        )
        .unwrap();
        let groups = [
            "id,paid,day,price\n9007199254740993,true,2024-01-01,1.5\n2,false,2024-01-02,10\n",
            "id,paid,day,price\n3,true,2024-02-01,9.5\n4,true,2024-02-02,\n",
        ];
        let version = version(&lab, folder.path(), &groups);
        for (condition, rows) in [
            ("id = 9007199254740993", vec![1]),
            ("NOT paid", vec![2]),
            ("price > 9", vec![2, 3]),
            ("price IS NULL", vec![4]),
            ("day >= '2024-02-01'", vec![3, 4]),
            ("day > '2025'", vec![]),
        ] {
            let query = format!("SELECT rowid, day FROM {{batch}} WHERE {condition}");
            let (found, numbers) = lab.query(&version, &query, &Task::silent()).unwrap();
            assert_eq!(numbers, rows, "{condition}");
            assert_eq!(found.n_rows, rows.len() as u64, "{condition}");
        }
        let cancelled = Task::silent();
        cancelled.cancel();
        let query = "SELECT id FROM {batch}";
        assert!(lab.query(&version, query, &cancelled).is_err());
        let wrong = lab.query(&version, "SELECT nosuch FROM {batch}", &Task::silent());
        assert_eq!(
            wrong,
            Err("its query is wrong: no such column: nosuch".to_owned())
        );
    }
}
