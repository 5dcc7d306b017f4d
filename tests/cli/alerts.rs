//! Alerts of a replay: what comes true, who is told and how, and what a rule may not say.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
#[cfg(unix)]
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::support::TestLab;

/// A lab with the model `m`, and a log of three windows of which the second and the third are twice as heavy.
fn with_log() -> (TestLab, String) {
    with_windows(&[false, true, true])
}

/// A lab with the model `m`, and a log with a window of 344 rows for each, twice as heavy where it says so.
fn with_windows(are_heavy: &[bool]) -> (TestLab, String) {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    lab.register(
        "m",
        &[
            "penguins",
            "--target",
            "species",
            "--algorithm",
            "decision_tree",
        ],
    );
    let penguins = fs::read_to_string(lab.penguins()).expect("the rows");
    let (head, rows) = penguins.split_once('\n').expect("a head");
    let mut log = format!("{head}\n");
    for is_heavy in are_heavy {
        for row in rows.lines() {
            let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
            match fields[5].parse::<f64>() {
                Ok(mass) if *is_heavy => fields[5] = (mass * 2.0).to_string(),
                _ => {}
            }
            log += &(fields.join(",") + "\n");
        }
    }
    let log = lab.file("log.csv", log);
    (lab, log.to_str().expect("text").to_owned())
}

fn set(lab: &TestLab, text: &str) {
    fs::write(lab.path().join("assay.toml"), text).expect("settings");
}

struct Heard {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Answers one request after another with a status each; what was sent.
fn hook(statuses: &'static [u16]) -> (String, mpsc::Receiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let (sender, heard) = mpsc::channel();
    thread::spawn(move || {
        for status in statuses {
            let (stream, _) = listener.accept().expect("somebody");
            let mut reader = BufReader::new(stream);
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a line");
                match line.trim_end().split_once(": ") {
                    Some((name, value)) => {
                        headers.push((name.to_lowercase(), value.to_owned()));
                    }
                    None if line.trim_end().is_empty() => break,
                    None => {}
                }
            }
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length = length.map_or(0, |(_, value)| value.parse().expect("a number"));
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let answer =
                format!("HTTP/1.1 {status} Fine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            reader
                .get_mut()
                .write_all(answer.as_bytes())
                .expect("an answer");
            sender
                .send(Heard { headers, body })
                .expect("the test listens");
        }
    });
    (url, heard)
}

impl Heard {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }
}

#[test]
fn an_alert_is_shown_and_a_webhook_told_again_until_it_listens() {
    let (lab, log) = with_log();
    let (url, heard) = hook(&[503, 200]);
    let secret = lab.file("hook.secret", "a secret\n");
    set(
        &lab,
        &format!(
            "[[alert]]\nname = \"weights\"\nmetric = \"drift\"\ncolumn = \"body_mass_g\"\nwindows = 2\n\
             severity = \"critical\"\nwebhooks = [\"chat\"]\n\
             [[alert]]\nname = \"quiet\"\nmetric = \"drift\"\nmuted = true\nwebhooks = [\"chat\"]\n\
             [[alert]]\nname = \"three\"\nmetric = \"drift\"\nwindows = 3\n\
             [webhook.chat]\nurl = \"{url}\"\nsecret_file = {:?}\n",
            secret.to_str().expect("text")
        ),
    );
    let junit = lab.path().with_file_name("replay.xml");
    let junit = junit.to_str().expect("text");
    let report = lab.json(&[
        "replay", &log, "--model", "m", "--window", "344rows", "--junit", junit,
    ]);
    let alerts = report["alerts"].as_array().expect("alerts");
    let named = |name: &str| {
        alerts
            .iter()
            .filter(|alert| alert["rule"] == name)
            .collect::<Vec<_>>()
    };
    assert_eq!(named("weights").len(), 1, "{alerts:?}");
    assert_eq!(
        named("weights")[0]["sentence"],
        "`body_mass_g` drifted in windows 2 to 3 of 3, the end of the log"
    );
    assert!(
        named("quiet").iter().all(|alert| alert["muted"] == true) && !named("quiet").is_empty()
    );
    assert!(named("three").is_empty());

    let first = heard.recv().expect("a message");
    let second = heard.recv().expect("the same message");
    assert_eq!(
        first.header("x-assay-delivery"),
        second.header("x-assay-delivery")
    );
    let signed = [
        second.header("x-assay-timestamp").as_bytes(),
        b".",
        &second.body,
    ]
    .concat();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"a secret").expect("a key");
    mac.update(&signed);
    let digits: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        second.header("x-assay-signature"),
        format!("sha256={digits}")
    );
    let message: Value = serde_json::from_slice(&second.body).expect("JSON");
    assert_eq!(message["alerts"].as_array().map(Vec::len), Some(1));
    assert_eq!(message["replay_id"], report["replay_id"]);

    let xml = fs::read_to_string(junit).expect("XML");
    assert!(
        xml.contains("name=\"weights: body_mass_g\"") && !xml.contains("quiet"),
        "{xml}"
    );
    assert!(xml.contains("drifted in 2 of 3 windows"), "{xml}");
}

