//! What differs between two versions of data: schema, rows, and the distribution of each column.

mod effect;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ids::{DatasetName, ObjectHash};
use crate::reference::Reference;
use crate::schema::Column;

pub use effect::{
    Effect, EffectMeasure, Magnitude, category_effects, missing_effect, number_effects,
};

pub const VERSION_DIFF_SCHEMA: u32 = 1;

/// Rows and keys that are listed of each sort of difference.
pub const LISTED_ROWS: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DiffRequest {
    pub left: Reference,
    pub right: Reference,
    /// Columns that together name a row. Empty: rows have no names, and count as added or removed as a whole.
    #[serde(default)]
    pub key: Vec<String>,
}

/// From `left` to `right`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct VersionDiff {
    pub schema: u32,
    pub left: VersionSide,
    pub right: VersionSide,
    /// The same names, types and values: nothing else was compared.
    pub same_content: bool,
    pub row_groups: SharedRowGroups,
    pub columns: SchemaDiff,
    /// Of the columns that both have, in the order of the right one; the strongest change first where a person reads
    /// it.
    pub distributions: Vec<ColumnChange>,
    pub rows: RowsDiff,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VersionSide {
    pub dataset: DatasetName,
    pub version: u32,
    pub content: ObjectHash,
    pub n_rows: u64,
    pub n_columns: u32,
}

/// Row groups that stand in both versions: stored once, and not compared row by row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SharedRowGroups {
    pub n_left: u32,
    pub n_right: u32,
    pub n_shared: u32,
    pub n_shared_rows: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SchemaDiff {
    pub added: Vec<Column>,
    pub removed: Vec<Column>,
    pub retyped: Vec<RetypedColumn>,
    /// Columns of both that stand in another order among those of both.
    pub moved: Vec<MovedColumn>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RetypedColumn {
    pub name: String,
    /// `int`, `decimal(18,2)` ...
    pub from: String,
    pub to: String,
}

/// Places count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MovedColumn {
    pub name: String,
    pub from: u32,
    pub to: u32,
}

/// How the values of one column changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ColumnChange {
    pub name: String,
    /// `int`, `category` ..., in the right version.
    pub type_label: String,
    /// Share of missing values, left and right.
    pub missing_share: [f64; 2],
    /// Means, left and right, of numbers.
    pub means: Option<[f64; 2]>,
    /// Sample standard deviations, left and right, of numbers.
    pub stds: Option<[f64; 2]>,
    /// Distinct values, left and right, where they were counted.
    pub n_distinct: Option<[u64; 2]>,
    pub effects: Vec<Effect>,
    /// The largest of the effects.
    pub magnitude: Magnitude,
    /// Why there is no effect of the values: too many distinct ones, none at all.
    pub remark: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RowsDiff {
    /// The columns that name a row; empty when rows were compared as a whole.
    pub key: Vec<String>,
    /// Rows of the right version that the left one does not have.
    pub n_added: u64,
    pub n_removed: u64,
    /// Rows of the same key with other values; 0 without a key.
    pub n_changed: u64,
    pub n_unchanged: u64,
    /// The first [`LISTED_ROWS`] of each.
    pub added: Vec<RowAt>,
    pub removed: Vec<RowAt>,
    pub changed: Vec<ChangedRow>,
    /// How many of the changed rows differ in each column, most first.
    pub changed_columns: Vec<ChangedColumn>,
    /// Whole rows cannot be compared when the columns differ: only the columns of both were.
    pub only_common_columns: bool,
}

/// A row by its number, from 1, in its version; the values as texts by the columns of that version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RowAt {
    pub row: u64,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cell {
    pub column: String,
    /// `None`: missing.
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangedRow {
    pub key: Vec<Cell>,
    pub left_row: u64,
    pub right_row: u64,
    pub cells: Vec<ChangedCell>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangedCell {
    pub column: String,
    pub left: Option<String>,
    pub right: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangedColumn {
    pub column: String,
    pub n_rows: u64,
}

impl SchemaDiff {
    /// Compares columns by name, then type, then order.
    pub fn between(left: &[Column], right: &[Column]) -> Self {
        let in_left = |name: &str| left.iter().find(|column| column.name == name);
        let common = |columns: &[Column], others: &[Column]| -> Vec<String> {
            columns
                .iter()
                .filter(|column| others.iter().any(|other| other.name == column.name))
                .map(|column| column.name.clone())
                .collect()
        };
        let place = |names: &[String], name: &str| {
            names.iter().position(|other| other == name).unwrap_or(0) as u32 + 1
        };
        let (order_left, order_right) = (common(left, right), common(right, left));
        Self {
            added: right
                .iter()
                .filter(|column| in_left(&column.name).is_none())
                .cloned()
                .collect(),
            removed: left
                .iter()
                .filter(|column| !order_left.contains(&column.name))
                .cloned()
                .collect(),
            retyped: right
                .iter()
                .filter_map(|column| {
                    let (from, to) = (in_left(&column.name)?.type_label(), column.type_label());
                    (from != to).then(|| RetypedColumn {
                        name: column.name.clone(),
                        from,
                        to,
                    })
                })
                .collect(),
            moved: order_right
                .iter()
                .map(|name| MovedColumn {
                    name: name.clone(),
                    from: place(&order_left, name),
                    to: place(&order_right, name),
                })
                .filter(|moved| moved.from != moved.to)
                .collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.retyped.is_empty()
            && self.moved.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ColumnType;

    fn column(name: &str, kind: ColumnType) -> Column {
        Column {
            name: name.to_owned(),
            kind,
            nullable: false,
            form: None,
        }
    }

    #[test]
    fn columns_are_told_apart_by_name_type_and_order() {
        use ColumnType::{Integer, Text};
        let left = [("a", Integer), ("b", Integer), ("c", Text), ("gone", Text)];
        let right = [("new", Text), ("a", Text), ("c", Text), ("b", Integer)];
        let columns = |pairs: &[(&str, ColumnType)]| -> Vec<Column> {
            pairs
                .iter()
                .map(|(name, kind)| column(name, *kind))
                .collect()
        };
        let diff = SchemaDiff::between(&columns(&left), &columns(&right));
        let names = |columns: &[Column]| -> Vec<String> {
            columns.iter().map(|column| column.name.clone()).collect()
        };
        assert_eq!(names(&diff.added), ["new"]);
        assert_eq!(names(&diff.removed), ["gone"]);
        assert_eq!(
            diff.retyped,
            [RetypedColumn {
                name: "a".to_owned(),
                from: "int".to_owned(),
                to: "text".to_owned()
            }]
        );
        let moved: Vec<_> = diff
            .moved
            .iter()
            .map(|m| (m.name.as_str(), m.from, m.to))
            .collect();
        assert_eq!(moved, [("c", 3, 2), ("b", 2, 3)]);
        assert!(SchemaDiff::between(&columns(&left), &columns(&left)).is_empty());
    }
}
