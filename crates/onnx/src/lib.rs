//! Recipe and model to one ONNX graph; ONNX Runtime sessions; parity.
//!
//! ```text
//! export   FittedRecipe + core::Model -> bytes of an ONNX file: the saved model, there is no other format
//! Runtime  the ONNX Runtime library, loaded when asked for; Session answers from raw columns
//! compare  our own predictions beside a session's -> ParityReport
//! inspect  any ONNX file -> what it says of itself; graph: all of it, as it is drawn
//! wiring   how columns reach a graph that somebody else wrote; take_in: its constants from files beside it
//! mlmodel  the MLmodel file that lets Python's mlflow open an exported folder
//! ```

mod bounds;
mod compare;
mod diff;
mod error;
mod export;
mod external;
mod graph;
mod inspect;
mod mlmodel;
mod proto;
mod reading;
mod runtime;
mod session;
mod shrink;
mod tensor_values;
mod wiring;

pub use compare::{compare, compare_adversarial, compare_all, compare_slices};
pub use diff::{DiffSide, diff};
pub use error::Error;
pub use export::{About, Exported, export, output_names};
pub use external::{DataPart, take_in};
pub use graph::{graph, tensor_statistics};
pub use inspect::inspect;
pub use mlmodel::{MlModel, ml_model, requirements};
pub use runtime::Runtime;
pub use session::{Cells, Rows, Session};
pub use shrink::{Shrunk, prune, to_float16, to_int8};
pub use wiring::wiring;
