//! What the executable was started for.

use std::ffi::OsString;
use std::path::PathBuf;

const USAGE: &str = "usage: assay-desktop [--lab DIR]";

#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// The window, on a lab when one is named.
    Window { lab: Option<PathBuf> },
    /// One job, its order on stdin.
    Worker,
    /// The native plot window, its chart on stdin.
    Plot,
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// One sentence and the usage, for a command line that means nothing.
pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Start, String> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let words: Vec<&str> = arguments
        .iter()
        .map(|argument| argument.to_str().unwrap_or_default())
        .collect();
    match (words.as_slice(), arguments.get(1)) {
        ([], _) => Ok(Start::Window { lab: None }),
        (["worker"], _) => Ok(Start::Worker),
        (["plot"], _) => Ok(Start::Plot),
        (["--lab", _], Some(folder)) => Ok(Start::Window {
            lab: Some(PathBuf::from(folder)),
        }),
        (["--lab"], _) => Err(format!("cannot start: --lab names no folder\n{USAGE}")),
        _ => Err(format!(
            "cannot start: `{}` is not understood\n{USAGE}",
            words.join(" ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for() {
        let lab = |folder: &str| Start::Window {
            lab: Some(folder.into()),
        };
        for (words, expected) in [
            (&[][..], Some(Start::Window { lab: None })),
            (&["--lab", "my lab"], Some(lab("my lab"))),
            (&["--lab", "worker"], Some(lab("worker"))),
            (&["worker"], Some(Start::Worker)),
            (&["plot"], Some(Start::Plot)),
            (&["--lab"], None),
            (&["my-lab"], None),
            (&["worker", "--lab"], None),
        ] {
            let start = read(words.iter().map(OsString::from));
            assert_eq!(start.ok(), expected, "{words:?}");
        }
    }
}
