//! The numbers of a constant, wherever the format keeps them.

use crate::proto::TensorProto;
use crate::proto::tensor_proto::{DataLocation, DataType};

/// Numbers of one element type; reading one takes no memory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Numbers<'a> {
    F32(&'a [f32]),
    F64(&'a [f64]),
    /// Also what holds small integers, booleans, and the bits of half floats.
    I32(&'a [i32], DataType),
    I64(&'a [i64]),
    U64(&'a [u64]),
    Raw(&'a [u8], DataType, usize),
}

impl<'a> Numbers<'a> {
    /// `None` for texts and packed types, for values that lie in another file, and when there are not as many as the
    /// shape says.
    pub(crate) fn of(tensor: &'a TensorProto) -> Option<Self> {
        if is_external(tensor) {
            return None;
        }
        let element = element(tensor);
        let n_values = usize::try_from(n_values(tensor)).ok()?;
        let numbers = match (&tensor.raw_data, element) {
            (Some(raw), _) if !raw.is_empty() || n_values == 0 => {
                Self::Raw(raw, element, width(element)?)
            }
            (_, DataType::Float) => Self::F32(&tensor.float_data),
            (_, DataType::Double) => Self::F64(&tensor.double_data),
            (_, DataType::Int64) => Self::I64(&tensor.int64_data),
            (_, DataType::Uint32 | DataType::Uint64) => Self::U64(&tensor.uint64_data),
            _ => {
                width(element)?;
                Self::I32(&tensor.int32_data, element)
            }
        };
        (numbers.len() == n_values).then_some(numbers)
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::I32(values, _) => values.len(),
            Self::I64(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::Raw(bytes, _, width) if bytes.len() % width == 0 => bytes.len() / width,
            Self::Raw(..) => usize::MAX,
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = f64> + Clone + 'a {
        (0..self.len()).map(move |index| self.at(index))
    }

    /// 0 beyond the end.
    fn at(&self, index: usize) -> f64 {
        match self {
            Self::F32(values) => values.get(index).map_or(0.0, |&v| f64::from(v)),
            Self::F64(values) => values.get(index).copied().unwrap_or(0.0),
            Self::I64(values) => values.get(index).map_or(0.0, |&v| v as f64),
            Self::U64(values) => values.get(index).map_or(0.0, |&v| v as f64),
            Self::I32(values, element) => values.get(index).map_or(0.0, |&v| match element {
                DataType::Float16 => half(v as u16),
                DataType::Bfloat16 => brain(v as u16),
                _ => f64::from(v),
            }),
            Self::Raw(bytes, element, width) => index
                .checked_mul(*width)
                .and_then(|from| bytes.get(from..from.checked_add(*width)?))
                .and_then(|bytes| read(bytes, *element))
                .unwrap_or(0.0),
        }
    }
}

pub(crate) fn element(tensor: &TensorProto) -> DataType {
    DataType::try_from(tensor.data_type.unwrap_or(0)).unwrap_or(DataType::Undefined)
}

/// `float`, `int64` ...
pub(crate) fn element_name(element: DataType) -> String {
    element.as_str_name().to_lowercase()
}

pub(crate) fn is_external(tensor: &TensorProto) -> bool {
    tensor.data_location == Some(DataLocation::External as i32)
}

/// The file that holds the values of an external tensor; empty when it names none.
pub(crate) fn location(tensor: &TensorProto) -> &str {
    entry(tensor, "location").unwrap_or_default()
}

pub(crate) fn entry<'a>(tensor: &'a TensorProto, key: &str) -> Option<&'a str> {
    tensor
        .external_data
        .iter()
        .find(|entry| entry.key.as_deref() == Some(key))
        .and_then(|entry| entry.value.as_deref())
}

/// By the shape; a negative or impossible one counts as none.
pub(crate) fn n_values(tensor: &TensorProto) -> u64 {
    tensor
        .dims
        .iter()
        .map(|&n| u64::try_from(n).unwrap_or(0))
        .fold(1, u64::saturating_mul)
}

/// Bytes that the values take as raw data; `None` for texts and packed types.
pub(crate) fn width(element: DataType) -> Option<usize> {
    Some(match element {
        DataType::Double | DataType::Int64 | DataType::Uint64 => 8,
        DataType::Float | DataType::Int32 | DataType::Uint32 => 4,
        DataType::Float16 | DataType::Bfloat16 | DataType::Int16 | DataType::Uint16 => 2,
        DataType::Int8 | DataType::Uint8 | DataType::Bool => 1,
        _ => return None,
    })
}

fn read(bytes: &[u8], element: DataType) -> Option<f64> {
    Some(match element {
        DataType::Float => f64::from(f32::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Double => f64::from_le_bytes(bytes.try_into().ok()?),
        DataType::Int64 => i64::from_le_bytes(bytes.try_into().ok()?) as f64,
        DataType::Uint64 => u64::from_le_bytes(bytes.try_into().ok()?) as f64,
        DataType::Int32 => f64::from(i32::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Uint32 => f64::from(u32::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Int16 => f64::from(i16::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Uint16 => f64::from(u16::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Int8 => f64::from(i8::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Uint8 | DataType::Bool => f64::from(*bytes.first()?),
        DataType::Float16 => half(u16::from_le_bytes(bytes.try_into().ok()?)),
        DataType::Bfloat16 => brain(u16::from_le_bytes(bytes.try_into().ok()?)),
        _ => return None,
    })
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f64::from(bits & 0x03ff);
    match (bits >> 10) & 0x1f {
        0 => sign * fraction * 2_f64.powi(-24),
        0x1f if fraction == 0.0 => sign * f64::INFINITY,
        0x1f => f64::NAN,
        exponent => sign * (1.0 + fraction / 1024.0) * 2_f64.powi(i32::from(exponent) - 15),
    }
}

/// The upper half of an f32.
fn brain(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_floats_are_what_the_standard_says() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65_504.0),
            (0x0001, 2_f64.powi(-24)),
            (0x3555, 0.333_251_953_125),
            (0x7c00, f64::INFINITY),
        ] {
            assert_eq!(half(bits), value, "{bits:x}");
        }
        assert!(half(0x7e00).is_nan());
        assert_eq!(brain(0x3f80), 1.0);
    }

    #[test]
    fn as_many_numbers_as_the_shape_says_or_none() {
        let tensor = |dims: &[i64], raw: &[u8], floats: &[f32]| TensorProto {
            dims: dims.to_vec(),
            data_type: Some(DataType::Float as i32),
            raw_data: Some(raw.to_vec()),
            float_data: floats.to_vec(),
            ..TensorProto::default()
        };
        let of = |tensor: &TensorProto| {
            Numbers::of(tensor).map(|numbers| numbers.iter().collect::<Vec<f64>>())
        };
        let one = 1_f32.to_le_bytes();
        assert_eq!(of(&tensor(&[1], &one, &[])), Some(vec![1.0]));
        assert_eq!(of(&tensor(&[2], &[], &[1.0, 2.0])), Some(vec![1.0, 2.0]));
        assert_eq!(of(&tensor(&[0], &[], &[])), Some(Vec::new()));
        for wrong in [
            tensor(&[2], &one, &[]),
            tensor(&[1], &one[..3], &[]),
            tensor(&[i64::MAX, i64::MAX], &one, &[]),
            tensor(&[-1], &one, &[]),
            tensor(&[3], &[], &[1.0]),
        ] {
            assert_eq!(of(&wrong), None);
        }
    }
}