#[test]
fn who_cannot_be_told_is_a_warning_and_the_replay_stays() {
    let (lab, log) = with_log();
    let (url, heard) = hook(&[404]);
    set(
        &lab,
        &format!(
            "[[alert]]\nname = \"any\"\nmetric = \"drift\"\nwebhooks = [\"chat\"]\n[webhook.chat]\nurl = \"{url}\"\n"
        ),
    );
    let answer = lab.assay(&["replay", &log, "--model", "m", "--window", "344rows"]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    assert!(
        answer
            .stderr
            .contains("the webhook `chat` was not told: it answered with 404"),
        "{}",
        answer.stderr
    );
    assert!(answer.stdout.contains("any"), "{}", answer.stdout);
    assert_eq!(
        heard.recv().expect("a message").header("x-assay-signature"),
        ""
    );
}

/// Replays a log against the model `m` while it grows.
#[cfg(unix)]
fn follow(lab: &TestLab, log: &str, more: &[&str]) -> Child {
    lab.command()
        .args(["--json", "replay", log, "--model", "m"])
        .args(["--window", "344rows", "--follow"])
        .args(more)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("assay starts")
}

/// As Ctrl-C does.
#[cfg(unix)]
fn interrupt(child: &Child) {
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill").success());
}

/// Windows 2 and 3 are heavier; the alert comes before the log ends, once, and so does the webhook's message.
#[cfg(unix)]
#[test]
fn alerts_of_a_log_that_is_followed_come_while_it_grows() {
    let (lab, log) = with_log();
    lab.register(
        "stump",
        &[
            "penguins",
            "--target",
            "species",
            "--algorithm",
            "decision_tree",
            "--param",
            "max_depth=1",
        ],
    );
    let (url, heard) = hook(&[200]);
    set(
        &lab,
        &format!(
            "[[alert]]\nname = \"weights\"\nmetric = \"drift\"\ncolumn = \"body_mass_g\"\nwebhooks = [\"chat\"]\n\
             [[alert]]\nname = \"worse\"\nmetric = \"concept_drift\"\nthreshold = 1000\n\
             [[alert]]\nname = \"ranges\"\nmetric = \"quality\"\ncolumn = \"body_mass_g\"\n\
             [webhook.chat]\nurl = \"{url}\"\n"
        ),
    );
    let whole = fs::read_to_string(&log).expect("rows");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let written = |n_rows: usize| lines.iter().take(1 + n_rows).copied().collect::<String>();
    fs::write(&log, written(400)).expect("rows");
    let mut child = follow(&lab, &log, &["--challenger", "stump"]);
    let stderr = BufReader::new(child.stderr.take().expect("stderr"));
    let mut said = stderr.lines().map_while(Result::ok);
    fs::write(&log, written(700)).expect("rows");
    let alerts: Vec<String> = said
        .by_ref()
        .filter(|line| line.starts_with("alert: "))
        .take(2)
        .collect();
    assert_eq!(
        alerts,
        [
            "alert: weights: `body_mass_g` drifted in window 2 of 2, the end of the log",
            "alert: ranges: values of `body_mass_g` lay outside the reference's range in window 2 of 2, the end of the log",
        ]
    );
    let message: Value =
        serde_json::from_slice(&heard.recv().expect("a message").body).expect("JSON");
    assert_eq!(message["alerts"].as_array().map(Vec::len), Some(1));
    fs::write(&log, &whole).expect("rows");
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert_eq!(said.find(|line| line.starts_with("alert: ")), None);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    // Told under the number that it is kept by, and of both models.
    assert_eq!(message["replay_id"], report["replay_id"]);
    assert_eq!(report["n_rows"], 1032);
    assert_eq!(report["challenge"]["models"][1], "stump@1");
    assert_eq!(
        lab.json(&[
            "replay",
            "--again",
            report["replay_id"].as_str().expect("an id")
        ])["n_rows"],
        1032
    );
}

/// Somebody takes the message and never answers: the end waits a moment, the report is kept, and who was not told is said.
#[cfg(unix)]
#[test]
fn a_webhook_that_is_silent_keeps_no_one_at_the_end() {
    let (lab, log) = with_log();
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    set(
        &lab,
        &format!(
            "[[alert]]\nname = \"any\"\nmetric = \"drift\"\nwebhooks = [\"chat\"]\n\
             [webhook.chat]\nurl = \"http://{address}/hook\"\n"
        ),
    );
    let mut child = follow(&lab, &log, &[]);
    let (_held, _) = silent.accept().expect("the message");
    interrupt(&child);
    let mut said = String::new();
    let mut stderr = child.stderr.take().expect("stderr");
    stderr.read_to_string(&mut said).expect("text");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("the webhook `chat` was not told: it had not answered by the end"),
        "{said}"
    );
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let id = report["replay_id"].as_str().expect("an id");
    assert_eq!(lab.json(&["replay", "--again", id])["n_rows"], 1032);
}

/// Light, heavy, light, heavy: told when it begins, and when it begins again.
#[cfg(unix)]
#[test]
fn what_comes_true_again_while_a_log_is_followed_is_told_again() {
    let (lab, log) = with_windows(&[false, true, false, true, false]);
    set(
        &lab,
        "[[alert]]\nname = \"weights\"\nmetric = \"drift\"\ncolumn = \"body_mass_g\"\n",
    );
    let whole = fs::read_to_string(&log).expect("rows");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let written = |n_rows: usize| lines.iter().take(1 + n_rows).copied().collect::<String>();
    fs::write(&log, written(700)).expect("rows");
    let mut child = follow(&lab, &log, &[]);
    let stderr = BufReader::new(child.stderr.take().expect("stderr"));
    let mut said = stderr
        .lines()
        .map_while(Result::ok)
        .filter(|line| line.starts_with("alert: "));
    assert_eq!(
        said.next().as_deref(),
        Some("alert: weights: `body_mass_g` drifted in window 2 of 2, the end of the log")
    );
    fs::write(&log, written(1400)).expect("rows");
    assert_eq!(
        said.next().as_deref(),
        Some("alert: weights: `body_mass_g` drifted in window 4 of 4, the end of the log")
    );
    fs::write(&log, &whole).expect("rows");
    interrupt(&child);
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert_eq!(said.next(), None);
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(
        report["alerts"][0]["sentence"],
        "`body_mass_g` drifted in window 2 of 5, and once more in window 4"
    );
}
