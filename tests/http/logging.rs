//! What clients log: an answered request is there, whoever else logs at the same time and whenever the server dies.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::Server;
use crate::support::TestLab;

const KILLS: u64 = 100;
const CLIENTS: usize = 4;
/// The latest moment of a kill, after the first request.
const LATEST: Duration = Duration::from_millis(150);

/// A keep-alive connection to a server.
struct Client {
    stream: TcpStream,
    address: String,
}

impl Client {
    fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address: address.to_owned(),
        })
    }

    /// Status and body; an error when the server went away before its answer was whole.
    fn ask(&mut self, head: &str, body: &str) -> io::Result<(u16, Value)> {
        let request = format!(
            "{head} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut chunk = vec![0; 64 << 10];
        loop {
            let n_read = self.stream.read(&mut chunk)?;
            if n_read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            answer.extend_from_slice(&chunk[..n_read]);
            if let Some((status, body)) = whole(&answer) {
                return Ok((status, serde_json::from_slice(body)?));
            }
        }
    }

    fn log(&mut self, call: &str, body: &Value) -> io::Result<(u16, Value)> {
        self.ask(&format!("POST /api/2.0/mlflow/{call}"), &body.to_string())
    }

    fn begin_run(&mut self) -> String {
        let (status, answer) = self
            .log("runs/create", &json!({ "experiment_id": "0" }))
            .expect("an answer");
        assert_eq!(status, 200, "{answer}");
        let run_id = answer["run"]["info"]["run_id"].as_str().expect("an id");
        run_id.to_owned()
    }

    /// The steps of the metric `m`, as often as they are there.
    fn steps(&mut self, run_id: &str) -> Vec<i64> {
        let path = format!("GET /api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m");
        let (status, answer) = self.ask(&path, "").expect("an answer");
        assert_eq!(status, 200, "{answer}");
        let points = answer["metrics"].as_array().cloned().unwrap_or_default();
        let mut steps: Vec<i64> = points
            .iter()
            .map(|point| {
                let step = point["step"].as_i64().expect("a step");
                assert_eq!(point["value"], value_at(step), "step {step}");
                step
            })
            .collect();
        steps.sort_unstable();
        steps
    }
}

fn whole(answer: &[u8]) -> Option<(u16, &[u8])> {
    let start = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&answer[..start]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length: usize = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())?;
    Some((status, answer.get(start..start + length)?))
}

fn value_at(step: i64) -> f64 {
    step as f64 / 8.0
}

fn point(step: i64) -> Value {
    json!({ "key": "m", "value": value_at(step), "timestamp": 1_000 + step, "step": step })
}

/// What one client logged: its own run, and which steps were answered or on their way when the server died.
#[derive(Default)]
struct Log {
    run_id: String,
    next: i64,
    answered: Vec<i64>,
    unsure: BTreeSet<i64>,
}

impl Log {
    /// Single points and batches in turn until the server is gone.
    fn fill(&mut self, client: &mut Client) {
        for turn in 0.. {
            let n = if turn % 3 == 2 { 20 } else { 1 };
            let steps: Vec<i64> = (self.next..self.next + n).collect();
            self.next += n;
            let (call, mut body) = if n == 1 {
                ("runs/log-metric", point(steps[0]))
            } else {
                let points: Vec<Value> = steps.iter().copied().map(point).collect();
                let param = json!({ "key": format!("p{}", steps[0]), "value": "v" });
                (
                    "runs/log-batch",
                    json!({ "metrics": points, "params": [param] }),
                )
            };
            body["run_id"] = json!(self.run_id);
            match client.log(call, &body) {
                Ok((status, answer)) => {
                    assert_eq!(status, 200, "{answer}");
                    self.answered.extend(steps);
                }
                Err(_) => {
                    self.unsure.extend(steps);
                    return;
                }
            }
        }
    }

    /// Every answered step once, and besides only such as were on their way.
    fn check(&self, client: &mut Client, when: &str) {
        let found = client.steps(&self.run_id);
        let once: BTreeSet<i64> = found.iter().copied().collect();
        assert_eq!(
            once.len(),
            found.len(),
            "{when}: a point is there more than once"
        );
        let lost: Vec<i64> = self
            .answered
            .iter()
            .copied()
            .filter(|step| !once.contains(step))
            .collect();
        assert_eq!(
            lost,
            Vec::<i64>::new(),
            "{when}: answered points of {}",
            self.run_id
        );
        let more = once.len() - self.answered.len();
        let unsure = once.intersection(&self.unsure).count();
        assert_eq!(more, unsure, "{when}: points that nobody sent");
    }
}

fn check_doctor(lab: &TestLab, when: &str) {
    let answer = lab.assay(&["--json", "doctor"]);
    assert_eq!(answer.status, 0, "{when}: {}", answer.stdout);
    assert_eq!(answer.json()["healthy"], true, "{when}: {}", answer.stdout);
}

