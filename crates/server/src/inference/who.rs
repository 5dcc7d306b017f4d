//! Who asks, and whether they may.

use assay_core::serving::{Refusal, RefusalKind};
use axum::http::HeaderMap;

use crate::{Shared, guard};

/// What somebody wants of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// See which models there are and what they take.
    Look,
    Predict,
}

/// The name of the one who asks; `None` where nobody needs one. Where the owner named a token it is needed here, too;
/// without one everybody on this computer may, as they may read the lab's folder anyhow.
///
/// # Errors
/// [`RefusalKind::Unauthenticated`].
pub fn who(shared: &Shared, headers: &HeaderMap, _wish: Wish) -> Result<Option<String>, Refusal> {
    if shared.open_page || guard::holds_token(shared, headers) {
        return Ok(None);
    }
    Err(Refusal::new(
        RefusalKind::Unauthenticated,
        "the request holds no valid token",
    )
    .with_hint("send it as `Authorization: Bearer TOKEN`"))
}
