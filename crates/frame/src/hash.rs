//! The name of a table's content: a digest that does not depend on the file the rows came in.
//!
//! Encoding, all numbers little-endian: the text `assay table 1`, the number of rows and of columns; per column the
//! length and bytes of its name and one byte for its type; then per column and row one byte, 0 for missing or 1, and the
//! value: integers and date-times 8 bytes, floats the 8 bytes of their bits with −0 as 0, booleans 1 byte, dates 4
//! bytes, texts their length in 8 bytes and their UTF-8 bytes. A NaN is missing.

use assay_core::ObjectHash;
use assay_core::schema::ColumnType;
use blake3::Hasher;

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

/// blake3 over names, types and values. The same rows give the same digest whatever file or chunks they came in.
///
/// # Errors
/// [`Error::Engine`] when the table breaks its own invariant.
pub fn content_hash(frame: &Frame) -> Result<ObjectHash, Error> {
    let mut bytes = Encoder::default();
    bytes.raw(b"assay table 1");
    bytes.length(frame.n_rows());
    bytes.length(frame.n_columns());
    let views = frame.views()?;
    for (name, view) in &views {
        bytes.text(name);
        bytes.raw(&[type_byte(view.kind())]);
    }
    for (_, view) in views {
        match view {
            View::Integer(values) | View::Datetime(values) => {
                bytes.values(values.iter(), |bytes, value| {
                    bytes.raw(&value.to_le_bytes());
                })
            }
            View::Float(values) => {
                let numbers = values.iter().map(|value| value.filter(|v| !v.is_nan()));
                bytes.values(numbers, |bytes, value| {
                    // adding 0 turns −0 into 0
                    bytes.raw(&(value + 0.0).to_bits().to_le_bytes());
                });
            }
            View::Boolean(values) => bytes.values(values.iter(), |bytes, value| {
                bytes.raw(&[u8::from(value)]);
            }),
            View::Date(values) => bytes.values(values.iter(), |bytes, value| {
                bytes.raw(&value.to_le_bytes());
            }),
            View::Text(values) => bytes.values(values.iter(), |bytes, value| bytes.text(value)),
        }
    }
    Ok(ObjectHash::new(bytes.finish()))
}

fn type_byte(kind: ColumnType) -> u8 {
    match kind {
        ColumnType::Integer => 1,
        ColumnType::Float => 2,
        ColumnType::Boolean => 3,
        ColumnType::Text => 4,
        ColumnType::Date => 5,
        ColumnType::Datetime => 6,
    }
}

/// Collects small pieces, for the digest is fast on long ones only.
#[derive(Default)]
struct Encoder {
    hasher: Hasher,
    buffer: Vec<u8>,
}

impl Encoder {
    fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= 1 << 16 {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn length(&mut self, n: usize) {
        self.raw(&(n as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.raw(text.as_bytes());
    }

    fn values<T>(&mut self, values: impl Iterator<Item = Option<T>>, write: impl Fn(&mut Self, T)) {
        for value in values {
            match value {
                None => self.raw(&[0]),
                Some(value) => {
                    self.raw(&[1]);
                    write(self, value);
                }
            }
        }
    }

    fn finish(mut self) -> String {
        self.hasher.update(&self.buffer);
        self.hasher.finalize().to_hex().to_string()
    }
}