#[test]
fn what_was_answered_survives_a_hundred_kills() {
    let lab = TestLab::new();
    let mut logs: Vec<Log> = Vec::new();
    {
        let server = Server::start(&lab, &[]);
        let mut client = Client::connect(&server.address).expect("it listens");
        logs.resize_with(CLIENTS, || Log {
            run_id: client.begin_run(),
            ..Log::default()
        });
    }
    for kill in 0..KILLS {
        let mut server = Server::start(&lab, &[]);
        let address = server.address.clone();
        // Spread over the time, and the same in every run.
        let moment = LATEST.mul_f64((kill * 37 % KILLS) as f64 / KILLS as f64);
        thread::scope(|scope| {
            for log in &mut logs {
                let mut client = Client::connect(&address).expect("it listens");
                scope.spawn(move || log.fill(&mut client));
            }
            thread::sleep(moment);
            server.child.kill().expect("it is killed");
        });
        server.child.wait().expect("it ends");
        if kill % 20 == 0 {
            check_doctor(&lab, &format!("kill {kill}"));
        }
    }
    check_doctor(&lab, "in the end");
    let n_answered: usize = logs.iter().map(|log| log.answered.len()).sum();
    assert!(n_answered > KILLS as usize, "{n_answered} points");
    let n_unsure: usize = logs.iter().map(|log| log.unsure.len()).sum();
    assert!(n_unsure > 0, "no kill met a request");
    let server = Server::start(&lab, &[]);
    let mut client = Client::connect(&server.address).expect("it listens");
    for log in &logs {
        log.check(&mut client, "in the end");
        let path = format!("GET /api/2.0/mlflow/runs/get?run_id={}", log.run_id);
        let (_, answer) = client.ask(&path, "").expect("an answer");
        let data = &answer["run"]["data"];
        let last = data["metrics"][0]["step"].as_i64();
        assert!(
            last >= log.answered.last().copied(),
            "the latest point is {last:?}"
        );
        for param in data["params"].as_array().into_iter().flatten() {
            assert_eq!(param["value"], "v");
        }
    }
}

#[test]
fn sixty_four_clients_lose_nothing_and_a_refused_request_harms_no_other() {
    const WRITERS: usize = 64;
    const REQUESTS: i64 = 25;
    let lab = TestLab::new();
    let server = Server::start(&lab, &[]);
    let mut client = Client::connect(&server.address).expect("it listens");
    let shared = client.begin_run();
    let mut own: Vec<String> = Vec::new();
    own.resize_with(WRITERS, || client.begin_run());
    thread::scope(|scope| {
        for (writer, run_id) in own.iter().enumerate() {
            let mut client = Client::connect(&server.address).expect("it listens");
            let shared = &shared;
            scope.spawn(move || {
                for request in 0..REQUESTS {
                    let mut ask = |call: &str, body: Value, wanted: u16| {
                        let (status, answer) = client.log(call, &body).expect("an answer");
                        assert_eq!(status, wanted, "{call} {body}: {answer}");
                        answer
                    };
                    let mut body = point(request);
                    body["run_id"] = json!(run_id);
                    ask("runs/log-metric", body, 200);
                    let step = writer as i64 * REQUESTS + request;
                    let batch = json!({ "run_id": shared, "metrics": [point(step)],
                        "params": [{ "key": "of all", "value": "the same" }],
                        "tags": [{ "key": format!("w{writer}"), "value": request.to_string() }] });
                    ask("runs/log-batch", batch, 200);
                    // Refused whole: its point must not be there in the end.
                    let changed = json!({ "run_id": shared, "metrics": [point(-1)],
                        "params": [{ "key": "of all", "value": "another" }] });
                    let refused = ask("runs/log-batch", changed, 400);
                    assert_eq!(refused["error_code"], "INVALID_PARAMETER_VALUE");
                    let mut body = point(-1);
                    body["run_id"] = json!("00000000000000000000000000000000");
                    let refused = ask("runs/log-metric", body, 404);
                    assert_eq!(refused["error_code"], "RESOURCE_DOES_NOT_EXIST");
                }
            });
        }
    });
    for run_id in &own {
        assert_eq!(client.steps(run_id), (0..REQUESTS).collect::<Vec<_>>());
    }
    let all: Vec<i64> = (0..WRITERS as i64 * REQUESTS).collect();
    assert_eq!(client.steps(&shared), all);
    let path = format!("GET /api/2.0/mlflow/runs/get?run_id={shared}");
    let (_, answer) = client.ask(&path, "").expect("an answer");
    let data = &answer["run"]["data"];
    assert_eq!(
        data["params"],
        json!([{ "key": "of all", "value": "the same" }])
    );
    let tags = data["tags"].as_array().expect("tags");
    let newest = tags
        .iter()
        .filter(|tag| tag["key"].as_str().is_some_and(|key| key.starts_with('w')));
    assert!(
        newest
            .clone()
            .all(|tag| tag["value"].as_str() == Some(&(REQUESTS - 1).to_string()))
    );
    assert_eq!(newest.count(), WRITERS);
}
