//! The layouts of rows in JSON: one record, a list of them, columns.

use std::fmt;

use assay_core::serving::Refusal;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::inputs::Cell;
use super::super::rows::Rows;
use super::cells::{CellSeed, FieldSeed};

/// One row: an object.
pub struct RecordForm<'r, 'a>(pub &'r mut Rows<'a>);

/// A list of rows. What is no fault of the JSON itself goes to `refusal`.
pub struct RecordsForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
    /// Lists and lone values are rows, too, in the order of the columns.
    takes_lists: bool,
}

/// An object of columns.
pub struct ColumnsForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
}

impl<'r, 'a> RecordsForm<'r, 'a> {
    pub fn new(rows: &'r mut Rows<'a>, refusal: &'r mut Option<Refusal>) -> Self {
        Self {
            rows,
            refusal,
            takes_lists: false,
        }
    }

    pub fn with_lists(self) -> Self {
        Self {
            takes_lists: true,
            ..self
        }
    }
}

impl<'r, 'a> ColumnsForm<'r, 'a> {
    pub fn new(rows: &'r mut Rows<'a>, refusal: &'r mut Option<Refusal>) -> Self {
        Self { rows, refusal }
    }
}

impl<'de> DeserializeSeed<'de> for RecordForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a value for every column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let rows = self.0;
        let mut guess = 0;
        while let Some(found) = object.next_key_seed(FieldSeed {
            inputs: rows.inputs(),
            guess,
        })? {
            match found {
                Ok(field) => {
                    object.next_value_seed(CellSeed(|cell: Cell<'_>| rows.cell(field, cell)))?;
                    guess = field + 1;
                }
                Err(name) => {
                    object.next_value::<IgnoredAny>()?;
                    rows.extra(&name, true);
                }
            }
        }
        rows.end_row();
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for RecordsForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RecordsForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let rows = self.rows;
        loop {
            if rows.is_full() {
                if list.next_element::<IgnoredAny>()?.is_some() {
                    return too_many(rows, self.refusal);
                }
                return Ok(());
            }
            let row = RowForm {
                rows,
                takes_lists: self.takes_lists,
            };
            if list.next_element_seed(row)?.is_none() {
                return Ok(());
            }
        }
    }
}

/// A row: an object, or where they are taken a list or a lone value.
struct RowForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    takes_lists: bool,
}

impl<'de> DeserializeSeed<'de> for RowForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.takes_lists {
            deserializer.deserialize_any(self)
        } else {
            deserializer.deserialize_map(RecordForm(self.rows))
        }
    }
}

impl<'de> Visitor<'de> for RowForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row: an object, or a list with a value for every column")
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        RecordForm(self.rows).visit_map(object)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let n_fields = self.rows.inputs().fields().len();
        for field in 0..n_fields {
            let cell = CellSeed(|cell: Cell<'_>| self.rows.cell(field, cell));
            if list.next_element_seed(cell)?.is_none() {
                break;
            }
        }
        let mut position = n_fields;
        while list.next_element::<IgnoredAny>()?.is_some() {
            position += 1;
            self.rows.extra(&format!("at position {position}"), true);
        }
        self.rows.end_row();
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for ColumnsForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for ColumnsForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list for every column")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Self { rows, refusal } = self;
        let mut guess = 0;
        while let Some(found) = object.next_key_seed(FieldSeed {
            inputs: rows.inputs(),
            guess,
        })? {
            match found {
                Ok(field) => {
                    if rows.begin_column(field) {
                        let column = ColumnForm {
                            rows,
                            refusal,
                            field,
                        };
                        object.next_value_seed(column)?;
                    } else {
                        object.next_value::<IgnoredAny>()?;
                    }
                    guess = field + 1;
                }
                Err(name) => {
                    object.next_value::<IgnoredAny>()?;
                    rows.extra(&name, false);
                }
            }
        }
        end_columns(rows, refusal)
    }
}

/// The values of one column: a list.
struct ColumnForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
    field: usize,
}

impl<'de> DeserializeSeed<'de> for ColumnForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for ColumnForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self {
            rows,
            refusal,
            field,
        } = self;
        let mut fits = true;
        while fits
            && list
                .next_element_seed(CellSeed(|cell: Cell<'_>| {
                    fits = rows.cell_of_column(field, cell);
                }))?
                .is_some()
        {}
        if fits {
            return Ok(());
        }
        too_many(rows, refusal)
    }
}

/// Ends the reading; what is said of it stands in `refusal`.
pub fn too_many<E: Error>(rows: &Rows<'_>, refusal: &mut Option<Refusal>) -> Result<(), E> {
    *refusal = Some(Rows::too_many(rows.max_rows()));
    Err(E::custom("too many rows"))
}

fn end_columns<E: Error>(rows: &mut Rows<'_>, refusal: &mut Option<Refusal>) -> Result<(), E> {
    rows.end_columns().map_err(|refused| {
        *refusal = Some(refused);
        E::custom("columns of different lengths")
    })
}
