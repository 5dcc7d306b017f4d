//! `assay` as a person or a script uses it.

mod algorithms;
mod around;
mod bad_input;
mod chain;
mod diff;
mod electricity;
mod expect;
mod export;
mod import;
mod jobs;
mod kill;
mod no_target;
mod recipes;
mod training;
mod versions;
mod watch;
