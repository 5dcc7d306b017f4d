//! The Python whose pip fetches wheels. Nothing is installed into it.

use std::process::Command;

use crate::process;

/// The first Python that has pip. /usr/bin is tried by name because a version manager's Python, first on the
/// PATH, may have none where the system's has.
pub fn with_pip() -> Option<&'static str> {
    ["python3", "/usr/bin/python3", "python"]
        .into_iter()
        .find(|name| process::succeeds(Command::new(name).args(["-m", "pip", "--version"])))
}
