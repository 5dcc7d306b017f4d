//! The secret key of whoever uses the lab.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use assay_core::code::Code;
use assay_core::signing::{SYSTEM_KEY, SigningSettings};
use minisign::{SecretKey, SecretKeyBox};

use super::{key_store, key_trouble};
use crate::Lab;
use crate::error::Cause;

pub struct Own {
    pub secret: SecretKey,
    /// In words.
    pub place: String,
}

/// The key of the file that `ASSAY_SIGNING_KEY` names, else the one that the settings name.
pub fn find(lab: &Lab, settings: &SigningSettings) -> Result<Option<Own>, Cause> {
    let named = &lab.environment().signing_key;
    match (named, settings.key.as_deref()) {
        (Some(file), _) => of_file(lab, file).map(Some),
        (None, Some(SYSTEM_KEY)) => {
            let secret = SecretKeyBox::from(key_store::read()?)
                .into_unencrypted_secret_key()
                .map_err(key_trouble)?;
            Ok(Some(Own {
                secret,
                place: "the key store of the system".to_owned(),
            }))
        }
        (None, Some(file)) => of_file(lab, Path::new(file)).map(Some),
        (None, None) => Ok(None),
    }
}

/// Writes a key into a new file that only its owner reads; returns its whole path.
pub fn write_file(lab: &Lab, file: &Path, text: &str) -> Result<PathBuf, Cause> {
    refuse_inside(lab, file)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(file)
        .and_then(|mut written| {
            written.write_all(text.as_bytes())?;
            written.sync_all()
        })
        .map_err(|error| Cause::io(file, error))?;
    std::fs::canonicalize(file).map_err(|error| Cause::io(file, error))
}

fn of_file(lab: &Lab, file: &Path) -> Result<Own, Cause> {
    refuse_inside(lab, file)?;
    let text = std::fs::read_to_string(file).map_err(|error| Cause::io(file, error))?;
    let stored = SecretKeyBox::from(text);
    let secret = match &lab.environment().signing_password {
        Some(password) => stored.into_secret_key(Some(password.clone())),
        None => stored.into_unencrypted_secret_key(),
    };
    let secret = secret.map_err(|error| {
        Cause::with_hint(
            Code::Invalid,
            format!("the key in {} cannot be used: {error}", file.display()),
            "name a secret key of minisign; one with a password needs it in ASSAY_SIGNING_PASSWORD",
        )
    })?;
    Ok(Own {
        secret,
        place: file.display().to_string(),
    })
}

/// Labs are copied, shared and kept under version control.
fn refuse_inside(lab: &Lab, file: &Path) -> Result<(), Cause> {
    if !lab.is_inside(file) {
        return Ok(());
    }
    Err(Cause::with_hint(
        Code::Invalid,
        format!(
            "the file {} lies in the lab, and a secret key must not",
            file.display()
        ),
        "name a file elsewhere",
    ))
}
