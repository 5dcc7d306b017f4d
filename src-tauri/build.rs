//! Tauri's build step: checks the configuration and the capabilities.

fn main() {
    // The web files are embedded by a macro that cargo cannot see through: without this line a new
    // build of the user interface would not reach the executable.
    println!("cargo:rerun-if-changed=../ui/dist");
    tauri_build::build()
}
