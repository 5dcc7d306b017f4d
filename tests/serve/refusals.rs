//! Requests that are wrong, hostile, too large or too late.

use serde_json::json;

use super::{post, post_json, record, records, started, until};
use crate::server::Server;

#[test]
fn fields_that_do_not_fit_are_named() {
    let (_lab, server) = started();
    let mut wrong = record();
    wrong["body_mass_g"] = json!("heavy");
    wrong["wings"] = json!(2);
    wrong.as_object_mut().expect("an object").remove("island");
    let answer = post_json(&server, "/models/birds/predict", &wrong);
    let said = answer.json();
    assert_eq!(answer.status, 422, "{said}");
    assert_eq!(said["kind"], "fields");
    let mut fields: Vec<(&str, &str)> = said["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .filter_map(|fault| Some((fault["field"].as_str()?, fault["kind"].as_str()?)))
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            ("body_mass_g", "wrong_type"),
            ("island", "missing"),
            ("wings", "extra")
        ],
        "{said}"
    );
    let mut rows = records(3);
    rows[2]["sex"] = json!([1]);
    let said = post_json(&server, "/models/birds/predict/batch", &json!(rows)).json();
    assert_eq!(said["fields"][0]["row"], 2, "{said}");
}

#[test]
fn hostile_requests_get_a_sentence_and_nothing_breaks() {
    let (_lab, server) = started();
    let deep = format!("{{\"island\": {}", "[".repeat(200_000));
    let huge_number = r#"{"body_mass_g": 1e99999}"#;
    let long_name = format!("{{\"{}\": 1}}", "x".repeat(500_000));
    let one = "/models/birds/predict";
    let many = "/models/birds/predict/batch";
    let infer = "/v2/models/birds/infer";
    /// Path, headers, body, status.
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [u8], u16);
    let cases: [Case<'_>; 22] = [
        (one, &[], b"", 400),
        (one, &[], b"[]", 400),
        (one, &[], b"\xff\xfe", 400),
        (one, &[], deep.as_bytes(), 400),
        (one, &[], huge_number.as_bytes(), 400),
        (one, &[], long_name.as_bytes(), 422),
        (one, &[("Content-Type", "application/xml")], b"<a/>", 415),
        (many, &[], b"[]", 400),
        (many, &[], b"{}", 422),
        (many, &[], b"[[[[", 400),
        (many, &[("Content-Type", "text/csv")], b"a,b\n1\n", 400),
        (
            many,
            &[("Content-Type", "application/vnd.apache.arrow.stream")],
            b"\xff\xff\xff\xff\x10\x00\x00\x00garbage",
            400,
        ),
        ("/models/..%2F..%2Fx/predict", &[], b"{}", 404),
        ("/models/birds@99/predict", &[], b"{}", 404),
        ("/models/birds@nobody/predict", &[], b"{}", 404),
        (infer, &[], b"{}", 400),
        (infer, &[], deep.as_bytes(), 400),
        (
            infer,
            &[("Inference-Header-Content-Length", "999999999999")],
            b"{}",
            400,
        ),
        (infer, &[("Inference-Header-Content-Length", "-1")], b"{}", 400),
        (infer, &[("Content-Encoding", "gzip")], b"not gzip", 400),
        (
            infer,
            &[],
            br#"{"inputs": [{"name": "sex", "shape": [18446744073709551615], "datatype": "BYTES", "data": []}]}"#,
            400,
        ),
        ("/invocations", &[], b"{\"dataframe_split\": 3}", 400),
    ];
    for (path, headers, body, status) in cases {
        let answer = post(&server, path, headers, body);
        let said = answer.json();
        assert_eq!(answer.status, status, "{path}: {said}");
        assert!(
            said["error"].as_str().is_some_and(|text| !text.is_empty()),
            "{said}"
        );
        assert!(said["request_id"].is_string(), "{said}");
    }
    let foreign = [("Origin", "https://evil.example")];
    let body = record().to_string();
    let (status, _) = server.request("POST /models/birds/predict", &foreign, &body);
    assert_eq!(status, 403);
    assert_eq!(post_json(&server, one, &record()).status, 200);
}

#[test]
fn bodies_and_rows_have_limits() {
    let lab = super::lab();
    lab.file("lab/assay.toml", "[serve.birds]\nmax_rows = 10\n");
    let server = Server::start(&lab, &[]);
    let large = vec![b' '; (1 << 20) + 1];
    let answer = post(&server, "/models/birds/predict", &[], &large);
    assert_eq!(answer.status, 413, "{}", answer.json());
    // Announced only: it is not waited for long.
    let (status, _) = announced(&server, 1 << 40);
    assert_eq!(status, 413);
    let batch = "/models/birds/predict/batch";
    assert_eq!(post_json(&server, batch, &json!(records(10))).status, 200);
    let answer = post_json(&server, batch, &json!(records(11)));
    assert_eq!(answer.status, 413, "{}", answer.json());
    assert!(
        answer.json()["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("max_rows")),
        "{}",
        answer.json()
    );
}

/// Status and text of a request whose body is said to be long and does not come.
fn announced(server: &Server, n_bytes: u64) -> (u16, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(&server.address).expect("it listens");
    let head = format!(
        "POST /models/birds/predict HTTP/1.1\r\nHost: {}\r\nContent-Length: {n_bytes}\r\nConnection: close\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.unwrap_or(0), answer)
}

#[test]
fn what_takes_too_long_is_given_up() {
    let lab = super::lab();
    lab.file(
        "lab/assay.toml",
        "[serve.birds]\ntimeout_secs = 0.000001\nmax_failures = 1000\n",
    );
    let server = Server::start(&lab, &[]);
    // Loaded with the first request, to which the limits of its model are not known yet.
    assert_eq!(
        post_json(&server, "/models/birds/predict", &record()).status,
        200
    );
    let answer = post_json(
        &server,
        "/models/birds/predict/batch",
        &json!(records(5_000)),
    );
    assert_eq!(answer.status, 504, "{}", answer.json());
    assert_eq!(answer.json()["kind"], "late");
    // Once that run is over a single record need not wait, and what does not wait is in time.
    assert!(until(|| {
        post_json(&server, "/models/birds/predict", &record()).status == 200
    }));
}
