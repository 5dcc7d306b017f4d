//! `logs/predictions`, labels, and what they make together.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{penguin, registered};
use crate::server::Server;
use crate::support::TestLab;

/// The bound of the prediction log: rows that wait to be written at most.
const MAX_WAITING_ROWS: usize = 1_024;

fn logged(lab: &TestLab) -> Vec<Value> {
    let folder = lab.path().join("logs/predictions/species");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files.iter().flat_map(|path| lines(path)).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a log");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect()
}

fn wait_for(lab: &TestLab, n_lines: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let found = logged(lab);
        if found.len() >= n_lines || begun.elapsed() > Duration::from_secs(20) {
            return found;
        }
        sleep(Duration::from_millis(20));
    }
}

fn settings(lab: &TestLab, text: &str) {
    let path = lab.path().join("assay.toml");
    let all = fs::read_to_string(&path).expect("settings");
    fs::write(
        &path,
        all.replace("[predictions]", &format!("[predictions]\n{text}")),
    )
    .expect("settings");
}

#[test]
fn a_line_says_who_asked_what_and_what_was_answered() {
    let lab = registered();
    settings(&lab, "redact = [\"sex\"]");
    let issued = lab.json(&["token", "new", "shop", "--role", "predict"]);
    let bearer = format!("Bearer {}", issued["secret"].as_str().expect("a secret"));
    let server = Server::start(&lab, &[]);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "application/json"),
        ("x-request-id", "order-1"),
        ("traceparent", trace),
    ];
    let mut heavy = penguin();
    heavy["body_mass_g"] = json!(20_000);
    heavy["bill_depth_mm"] = Value::Null;
    let body = json!([penguin(), heavy]).to_string();
    let (status, answer) = server.request("POST /models/species/predict/batch", &headers, &body);
    assert_eq!(status, 200, "{answer}");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    // What is refused is counted, and no prediction.
    let (status, _) = server.request("POST /models/species/predict", &headers, "{}");
    assert_eq!(status, 422);

    let lines = wait_for(&lab, 2);
    assert_eq!(lines.len(), 2, "{lines:?}");
    for (row, line) in lines.iter().enumerate() {
        assert_eq!(line["id"], format!("order-1/{row}"));
        assert_eq!(line["request_id"], "order-1");
        assert_eq!(line["client"], "shop");
        assert_eq!(
            (&line["model"], &line["version"]),
            (&json!("species"), &json!(1))
        );
        assert_eq!(line["trace_parent"], trace);
        assert_eq!(line["output"], answer["predictions"][row]["label"]);
        assert_eq!(
            line["probabilities"],
            answer["predictions"][row]["probabilities"]
        );
        assert_eq!(line["inputs"]["island"], "Biscoe");
        assert_eq!(line["inputs"]["flipper_length_mm"], 211);
        assert_eq!(line["inputs"]["sex"], "[redacted]");
        assert!(line["latency_ms"].as_f64().is_some_and(|ms| ms > 0.0));
        let time = line["time"].as_str().expect("a time");
        assert!(time.len() == 24 && time.ends_with('Z'), "{time}");
    }
    assert_eq!(lines[0]["warnings"], json!([]));
    assert_eq!(
        lines[1]["warnings"],
        json!([{ "field": "body_mass_g", "kind": "out_of_range" }])
    );
    assert_eq!(lines[1]["inputs"]["bill_depth_mm"], Value::Null);

    let reader = lab.json(&["token", "new", "prometheus", "--role", "read"]);
    let reader = format!("Bearer {}", reader["secret"].as_str().expect("a secret"));
    sleep(Duration::from_millis(600));
    let (status, meters) = server.request("GET /metrics", &[("Authorization", &reader)], "");
    assert_eq!(status, 200, "{meters}");
    for line in [
        r#"assay_predict_requests_total{model="species",version="1",protocol="assay",outcome="answered"} 1"#,
        r#"assay_predict_requests_total{model="species",version="1",protocol="assay",outcome="fields"} 1"#,
        r#"assay_predicted_rows_total{model="species",version="1"} 2"#,
        r#"assay_predict_warnings_total{model="species",version="1",kind="out_of_range"} 1"#,
        r#"assay_predict_latency_seconds_count{model="species",version="1"} 1"#,
        r#"assay_breaker{model="species",version="1",position="closed"} 1"#,
        "# EOF",
    ] {
        assert!(
            meters.lines().any(|found| found == line),
            "{line}\n{meters}"
        );
    }
}

