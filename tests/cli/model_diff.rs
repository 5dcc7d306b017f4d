//! `assay model diff` on files and on versions.

use serde_json::json;

use super::model_import::corpus;
use crate::support::TestLab;

#[test]
fn graphs_and_numbers_of_two_files_are_compared_without_running_them() {
    let lab = TestLab::new();
    let (left, right) = (corpus("cnn.onnx"), corpus("cnn_changed.onnx"));
    let answer = lab.assay(&["model", "diff", &left, &right]);
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    insta::assert_snapshot!("files", answer.stdout);
    let same = lab.assay(&["model", "diff", &left, &left]).stdout;
    assert!(same.contains("the same file"), "{same}");
}

#[test]
fn answers_on_rows_are_compared_row_by_row_and_by_slice() {
    let lab = TestLab::new();
    let rows: String = (0..60)
        .map(|row| {
            let city = ["Cork", "Dublin", "Galway"][row % 3];
            format!("{},{}.5,{city}\n", 20 + row, row * 3)
        })
        .collect();
    let rows = lab.file("people.csv", format!("age,fare,city\n{rows}"));
    lab.import(&rows, &[]);
    let (one, two) = (corpus("pipeline.onnx"), corpus("pipeline_zipmap.onnx"));
    lab.json(&["model", "import", &one, "--name", "people"]);
    let same = lab.json(&["model", "diff", "people", &two, "--data", "people"]);
    let found = &same["predictions"];
    assert_eq!(
        (&found["n_rows"], &found["agreement"]),
        (&json!(60), &json!(1.0))
    );
    assert_eq!(
        (&found["n_flips"], &found["max_abs"]),
        (&json!(0), &json!(0.0))
    );
    assert_eq!(found["rows_of"], "dataset people@1");
    // It is kept: the second answer is the first.
    assert_eq!(
        lab.json(&["model", "diff", "people", &two, "--data", "people"]),
        same
    );

    let flowers = lab.file(
        "flowers.csv",
        "f0,f1,f2,f3,kind\n5.1,3.5,1.4,0.2,a\n6.2,2.9,4.3,1.3,b\n6.9,3.1,5.4,2.1,b\n",
    );
    let flowers = flowers.to_str().expect("a path is text");
    let (forest, logistic) = (corpus("forest_zipmap.onnx"), corpus("logistic.onnx"));
    let other = lab.json(&["model", "diff", &forest, &logistic, "--data", flowers]);
    let found = &other["predictions"];
    assert_eq!(found["n_rows"], 3);
    assert!(
        found["max_abs"].as_f64().is_some_and(|max| max > 0.0),
        "{found}"
    );
    assert_eq!(found["rows"].as_array().map(Vec::len), Some(3));

    let image = lab.assay(&[
        "model",
        "diff",
        &corpus("cnn.onnx"),
        &forest,
        "--data",
        flowers,
    ]);
    assert_eq!(image.status, 1);
    assert!(image.stderr.contains("whole tensors"), "{}", image.stderr);
}

#[test]
fn a_run_and_its_exported_file_say_the_same() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&["train", "penguins", "--target", "species"]);
    let run = run["run_id"].as_str().expect("a run");
    lab.json(&["model", "register", run, "--name", "species"]);
    let file = lab.path().join("registry/species/1/model.onnx");
    let file = file.to_str().expect("a path is text");
    let found = lab.json(&["model", "diff", "species", file, "--data", "penguins"]);
    assert_eq!(found["same_file"], true);
    assert_eq!(
        (
            &found["predictions"]["n_flips"],
            &found["predictions"]["max_abs"]
        ),
        (&json!(0), &json!(0.0))
    );
}
