//! Windows and alerts of a log that is followed, told while it goes on.

use std::sync::mpsc::{Sender, channel};
use std::thread::Scope;

use assay_core::alert::{Alert, AlertMessage, AlertMetric};
use assay_core::replay::{DriftReport, ReplaySpec};
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

/// What an alert is known by: its sentence grows with the log.
type Known = (String, AlertMetric, Option<String>);

pub struct Telling<'a> {
    lab: &'a Lab,
    told: &'a mut dyn FnMut(Heard<'_>),
    n_windows: usize,
    known: Vec<Known>,
    /// To the thread that sends to webhooks, so that nobody waits for them.
    messages: Sender<AlertMessage>,
}

impl<'a> Telling<'a> {
    /// The scope ends when all webhooks have been told.
    pub fn new<'scope>(
        lab: &'a Lab,
        task: &'scope Task,
        scope: &'scope Scope<'scope, '_>,
        told: &'a mut dyn FnMut(Heard<'_>),
    ) -> Self
    where
        'a: 'scope,
    {
        let (messages, to_send) = channel::<AlertMessage>();
        scope.spawn(move || {
            for message in to_send {
                if let Err(cause) = lab.send(&message, task) {
                    task.warn(format!("webhooks were not told: {cause}"));
                }
            }
        });
        Self {
            lab,
            told,
            n_windows: 0,
            known: Vec::new(),
            messages,
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
            let known = (alert.rule.clone(), alert.metric, alert.column.clone());
            if !self.known.contains(&known) {
                self.known.push(known);
                (self.told)(Heard::Alert(alert));
                new.push(alert.clone());
            }
        }
        if new.is_empty() {
            return;
        }
        self.lab.tell_alerts(&new);
        // The other end lives as long as this.
        let _ = self.messages.send(message(report, new));
    }
}
