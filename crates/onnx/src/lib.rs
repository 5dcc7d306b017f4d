//! Recipe and model to one ONNX graph; ONNX Runtime sessions; parity.
//!
//! ```text
//! export   FittedRecipe + core::Model -> bytes of an ONNX file: the saved model, there is no other format
//! Runtime  the ONNX Runtime library, loaded when asked for; Session answers from raw columns
//! compare  our own predictions beside a session's -> ParityReport
//! inspect  any ONNX file -> what it says of itself
//! mlmodel  the MLmodel file that lets Python's mlflow open an exported folder
//! ```

mod compare;
mod error;
mod export;
mod inspect;
mod mlmodel;
mod proto;
mod runtime;
mod session;

pub use compare::compare;
pub use error::Error;
pub use export::{About, Exported, export, output_names};
pub use inspect::inspect;
pub use mlmodel::{MlModel, ml_model, requirements};
pub use runtime::Runtime;
pub use session::Session;
