//! `GET /events`: what the lab tells, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;

use crate::Shared;

/// Events that may wait for a slow browser before the stream ends; it connects again and reads everything anew.
const MAX_WAITING: usize = 1_000;

pub async fn stream(
    State(shared): State<Arc<Shared>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = shared.desk.listen();
    let (sender, receiver) = mpsc::channel(MAX_WAITING);
    // Ends with the next event after the browser went away.
    std::thread::spawn(move || {
        for event in events {
            let Ok(text) = serde_json::to_string(&event) else {
                continue;
            };
            if sender.try_send(text).is_err() {
                return;
            }
        }
    });
    let stream = stream::unfold(receiver, |mut receiver| async move {
        let text = receiver.recv().await?;
        Some((Ok(Event::default().data(text)), receiver))
    });
    // A browser that listens does not keep a server from ending.
    let stream = stream.take_until(async move { shared.ended().await });
    Sse::new(stream).keep_alive(KeepAlive::default())
}
