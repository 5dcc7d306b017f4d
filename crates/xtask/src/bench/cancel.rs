//! How long every algorithm goes on after it was cancelled, were its process not ended as well.

use crate::error::Result;
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub const USAGE: &str = "[N_ROWS [ALGORITHM ...]]";

const RUN: [&str; 7] = [
    "run",
    "--release",
    "--package",
    "assay-learn",
    "--example",
    "cancel_latency",
    "--",
];

pub fn run(places: &Places, words: &[&str]) -> Result<()> {
    setup::run(places, Scope::Core)?;
    process::run(cargo(places).args(RUN).args(words))
}
