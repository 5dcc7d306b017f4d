//! The name of a table's content: a digest that does not depend on the file the rows came in.
//!
//! Encoding, all numbers little-endian: the text `assay table 1`, the number of rows and of columns; per column the
//! length and bytes of its name and one byte for its type, for a column of a form 128 more and the form: one byte and
//! what it says (1: category, one byte for ordered, the number of levels and the levels; 2: decimal, precision and scale
//! in one byte each; 3: zone, its name); then per column and row one byte, 0 for missing or 1, and the value: integers
//! and date-times 8 bytes, floats the 8 bytes of their bits with −0 as 0, decimals their units in 16 bytes, booleans
//! 1 byte, dates 4 bytes, texts their length in 8 bytes and their UTF-8 bytes. A NaN is missing.

use std::collections::BTreeMap;

use assay_core::ObjectHash;
use assay_core::dataset::RowGroup;
use assay_core::schema::Form;
use blake3::Hasher;
use xxhash_rust::xxh3::xxh3_64;

use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;

/// The values of all chunks, one after another; what polars itself offers asks a virtual function for each.
macro_rules! each {
    ($values:expr) => {
        $values
            .downcast_iter()
            .flat_map(|chunk| chunk.iter().map(Option::<&_>::copied))
    };
}

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
        match frame.forms.get(name) {
            None => bytes.raw(&[type_byte(*view)]),
            Some(form) => {
                bytes.raw(&[type_byte(*view) | HAS_FORM]);
                bytes.form(form);
            }
        }
    }
    for (_, view) in views {
        match view {
            View::Integer(values) | View::Datetime(values) => {
                bytes.fixed(each!(values), |value: i64| value.to_le_bytes());
            }
            // adding 0 turns −0 into 0
            View::Float(values) => bytes.fixed(
                each!(values).map(|value| value.filter(|v| !v.is_nan())),
                |value: f64| (value + 0.0).to_bits().to_le_bytes(),
            ),
            View::Decimal(values, _) => {
                bytes.fixed(each!(values), |units: i128| units.to_le_bytes())
            }
            View::Boolean(values) => bytes.fixed(values.iter(), |value| [u8::from(value)]),
            View::Date(values) => bytes.fixed(each!(values), |value: i32| value.to_le_bytes()),
            View::Text(values) => {
                bytes.texts(values.downcast_iter().flat_map(|chunk| chunk.iter()))
            }
        }
    }
    Ok(ObjectHash::new(bytes.finish()))
}

/// The digest of a table that stands in row groups: over their digests and lengths and the forms of the columns. One
/// group of columns without forms names itself.
pub(crate) fn version_hash(groups: &[RowGroup], forms: &BTreeMap<&str, &Form>) -> ObjectHash {
    if let ([only], true) = (groups, forms.is_empty()) {
        return only.content.clone();
    }
    let mut bytes = Encoder::default();
    bytes.raw(b"assay row groups 1");
    bytes.length(forms.len());
    for (column, form) in forms {
        bytes.text(column);
        bytes.form(form);
    }
    bytes.length(groups.len());
    for group in groups {
        bytes.length(usize::try_from(group.n_rows).unwrap_or(usize::MAX));
        bytes.text(group.content.as_str());
    }
    ObjectHash::new(bytes.finish())
}

/// A number per row that is equal for equal values of a column, and [`MISSING`] for a missing one. The same on every
/// machine and for every batch: xxh3 of texts, the finaliser of splitmix64 for the bits of the others.
///
/// Invariant: these numbers decide where row groups end, and so the names of versions; they never change.
pub(crate) fn value_hashes(view: View<'_>) -> Vec<u64> {
    match view {
        View::Integer(values) | View::Datetime(values) => {
            hashed(each!(values), |value: i64| mix(value.cast_unsigned()))
        }
        // adding 0 turns −0 into 0
        View::Float(values) => hashed(each!(values), |value: f64| mix((value + 0.0).to_bits())),
        View::Decimal(values, _) => hashed(each!(values), |units: i128| {
            let units = units.cast_unsigned();
            mix((units as u64) ^ mix((units >> 64) as u64))
        }),
        View::Boolean(values) => hashed(values.iter(), |value| mix(u64::from(value))),
        View::Date(values) => hashed(each!(values), |value: i32| {
            mix(i64::from(value).cast_unsigned())
        }),
        View::Text(values) => hashed(
            values.downcast_iter().flat_map(|chunk| chunk.iter()),
            |text| xxh3_64(text.as_bytes()),
        ),
    }
}

