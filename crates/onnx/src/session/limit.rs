//! Runs that are ended when they take too long: a graph of somebody else may loop for ever.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use ort::session::{RunOptions, SessionInputValue, SessionOutputs};

use crate::error::Error;

pub(super) type Inputs<'i> = Vec<(Cow<'i, str>, SessionInputValue<'i>)>;

/// What is taken of the outputs. `None`: as long as it takes. A single operator that is under way is not interrupted, only what comes after it.
///
/// # Errors
/// [`Error::TooLong`], [`Error::Run`].
pub(super) fn run<T>(
    session: &mut ort::session::Session,
    inputs: Inputs<'_>,
    limit: Option<Duration>,
    take: impl FnOnce(&SessionOutputs<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let failed = |error: ort::Error| Error::Run(error.message().to_owned());
    let Some(limit) = limit else {
        return take(&session.run(inputs).map_err(failed)?);
    };
    let options = Arc::new(RunOptions::new().map_err(failed)?);
    let is_over = Arc::new(AtomicBool::new(false));
    let (done, waiting) = mpsc::channel::<()>();
    let watch = std::thread::spawn({
        let (options, is_over) = (Arc::clone(&options), Arc::clone(&is_over));
        move || {
            if waiting.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                is_over.store(true, Ordering::Release);
                // A run that cannot be ended goes on to its end.
                let _ = options.terminate();
            }
        }
    });
    let outputs = session.run_with_options(inputs, &*options);
    drop(done);
    // A watch that panicked ended nothing.
    let _ = watch.join();
    let outputs = outputs.map_err(|error| match is_over.load(Ordering::Acquire) {
        true => Error::TooLong(limit.as_secs_f64()),
        false => failed(error),
    })?;
    take(&outputs)
}
