//! The lab folder from outside: what is promised of it, killed processes and full disks included.
//!
//! `cfg(test)` tells clippy that the helpers are tests, too.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod bulk;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod curves;
#[cfg(test)]
mod datasets;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod expectations;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod log_queue;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod migration;
#[cfg(test)]
mod models;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod recipes;
#[cfg(test)]
mod rollback;
#[cfg(test)]
mod run_search;
#[cfg(test)]
mod run_table;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod sqlite_file;
#[cfg(test)]
mod support;
#[cfg(test)]
mod trash;
#[cfg(test)]
mod watches;
