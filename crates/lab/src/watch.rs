//! Watching the lab: writes of any process become events of this one.

use std::sync::Arc;
use std::time::Duration;

use assay_core::event::{Event, Kind};

use crate::error::Attempt;
use crate::{Error, Lab};

/// How often the change number is looked at; a write elsewhere is seen within this time.
const EVERY: Duration = Duration::from_millis(150);

impl Lab {
    /// Begins to watch the lab and its registered folders, until the lab is dropped; jobs that still waited when an
    /// earlier host ended are gone on with.
    pub fn watch(self: &Arc<Self>) -> Result<(), Error> {
        let mut seen = self
            .store
            .change_number()
            .attempt(|| "watch the lab".to_owned())?;
        self.start_watching_folders();
        self.adopt_waiting_jobs()?;
        let weak = Arc::downgrade(self);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(EVERY);
                let Some(lab) = weak.upgrade() else { return };
                // A lab that is busy for a moment is looked at again the next time.
                let Ok((number, kinds)) = lab.store.changes_since(seen) else {
                    continue;
                };
                seen = number;
                let is_of_models = |kind: &Kind| matches!(kind, Kind::Models | Kind::Trash);
                if kinds.iter().any(is_of_models) {
                    lab.refresh_serving();
                }
                if !kinds.is_empty() {
                    lab.tell(&Event::Changed { kinds });
                }
            }
        });
        Ok(())
    }

    /// Tells every listener that everything changed: another lab was opened.
    pub fn tell_opened(&self) {
        self.tell(&Event::Changed {
            kinds: Kind::ALL.to_vec(),
        });
    }
}
