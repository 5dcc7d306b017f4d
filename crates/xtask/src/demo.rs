//! `demo`: the whole chain on the sample data, then the window on the lab it left.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::error::{Error, Result, io as at};
use crate::places::Places;
use crate::process::{self, cargo};
use crate::setup::{self, Scope, system};

#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// Where the lab is made; in the target folder when not given.
    pub folder: Option<PathBuf>,
    /// Whether the window may open.
    pub window: bool,
}

impl Options {
    pub fn parse(words: &[&str]) -> Result<Options> {
        let mut options = Options {
            folder: None,
            window: true,
        };
        for word in words {
            match *word {
                "--no-window" => options.window = false,
                word if word.starts_with('-') => {
                    return Err(Error::Usage(format!(
                        "cannot run the demo: no option `{word}`"
                    )));
                }
                word if options.folder.is_none() => options.folder = Some(word.into()),
                _ => {
                    return Err(Error::Usage(
                        "cannot run the demo: more than one folder".into(),
                    ));
                }
            }
        }
        Ok(options)
    }
}

pub fn run(places: &Places, options: Options) -> Result<()> {
    let window = options.window && system::has_display();
    println!("building into {}", places.target.display());
    setup::run(places, if window { Scope::Window } else { Scope::Core })?;
    setup::web::build(places)?;

    // One cargo run for both executables, so that what they share is compiled once, with one set of features.
    let mut build = cargo(places);
    build.args(["build", "--package", "assay"]);
    if window {
        build.args(["--package", "assay-desktop"]);
    }
    process::run(&mut build)?;

    let folder = match options.folder {
        Some(folder) => folder,
        None => fresh_default(places)?,
    };
    process::run(
        Command::new(places.executable("debug", "assay"))
            .arg("demo")
            .arg(&folder),
    )?;
    if window {
        process::run(
            Command::new(places.executable("debug", "assay-desktop"))
                .arg("--lab")
                .arg(&folder),
        )?;
    }
    Ok(())
}

/// The demo's own folder, emptied of the lab an earlier demo left there and of nothing else.
fn fresh_default(places: &Places) -> Result<PathBuf> {
    let folder = places.target.join("demo-lab");
    if folder.join("lab.db").is_file() {
        fs::remove_dir_all(&folder).map_err(at("remove", &folder))?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_a_folder_and_no_window_in_any_order() {
        for (words, folder, window) in [
            (&[][..], None, true),
            (&["--no-window"], None, false),
            (&["here"], Some("here"), true),
            (&["--no-window", "here"], Some("here"), false),
            (&["here", "--no-window"], Some("here"), false),
        ] {
            let expected = Options {
                folder: folder.map(PathBuf::from),
                window,
            };
            assert_eq!(Options::parse(words).unwrap(), expected);
        }
        for words in [&["--window"][..], &["one", "two"]] {
            assert_eq!(Options::parse(words).unwrap_err().exit_code(), 2);
        }
    }

    #[test]
    fn only_a_lab_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            root: folder.path().into(),
            ui: folder.path().join("ui"),
            target: folder.path().into(),
        };
        let lab = folder.path().join("demo-lab");
        fs::create_dir(&lab).unwrap();
        fs::write(lab.join("mine.txt"), "kept").unwrap();
        assert_eq!(fresh_default(&places).unwrap(), lab);
        assert!(lab.join("mine.txt").is_file());
        fs::write(lab.join("lab.db"), "").unwrap();
        fresh_default(&places).unwrap();
        assert!(!lab.exists());
    }
}
