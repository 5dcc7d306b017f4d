//! One record and many, in every form in which they come and go.

use serde_json::{Value, json};

use super::{get, post, post_json, record, records, started, until};

#[test]
fn a_record_is_answered_by_the_version_that_is_meant() {
    let (lab, server) = started();
    let answer = post_json(&server, "/models/birds/predict", &record());
    let said = answer.json();
    assert_eq!(answer.status, 200, "{said}");
    assert_eq!(said["label"], "Adelie", "{said}");
    assert_eq!(said["version"], 2);
    assert_eq!(said["chosen"], "newest");
    assert_eq!(said["warnings"], json!([]));
    let sum: f64 = ["Adelie", "Chinstrap", "Gentoo"]
        .iter()
        .map(|class| {
            said["probabilities"][class]
                .as_f64()
                .expect("a probability")
        })
        .sum();
    assert!((sum - 1.0).abs() < 1e-6, "{said}");

    lab.json(&["model", "alias", "birds@1", "champion"]);
    for (path, version, chosen) in [
        ("/models/birds@1/predict", 1, "version"),
        ("/models/birds/predict?version=2", 2, "version"),
        ("/models/birds@champion/predict", 1, "alias"),
        ("/models/birds/predict?version=champion", 1, "alias"),
        ("/models/birds@latest/predict", 2, "newest"),
    ] {
        let said = post_json(&server, path, &record()).json();
        assert_eq!(
            (&said["version"], &said["chosen"]),
            (&json!(version), &json!(chosen)),
            "{path}: {said}"
        );
    }
}

#[test]
fn ids_and_traces_pass_through() {
    let (_lab, server) = started();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let body = record().to_string();
    let headers = [("x-request-id", "mine-7"), ("traceparent", trace)];
    let answer = post(&server, "/models/birds/predict", &headers, body.as_bytes());
    assert_eq!(answer.header("x-request-id"), Some("mine-7"));
    assert_eq!(answer.header("traceparent"), Some(trace));
    assert_eq!(answer.json()["request_id"], "mine-7");
    let ids: Vec<String> = (0..2)
        .map(|_| {
            let answer = post(&server, "/models/birds/predict", &[], body.as_bytes());
            let id = answer.header("x-request-id").expect("an id").to_owned();
            assert_eq!(answer.json()["request_id"], id.as_str());
            id
        })
        .collect();
    assert_ne!(ids[0], ids[1]);
    // A refusal has them, too.
    let refused = post(&server, "/models/none/predict", &headers, b"{}");
    assert_eq!(refused.header("x-request-id"), Some("mine-7"));
    assert_eq!(refused.json()["request_id"], "mine-7");
}

#[test]
fn what_training_did_not_see_is_answered_with_warnings() {
    let (_lab, server) = started();
    let mut strange = record();
    strange["island"] = json!("Atlantis");
    strange["body_mass_g"] = json!(90_000);
    let said = post_json(&server, "/models/birds/predict", &strange).json();
    let warnings = said["warnings"].as_array().expect("warnings");
    let found: Vec<(&Value, &Value)> = warnings
        .iter()
        .map(|warning| (&warning["field"], &warning["kind"]))
        .collect();
    assert_eq!(
        found,
        [
            (&json!("island"), &json!("unseen_category")),
            (&json!("body_mass_g"), &json!("out_of_range"))
        ],
        "{said}"
    );
    assert!(said["label"].is_string());
}

