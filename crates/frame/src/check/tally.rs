//! What a rule on rows counts.

use serde_json::Value;

/// Counts, and the first rows that break the rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) n_checked: u64,
    pub(super) n_missing: u64,
    pub(super) n_unexpected: u64,
    /// The 0-based rows of the whole and their values, ascending.
    pub(super) named: Vec<(u64, Value)>,
}

impl Tally {
    /// `named` holds at most `max_named` of both.
    pub(super) fn merge(&mut self, later: Self, max_named: usize) {
        self.n_checked += later.n_checked;
        self.n_missing += later.n_missing;
        self.n_unexpected += later.n_unexpected;
        let free = max_named.saturating_sub(self.named.len());
        self.named.extend(later.named.into_iter().take(free));
    }

    /// Every row was compared, and these did not hold.
    pub(super) fn unexpected(&mut self, row: u64, max_named: usize, value: impl FnOnce() -> Value) {
        self.n_unexpected += 1;
        if self.named.len() < max_named {
            self.named.push((row, value()));
        }
    }
}
