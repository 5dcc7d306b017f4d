//! The chain on penguins: import, profile, expectations, train, compare, register, promote, export, replay.

use std::fs;

use crate::support::TestLab;

#[test]
fn from_a_file_to_a_seen_drift() {
    let lab = TestLab::new();
    let imported = lab.import(&lab.penguins(), &[]);
    assert_eq!(
        (&imported["n_rows"], &imported["n_columns"]),
        (&344.into(), &7.into())
    );

    let profile = lab.json(&["data", "profile", "penguins"]);
    let bill = &profile["columns"][2];
    assert_eq!(bill["name"], "bill_length_mm");
    assert_eq!(bill["n_missing"], 2);
    assert!((bill["numeric"]["mean"].as_f64().expect("a mean") - 43.921_929_824_561).abs() < 1e-9);

    // every suggested rule holds on the data it came from, and says how many rows it checked
    lab.json(&["expect", "suggest", "penguins"]);
    let check = lab.json(&["expect", "check", "penguins"]);
    assert_eq!(check["outcome"]["n_failed"], 0);
    assert!(
        check["results"]
            .as_array()
            .is_some_and(|results| results.len() > 7)
    );
    let unchecked = check["results"]
        .as_array()
        .expect("results")
        .iter()
        .find(|result| {
            result["n_checked"] == 0
                && !result["expectation"]["type"]
                    .as_str()
                    .unwrap_or_default()
                    .contains("table_columns")
        });
    assert_eq!(unchecked, None);

    let mut runs = Vec::new();
    for algorithm in ["logistic_regression", "decision_tree", "random_forest"] {
        let run = lab.json(&[
            "train",
            "penguins",
            "--target",
            "species",
            "--algorithm",
            algorithm,
            "--cv",
            "3",
            "--seed",
            "1",
        ]);
        let metrics = &run["metrics"];
        assert!(
            metrics["test.accuracy"].as_f64().expect("accuracy") > 0.9,
            "{algorithm}: {metrics}"
        );
        assert!(
            metrics["cv.accuracy.mean"].as_f64().expect("cv") > 0.9,
            "{algorithm}: {metrics}"
        );
        assert_eq!(run["parity"]["passed"], true, "{algorithm}");
        assert_eq!(run["parity"]["label_flips"], 0, "{algorithm}");
        assert_eq!(run["parity"]["rows"], 69, "{algorithm}");
        assert_eq!(run["dataset_version"], imported["dataset_version"]);
        runs.push(run["run_id"].as_str().expect("an id").to_owned());
    }
    let regression = lab.json(&[
        "train",
        "penguins",
        "--target",
        "body_mass_g",
        "--algorithm",
        "ridge",
    ]);
    assert!(
        regression["metrics"]["test.r2"].as_f64().expect("r2") > 0.7,
        "{regression}"
    );
    assert_eq!(regression["parity"]["passed"], true);

    let comparison = lab.json(&["runs", "compare", &runs[0], &runs[2]]);
    assert!(
        comparison["params"]
            .as_array()
            .is_some_and(|rows| rows.iter().any(|row| row["name"] == "algorithm"))
    );
    let listed = lab.json(&[
        "runs",
        "list",
        "--filter",
        "params.algorithm = \"decision_tree\" or metrics.test.r2 > 0",
    ]);
    assert_eq!(listed["n_matching"], 2);

    let version = lab.json(&["model", "register", &runs[2], "--name", "species"]);
    assert_eq!(
        (&version["version"], &version["stage"]),
        (&1.into(), &"development".into())
    );
    lab.json(&["model", "alias", "species@1", "champion"]);
    let gate = lab.json(&["model", "promote", "species@champion", "--to", "production"]);
    assert_eq!(gate["passed"], true);
    let shown = lab.json(&["model", "show", "species"]);
    assert_eq!(shown["version"]["stage"], "production");
    assert_eq!(shown["audit_intact"], true);

    let folder = lab.path().join("../export");
    lab.json(&["model", "export", "species", folder.to_str().expect("text")]);
    for file in [
        "model.onnx",
        "MLmodel",
        "signature.json",
        "MODEL_CARD.md",
        "reference.json",
        "run.json",
        "sample_request.json",
        "sample_answer.json",
        "sbom.cdx.json",
        "CHECKSUMS",
    ] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    assert_eq!(lab.json(&["model", "verify", "species"])["passed"], true);

    // the same penguins, one island and a heavier scale: two columns must be seen
    let log: String = fs::read_to_string(lab.penguins())
        .expect("penguins")
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let mut fields: Vec<String> = line.split(',').map(str::to_owned).collect();
            if index > 0 {
                "Dream".clone_into(&mut fields[1]);
                if let Ok(mass) = fields[5].parse::<f64>() {
                    fields[5] = (mass * 1.6).to_string();
                }
            }
            fields.join(",") + "\n"
        })
        .collect();
    let log = lab.file("log.csv", log);
    let log = log.to_str().expect("text");
    let report = lab.json(&[
        "replay",
        log,
        "--model",
        "species@champion",
        "--window",
        "172rows",
    ]);
    let drifted: Vec<&str> = report["drifted"]
        .as_array()
        .expect("drifted")
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    assert!(
        drifted.contains(&"body_mass_g") && drifted.contains(&"island"),
        "{drifted:?}"
    );
    assert_eq!(report["windows"].as_array().map(Vec::len), Some(2));
    let answer = lab.assay(&["replay", log, "--model", "species", "--fail-on-drift"]);
    assert_eq!(answer.status, 3, "{}", answer.stderr);

    let report = lab.path().join("../report.html");
    lab.json(&["report", "-o", report.to_str().expect("text")]);
    let html = fs::read_to_string(&report).expect("a report");
    assert!(html.len() < 2_000_000 && html.contains("body_mass_g") && html.contains("<svg"));
    for picture in ["roc.svg", "roc.png"] {
        let path = lab.path().join("..").join(picture);
        lab.json(&[
            "report",
            &runs[0],
            &runs[2],
            "-o",
            path.to_str().expect("text"),
        ]);
        assert!(fs::metadata(&path).expect("a picture").len() > 1_000);
    }

    let doctor = lab.json(&["doctor"]);
    assert_eq!(doctor["healthy"], true, "{doctor}");
}

