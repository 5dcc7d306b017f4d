//! Every command of the list, asked once on the sample lab. The snapshots hold the shape of each answer, so that a
//! change of the wire is seen; values change with time and machine and are tested where they are made.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use assay_api::{Desk, Reply, Serving, commands};
use assay_core::Task;
use assay_lab::{Environment, Lab};
use serde_json::{Map, Value, json};

/// A server that only has an address.
struct Pretended(u16);

impl Serving for Pretended {
    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.0)
    }
}

/// A request for every command, from what the sample lab holds.
fn requests(desk: &Desk, folder: &std::path::Path) -> BTreeMap<&'static str, Value> {
    let ask = |command: &str, request: Value| match desk.dispatch(command, request) {
        Ok(Reply::Json(text)) => serde_json::from_str::<Value>(&text).expect("JSON"),
        other => panic!("{command}: {other:?}"),
    };
    let runs = ask(
        "runs.list",
        json!({ "order_by": [{ "name": "attributes.start_time" }] }),
    );
    let penguins = runs["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .find(|run| run["experiment"] == "penguins")
        .expect("a run");
    let run = penguins["run_id"].clone();
    let replay = ask("replays.list", json!({}))[0]["replay_id"].clone();
    let suite = ask("expectations.suggest", json!({ "dataset": "penguins" }));
    let recipe = ask(
        "recipes.suggest",
        json!({ "dataset": "penguins", "target": "species" }),
    );
    for version in ["twice@1", "twice@2"] {
        ask("models.register", json!({ "run_id": run, "name": "twice" }));
        ask(
            "models.promote",
            json!({ "model": version, "to": "production" }),
        );
    }
    // Twice: the sample request of `lab.undo` takes the second back.
    for steps in [&recipe["steps"], &json!([])] {
        let mut recipe = recipe.clone();
        recipe["steps"] = steps.clone();
        ask("recipes.save", json!({ "name": "birds", "recipe": recipe }));
    }
    ask("tokens.issue", json!({ "name": "till", "role": "read" }));
    let file = folder.join("small.csv");
    std::fs::write(&file, "a,b\n1,2\n3,4\n5,7\n").expect("a file");
    let chart = json!({ "chart": "roc", "runs": [run] });
    let render = json!({ "chart": chart, "format": "svg", "width": 640, "height": 400 });
    let detail = ask("models.show", json!({ "model": "penguin-species" }));
    let inputs = detail["version"]["signature"]["inputs"]
        .as_array()
        .expect("inputs");
    let record: Map<String, Value> = inputs
        .iter()
        .map(|input| {
            (
                input["name"].as_str().expect("a name").to_owned(),
                Value::Null,
            )
        })
        .collect();
    let nothing = || json!({});
    BTreeMap::from([
        ("lab.status", nothing()),
        ("lab.create", json!({ "path": folder.join("another") })),
        ("lab.open", json!({ "path": folder.join("lab") })),
        ("lab.doctor", json!({ "repair": false })),
        ("lab.undo", nothing()),
        ("server.show", nothing()),
        ("server.switch", json!({ "on": true, "port": 5001 })),
        ("trash.list", nothing()),
        ("trash.delete", json!({ "kind": "replay", "id": replay })),
        ("trash.restore", json!({ "kind": "replay", "id": replay })),
        ("trash.empty", nothing()),
        ("search", json!({ "text": "peng", "limit": 10 })),
        ("demo.start", nothing()),
        ("datasets.list", nothing()),
        ("datasets.show", json!({ "dataset": "penguins" })),
        ("datasets.profile", json!({ "dataset": "penguins" })),
        (
            "datasets.rows",
            json!({ "dataset": "penguins", "offset": 0, "limit": 5, "filter": "island = \"Dream\"" }),
        ),
        ("datasets.preview", json!({ "path": file, "n_rows": 5 })),
        (
            "datasets.import",
            json!({ "path": file, "name": null, "options": {} }),
        ),
        (
            "datasets.tag",
            json!({ "dataset": "penguins@1", "tag": "gold" }),
        ),
        ("datasets.restore", json!({ "dataset": "two@1" })),
        (
            "datasets.diff",
            json!({ "left": "two@1", "right": "two@2", "key": ["id"] }),
        ),
        (
            "datasets.compare",
            json!({ "left": "two@1", "right": "two@2" }),
        ),
        (
            "datasets.export",
            json!({ "dataset": "penguins", "path": folder.join("penguins.xlsx") }),
        ),
        ("datasets.set_aside", json!({ "dataset": "two@2" })),
        (
            "datasets.save_set_aside",
            json!({ "dataset": "two@2", "path": folder.join("bad.csv") }),
        ),
        ("lineage.show", json!({ "about": "penguins" })),
        ("tokens.list", nothing()),
        ("tokens.issue", json!({ "name": "shop", "role": "predict" })),
        ("tokens.revoke", json!({ "name": "till" })),
        ("watches.list", nothing()),
        (
            "watches.add",
            json!({ "folder": folder.join("watched"), "name": "watched" }),
        ),
        (
            "watches.remove",
            json!({ "folder": folder.join("watched") }),
        ),
        ("expectations.list", nothing()),
        ("expectations.show", json!({ "dataset": "penguins" })),
        ("expectations.catalogue", nothing()),
        ("expectations.suggest", json!({ "dataset": "penguins" })),
        (
            "expectations.save",
            json!({ "dataset": "penguins", "suite": suite }),
        ),
        (
            "expectations.check",
            json!({ "dataset": "penguins", "suite": "penguins", "format": "COMPLETE" }),
        ),
        ("expectations.history", json!({ "dataset": "penguins" })),
        ("expectations.report", json!({ "check_id": 1 })),
        (
            "expectations.import",
            json!({
                "file_name": "orders.json",
                "text": "{\"name\": \"orders\", \"expectations\": [{\"type\": \"expect_luck\"}]}",
            }),
        ),
        (
            "expectations.export",
            json!({
                "suite": "penguins", "format": "great_expectations", "path": folder.join("suite.json"),
            }),
        ),
        (
            "expectations.junit",
            json!({ "check_id": 1, "path": folder.join("check.xml") }),
        ),
        ("algorithms.list", nothing()),
        ("metrics.list", nothing()),
        (
            "recipes.suggest",
            json!({ "dataset": "penguins", "target": "species" }),
        ),
        ("recipes.list", nothing()),
        ("recipes.show", json!({ "recipe": "birds" })),
        ("recipes.save", json!({ "name": "birds", "recipe": recipe })),
        (
            "recipes.save_run",
            json!({ "name": "birds", "run_id": run }),
        ),
        ("recipes.delete", json!({ "name": "birds" })),
        (
            "recipes.import",
            json!({ "file_name": "birds.json", "text": recipe.to_string() }),
        ),
        (
            "recipes.export",
            json!({ "recipe": "birds@1", "path": folder.join("birds.json") }),
        ),
        (
            "training.start",
            json!({ "dataset": "penguins", "target": "species" }),
        ),
        ("experiments.list", nothing()),
        (
            "runs.list",
            json!({
                "filter": "metrics.test.accuracy > 0.5",
                "order_by": [
                    { "name": "metrics.test.accuracy@best" },
                    { "name": "attributes.name", "ascending": true },
                ],
                "tree": true,
            }),
        ),
        (
            "runs.follow",
            json!({ "since": 0, "shown": [run], "columns": ["metrics.test.accuracy@min", "params.algorithm"] }),
        ),
        ("runs.fields", nothing()),
        (
            "runs.values",
            json!({ "name": "params.algorithm", "prefix": "R" }),
        ),
        (
            "runs.change",
            json!({
                "selection": { "runs": [run, "0123456789abcdef0123456789abcdef"] },
                "change": { "change": "tag", "key": "team", "value": "birds" },
            }),
        ),
        ("runs.trash", nothing()),
        ("runs.purge", json!({ "selection": { "runs": [run] } })),
        (
            "runs.curves",
            json!({ "runs": [run], "keys": ["test.accuracy"], "smoothing": 0.6 }),
        ),
        ("runs.show", json!({ "run_id": run })),
        (
            "runs.result",
            json!({ "run_id": run, "costs": { "false_positive": 1, "false_negative": 5 } }),
        ),
        ("runs.reproduce", json!({ "run_id": run })),
        ("runs.recognise", json!({ "path": folder.join("two.csv") })),
        ("runs.import", json!({ "path": folder.join("mlruns") })),
        (
            "runs.export",
            json!({ "selection": { "of": "runs", "run_ids": [run] }, "path": folder.join("run.zip") }),
        ),
        (
            "runs.compare",
            json!({ "runs": [run, runs["runs"][0]["run_id"]] }),
        ),
        ("charts.spec", chart.clone()),
        ("charts.render", render.clone()),
        (
            "charts.save",
            json!({ "render": render, "path": folder.join("roc.svg") }),
        ),
        ("charts.open", json!({ "chart": chart })),
        ("models.list", nothing()),
        (
            "models.show",
            json!({ "model": "penguin-species@champion" }),
        ),
        ("models.registered", json!({ "name": "penguin-species" })),
        ("models.register", json!({ "run_id": run, "name": "again" })),
        (
            "models.gate",
            json!({ "model": "penguin-species", "to": "production" }),
        ),
        (
            "models.promote",
            json!({ "model": "penguin-species", "to": "candidate" }),
        ),
        (
            "models.rollback",
            json!({ "model": "twice", "reason": "it drifts" }),
        ),
        ("models.card", json!({ "model": "penguin-species" })),
        (
            "models.set_card",
            json!({ "model": "penguin-species", "text": "# Penguins\n" }),
        ),
        (
            "models.alias",
            json!({ "model": "penguin-species", "alias": "challenger" }),
        ),
        (
            "models.try",
            json!({ "model": "penguin-species", "record": record }),
        ),
        ("serving.models", nothing()),
        ("models.verify", json!({ "model": "penguin-species" })),
        ("keys.list", nothing()),
        (
            "keys.new",
            json!({ "file": folder.join("signing.key"), "name": "ada" }),
        ),
        (
            "keys.trust",
            json!({
                "name": "grace",
                "public_key": "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3",
            }),
        ),
        ("models.sign", json!({ "model": "penguin-species" })),
        (
            "models.shrink",
            json!({ "model": "penguin-species", "to": "pruned", "size": 0.5 }),
        ),
        (
            "models.push",
            json!({ "model": "penguin-species", "folder": folder.join("shared") }),
        ),
        ("models.offers", json!({ "folder": folder.join("shared") })),
        ("models.pull", json!({ "folder": folder.join("shared") })),
        (
            "models.import",
            json!({ "path": folder.join("model.onnx"), "name": "imported" }),
        ),
        (
            "models.diff",
            json!({
                "left": { "of": "version", "model": "twice@1" },
                "right": { "of": "version", "model": "penguin-species" },
            }),
        ),
        (
            "models.compare",
            json!({
                "left": { "of": "version", "model": "twice@1" },
                "right": { "of": "version", "model": "twice@2" },
                "data": { "of": "dataset", "dataset": "penguins" },
            }),
        ),
        (
            "models.graph",
            json!({ "source": { "of": "version", "model": "penguin-species" } }),
        ),
        (
            "models.tensor",
            json!({
                "source": { "of": "version", "model": "penguin-species" },
                "tensor": { "kept": "initializer", "index": 0 },
            }),
        ),
        (
            "models.predict",
            json!({ "model": "twice", "path": file, "output": folder.join("answers.csv") }),
        ),
        (
            "models.export",
            json!({ "model": "penguin-species", "folder": folder.join("export") }),
        ),
        (
            "replays.preview",
            json!({ "logs": [file], "model": "penguin-species" }),
        ),
        (
            "replays.start",
            json!({ "logs": [file], "model": "penguin-species" }),
        ),
        ("replays.list", nothing()),
        ("replays.show", json!({ "replay": replay })),
        (
            "replays.judge",
            json!({ "replay": replay, "rule": { "mode": "evidently" } }),
        ),
        (
            "replays.distribution",
            json!({ "replay": replay, "column": "prediction" }),
        ),
        (
            "replays.cell",
            json!({ "replay": replay, "column": "vicprice", "window": 30 }),
        ),
        ("reports.html", json!({ "about": "lab" })),
        (
            "reports.save",
            json!({ "report": { "about": "lab" }, "path": folder.join("report.html") }),
        ),
        ("jobs.list", nothing()),
        ("jobs.show", json!({ "job_id": "0000000000000000" })),
        ("jobs.cancel", json!({ "job_id": "0000000000000000" })),
    ])
}

