//! What the columns are between two steps, as far as can be said before any row is read.

use super::RecipeError;
use crate::recipe::step::{BinEncoding, missing_name, n_words_name, part_name};
use crate::recipe::{ImputeStrategy, Step, components_name};

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum State {
    Text,
    Number {
        gaps: bool,
    },
    Date {
        gaps: bool,
    },
    /// Several features, which no step but a filter or a PCA takes.
    Features,
}

/// Invariant: no two columns share a name.
#[derive(Default)]
pub struct Table {
    columns: Vec<Entry>,
}

struct Entry {
    name: String,
    /// The column that a step made this one of, or its own name.
    origin: String,
    state: State,
}

impl Table {
    /// Whether the name was free.
    pub fn add(&mut self, name: &str, origin: &str, state: State) -> bool {
        let is_free = self.columns.iter().all(|entry| entry.name != name);
        if is_free {
            self.columns.push(Entry {
                name: name.to_owned(),
                origin: origin.to_owned(),
                state,
            });
        }
        is_free
    }

    /// The first column that may not stay what it is.
    pub fn left_open(&self) -> Option<(&str, State)> {
        self.columns.iter().find_map(|entry| match entry.state {
            State::Number { gaps: false } | State::Features => None,
            state => Some((entry.name.as_str(), state)),
        })
    }

    pub fn apply(&mut self, number: usize, step: &Step) -> Result<(), RecipeError> {
        let place = Place { number, step };
        match step {
            Step::Ratio { columns } | Step::Product { columns } => {
                return self.combine(place, columns);
            }
            Step::Pca { columns, .. } => return self.reduce(place, columns),
            Step::Select { columns } => {
                for column in columns {
                    self.meant_by(place, column)?;
                }
                let is_named = |entry: &Entry| {
                    columns.contains(&entry.name) || columns.contains(&entry.origin)
                };
                self.columns.retain(is_named);
                return self.require_some(place);
            }
            Step::Drop { columns } => {
                for column in columns {
                    self.meant_by(place, column)?;
                    self.columns
                        .retain(|entry| entry.name != *column && entry.origin != *column);
                }
                return self.require_some(place);
            }
            _ => {}
        }
        for column in step.columns() {
            for name in self.meant_by(place, column)? {
                self.apply_to(place, &name)?;
            }
        }
        Ok(())
    }

    /// Names of the columns that a step means by `column`.
    fn meant_by(&self, place: Place<'_>, column: &str) -> Result<Vec<String>, RecipeError> {
        let named = self.columns.iter().find(|entry| entry.name == column);
        let meant: Vec<String> = match named {
            Some(entry) => vec![entry.name.clone()],
            None => {
                let made = self.columns.iter().filter(|entry| entry.origin == column);
                made.map(|entry| entry.name.clone()).collect()
            }
        };
        if meant.is_empty() {
            return Err(RecipeError::NotAnInput {
                step: place.number,
                name: place.step.label(),
                column: column.to_owned(),
            });
        }
        Ok(meant)
    }

    fn apply_to(&mut self, place: Place<'_>, name: &str) -> Result<(), RecipeError> {
        let Some(at) = self.columns.iter().position(|entry| entry.name == name) else {
            return Ok(());
        };
        let state = self.columns[at].state;
        if let Step::DateParts { parts, .. } = place.step {
            let State::Date { gaps } = state else {
                return Err(RecipeError::NeedsDate {
                    step: place.number,
                    name: place.step.label(),
                    column: name.to_owned(),
                });
            };
            let entry = self.columns.remove(at);
            for &part in parts {
                let made = part_name(name, part);
                if !self.add(&made, &entry.origin, State::Number { gaps }) {
                    return Err(place.taken(made));
                }
            }
            return Ok(());
        }
        self.columns[at].state = place.after(name, state)?;
        let added = match place.step {
            Step::Impute {
                indicator: true, ..
            } => missing_name(name),
            Step::TextLength { .. } => n_words_name(name),
            _ => return Ok(()),
        };
        if self.add(&added, &added, State::Number { gaps: false }) {
            Ok(())
        } else {
            Err(place.taken(added))
        }
    }

