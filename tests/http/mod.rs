//! `assay serve`: the wire for browsers, and what it refuses.

mod logging;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::TestLab;

const TOKEN: &str = "a-token-of-the-owner-0123456789";

fn server() -> (TestLab, Server) {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let file = lab.file("token", format!("{TOKEN}\n"));
    let server = Server::start(&lab, &["--token-file", file.to_str().expect("text")]);
    (lab, server)
}

#[test]
fn commands_answer_to_the_token_alone() {
    let (_lab, server) = server();
    let bearer = format!("Bearer {TOKEN}");
    let (status, body) = server.request(
        "POST /rpc/datasets.list",
        &[("Authorization", &bearer)],
        "{}",
    );
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        serde_json::from_str::<Value>(&body).expect("JSON")[0]["latest"]["n_rows"],
        344
    );
    for wrong in ["", "Bearer wrong", "Basic YTpi"] {
        let (status, _) =
            server.request("POST /rpc/datasets.list", &[("Authorization", wrong)], "{}");
        assert_eq!(status, 401, "{wrong:?}");
    }
    let (status, body) = server.request("GET /", &[], "");
    assert_eq!(status, 401);
    assert!(!body.contains(TOKEN));
    assert_eq!(server.request("GET /health", &[], "").0, 200);
}

#[test]
fn hostile_pages_get_nothing() {
    let (_lab, server) = server();
    let bearer = format!("Bearer {TOKEN}");
    let port = server.address.rsplit(':').next().expect("a port");
    let rebound = format!("evil.example:{port}");
    for headers in [
        vec![("Host", rebound.as_str()), ("Authorization", &bearer)],
        vec![("Host", "127.0.0.1:1"), ("Authorization", &bearer)],
        vec![
            ("Origin", "https://evil.example"),
            ("Authorization", &bearer),
        ],
        vec![("Origin", "null"), ("Authorization", &bearer)],
    ] {
        let (status, body) = server.request("POST /rpc/datasets.list", &headers, "{}");
        assert_eq!(status, 403, "{headers:?}: {body}");
    }
    assert_eq!(
        server
            .request("GET /events", &[("Origin", "https://evil.example")], "")
            .0,
        403
    );
    for path in [
        "GET /../Cargo.toml",
        "GET /%2e%2e/%2e%2e/etc/passwd",
        "GET /assets/../../x",
    ] {
        let (status, _) = server.request(path, &[], "");
        assert_eq!(status, 404, "{path}");
    }
}

#[test]
fn failures_travel_as_three_parts() {
    let (_lab, server) = server();
    let bearer = format!("Bearer {TOKEN}");
    let ask = |command: &str, body: &str| {
        server.request(
            &format!("POST /rpc/{command}"),
            &[("Authorization", &bearer)],
            body,
        )
    };
    let (status, body) = ask("datasets.show", &json!({ "dataset": "absent" }).to_string());
    let failure: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, &failure["code"]), (404, &"not_found".into()));
    assert!(
        failure["attempted"]
            .as_str()
            .is_some_and(|text| text.contains("absent")),
        "{failure}"
    );
    assert_eq!(ask("no.such.command", "{}").0, 404);
    assert_eq!(ask("datasets.show", "{\"dataset\": 3}").0, 400);
    assert_eq!(ask("datasets.show", "not json").0, 400);
    let (status, body) = ask("lab.open", &json!({ "path": "/" }).to_string());
    assert_eq!(status, 422, "{body}");
}

#[test]
fn a_dropped_file_is_received_under_a_safe_name() {
    let (_lab, server) = server();
    let bearer = format!("Bearer {TOKEN}");
    let (status, body) = server.request(
        "POST /upload?name=..%2F..%2Fsmall.csv",
        &[("Authorization", &bearer)],
        "a,b\n1,2\n3,4\n",
    );
    assert_eq!(status, 200, "{body}");
    let received: Value = serde_json::from_str(&body).expect("JSON");
    let path = received["path"].as_str().expect("a path");
    assert!(
        path.ends_with("/small.csv") || path.ends_with("\\small.csv"),
        "{path}"
    );
    assert_eq!(
        std::fs::read_to_string(path).expect("the file"),
        "a,b\n1,2\n3,4\n"
    );
    assert_eq!(server.request("POST /upload?name=x.csv", &[], "a\n").0, 401);
}

