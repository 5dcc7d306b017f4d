//! The columns of a table and their types.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The type of a column's values, as a person would name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// 64-bit signed.
    Integer,
    /// 64-bit IEEE.
    Float,
    Boolean,
    Text,
    /// Days, no zone.
    Date,
    /// Microseconds; without a zone, or in UTC.
    Datetime,
}

impl ColumnType {
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }
    pub fn label(self) -> &'static str {
        match self {
            Self::Integer => "int",
            Self::Float => "float",
            Self::Boolean => "bool",
            Self::Text => "text",
            Self::Date => "date",
            Self::Datetime => "datetime",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Column {
    pub name: String,
    pub kind: ColumnType,
    /// Whether the stored rows hold a missing value here.
    pub nullable: bool,
}

/// Columns in their order. Names are unique and not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Schema {
    pub columns: Vec<Column>,
}

impl Schema {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
    pub fn names(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.name.clone())
            .collect()
    }
}
