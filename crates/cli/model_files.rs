//! `assay model verify DIR`, and what else is done with folders of versions.

use std::path::Path;
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::ids::NameError;
use assay_core::reference::Reference;
use assay_core::signing::{FolderReport, SigningSettings};
use assay_lab::{Cause, Error, Lab};

use crate::output::Output;

/// What a person wrote for a version.
pub fn reference(text: &str) -> Result<Reference, Error> {
    text.parse()
        .map_err(|error: NameError| Error::new(format!("find `{text}`"), Cause::from(error)))
}

/// With the keys of the lab where there is one; no lab is needed.
pub fn verify_folder(
    lab: &Path,
    folder: &str,
    key: &Option<String>,
    output: Output,
) -> Result<ExitCode, Error> {
    let folder = Path::new(folder);
    if !folder.is_dir() {
        return Err(Error::new(
            format!("verify `{}`", folder.display()),
            Cause::with_hint(
                Code::NotFound,
                "there is no such folder",
                "name the folder of a model version, or a model of the lab as `name@3`",
            ),
        ));
    }
    let report = match key {
        Some(key) => {
            let keys = SigningSettings {
                required: true,
                trusted: [("the key given".to_owned(), key.clone())].into(),
                ..SigningSettings::default()
            };
            assay_lab::verify_folder(folder, &keys)
        }
        None if lab.join("lab.db").is_file() => {
            Lab::open(lab, crate::environment("command line")?)?.verify_folder(folder)?
        }
        None => assay_lab::verify_folder(folder, &SigningSettings::default()),
    };
    output.result(&report, verified);
    Ok(if report.passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(Code::Precondition.exit_status())
    })
}

fn verified(report: &FolderReport) -> String {
    if !report.damaged.is_empty() {
        return format!(
            "{} is damaged: {}",
            report.folder,
            report.damaged.join(", ")
        );
    }
    let verdict = if report.passed {
        "verified"
    } else {
        "is refused"
    };
    format!(
        "{} {verdict}: {} files, checksums equal, {}",
        report.folder,
        report.n_files,
        report.signed.words()
    )
}
