//! Inference: which version a request means, whether its rows fit, and what the model says of them.
//!
//! ```text
//! choose   a reference -> a version, remembered until the registry changes
//! version  its breaker, its counts, and what of it is in memory
//! inputs, rows, json, table   a request -> checked columns and warnings
//! whole    a request -> checked tensors, for graphs that take no columns
//! latency  how long answers took
//! batch    one session, many requests
//! ask      all of it, with the fallback; what a host calls
//! ```
//!
//! Nothing here is asynchronous: a request that cannot go on says so, and its host comes back with a word.

mod arrow;
mod ask;
mod batch;
mod breaker;
mod choose;
mod inputs;
mod json;
mod latency;
mod rows;
mod shown;
mod table;
mod version;
mod whole;

#[cfg(test)]
mod tests;

pub use arrow::arrow_of;
pub use ask::{Pending, Progress, Question, RowsGiven, Work};
pub use batch::{Reply, Word};
pub use choose::Serving;
pub use json::JsonForm;
pub(crate) use json::sample_columns;
pub use shown::Description;
pub use table::{GivenColumn, GivenValues};
