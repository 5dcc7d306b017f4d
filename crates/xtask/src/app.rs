//! `app`: the desktop application as users get it, the web front end inside the executable.

use crate::error::Result;
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope};

pub fn run(places: &Places) -> Result<()> {
    setup::run(places, Scope::Window)?;
    setup::web::build(places)?;
    process::run(cargo(places).args(["build", "--release", "--package", "assay-desktop"]))?;
    println!(
        "{}",
        places.executable("release", "assay-desktop").display()
    );
    Ok(())
}
