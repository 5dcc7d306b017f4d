//! Who asks, and whether they may.

use assay_api::Denied;
use assay_core::access::Role;
use assay_core::serving::{Refusal, RefusalKind};
use axum::http::HeaderMap;

use crate::Shared;
use crate::guard::{self, Turned};

/// What somebody wants of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// See which models there are and what they take.
    Look,
    Predict,
    /// See how they fare.
    Measure,
}

/// The name of the client who asks; `None` where nobody needs one.
///
/// # Errors
/// [`RefusalKind::Unauthenticated`], [`RefusalKind::Forbidden`], [`RefusalKind::TooMany`].
pub fn who(shared: &Shared, headers: &HeaderMap, wish: Wish) -> Result<Option<String>, Refusal> {
    let needs = match wish {
        Wish::Look | Wish::Predict => Role::Predict,
        Wish::Measure => Role::Read,
    };
    guard::admit(shared, headers, needs).map_err(|turned| {
        let kind = match turned {
            Turned::Away(Denied::NoToken) => RefusalKind::Unauthenticated,
            Turned::Away(Denied::Role { .. }) => RefusalKind::Forbidden,
            Turned::Away(Denied::TooMany { .. }) => RefusalKind::TooMany,
            Turned::Failed(_) => RefusalKind::Failed,
        };
        Refusal::new(kind, turned.wrong())
            .with_hint("send a token of `assay token new` as `Authorization: Bearer TOKEN`")
    })
}
