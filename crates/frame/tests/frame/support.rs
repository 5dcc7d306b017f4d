//! Files for tests and tasks that remember what they were told.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use assay_core::Task;
use assay_core::dataset::ImportOptions;
use assay_core::task::TaskEvent;
use assay_frame::{Error, Frame, read};
use tempfile::TempDir;

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(name)
}

pub fn penguins() -> Frame {
    read(
        &fixture("penguins.csv"),
        &ImportOptions::default(),
        &Task::silent(),
    )
    .unwrap()
}

/// The content as a file of that name, read.
pub fn read_as(
    name: &str,
    content: impl AsRef<[u8]>,
    options: &ImportOptions,
) -> (Result<Frame, Error>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    read_noting(&path, options)
}

pub fn read_noting(path: &Path, options: &ImportOptions) -> (Result<Frame, Error>, Vec<String>) {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&warnings);
    let task = Task::new(move |event| {
        if let TaskEvent::Warning { text } = event {
            noted.lock().unwrap().push(text.clone());
        }
    });
    let frame = read(path, options, &task);
    let warnings = warnings.lock().unwrap().clone();
    (frame, warnings)
}

/// A small table from CSV text.
pub fn table(csv: &str) -> Frame {
    read_as("table.csv", csv, &ImportOptions::default())
        .0
        .unwrap()
}
