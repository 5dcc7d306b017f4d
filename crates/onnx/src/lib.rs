//! Recipe and model to one ONNX graph; ONNX Runtime sessions; parity
