//! Who did something and when: what every change of a person carries into the audit log.

use assay_core::TimestampMs;

/// Passed in, because the store knows no clock and no user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act<'a> {
    /// `command line`, `window`, `browser`, `worker`, `client`
    pub actor: &'a str,
    pub at_ms: TimestampMs,
}

impl<'a> Act<'a> {
    pub fn new(actor: &'a str, at_ms: TimestampMs) -> Self {
        Self { actor, at_ms }
    }
}
