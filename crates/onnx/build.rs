//! Compiles the definition of the ONNX format (`proto/onnx-ml.proto`) to Rust; needs no `protoc`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto/onnx-ml.proto");
    let files = protox::compile(["onnx-ml.proto"], ["proto"])?;
    let mut config = prost_build::Config::new();
    // The format's comments are no Rust documentation; they are read in the .proto file.
    config.disable_comments(["."]);
    // The format's names are what they are.
    for name in [".onnx.Version", ".onnx.TypeProto.value"] {
        config.enum_attribute(name, "#[allow(clippy::enum_variant_names)]");
    }
    config.compile_fds(files)?;
    Ok(())
}
