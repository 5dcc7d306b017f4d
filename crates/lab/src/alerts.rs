//! Who hears of a replay's alerts: the windows of the lab, and webhooks.

use std::fs;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use assay_core::Task;
use assay_core::alert::{ALERT_SCHEMA, Alert, AlertMessage, WebhookSettings};
use assay_core::code::Code;
use assay_core::event::Event;
use assay_core::replay::DriftReport;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::error::{Attempt, Cause};
use crate::{Error, Lab};

/// Before the second, third and fourth time.
const WAITS: [Duration; 3] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(8),
];
/// Of one time.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at the task while it waits.
const LOOK: Duration = Duration::from_millis(50);

/// What became of one sending.
enum Sent {
    Taken,
    /// It may be taken the next time.
    Later(String),
    Refused(String),
}

impl Lab {
    /// Sends the alerts to the webhooks that their rules name. Who cannot be told is a warning of the task, for the
    /// replay itself is done.
    ///
    /// # Errors
    /// The task was cancelled.
    pub fn send_alerts(&self, report: &DriftReport, task: &Task) -> Result<(), Error> {
        self.send(&message(report, report.alerts.clone()), task)
            .attempt(|| "send the alerts of a replay".to_owned())
    }

    /// Tells the windows of the lab.
    pub(crate) fn tell_alerts(&self, alerts: &[Alert]) {
        for alert in alerts.iter().filter(|alert| !alert.muted) {
            self.tell(&Event::Notice {
                level: alert.severity,
                text: format!("{}: {}", alert.rule, alert.sentence),
            });
        }
    }

    /// To each webhook the alerts whose rules name it.
    pub(crate) fn send(&self, message: &AlertMessage, task: &Task) -> Result<(), Cause> {
        if message.alerts.iter().all(|alert| alert.muted) {
            return Ok(());
        }
        let settings = self.store.settings()?;
        for (name, webhook) in &settings.webhook {
            let is_meant = |alert: &&Alert| {
                let mut rules = settings.alert.iter();
                let rule = rules.find(|rule| rule.name == alert.rule);
                !alert.muted && rule.is_some_and(|rule| rule.webhooks.contains(name))
            };
            let alerts: Vec<Alert> = message.alerts.iter().filter(is_meant).cloned().collect();
            if alerts.is_empty() {
                continue;
            }
            task.step(0, 0, format!("telling {name}"));
            let own = AlertMessage {
                alerts,
                ..message.clone()
            };
            let delivered = self.deliver(webhook, serde_json::to_vec(&own)?, task);
            if delivered.is_err() && task.check().is_err() {
                task.warn(format!(
                    "the webhook `{name}` was not told: it had not answered by the end"
                ));
            }
            if let Err(wrong) = delivered? {
                task.warn(format!("the webhook `{name}` was not told: {wrong}"));
            }
        }
        Ok(())
    }

    /// Again after a while where it may help; what kept it in the end.
    fn deliver(
        &self,
        webhook: &WebhookSettings,
        message: Vec<u8>,
        task: &Task,
    ) -> Result<Result<(), String>, Cause> {
        let secret = match webhook.secret_file.as_deref().map(fs::read).transpose() {
            Ok(secret) => secret,
            Err(error) => return Ok(Err(format!("its secret cannot be read: {error}"))),
        };
        let delivery = format!("{:016x}", self.environment().id_bits());
        let mut waits = WAITS.iter();
        loop {
            task.check()?;
            let at_ms = self.environment().now_ms();
            let signature = match &secret {
                Some(secret) => Some(signature(secret.trim_ascii(), at_ms, &message)?),
                None => None,
            };
            let request = Request {
                url: webhook.url.clone(),
                delivery: delivery.clone(),
                at_ms,
                signature,
                message: message.clone(),
            };
            let wrong = match posted(request, task)? {
                Sent::Taken => return Ok(Ok(())),
                Sent::Refused(wrong) => return Ok(Err(wrong)),
                Sent::Later(wrong) => wrong,
            };
            let Some(wait) = waits.next() else {
                return Ok(Err(format!("{wrong}, {} times", WAITS.len() + 1)));
            };
            let mut waited = Duration::ZERO;
            while waited < *wait {
                task.check()?;
                std::thread::sleep(LOOK);
                waited += LOOK;
            }
        }
    }
}

/// `alerts`: some or all of the report's.
pub(crate) fn message(report: &DriftReport, alerts: Vec<Alert>) -> AlertMessage {
    AlertMessage {
        schema: ALERT_SCHEMA,
        model: report.model.clone(),
        replay_id: report.replay_id.clone(),
        verdict: report.verdict.clone(),
        alerts,
    }
}

struct Request {
    url: String,
    /// The same however often it is tried.
    delivery: String,
    at_ms: i64,
    signature: Option<String>,
    message: Vec<u8>,
}

/// A receiver that does not answer keeps nobody who cancels: the request is left to its own thread, which ends with its
/// patience.
fn posted(request: Request, task: &Task) -> Result<Sent, Cause> {
    let (sender, answer) = channel();
    std::thread::spawn(move || {
        // The other end is gone when the task was cancelled.
        let _ = sender.send(post(&request));
    });
    loop {
        match answer.recv_timeout(LOOK) {
            Ok(sent) => return Ok(sent),
            Err(RecvTimeoutError::Timeout) => task.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Ok(Sent::Refused("the message could not be sent".to_owned()));
            }
        }
    }
}

fn post(request: &Request) -> Sent {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        // A message with somebody's figures goes to the address that was written down, and nowhere else.
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let mut post = agent
        .post(&request.url)
        .header("Content-Type", "application/json")
        .header("X-Assay-Event", "drift.alerts")
        .header("X-Assay-Delivery", &request.delivery)
        .header("X-Assay-Timestamp", request.at_ms.to_string());
    if let Some(signature) = &request.signature {
        post = post.header("X-Assay-Signature", signature);
    }
    match post.send(&request.message[..]) {
        Ok(answer) if answer.status().is_success() => Sent::Taken,
        Ok(answer) => {
            let status = answer.status().as_u16();
            let wrong = format!("it answered with {status}");
            match status {
                408 | 425 | 429 | 500.. => Sent::Later(wrong),
                _ => Sent::Refused(wrong),
            }
        }
        Err(error @ (ureq::Error::BadUri(_) | ureq::Error::Http(_))) => {
            Sent::Refused(error.to_string())
        }
        Err(error) => Sent::Later(error.to_string()),
    }
}

/// `sha256=` and the HMAC of `TIMESTAMP.BODY` in hexadecimal digits: with the timestamp a receiver can tell a message that
/// somebody sends again.
fn signature(secret: &[u8], at_ms: i64, message: &[u8]) -> Result<String, Cause> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|error| Cause::said(Code::Invalid, error.to_string()))?;
    mac.update(at_ms.to_string().as_bytes());
    mac.update(b".");
    mac.update(message);
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(format!("sha256={digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `python3 -c "import hmac; print(hmac.new(b'secret', b'1700000000000.{}', 'sha256').hexdigest())"`
    #[test]
    fn the_signature_is_that_of_other_libraries() {
        let found = signature(b"secret", 1_700_000_000_000, b"{}").unwrap();
        assert_eq!(
            found,
            "sha256=8399216d111287e3bb28e25c0f4f31dffdf831c68c9ee2b96c2f67c9b81d341b"
        );
    }
}
