//! Everything a bare machine lacks: system packages, the web front end's packages, native libraries.

pub mod lightgbm;
pub mod mlflow_client;
pub mod onnxruntime;
pub mod packages;
pub mod python;
pub mod python_packages;
pub mod system;
pub mod web;
pub mod wheel;

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
    onnxruntime::RELEASE.install(places, &places.onnxruntime())?;
    lightgbm::RELEASE.install(places, &places.lightgbm())?;
    if scope == Scope::Test {
        python_packages::install(places)?;
        mlflow_client::install(places)?;
    }
    web::install(places)
}
