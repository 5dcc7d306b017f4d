//! What the real writers wrote, held against what the real readers say of it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use assay_core::Task;
use assay_core::imports::{ImportProblem, RunFormat};
use assay_core::run::RunStatus;
use assay_imports::{Error, Point, RunSource, SourceRun, open, recognise};
use serde_json::Value;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

fn golden(path: &str) -> Value {
    let text = std::fs::read_to_string(samples().join(path)).unwrap();
    serde_json::from_str(&text).unwrap()
}

type Points = BTreeMap<String, Vec<(i64, i64, f64)>>;

struct Everything {
    runs: Vec<(SourceRun, Points)>,
    problems: Vec<ImportProblem>,
    source: Box<dyn RunSource>,
}

fn everything(path: &Path) -> Everything {
    let format = recognise(path).unwrap();
    let mut source = open(path, format, &Task::silent()).unwrap();
    let (mut runs, mut problems) = (Vec::new(), Vec::new());
    for index in 0..source.n_runs() {
        let run = match source.run(index) {
            Ok(run) => run,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let mut points = Points::new();
        let flow = source.points(index, &mut |key: &str, point: Point| {
            let own = points.entry(key.to_owned()).or_default();
            own.push((point.step, point.at_ms, point.value));
            ControlFlow::Continue(())
        });
        assert!(flow.is_continue());
        runs.push((run, points));
        problems.extend(source.take_problems());
    }
    problems.extend(source.take_problems());
    Everything {
        runs,
        problems,
        source,
    }
}

fn number(value: &Value) -> f64 {
    match value {
        Value::String(word) => word.parse().unwrap(),
        other => other.as_f64().unwrap(),
    }
}

fn assert_same_points(found: &Points, golden: &Value, name: &str) {
    let expected = golden.as_object().unwrap();
    let keys: Vec<_> = found.keys().collect();
    assert_eq!(keys, expected.keys().collect::<Vec<_>>(), "{name}");
    for (key, points) in found {
        let told = expected[key].as_array().unwrap();
        assert_eq!(points.len(), told.len(), "{name} {key}");
        let mut points = points.clone();
        points.sort_by_key(|(step, at_ms, _)| (*step, *at_ms));
        for ((step, at_ms, value), point) in points.iter().zip(told) {
            assert_eq!(*step, point[0].as_i64().unwrap(), "{name} {key}");
            assert_eq!(*at_ms, point[1].as_i64().unwrap(), "{name} {key}");
            let expected = number(&point[2]);
            assert!(
                *value == expected || (value.is_nan() && expected.is_nan()),
                "{name} {key} {step}: {value} {expected}"
            );
        }
    }
}

#[test]
fn folders_of_every_mlflow_are_read_as_their_client_reads_them() {
    for version in ["1.30.1", "2.3.2", "2.22.2", "3.17.2"] {
        let folder = samples().join("mlflow").join(version).join("mlruns");
        assert_eq!(recognise(&folder), Some(RunFormat::MlflowFolder));
        let golden = golden(&format!("mlflow/{version}/files.json"));
        let all = everything(&folder);
        assert_eq!(all.problems, [], "{version}");
        let told = golden["runs"].as_array().unwrap();
        assert_eq!(all.runs.len(), told.len(), "{version}");
        for (found, points) in &all.runs {
            let run = &found.run;
            let told = told
                .iter()
                .find(|told| told["run_id"] == run.run_id.as_str())
                .unwrap();
            let name = format!("{version} {}", run.name);
            assert_eq!(told["name"], run.name.as_str(), "{name}");
            assert_eq!(told["user"], run.user.as_str(), "{name}");
            assert_eq!(told["start_time"], run.started_ms, "{name}");
            assert_eq!(told["end_time"].as_i64(), run.ended_ms, "{name}");
            let status = format!("{:?}", run.status).to_uppercase();
            assert_eq!(told["status"], status.as_str(), "{name}");
            assert_eq!(
                told["lifecycle_stage"] == "deleted",
                run.deleted_ms.is_some(),
                "{name}"
            );
            assert_eq!(told["params"], serde_json::json!(run.params), "{name}");
            assert_eq!(told["tags"], serde_json::json!(run.tags), "{name}");
            assert_same_points(points, &told["metrics"], &name);
            let inputs: Vec<_> = run
                .inputs
                .iter()
                .map(|input| serde_json::json!([input.name, input.digest, input.tags]))
                .collect();
            assert_eq!(told["inputs"], serde_json::json!(inputs), "{name}");
            let experiment = &all.source.experiments()[found.experiment];
            let id = experiment.experiment_id.unwrap().to_string();
            assert_eq!(told["experiment_id"], id.as_str(), "{name}");
            if run.name == "trial 1" {
                let files: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
                assert_eq!(files, ["notes/größe.txt", "top.txt"], "{name}");
            }
        }
        for told in golden["experiments"].as_array().unwrap() {
            let found = all
                .source
                .experiments()
                .iter()
                .find(|experiment| told["name"] == experiment.name.as_str())
                .unwrap();
            assert_eq!(told["lifecycle_stage"] == "deleted", found.is_deleted);
            assert_eq!(told["tags"], serde_json::json!(found.tags), "{version}");
            if let Some(created_ms) = told["creation_time"].as_i64() {
                assert_eq!(found.created_ms, created_ms, "{version}");
            }
        }
    }
}

#[test]
fn one_experiment_or_one_run_can_be_read_alone() {
    let root = samples().join("mlflow/3.17.2/mlruns");
    let wines = std::fs::read_dir(&root)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.join("datasets").is_dir())
        .unwrap();
    let of_experiment = everything(&wines);
    assert_eq!(of_experiment.runs.len(), 3);
    assert_eq!(of_experiment.source.experiments()[0].name, "wines");
    let run_id = of_experiment.runs[0].0.run.run_id.clone();
    let alone = everything(&wines.join(run_id.as_str()));
    assert_eq!(alone.runs.len(), 1);
    assert_eq!(alone.runs[0].0.run, of_experiment.runs[0].0.run);
    assert_eq!(alone.source.experiments()[0].name, "wines");
    // what stands above `mlruns` is found too
    assert_eq!(everything(root.parent().unwrap()).runs.len(), 5);
}

