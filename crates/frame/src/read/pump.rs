//! Rows of a reader that cannot stop in the middle, such as one that borrows from its file: it works on a thread of its
//! own, a few hundred rows ahead.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, sync_channel};

/// Rows that are sent at once, and how often the sender is ahead.
const CHUNK_ROWS: usize = 256;
const CHUNKS_AHEAD: usize = 4;

pub(super) struct Pump<T> {
    chunks: Receiver<Result<Vec<T>, String>>,
    current: std::vec::IntoIter<T>,
}

/// The other end has gone: nobody wants more rows.
pub(super) struct Stopped;

impl<T: Send + 'static> Pump<T> {
    /// `work` hands its rows to the function that it is given, and stops when that says so.
    pub(super) fn start(
        work: impl FnOnce(&mut dyn FnMut(T) -> Result<(), Stopped>) -> Result<(), String>
        + Send
        + 'static,
    ) -> Self {
        let (sender, chunks) = sync_channel(CHUNKS_AHEAD);
        std::thread::spawn(move || {
            let mut chunk = Vec::with_capacity(CHUNK_ROWS);
            let mut hand_over = |row: T| {
                chunk.push(row);
                if chunk.len() < CHUNK_ROWS {
                    return Ok(());
                }
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_ROWS));
                sender.send(Ok(full)).map_err(|_| Stopped)
            };
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut hand_over)))
                .unwrap_or_else(|_| Err("it is damaged".to_owned()));
            // a receiver that has gone wants neither rows nor errors
            let _ = sender.send(Ok(chunk));
            if let Err(error) = outcome {
                let _ = sender.send(Err(error));
            }
        });
        Self {
            chunks,
            current: Vec::new().into_iter(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<T>, String> {
        loop {
            if let Some(row) = self.current.next() {
                return Ok(Some(row));
            }
            match self.chunks.recv() {
                Ok(chunk) => self.current = chunk?.into_iter(),
                Err(_) => return Ok(None),
            }
        }
    }
}
