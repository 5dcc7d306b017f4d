//! What is odd about a log, counted while it streams past, and said once.

use std::collections::{BTreeMap, BTreeSet};

use assay_core::matrix::Prediction;
use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_core::words::count;
use assay_frame::{ReadColumn, ReadTimes, TimeEvidence};

use super::reading::Reading;
use super::subject::Subject;

/// Labels, files and names that a sentence lists.
const SHOWN: usize = 5;

#[derive(Debug, Clone, Default)]
pub struct Oddities {
    pub evidence: TimeEvidence,
    n_unreadable_times: u64,
    unreadable_time: Option<String>,
    /// By the log's name.
    changed: BTreeMap<String, Changed>,
    unseen_labels: Vec<String>,
    n_compared: u64,
    n_different: u64,
    /// Rows that found no label in the other file.
    pub n_unlabelled: u64,
    n_rows: u64,
    /// Files that lack a column, by the log's name.
    lacking: BTreeMap<String, Vec<String>>,
    files: BTreeSet<String>,
    empty_files: Vec<String>,
}

#[derive(Debug, Clone)]
struct Changed {
    found: ColumnType,
    needed: ColumnType,
    n_unreadable: u64,
    unreadable: Option<String>,
}

impl Oddities {
    pub fn times(&mut self, read: &ReadTimes) {
        self.evidence.add(read.evidence);
        self.n_unreadable_times += read.n_unreadable;
        if self.unreadable_time.is_none() {
            self.unreadable_time.clone_from(&read.unreadable);
        }
    }

    pub fn forget_times(&mut self) {
        self.evidence = TimeEvidence::default();
        self.n_unreadable_times = 0;
        self.unreadable_time = None;
    }

    pub fn column(&mut self, name: &str, input: &InputColumn, read: &ReadColumn) {
        let Some(found) = read.changed else { return };
        let changed = self
            .changed
            .entry(name.to_owned())
            .or_insert_with(|| Changed {
                found,
                needed: input.kind,
                n_unreadable: 0,
                unreadable: None,
            });
        changed.n_unreadable += read.n_unreadable;
        if changed.unreadable.is_none() {
            changed.unreadable.clone_from(&read.unreadable);
        }
    }

    pub fn unseen_label(&mut self, label: &str) {
        if self.unseen_labels.len() < SHOWN
            && !self.unseen_labels.iter().any(|known| known == label)
        {
            self.unseen_labels.push(label.to_owned());
        }
    }

    /// What production predicted against what the model says now.
    pub fn disagreement(
        &mut self,
        logged: &[Option<String>],
        prediction: &Prediction,
        classes: &[String],
    ) {
        for (row, text) in logged.iter().enumerate() {
            let Some(text) = text else { continue };
            let same = match prediction {
                Prediction::Classes { indices, .. } => indices
                    .get(row)
                    .and_then(|&index| classes.get(index as usize))
                    .is_some_and(|class| class == text),
                // Coordinates are no one number that a log could hold.
                Prediction::Coordinates { .. } => continue,
                Prediction::Values(values) => values
                    .get(row)
                    .zip(text.parse::<f64>().ok())
                    .is_some_and(|(ours, logged)| {
                        (ours - logged).abs() <= 1e-5 * ours.abs().max(1.0)
                    }),
            };
            self.n_compared += 1;
            self.n_different += u64::from(!same);
        }
    }

    /// A file with these columns.
    pub fn file(&mut self, file: &str, there: &[String], wanted: &[&str]) {
        self.files.insert(file.to_owned());
        for name in wanted {
            if !there.iter().any(|known| known == name) {
                let files = self.lacking.entry((*name).to_owned()).or_default();
                if !files.iter().any(|known| known == file) {
                    files.push(file.to_owned());
                }
            }
        }
    }

    pub fn empty_file(&mut self, file: &str) {
        self.empty_files.push(file.to_owned());
    }

    pub fn rows(&mut self, n_rows: usize) {
        self.n_rows += n_rows as u64;
    }