#[test]
fn event_files_are_read_as_tensorboard_reads_them() {
    let golden = golden("tensorboard/golden.json");
    let all = everything(&samples().join("tensorboard"));
    assert_eq!(all.problems, []);
    let told = golden["runs"].as_object().unwrap();
    let names: Vec<_> = all
        .runs
        .iter()
        .map(|(run, _)| run.run.name.clone())
        .collect();
    assert_eq!(names, told.keys().cloned().collect::<Vec<_>>());
    for (run, points) in &all.runs {
        assert_same_points(points, &told[&run.run.name], &run.run.name);
        if run.run.name == "train/hp" {
            let params: Vec<_> = run.run.params.iter().collect();
            let expected = [
                ("layers", "3"),
                ("lr", "0.1"),
                ("nesterov", "true"),
                ("optimizer", "adam"),
            ];
            for ((key, value), (name, text)) in params.iter().zip(expected) {
                assert_eq!((key.as_str(), value.as_str()), (name, text));
            }
            assert_eq!(params.len(), expected.len());
        }
    }
    let ids: std::collections::BTreeSet<_> =
        all.runs.iter().map(|(run, _)| &run.run.run_id).collect();
    assert_eq!(ids.len(), all.runs.len());
    assert!(
        all.source.read_as().contains("weights"),
        "{}",
        all.source.read_as()
    );
}

#[test]
fn an_event_file_that_is_being_written_gives_what_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let source = samples().join("tensorboard/train");
    let file = std::fs::read_dir(&source)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_file())
        .unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let copy = folder.path().join(file.file_name().unwrap());
    std::fs::write(&copy, &bytes[..bytes.len() - 5]).unwrap();
    let all = everything(folder.path());
    assert_eq!(all.problems, []);
    assert_eq!(all.runs[0].1["loss"].len(), 30);
    // a damaged record is named, and the others are read
    let mut damaged = bytes.clone();
    let place = bytes
        .windows(4)
        .rposition(|window| window == b"loss")
        .unwrap();
    damaged[place] ^= 1;
    std::fs::write(&copy, damaged).unwrap();
    let all = everything(folder.path());
    assert_eq!(all.runs[0].1["loss"].len(), 29);
    assert_eq!(all.problems.len(), 1);
    assert!(
        all.problems[0].wrong.contains("damaged: 1"),
        "{}",
        all.problems[0]
    );
}

