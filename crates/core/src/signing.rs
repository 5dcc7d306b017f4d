//! Who vouches for a version: signatures in minisign's format, and the keys that a lab trusts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `[signing]` of `assay.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SigningSettings {
    /// Whether a version without a signature of a trusted key is refused.
    pub required: bool,
    /// Where the key is that new versions are signed with: [`SYSTEM_KEY`], or a file outside of the lab.
    pub key: Option<String>,
    /// Public keys in minisign's base64, by whose they are.
    pub trusted: BTreeMap<String, String>,
}

/// The value of `key` for the key store of the system.
pub const SYSTEM_KEY: &str = "system";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SignatureStatus {
    Unsigned,
    /// Valid, and its key is trusted.
    Trusted,
    /// Of a key that the lab does not know, so that it cannot be checked.
    UnknownKey,
    /// Not over these sums, or damaged.
    Invalid,
}

/// The signature of a version as the lab sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignatureReport {
    pub status: SignatureStatus,
    /// 16 hexadecimal digits, as minisign writes it.
    pub key_id: Option<String>,
    /// The trusted key's name.
    pub signer: Option<String>,
    /// What was signed with it: model, version, time. `None` unless trusted.
    pub comment: Option<String>,
    /// Whether the lab refuses a version that is not [`SignatureStatus::Trusted`].
    pub required: bool,
}

impl SignatureReport {
    /// Whether a version with it may be used. A signature that is there has to hold; whoever changes a byte of it could
    /// else make it one that cannot be checked.
    pub fn passes(&self) -> bool {
        match self.status {
            SignatureStatus::Trusted => true,
            SignatureStatus::Unsigned => !self.required,
            SignatureStatus::UnknownKey | SignatureStatus::Invalid => false,
        }
    }

    /// `signed by ada (A1B2…)`
    pub fn words(&self) -> String {
        let id = self.key_id.as_deref().unwrap_or("?");
        match (self.status, &self.signer) {
            (SignatureStatus::Unsigned, _) => "not signed".to_owned(),
            (SignatureStatus::Trusted, Some(signer)) => format!("signed by {signer} ({id})"),
            (SignatureStatus::Trusted, None) => format!("signed by {id}"),
            (SignatureStatus::UnknownKey, _) => {
                format!("CHECKSUMS.minisig is by {id}, a key that is not trusted here")
            }
            (SignatureStatus::Invalid, _) => {
                "CHECKSUMS.minisig is no signature of CHECKSUMS".to_owned()
            }
        }
    }
}

/// The keys of a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SigningKeys {
    /// With which new versions are signed.
    pub own: Option<OwnKey>,
    /// By name.
    pub trusted: Vec<TrustedKey>,
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnKey {
    pub key_id: String,
    /// As others write it into their labs.
    pub public_key: String,
    /// `the key store of the system`, or the file.
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrustedKey {
    pub name: String,
    pub key_id: String,
    pub public_key: String,
}

/// A key to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewKey {
    /// Outside of the lab; `None`: the key store of the system.
    #[serde(default)]
    #[ts(as = "Option<String>", optional = nullable)]
    pub file: Option<PathBuf>,
    /// Under which the lab trusts it; `None`: `own`.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub name: Option<String>,
}

/// A public key to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TrustKey {
    pub name: String,
    /// In minisign's base64, or the whole text of a `.pub` file.
    pub public_key: String,
}

/// A folder of a model version, wherever it lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderReport {
    pub folder: String,
    /// Files that CHECKSUMS lists.
    pub n_files: u32,
    /// Those that are missing or changed.
    pub damaged: Vec<String>,
    pub signed: SignatureReport,
    pub passed: bool,
}
