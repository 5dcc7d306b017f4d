//! The exported graph against a plain evaluation of recipe and model, through the real ONNX Runtime.

mod answers;
mod cases;
mod compare;
mod composed;
mod corpus;
mod diff;
mod export;
mod hostile;
mod inspect;
mod mlmodel;
mod models;
mod parity;
mod random;
mod reference;
mod session;
mod shrink;
mod steps;
mod wide;

use std::path::PathBuf;

use assay_onnx::Runtime;

/// The library that `ASSAY_ONNXRUNTIME` names, else the one that setup put beside the build.
fn runtime() -> Runtime {
    let path = std::env::var_os("ASSAY_ONNXRUNTIME")
        .map(PathBuf::from)
        .unwrap_or_else(|| {
            let test = std::env::current_exe().expect("the test has a path");
            let target = test.ancestors().nth(3).expect("target/debug/deps/test");
            let name = format!(
                "{}onnxruntime{}",
                std::env::consts::DLL_PREFIX,
                std::env::consts::DLL_SUFFIX
            );
            target.join("native").join(name)
        });
    Runtime::load(&path).unwrap_or_else(|error| panic!("{error}; run `cargo xtask setup`"))
}
