//! A kept replay judged again from its sketches: by another rule, against another data set.

use serde_json::{Value, json};

use crate::server::Server;
use crate::support::{TestLab, text};

#[test]
fn a_kept_replay_is_judged_again_without_its_log() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let log = lab.file(
        "log.csv",
        std::fs::read_to_string(lab.penguins()).expect("rows"),
    );
    let words = [
        "replay",
        log.to_str().expect("text"),
        "--reference",
        "penguins",
        "--window",
        "172rows",
    ];
    let first = lab.json(&words);
    let replay = first["replay_id"].as_str().expect("an id");
    std::fs::remove_file(&log).expect("the log is gone");

    let same = lab.json(&["replay", "--again", replay]);
    assert_eq!(same["windows"], first["windows"]);
    let other = lab.json(&[
        "replay",
        "--again",
        replay,
        "--mode",
        "evidently",
        "--method",
        "psi",
    ]);
    let cells = other["windows"][0]["columns"].as_array().expect("cells");
    let psi: Vec<&str> = cells
        .iter()
        .filter_map(|cell| cell["method"].as_str())
        .collect();
    assert!(psi.iter().all(|method| *method == "psi"), "{psi:?}");
    assert_eq!(other["rule"]["mode"], "evidently");
    // Another limit, of the same method.
    let by_limit = |limit: &str| {
        let words = [
            "replay",
            "--again",
            replay,
            "--mode",
            "evidently",
            "--method",
            "psi",
        ];
        lab.json(&[&words[..], &["--limit", limit]].concat())["drifted"].clone()
    };
    assert_eq!(by_limit("psi=1000"), serde_json::json!([]));
    assert!(by_limit("psi=0.0001").as_array().expect("names").len() > 3);
    for wrong in ["psi", "psi=much", "nothing=1"] {
        let refused = lab.assay(&["replay", "--again", replay, "--limit", wrong]);
        assert_eq!(refused.status, 2, "{wrong}: {}", refused.stderr);
    }
    // What is kept stays as it was.
    assert_eq!(
        lab.json(&["replay", "--again", replay])["rule"]["mode"],
        "textbook"
    );

    // The first half of the file has other penguins than the second; asked for when it was replayed it is the same.
    let log = lab.file(
        "log.csv",
        std::fs::read_to_string(lab.penguins()).expect("rows"),
    );
    let asked = lab.json(
        &[
            &words[..1],
            &[log.to_str().expect("text")],
            &words[2..],
            &["--mode", "evidently", "--method", "psi"],
        ]
        .concat(),
    );
    assert_eq!(asked["windows"], other["windows"]);

    let refused = lab.assay(&[
        "replay",
        "--again",
        replay,
        "--mode",
        "nanny_ml",
        "--method",
        "fisher_exact",
    ]);
    assert_eq!(
        refused.status, 0,
        "a method that does not apply is left out: {}",
        refused.stderr
    );
    let refused = lab.assay(&["replay", "--again", replay, "--alpha", "2"]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("from 0 to 1"), "{}", refused.stderr);
}

