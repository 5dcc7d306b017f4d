//! Constants and attributes of the format.

use crate::proto::attribute_proto::AttributeType;
use crate::proto::tensor_proto::DataType;
use crate::proto::{AttributeProto, GraphProto, TensorProto};

/// Numbers or texts with their shape, row-major.
pub enum Constant {
    F32(Vec<i64>, Vec<f32>),
    F64(Vec<i64>, Vec<f64>),
    I64(Vec<i64>, Vec<i64>),
    Texts(Vec<i64>, Vec<String>),
}

impl Constant {
    pub fn row_f64(values: Vec<f64>) -> Self {
        Self::F64(vec![values.len() as i64], values)
    }

    pub fn scalar_i64(value: i64) -> Self {
        Self::I64(Vec::new(), vec![value])
    }

    pub fn into_tensor(self, name: &str) -> TensorProto {
        let mut tensor = TensorProto {
            name: Some(name.to_owned()),
            ..TensorProto::default()
        };
        let (kind, dims) = match self {
            Self::F32(dims, values) => {
                tensor.raw_data = Some(values.iter().flat_map(|v| v.to_le_bytes()).collect());
                (DataType::Float, dims)
            }
            Self::F64(dims, values) => {
                tensor.raw_data = Some(values.iter().flat_map(|v| v.to_le_bytes()).collect());
                (DataType::Double, dims)
            }
            Self::I64(dims, values) => {
                tensor.raw_data = Some(values.iter().flat_map(|v| v.to_le_bytes()).collect());
                (DataType::Int64, dims)
            }
            Self::Texts(dims, values) => {
                tensor.string_data = values.into_iter().map(String::into_bytes).collect();
                (DataType::String, dims)
            }
        };
        tensor.data_type = Some(kind as i32);
        tensor.dims = dims;
        tensor
    }
}

pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        i: Some(value),
        ..attribute(name, AttributeType::Int)
    }
}

pub fn ints(name: &str, values: Vec<i64>) -> AttributeProto {
    AttributeProto {
        ints: values,
        ..attribute(name, AttributeType::Ints)
    }
}

pub fn floats(name: &str, values: Vec<f32>) -> AttributeProto {
    AttributeProto {
        floats: values,
        ..attribute(name, AttributeType::Floats)
    }
}

pub fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        s: Some(value.as_bytes().to_vec()),
        ..attribute(name, AttributeType::String)
    }
}

pub fn texts<T: Into<Vec<u8>>>(name: &str, values: impl IntoIterator<Item = T>) -> AttributeProto {
    AttributeProto {
        strings: values.into_iter().map(Into::into).collect(),
        ..attribute(name, AttributeType::Strings)
    }
}

pub fn tensor(name: &str, value: Constant) -> AttributeProto {
    AttributeProto {
        t: Some(value.into_tensor(name)),
        ..attribute(name, AttributeType::Tensor)
    }
}

pub fn graph(name: &str, value: GraphProto) -> AttributeProto {
    AttributeProto {
        g: Some(value),
        ..attribute(name, AttributeType::Graph)
    }
}

fn attribute(name: &str, kind: AttributeType) -> AttributeProto {
    AttributeProto {
        name: Some(name.to_owned()),
        r#type: Some(kind as i32),
        ..AttributeProto::default()
    }
}
