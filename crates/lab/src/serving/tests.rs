//! What the readers make of requests, and gathered answers beside single ones.
