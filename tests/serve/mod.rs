//! Models asked over HTTP: what they answer, what they refuse, and what happens when something moves or breaks.

mod connection;
mod documents;
mod forms;
mod moves;
mod protocols;
mod refusals;
mod tensors;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::TestLab;
use connection::{Answer, Connection};

/// Two versions of the model `birds` on the penguins: a forest and a regression.
fn lab() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    for algorithm in ["decision_tree", "logistic_regression"] {
        let run = lab.json(&[
            "train",
            "penguins",
            "--target",
            "species",
            "--algorithm",
            algorithm,
        ]);
        let run_id = run["run_id"].as_str().expect("an id");
        lab.json(&["model", "register", run_id, "--name", "birds"]);
    }
    lab
}

fn started() -> (TestLab, Server) {
    let lab = lab();
    let server = Server::start(&lab, &[]);
    (lab, server)
}

fn record() -> Value {
    json!({
        "island": "Torgersen", "bill_length_mm": 39.1, "bill_depth_mm": 18.7,
        "flipper_length_mm": 181, "body_mass_g": 3750, "sex": "MALE"
    })
}

/// Records that differ, all within what training saw.
fn records(n: usize) -> Vec<Value> {
    (0..n)
        .map(|row| {
            let step = (row % 37) as f64;
            let island = ["Torgersen", "Dream", "Biscoe"][row % 3];
            let sex = (row % 5 != 0).then_some(["MALE", "FEMALE"][row % 2]);
            json!({
                "island": island,
                "bill_length_mm": 35.0 + step / 2.0,
                "bill_depth_mm": 14.0 + step / 10.0,
                "flipper_length_mm": 180 + row % 40,
                "body_mass_g": 3000 + 50 * (row % 50),
                "sex": sex,
            })
        })
        .collect()
}

fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    Connection::to(&server.address)
        .and_then(|mut connection| connection.ask(&format!("POST {path}"), headers, body))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn post_json(server: &Server, path: &str, body: &Value) -> Answer {
    let json = [("Content-Type", "application/json")];
    post(server, path, &json, body.to_string().as_bytes())
}

fn get(server: &Server, path: &str) -> Answer {
    Connection::to(&server.address)
        .and_then(|mut connection| connection.ask(&format!("GET {path}"), &[], b""))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether it becomes true before anybody would believe that it does not.
fn until(is_so: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(60) {
        if is_so() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}
