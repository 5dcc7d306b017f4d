//! One column on its way out: its Arrow type, and its values as an array of that type.

use std::collections::{BTreeMap, HashMap};

use assay_core::schema::{Column, Form, Schema};
use polars::prelude::{
    ArrowDataType, ArrowField, ArrowTimeUnit, Column as PolarsColumn, CompatLevel, PlSmallStr,
    StringChunked,
};
use polars_arrow::array::{Array, DictionaryArray, PrimitiveArray, Utf8Array};
use polars_arrow::datatypes::{DTYPE_ENUM_VALUES_NEW, IntegerType, Metadata};

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::types::Type;

/// A column of a file.
pub(super) struct Target {
    name: String,
    data_type: ArrowDataType,
    shape: Shape,
}

enum Shape {
    Plain,
    /// The values are those of a plain column and the type says what they mean.
    Relabelled,
    Category(Dictionary),
}

struct Dictionary {
    levels: Utf8Array<i64>,
    places: HashMap<String, i32>,
    ordered: bool,
}

/// The columns of a table. Strings are large ones, which every reader knows, and keys have a sign, which pandas asks for.
pub(super) fn targets(schema: &Schema) -> Vec<Target> {
    schema.columns.iter().map(Target::of).collect()
}

impl Target {
    fn of(column: &Column) -> Self {
        let (data_type, shape) = match &column.form {
            Some(Form::Category { levels, ordered }) => {
                let dictionary = Dictionary::new(levels, *ordered);
                (dictionary.data_type(), Shape::Category(dictionary))
            }
            Some(Form::Decimal { precision, scale }) => (
                ArrowDataType::Decimal(usize::from(*precision), usize::from(*scale)),
                Shape::Relabelled,
            ),
            Some(Form::Zone { name }) => (
                ArrowDataType::Timestamp(ArrowTimeUnit::Microsecond, Some(zone(name))),
                Shape::Relabelled,
            ),
            None => {
                let plain = Type::plain(column.kind).data_type();
                (plain.to_arrow(CompatLevel::oldest()), Shape::Plain)
            }
        };
        Self {
            name: column.name.clone(),
            data_type,
            shape,
        }
    }

    pub(super) fn is_category(&self) -> bool {
        matches!(self.shape, Shape::Category(_))
    }

    pub(super) fn field(&self) -> ArrowField {
        let name = PlSmallStr::from_str(&self.name);
        let field = ArrowField::new(name, self.data_type.clone(), true);
        match &self.shape {
            Shape::Category(dictionary) if dictionary.ordered => {
                field.with_metadata(dictionary.enum_metadata())
            }
            _ => field,
        }
    }

    /// The values of the column in these rows.
    ///
    /// # Errors
    /// [`Error::Engine`] when the rows are not of the type that the table says, or hold a value that is no level.
    pub(super) fn array(&self, frame: &Frame) -> Result<Box<dyn Array>, Error> {
        let column = frame.data.column(&self.name)?.rechunk();
        match (&self.shape, View::of(&column)?) {
            (Shape::Category(dictionary), View::Text(texts)) => {
                dictionary.array(&self.name, &self.data_type, texts)
            }
            (Shape::Category(_), _) => Err(self.disagrees()),
            (Shape::Plain, _) => {
                let array = plain(&column);
                match array.dtype() == &self.data_type {
                    true => Ok(array),
                    false => Err(self.disagrees()),
                }
            }
            (Shape::Relabelled, _) => {
                let mut array = plain(&column);
                match (array.dtype(), &self.data_type) {
                    (ArrowDataType::Decimal(_, found), ArrowDataType::Decimal(_, said))
                        if found == said => {}
                    (ArrowDataType::Timestamp(found, None), ArrowDataType::Timestamp(said, _))
                        if found == said => {}
                    _ => return Err(self.disagrees()),
                }
                *array.dtype_mut() = self.data_type.clone();
                Ok(array)
            }
        }
    }

    fn disagrees(&self) -> Error {
        Error::Engine(format!(
            "column `{}` is not stored as its type says",
            self.name
        ))
    }
}

fn plain(column: &PolarsColumn) -> Box<dyn Array> {
    let series = column.as_materialized_series();
    series.to_arrow(0, CompatLevel::oldest())
}

/// polars knows no offsets, only names: `+02:00` is `Etc/GMT-2` there. Offsets that are no whole hours have no name and
/// go out in UTC, as the same instants; the form in the metadata keeps what it was.
fn zone(name: &str) -> PlSmallStr {
    let (sign, offset) = match name.split_at_checked(1) {
        Some(("+", offset)) => ('-', offset),
        Some(("-", offset)) => ('+', offset),
        _ => return PlSmallStr::from_str(name),
    };
    let hours = offset
        .strip_suffix(":00")
        .and_then(|hours| hours.parse().ok());
    match (sign, hours) {
        ('-', Some(hours @ 1..=14)) | ('+', Some(hours @ 1..=12)) => {
            PlSmallStr::from_string(format!("Etc/GMT{sign}{hours}"))
        }
        _ => PlSmallStr::from_static("UTC"),
    }
}

impl Dictionary {
    fn new(levels: &[String], ordered: bool) -> Self {
        Self {
            levels: Utf8Array::from_slice(levels),
            places: levels.iter().cloned().zip(0..).collect(),
            ordered,
        }
    }

    fn data_type(&self) -> ArrowDataType {
        let levels = Box::new(ArrowDataType::LargeUtf8);
        ArrowDataType::Dictionary(IntegerType::Int32, levels, self.ordered)
    }

    /// What makes polars read an enum, whose levels have an order: each level after its length in bytes.
    fn enum_metadata(&self) -> Metadata {
        let levels: String = self
            .levels
            .values_iter()
            .map(|level| format!("{};{level}", level.len()))
            .collect();
        BTreeMap::from([(
            PlSmallStr::from_static(DTYPE_ENUM_VALUES_NEW),
            PlSmallStr::from_string(levels),
        )])
    }

    fn array(
        &self,
        name: &str,
        data_type: &ArrowDataType,
        texts: &StringChunked,
    ) -> Result<Box<dyn Array>, Error> {
        let place = |text: &str| {
            let place = self.places.get(text).copied();
            place.ok_or_else(|| {
                Error::Engine(format!("column `{name}` holds `{text}`, which is no level"))
            })
        };
        let keys = texts
            .iter()
            .map(|text| text.map(place).transpose())
            .collect::<Result<Vec<Option<i32>>, Error>>()?;
        let array = DictionaryArray::try_new(
            data_type.clone(),
            PrimitiveArray::from(keys),
            self.levels.clone().boxed(),
        )?;
        Ok(array.boxed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_go_out_by_names_that_others_know() {
        for (said, written) in [
            ("Europe/Tallinn", "Europe/Tallinn"),
            ("+02:00", "Etc/GMT-2"),
            ("-05:00", "Etc/GMT+5"),
            ("+00:00", "UTC"),
            ("+14:00", "Etc/GMT-14"),
            ("-13:00", "UTC"),
            ("+05:30", "UTC"),
            ("", ""),
        ] {
            assert_eq!(zone(said).as_str(), written, "{said}");
        }
    }
}
