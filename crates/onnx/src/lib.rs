//! Recipe and model to one ONNX graph; ONNX Runtime sessions; parity.
//!
//! ```text
//! export   FittedRecipe + core::Model -> bytes of an ONNX file: the saved model, there is no other format
//! Runtime  the ONNX Runtime library, loaded when asked for; Session answers from raw columns
//! compare  our own predictions beside a session's -> ParityReport
//! inspect  any ONNX file -> what it says of itself; graph: all of it, as it is drawn
//! mlmodel  the MLmodel file that lets Python's mlflow open an exported folder
//! ```

mod bounds;
mod compare;
mod error;
mod export;
mod graph;
mod inspect;
mod mlmodel;
mod proto;
mod reading;
mod runtime;
mod session;
mod tensor_values;

pub use compare::{compare, compare_adversarial, compare_all, compare_slices};
pub use error::Error;
pub use export::{About, Exported, export, output_names};
pub use graph::{graph, tensor_statistics};
pub use inspect::inspect;
pub use mlmodel::{MlModel, ml_model, requirements};
pub use runtime::Runtime;
pub use session::Session;
