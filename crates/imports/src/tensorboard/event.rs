//! The messages of event files, as far as numbers and hyperparameters need them.
//!
//! Numbers of fields are those of `event.proto`, `summary.proto`, `tensor.proto` and `hparams/plugin_data.proto`.

use std::collections::HashMap;

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    #[prost(int64, tag = "2")]
    pub step: i64,
    #[prost(message, optional, tag = "5")]
    pub summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Summary {
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Value {
    #[prost(string, tag = "1")]
    pub tag: String,
    #[prost(float, optional, tag = "2")]
    pub simple_value: Option<f32>,
    #[prost(message, optional, tag = "8")]
    pub tensor: Option<Tensor>,
    #[prost(message, optional, tag = "9")]
    pub metadata: Option<Metadata>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Metadata {
    #[prost(message, optional, tag = "1")]
    pub plugin: Option<Plugin>,
    /// 1: a scalar.
    #[prost(int32, tag = "4")]
    pub data_class: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Plugin {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(bytes = "vec", tag = "2")]
    pub content: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Tensor {
    #[prost(int32, tag = "1")]
    pub dtype: i32,
    #[prost(bytes = "vec", tag = "4")]
    pub content: Vec<u8>,
    #[prost(float, repeated, tag = "5")]
    pub float_val: Vec<f32>,
    #[prost(double, repeated, tag = "6")]
    pub double_val: Vec<f64>,
    #[prost(int32, repeated, tag = "7")]
    pub int_val: Vec<i32>,
    #[prost(int64, repeated, tag = "10")]
    pub int64_val: Vec<i64>,
    /// The bits of halves, in the lower 16.
    #[prost(int32, repeated, tag = "13")]
    pub half_val: Vec<i32>,
}

impl Tensor {
    /// The number of a tensor that holds one; `None` for all others.
    pub fn number(&self) -> Option<f64> {
        if let Some(number) = one(&self.float_val) {
            return Some(f64::from(number));
        }
        if let Some(number) = one(&self.double_val) {
            return Some(number);
        }
        if let Some(number) = one(&self.int_val) {
            return Some(f64::from(number));
        }
        if let Some(number) = one(&self.int64_val) {
            return Some(number as f64);
        }
        let bytes = self.content.as_slice();
        match self.dtype {
            1 => Some(f64::from(f32::from_le_bytes(bytes.try_into().ok()?))),
            2 => Some(f64::from_le_bytes(bytes.try_into().ok()?)),
            3 => Some(f64::from(i32::from_le_bytes(bytes.try_into().ok()?))),
            9 => Some(i64::from_le_bytes(bytes.try_into().ok()?) as f64),
            // bfloat16 is the upper half of a float, half the IEEE 754 format of 16 bits
            14 => Some(upper_half(self.bits(bytes)?)),
            19 => Some(half(self.bits(bytes)?)),
            _ => None,
        }
    }

    fn bits(&self, bytes: &[u8]) -> Option<u16> {
        one(&self.half_val)
            .map(|bits| bits as u16)
            .or_else(|| Some(u16::from_le_bytes(bytes.try_into().ok()?)))
    }
}

fn one<T: Copy>(values: &[T]) -> Option<T> {
    match values {
        [value] => Some(*value),
        _ => None,
    }
}

fn upper_half(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    sign * match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    }
}

/// What the plugin of hyperparameters keeps in its metadata.
#[derive(Clone, PartialEq, Message)]
pub(super) struct HyperparameterData {
    #[prost(message, optional, tag = "3")]
    pub start: Option<SessionStart>,
    #[prost(message, optional, tag = "4")]
    pub end: Option<SessionEnd>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SessionStart {
    #[prost(map = "string, message", tag = "1")]
    pub params: HashMap<String, ParamValue>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct SessionEnd {
    /// 1: success, 2: failure, 3: running.
    #[prost(int32, tag = "1")]
    pub status: i32,
    #[prost(double, tag = "2")]
    pub end_time_secs: f64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct ParamValue {
    #[prost(double, optional, tag = "2")]
    pub number: Option<f64>,
    #[prost(string, optional, tag = "3")]
    pub text: Option<String>,
    #[prost(bool, optional, tag = "4")]
    pub boolean: Option<bool>,
}

impl ParamValue {
    pub fn as_text(&self) -> Option<String> {
        self.number
            .map(|number| number.to_string())
            .or_else(|| self.text.clone())
            .or_else(|| self.boolean.map(|boolean| boolean.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_all_types_are_read() {
        for (dtype, content, expected) in [
            (1, 0.25_f32.to_le_bytes().to_vec(), Some(0.25)),
            (2, 0.1_f64.to_le_bytes().to_vec(), Some(0.1)),
            (3, (-7_i32).to_le_bytes().to_vec(), Some(-7.0)),
            (9, 1_i64.to_le_bytes().to_vec(), Some(1.0)),
            (14, 0x3f80_u16.to_le_bytes().to_vec(), Some(1.0)),
            (19, 0x3555_u16.to_le_bytes().to_vec(), Some(0.333251953125)),
            (19, 0x0001_u16.to_le_bytes().to_vec(), Some(2_f64.powi(-24))),
            (
                19,
                0xfc00_u16.to_le_bytes().to_vec(),
                Some(f64::NEG_INFINITY),
            ),
            (1, vec![0; 8], None),
            (7, b"text".to_vec(), None),
        ] {
            let tensor = Tensor {
                dtype,
                content,
                ..Tensor::default()
            };
            assert_eq!(tensor.number(), expected, "{dtype}");
        }
    }
}
