//! Windows and alerts of a log that is followed, told while it goes on.

use std::sync::mpsc::{Sender, channel};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use assay_core::alert::{Alert, AlertMessage, AlertMetric};
use assay_core::drift::quality::QualityKind;
use assay_core::replay::{DriftReport, ReplaySpec};
use assay_core::task::TaskEvent;
use assay_core::{ReplayId, Task};

use super::Heard;
use crate::alerts::message;
use crate::error::Cause;
use crate::prediction_log::time_of;
use crate::replay::measure;
use crate::replay::pass::Pass;
use crate::replay::reading::Reading;
use crate::replay::subject::Subject;
use crate::{Lab, replay};

/// What an alert is known by, whose sentence grows with the log: its rule, what was measured, and of which column.
type Known = (String, AlertMetric, Option<QualityKind>, Option<String>);

/// An alert that was told, up to this window: what comes true after it is told again.
struct Told {
    of: Known,
    last_window: u32,
}

/// How long webhooks may take after the end.
const GRACE: Duration = Duration::from_secs(3);

pub struct Telling<'a, 'scope> {
    lab: &'a Lab,
    told: &'a mut dyn FnMut(Heard<'_>),
    n_windows: usize,
    known: Vec<Told>,
    /// To the thread that sends to webhooks, so that nobody waits for them; `None` at the end.
    messages: Option<Sender<AlertMessage>>,
    sending: ScopedJoinHandle<'scope, ()>,
    webhooks: Task,
}

impl<'a, 'scope> Telling<'a, 'scope> {
    /// `warnings` hears which webhooks were not told.
    pub fn new(
        lab: &'a Lab,
        warnings: &Task,
        scope: &'scope Scope<'scope, '_>,
        told: &'a mut dyn FnMut(Heard<'_>),
    ) -> Self
    where
        'a: 'scope,
    {
        let (messages, to_send) = channel::<AlertMessage>();
        // Cancelled by itself: the replay is kept whoever does not answer.
        let heard = warnings.clone();
        let webhooks = Task::new(move |event| {
            if let TaskEvent::Warning { text } = event {
                heard.warn(text);
            }
        });
        let task = webhooks.clone();
        let sending = scope.spawn(move || {
            for message in to_send {
                match lab.send(&message, &task) {
                    Err(cause) if task.check().is_ok() => {
                        task.warn(format!("webhooks were not told: {cause}"));
                    }
                    _ => {}
                }
            }
        });
        Self {
            lab,
            told,
            n_windows: 0,
            known: Vec::new(),
            messages: Some(messages),
            sending,
            webhooks,
        }
    }

    /// Tells of windows that are through, those before the newest one with rows, and of alerts that they raise.
    ///
    /// # Errors
    /// There are too many windows, or the settings cannot be read.
    pub fn of_windows(
        &mut self,
        spec: &ReplaySpec,
        replay_id: &ReplayId,
        subject: &Subject,
        reading: &Reading,
        pass: &Pass,
    ) -> Result<(), Cause> {
        let n_through = measure::cuttings(pass)?.len().saturating_sub(1);
        if n_through <= self.n_windows {
            return Ok(());
        }
        let rule = self.lab.rule_of(spec)?;
        let mut measured = measure::measure(subject, reading, pass, &rule, &Task::silent())?;
        measured.windows.truncate(n_through);
        let report = replay::report(
            replay_id,
            subject,
            spec,
            pass,
            rule,
            Vec::new(),
            measured,
            None,
        );
        let report = self.lab.dated(report)?;
        let new = report.windows.iter().skip(self.n_windows);
        for window in new.filter(|window| window.n_rows > 0) {
            let mut window = window.clone();
            window.label = window.label.or(window.start_ms.map(time_of));
            (self.told)(Heard::Window(&window));
        }
        self.n_windows = n_through;
        self.of_alerts(&report);
        Ok(())
    }

    /// Those that nobody has heard of yet.
    pub fn of_alerts(&mut self, report: &DriftReport) {
        let mut new: Vec<Alert> = Vec::new();
        for alert in report.alerts.iter().filter(|alert| !alert.muted) {
            let rule = alert.rule.clone();
            let of = (rule, alert.metric, alert.quality, alert.column.clone());
            let last_window = alert.newest_window();
            match self.known.iter_mut().find(|told| told.of == of) {
                None => {
                    self.known.push(Told { of, last_window });
                    new.push(alert.clone());
                }
                Some(told) => {
                    new.extend(alert.after(told.last_window));
                    told.last_window = told.last_window.max(last_window);
                }
            }
        }
        for alert in &new {
            (self.told)(Heard::Alert(alert));
        }
        if new.is_empty() {
            return;
        }
        self.lab.tell_alerts(&new);
        if let Some(messages) = &self.messages {
            // The other end lives as long as this.
            let _ = messages.send(message(report, new));
        }
    }
}

impl Drop for Telling<'_, '_> {
    fn drop(&mut self) {
        self.messages = None;
        let begun = Instant::now();
        while !self.sending.is_finished() && begun.elapsed() < GRACE {
            std::thread::sleep(Duration::from_millis(20));
        }
        self.webhooks.cancel();
    }
}
