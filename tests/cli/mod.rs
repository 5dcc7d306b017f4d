//! `assay` as a person or a script uses it.

mod bad_input;
mod chain;
mod electricity;
mod expect;
mod jobs;
mod kill;
mod versions;
