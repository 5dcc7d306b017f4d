//! What a model says, what its exported graph says through ONNX Runtime, and what Python makes of the file.

#[cfg(test)]
mod around;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod python;
