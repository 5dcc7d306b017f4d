//! ONNX files of somebody else: imported, refused, and what a worker that dies over one leaves.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::TestLab;

/// A file that other libraries wrote; crates/onnx/tests/corpus/make.py makes them.
pub fn corpus(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("crates/onnx/tests/corpus")
        .join(name);
    path.to_str().expect("a path is text").to_owned()
}

#[test]
fn an_imported_version_has_all_but_what_only_a_run_knows() {
    let lab = TestLab::new();
    let file = corpus("pipeline_zipmap.onnx");
    let made = lab.assay(&["model", "import", &file, "--name", "people"]);
    assert_eq!(made.status, 0, "{}", made.stderr);
    insta::with_settings!({ filters => vec![(r"onnxruntime [0-9.]+", "onnxruntime VERSION")] }, {
        insta::assert_snapshot!("imported", made.stdout);
    });

    let version = lab.json(&["model", "show", "people"])["version"].clone();
    assert_eq!(version["problem"], "binary");
    for absent in ["run_id", "dataset", "parity", "reference"] {
        assert_eq!(version[absent], json!(null), "{absent}");
    }
    assert_eq!(
        version["imported"]["wiring"]["classes"],
        json!(["leaves", "stays"])
    );
    let inputs = version["signature"]["inputs"].as_array().expect("inputs");
    let kinds: Vec<_> = inputs.iter().map(|input| input["kind"].as_str()).collect();
    assert_eq!(kinds, [Some("float"), Some("float"), Some("text")]);

    let verified = lab.json(&["model", "verify", "people"]);
    assert_eq!(
        (&verified["passed"], &verified["parity"]),
        (&json!(true), &json!(null))
    );
    let folder = lab.path().join("registry/people/1");
    for name in [
        "model.onnx",
        "signature.json",
        "MLmodel",
        "MODEL_CARD.md",
        "sample_request.json",
        "sample_answer.json",
        "sbom.cdx.json",
        "imported.json",
        "CHECKSUMS",
    ] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    let card = lab.json(&["model", "card", "people"]);
    assert_eq!(card["is_edited"], false);
    let text = card["text"].as_str().expect("a card");
    assert!(text.contains("Nothing is known of"), "{text}");
    assert!(text.contains("| `city` | text | `city` |"), "{text}");
    assert!(!text.contains("{{") && !text.contains("\n\n\n"), "{text}");

    let refused = lab.assay(&["model", "promote", "people", "--to", "production"]);
    assert_eq!(refused.status, 3, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("cannot be judged: it was imported"),
        "{}",
        refused.stderr
    );
    lab.json(&["model", "promote", "people", "--to", "candidate"]);
    lab.json(&["model", "alias", "people@1", "champion"]);
    lab.json(&["undo"]);
    let exported = lab.path().with_file_name("exported");
    let exported = exported.to_str().expect("a path is text");
    lab.json(&["model", "export", "people", exported]);
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
    let listed = lab.assay(&["model", "list"]).stdout;
    assert!(listed.contains("people"), "{listed}");

    fs::write(folder.join("model.onnx"), b"other").expect("a file is written");
    let damaged = lab.assay(&["model", "verify", "people"]);
    assert_eq!(damaged.status, 3);
    assert!(
        damaged.stdout.contains("damaged: model.onnx"),
        "{}",
        damaged.stdout
    );
}

#[test]
fn every_kind_of_file_is_tried_and_registered() {
    let lab = TestLab::new();
    let rows = lab.file("flowers.csv", "a,b,c,d\n5.1,3.5,1.4,0.2\n6.2,2.9,4.3,1.3\n");
    let rows = rows.to_str().expect("a path is text");
    lab.json(&["data", "import", rows]);
    let cases: [(&str, &[&str], &str, u64); 8] = [
        ("forest", &[], "made-up values", 5),
        ("logistic", &["--sample", rows], "file flowers.csv", 2),
        (
            "svc",
            &["--columns", "a,b,c,d", "--sample", "flowers"],
            "dataset flowers@1",
            2,
        ),
        ("lightgbm_classifier", &[], "made-up values", 5),
        ("xgboost_regressor", &[], "made-up values", 5),
        ("branches", &[], "made-up values", 5),
        ("cnn", &[], "made-up values", 1),
        ("external", &["--allow-external-data"], "made-up values", 5),
    ];
    for (name, more, rows_of, n_rows) in cases {
        let file = corpus(&format!("{name}.onnx"));
        let version = lab.json(&[&["model", "import", &file, "--name", name], more].concat());
        let sample = &version["imported"]["sample"];
        assert_eq!(
            (&sample["rows_of"], &sample["n_rows"]),
            (&json!(rows_of), &json!(n_rows)),
            "{name}"
        );
        assert_eq!(sample["refused"], json!(null), "{name}");
        assert_eq!(
            lab.json(&["model", "verify", name])["passed"],
            true,
            "{name}"
        );
    }
    let named =
        lab.json(&["model", "show", "forest"])["version"]["signature"]["inputs"][0]["name"].clone();
    assert_eq!(named, "sepal length");
    let scores = &lab.json(&["model", "show", "svc"])["version"]["imported"]["wiring"]["answer"];
    assert_eq!(
        scores["probabilities"],
        json!(null),
        "scores are no probabilities"
    );
    let whole = lab.json(&["model", "show", "external"])["version"].clone();
    assert_eq!(
        whole["imported"]["external_data"],
        json!(["external.weights"])
    );
    assert_ne!(whole["onnx"], whole["imported"]["file"]);

    let custom = corpus("custom_operator.onnx");
    let custom = lab.json(&[
        "model",
        "import",
        &custom,
        "--name",
        "own",
        "--allow-custom-operators",
    ]);
    assert!(
        custom["imported"]["sample"]["refused"].is_string(),
        "{custom}"
    );
}

