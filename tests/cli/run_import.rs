//! Runs of other trackers through `assay runs import`: databases of every age, twice, broken, killed.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Answer, TestLab, text};

const VERSIONS: [&str; 4] = ["1.30.1", "2.3.2", "2.22.2", "3.17.2"];

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/imports/tests/samples")
}

fn all_files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(all_files(&path));
        } else {
            found.push((path.clone(), std::fs::read(&path).expect("a file")));
        }
    }
    found.sort();
    found
}

#[test]
fn databases_of_every_mlflow_are_imported_as_their_client_reads_them_and_once_only() {
    for version in VERSIONS {
        let folder = samples().join("mlflow").join(version);
        let before = all_files(&folder);
        let golden: Value = serde_json::from_slice(
            &std::fs::read(folder.join("database.json")).expect("a golden file"),
        )
        .expect("JSON");
        let told = golden["runs"].as_array().expect("runs");
        let lab = TestLab::new();
        let path = folder.join("mlflow.db");
        let report = lab.json(&["runs", "import", text(&path)]);
        assert_eq!(report["format"], "mlflow_database", "{version}");
        assert_eq!(report["n_new"], told.len(), "{version} {report}");
        assert_eq!(report["problems"], serde_json::json!([]), "{version}");
        assert_eq!(report["n_artifacts"], 2, "{version}");
        assert_eq!(report["n_model_versions"], 2, "{version}");

        let page = lab.json(&["runs", "list"]);
        let live: Vec<&Value> = told
            .iter()
            .filter(|run| run["lifecycle_stage"] == "active")
            .filter(|run| {
                let experiments = golden["experiments"].as_array().expect("experiments");
                experiments.iter().any(|experiment| {
                    experiment["experiment_id"] == run["experiment_id"]
                        && experiment["lifecycle_stage"] == "active"
                })
            })
            .collect();
        assert_eq!(page["n_total"], live.len(), "{version}");
        for run in live {
            let found = page["runs"]
                .as_array()
                .and_then(|runs| runs.iter().find(|found| found["run_id"] == run["run_id"]))
                .unwrap_or_else(|| panic!("{version}: {} is missing", run["run_id"]));
            for (ours, theirs) in [
                ("name", "name"),
                ("params", "params"),
                ("started_ms", "start_time"),
                ("ended_ms", "end_time"),
            ] {
                assert_eq!(found[ours], run[theirs], "{version} {ours}");
            }
            let status = run["status"].as_str().unwrap_or_default().to_lowercase();
            assert_eq!(found["status"], status.as_str(), "{version}");
            let tags = run["tags"].as_object().expect("tags");
            for (key, value) in tags {
                assert_eq!(found["tags"][key], *value, "{version} {key}");
            }
            let metrics = found["metrics"].as_object().expect("metrics");
            assert_eq!(
                metrics.keys().collect::<Vec<_>>(),
                run["metrics"]
                    .as_object()
                    .expect("metrics")
                    .keys()
                    .collect::<Vec<_>>(),
                "{version}"
            );
        }
        let trash = lab.json(&["trash", "list"]);
        assert_eq!(trash.as_array().map(Vec::len), Some(2), "{version} {trash}");

        let again = lab.json(&["runs", "import", text(&path)]);
        assert_eq!(again["n_new"], 0, "{version}");
        assert_eq!(again["n_updated"], 0, "{version}");
        assert_eq!(again["n_model_versions"], 0, "{version}");
        assert_eq!(again["n_unchanged"], told.len(), "{version}");
        assert_eq!(
            lab.json(&["runs", "list"])["runs"],
            page["runs"],
            "{version}"
        );
        assert!(
            all_files(&folder) == before,
            "{version}: the source was touched"
        );
    }
}

#[test]
fn folders_event_files_wandb_and_tables_are_told_apart_and_imported_once() {
    let lab = TestLab::new();
    let table = lab.file("metrics.csv", "step,loss\n0,0.5\n1,0.25\n");
    for (path, format, n_runs) in [
        (samples().join("mlflow/2.22.2/mlruns"), "mlflow_folder", 5),
        (samples().join("tensorboard"), "tensorboard", 3),
        (samples().join("wandb"), "wandb", 2),
        (table.clone(), "csv", 1),
    ] {
        let report = lab.json(&["runs", "import", text(&path)]);
        assert_eq!(report["format"], format);
        assert_eq!(report["n_new"], n_runs, "{report}");
        assert_eq!(report["problems"], serde_json::json!([]));
        let again = lab.json(&["runs", "import", text(&path)]);
        assert_eq!(
            (&again["n_new"], &again["n_updated"], &again["n_unchanged"]),
            (&0.into(), &0.into(), &n_runs.into()),
            "{format}"
        );
    }
    // a source that grew brings its run up to date, and what was said of the run here stays
    lab.file("metrics.csv", "step,loss\n0,0.5\n1,0.25\n2,0.125\n");
    let grown = lab.json(&["runs", "import", text(&table)]);
    assert_eq!(
        (&grown["n_new"], &grown["n_updated"]),
        (&0.into(), &1.into())
    );
    let doctor = lab.json(&["doctor"]);
    assert_eq!(doctor["healthy"], true, "{doctor}");
}

