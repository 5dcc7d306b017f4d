//! A graph in the making: nodes in order, every value with a name of its own.

use std::collections::HashSet;

use super::tensor::Constant;
use crate::proto::tensor_proto::DataType;
use crate::proto::tensor_shape_proto::Dimension;
use crate::proto::tensor_shape_proto::dimension::Value as Axis;
use crate::proto::type_proto::{Tensor, Value};
use crate::proto::{
    AttributeProto, GraphProto, NodeProto, TensorShapeProto, TypeProto, ValueInfoProto,
};

pub const ML_DOMAIN: &str = "ai.onnx.ml";

/// Operators of the domain [`ML_DOMAIN`] among those used here.
const ML_OPERATORS: [&str; 2] = ["LabelEncoder", "TreeEnsembleRegressor"];

/// Invariant: no two values share a name, and none has the name of an input or output that it is not.
pub struct Graph {
    proto: GraphProto,
    names: HashSet<String>,
}

impl Graph {
    /// `reserved` are the names of inputs and outputs.
    pub fn new<'a>(reserved: impl Iterator<Item = &'a String>) -> Self {
        Self {
            proto: GraphProto {
                name: Some("assay".to_owned()),
                ..GraphProto::default()
            },
            names: reserved.cloned().collect(),
        }
    }

    /// `axes` are the sizes behind N.
    pub fn input(&mut self, name: &str, element: DataType, axes: &[i64]) {
        self.proto.input.push(value_info(name, element, axes));
    }

    pub fn output(&mut self, name: &str, element: DataType) {
        self.proto.output.push(value_info(name, element, &[]));
    }

    pub fn constant(&mut self, hint: &str, value: Constant) -> String {
        let name = self.fresh(hint);
        self.proto.initializer.push(value.into_tensor(&name));
        name
    }

    /// Adds a node whose only output gets a name like `hint`; returns that name.
    pub fn node(
        &mut self,
        operator: &str,
        hint: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> String {
        let output = self.fresh(hint);
        self.node_into(operator, &output, inputs, attributes);
        output
    }

    /// Adds a node whose only output has the name of an output of the graph.
    pub fn node_into(
        &mut self,
        operator: &str,
        output: &str,
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) {
        self.proto.node.push(NodeProto {
            name: Some(format!("{operator}/{output}")),
            op_type: Some(operator.to_owned()),
            domain: ML_OPERATORS
                .contains(&operator)
                .then(|| ML_DOMAIN.to_owned()),
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            attribute: attributes,
            ..NodeProto::default()
        });
    }

    /// Side by side; a single one stays as it is.
    pub fn concat(&mut self, hint: &str, values: &[String]) -> String {
        match values {
            [value] => value.clone(),
            _ => {
                let inputs: Vec<&str> = values.iter().map(String::as_str).collect();
                self.node("Concat", hint, &inputs, vec![super::tensor::int("axis", 1)])
            }
        }
    }

    pub fn cast(&mut self, hint: &str, value: &str, to: DataType) -> String {
        let to = super::tensor::int("to", i64::from(to as i32));
        self.node("Cast", hint, &[value], vec![to])
    }

    pub fn into_proto(self) -> GraphProto {
        self.proto
    }

    fn fresh(&mut self, hint: &str) -> String {
        let mut name = hint.to_owned();
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{hint}_{number}");
        }
        name
    }
}

fn value_info(name: &str, element: DataType, axes: &[i64]) -> ValueInfoProto {
    let rows = Axis::DimParam("N".to_owned());
    let axes = std::iter::once(rows).chain(axes.iter().map(|&n| Axis::DimValue(n)));
    let shape = TensorShapeProto {
        dim: axes
            .map(|axis| Dimension {
                value: Some(axis),
                ..Dimension::default()
            })
            .collect(),
    };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto {
            value: Some(Value::TensorType(Tensor {
                elem_type: Some(element as i32),
                shape: Some(shape),
            })),
            ..TypeProto::default()
        }),
        ..ValueInfoProto::default()
    }
}