/// What [`value_hashes`] gives for a missing value.
pub(crate) const MISSING: u64 = 0x9ae1_6a3b_2f90_404f;

/// A number per row that is equal for equal rows: the hashes of its values in the order of the columns.
pub(crate) fn row_hashes(n_rows: usize, columns: &[Vec<u64>]) -> Vec<u64> {
    let mut rows = vec![0_u64; n_rows];
    for column in columns {
        for (row, value) in rows.iter_mut().zip(column) {
            *row = (row.rotate_left(23) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }
    for row in &mut rows {
        *row = mix(*row);
    }
    rows
}

fn hashed<T>(values: impl Iterator<Item = Option<T>>, hash: impl Fn(T) -> u64) -> Vec<u64> {
    values.map(|value| value.map_or(MISSING, &hash)).collect()
}

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output.
fn mix(bits: u64) -> u64 {
    let bits = bits.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

const HAS_FORM: u8 = 128;

fn type_byte(view: View<'_>) -> u8 {
    match view {
        View::Integer(_) => 1,
        View::Float(_) => 2,
        View::Boolean(_) => 3,
        View::Text(_) => 4,
        View::Date(_) => 5,
        View::Datetime(_) => 6,
        View::Decimal(..) => 7,
    }
}

/// Bytes collected before they are hashed.
const HASHED_BYTES: usize = 1 << 16;

/// Collects small pieces, for the digest is fast on long ones only.
#[derive(Default)]
struct Encoder {
    hasher: Hasher,
    buffer: Vec<u8>,
}

impl Encoder {
    fn raw(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= HASHED_BYTES {
            self.flush();
        }
    }

    fn length(&mut self, n: usize) {
        self.raw(&(n as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.raw(text.as_bytes());
    }

    fn form(&mut self, form: &Form) {
        match form {
            Form::Category { levels, ordered } => {
                self.raw(&[1, u8::from(*ordered)]);
                self.length(levels.len());
                for level in levels {
                    self.text(level);
                }
            }
            Form::Decimal { precision, scale } => self.raw(&[2, *precision, *scale]),
            Form::Zone { name } => {
                self.raw(&[3]);
                self.text(name);
            }
        }
    }

    /// Values of `N` bytes each, with a 1 before each, and a 0 for a missing one.
    fn fixed<T, const N: usize>(
        &mut self,
        values: impl Iterator<Item = Option<T>>,
        bytes: impl Fn(T) -> [u8; N],
    ) {
        for value in values {
            match value {
                None => self.buffer.push(0),
                Some(value) => {
                    self.buffer.push(1);
                    self.buffer.extend_from_slice(&bytes(value));
                }
            }
            if self.buffer.len() >= HASHED_BYTES {
                self.flush();
            }
        }
    }

    fn texts<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>) {
        for value in values {
            match value {
                None => self.buffer.push(0),
                Some(text) => {
                    self.buffer.push(1);
                    self.buffer
                        .extend_from_slice(&(text.len() as u64).to_le_bytes());
                    self.buffer.extend_from_slice(text.as_bytes());
                }
            }
            if self.buffer.len() >= HASHED_BYTES {
                self.flush();
            }
        }
    }

    fn flush(&mut self) {
        self.hasher.update(&self.buffer);
        self.buffer.clear();
    }

    fn finish(mut self) -> String {
        self.flush();
        self.hasher.finalize().to_hex().to_string()
    }
}
