//! What the rows of a pane leave behind besides the sketches of their columns.

use assay_core::drift::estimate::LossTally;
use assay_core::drift::multivariate::{Drawn, RowSample};
use assay_frame::LogColumn;

use super::accumulation::Rows;
use super::challenge::Challenge;
use super::performance::Performance;
use super::quality::Unreadable;
use super::reading::Reading;
use super::retraining::Labelled;
use super::subject::Subject;
use super::together;
use super::truth::Known;
use super::worth::Worth;

/// Rows of a part that fell into one pane, and what is known of each.
pub struct PaneRows<'a> {
    pub subject: &'a Subject,
    pub reading: &'a Reading,
    /// As [`super::batch::Batch::columns`], of all rows of the part.
    pub columns: &'a [LogColumn],
    /// Of all rows of the part.
    pub known: &'a Known,
    /// Those of the pane.
    pub rows: &'a Rows,
    /// Some of them, where all are too many to look at twice.
    pub drawn: &'a Drawn,
    /// What the model's loss models expect, in their order.
    pub losses: &'a [LossTally],
    /// 0-based number of the part's first row, of all rows that were read.
    pub first_row: u64,
}

/// Invariant: parts of a pane merge to what the whole pane would have left.
#[derive(Clone, Default)]
pub struct Tallies {
    pub performance: Performance,
    pub together: RowSample,
    pub worth: Worth,
    pub challenge: Challenge,
    pub labelled: Labelled,
    pub unreadable: Unreadable,
}

impl Tallies {
    pub fn of(rows: &PaneRows<'_>) -> Self {
        Self {
            performance: Performance::of(rows.known, rows.rows),
            together: together::sample(rows),
            worth: Worth::of(rows),
            challenge: Challenge::of(rows),
            labelled: Labelled::of(rows),
            unreadable: Unreadable::of(rows),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.performance.merge(&other.performance);
        self.together.merge(&other.together);
        self.worth.merge(&other.worth);
        self.challenge.merge(&other.challenge);
        self.labelled.merge(&other.labelled);
        self.unreadable.merge(&other.unreadable);
    }

    /// Numbers of 8 bytes that are held, about.
    pub fn n_held(&self) -> usize {
        self.worth.n_held()
    }

    /// Of a pane that is through: as few points as its columns are left with.
    pub fn seal(&mut self, points: usize) {
        self.worth.seal(points);
    }

    /// Panes of which there are so many keep less each.
    pub fn narrow(&mut self, n_panes: usize) {
        self.challenge.narrow(n_panes);
    }
}
