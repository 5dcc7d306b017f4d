//! The WebDriver that desktop tests speak to. Kept in the target folder, not in the user's cargo folder.

use std::path::PathBuf;

use crate::error::Result;
use crate::places::Places;
use crate::process::{self, cargo};

const VERSION: &str = "2.1.0";

/// Where the driver is, once it is installed.
pub fn path(places: &Places) -> PathBuf {
    places
        .tools()
        .join("bin")
        .join(format!("tauri-driver{}", std::env::consts::EXE_SUFFIX))
}

/// Builds the driver, unless it is there. macOS has no WebDriver for windows like ours.
pub fn install(places: &Places) -> Result<()> {
    if cfg!(target_os = "macos") || path(places).is_file() {
        return Ok(());
    }
    println!("setup: building tauri-driver {VERSION}");
    process::run(
        cargo(places)
            .args(["install", "tauri-driver", "--locked", "--debug", "--quiet"])
            .args(["--version", &format!("={VERSION}"), "--root"])
            .arg(places.tools())
            // its own short-lived folder: nothing it compiles is shared with ours
            .env_remove("CARGO_TARGET_DIR"),
    )
}
