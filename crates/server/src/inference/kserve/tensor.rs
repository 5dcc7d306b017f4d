//! Values of a tensor between JSON, bytes and columns.

use std::fmt;

use assay_api::serving::GivenValues;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};

/// The protocol's names of element types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    Bool,
    Unsigned(usize),
    Signed(usize),
    Fp32,
    Fp64,
    Bytes,
}

/// Numbers, booleans and texts of a JSON list in the order in which they stand, whatever lists they stand in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flat(Vec<Datum>);

#[derive(Debug, Clone, PartialEq)]
enum Datum {
    Missing,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
}

impl DataType {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "BOOL" => Self::Bool,
            "UINT8" => Self::Unsigned(1),
            "UINT16" => Self::Unsigned(2),
            "UINT32" => Self::Unsigned(4),
            "UINT64" => Self::Unsigned(8),
            "INT8" => Self::Signed(1),
            "INT16" => Self::Signed(2),
            "INT32" => Self::Signed(4),
            "INT64" => Self::Signed(8),
            "FP32" => Self::Fp32,
            "FP64" => Self::Fp64,
            "BYTES" => Self::Bytes,
            _ => return None,
        })
    }

    /// `None` for texts, each of which says how long it is.
    fn width(self) -> Option<usize> {
        match self {
            Self::Bool => Some(1),
            Self::Unsigned(width) | Self::Signed(width) => Some(width),
            Self::Fp32 => Some(4),
            Self::Fp64 => Some(8),
            Self::Bytes => None,
        }
    }

    /// The values of a tensor that came as JSON. A null is a missing value.
    ///
    /// # Errors
    /// What is wrong with the first that does not fit.
    pub fn of_json(self, flat: Flat) -> Result<GivenValues, String> {
        let wrong = |datum: &Datum| format!("holds {}", datum.named());
        match self {
            Self::Bytes => flat
                .0
                .into_iter()
                .map(|datum| match datum {
                    Datum::Text(text) => Ok(Some(text)),
                    Datum::Missing => Ok(None),
                    other => Err(wrong(&other)),
                })
                .collect::<Result<_, _>>()
                .map(GivenValues::Texts),
            Self::Bool => flat
                .0
                .into_iter()
                .map(|datum| match datum {
                    Datum::Boolean(value) => Ok(f64::from(u8::from(value))),
                    Datum::Integer(value @ (0 | 1)) => Ok(value as f64),
                    Datum::Missing => Ok(f64::NAN),
                    other => Err(wrong(&other)),
                })
                .collect::<Result<_, _>>()
                .map(GivenValues::Floats),
            _ => flat
                .0
                .into_iter()
                .map(|datum| match datum {
                    Datum::Integer(value) => Ok(value as f64),
                    Datum::Float(value) if self == Self::Fp32 => Ok(f64::from(value as f32)),
                    Datum::Float(value) => Ok(value),
                    Datum::Missing => Ok(f64::NAN),
                    other => Err(wrong(&other)),
                })
                .collect::<Result<_, _>>()
                .map(GivenValues::Floats),
        }
    }

    /// The values of a tensor of `n` elements that came as bytes, little-endian; texts each after its length in four
    /// bytes.
    ///
    /// # Errors
    /// What is wrong with their number, or with a text.
    pub fn of_bytes(self, bytes: &[u8], n: usize) -> Result<GivenValues, String> {
        let Some(width) = self.width() else {
            return texts(bytes, n).map(GivenValues::Texts);
        };
        if Some(bytes.len()) != n.checked_mul(width) {
            return Err(format!(
                "has {} bytes where its shape and type need {n} times {width}",
                bytes.len()
            ));
        }
        let elements = bytes.chunks_exact(width);
        Ok(match self {
            Self::Bool => GivenValues::Booleans(bytes.iter().map(|byte| *byte != 0).collect()),
            Self::Fp32 => GivenValues::Floats(
                elements
                    .filter_map(|e| e.try_into().ok().map(f32::from_le_bytes))
                    .map(f64::from)
                    .collect(),
            ),
            Self::Fp64 => GivenValues::Floats(
                elements
                    .filter_map(|e| e.try_into().ok().map(f64::from_le_bytes))
                    .collect(),
            ),
            Self::Signed(_) => GivenValues::Integers(elements.map(signed).collect()),
            Self::Unsigned(8) => {
                GivenValues::Floats(elements.map(|e| unsigned(e) as f64).collect())
            }
            Self::Unsigned(_) | Self::Bytes => {
                GivenValues::Integers(elements.map(|e| unsigned(e) as i64).collect())
            }
        })
    }
}

