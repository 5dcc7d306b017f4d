//! The lab folder from outside: what is promised of it, killed processes and full disks included.

mod audit;
mod datasets;
mod doctor;
mod jobs;
mod lifecycle;
mod metrics;
mod models;
mod objects;
mod processes;
mod queries;
mod runs;
mod support;
mod trash;
