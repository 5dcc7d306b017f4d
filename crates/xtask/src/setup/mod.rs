//! Everything a bare machine lacks: system packages, the web front end's packages, ONNX Runtime.

pub mod onnxruntime;
pub mod packages;
pub mod python;
pub mod python_packages;
pub mod system;
pub mod web;

use crate::error::Result;
use crate::places::Places;
use packages::Group;

/// What a task is going to do, and therefore needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Build and run the command line and the web front end.
    Core,
    /// Build and open the desktop window as well.
    Window,
    /// Run every test.
    Test,
}

/// Puts in place what `scope` needs and is not there yet; does nothing when nothing is missing.
pub fn run(places: &Places, scope: Scope) -> Result<()> {
    packages::install(match scope {
        Scope::Core => &[Group::Build],
        Scope::Window => &[Group::Build, Group::Window],
        Scope::Test => &[Group::Build, Group::Window, Group::Test],
    })?;
    onnxruntime::install(places)?;
    if scope == Scope::Test {
        python_packages::install(places)?;
    }
    web::install(places)
}