#[test]
fn labels_join_predictions_by_their_ids() {
    let lab = registered();
    let server = Server::start(&lab, &[]);
    for id in ["a", "b", "c"] {
        let headers = [("Content-Type", "application/json"), ("x-request-id", id)];
        let body = penguin().to_string();
        let (status, answer) = server.request("POST /models/species/predict", &headers, &body);
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(wait_for(&lab, 3).len(), 3);
    let json = [("Content-Type", "application/json")];
    let given = r#"[{"id": "a", "label": "Adelie"}, {"id": "b", "label": "Adelie"}]"#;
    assert_eq!(server.request("POST /labels", &json, given).0, 200);
    // The last word holds.
    let last = r#"{"id": "b", "label": "Gentoo"}"#;
    assert_eq!(server.request("POST /labels", &json, last).0, 200);
    for wrong in [
        "{",
        "[1]",
        r#"{"id": "", "label": 1}"#,
        r#"{"id": "a", "label": [1]}"#,
    ] {
        let (status, answer) = server.request("POST /labels", &json, wrong);
        assert_eq!(status, 400, "{wrong}: {answer}");
    }
    let more = lab.file("truth.csv", "order,species\nc,Chinstrap\nnobody,Adelie\n");
    let more = more.to_str().expect("text");
    let taken = lab.json(&[
        "model", "label", more, "--id", "order", "--label", "species",
    ]);
    assert_eq!(taken["n_labels"], 2);

    let table = lab.path().with_file_name("log.csv");
    let table = table.to_str().expect("text");
    lab.json(&["model", "log", "species", "-o", table]);
    let text = fs::read_to_string(table).expect("a table");
    let mut rows = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().expect("names");
    let at = |name: &str| {
        names
            .iter()
            .position(|column| *column == name)
            .expect("a column")
    };
    let joined: Vec<(String, String)> = rows
        .map(|row| (row[at("id")].to_owned(), row[at("label")].to_owned()))
        .collect();
    let expected = [("a", "Adelie"), ("b", "Gentoo"), ("c", "Chinstrap")];
    assert_eq!(joined.len(), 3);
    for ((id, label), (wanted_id, wanted_label)) in joined.iter().zip(expected) {
        assert_eq!((id.as_str(), label.as_str()), (wanted_id, wanted_label));
    }
    // It is a log that can be replayed.
    let replayed = lab.assay(&[
        "replay",
        table,
        "--model",
        "species",
        "--timestamp",
        "time",
        "--label",
        "label",
        "--window",
        "3rows",
    ]);
    assert_eq!(replayed.status, 0, "{}", replayed.stderr);
    let none = lab.assay(&["model", "log", "species@1", "-o", "log.sqlite"]);
    assert_eq!(none.status, 1, "{}", none.stderr);
}

#[test]
fn a_killed_server_takes_no_more_with_it_than_it_says() {
    let lab = registered();
    let mut server = Server::start(&lab, &[]);
    let answered = Arc::new(Mutex::new(Vec::new()));
    let is_over = AtomicBool::new(false);
    let body = penguin().to_string();
    scope(|scope| {
        for client in 0..4 {
            let (answered, is_over, server, body) =
                (Arc::clone(&answered), &is_over, &server.address, &body);
            scope.spawn(move || {
                let mut n_asked = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let id = format!("{client}-{n_asked}");
                    n_asked += 1;
                    if ask(server, &id, body) {
                        answered.lock().expect("no panic").push(id);
                    }
                }
            });
        }
        sleep(Duration::from_secs(2));
        server.child.kill().expect("it is killed");
        is_over.store(true, Ordering::Relaxed);
    });
    server.child.wait().expect("it ended");
    let answered = answered.lock().expect("no panic");
    let log = lab.path().join("logs/predictions/species");
    let mut found = HashSet::new();
    for entry in fs::read_dir(log).expect("a log") {
        let text = fs::read_to_string(entry.expect("an entry").path()).expect("a log");
        for line in text.lines() {
            // The last line may be half of one.
            if let Ok(line) = serde_json::from_str::<Value>(line) {
                found.insert(line["id"].as_str().expect("an id").to_owned());
            }
        }
    }
    let n_lost = answered.iter().filter(|id| !found.contains(*id)).count();
    assert!(answered.len() > 100, "{} answers", answered.len());
    assert!(
        n_lost <= MAX_WAITING_ROWS,
        "{n_lost} of {} are lost",
        answered.len()
    );
    assert!(found.len() >= answered.len() - n_lost);
    // The next one goes on in the same file, on a line of its own.
    let server = Server::start(&lab, &[]);
    assert!(ask(&server.address, "after", &body));
    drop(server);
    let table = lab.path().with_file_name("log.csv");
    lab.json(&[
        "model",
        "log",
        "species",
        "-o",
        table.to_str().expect("text"),
    ]);
}

/// Whether it was answered whole.
fn ask(address: &str, id: &str, body: &str) -> bool {
    use std::io::{Read, Write};
    let Ok(mut stream) = std::net::TcpStream::connect(address) else {
        return false;
    };
    let request = format!(
        "POST /models/species/predict HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nx-request-id: {id}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut answer = String::new();
    stream.write_all(request.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
        && answer.ends_with('}')
}

#[test]
fn settings_say_what_is_logged() {
    for (text, n_expected) in [("log = false", 0..=0), ("sample = 0.5", 20..=80)] {
        let lab = registered();
        settings(&lab, text);
        let server = Server::start(&lab, &[]);
        let rows = json!([penguin()]).to_string();
        for n in 0..100 {
            let id = format!("r-{n}");
            let headers = [
                ("Content-Type", "application/json"),
                ("x-request-id", id.as_str()),
            ];
            assert_eq!(
                server
                    .request("POST /models/species/predict/batch", &headers, &rows)
                    .0,
                200
            );
        }
        sleep(Duration::from_millis(500));
        let n = logged(&lab).len();
        assert!(n_expected.contains(&n), "{text}: {n}");
    }
    let lab = registered();
    settings(&lab, "sample = 2.0");
    let refused = lab.assay(&["serve", "--port", "0"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("sample"), "{}", refused.stderr);
}