impl Flat {
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl Datum {
    fn named(&self) -> &'static str {
        match self {
            Self::Missing => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a text",
        }
    }
}

fn unsigned(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

fn signed(bytes: &[u8]) -> i64 {
    let unused = 64 - 8 * bytes.len() as u32;
    (unsigned(bytes) << unused) as i64 >> unused
}

fn texts(mut bytes: &[u8], n: usize) -> Result<Vec<Option<String>>, String> {
    let mut texts = Vec::with_capacity(n.min(bytes.len() / 4));
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        let Some((text, rest)) = rest.split_at_checked(length) else {
            return Err("has a text that is longer than its bytes".to_owned());
        };
        let text = std::str::from_utf8(text).map_err(|_| "has a text that is no UTF-8")?;
        texts.push(Some(text.to_owned()));
        bytes = rest;
    }
    if !bytes.is_empty() || texts.len() != n {
        return Err(format!(
            "has {} texts where its shape needs {n}",
            texts.len()
        ));
    }
    Ok(texts)
}

impl<'de> Deserialize<'de> for Flat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut flat = Self::default();
        deserializer.deserialize_seq(Into(&mut flat.0))?;
        Ok(flat)
    }
}

/// Puts what comes at the end of a list.
struct Into<'a>(&'a mut Vec<Datum>);

impl<'de> DeserializeSeed<'de> for Into<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Into<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of numbers, booleans or texts")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Into(self.0))?.is_some() {}
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push(Datum::Missing);
        Ok(())
    }
    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.push(Datum::Boolean(value));
        Ok(())
    }
    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.0.push(Datum::Integer(value));
        Ok(())
    }
    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        let integer = i64::try_from(value).map(Datum::Integer);
        self.0.push(integer.unwrap_or(Datum::Float(value as f64)));
        Ok(())
    }
    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.push(Datum::Float(value));
        Ok(())
    }
    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.push(Datum::Text(value.to_owned()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_read_little_end_first() {
        let of =
            |name: &str, bytes: &[u8], n| DataType::parse(name).expect("a type").of_bytes(bytes, n);
        assert_eq!(
            of("INT16", &[0xFE, 0xFF, 1, 0], 2),
            Ok(GivenValues::Integers(vec![-2, 1]))
        );
        assert_eq!(
            of("UINT16", &[0xFE, 0xFF], 1),
            Ok(GivenValues::Integers(vec![65_534]))
        );
        assert_eq!(
            of("INT64", &(-3_i64).to_le_bytes(), 1),
            Ok(GivenValues::Integers(vec![-3]))
        );
        assert_eq!(
            of("FP32", &1.5_f32.to_le_bytes(), 1),
            Ok(GivenValues::Floats(vec![1.5]))
        );
        assert_eq!(
            of("BOOL", &[0, 1], 2),
            Ok(GivenValues::Booleans(vec![false, true]))
        );
        let text = [2, 0, 0, 0, b'a', b'b', 0, 0, 0, 0];
        assert_eq!(
            of("BYTES", &text, 2),
            Ok(GivenValues::Texts(vec![
                Some("ab".to_owned()),
                Some(String::new())
            ]))
        );
    }

    #[test]
    fn wrong_sizes_are_refused() {
        let cases: [(&str, &[u8], usize); 6] = [
            ("FP64", &[0; 7], 1),
            ("FP64", &[0; 8], usize::MAX),
            ("BYTES", &[9, 0, 0, 0, b'a'], 1),
            ("BYTES", &[0xFF, 0xFF, 0xFF, 0xFF], 1),
            ("BYTES", &[1, 0, 0, 0, 0xFF], 1),
            ("BYTES", &[0, 0, 0, 0, 7], 1),
        ];
        for (name, bytes, n) in cases {
            let read = DataType::parse(name).expect("a type").of_bytes(bytes, n);
            assert!(read.is_err(), "{name} {bytes:?}");
        }
        assert_eq!(DataType::parse("FP16"), None);
    }

    #[test]
    fn nested_lists_are_one() {
        let flat: Flat = serde_json::from_str("[[1, 2.5], [null], true]").expect("a list");
        assert_eq!(flat.len(), 4);
        assert!(
            DataType::Fp64.of_json(flat).is_err(),
            "a boolean is no number"
        );
        let flat: Flat = serde_json::from_str("[[1], [2.5]]").expect("a list");
        assert_eq!(
            DataType::Fp64.of_json(flat),
            Ok(GivenValues::Floats(vec![1.0, 2.5]))
        );
        assert!(serde_json::from_str::<Flat>("[{}]").is_err());
        let deep = "[".repeat(100_000);
        assert!(serde_json::from_str::<Flat>(&deep).is_err());
    }
}
