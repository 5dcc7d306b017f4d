//! Where LightGBM's library is, and the one that this process loaded.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::ffi::Library;
use crate::Error;

/// Where the library may be, best first.
static PLACES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Invariant: once loaded it stays, since the library's threads cannot be taken back.
static LOADED: OnceLock<Library> = OnceLock::new();

/// The library's file name on this system.
pub fn file_name() -> &'static str {
    if cfg!(target_os = "windows") {
        "lib_lightgbm.dll"
    } else if cfg!(target_os = "macos") {
        "lib_lightgbm.dylib"
    } else {
        "lib_lightgbm.so"
    }
}

/// Says where the library may be, best first. Nothing is loaded before something is trained with it.
pub fn look_in(places: Vec<PathBuf>) {
    *PLACES.lock().unwrap_or_else(PoisonError::into_inner) = places;
}

/// The version of the library that would be loaded, as the file `lightgbm-VERSION.txt` beside it says. `None` when
/// there is no library.
pub fn version() -> Option<String> {
    let beside = found()?.with_file_name("lightgbm-VERSION.txt");
    let text = fs::read_to_string(beside).unwrap_or_else(|_| "unknown".to_owned());
    Some(text.trim().to_owned())
}

/// # Errors
/// [`Error::Library`].
pub fn library() -> Result<&'static Library, Error> {
    if let Some(library) = LOADED.get() {
        return Ok(library);
    }
    let path = found().ok_or_else(|| Error::Library("there is none".to_owned()))?;
    let library = load(&path)?;
    Ok(LOADED.get_or_init(|| library))
}

fn load(path: &Path) -> Result<Library, Error> {
    Library::load(path).map_err(|reason| {
        Error::Library(format!("`{}` cannot be loaded: {reason}", path.display()))
    })
}

fn found() -> Option<PathBuf> {
    let places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    places.iter().find(|place| place.is_file()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_library_is_named() {
        let here = std::env::current_exe().unwrap();
        let text = here.with_file_name("not-a-library.txt");
        fs::write(&text, "not a library").unwrap();
        let error = load(&text).err().unwrap();
        assert!(error.to_string().contains("not-a-library.txt"), "{error}");
        assert!(error.hint().unwrap().contains("cargo xtask setup"));
    }
}
