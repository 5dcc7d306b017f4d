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

/// What a column's type says beyond its kind, so that a type survives the way through a lab.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Form {
    /// Texts out of a list. The kind is text.
    Category {
        levels: Vec<String>,
        /// The levels stand in their order, lowest first.
        ordered: bool,
    },
    /// Exact decimal numbers of at most 38 digits, `scale` of them after the point. The kind is float.
    Decimal { precision: u8, scale: u8 },
    /// Instants that are shown in a zone: an IANA name, or an offset such as `+02:00`. They are kept in UTC. The kind is
    /// date-time.
    Zone { name: String },
}

impl Form {
    /// `category`, `decimal(18,2)`, `datetime(Europe/Tallinn)`
    pub fn label(&self) -> String {
        match self {
            Self::Category { .. } => "category".to_owned(),
            Self::Decimal { precision, scale } => format!("decimal({precision},{scale})"),
            Self::Zone { name } => format!("datetime({name})"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Column {
    pub name: String,
    pub kind: ColumnType,
    /// Whether the stored rows hold a missing value here.
    pub nullable: bool,
    /// `None`: the kind says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Form>,
}

impl Column {
    /// `int`, `text`, `decimal(18,2)` ...
    pub fn type_label(&self) -> String {
        match &self.form {
            Some(form) => form.label(),
            None => self.kind.label().to_owned(),
        }
    }
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
