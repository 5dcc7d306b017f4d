//! A question on its way through the lab: where it waits for its turn this end waits, where it would block another
//! thread goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_api::Lab;
use assay_api::serving::{Progress, Question, Reply, RowsGiven, Word};
use assay_core::reference::Reference;
use assay_core::serving::{Answered, Protocol, Refusal, RefusalKind};
use axum::http::HeaderMap;
use axum::response::Response;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::answer::refusal;
use super::answered::answered;
use super::request::Caller;
use crate::Shared;

/// The answer of a model, or why there is none; never fails.
async fn ask(
    shared: &Arc<Shared>,
    caller: &Caller,
    protocol: Protocol,
    model: Reference,
    rows: RowsGiven,
) -> Box<Answered> {
    let question = Question {
        model,
        rows,
        protocol,
        request_id: caller.request_id.clone(),
        trace_parent: caller.trace_parent.clone(),
        client: caller.client.clone(),
    };
    go_through(&shared.lab, question).await
}

/// The whole way of a request: the caller admitted, the request read, the model asked. A refusal on the way is
/// remembered, and answered.
pub async fn asked(
    shared: &Arc<Shared>,
    caller: &mut Caller,
    headers: &HeaderMap,
    protocol: Protocol,
    given: impl Future<Output = Result<(Reference, RowsGiven), Refusal>>,
) -> Result<Box<Answered>, Response> {
    let read = match caller.admit(shared, headers) {
        Ok(()) => given.await,
        Err(refused) => Err(refused),
    };
    match read {
        Ok((model, rows)) => Ok(ask(shared, caller, protocol, model, rows).await),
        Err(refused) => {
            let response = refusal(caller, &refused);
            answered(shared, *not_asked(caller, protocol, refused));
            Err(response)
        }
    }
}

/// A request that did not come to a model, as it is remembered.
fn not_asked(caller: &Caller, protocol: Protocol, refusal: Refusal) -> Box<Answered> {
    Box::new(Answered {
        request_id: caller.request_id.clone(),
        trace_parent: caller.trace_parent.clone(),
        client: caller.client.clone(),
        ..Answered::refused(protocol, refusal)
    })
}

async fn go_through(lab: &Arc<Lab>, question: Question) -> Box<Answered> {
    let began = Instant::now();
    let model = question.model.clone();
    let known = Known::of(&question);
    let mut heard: Option<oneshot::Receiver<Word>> = None;
    let mut progress = lab.ask_model(question, || reply(&mut heard));
    loop {
        progress = match progress {
            Progress::Done(answered) => return answered,
            Progress::Waiting(pending) => {
                let Some(receiver) = heard.take() else {
                    return pending.late();
                };
                let left =
                    Duration::from_secs_f64(pending.timeout_secs()).saturating_sub(began.elapsed());
                match tokio::time::timeout(left, receiver).await {
                    Ok(Ok(word)) => pending.go_on(word, || reply(&mut heard)),
                    // Not in time, or forgotten.
                    Ok(Err(_)) | Err(_) => return pending.late(),
                }
            }
            Progress::Blocking(work) => {
                let left = Duration::from_secs_f64(lab.timeout_secs(&model))
                    .saturating_sub(began.elapsed());
                let (sender, receiver) = oneshot::channel();
                let run = spawn_blocking(move || {
                    work.run(|| Box::new(move |word| sender.send(word)) as Reply)
                });
                heard = Some(receiver);
                match tokio::time::timeout(left, run).await {
                    Ok(Ok(progress)) => progress,
                    Ok(Err(error)) => {
                        let wrong = format!("Assay made a mistake: {error}");
                        return known.refused(lab, Refusal::new(RefusalKind::Failed, wrong));
                    }
                    Err(_) => return known.refused(lab, lab.too_late(&model)),
                }
            }
        };
    }
}

fn reply(heard: &mut Option<oneshot::Receiver<Word>>) -> Reply {
    let (sender, receiver) = oneshot::channel();
    *heard = Some(receiver);
    Box::new(move |word| sender.send(word))
}

/// What is said of a question that another thread holds and does not give back.
struct Known {
    protocol: Protocol,
    asked: String,
    caller: Caller,
}

impl Known {
    fn of(question: &Question) -> Self {
        Self {
            protocol: question.protocol,
            asked: question.model.to_string(),
            caller: Caller {
                request_id: question.request_id.clone(),
                trace_parent: question.trace_parent.clone(),
                client: question.client.clone(),
            },
        }
    }

    fn refused(self, lab: &Lab, refusal: Refusal) -> Box<Answered> {
        let mut answered = not_asked(&self.caller, self.protocol, refusal);
        answered.at_ms = lab.environment().now_ms();
        answered.asked = Some(self.asked);
        answered
    }
}