#[test]
fn jobs_that_waited_are_gone_on_with_by_the_next_server() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    lab.file("lab/assay.toml", "[jobs]\nat_once = 1\n");
    let file = lab.file("token", format!("{TOKEN}\n"));
    let options = ["--token-file", file.to_str().expect("text")];
    let bearer = format!("Bearer {TOKEN}");
    let ask = |server: &Server, command: &str, body: Value| -> Value {
        let headers = [("Authorization", bearer.as_str())];
        let head = format!("POST /rpc/{command}");
        let (status, body) = server.request(&head, &headers, &body.to_string());
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("JSON")
    };
    let train = |algorithm: &str, params: Value| json!({ "dataset": "penguins", "target": "species", "algorithm": algorithm, "params": params });
    let mut first = Server::start(&lab, &options);
    let running = ask(
        &first,
        "training.start",
        train("random_forest", json!({ "n_estimators": 2000 })),
    );
    let waiting = ask(&first, "training.start", train("decision_tree", json!({})));
    let state = |server: &Server, job: &Value| {
        ask(server, "jobs.show", json!({ "job_id": job["job_id"] }))["state"].clone()
    };
    let state_of = |server: &Server| state(server, &waiting);
    let begun = Instant::now() + Duration::from_secs(60);
    while state(&first, &running) != "running" {
        assert!(Instant::now() < begun, "{}", state(&first, &running));
        sleep(Duration::from_millis(20));
    }
    assert_eq!(state_of(&first), "waiting");
    first.child.kill().expect("it runs");
    first.child.wait().expect("it ends");

    let second = Server::start(&lab, &options);
    let deadline = Instant::now() + Duration::from_secs(60);
    while state_of(&second) != "done" {
        assert!(Instant::now() < deadline, "{}", state_of(&second));
        sleep(Duration::from_millis(100));
    }
    let jobs = ask(&second, "jobs.list", json!({}));
    assert_eq!(jobs[1]["state"], "interrupted", "{jobs}");
}

/// Where the application has the lab open, what arrives in a watched folder comes in by itself.
#[test]
fn a_watched_file_is_imported_and_whoever_listens_is_told() {
    let (lab, server) = server();
    let bearer = format!("Bearer {TOKEN}");
    let mut stream = TcpStream::connect(&server.address).expect("it listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(120)))
        .expect("a limit");
    let request = format!(
        "GET /events HTTP/1.1\r\nHost: {}\r\nAuthorization: {bearer}\r\n\r\n",
        server.address
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut lines = BufReader::new(stream).lines();
    let status = lines.next().expect("an answer").expect("text");
    assert!(status.contains("200"), "{status}");

    let folder = lab.path().join("..").join("incoming");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("fresh.csv"), "a,b\n1,2\n3,4\n").expect("a file");
    std::fs::write(folder.join("ragged.csv"), "a,b\n1,2,3\n").expect("a file");
    let (status, body) = server.request(
        "POST /rpc/watches.add",
        &[("Authorization", &bearer)],
        &json!({ "folder": folder, "name": null }).to_string(),
    );
    assert_eq!(status, 200, "{body}");

    let mut notices: Vec<(Value, String)> = lines
        .map(|line| line.expect("an event"))
        .filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?).ok())
        .filter(|event| event["event"] == "notice")
        .map(|event| {
            let text = event["text"].as_str().unwrap_or_default().to_owned();
            (event["level"].clone(), text)
        })
        .take(2)
        .collect();
    notices.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(notices[0].0, "info");
    assert!(
        notices[0].1.starts_with("`fresh.csv` in ") && notices[0].1.contains("fresh@1"),
        "{notices:?}"
    );
    assert_eq!(notices[1].0, "warning");
    assert!(
        notices[1].1.starts_with("`ragged.csv` in ") && notices[1].1.contains("line 2"),
        "{notices:?}"
    );
    assert_eq!(lab.json(&["data", "show", "fresh"])["version"]["n_rows"], 2);
}
