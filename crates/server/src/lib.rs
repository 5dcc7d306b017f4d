//! axum: the wire and the UI for browsers
