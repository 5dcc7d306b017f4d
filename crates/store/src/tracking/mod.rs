//! What clients of the tracking API log: the same experiments and runs that are trained here, by other rules. A client
//! may go on with a run that ended, parameters are written once, and deleted things are still found by their ids.

mod artifacts;
mod assessments;
mod batch;
mod experiments;
mod import;
mod load;
mod logged_models;
pub(crate) mod queue;
mod runs;
mod search;
mod trace_load;
mod trace_search;
mod traces;

use crate::error::Error;

pub use import::{KnownRun, PutPoints, RunOrigin};
pub(crate) use runs::RUN_NAME_TAG;

/// Why a client's request was refused, where it must be told apart from other errors.
pub(crate) fn not_active(kind: &str, id: impl std::fmt::Display, state: &str) -> Error {
    Error::invalid(
        format!("the {kind} {id} must be in the 'active' state; it is {state}"),
        "restore it first",
    )
}
