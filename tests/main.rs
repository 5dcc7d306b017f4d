//! The root package's integration tests, in one binary.

mod architecture;
mod cli;
mod http;
mod mlflow;
mod predictions;
mod serve;
mod server;
mod support;
