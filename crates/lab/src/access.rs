//! Who may ask a server of this lab.
//!
//! As long as the lab has no token, programs on this computer are as free as they are anyhow, for they can read its
//! folder. From the first token on every request must hold one.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_core::TimestampMs;
use assay_core::access::{AccessToken, IssuedToken, NewAccessToken, Role};
use assay_core::code::Code;
use assay_core::ids::check_name;
use assay_store::HashedToken;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// For so long what is known of the tokens is believed; one that was revoked elsewhere is refused after it.
const BELIEVED_MS: TimestampMs = 250;

impl Lab {
    /// Makes a token for a client. Its secret is in the answer and nowhere else.
    pub fn issue_token(&self, new: &NewAccessToken) -> Result<IssuedToken, Error> {
        let attempted = || format!("make a token for `{}`", new.name);
        check_name(&new.name).attempt(attempted)?;
        if new
            .requests_per_second
            .is_some_and(|rate| !(rate > 0.0 && rate <= 1e6))
        {
            let cause = Cause::with_hint(
                Code::Invalid,
                "the rate is not over 0 and at most 1,000,000 requests a second",
                "leave it out for as many as the client likes",
            );
            return Err(Error::new(attempted(), cause));
        }
        let secret = new_secret().map_err(|error| Error::new(attempted(), error))?;
        let token = AccessToken {
            name: new.name.clone(),
            role: new.role,
            requests_per_second: new.requests_per_second,
            created_ms: self.environment.now_ms(),
        };
        let hashed = HashedToken {
            hash: hash_of(&secret),
            token: token.clone(),
        };
        self.store
            .add_access_token(&hashed, self.act())
            .attempt(attempted)?;
        Ok(IssuedToken { token, secret })
    }

    pub fn access_tokens(&self) -> Result<Vec<AccessToken>, Error> {
        let tokens = self
            .store
            .access_tokens()
            .attempt(|| "list the tokens".to_owned())?;
        Ok(tokens.into_iter().map(|hashed| hashed.token).collect())
    }

    /// Undo does not bring it back: nobody keeps its secret.
    pub fn revoke_token(&self, name: &str) -> Result<Vec<AccessToken>, Error> {
        self.store
            .remove_access_token(name, self.act())
            .attempt(|| format!("revoke the token of `{name}`"))?;
        self.access_tokens()
    }
}

/// Why a request is turned away at the door.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Denied {
    /// The lab has tokens and the request holds none that is known.
    NoToken,
    Role {
        has: Role,
        needs: Role,
    },
    /// More requests than the client may send.
    TooMany {
        retry_after: Duration,
    },
}

/// The tokens of a lab as a server looks at them with every request.
#[derive(Default)]
pub struct Access {
    known: Mutex<Known>,
    clock: DefaultClock,
}

#[derive(Default)]
struct Known {
    read_ms: Option<TimestampMs>,
    by_hash: HashMap<String, Arc<Client>>,
}

struct Client {
    token: AccessToken,
    rate: Option<DefaultDirectRateLimiter>,
}

impl Access {
    /// The name of the client who asks; `None` for one who needs no token.
    ///
    /// # Errors
    /// When the lab cannot be read; the inner error says why the request is turned away.
    pub fn ask(
        &self,
        lab: &Lab,
        secret: Option<&str>,
        needs: Role,
    ) -> Result<Result<Option<String>, Denied>, Error> {
        let client = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.refresh(lab)?;
            if known.by_hash.is_empty() {
                return Ok(Ok(None));
            }
            // Found by its hash: how long that takes says nothing of any secret.
            secret.and_then(|secret| known.by_hash.get(&hash_of(secret)).cloned())
        };
        let Some(client) = client else {
            return Ok(Err(Denied::NoToken));
        };
        let has = client.token.role;
        if has < needs {
            return Ok(Err(Denied::Role { has, needs }));
        }
        if let Some(Err(until)) = client.rate.as_ref().map(RateLimiter::check) {
            let retry_after = until.wait_time_from(self.clock.now());
            return Ok(Err(Denied::TooMany { retry_after }));
        }
        Ok(Ok(Some(client.token.name.clone())))
    }

    /// Whether requests need a token.
    pub fn is_guarded(&self, lab: &Lab) -> Result<bool, Error> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.refresh(lab)?;
        Ok(!known.by_hash.is_empty())
    }
}

impl Known {
    fn refresh(&mut self, lab: &Lab) -> Result<(), Error> {
        let now_ms = lab.environment.now_ms();
        let is_fresh = self
            .read_ms
            .is_some_and(|read_ms| (read_ms..read_ms + BELIEVED_MS).contains(&now_ms));
        if is_fresh {
            return Ok(());
        }
        let tokens = lab
            .store
            .access_tokens()
            .attempt(|| "read the tokens".to_owned())?;
        // A client that stays keeps what it has used of its rate.
        let mut before = std::mem::take(&mut self.by_hash);
        for HashedToken { token, hash } in tokens {
            let kept = before.remove(&hash).filter(|client| client.token == token);
            let client = kept.unwrap_or_else(|| {
                Arc::new(Client {
                    rate: token.requests_per_second.and_then(rate_of),
                    token,
                })
            });
            self.by_hash.insert(hash, client);
        }
        self.read_ms = Some(now_ms);
        Ok(())
    }
}

/// As many at once as in a second, at least one.
fn rate_of(requests_per_second: f64) -> Option<DefaultDirectRateLimiter> {
    let burst = NonZeroU32::new(requests_per_second.ceil() as u32)?;
    let quota = Quota::with_period(Duration::from_secs_f64(1.0 / requests_per_second))?;
    Some(RateLimiter::direct(quota.allow_burst(burst)))
}

/// 256 random bits behind a word that scanners of leaked secrets can look for.
fn new_secret() -> Result<String, Cause> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| Cause::said(Code::Io, format!("no random numbers: {error}")))?;
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("assay_{text}"))
}

/// A secret of 256 random bits needs no slow hash.
fn hash_of(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}
