//! Drift that no column shows alone: of how the columns hang together.

mod comoments;
mod correlation;
mod domain;
mod encoding;
mod ordinary;
mod reconstruction;
mod sample;

pub use comoments::CoMoments;
pub use correlation::{CorrelationChange, CorrelationReference, CorrelationTally, PairChange};
pub use domain::{
    DOMAIN_LIMITS, DomainFold, DomainReference, DomainVerdict, MAX_DOMAIN_ROWS, judge_domain,
};
pub use encoding::{EncodedColumn, EncodedKind, RowCodes, RowEncoding, UNSEEN};
pub use ordinary::{JudgedBy, Variation, WindowLimits};
pub use reconstruction::{PcaReference, Reconstruction, ReconstructionTally};
pub use sample::{Drawn, MAX_SAMPLE_ROWS, RowSample, draw};

use crate::task::Cancelled;

/// Why a multivariate reference cannot be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MultivariateError {
    #[error(
        "drift over several columns needs reference rows of two columns or more, and there are {n_rows} rows of {n_columns}; add columns or rows"
    )]
    TooSmall { n_rows: usize, n_columns: usize },
    #[error(
        "column `{column}` has {found} rows and the others {n_rows}; they must be the same rows"
    )]
    Lengths {
        column: String,
        found: usize,
        n_rows: usize,
    },
    #[error("the work was cancelled")]
    Cancelled(#[from] Cancelled),
}
