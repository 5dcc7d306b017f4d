//! What is remembered of a request once it was answered.

use assay_core::serving::{Answered, Protocol};

use crate::Shared;

/// Called once for every request that asked a model, refused ones too, after its answer was written.
pub fn answered(shared: &Shared, answered: Answered) {
    shared.meters.answered(&answered);
    // What a person tries is no traffic.
    if answered.protocol != Protocol::Command
        && let Some(log) = &shared.prediction_log
    {
        log.put(answered);
    }
}
