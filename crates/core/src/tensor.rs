//! Whole tensors, for graphs that take no columns.

use serde_json::Value;

/// A tensor of an input or an output.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor {
    pub name: String,
    pub shape: Vec<usize>,
    /// Row-major, as many as the shape says.
    pub values: TensorValues,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TensorValues {
    Float(Vec<f32>),
    Double(Vec<f64>),
    Int64(Vec<i64>),
    Int32(Vec<i32>),
    Uint8(Vec<u8>),
    Bool(Vec<bool>),
    Text(Vec<String>),
}

impl NamedTensor {
    /// Lists in lists; a number that is not finite is null.
    pub fn nested(&self) -> Value {
        lists(&self.shape, &mut self.values.cells().into_iter())
    }
}

fn lists(shape: &[usize], cells: &mut impl Iterator<Item = Value>) -> Value {
    match shape {
        [] => cells.next().unwrap_or(Value::Null),
        [length, inner @ ..] => (0..*length).map(|_| lists(inner, cells)).collect(),
    }
}

/// The shortest number that is this one among those of 32 bits: 0.1, not 0.10000000149011612.
fn shortest(value: f32) -> Value {
    value
        .to_string()
        .parse::<f64>()
        .map_or(Value::Null, Value::from)
}

impl TensorValues {
    /// As JSON has them, one after another; with no more digits than the element holds.
    pub fn cells(&self) -> Vec<Value> {
        match self {
            Self::Float(values) => values.iter().map(|&value| shortest(value)).collect(),
            Self::Double(values) => values.iter().map(|&value| Value::from(value)).collect(),
            Self::Int64(values) => values.iter().map(|&value| Value::from(value)).collect(),
            Self::Int32(values) => values.iter().map(|&value| Value::from(value)).collect(),
            Self::Uint8(values) => values.iter().map(|&value| Value::from(value)).collect(),
            Self::Bool(values) => values.iter().map(|&value| Value::from(value)).collect(),
            Self::Text(values) => values.iter().map(|v| Value::from(v.as_str())).collect(),
        }
    }

    /// As the ONNX format names it.
    pub fn element(&self) -> &'static str {
        match self {
            Self::Float(_) => "float",
            Self::Double(_) => "double",
            Self::Int64(_) => "int64",
            Self::Int32(_) => "int32",
            Self::Uint8(_) => "uint8",
            Self::Bool(_) => "bool",
            Self::Text(_) => "string",
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Float(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Int64(values) => values.len(),
            Self::Int32(values) => values.len(),
            Self::Uint8(values) => values.len(),
            Self::Bool(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Values that stand for anything: small numbers that differ, one short text. `None` for an element that is not
    /// known here.
    pub fn made_up(element: &str, n_values: usize) -> Option<Self> {
        let small = |index: usize| (index % 17) as f64 / 8.0;
        let indices = 0..n_values;
        Some(match element {
            "float" => Self::Float(indices.map(|index| small(index) as f32).collect()),
            "double" => Self::Double(indices.map(small).collect()),
            "int64" => Self::Int64(indices.map(|index| (index % 3) as i64).collect()),
            "int32" => Self::Int32(indices.map(|index| (index % 3) as i32).collect()),
            "uint8" => Self::Uint8(indices.map(|index| (index % 251) as u8).collect()),
            "bool" => Self::Bool(indices.map(|index| index % 2 == 0).collect()),
            "string" => Self::Text(vec!["a".to_owned(); n_values]),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tensor_is_lists_in_lists_with_the_digits_that_it_holds() {
        let tensor = NamedTensor {
            name: "x".to_owned(),
            shape: vec![2, 2],
            values: TensorValues::Float(vec![0.1, 1e-30, f32::NAN, f32::INFINITY]),
        };
        assert_eq!(tensor.nested().to_string(), "[[0.1,1e-30],[null,null]]");
        let empty = NamedTensor {
            shape: vec![2, 0],
            values: TensorValues::Int64(Vec::new()),
            ..tensor
        };
        assert_eq!(empty.nested().to_string(), "[[],[]]");
    }
}
