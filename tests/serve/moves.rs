//! Versions that move, break and come back while clients ask; the end of a server.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::{Connection, get, post_json, record, started, until};
use crate::server::Server;
use crate::support::TestLab;

/// However often the alias moves, from this process's own server or from another process, nobody hears an error.
#[test]
fn an_alias_that_moves_drops_no_request() {
    let lab = super::lab();
    lab.json(&["model", "alias", "birds@1", "champion"]);
    let secret = "a-token-of-the-owner-0123456789";
    let file = lab.file("token", secret);
    let server = Server::start(&lab, &["--token-file", file.to_str().expect("text")]);
    let bearer = format!("Bearer {secret}");
    let headers = [("Authorization", bearer.as_str())];
    let path = "POST /models/birds@champion/predict";
    let is_over = AtomicBool::new(false);
    let n_answered = AtomicUsize::new(0);
    let versions = thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut connection = Connection::to(&server.address).expect("it listens");
                    let body = record().to_string();
                    let mut versions = BTreeSet::new();
                    while !is_over.load(Ordering::Relaxed) {
                        let answer = connection
                            .ask(path, &headers, body.as_bytes())
                            .expect("an answer");
                        assert_eq!(answer.status, 200, "{}", answer.json());
                        let said = answer.json();
                        assert_eq!(said["label"], "Adelie");
                        versions.insert(said["version"].as_u64());
                        n_answered.fetch_add(1, Ordering::Relaxed);
                    }
                    versions
                })
            })
            .collect();
        for round in 0..6 {
            let version = format!("birds@{}", 1 + (round + 1) % 2);
            if round % 2 == 0 {
                let request = json!({ "model": version, "alias": "champion" }).to_string();
                let (status, body) = server.request("POST /rpc/models.alias", &headers, &request);
                assert_eq!(status, 200, "{body}");
            } else {
                lab.json(&["model", "alias", &version, "champion"]);
            }
            // Until the move is seen, requests go on.
            assert!(until(|| {
                let (status, said) = server.request(path, &headers, &record().to_string());
                let said: Value = serde_json::from_str(&said).expect("JSON");
                status == 200 && said["version"] == 1 + (round + 1) % 2
            }));
        }
        is_over.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .flat_map(|client| client.join().expect("no client failed"))
            .collect::<BTreeSet<_>>()
    });
    assert_eq!(versions, BTreeSet::from([Some(1), Some(2)]));
    assert!(n_answered.load(Ordering::Relaxed) > 20);
}

#[test]
fn a_damaged_version_is_answered_for_by_its_fallback_until_it_is_whole() {
    let lab = super::lab();
    lab.file(
        "lab/assay.toml",
        "[serve.birds]\nfallback = \"birds@1\"\nopen_secs = 2.0\n",
    );
    let (file, whole) = damage(&lab, "birds/2");
    let server = Server::start(&lab, &[]);
    for _ in 0..3 {
        let answer = post_json(&server, "/models/birds@2/predict", &record());
        let said = answer.json();
        assert_eq!(answer.status, 200, "{said}");
        assert_eq!(said["version"], 1);
        assert_eq!(
            said["instead_of"],
            json!({ "model": "birds", "version": 2 })
        );
    }
    let state = breaker(&server, 2);
    assert_eq!(state["breaker"]["position"], "open", "{state}");
    assert!(
        state["breaker"]["last_failure"]
            .as_str()
            .is_some_and(|text| text.contains("model.onnx")),
        "{state}"
    );
    assert_eq!(state["counts"]["n_fallback"], 3);
    // Still damaged when it is tried again: open it stays.
    assert!(until(
        || breaker(&server, 2)["breaker"]["position"] == "half_open"
    ));
    let said = post_json(&server, "/models/birds@2/predict", &record()).json();
    assert_eq!(said["version"], 1, "{said}");
    assert_eq!(breaker(&server, 2)["breaker"]["position"], "open");
    fs::write(&file, whole).expect("the file as it was");
    assert!(is_answered_by(&server, "birds@2", 2));
    assert_eq!(breaker(&server, 2)["breaker"]["position"], "closed");
}

#[test]
fn without_a_fallback_a_damaged_version_is_refused_and_named() {
    let lab = super::lab();
    damage(&lab, "birds/2");
    let server = Server::start(&lab, &[]);
    for _ in 0..2 {
        let answer = post_json(&server, "/models/birds/predict", &record());
        let said = answer.json();
        assert_eq!(answer.status, 503, "{said}");
        assert!(
            said["error"]
                .as_str()
                .is_some_and(|text| text.contains("birds@2") && text.contains("model.onnx")),
            "{said}"
        );
    }
    assert_eq!(
        post_json(&server, "/models/birds@1/predict", &record()).status,
        200
    );
    assert_eq!(
        get(&server, "/v2/models/birds/versions/2/ready").status,
        503
    );
    assert_eq!(
        get(&server, "/v2/models/birds/versions/1/ready").status,
        200
    );
}

/// What is under way is answered, and the server says meanwhile that it is not ready.
#[cfg(unix)]
#[test]
fn a_server_that_is_told_to_end_answers_what_it_has_taken() {
    let (_lab, mut server) = started();
    let address = server.address.clone();
    let is_told = AtomicBool::new(false);
    let n_after = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let body = record().to_string();
                // Until it takes no more connections, whatever it takes it answers whole.
                while let Ok(mut connection) = Connection::to(&address) {
                    let told = is_told.load(Ordering::SeqCst);
                    match connection.ask("POST /models/birds/predict", &[], body.as_bytes()) {
                        Ok(answer) => {
                            assert_eq!(answer.status, 200);
                            n_after.fetch_add(usize::from(told), Ordering::SeqCst);
                        }
                        // A connection that waited to be taken when the door was shut got no byte.
                        Err(error) => assert!(told, "{error}"),
                    }
                }
            });
        }
        assert!(is_answered_by(&server, "birds", 2));
        is_told.store(true, Ordering::SeqCst);
        let told = std::process::Command::new("kill")
            .args(["-TERM", &server.child.id().to_string()])
            .status()
            .expect("kill starts");
        assert!(told.success());
        assert!(until(|| {
            let ready = Connection::to(&address)
                .and_then(|mut connection| connection.ask("GET /health/ready", &[], b""));
            ready.is_ok_and(|answer| answer.status == 503)
        }));
    });
    assert!(n_after.load(Ordering::SeqCst) > 0);
    let status = server.child.wait().expect("it ends");
    assert!(status.success(), "{status}");
}

/// Changes one byte of the graph of a version; where it lies, and what it was.
fn damage(lab: &TestLab, version: &str) -> (std::path::PathBuf, Vec<u8>) {
    let file = lab.path().join("registry").join(version).join("model.onnx");
    let whole = fs::read(&file).expect("a graph");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(&file, damaged).expect("a damaged file");
    (file, whole)
}

/// What the server's own list says of a version of `birds`.
fn breaker(server: &Server, version: u32) -> Value {
    let listed = get(server, "/models").json();
    let versions = listed["models"][0]["versions"]
        .as_array()
        .expect("versions");
    let found = versions.iter().find(|found| found["version"] == version);
    found.expect("the version").clone()
}

fn is_answered_by(server: &Server, model: &str, version: u32) -> bool {
    let path = format!("/models/{model}/predict");
    until(|| post_json(server, &path, &record()).json()["version"] == version)
}
