//! The key store of the system: Keychain, Credential Manager, or the Secret Service that desktops of Linux have.

use std::sync::Mutex;
use std::sync::PoisonError;

use assay_core::code::Code;
use keyring_core::{Entry, get_default_store, set_default_store};

use crate::error::Cause;

const SERVICE: &str = "assay";
const ACCOUNT: &str = "signing key";

/// Invariant: opened once in a process.
static OPENING: Mutex<()> = Mutex::new(());

/// # Errors
/// When there is a key already: versions may rely on it.
pub fn keep(secret: &str) -> Result<(), Cause> {
    let entry = entry()?;
    match entry.get_password() {
        Err(keyring_core::Error::NoEntry) => entry.set_password(secret).map_err(trouble),
        Ok(_) => Err(Cause::with_hint(
            Code::Conflict,
            "the key store of the system holds a key of Assay already",
            "use that one: write `key = \"system\"` under [signing] in assay.toml; or make a key in a file: `assay key new --file FILE`",
        )),
        Err(error) => Err(trouble(error)),
    }
}

pub fn read() -> Result<String, Cause> {
    match entry()?.get_password() {
        Ok(secret) => Ok(secret),
        Err(keyring_core::Error::NoEntry) => Err(Cause::with_hint(
            Code::NotFound,
            "the key store of the system holds no key of Assay",
            "make one with `assay key new`, or take `key` out of [signing] in assay.toml",
        )),
        Err(error) => Err(trouble(error)),
    }
}

fn entry() -> Result<Entry, Cause> {
    let _one_at_a_time = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    if get_default_store().is_none() {
        set_default_store(open()?);
    }
    Entry::new(SERVICE, ACCOUNT).map_err(trouble)
}

#[cfg(target_os = "linux")]
fn open() -> Result<std::sync::Arc<keyring_core::api::CredentialStore>, Cause> {
    let store = dbus_secret_service_keyring_store::Store::new().map_err(trouble)?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn open() -> Result<std::sync::Arc<keyring_core::api::CredentialStore>, Cause> {
    let store = apple_native_keyring_store::keychain::Store::new().map_err(trouble)?;
    Ok(store)
}

#[cfg(target_os = "windows")]
fn open() -> Result<std::sync::Arc<keyring_core::api::CredentialStore>, Cause> {
    let store = windows_native_keyring_store::Store::new().map_err(trouble)?;
    Ok(store)
}

fn trouble(error: keyring_core::Error) -> Cause {
    Cause::with_hint(
        Code::Unsupported,
        format!("the key store of the system cannot be used: {error}"),
        "unlock it, or keep the key in a file: `assay key new --file FILE`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_kept_once_and_comes_back() {
        set_default_store(keyring_core::mock::Store::new().unwrap());
        assert_eq!(read().err().map(|cause| cause.code()), Some(Code::NotFound));
        keep("secret").unwrap();
        assert_eq!(read().unwrap(), "secret");
        let again = keep("another").err().map(|cause| cause.code());
        assert_eq!(
            (again, read().unwrap()),
            (Some(Code::Conflict), "secret".to_owned())
        );
    }
}