/// The same rows as JSON records, JSON columns, CSV and Arrow, and one by one: the same answers, digit by digit.
#[test]
fn rows_are_answered_alike_in_every_form() {
    let (lab, server) = started();
    for version in ["birds@1", "birds@2"] {
        let batch = format!("/models/{version}/predict/batch");
        let rows = records(150);
        let said = post_json(&server, &batch, &json!(rows)).json();
        let wanted = said["predictions"].as_array().expect("predictions");
        assert_eq!(wanted.len(), 150, "{said}");
        for (row, wanted) in rows.iter().zip(wanted).step_by(7) {
            let path = format!("/models/{version}/predict");
            let alone = post_json(&server, &path, row).json();
            assert_eq!(alone["label"], wanted["label"]);
            assert_eq!(alone["probabilities"], wanted["probabilities"], "{row}");
        }
        let names = [
            "island",
            "bill_length_mm",
            "bill_depth_mm",
            "flipper_length_mm",
            "body_mass_g",
            "sex",
        ];
        let columns: serde_json::Map<String, Value> = names
            .iter()
            .map(|name| {
                let values: Vec<&Value> = rows.iter().map(|row| &row[name]).collect();
                ((*name).to_owned(), json!(values))
            })
            .collect();
        let by_column = post_json(&server, &batch, &Value::Object(columns)).json();
        let labels: Vec<&Value> = wanted.iter().map(|row| &row["label"]).collect();
        assert_eq!(by_column["columns"]["label"], json!(labels));
        assert_eq!(
            by_column["columns"]["classes"],
            json!(["Adelie", "Chinstrap", "Gentoo"])
        );

        let mut csv = names.join(",") + "\n";
        for row in &rows {
            let cells: Vec<String> = names
                .iter()
                .map(|name| match &row[name] {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                })
                .collect();
            csv += &(cells.join(",") + "\n");
        }
        let kind = [("Content-Type", "text/csv")];
        let from_csv = post(&server, &batch, &kind, csv.as_bytes()).json();
        assert_eq!(&from_csv["predictions"], &said["predictions"]);

        // The same rows as a data set, exported as Arrow.
        let name = format!("rows-{}", &version[6..]);
        lab.import(&lab.file(&format!("{name}.csv"), &csv), &["--name", &name]);
        let arrow = lab.path().with_file_name(format!("{name}.arrow"));
        lab.json(&["data", "export", &name, arrow.to_str().expect("text")]);
        let bytes = std::fs::read(&arrow).expect("an Arrow file");
        let kind = [("Content-Type", "application/vnd.apache.arrow.file")];
        let from_arrow = post(&server, &batch, &kind, &bytes).json();
        assert_eq!(
            &from_arrow["predictions"], &said["predictions"],
            "{from_arrow}"
        );

        // And back as Arrow, which this very program reads.
        let headers = [
            ("Content-Type", "application/vnd.apache.arrow.file"),
            ("Accept", "application/vnd.apache.arrow.stream"),
        ];
        let answer = post(&server, &batch, &headers, &bytes);
        assert_eq!(
            answer.header("content-type"),
            Some("application/vnd.apache.arrow.stream")
        );
        let answers = format!("answers-{}", &version[6..]);
        let file = lab.file(&format!("{answers}.arrow"), &answer.body);
        lab.import(&file, &["--name", &answers]);
        let shown = lab.json(&["data", "show", &answers]);
        assert!(shown.to_string().contains("class:Gentoo"), "{shown}");
    }
}

#[test]
fn models_say_what_they_take() {
    let (lab, server) = started();
    let listed = get(&server, "/models").json();
    let model = &listed["models"][0];
    assert_eq!(model["model"], "birds");
    assert_eq!(model["default_version"], 2);
    assert_eq!(model["versions"][0]["breaker"]["position"], "closed");
    let shown = get(&server, "/models/birds?version=1").json();
    assert_eq!(shown["version"], 1);
    assert_eq!(shown["stage"], "development");
    assert_eq!(shown["classes"], json!(["Adelie", "Chinstrap", "Gentoo"]));
    assert!(
        shown["card"]
            .as_str()
            .is_some_and(|card| card.starts_with("---"))
    );
    let inputs = shown["signature"]["inputs"].as_array().expect("inputs");
    assert_eq!(inputs.len(), 6);
    assert_eq!(get(&server, "/models/none").status, 404);
    assert_eq!(get(&server, "/health/ready").status, 200);
    // One of them is asked now, so it is loaded.
    let listed = get(&server, "/models").json();
    assert_eq!(
        listed["models"][0]["versions"][1]["is_loaded"], true,
        "{listed}"
    );
    // Production comes before what is newer.
    lab.file(
        "lab/assay.toml",
        "[gate.production]\nexpectations = false\nparity = false\n",
    );
    lab.json(&["model", "promote", "birds@1", "--to", "production"]);
    assert!(until(|| {
        let said = post_json(&server, "/models/birds/predict", &record()).json();
        said["chosen"] == "production" && said["version"] == 1
    }));
}