    pub fn add(&mut self, other: Self) {
        self.evidence.add(other.evidence);
        self.n_unreadable_times += other.n_unreadable_times;
        self.unreadable_time = self.unreadable_time.take().or(other.unreadable_time);
        for (name, more) in other.changed {
            match self.changed.get_mut(&name) {
                None => {
                    self.changed.insert(name, more);
                }
                Some(changed) => {
                    changed.n_unreadable += more.n_unreadable;
                    changed.unreadable = changed.unreadable.take().or(more.unreadable);
                }
            }
        }
        for label in &other.unseen_labels {
            self.unseen_label(label);
        }
        self.n_compared += other.n_compared;
        self.n_different += other.n_different;
        self.n_unlabelled += other.n_unlabelled;
        self.n_rows += other.n_rows;
        self.files.extend(other.files);
        for (name, files) in other.lacking {
            let known = self.lacking.entry(name).or_default();
            for file in files {
                if !known.contains(&file) {
                    known.push(file);
                }
            }
        }
        self.empty_files.extend(other.empty_files);
    }

    /// Each in a sentence, what matters most first.
    pub fn sentences(&self, subject: &Subject, reading: &Reading) -> Vec<String> {
        let mut said = Vec::new();
        self.say_lacking(subject, reading, &mut said);
        for (name, changed) in &self.changed {
            let (found, needed) = (changed.found.label(), changed.needed.label());
            said.push(match (&changed.unreadable, changed.n_unreadable) {
                (Some(text), n) if n > 0 => format!(
                    "`{name}` is {found} in the log and was {needed} in training; {} of its values cannot be read and are missing, for example `{text}`",
                    count(n)
                ),
                _ => format!(
                    "`{name}` is {found} in the log and was {needed} in training; all of its values could be read"
                ),
            });
        }
        if !self.empty_files.is_empty() {
            said.push(format!("{}: no rows", listed(&self.empty_files)));
        }
        let time = reading.mapping.timestamp.as_deref().unwrap_or_default();
        if let Some(text) = self.unreadable_time.as_deref() {
            said.push(format!(
                "{} values of `{time}` are no time, for example `{text}`",
                count(self.n_unreadable_times)
            ));
        }
        let evidence = self.evidence;
        if reading.order_is_open
            && evidence.n_either > 0
            && evidence.n_day_first + evidence.n_month_first == 0
        {
            said.push(format!(
                "nothing in `{time}` tells day and month apart; it is read with the day first (say --time-format month_first if it is not)"
            ));
        }
        if !self.unseen_labels.is_empty() {
            let name = match (&reading.label, &reading.joined) {
                (Some(label), _) => format!("`{label}`"),
                (None, Some(joined)) => joined.file.clone(),
                (None, None) => "the log".to_owned(),
            };
            said.push(format!(
                "{name} holds labels that training did not see ({}); those rows do not count for the accuracy",
                self.unseen_labels.join(", ")
            ));
        }
        if let (Some(joined), n @ 1..) = (&reading.joined, self.n_unlabelled) {
            said.push(format!(
                "{} of {} rows found no label in {}",
                count(n),
                count(self.n_rows),
                joined.file
            ));
        }
        if self.n_different > 0 {
            let column = reading.mapping.prediction.as_deref().unwrap_or_default();
            said.push(format!(
                "`{column}` differs from this model's predictions in {} of {} rows; another version may have made them",
                self.n_different, self.n_compared
            ));
        }
        said
    }

    fn say_lacking(&self, subject: &Subject, reading: &Reading, said: &mut Vec<String>) {
        for (name, files) in &self.lacking {
            let source = reading.inputs.iter().find(|source| source.name == *name);
            let is_everywhere = files.len() >= self.files.len();
            let place = match is_everywhere {
                true => "the log".to_owned(),
                false => listed(files),
            };
            let rows = match is_everywhere {
                true => "it is missing in every row",
                false => "it is missing in those rows",
            };
            let verb = if is_everywhere || files.len() == 1 {
                "has"
            } else {
                "have"
            };
            let unanswered = match source {
                Some(source) if !subject.takes_missing(&source.input) => {
                    ", and the model, which was trained without missing ones, does not answer them"
                }
                _ => "",
            };
            said.push(format!(
                "{place} {verb} no column `{name}`; {rows}{unanswered}"
            ));
        }
    }
}

fn listed(files: &[String]) -> String {
    let shown = files.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    match files.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        n => format!("{} and {n} more files", shown.join(", ")),
    }
}