#[test]
fn an_imported_run_stays_where_it_was_moved_to_in_the_lab() {
    let lab = TestLab::new();
    let table = lab.file("sweep.csv", "run,step,loss\na,0,0.5\nb,0,0.25\n");
    lab.json(&["runs", "import", text(&table), "--experiment", "mine"]);
    lab.json(&["runs", "log", "tag", "a", "verdict=good"]);
    lab.json(&["runs", "delete", "b"]);
    lab.file(
        "sweep.csv",
        "run,step,loss\na,0,0.5\nb,0,0.25\na,1,0.4\nb,1,0.2\n",
    );
    let again = lab.json(&["runs", "import", text(&table)]);
    assert_eq!(again["n_updated"], 2);
    let page = lab.json(&["runs", "list"]);
    assert_eq!(page["n_total"], 1, "b stays in the trash");
    assert_eq!(page["runs"][0]["experiment"], "mine");
    assert_eq!(page["runs"][0]["tags"]["verdict"], "good");
    assert_eq!(page["runs"][0]["metrics"]["loss"], 0.4);
}

#[test]
fn what_holds_no_runs_is_refused_in_one_sentence_and_changes_nothing() {
    let lab = TestLab::new();
    let before = lab.holdings();
    let empty = lab.path().join("../empty");
    std::fs::create_dir_all(&empty).expect("a folder");
    let broken = lab.path().join("../broken");
    std::fs::create_dir_all(broken.join("0/run")).expect("a folder");
    std::fs::write(
        broken.join("0/meta.yaml"),
        "experiment_id: 0\nname: Default\n",
    )
    .expect("a file");
    std::fs::write(broken.join("0/run/meta.yaml"), "{").expect("a file");
    for (path, status) in [
        (lab.path().join("../nowhere"), 1),
        (empty, 1),
        (broken, 1),
        (lab.file("notes.csv", "a,b\n1,2\n"), 1),
        (lab.file("not.db", "SQLite format 3\0 and no more"), 1),
    ] {
        let answer = lab.assay(&["runs", "import", text(&path)]);
        assert_eq!(
            answer.status,
            status,
            "{}: {}",
            path.display(),
            answer.stderr
        );
        let said = answer
            .stderr
            .lines()
            .filter(|line| line.starts_with("cannot"));
        assert_eq!(said.count(), 1, "{}", answer.stderr);
    }
    assert_eq!(lab.holdings(), before);
}

#[test]
fn an_import_that_is_killed_leaves_whole_runs() {
    let lab = TestLab::new();
    let mut rows = "run,step,loss\n".to_owned();
    for run in 0..30 {
        for step in 0..2_000 {
            rows.push_str(&format!("r{run},{step},{}\n", 1.0 / f64::from(step + 1)));
        }
    }
    let path = lab.file("many.csv", rows);
    let mut child = lab
        .command()
        .args(["runs", "import", text(&path)])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("assay starts");
    // killed as soon as something is there, however fast this computer is
    while child.try_wait().expect("a child").is_none() {
        if lab.json(&["runs", "list"])["n_total"] != 0 {
            child.kill().expect("it is killed");
        }
    }
    let page = lab.json(&["runs", "list", "--limit", "1000"]);
    for run in page["runs"].as_array().expect("runs") {
        let id = run["run_id"].as_str().expect("an id");
        let tail = lab.assay(&["--json", "runs", "tail", id]).stdout;
        let n_points = tail
            .lines()
            .filter(|line| line.contains("\"metric\""))
            .count();
        assert_eq!(n_points, 2_000, "{}", run["name"]);
    }
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
    let report = lab.json(&["runs", "import", text(&path)]);
    assert_eq!(report["n_updated"], 0);
    assert_eq!(lab.json(&["runs", "list"])["n_total"], 30);
}

fn assay_in(lab: &Path, arguments: &[&str]) -> Answer {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_assay"))
        .arg("--lab")
        .arg(lab)
        .args(arguments)
        .output();
    Answer::of(output.expect("assay starts"))
}

#[test]
fn what_another_tracker_wrote_can_be_looked_into_without_a_change() {
    let folder = samples().join("mlflow/3.17.2");
    let before = all_files(&folder);
    for path in [folder.join("mlruns"), folder.join("mlflow.db")] {
        let page = assay_in(&path, &["--json", "runs", "list"]);
        assert_eq!(page.status, 0, "{}", page.stderr);
        assert_eq!(page.json()["n_total"], 3, "{}", path.display());
        let shown = assay_in(&path, &["--json", "runs", "show", "trial 1"]).json();
        assert_eq!(shown["artifacts"][0]["path"], "notes/größe.txt");
        let refused = assay_in(&path, &["runs", "delete", "sweep"]);
        assert_eq!(refused.status, 1);
        assert!(refused.stderr.contains("only read"), "{}", refused.stderr);
    }
    assert!(all_files(&folder) == before, "the source was touched");
    let empty = TestLab::without_lab();
    assert_eq!(assay_in(&empty.path(), &["runs", "list"]).status, 1);
}
