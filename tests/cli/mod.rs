//! `assay` as a person or a script uses it.

mod algorithms;
mod archive;
mod around;
mod bad_input;
mod card;
mod chain;
mod diff;
mod electricity;
mod expect;
mod export;
mod gates;
mod import;
mod jobs;
mod kill;
mod model_diff;
mod model_import;
mod no_target;
mod parity;
mod recipes;
mod run_import;
mod run_log;
mod runs;
mod signing;
mod training;
mod versions;
mod watch;
