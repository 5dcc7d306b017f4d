//! Files of suites and of results.

use std::path::Path;

use assay_core::code::Code;
use assay_core::expect::CheckReport;
use assay_core::suites::SuiteFormat;
use assay_lab::{Cause, Error, suites};

pub fn name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

pub fn read(path: &Path) -> Result<String, Error> {
    let attempted = || format!("read the suite {}", name(path));
    let bytes =
        std::fs::read(path).map_err(|error| Error::new(attempted(), Cause::io(path, error)))?;
    String::from_utf8(bytes).map_err(|_| {
        let cause = Cause::with_hint(
            Code::Invalid,
            "it is not text in UTF-8",
            "begin with a file that `assay expect export` writes",
        );
        Error::new(attempted(), cause)
    })
}

pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text)
        .map_err(|error| Error::new(format!("write {}", name(path)), Cause::io(path, error)))
}

/// By the ending of the name.
pub fn format(path: &Path, gx0: bool) -> Result<SuiteFormat, Error> {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    match (ending.as_deref().and_then(|ending| ending.to_str()), gx0) {
        (Some("toml"), false) => Ok(SuiteFormat::Toml),
        (Some("json"), false) => Ok(SuiteFormat::GreatExpectations),
        (Some("json"), true) => Ok(SuiteFormat::GreatExpectations0),
        _ => Err(Error::new(
            format!("export a suite as {}", name(path)),
            Cause::with_hint(
                Code::Invalid,
                "its ending does not say which form it should have",
                "name it .toml to edit it, or .json for Great Expectations",
            ),
        )),
    }
}

pub fn write_junit(report: &CheckReport, path: &Path) -> Result<(), Error> {
    let xml = suites::to_junit(report).map_err(|error| {
        let cause = Cause::said(Code::Bug, error.to_string());
        Error::new(format!("write {}", name(path)), cause)
    })?;
    write(path, &xml)
}
