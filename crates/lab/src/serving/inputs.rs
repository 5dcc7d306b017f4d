//! What a model takes, column by column, and what training saw there.

use std::collections::{HashMap, HashSet};

use assay_core::drift::{ColumnSketch, ReferenceSketch, SketchShape};
use assay_core::matrix::RawValues;
use assay_core::registry::{Signature, SignatureColumn};
use assay_core::schema::ColumnType;
use assay_core::serving::{FieldErrorKind, FieldWarning, WarningKind};
use assay_frame::{number_text, time_number};

/// Warnings of one request; the rest of a long one is like them.
const MAX_WARNINGS: usize = 100;

/// In the order of the graph.
#[derive(Debug)]
pub struct Inputs {
    fields: Vec<Field>,
    index: HashMap<String, usize>,
}

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub kind: ColumnType,
    /// Whether the model answers without a value here.
    pub is_nullable: bool,
    seen: Seen,
}

#[derive(Debug)]
enum Seen {
    Anything,
    Range { min: f64, max: f64 },
    Categories(HashSet<String>),
}

/// A value as a request holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Missing,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    /// Something that no column holds: `a list`, `an object`.
    Other(&'static str),
}

/// A value as it enters the graph.
#[derive(Debug, Clone, PartialEq)]
pub enum Entered {
    Number(f64),
    Text(Option<String>),
}

impl Inputs {
    /// Columns that the sketch does not know may hold anything.
    pub fn new(signature: &Signature, reference: Option<&ReferenceSketch>) -> Self {
        let sketch = |name: &str| {
            let mut columns = reference.iter().flat_map(|reference| &reference.columns);
            columns.find(|column| column.name == name)
        };
        let fields: Vec<Field> = signature
            .inputs
            .iter()
            .map(|column| Field::new(column, sketch(&column.name)))
            .collect();
        let index = fields.iter().enumerate();
        Self {
            index: index.map(|(i, field)| (field.name.clone(), i)).collect(),
            fields,
        }
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// `guess` is where it probably is: records name their columns in one order.
    pub fn position(&self, name: &str, guess: usize) -> Option<usize> {
        if self
            .fields
            .get(guess)
            .is_some_and(|field| field.name == name)
        {
            return Some(guess);
        }
        self.index.get(name).copied()
    }

    /// What of these columns, which are in the order of the fields, training did not see. `is_single`: a request of one
    /// record, whose row goes without saying.
    pub fn warnings(&self, columns: &[RawValues], is_single: bool) -> Vec<FieldWarning> {
        let mut warnings = Vec::new();
        for (field, values) in self.fields.iter().zip(columns) {
            let n_left = MAX_WARNINGS - warnings.len();
            let found: Vec<(usize, WarningKind, String)> = match (&field.seen, values) {
                (Seen::Range { min, max }, RawValues::Numbers(numbers)) => numbers
                    .iter()
                    .enumerate()
                    .filter(|&(_, value)| value < min || value > max)
                    .map(|(row, value)| (row, field.out_of_range(*value, *min, *max)))
                    .map(|(row, sentence)| (row, WarningKind::OutOfRange, sentence))
                    .take(n_left)
                    .collect(),
                (Seen::Categories(known), RawValues::Texts(texts)) => texts
                    .iter()
                    .enumerate()
                    .filter_map(|(row, text)| Some((row, text.as_deref()?)))
                    .filter(|&(_, text)| !known.contains(text))
                    .map(|(row, text)| {
                        let name = &field.name;
                        let text: String = text.chars().take(60).collect();
                        let sentence = format!("no training row held `{text}` in `{name}`");
                        (row, WarningKind::UnseenCategory, sentence)
                    })
                    .take(n_left)
                    .collect(),
                _ => continue,
            };
            warnings.extend(found.into_iter().map(|(row, kind, sentence)| FieldWarning {
                row: (!is_single).then_some(row as u64),
                field: field.name.clone(),
                kind,
                sentence,
            }));
        }
        warnings
    }
}

impl Field {
    fn new(column: &SignatureColumn, sketch: Option<&ColumnSketch>) -> Self {
        let seen = match sketch.map(|sketch| &sketch.shape) {
            Some(SketchShape::Numeric { min, max, .. }) => Seen::Range {
                min: *min,
                max: *max,
            },
            // Some of the categories are not listed: which were seen is not known.
            Some(SketchShape::Categorical {
                values, n_other: 0, ..
            }) => Seen::Categories(values.iter().cloned().collect()),
            _ => Seen::Anything,
        };
        Self {
            name: column.name.clone(),
            kind: column.kind,
            is_nullable: column.nullable,
            seen,
        }
    }

