//! What is remembered of a request once it was answered.

use assay_core::serving::Answered;

use crate::Shared;

/// Called once for every request that asked a model, refused ones too, after its answer was written.
pub fn answered(_shared: &Shared, answered: Answered) {
    // Its rows are of no use any more.
    drop(answered);
}