#[test]
fn offline_folders_of_wandb_are_read() {
    let golden = golden("wandb/golden.json");
    for path in [samples().join("wandb"), samples().join("wandb/wandb")] {
        let all = everything(&path);
        assert_eq!(all.problems, []);
        assert_eq!(all.runs.len(), 2);
        for ((found, points), told) in all.runs.iter().zip(golden["runs"].as_array().unwrap()) {
            let run = &found.run;
            assert_eq!(told["name"], run.name.as_str());
            assert_eq!(told["id"], run.tags["wandb.run_id"].as_str());
            let status = match told["exit_code"].as_i64() {
                Some(0) => RunStatus::Finished,
                _ => RunStatus::Failed,
            };
            assert_eq!(run.status, status);
            assert!(run.ended_ms.unwrap() >= run.started_ms && run.started_ms > 1_700_000_000_000);
            let losses: Vec<f64> = points["loss"].iter().map(|(_, _, value)| *value).collect();
            let expected: Vec<f64> = told["losses"]
                .as_array()
                .unwrap()
                .iter()
                .map(number)
                .collect();
            assert_eq!(losses, expected);
            let steps: Vec<i64> = points["loss"].iter().map(|(step, _, _)| *step).collect();
            assert_eq!(steps, (0..400).collect::<Vec<_>>());
            assert_eq!(points["eval.auc"][100].2, 0.25);
            assert!(points["odd"][0].2.is_nan() && points["odd"][0].0 == 3);
            assert_eq!(points["best"][0].2, 0.5, "what only the summary has");
            for (key, value) in [
                ("lr", "0.1"),
                ("model.depth", "3"),
                ("model.act", "relu"),
                ("late", "true"),
                ("names", r#"["a","b"]"#),
            ] {
                assert_eq!(run.params[key], value, "{key}");
            }
            assert!(run.params.keys().all(|key| !key.starts_with('_')));
            for (key, value) in [
                ("wandb.group", "sweep"),
                ("wandb.job_type", "train"),
                ("wandb.tags", "red, dry"),
                ("mlflow.note.content", "two\nlines"),
            ] {
                assert_eq!(run.tags[key], value, "{key}");
            }
            assert_eq!(all.source.experiments()[found.experiment].name, "wines");
            let files: Vec<_> = found.files.iter().map(|file| file.path.as_str()).collect();
            assert_eq!(files, ["table.txt"]);
        }
    }
}

#[test]
fn tables_are_understood_by_the_names_of_their_columns() {
    let folder = tempfile::tempdir().unwrap();
    let long = "run,key,step,value,timestamp\na,loss,0,0.5,1700000000\na,loss,1,0.25,1700000001\nb,loss,0,nan,1700000002\na,auc,0,0.75,1700000003\n";
    let wide = "epoch;train_loss;note;val_loss\n0;0.5;x;\n1;0.25;y;0.125\n";
    let by_run = "run_name\tstep\tloss\nx\t3\t1\ny\t3\t2\n";
    for (name, text, words, expected) in [
        (
            "long.csv",
            long,
            "a long table: the metric in `key`, its value in `value`, the run in `run`, the step in `step`, the time in `timestamp`",
            vec![("a", "auc", 1), ("a", "loss", 2), ("b", "loss", 1)],
        ),
        (
            "wide.csv",
            wide,
            "a wide table with a column per metric, one run, the step in `epoch`; no numbers in note",
            vec![("wide", "train_loss", 2), ("wide", "val_loss", 1)],
        ),
        (
            "by_run.tsv",
            by_run,
            "a wide table with a column per metric, the run in `run_name`, the step in `step`",
            vec![("x", "loss", 1), ("y", "loss", 1)],
        ),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let all = everything(&path);
        assert_eq!(all.problems, [], "{name}");
        assert_eq!(all.source.read_as(), words, "{name}");
        let found: Vec<_> = all
            .runs
            .iter()
            .flat_map(|(run, points)| {
                points
                    .iter()
                    .map(|(key, points)| (run.run.name.as_str(), key.as_str(), points.len()))
            })
            .collect();
        assert_eq!(found, expected, "{name}");
    }
    let a = everything(&folder.path().join("long.csv"));
    assert_eq!(a.runs[0].0.run.started_ms, 1_700_000_000_000);
    assert_eq!(a.runs[0].0.run.ended_ms, Some(1_700_000_003_000));
    assert_eq!(a.runs[0].1["loss"][1], (1, 1_700_000_001_000, 0.25));
    for text in ["a,b\n1,2\n", "", "step,loss\n"] {
        let path = folder.path().join("no.csv");
        std::fs::write(&path, text).unwrap();
        let refused = open(&path, RunFormat::Csv, &Task::silent());
        assert!(matches!(refused, Err(Error::Unreadable { .. })), "{text}");
    }
}

#[test]
fn what_is_broken_is_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |path: &str, text: &[u8]| {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "0/meta.yaml",
        b"experiment_id: '0'\nname: Default\nlifecycle_stage: active\n",
    );
    write("7/meta.yaml", b"experiment_id: [\n");
    write(
        "0/good/meta.yaml",
        b"run_id: good\nstatus: 3\nstart_time: 5\nend_time: null\n",
    );
    write("0/good/metrics/loss", b"1 0.5 0\nrubbish\n2 0.25 1\n3 0.12");
    write("0/good/params/binary", b"\xff\xfe");
    write("0/broken/meta.yaml", b"\x00\x01 not yaml: : :\n- {");
    write("0/no_meta/params/a", b"1");
    write("0/no_id/meta.yaml", b"status: 3\n");
    let all = everything(root);
    assert_eq!(all.runs.len(), 1);
    assert_eq!(
        all.runs[0].1["loss"],
        [(0, 1, 0.5), (1, 2, 0.25), (0, 3, 0.12)]
    );
    let mut places: Vec<_> = all
        .problems
        .iter()
        .map(|found| found.place.as_str())
        .collect();
    places.sort_unstable();
    assert_eq!(
        places,
        [
            "0/broken/meta.yaml",
            "0/good/metrics/loss",
            "0/good/params/binary",
            "0/no_id/meta.yaml",
            "0/no_meta/meta.yaml",
            "7/meta.yaml",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("mlruns");
    let secret = folder.path().join("secret");
    std::fs::create_dir_all(root.join("0/good/artifacts")).unwrap();
    std::fs::write(&secret, "secret").unwrap();
    std::fs::write(
        root.join("0/meta.yaml"),
        "experiment_id: 0\nname: Default\n",
    )
    .unwrap();
    let meta = format!(
        "run_id: good\nstatus: 3\nartifact_uri: file://{}\n",
        folder.path().display()
    );
    std::fs::write(root.join("0/good/meta.yaml"), meta).unwrap();
    std::os::unix::fs::symlink(&secret, root.join("0/good/artifacts/link")).unwrap();
    let all = everything(&root);
    assert_eq!(all.runs[0].0.files, []);
    assert_eq!(all.problems.len(), 1);
    // nor is a folder taken that does not bear the run's id
    std::fs::remove_dir_all(root.join("0/good/artifacts")).unwrap();
    assert_eq!(everything(&root).runs[0].0.files, []);
}

#[test]
fn models_that_were_logged_beside_runs_are_read() {
    let mut all = everything(&samples().join("mlflow/3.17.2/mlruns"));
    let models = all.source.models();
    assert_eq!(models.len(), 1);
    let (found, run) = (
        &models[0].model,
        &all.runs.iter().find(|(run, _)| run.run.name == "trial 1"),
    );
    assert_eq!(
        (found.name.as_str(), found.model_type.as_str()),
        ("net", "mlp")
    );
    assert_eq!(found.params["depth"], "3");
    assert_eq!(found.tags["a"], "b");
    assert_eq!(found.source_run_id, run.unwrap().0.run.run_id.as_str());
    let experiments = all.source.experiments();
    assert_eq!(experiments[models[0].experiment].name, "wines");
}
