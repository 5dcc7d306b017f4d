//! Signatures of versions: minisign's format, over CHECKSUMS, with a key that is never in the lab.

mod key_store;
mod own_key;
mod verify;

use std::path::Path;

use assay_core::code::Code;
use assay_core::ids::check_name;
use assay_core::reference::Reference;
use assay_core::registry::VersionKey;
use assay_core::signing::{
    FolderReport, NewKey, OwnKey, SYSTEM_KEY, SignatureReport, SigningKeys, SigningSettings,
    TrustKey, TrustedKey,
};
use assay_store::{CHECKSUMS, ReadFolder, SIGNATURE};
use minisign::{PublicKey, PublicKeyBox, SecretKey};

use crate::error::{Attempt, Cause};
use crate::intact::read_model;
use crate::{Error, Lab};

/// The name of a lab's own key among those that it trusts.
const OWN: &str = "own";

impl Lab {
    /// The key that new versions are signed with, and those that the lab trusts.
    pub fn signing_keys(&self) -> Result<SigningKeys, Error> {
        self.keys()
            .attempt(|| "show the keys of the lab".to_owned())
    }

    /// Makes a key, in the system's key store or in a file outside of the lab; new versions are signed with it from now
    /// on, and the lab trusts it.
    pub fn new_signing_key(&self, new: &NewKey) -> Result<SigningKeys, Error> {
        self.make_key(new)
            .attempt(|| "make a key for signatures".to_owned())
    }

    /// Believes the signatures of a key.
    pub fn trust_key(&self, trust: &TrustKey) -> Result<SigningKeys, Error> {
        self.add_trusted(&trust.name, &trust.public_key)
            .and_then(|()| self.keys())
            .attempt(|| format!("trust the key of `{}`", trust.name))
    }

    /// Checks a folder of a model version that may lie outside of the lab, as the lab's keys see it.
    pub fn verify_folder(&self, folder: &Path) -> Result<FolderReport, Error> {
        let settings = self.store.settings();
        let settings = settings.attempt(|| format!("verify {}", folder.display()))?;
        Ok(verify_folder(folder, &settings.signing))
    }

    /// Signs a version anew with the lab's key.
    pub fn sign_model(&self, model: &Reference) -> Result<SignatureReport, Error> {
        self.sign_version(model)
            .attempt(|| format!("sign `{model}`"))
    }

    /// A signature of the sums, when the lab has a key.
    pub(crate) fn signature_of(
        &self,
        key: &VersionKey,
        sums: &str,
    ) -> Result<Option<String>, Cause> {
        let settings = self.store.settings()?.signing;
        let Some(own) = own_key::find(self, &settings)? else {
            return Ok(None);
        };
        self.sign_with(&own.secret, key, sums).map(Some)
    }

    /// What is to be said of the signature of a folder that was read.
    pub(crate) fn judge_signature(&self, read: &ReadFolder) -> Result<SignatureReport, Cause> {
        let settings = self.store.settings()?.signing;
        Ok(verify::report(
            &settings,
            &read.sums,
            read.signature.as_deref(),
        ))
    }

    /// For the page of a version: of the signature alone, for the page reads no other file.
    pub(crate) fn signature_shown(&self, key: &VersionKey) -> Result<SignatureReport, Cause> {
        let folder = self.store.registry_path(key)?;
        let settings = self.store.settings()?.signing;
        let sums = std::fs::read(folder.join(CHECKSUMS)).unwrap_or_default();
        let signature = std::fs::read(folder.join(SIGNATURE)).ok();
        let signature = signature.map(|bytes| String::from_utf8(bytes).unwrap_or_default());
        Ok(verify::report(&settings, &sums, signature.as_deref()))
    }

    fn sign_with(&self, secret: &SecretKey, key: &VersionKey, sums: &str) -> Result<String, Cause> {
        let seconds = self.environment.now_ms() / 1_000;
        let trusted = format!("timestamp:{seconds}\tfile:{CHECKSUMS}\thashed\tversion:{key}");
        let untrusted = format!("signature of {key} by Assay");
        let signed = minisign::sign(
            None,
            secret,
            sums.as_bytes(),
            Some(&trusted),
            Some(&untrusted),
        );
        Ok(signed.map_err(key_trouble)?.into_string())
    }

