//! The one command: every call of the pages goes through it to the list of commands in `assay_api`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use assay_api::{Code, Desk, Event, Failure, Reply};
use serde_json::Value;
use tauri::ipc::{Channel, JavaScriptChannelId, Response};
use tauri::{Runtime, State, Webview};

/// Which subscription to events is in force: a page that is loaded again subscribes again, and its first
/// subscription ends.
#[derive(Default)]
pub struct Subscription(Arc<AtomicU64>);

/// Runs `command` and answers with its bytes: a JSON document, or columns for tables and charts.
///
/// With a `channel`, the page hears every event from now on instead, and `command` is `events.subscribe`.
///
/// # Errors
/// The failure as `assay_api` tells it.
#[tauri::command]
pub async fn rpc<R: Runtime>(
    webview: Webview<R>,
    desk: State<'_, Arc<Desk>>,
    subscription: State<'_, Subscription>,
    command: String,
    request: Value,
    channel: Option<JavaScriptChannelId>,
) -> Result<Response, Failure> {
    if let Some(channel) = channel {
        subscription.begin(&desk, channel.channel_on(webview));
        return Ok(Response::new("{}".to_owned()));
    }
    let desk = Arc::clone(&desk);
    let attempted = command.clone();
    // Commands block; the window goes on meanwhile.
    let answer = tauri::async_runtime::spawn_blocking(move || desk.dispatch(&command, request));
    let reply = answer.await.map_err(|stopped| Failure {
        code: Code::Cancelled,
        attempted,
        wrong: stopped.to_string(),
        hint: None,
    })?;
    Ok(match reply? {
        Reply::Json(text) => Response::new(text.into_bytes()),
        Reply::Bytes(bytes) => Response::new(bytes),
    })
}

impl Subscription {
    fn begin(&self, desk: &Desk, channel: Channel<Event>) {
        let current = Arc::clone(&self.0);
        let own = current.fetch_add(1, Ordering::SeqCst) + 1;
        let events = desk.listen();
        std::thread::spawn(move || {
            for event in events {
                if current.load(Ordering::SeqCst) != own || channel.send(event).is_err() {
                    return;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel as queue;
    use std::time::Duration;

    use assay_lab::Environment;
    use serde_json::json;
    use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
    use tauri::test::{INVOKE_KEY, get_ipc_response, mock_builder, mock_context, noop_assets};
    use tauri::webview::InvokeRequest;
    use tauri::{WebviewWindowBuilder, generate_handler};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn desk() -> Arc<Desk> {
        Arc::new(Desk::new(Environment::system("test").unwrap()))
    }

    /// Calls through the whole of Tauri, but for the web view.
    fn call(command: &str, request: Value) -> Result<Value, Value> {
        let app = mock_builder()
            .manage(desk())
            .manage(Subscription::default())
            .invoke_handler(generate_handler![rpc])
            .build(mock_context(noop_assets()))
            .unwrap();
        let window = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default())
            .build()
            .unwrap();
        let invoke = InvokeRequest {
            cmd: "rpc".into(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(json!({ "command": command, "request": request })),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&window, invoke).map(|body| match body {
            InvokeResponseBody::Raw(bytes) => serde_json::from_slice(&bytes).unwrap(),
            InvokeResponseBody::Json(text) => panic!("answers are bytes, this is text: {text}"),
        })
    }

    #[test]
    fn an_answer_is_the_bytes_of_its_document() {
        let folder = tempfile::tempdir().unwrap();
        let lab = folder.path().join("lab");
        let status = call("lab.create", json!({ "path": lab })).unwrap();
        assert_eq!(status["path"], json!(lab));
        assert_eq!(status["n_datasets"], json!(0));
    }

    #[test]
    fn an_error_is_the_failure_of_the_wire() {
        let missing = json!({ "path": "/no/such/lab" });
        for (command, request) in [("no.such.command", json!({})), ("lab.open", missing)] {
            let failure = call(command, request).unwrap_err();
            assert_eq!(failure["code"], json!("not_found"), "{failure}");
            assert!(failure["attempted"].is_string() && failure["wrong"].is_string());
        }
    }

    #[test]
    fn a_page_that_is_loaded_again_hears_each_event_once() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk();
        let subscription = Subscription::default();
        let (heard, events) = queue();
        for page in ["first", "second"] {
            let heard = heard.clone();
            let channel = Channel::new(move |body| {
                if let InvokeResponseBody::Json(text) = body {
                    // The test may be over.
                    let _ = heard.send((page, text));
                }
                Ok(())
            });
            subscription.begin(&desk, channel);
        }
        let request = json!({ "path": folder.path().join("lab") });
        desk.dispatch("lab.create", request).ok().unwrap();
        let (page, text) = events.recv_timeout(PATIENCE).unwrap();
        assert_eq!(page, "second");
        assert!(text.contains("changed"), "{text}");
    }
}
