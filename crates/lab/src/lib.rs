//! The use cases: the only place where store, frame, learn, onnx and chart meet
