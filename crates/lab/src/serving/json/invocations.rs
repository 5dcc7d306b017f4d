//! The layouts that MLflow's scoring server takes.

use std::fmt;

use assay_core::serving::Refusal;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::inputs::Cell;
use super::super::rows::Rows;
use super::cells::CellSeed;
use super::forms::{ColumnsForm, RecordsForm, too_many};

/// MLflow's body: an object whose one key says how the rows are laid out.
pub struct InvocationsForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
}

impl<'r, 'a> InvocationsForm<'r, 'a> {
    pub fn new(rows: &'r mut Rows<'a>, refusal: &'r mut Option<Refusal>) -> Self {
        Self { rows, refusal }
    }
}

impl<'de> Visitor<'de> for InvocationsForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Self { rows, refusal } = self;
        let mut has_rows = false;
        while let Some(key) = object.next_key::<String>()? {
            let is_layout = matches!(
                key.as_str(),
                "dataframe_split" | "dataframe_records" | "instances" | "inputs"
            );
            if is_layout && std::mem::replace(&mut has_rows, true) {
                return Err(A::Error::custom("the rows are there twice"));
            }
            match key.as_str() {
                "dataframe_split" => object.next_value_seed(SplitForm { rows, refusal })?,
                "dataframe_records" => object.next_value_seed(RecordsForm::new(rows, refusal))?,
                "instances" => {
                    object.next_value_seed(RecordsForm::new(rows, refusal).with_lists())?
                }
                "inputs" => object.next_value_seed(InputsForm { rows, refusal })?,
                // Settings of the call, of which this model has none.
                "params" => drop(object.next_value::<IgnoredAny>()?),
                _ => {
                    return Err(A::Error::custom(format_args!(
                        "`{}` is none of dataframe_split, dataframe_records, instances, inputs",
                        key.chars().take(100).collect::<String>()
                    )));
                }
            }
        }
        if has_rows {
            return Ok(());
        }
        Err(A::Error::custom("it holds no rows"))
    }
}

/// `inputs`: an object of columns, or a list of rows.
struct InputsForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
}

impl<'de> DeserializeSeed<'de> for InputsForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for InputsForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of columns, or a list of rows")
    }
    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        ColumnsForm::new(self.rows, self.refusal).visit_map(object)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        RecordsForm::new(self.rows, self.refusal)
            .with_lists()
            .visit_seq(list)
    }
}

/// `{"columns": [...], "data": [[...], ...]}`; `index` is not looked at.
struct SplitForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
}

impl<'de> DeserializeSeed<'de> for SplitForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for SplitForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `columns` and `data`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Self { rows, refusal } = self;
        let mut places: Option<Vec<Option<usize>>> = None;
        let mut has_data = false;
        while let Some(key) = object.next_key::<String>()? {
            match key.as_str() {
                "columns" => {
                    let names: Vec<String> = object.next_value()?;
                    let found = names.iter().enumerate().map(|(guess, name)| {
                        let place = rows.inputs().position(name, guess);
                        if place.is_none() {
                            rows.extra(name, false);
                        }
                        place
                    });
                    places = Some(found.collect());
                }
                "data" => {
                    let Some(places) = &places else {
                        return Err(A::Error::custom("`columns` must stand before `data`"));
                    };
                    has_data = true;
                    object.next_value_seed(DataForm {
                        rows,
                        refusal,
                        places,
                    })?;
                }
                _ => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        if has_data {
            return Ok(());
        }
        Err(A::Error::custom("`dataframe_split` lacks `data`"))
    }
}

/// Rows as lists, whose columns were named before.
struct DataForm<'r, 'a> {
    rows: &'r mut Rows<'a>,
    refusal: &'r mut Option<Refusal>,
    /// `None`: a column that the model does not take.
    places: &'r [Option<usize>],
}

impl<'de> DeserializeSeed<'de> for DataForm<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for DataForm<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, each a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            if self.rows.is_full() {
                if list.next_element::<IgnoredAny>()?.is_some() {
                    return too_many(self.rows, self.refusal);
                }
                return Ok(());
            }
            let row = PlacedRow {
                rows: self.rows,
                places: self.places,
            };
            if list.next_element_seed(row)?.is_none() {
                return Ok(());
            }
        }
    }
}

struct PlacedRow<'r, 'a> {
    rows: &'r mut Rows<'a>,
    places: &'r [Option<usize>],
}

impl<'de> DeserializeSeed<'de> for PlacedRow<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for PlacedRow<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row: a list with a value for every column")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for place in self.places {
            let seed = CellSeed(|cell: Cell<'_>| {
                if let Some(field) = *place {
                    self.rows.cell(field, cell);
                }
            });
            if list.next_element_seed(seed)?.is_none() {
                break;
            }
        }
        if list.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("a row holds more values than `columns`"));
        }
        self.rows.end_row();
        Ok(())
    }
}
