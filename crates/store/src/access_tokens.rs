//! Bearer tokens of clients, by the hash of their secrets.

use assay_core::TimestampMs;
use assay_core::access::AccessToken;
use assay_core::event::Kind;
use rusqlite::params;

use crate::act::Act;
use crate::error::{Error, Result};
use crate::rows::{Rows, from_word};
use crate::store::Store;

/// A token, and the blake3 of its secret in hexadecimal.
#[derive(Debug, Clone)]
pub struct HashedToken {
    pub token: AccessToken,
    pub hash: String,
}

impl Store {
    /// # Errors
    /// [`Error::Conflict`] when a client of this name has one.
    pub fn add_access_token(&self, new: &HashedToken, act: Act<'_>) -> Result<()> {
        let HashedToken { token, hash } = new;
        self.write(act.at_ms, |write| {
            let known = write.tx.first(
                "SELECT 1 FROM access_tokens WHERE name = ?1",
                params![token.name],
                |_| Ok(()),
            )?;
            if known.is_some() {
                return Err(Error::conflict(
                    format!("`{}` has a token already", token.name),
                    "revoke it first, or name another client",
                ));
            }
            write.tx.run(
                "INSERT INTO access_tokens (name, role, token_hash, requests_per_second, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![
                    token.name,
                    token.role.label(),
                    hash,
                    token.requests_per_second,
                    token.created_ms
                ],
            )?;
            write.changed(Kind::Tokens);
            let detail = format!("It may {}.", token.role);
            write.audit(act, "token.made", &token.name, &detail)?;
            Ok(())
        })
    }

    /// Its holder is refused from now on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn remove_access_token(&self, name: &str, act: Act<'_>) -> Result<()> {
        self.write(act.at_ms, |write| {
            let n_removed = write
                .tx
                .run("DELETE FROM access_tokens WHERE name = ?1", params![name])?;
            if n_removed == 0 {
                return Err(Error::not_found("token", name));
            }
            write.changed(Kind::Tokens);
            write.audit(act, "token.revoked", name, "It is refused from now on.")?;
            Ok(())
        })
    }

    /// By name.
    pub fn access_tokens(&self) -> Result<Vec<HashedToken>> {
        self.read(|db| {
            db.all(
                "SELECT name, role, token_hash, requests_per_second, created_ms FROM access_tokens ORDER BY name",
                [],
                |row| {
                    let created_ms: TimestampMs = row.get(4)?;
                    Ok(HashedToken {
                        token: AccessToken {
                            name: row.get(0)?,
                            role: from_word(&row.get::<_, String>(1)?)?,
                            requests_per_second: row.get(3)?,
                            created_ms,
                        },
                        hash: row.get(2)?,
                    })
                },
            )
        })
    }
}
