//! Curves of a fit: what it says of itself after each iteration is a metric of the run while it still runs.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use assay_core::task::{TaskEvent, TaskMetric};
use assay_core::{RunId, Task};

use crate::Lab;
use crate::error::Cause;

/// Points of so long a time are written together.
const TOGETHER: Duration = Duration::from_millis(250);

impl Lab {
    /// Does the work with a task whose metrics are logged to the run, each at its iteration.
    pub(super) fn curves_of<T>(
        &self,
        run_id: &RunId,
        task: &Task,
        work: impl FnOnce(&Task) -> Result<T, Cause>,
    ) -> Result<T, Cause> {
        let (sender, heard) = channel();
        std::thread::scope(|scope| {
            let written = scope.spawn(|| self.log_curves(run_id, heard));
            let done = {
                let watched = task.heard_by(move |event| {
                    if let TaskEvent::Metric(metric) = event {
                        // Whoever writes them has failed, and says so below.
                        let _ = sender.send(metric.clone());
                    }
                });
                work(&watched)
                // The task goes here, and with it the sender: the writer comes to its end.
            };
            let written = written
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            let done = done?;
            written.map(|()| done)
        })
    }

    fn log_curves(&self, run_id: &RunId, heard: Receiver<TaskMetric>) -> Result<(), Cause> {
        while let Ok(first) = heard.recv() {
            std::thread::sleep(TOGETHER);
            let points = std::iter::once(first).chain(heard.try_iter());
            self.log_all(
                run_id,
                points.map(|point| {
                    let step = i64::try_from(point.step).unwrap_or(i64::MAX);
                    (point.key, point.value, step)
                }),
            )?;
        }
        Ok(())
    }
}