#[test]
fn what_is_not_allowed_or_not_whole_is_one_sentence_and_changes_nothing() {
    let lab = TestLab::new();
    let not_onnx = lab.file("rows.onnx", "a,b\n1,2\n");
    let bytes = fs::read(corpus("forest.onnx")).expect("a file of the corpus");
    let cut = lab.file("cut.onnx", &bytes[..bytes.len() / 2]);
    // Its weights are not beside it.
    let alone = lab.file(
        "alone.onnx",
        fs::read(corpus("external.onnx")).expect("a file"),
    );
    // Weights of the same length of name, one folder up.
    let mut escaping = fs::read(corpus("external.onnx")).expect("a file of the corpus");
    let name = b"external.weights";
    let at = escaping
        .windows(name.len())
        .position(|window| window == name)
        .expect("the name");
    escaping[at..at + name.len()].copy_from_slice(b"../nal..weights.");
    let escaping = lab.file("escaping.onnx", escaping);
    let text = |path: &PathBuf| path.to_str().expect("a path is text").to_owned();
    let before = lab.holdings();
    for (file, more, wrong) in [
        (text(&not_onnx), &[][..], "the file is not an ONNX file"),
        (text(&cut), &[], "the file is not an ONNX file"),
        (
            corpus("external.onnx"),
            &[],
            "it keeps constants in other files: external.weights",
        ),
        (text(&alone), &["--allow-external-data"], "external.weights"),
        (
            text(&escaping),
            &["--allow-external-data"],
            "leads out of the folder of the model",
        ),
        (
            corpus("custom_operator.onnx"),
            &[],
            "neither ONNX nor ONNX Runtime define: com.example::Sharpen",
        ),
        (
            corpus("forest.onnx"),
            &["--columns", "a,b"],
            "2 columns are named where the graph takes 4",
        ),
        (
            corpus("forest.onnx"),
            &["--columns", "a,b,c,a"],
            "the column `a` is named twice",
        ),
        (
            corpus("cnn.onnx"),
            &["--sample", "rows.csv"],
            "it takes whole tensors",
        ),
        (corpus("absent.onnx"), &[], "absent.onnx"),
        (corpus("memory.onnx"), &[], ""),
    ] {
        let answer =
            lab.assay(&[&["model", "import", file.as_str(), "--name", "m"], more].concat());
        assert_ne!(answer.status, 0, "{file}: {}", answer.stdout);
        assert!(answer.stderr.contains(wrong), "{file}: {}", answer.stderr);
        assert!(
            answer.stderr.starts_with("cannot import"),
            "{file}: {}",
            answer.stderr
        );
        assert_eq!(lab.holdings(), before, "{file}");
    }
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}

#[cfg(target_os = "linux")]
#[test]
fn a_worker_that_dies_over_a_file_leaves_the_lab_as_it_was() {
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;

    use crate::support::Answer;

    let lab = TestLab::new();
    let before = lab.holdings();
    let host = lab
        .command()
        .args([
            "model",
            "import",
            &corpus("endless.onnx"),
            "--name",
            "endless",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("assay starts");
    let children = format!("/proc/{0}/task", host.id());
    let worker = loop {
        // Threads of the host start the worker; it has begun to run the file when it holds ONNX Runtime.
        let threads = fs::read_dir(&children).into_iter().flatten().flatten();
        let found = threads
            .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
            .flat_map(|text| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .find(|id| {
                let maps = fs::read_to_string(format!("/proc/{id}/maps"));
                maps.is_ok_and(|maps| maps.contains("onnxruntime"))
            });
        match found {
            Some(id) => break id,
            None => sleep(Duration::from_millis(20)),
        }
    };
    let killed = Command::new("kill").args(["-9", &worker]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    let answer = Answer::of(host.wait_with_output().expect("it ends"));
    assert_eq!(answer.status, 1, "{}", answer.stdout);
    assert!(
        answer
            .stderr
            .contains("its process ended without an answer"),
        "{}",
        answer.stderr
    );
    assert!(
        answer.stderr.contains("the file may be damaged or hostile"),
        "{}",
        answer.stderr
    );
    assert_eq!(lab.holdings(), before);
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}
