//! What Assay talks about: documents, ids, and the mathematics on slices.
//!
//! Invariant: nothing here reads a file, a clock, the environment or a source of randomness; time and seeds are
//! passed in. Every document derives serde and is at once what is stored and what goes over the wire.

pub mod access;
pub mod adversarial;
pub mod alert;
pub mod ask;
pub mod assessment;
pub mod bulk;
pub mod chart;
pub mod code;
pub mod curves;
pub mod dataset;
pub mod drift;
pub mod eigen;
pub mod event;
pub mod exchange;
pub mod expect;
pub mod gate;
pub mod ids;
pub mod imported_model;
pub mod imports;
pub mod job;
pub mod lab;
pub mod leakage;
pub mod lineage;
pub mod matrix;
pub mod metrics;
pub mod model;
pub mod model_diff;
pub mod onnx_graph;
pub mod parity;
pub mod preview;
pub mod profile;
pub mod query;
pub mod recipe;
pub mod recipes;
pub mod reference;
pub mod registered;
pub mod registry;
pub mod replay;
pub mod reproduction;
pub mod result;
pub mod run;
pub mod run_table;
pub mod schema;
pub mod scoring;
pub mod serving;
pub mod signing;
pub mod sketch;
pub mod split;
pub mod suites;
pub mod task;
pub mod tensor;
pub mod trace;
pub mod tracking;
pub mod train;
pub mod variants;
pub mod version_diff;
pub mod watch;
pub mod words;

pub use code::Code;
pub use ids::{DatasetName, ExperimentName, JobId, ModelName, ObjectHash, ReplayId, RunId};
pub use matrix::{Columns, Matrix, RawColumn, RawValues, Target};
pub use task::{Cancelled, Progress, Task};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type TimestampMs = i64;
