//! Whole tensors in and out, for graphs that take no columns.

use std::borrow::Cow;
use std::time::Duration;

use assay_core::registry::Port;
use assay_core::tensor::{NamedTensor, TensorValues};
use ort::session::SessionInputValue;
use ort::value::{DynValue, Tensor};

use super::limit;
use crate::error::Error;

/// More values than this are not made up.
const MOST_MADE_UP: usize = 1 << 24;

/// A value for every input: free axes get the length 1.
///
/// # Errors
/// [`Error::Ports`] for an input that is no tensor of known elements, or too large a one.
pub(super) fn made_up(inputs: &[Port]) -> Result<Vec<NamedTensor>, Error> {
    inputs
        .iter()
        .map(|port| {
            let shape: Vec<usize> = port
                .shape
                .iter()
                .map(|axis| axis.parse().unwrap_or(1))
                .collect();
            let n_values = shape
                .iter()
                .try_fold(1_usize, |n, &axis| n.checked_mul(axis))
                .filter(|&n| n <= MOST_MADE_UP);
            let values = n_values.and_then(|n| TensorValues::made_up(&port.element, n));
            let values = values.ok_or_else(|| {
                Error::Ports(format!(
                    "no values can be made up for input `{}`, {} of shape [{}]",
                    port.name,
                    port.element,
                    port.shape.join(", ")
                ))
            })?;
            Ok(NamedTensor {
                name: port.name.clone(),
                shape,
                values,
            })
        })
        .collect()
}

/// What is no tensor of known elements among the outputs is left out.
pub(super) fn run(
    inner: &mut ort::session::Session,
    inputs: &[NamedTensor],
    limit: Option<Duration>,
) -> Result<Vec<NamedTensor>, Error> {
    let inputs = inputs
        .iter()
        .map(|tensor| Ok((Cow::from(tensor.name.as_str()), value(tensor)?)))
        .collect::<Result<Vec<_>, ort::Error>>()
        .map_err(failed)?;
    limit::run(inner, inputs, limit, |outputs| {
        let tensors = outputs.iter();
        Ok(tensors
            .filter_map(|(name, value)| named(name, &value))
            .collect())
    })
}

fn failed(error: ort::Error) -> Error {
    Error::Run(error.message().to_owned())
}

fn value(tensor: &NamedTensor) -> ort::Result<SessionInputValue<'static>> {
    let shape = tensor.shape.clone();
    Ok(match &tensor.values {
        TensorValues::Float(values) => Tensor::from_array((shape, values.clone()))?.into(),
        TensorValues::Double(values) => Tensor::from_array((shape, values.clone()))?.into(),
        TensorValues::Int64(values) => Tensor::from_array((shape, values.clone()))?.into(),
        TensorValues::Int32(values) => Tensor::from_array((shape, values.clone()))?.into(),
        TensorValues::Uint8(values) => Tensor::from_array((shape, values.clone()))?.into(),
        TensorValues::Bool(values) => Tensor::from_array((shape, values.clone()))?.into(),
        TensorValues::Text(values) => Tensor::from_string_array((shape, values.as_slice()))?.into(),
    })
}

fn named(name: &str, value: &DynValue) -> Option<NamedTensor> {
    let (shape, values) = if let Ok((shape, values)) = value.try_extract_tensor::<f32>() {
        (shape.to_vec(), TensorValues::Float(values.to_vec()))
    } else if let Ok((shape, values)) = value.try_extract_tensor::<f64>() {
        (shape.to_vec(), TensorValues::Double(values.to_vec()))
    } else if let Ok((shape, values)) = value.try_extract_tensor::<i64>() {
        (shape.to_vec(), TensorValues::Int64(values.to_vec()))
    } else if let Ok((shape, values)) = value.try_extract_tensor::<i32>() {
        (shape.to_vec(), TensorValues::Int32(values.to_vec()))
    } else if let Ok((shape, values)) = value.try_extract_tensor::<u8>() {
        (shape.to_vec(), TensorValues::Uint8(values.to_vec()))
    } else if let Ok((shape, values)) = value.try_extract_tensor::<bool>() {
        (shape.to_vec(), TensorValues::Bool(values.to_vec()))
    } else if let Ok((shape, values)) = value.try_extract_strings() {
        (shape.to_vec(), TensorValues::Text(values))
    } else {
        return None;
    };
    Some(NamedTensor {
        name: name.to_owned(),
        shape: shape
            .into_iter()
            .filter_map(|axis| usize::try_from(axis).ok())
            .collect(),
        values,
    })
}
