//! The ONNX Runtime library, loaded at run time from a file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use ort::environment::Environment;
use ort::logging::LogLevel;

use crate::error::Error;
use crate::session::Session;

/// A loaded ONNX Runtime. Cheap to clone; there is one library in a process.
#[derive(Debug, Clone)]
pub struct Runtime(Arc<Loaded>);

#[derive(Debug)]
struct Loaded {
    environment: Environment,
    path: PathBuf,
    version: OnceLock<String>,
}

/// Invariant: holds the one runtime of the process once it was loaded; ONNX Runtime cannot be unloaded.
static LOADED: Mutex<Option<Runtime>> = Mutex::new(None);

impl Runtime {
    /// Loads the library at `path`; needs ONNX Runtime 1.23 or newer. Loading the same file again returns the
    /// runtime that is there. It sends no telemetry.
    ///
    /// # Errors
    /// [`Error::NoLibrary`], [`Error::Load`] (no library, or too old), and [`Error::LoadedElsewhere`] when this
    /// process holds the library of another file.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let path = fs::canonicalize(path).map_err(|_| Error::NoLibrary(path.to_path_buf()))?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        match loaded.as_ref() {
            Some(runtime) if runtime.0.path == path => Ok(runtime.clone()),
            Some(runtime) => Err(Error::LoadedElsewhere(runtime.0.path.clone())),
            None => {
                let failed = |reason: String| Error::Load {
                    path: path.clone(),
                    reason,
                };
                let environment = ort::init_from(&path)
                    .map_err(|error| failed(error.to_string()))?
                    .with_name("assay")
                    .with_telemetry(false)
                    .build()
                    .map_err(|error| failed(error.to_string()))?;
                // Its warnings speak to authors of graphs; what fails comes back as an error.
                environment.set_log_level(LogLevel::Fatal);
                let runtime = Self(Arc::new(Loaded {
                    environment,
                    path,
                    version: OnceLock::new(),
                }));
                *loaded = Some(runtime.clone());
                Ok(runtime)
            }
        }
    }

    /// `1.31.1`; `1.31` when the library does not show its patch number.
    pub fn version(&self) -> String {
        self.0
            .version
            .get_or_init(|| read_version(&self.0.path))
            .clone()
    }

    /// A session on one thread, which is the fastest for a row and for small graphs.
    ///
    /// # Errors
    /// [`Error::NotOnnx`], [`Error::Graph`].
    pub fn session(&self, bytes: &[u8]) -> Result<Session, Error> {
        self.session_with_threads(bytes, 1)
    }

    /// A session whose operators may use `n_threads` threads (0: one per core). Idle threads sleep.
    ///
    /// # Errors
    /// [`Error::NotOnnx`], [`Error::Graph`].
    pub fn session_with_threads(&self, bytes: &[u8], n_threads: usize) -> Result<Session, Error> {
        Session::open(&self.0.environment, bytes, n_threads)
    }

    /// A session for many rows at once: it walks the trees of a graph itself, on up to `n_threads` threads, and answers
    /// what [`Self::session`] does. It takes the memory of two.
    ///
    /// # Errors
    /// [`Error::NotOnnx`], [`Error::Graph`].
    pub fn session_for_many(&self, bytes: &[u8], n_threads: usize) -> Result<Session, Error> {
        Session::open_for_many(&self.0.environment, bytes, n_threads.max(1))
    }
}

/// The binding tells the minor version alone; the whole one stands in the library as a text of its own.
fn read_version(path: &Path) -> String {
    let Some(minor) = ort::util::probe(path) else {
        return "unknown".to_owned();
    };
    let short = format!("1.{minor}");
    fs::read(path)
        .ok()
        .and_then(|bytes| full_version(&bytes, &short))
        .unwrap_or(short)
}

fn full_version(bytes: &[u8], short: &str) -> Option<String> {
    bytes.split(|&byte| byte == 0).find_map(|text| {
        let patch = text.strip_prefix(short.as_bytes())?.strip_prefix(b".")?;
        let is_number = (1..=3).contains(&patch.len()) && patch.iter().all(u8::is_ascii_digit);
        is_number.then(|| String::from_utf8_lossy(text).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_found_between_other_texts() {
        let cases: [(&[&str], Option<&str>); 4] = [
            (&["VERS_1.31.1", "1.3", "1.31.1", "x"], Some("1.31.1")),
            (&["", "1.31.12", ""], Some("1.31.12")),
            (&["1.31.x", "1.31.", "1.31"], None),
            (&["1.30.1", "11.31.1"], None),
        ];
        for (texts, expected) in cases {
            let library = texts.join("\0");
            assert_eq!(
                full_version(library.as_bytes(), "1.31").as_deref(),
                expected
            );
        }
    }

    #[test]
    fn a_library_that_is_not_there_is_named() {
        let error = Runtime::load(Path::new("no/such/libonnxruntime.so"));
        assert!(
            matches!(error, Err(Error::NoLibrary(path)) if path.ends_with("libonnxruntime.so"))
        );
    }
}
