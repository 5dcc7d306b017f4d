//! `assay key new | show | trust | list`

use std::path::PathBuf;
use std::process::ExitCode;

use assay_core::code::Code;
use assay_core::signing::{NewKey, SigningKeys, TrustKey};
use assay_lab::{Cause, Error, Lab};

use crate::output::{Output, table};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Make a key, in the key store of the system; new versions are signed with it from now on
    New {
        /// In a file outside of the lab instead
        #[arg(long)]
        file: Option<PathBuf>,
        /// Whose it is, as the lab knows it
        #[arg(long)]
        name: Option<String>,
    },
    /// Print the public key, for others to trust
    Show,
    /// Believe the signatures of a public key of minisign
    Trust {
        /// Whose it is
        name: String,
        /// The key, or its .pub file
        key: String,
    },
    /// The keys that this lab trusts
    List,
}

impl Command {
    pub fn run(&self, lab: &Lab, output: Output) -> Result<ExitCode, Error> {
        match self {
            Self::New { file, name } => {
                let new = NewKey {
                    file: file.clone(),
                    name: name.clone(),
                };
                output.result(&lab.new_signing_key(&new)?, own);
            }
            Self::Show => {
                let keys = lab.signing_keys()?;
                if keys.own.is_none() {
                    return Err(Error::new(
                        "show the key of the lab",
                        Cause::with_hint(
                            Code::NotFound,
                            "the lab has none",
                            "make one with `assay key new`",
                        ),
                    ));
                }
                output.result(&keys, |keys| {
                    keys.own
                        .as_ref()
                        .map(|own| own.public_key.clone())
                        .unwrap_or_default()
                });
            }
            Self::Trust { name, key } => {
                let public_key = std::fs::read_to_string(key).unwrap_or_else(|_| key.clone());
                let trust = TrustKey {
                    name: name.clone(),
                    public_key,
                };
                output.result(&lab.trust_key(&trust)?, listed);
            }
            Self::List => output.result(&lab.signing_keys()?, listed),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn own(keys: &SigningKeys) -> String {
    match &keys.own {
        Some(own) => format!(
            "key {} is in {}\npublic key, for others to trust: {}",
            own.key_id, own.place, own.public_key
        ),
        None => "no key".to_owned(),
    }
}

fn listed(keys: &SigningKeys) -> String {
    let rows: Vec<Vec<String>> = keys
        .trusted
        .iter()
        .map(|key| {
            let is_own = keys
                .own
                .as_ref()
                .is_some_and(|own| own.key_id == key.key_id);
            vec![
                key.name.clone(),
                key.key_id.clone(),
                key.public_key.clone(),
                if is_own { "signs" } else { "" }.to_owned(),
            ]
        })
        .collect();
    let demand = if keys.required {
        "a version without a signature of these keys is refused"
    } else {
        "versions without a signature are used, too"
    };
    if rows.is_empty() {
        return format!("no key is trusted; {demand}");
    }
    format!(
        "{}\n{demand}",
        table(&["name", "id", "public key", ""], rows, &[])
    )
}
