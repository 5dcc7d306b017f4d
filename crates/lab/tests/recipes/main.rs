//! The default recipe on files of all kinds, and that nothing of a fit depends on the rows that test it.

#[cfg(test)]
mod files;
#[cfg(test)]
mod poison;

/// A table as it is read from a file with this text.
#[cfg(test)]
fn table(csv: &str) -> assay_frame::Frame {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, csv).unwrap();
    let options = assay_core::dataset::ImportOptions::default();
    assay_frame::read(&path, &options, &assay_core::Task::silent()).unwrap()
}