#[test]
fn deleting_is_undone() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ]);
    let run_id = run["run_id"].as_str().expect("an id");
    lab.json(&["runs", "delete", run_id]);
    assert_eq!(lab.json(&["runs", "list"])["n_total"], 0);
    assert_eq!(
        lab.json(&["trash", "list"]).as_array().map(Vec::len),
        Some(1)
    );
    lab.json(&["undo"]);
    assert_eq!(lab.json(&["runs", "list"])["n_total"], 1);
}

#[test]
fn many_runs_are_changed_at_once() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    for seed in ["1", "2"] {
        lab.json(&[
            "train",
            "penguins",
            "--target",
            "species",
            "--algorithm",
            "decision_tree",
            "--seed",
            seed,
        ]);
    }
    let list = |arguments: &[&str]| lab.json(&[&["runs", "list"], arguments].concat());
    let names = [
        "--order-by",
        "params.algorithm",
        "--order-by",
        "attributes.name",
    ];
    let page = list(&names);
    assert_eq!(page["runs"][0]["name"], "decision_tree-02");
    let first = page["runs"][1]["run_id"].as_str().expect("an id");

    lab.json(&["runs", "tag", "team=birds", first]);
    assert_eq!(list(&["--filter", "tags.team = 'birds'"])["n_matching"], 1);
    lab.json(&["runs", "move", "birds", "--filter", "tags.team is null"]);
    assert_eq!(list(&["--filter", "experiment = 'birds'"])["n_matching"], 1);
    let told = lab.json(&["runs", "archive", "--filter", ""]);
    assert_eq!(told["n_changed"], 2);
    assert_eq!(list(&[])["n_total"], 0);
    assert_eq!(list(&["--view", "archived", "--tree"])["n_rows"], 2);
    lab.json(&["undo"]);
    assert_eq!(list(&[])["n_total"], 2);
    lab.json(&["runs", "delete", "--filter", ""]);
    lab.json(&["runs", "restore", first]);
    assert_eq!(list(&[])["n_total"], 1);

    let answer = lab.assay(&["runs", "restore", first]);
    assert_eq!(answer.status, 1);
    assert!(
        answer.stderr.contains("is not in the trash"),
        "{}",
        answer.stderr
    );
}

#[test]
fn the_same_seed_trains_the_same_model() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let train = || lab.json(&["train", "penguins", "--target", "species", "--seed", "7"]);
    let (first, second) = (train(), train());
    assert_eq!(first["metrics"], second["metrics"]);
    let changed = lab.json(&["train", "penguins", "--target", "species", "--seed", "8"]);
    assert_ne!(first["onnx"], changed["onnx"]);
}
