//! Metrics on slices.
