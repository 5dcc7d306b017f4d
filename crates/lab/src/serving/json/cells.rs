//! One JSON value into one cell, and one key into the place of a column.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::inputs::{Cell, Inputs};

/// Hands a value to a function. What no column holds is read over and named.
pub struct CellSeed<F>(pub F);

impl<'de, F: FnOnce(Cell<'_>)> DeserializeSeed<'de> for CellSeed<F> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnOnce(Cell<'_>)> Visitor<'de> for CellSeed<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        (self.0)(Cell::Missing);
        Ok(())
    }
    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        (self.0)(Cell::Boolean(value));
        Ok(())
    }
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        (self.0)(Cell::Integer(value));
        Ok(())
    }
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        (self.0)(i64::try_from(value).map_or(Cell::Float(value as f64), Cell::Integer));
        Ok(())
    }
    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        (self.0)(Cell::Float(value));
        Ok(())
    }
    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        (self.0)(Cell::Text(value));
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        (self.0)(Cell::Other("a list"));
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        (self.0)(Cell::Other("an object"));
        Ok(())
    }
}

/// The place of the column that a key names, or the key.
pub struct FieldSeed<'a> {
    pub inputs: &'a Inputs,
    /// Where it probably is.
    pub guess: usize,
}

impl<'de> DeserializeSeed<'de> for FieldSeed<'_> {
    type Value = Result<usize, String>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldSeed<'_> {
    type Value = Result<usize, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a column")
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let found = self.inputs.position(name, self.guess);
        Ok(found.ok_or_else(|| name.to_owned()))
    }
}