/// Commands whose request here must fail, with the code: there is no such job, no desktop, no worker executable.
const REFUSED: [(&str, &str); 3] = [
    ("charts.open", "unsupported"),
    ("jobs.show", "not_found"),
    ("jobs.cancel", "not_found"),
];

#[test]
fn every_command_answers_in_its_shape() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut environment = Environment::system("window").expect("this computer");
    // No test may start this test as a worker; the desk then reports that its process cannot be started.
    environment.worker = PathBuf::from(folder.path()).join("absent");
    let lab = Lab::create(&folder.path().join("lab"), environment.clone()).expect("a lab");
    lab.demo(&Task::silent()).expect("the sample lab");
    // Two versions that differ in every way that a diff tells.
    let import = |text: &str| {
        let path = folder.path().join("two.csv");
        std::fs::write(&path, text).expect("a file");
        let spec = serde_json::from_value(json!({
            "path": path, "name": null, "options": { "bad_rows": "set_aside" },
        }));
        lab.import(&spec.expect("a request"), &Task::silent())
            .expect("an import");
    };
    import("id,a,b,gone\n1,1,x,1\n2,2,y,2\n3,3,z,3\n");
    import("id,b,a,new\n1,x,1.5,1\n2,w,2,2\nbad\n4,z,3,3\n");
    std::fs::create_dir(folder.path().join("watched")).expect("a folder");
    drop(lab);
    let desk = Arc::new(Desk::new(environment));
    desk.offer_server(Box::new(|port| Ok(Box::new(Pretended(port)))));
    desk.open(&folder.path().join("lab"))
        .expect("the lab opens");
    let mut requests = requests(&desk, folder.path());
    let mut shapes = Map::new();
    // Those that change labs come last, because the others ask the sample lab.
    let (last, first): (Vec<_>, Vec<_>) = commands()
        .into_iter()
        .partition(|command| matches!(command.name, "lab.create" | "lab.open"));
    for command in first.into_iter().chain(last) {
        let request = requests
            .remove(command.name)
            .unwrap_or_else(|| panic!("`{}` is in the list and has no request here", command.name));
        let shape = match desk.dispatch(command.name, request) {
            Ok(Reply::Json(text)) => shape(&serde_json::from_str(&text).expect("JSON")),
            Ok(Reply::Bytes(bytes)) => {
                assert!(command.answers_bytes && bytes.len() > 8, "{}", command.name);
                json!("bytes")
            }
            Err(failure) => {
                let code = serde_json::to_value(failure.code).expect("a code");
                let expected = REFUSED
                    .iter()
                    .find(|(name, _)| *name == command.name)
                    .map(|(_, code)| *code);
                assert_eq!(code.as_str(), expected, "{}: {failure}", command.name);
                json!({ "refused": code })
            }
        };
        shapes.insert(command.name.to_owned(), shape);
    }
    assert!(
        requests.is_empty(),
        "requests without a command: {:?}",
        requests.keys()
    );
    for name in [
        "bad.csv",
        "suite.json",
        "check.xml",
        "birds.json",
        "report.html",
    ] {
        let size = folder.path().join(name).metadata().map(|file| file.len());
        assert!(size.is_ok_and(|size| size > 0), "{name}");
    }
    insta::assert_json_snapshot!("shapes", Value::Object(shapes));
}

#[test]
fn unknown_commands_and_requests_are_failures() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let desk = Desk::new(Environment::system("window").expect("this computer"));
    let code = |command: &str, request: Value| {
        desk.dispatch(command, request)
            .map_err(|failure| failure.wrong)
    };
    assert_eq!(
        code("lab.status", json!({})),
        Err("no lab is open".to_owned())
    );
    desk.open(folder.path()).expect("a lab");
    assert!(code("lab.status", json!({})).is_ok());
    assert_eq!(
        code("nonsense", json!({})),
        Err("there is no such command".to_owned())
    );
    assert!(
        code("datasets.show", json!({}))
            .is_err_and(|wrong| wrong.contains("missing field `dataset`"))
    );
}

/// Names and types; of an array the first element, of a map of free names one entry.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
        Value::Array(items) => items
            .first()
            .map_or(json!([]), |first| json!([shape(first)])),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| {
                    let free = matches!(
                        name.as_str(),
                        "metrics" | "params" | "tags" | "aliases" | "previous_metrics"
                    );
                    let shape = if free && value.is_object() {
                        json!("map")
                    } else {
                        shape(value)
                    };
                    (name.clone(), shape)
                })
                .collect(),
        ),
    }
}
