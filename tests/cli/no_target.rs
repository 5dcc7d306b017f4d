//! Runs without a target: clusters, anomalies and coordinates, from the training to the registry and a replay.

use serde_json::Value;

use crate::support::TestLab;

fn trained(lab: &TestLab, algorithm: &str, more: &[&str]) -> Value {
    let all = [
        &["train", "penguins", "--algorithm", algorithm, "--seed", "3"],
        more,
    ]
    .concat();
    lab.json(&all)
}

fn metric(run: &Value, name: &str) -> f64 {
    run["metrics"][format!("test.{name}")]
        .as_f64()
        .unwrap_or_else(|| panic!("{name} is not in {}", run["metrics"]))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

#[test]
fn clusters_are_found_compared_kept_and_served() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let labels = ["--param", "n_clusters=3", "--labels", "species"];
    let run = trained(&lab, "k_means", &labels);
    assert!(metric(&run, "silhouette") > 0.2);
    assert!(metric(&run, "inertia") > 0.0);
    // The species is no feature, and yet it is found.
    let inputs = run["recipe"]["inputs"].to_string();
    assert!(!inputs.contains("species"), "{inputs}");
    for name in [
        "adjusted_rand",
        "normalized_mutual_info",
        "homogeneity",
        "completeness",
    ] {
        assert!(metric(&run, name) > 0.3, "{name}");
    }
    let result = &run["result"];
    assert_eq!(result["classes"], serde_json::json!(["0", "1", "2"]));
    let sizes: u64 = result["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .filter_map(|group| group["n_rows"].as_u64())
        .sum();
    assert_eq!(Some(sizes), result["n_test_rows"].as_u64());
    let points = result["scatter"]["points"].as_array().expect("points");
    assert_eq!(points.len() as u64, sizes);
    assert!(text(&result["scatter"]["x_title"]).contains("first principal component"));
    assert_eq!(run["parity"]["passed"], true);
    assert_eq!(run["parity"]["label_flips"], 0);

    let id = text(&run["run_id"]);
    let found = lab.json(&["runs", "reproduce", id]);
    assert_eq!(found["identical"], true, "{found}");
    let command = text(&run["command"]).to_owned();
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    assert_eq!(lab.json(&words)["metrics"], run["metrics"]);
    let shown = lab.assay(&["runs", "show", id]);
    for words in ["test.silhouette", "test rows"] {
        assert!(shown.stdout.contains(words), "{words}: {}", shown.stdout);
    }

    let version = lab.json(&["model", "register", id, "--name", "groups"]);
    assert_eq!(version["problem"], "clustering");
    let verified = lab.json(&["model", "verify", "groups@1"]);
    assert_eq!(verified["passed"], true, "{verified}");
    let penguins = lab.penguins();
    let log = penguins.to_str().expect("text");
    let replay = lab.json(&["replay", "--model", "groups@1", log, "--window", "100rows"]);
    assert!(
        replay["columns"].to_string().contains("prediction")
            || replay.to_string().contains("prediction"),
        "{replay}"
    );
}

#[test]
fn anomalies_have_a_score_and_coordinates_a_place() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = trained(&lab, "isolation_forest", &["--param", "contamination=0.1"]);
    let share = metric(&run, "anomaly_share");
    assert!((0.01..0.3).contains(&share), "{share}");
    assert_eq!(
        run["result"]["classes"],
        serde_json::json!(["normal", "anomaly"])
    );

    let run = trained(
        &lab,
        "pca",
        &["--param", "n_components=3", "--labels", "species"],
    );
    assert!(metric(&run, "trustworthiness") > 0.8);
    assert!(
        run["result"]["groups"]
            .as_array()
            .expect("groups")
            .is_empty()
    );
    let first = &run["result"]["scatter"]["points"][0];
    assert!(first["group"].is_u64(), "{first}");
    let version = lab.json(&[
        "model",
        "register",
        text(&run["run_id"]),
        "--name",
        "places",
    ]);
    let outputs = &version["signature"]["outputs"];
    assert_eq!(outputs[0]["name"], "coordinates", "{version}");
}

#[test]
fn what_does_not_go_together_is_said_in_one_sentence() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    for (words, said) in [
        (
            vec!["--algorithm=k_means", "--target=species"],
            "k_means learns without a target, and `species` is named",
        ),
        (
            vec!["--algorithm=random_forest"],
            "random_forest learns from a target, and none is named",
        ),
        (
            vec!["--algorithm=k_means", "--cv=3"],
            "a cross-validation needs a target to measure against",
        ),
        (
            vec!["--algorithm=gmm", "--learning-curve=3"],
            "a learning curve needs a target to measure against",
        ),
        (
            vec!["--algorithm=ridge", "--labels=species"],
            "ridge learns from a target",
        ),
        (vec!["--algorithm=k_means", "--labels=absent"], "absent"),
    ] {
        let all = [vec!["train", "penguins"], words].concat();
        let answer = lab.assay(&all);
        assert_ne!(answer.status, 0, "{all:?}");
        assert!(answer.stderr.contains(said), "{said}: {}", answer.stderr);
    }
}