    /// Columns, all when none is named, become components.
    fn reduce(&mut self, place: Place<'_>, columns: &[String]) -> Result<(), RecipeError> {
        let mut names = Vec::new();
        for column in columns {
            names.extend(self.meant_by(place, column)?);
        }
        let is_meant = |entry: &Entry| columns.is_empty() || names.contains(&entry.name);
        for entry in self.columns.iter().filter(|entry| is_meant(entry)) {
            match entry.state {
                State::Text | State::Date { .. } => return Err(place.needs_number(&entry.name)),
                State::Number { gaps: true } => {
                    return Err(RecipeError::NeedsAll {
                        step: place.number,
                        name: place.step.label(),
                        column: entry.name.clone(),
                    });
                }
                State::Number { gaps: false } | State::Features => {}
            }
        }
        self.columns.retain(|entry| !is_meant(entry));
        let name = components_name(self.columns.iter().map(|entry| entry.name.as_str()));
        self.add(&name, &name, State::Features);
        Ok(())
    }

    fn combine(&mut self, place: Place<'_>, columns: &[String]) -> Result<(), RecipeError> {
        let mut gaps = false;
        for column in columns {
            let meant = self.meant_by(place, column)?;
            let entry = self
                .columns
                .iter()
                .find(|entry| meant == [entry.name.clone()]);
            match entry.map(|entry| entry.state) {
                Some(State::Number { gaps: has }) => gaps |= has,
                _ => return Err(place.needs_number(column)),
            }
        }
        let Some(made) = place.step.combined_name() else {
            return Ok(());
        };
        if self.add(&made, &made, State::Number { gaps }) {
            Ok(())
        } else {
            Err(place.taken(made))
        }
    }

    fn require_some(&self, place: Place<'_>) -> Result<(), RecipeError> {
        if self.columns.is_empty() {
            return Err(RecipeError::NothingLeft {
                step: place.number,
                name: place.step.label(),
            });
        }
        Ok(())
    }
}

/// A step and its 1-based number.
#[derive(Clone, Copy)]
struct Place<'a> {
    number: usize,
    step: &'a Step,
}

impl Place<'_> {
    /// What a column is after a step that leaves it one column.
    fn after(self, column: &str, state: State) -> Result<State, RecipeError> {
        let full = Ok(State::Number { gaps: false });
        if state == State::Features && !self.step.is_filter() {
            return Err(RecipeError::AfterFeatures {
                step: self.number,
                name: self.step.label(),
                column: column.to_owned(),
            });
        }
        match (self.step, state) {
            (Step::Impute { strategy, .. }, State::Text) => match strategy {
                ImputeStrategy::Mean | ImputeStrategy::Median => Err(self.needs_number(column)),
                ImputeStrategy::Mode | ImputeStrategy::Constant { .. } => Ok(State::Text),
            },
            (
                Step::Impute {
                    strategy: ImputeStrategy::Constant { value },
                    ..
                },
                _,
            ) if !is_number(value) => Err(RecipeError::NoNumber {
                step: self.number,
                column: column.to_owned(),
                value: value.clone(),
            }),
            (Step::Impute { .. }, State::Date { .. }) => Ok(State::Date { gaps: false }),
            (Step::Impute { .. }, _) => full,
            (Step::OneHot { .. } | Step::Hash { .. } | Step::Tfidf { .. }, State::Text) => {
                Ok(State::Features)
            }
            (Step::TextLength { .. }, State::Text) => Ok(State::Text),
            // A missing text is like any unknown one.
            (Step::Ordinal { .. } | Step::Frequency { .. } | Step::Target { .. }, State::Text) => {
                full
            }
            (
                Step::OneHot { .. }
                | Step::Hash { .. }
                | Step::Ordinal { .. }
                | Step::Frequency { .. }
                | Step::Target { .. }
                | Step::TextLength { .. }
                | Step::Tfidf { .. },
                _,
            ) => Err(RecipeError::NeedsText {
                step: self.number,
                name: self.step.label(),
                column: column.to_owned(),
            }),
            (_, State::Text) => Err(self.needs_number(column)),
            (
                Step::Bins {
                    encoding: BinEncoding::OneHot,
                    ..
                },
                _,
            ) => Ok(State::Features),
            (Step::Passthrough { .. }, State::Date { .. }) => Err(self.needs_number(column)),
            (step, State::Date { gaps }) if !step.is_filter() => Ok(State::Number { gaps }),
            (_, state) => Ok(state),
        }
    }

    fn needs_number(self, column: &str) -> RecipeError {
        RecipeError::NeedsNumber {
            step: self.number,
            name: self.step.label(),
            column: column.to_owned(),
        }
    }

    fn taken(self, column: String) -> RecipeError {
        RecipeError::NameTaken {
            step: self.number,
            name: self.step.label(),
            column,
        }
    }
}

fn is_number(text: &str) -> bool {
    text.trim()
        .parse()
        .is_ok_and(|number: f64| number.is_finite())
}