    pub fn is_text(&self) -> bool {
        self.kind == ColumnType::Text
    }

    /// As training reads a table that holds the value: a boolean among numbers is 0 or 1, a number among texts is what it
    /// prints, a date is ISO 8601 or its number of the graph, an empty text is a missing one.
    ///
    /// # Errors
    /// What is wrong, after the column's name: `holds a text where the model takes a number`.
    pub fn enter(&self, cell: Cell<'_>) -> Result<Entered, (FieldErrorKind, String)> {
        if self.is_text() {
            return Ok(Entered::Text(match cell {
                Cell::Missing | Cell::Text("") => None,
                Cell::Text(text) => Some(text.to_owned()),
                Cell::Boolean(value) => Some(value.to_string()),
                Cell::Integer(value) => Some(value.to_string()),
                Cell::Float(value) if value.is_nan() => None,
                Cell::Float(value) => Some(number_text(value, ColumnType::Float)),
                Cell::Other(found) => return Err(self.wrong_type(found)),
            }));
        }
        let number = match cell {
            Cell::Missing | Cell::Text("") => f64::NAN,
            Cell::Boolean(value) if !self.is_time() => f64::from(u8::from(value)),
            Cell::Integer(value) => value as f64,
            Cell::Float(value) => value,
            Cell::Text(text) if self.is_time() => {
                time_number(text, self.kind).ok_or_else(|| self.wrong_type("another text"))?
            }
            Cell::Boolean(_) => return Err(self.wrong_type("a boolean")),
            Cell::Text(_) => return Err(self.wrong_type("a text")),
            Cell::Other(found) => return Err(self.wrong_type(found)),
        };
        self.enter_number(number).map(Entered::Number)
    }

    /// The same for a number alone. NaN is a missing one.
    ///
    /// # Errors
    /// As for [`Field::enter`].
    pub fn enter_number(&self, number: f64) -> Result<f64, (FieldErrorKind, String)> {
        if number.is_infinite() {
            let wrong = "is infinite, and the model needs a finite number";
            return Err((FieldErrorKind::NotANumber, wrong.to_owned()));
        }
        if number.is_nan() && !self.is_nullable {
            let wrong = "holds no number, and the model was trained without missing ones";
            return Err((FieldErrorKind::NotANumber, wrong.to_owned()));
        }
        if self.kind == ColumnType::Boolean && !(number.is_nan() || number == 0.0 || number == 1.0)
        {
            return Err(self.wrong_type("another number"));
        }
        Ok(number)
    }

    fn is_time(&self) -> bool {
        matches!(self.kind, ColumnType::Date | ColumnType::Datetime)
    }

    fn wrong_type(&self, found: &str) -> (FieldErrorKind, String) {
        let needed = match self.kind {
            ColumnType::Integer | ColumnType::Float => "a number",
            ColumnType::Boolean => "true, false, 0 or 1",
            ColumnType::Text => "a text",
            ColumnType::Date => "a date such as 2026-11-21",
            ColumnType::Datetime => "a date-time such as 2026-11-21T09:30:00Z",
        };
        let wrong = format!("holds {found} where the model takes {needed}");
        (FieldErrorKind::WrongType, wrong)
    }

    fn out_of_range(&self, value: f64, min: f64, max: f64) -> String {
        let text = |value| number_text(value, self.kind);
        let side = if value < min { "under" } else { "over" };
        format!(
            "`{}` is {}, {side} the {} to {} of the training rows",
            self.name,
            text(value),
            text(min),
            text(max)
        )
    }
}
