//! A graph in the making: nodes in order, every value with a name of its own.

use std::collections::{HashMap, HashSet};

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
    /// Of the domain ai.onnx.
    opset: u32,
    proto: GraphProto,
    names: HashSet<String>,
    /// The constant [1], once it is there.
    axis: Option<String>,
    /// Constants of one number, by its bits.
    scalars: HashMap<u64, String>,
}

impl Graph {
    /// `reserved` are the names of inputs and outputs.
    pub fn new<'a>(opset: u32, reserved: impl Iterator<Item = &'a String>) -> Self {
        Self {
            opset,
            proto: GraphProto {
                name: Some("assay".to_owned()),
                ..GraphProto::default()
            },
            names: reserved.cloned().collect(),
            axis: None,
            scalars: HashMap::new(),
        }
    }

    /// Of shape [N].
    pub fn input(&mut self, name: &str, element: DataType) {
        self.proto.input.push(value_info(name, element, &[]));
    }

    /// Of shape [N] or, with `axes`, [N, ...].
    pub fn output(&mut self, name: &str, element: DataType, axes: &[i64]) {
        self.proto.output.push(value_info(name, element, axes));
    }

    /// Gives `value`, which a node has just made and no other takes, the name of an output.
    pub fn rename(&mut self, value: &str, name: &str) {
        for node in &mut self.proto.node {
            if node.output.iter().any(|output| output == value) {
                node.output = vec![name.to_owned()];
                node.name = node.op_type.as_ref().map(|op| format!("{op}/{name}"));
            }
        }
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
        self.proto.node.push(NodeProto {
            name: Some(format!("{operator}/{output}")),
            op_type: Some(operator.to_owned()),
            domain: ML_OPERATORS
                .contains(&operator)
                .then(|| ML_DOMAIN.to_owned()),
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.clone()],
            attribute: attributes,
            ..NodeProto::default()
        });
        output
    }

    /// As [`Self::node`], with several outputs.
    pub fn node_with(
        &mut self,
        operator: &str,
        hints: &[&str],
        inputs: &[&str],
        attributes: Vec<AttributeProto>,
    ) -> Vec<String> {
        let first = self.node(operator, hints.first().unwrap_or(&""), inputs, attributes);
        let others: Vec<String> = hints.iter().skip(1).map(|hint| self.fresh(hint)).collect();
        if let Some(node) = self.proto.node.last_mut() {
            node.output.extend(others.iter().cloned());
        }
        std::iter::once(first).chain(others).collect()
    }

    /// Row by row: `rows` is f64 [N, width]; `build` writes what becomes of one row, f64 [width], and returns the value
    /// [n_values] that it ends in. The result is [N, n_values]. A body sees the values around it; nothing of N rows at
    /// once is ever held but that.
    pub fn each_row(
        &mut self,
        hint: &str,
        rows: &str,
        width: i64,
        (element, n_values): (DataType, i64),
        build: impl FnOnce(&mut Self, &str) -> String,
    ) -> String {
        let around = std::mem::take(&mut self.proto);
        // What is made in the body is not seen outside.
        let axis = self.axis.take();
        let scalars = std::mem::take(&mut self.scalars);
        self.proto.name = Some(self.fresh(&format!("{hint}_of_a_row")));
        let row = self.fresh("row");
        self.proto.input.push(fixed(&row, DataType::Double, width));
        let result = build(self, &row);
        self.proto.output.push(fixed(&result, element, n_values));
        let body = std::mem::replace(&mut self.proto, around);
        self.axis = axis;
        self.scalars = scalars;
        let attributes = vec![
            super::tensor::graph("body", body),
            super::tensor::int("num_scan_inputs", 1),
        ];
        self.node("Scan", hint, &[rows], attributes)
    }

    /// A number for every row and column; the same number is written once.
    pub fn scalar(&mut self, hint: &str, value: f64) -> String {
        if let Some(name) = self.scalars.get(&value.to_bits()) {
            return name.clone();
        }
        let name = self.constant(hint, Constant::F64(Vec::new(), vec![value]));
        self.scalars.insert(value.to_bits(), name.clone());
        name
    }

    /// [N] to [N, 1] (`Unsqueeze`) or back (`Squeeze`).
    pub fn with_axis(&mut self, operator: &str, hint: &str, value: &str) -> String {
        let axis = match &self.axis {
            Some(axis) => axis.clone(),
            None => self.constant("axis", Constant::I64(vec![1], vec![1])),
        };
        let output = self.node(operator, hint, &[value, &axis], vec![]);
        self.axis = Some(axis);
        output
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

    /// As it is, or as f32.
    pub fn cast_from_f64(&mut self, hint: &str, value: &str, element: DataType) -> String {
        match element {
            DataType::Double => value.to_owned(),
            element => self.cast(hint, value, element),
        }
    }

    /// One value in place of all along an axis.
    pub fn reduce(
        &mut self,
        operator: &str,
        hint: &str,
        value: &str,
        axis: i64,
        keeps_axis: bool,
    ) -> String {
        let keeps = super::tensor::int("keepdims", i64::from(keeps_axis));
        // The axes are an input since opset 13 for sums, since 18 for all others.
        if operator == "ReduceSum" || self.opset >= 18 {
            let axes = self.constant("axes", Constant::I64(vec![1], vec![axis]));
            return self.node(operator, hint, &[value, &axes], vec![keeps]);
        }
        let axes = super::tensor::ints("axes", vec![axis]);
        self.node(operator, hint, &[value], vec![axes, keeps])
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

/// Of shape [n].
fn fixed(name: &str, element: DataType, n: i64) -> ValueInfoProto {
    typed(name, element, std::iter::once(Axis::DimValue(n)))
}

fn value_info(name: &str, element: DataType, axes: &[i64]) -> ValueInfoProto {
    let rows = Axis::DimParam("N".to_owned());
    let axes = std::iter::once(rows).chain(axes.iter().map(|&n| Axis::DimValue(n)));
    typed(name, element, axes)
}

fn typed(name: &str, element: DataType, axes: impl Iterator<Item = Axis>) -> ValueInfoProto {
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
