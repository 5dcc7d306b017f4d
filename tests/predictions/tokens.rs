//! `assay token`, and what a server makes of it.

use std::thread::sleep;
use std::time::Duration;

use serde_json::json;

use super::{penguin, registered};
use crate::server::Server;
use crate::support::TestLab;

/// For so long a server believes what it knows of the tokens, and a little more.
const BELIEVED: Duration = Duration::from_millis(600);

fn secret(lab: &TestLab, name: &str, more: &[&str]) -> String {
    let issued = lab.json(&[&["token", "new", name], more].concat());
    let secret = issued["secret"].as_str().expect("a secret");
    assert!(secret.starts_with("assay_") && secret.len() == 70);
    format!("Bearer {secret}")
}

#[test]
fn each_role_may_what_those_before_it_may() {
    let lab = registered();
    let tokens: Vec<String> = ["predict", "read", "write", "admin"]
        .iter()
        .map(|role| secret(&lab, role, &["--role", role]))
        .collect();
    let server = Server::start(&lab, &[]);
    let record = penguin().to_string();
    // The place of the first role that may.
    for (head, body, first) in [
        ("POST /models/species/predict", record.as_str(), 0),
        ("GET /models", "", 0),
        ("POST /labels", r#"{"id": "a", "label": 1}"#, 0),
        ("GET /metrics", "", 1),
        ("POST /rpc/datasets.list", "{}", 1),
        (
            "POST /api/2.0/mlflow/experiments/search",
            r#"{"max_results": 1}"#,
            1,
        ),
        ("POST /rpc/jobs.cancel", r#"{"job_id": "x"}"#, 2),
        (
            "POST /api/2.0/mlflow/experiments/create",
            r#"{"name": "e"}"#,
            2,
        ),
        ("POST /rpc/tokens.list", "{}", 3),
    ] {
        for (place, token) in tokens.iter().enumerate() {
            let headers = [
                ("Authorization", token.as_str()),
                ("Content-Type", "application/json"),
            ];
            let (status, answer) = server.request(head, &headers, body);
            assert_eq!(
                status == 403,
                place < first,
                "{head} by {place}: {status} {answer}"
            );
            assert_ne!(status, 401, "{head} by {place}: {answer}");
        }
        for wrong in ["", "Bearer assay_0000", "Basic YTpi"] {
            let (status, answer) = server.request(head, &[("Authorization", wrong)], body);
            assert_eq!(status, 401, "{head} with {wrong:?}: {answer}");
        }
    }
    assert_eq!(server.request("GET /health", &[], "").0, 200);
    assert_eq!(server.request("GET /health/ready", &[], "").0, 200);
    assert_eq!(
        server.request("GET /", &[], "").0,
        401,
        "the page holds a token"
    );
}

#[test]
fn the_first_token_shuts_a_running_server_and_the_last_one_opens_it() {
    let lab = registered();
    let server = Server::start(&lab, &[]);
    let record = penguin().to_string();
    let ask = |token: &str| {
        let headers = [("Authorization", token)];
        server
            .request("POST /models/species/predict", &headers, &record)
            .0
    };
    assert_eq!(ask(""), 200);
    let shop = secret(&lab, "shop", &["--role", "predict"]);
    sleep(BELIEVED);
    assert_eq!((ask(""), ask(&shop)), (401, 200));
    lab.json(&["token", "revoke", "shop"]);
    sleep(BELIEVED);
    assert_eq!((ask(""), ask(&shop)), (200, 200));
    let again = lab.assay(&["token", "revoke", "shop"]);
    assert_eq!(again.status, 1);
    assert!(
        again.stderr.contains("there is no token `shop`"),
        "{}",
        again.stderr
    );
}

#[test]
fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let lab = registered();
    let slow = secret(&lab, "slow", &["--role", "predict", "--rate", "0.01"]);
    let fast = secret(&lab, "fast", &["--role", "predict"]);
    let server = Server::start(&lab, &[]);
    let record = penguin().to_string();
    let ask = |token: &str| {
        let headers = [("Authorization", token)];
        server.request("POST /models/species/predict", &headers, &record)
    };
    assert_eq!(ask(&slow).0, 200);
    let (status, answer) = ask(&slow);
    assert_eq!(status, 429, "{answer}");
    assert!(
        answer.contains("sends more requests than it may"),
        "{answer}"
    );
    assert_eq!(ask(&fast).0, 200, "others are not kept waiting");
    let (_, meters) = server.request("GET /models", &[("Authorization", &fast)], "");
    assert!(meters.contains("species"));
}

#[test]
fn secrets_are_shown_once_and_not_kept() {
    let lab = TestLab::new();
    let issued = lab.json(&["token", "new", "till", "--role", "read", "--rate", "5"]);
    let secret = issued["secret"].as_str().expect("a secret").to_owned();
    let listed = lab.json(&["token", "list"]);
    assert_eq!(listed[0]["name"], "till");
    assert_eq!(listed[0]["requests_per_second"], json!(5.0));
    assert_eq!(listed[0].get("secret"), None);
    for file in ["lab.db", "lab.db-wal"] {
        let bytes = std::fs::read(lab.path().join(file)).unwrap_or_default();
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "{file} holds the secret");
    }
    for (arguments, part) in [
        (
            ["token", "new", "till", "--role", "read"],
            "`till` has a token already",
        ),
        (["token", "new", "a/b", "--role", "read"], "only letters"),
    ] {
        let answer = lab.assay(&arguments);
        assert_eq!(answer.status, 1, "{}", answer.stderr);
        assert!(answer.stderr.contains(part), "{}", answer.stderr);
    }
    assert_eq!(
        lab.assay(&["token", "new", "x", "--role", "king"]).status,
        2
    );
    assert_eq!(
        lab.assay(&["token", "new", "x", "--role", "read", "--rate", "0"])
            .status,
        1
    );
}