    fn sign_version(&self, model: &Reference) -> Result<SignatureReport, Cause> {
        let key = self.store.any_version(model)?.key();
        let settings = self.store.settings()?.signing;
        let own = own_key::find(self, &settings)?.ok_or_else(|| {
            Cause::with_hint(
                Code::Precondition,
                "the lab has no key to sign with",
                "make one with `assay key new`, or name its file in ASSAY_SIGNING_KEY",
            )
        })?;
        let sums = self.store.registry_file(&key, CHECKSUMS)?;
        let sums = std::fs::read_to_string(&sums).map_err(|error| Cause::io(&sums, error))?;
        let signature = self.sign_with(&own.secret, &key, &sums)?;
        self.store.sign_registry(&key, &signature, self.act())?;
        Ok(verify::report(&settings, sums.as_bytes(), Some(&signature)))
    }

    fn keys(&self) -> Result<SigningKeys, Cause> {
        let settings = self.store.settings()?.signing;
        let own = own_key::find(self, &settings)?;
        let own = own
            .map(|own| {
                let public = PublicKey::from_secret_key(&own.secret).map_err(key_trouble)?;
                Ok::<_, Cause>(OwnKey {
                    key_id: verify::key_id(public.keynum()),
                    public_key: public.to_base64(),
                    place: own.place,
                })
            })
            .transpose()?;
        let trusted = settings
            .trusted
            .iter()
            .map(|(name, text)| TrustedKey {
                name: name.clone(),
                key_id: read_public(text)
                    .map(|key| verify::key_id(key.keynum()))
                    .unwrap_or_default(),
                public_key: text.clone(),
            })
            .collect();
        Ok(SigningKeys {
            own,
            trusted,
            required: settings.required,
        })
    }

    fn make_key(&self, new: &NewKey) -> Result<SigningKeys, Cause> {
        let name = new.name.as_deref().unwrap_or(OWN);
        check_name(name)?;
        let pair = minisign::KeyPair::generate_unencrypted_keypair().map_err(key_trouble)?;
        let comment = format!("secret key of {name}, made by Assay");
        let secret = pair.sk.to_box(Some(&comment)).map_err(key_trouble)?;
        let place = match &new.file {
            Some(file) => {
                let file = own_key::write_file(self, file, &secret.into_string())?;
                file.display().to_string()
            }
            None => {
                key_store::keep(&secret.into_string())?;
                SYSTEM_KEY.to_owned()
            }
        };
        self.store.set_signing_key(&place)?;
        self.add_trusted(name, &pair.pk.to_base64())?;
        self.keys()
    }

    fn add_trusted(&self, name: &str, public_key: &str) -> Result<(), Cause> {
        check_name(name)?;
        let key = read_public(public_key).ok_or_else(|| {
            Cause::with_hint(
                Code::Invalid,
                "this is no public key of minisign",
                "give the line of 56 letters and digits that begins with RW, or the whole .pub file",
            )
        })?;
        Ok(self.store.trust_key(name, &key.to_base64())?)
    }

    /// The lab's folder as the file system knows it.
    fn is_inside(&self, path: &Path) -> bool {
        let real = |path: &Path| std::fs::canonicalize(path).ok();
        let folder = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        match (real(self.path()), real(folder.unwrap_or(Path::new(".")))) {
            (Some(lab), Some(folder)) => folder.starts_with(lab),
            _ => false,
        }
    }
}

/// Checks a folder of a model version that may lie anywhere, as keys see it that a lab or the caller trusts.
pub fn verify_folder(folder: &Path, keys: &SigningSettings) -> FolderReport {
    let read = read_model(folder);
    let signed = verify::report(keys, &read.sums, read.signature.as_deref());
    FolderReport {
        folder: folder.display().to_string(),
        n_files: read.check.n_files,
        passed: read.check.damaged.is_empty() && signed.passes(),
        damaged: read.check.damaged,
        signed,
    }
}

/// The line alone, or a file of two lines.
fn read_public(text: &str) -> Option<PublicKey> {
    PublicKey::from_base64(text.trim())
        .or_else(|_| PublicKeyBox::from_string(text).and_then(PublicKeyBox::into_public_key))
        .ok()
}

fn key_trouble(error: minisign::PError) -> Cause {
    Cause::said(Code::Invalid, format!("the key cannot be used: {error}"))
}
