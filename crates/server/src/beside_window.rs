//! The server in the window's own process: switched on and off, while the window goes on.

use std::net::SocketAddr;
use std::sync::mpsc;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use assay_api::{Desk, Serving};
use assay_core::code::{Code, Failure};
use tokio::sync::oneshot;

use crate::{Bound, Error, Options, runtime};

/// How long requests that are under way when the switch is turned off may take to their end.
const GRACE: Duration = Duration::from_millis(500);

/// Lets the desk start this server beside its window.
pub fn offer(desk: &Arc<Desk>) {
    // The desk holds what is offered, which therefore must not hold the desk.
    let held = Arc::downgrade(desk);
    desk.offer_server(Box::new(move |port| {
        let server = start(&held, port).map_err(|error| error.failure())?;
        Ok(Box::new(server))
    }));
}

/// Ends when it is dropped.
struct Server {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving for Server {
    fn address(&self) -> String {
        self.address.to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            // It may have ended by itself.
            let _ = end.send(());
        }
        if let Some(thread) = self.thread.take() {
            // Until then it holds its port. A panic was told where it happened.
            let _ = thread.join();
        }
    }
}

fn start(desk: &Weak<Desk>, port: u16) -> Result<Server, Error> {
    let desk = desk.upgrade().ok_or_else(|| closing(port))?;
    let options = Options {
        port,
        token: None,
        artifact_root: None,
        model: None,
    };
    let (ready, heard) = mpsc::channel();
    let (end, ended) = oneshot::channel::<()>();
    let thread = thread::spawn(move || {
        let outcome = runtime().map_err(Error::Serve).and_then(|runtime| {
            let bound = runtime.block_on(Bound::new(desk, options))?;
            Ok((runtime, bound))
        });
        let (runtime, bound) = match outcome {
            Ok(running) => running,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(bound.shared.address));
        let lab = Arc::clone(&bound.lab);
        runtime.block_on(async move {
            let (begin_end, begun) = oneshot::channel::<()>();
            let served = bound.run(async move {
                // Either way it is to end.
                let _ = begun.await;
                Duration::ZERO
            });
            let patience = async move {
                let _ = ended.await;
                let _ = begin_end.send(());
                // Whoever only listens, as to events, would keep it for ever.
                tokio::time::sleep(GRACE).await;
            };
            tokio::select! {
                _ = served => {}
                () = patience => {}
            }
        });
        runtime.shutdown_background();
        // What was cut off by the patience did not withdraw it.
        let _ = lab.withdraw_server();
    });
    let address = heard.recv().map_err(|_| closing(port))??;
    Ok(Server {
        address,
        end: Some(end),
        thread: Some(thread),
    })
}

fn closing(port: u16) -> Error {
    Error::Lab(Failure {
        code: Code::Cancelled,
        attempted: format!("listen on 127.0.0.1:{port}"),
        wrong: "the window is closing".to_owned(),
        hint: None,
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use assay_api::Reply;
    use assay_lab::Environment;
    use serde_json::{Value, json};

    use super::*;

    fn ask(desk: &Desk, command: &str, request: Value) -> Result<Value, Failure> {
        desk.dispatch(command, request).map(|reply| match reply {
            Reply::Json(text) => serde_json::from_str(&text).unwrap(),
            Reply::Bytes(_) => panic!("{command} answers with a document"),
        })
    }

    fn health(address: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        let request =
            format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn the_switch_turns_on_and_off_and_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let desk = Arc::new(Desk::new(Environment::system("test").unwrap()));
        offer(&desk);
        let lab = json!({ "path": folder.path().join("lab") });
        ask(&desk, "lab.create", lab.clone()).unwrap();
        let shown = ask(&desk, "server.show", json!({})).unwrap();
        assert_eq!(
            shown,
            json!({ "is_offered": true, "address": null, "port": 5000 })
        );

        // A port that is held is refused in words, and nothing is remembered.
        let held = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = held.local_addr().unwrap().port();
        let refused = ask(&desk, "server.switch", json!({ "on": true, "port": port })).unwrap_err();
        assert_eq!(refused.code, Code::Conflict);
        assert_eq!(refused.wrong, "another program holds that port");
        assert_eq!(
            ask(&desk, "server.show", json!({})).unwrap()["address"],
            Value::Null
        );
        drop(held);

        let shown = ask(&desk, "server.switch", json!({ "on": true, "port": port })).unwrap();
        let address = format!("127.0.0.1:{port}");
        assert_eq!(
            shown,
            json!({ "is_offered": true, "address": address, "port": port })
        );
        assert!(health(&address).unwrap().ends_with("OK"));
        let status = ask(&desk, "lab.status", json!({})).unwrap();
        assert_eq!(status["servers"][0]["address"], json!(address));

        // Opened again, the lab is served again.
        ask(&desk, "lab.open", lab).unwrap();
        assert!(health(&address).unwrap().ends_with("OK"));

        let shown = ask(&desk, "server.switch", json!({ "on": false, "port": port })).unwrap();
        assert_eq!(shown["address"], Value::Null);
        assert!(health(&address).is_err());
        let status = ask(&desk, "lab.status", json!({})).unwrap();
        assert_eq!(status["servers"], json!([]));
    }
}