/// The heavier half of the penguins against all of them, then against itself.
#[test]
fn a_kept_replay_is_held_against_another_data_set_without_its_log() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let penguins = std::fs::read_to_string(lab.penguins()).expect("rows");
    let (head, rows) = penguins.split_once('\n').expect("a head");
    let mass = |row: &&str| {
        row.split(',')
            .nth(5)
            .and_then(|mass| mass.parse::<f64>().ok())
    };
    let heavy: Vec<&str> = rows
        .lines()
        .filter(|row| mass(row) > Some(4_300.0))
        .collect();
    let heavy = lab.file("heavy.csv", format!("{head}\n{}\n", heavy.join("\n")));
    lab.json(&["data", "import", text(&heavy), "--name", "heavy"]);
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
    let first = lab.json(&[
        "replay",
        text(&heavy),
        "--model",
        "m",
        "--window",
        "200rows",
    ]);
    std::fs::remove_file(&heavy).expect("the log is gone");
    let drifted = |report: &Value| {
        let mut names = report["drifted"].as_array().expect("names").iter();
        names.any(|name| name == "body_mass_g")
    };
    assert!(drifted(&first));
    let replay = first["replay_id"].as_str().expect("an id");

    let again = lab.json(&["replay", "--again", replay, "--reference", "heavy"]);
    assert!(!drifted(&again), "{}", again["verdict"]);
    let n_rows = first["n_rows"].as_u64().expect("a number");
    assert_eq!(again["n_reference_rows"], n_rows);
    assert_eq!(again["reference"], "heavy@1");
    // What the model says is still held against what it said of its training rows.
    let cell = |report: &Value, name: &str| {
        let cells = report["windows"][0]["columns"].as_array().expect("cells");
        let found = cells.iter().find(|cell| cell["column"] == name);
        found.cloned().expect("a cell")
    };
    assert_eq!(
        cell(&first, "prediction")["statistic"],
        cell(&again, "prediction")["statistic"]
    );
    assert_ne!(
        cell(&first, "body_mass_g")["statistic"],
        cell(&again, "body_mass_g")["statistic"]
    );
    let told = lab.assay(&["replay", "--again", replay, "--reference", "heavy@1"]);
    assert!(told.stdout.contains("rows of heavy@1"), "{}", told.stdout);

    let other = lab.file("other.csv", "a,b\n1,2\n3,4\n");
    lab.json(&["data", "import", text(&other), "--name", "other"]);
    let refused = lab.assay(&["replay", "--again", replay, "--reference", "other"]);
    assert_eq!(refused.status, 1, "{}", refused.stderr);
    assert!(
        refused
            .stderr
            .contains("`other@1` has none of the columns that were replayed"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        lab.json(&["replay", "--again", replay])["windows"],
        first["windows"]
    );
}

/// The pictures of a replay that is held against another data set are of that data set: its cell, its distributions.
#[test]
fn cells_are_held_against_the_same_reference_as_the_verdict() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let penguins = lab.penguins();
    let log = text(&penguins);
    let all = std::fs::read_to_string(&penguins).expect("rows");
    let first: Vec<&str> = all.lines().take(31).collect();
    let some = lab.file("some.csv", first.join("\n"));
    lab.json(&["data", "import", text(&some), "--name", "some"]);
    let report = lab.json(&[
        "replay",
        log,
        "--reference",
        "penguins",
        "--window",
        "344rows",
    ]);
    let token = lab.file("token", "a-token-of-the-owner-0123456789\n");
    let server = Server::start(&lab, &["--token-file", text(&token)]);
    let owner = ("Authorization", "Bearer a-token-of-the-owner-0123456789");
    let asked = |command: &str, mut request: Value| {
        request["replay"] = report["replay_id"].clone();
        let head = format!("POST /rpc/{command}");
        let (status, body) = server.request(&head, &[owner], &request.to_string());
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).expect("JSON")
    };
    let n_of = |counts: &Value| -> u64 {
        let counts = counts.as_array().expect("counts").iter();
        counts.filter_map(Value::as_u64).sum()
    };
    let rule = json!({ "min_distance": 0.9 });
    let judged_by = json!({ "rule": rule, "reference": "some" });
    let verdict = asked("replays.judge", judged_by.clone());
    for (name, own, other) in [("island", 344, 30), ("species", 344, 30)] {
        let cell = json!({ "column": name, "window": 0 });
        assert_eq!(
            n_of(&asked("replays.cell", cell.clone())["reference"]),
            own,
            "{name}"
        );
        let mut held = cell;
        held["judged_by"] = judged_by.clone();
        let detail = asked("replays.cell", held);
        assert_eq!(n_of(&detail["reference"]), other, "{name}");
        let cells = verdict["windows"][0]["columns"].as_array().expect("cells");
        let found = cells.iter().find(|cell| cell["column"] == name);
        assert_eq!(found, Some(&detail["drift"]));
        let strip = json!({ "column": name, "reference": "some@1" });
        let strip = asked("replays.distribution", strip);
        assert_eq!(n_of(&strip["reference"]), other, "{name}");
    }
    // Penguins of the first thirty rows live on two islands of three.
    let island = |report: &Value| {
        let cells = report["windows"][0]["columns"].as_array().expect("cells");
        let found = cells.iter().find(|cell| cell["column"] == "island");
        found.expect("a cell")["n_unseen"].clone()
    };
    assert_eq!((island(&report), island(&verdict)), (json!(0), json!(1)));
}
