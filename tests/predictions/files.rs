//! `assay model predict`

use std::fs;

use super::registered;
use crate::support::TestLab;

fn lines(lab: &TestLab, name: &str) -> Vec<String> {
    let path = lab.path().with_file_name(name);
    let text = fs::read_to_string(path).expect("the answers");
    text.lines().map(str::to_owned).collect()
}

fn out(lab: &TestLab, name: &str) -> String {
    let path = lab.path().with_file_name(name);
    path.to_str().expect("text").to_owned()
}

#[test]
fn answers_stand_behind_the_rows_in_any_format() {
    let lab = registered();
    let penguins = lab.penguins();
    let penguins = penguins.to_str().expect("text");
    let csv = out(&lab, "answers.csv");
    let predicted = lab.json(&["model", "predict", "species@champion", penguins, "-o", &csv]);
    assert_eq!(predicted["n_rows"], 344);
    assert_eq!(predicted["model"]["version"], 1);
    let names = [
        "prediction",
        "probability_Adelie",
        "probability_Chinstrap",
        "probability_Gentoo",
    ];
    assert_eq!(predicted["columns"], serde_json::json!(names));
    let rows = lines(&lab, "answers.csv");
    assert_eq!(rows.len(), 345);
    assert!(rows[0].ends_with(&names.join(",")), "{}", rows[0]);
    let right = rows[1..].iter().filter(|row| {
        let fields: Vec<&str> = row.split(',').collect();
        fields[0] == fields[fields.len() - 4]
    });
    assert!(
        right.count() > 330,
        "a model of these rows knows most of them"
    );

    // The same rows in another form have the same answers, row by row.
    let parquet = out(&lab, "answers.parquet");
    lab.json(&[
        "model", "predict", "species", penguins, "-o", &parquet, "--keep", "island",
    ]);
    let kept = out(&lab, "kept.csv");
    lab.json(&["data", "import", &parquet, "--name", "answers"]);
    lab.json(&["data", "export", "answers", &kept]);
    let again = lines(&lab, "kept.csv");
    assert_eq!(again[0], format!("island,{}", names.join(",")));
    for (row, other) in rows.iter().zip(&again).skip(1) {
        let answer = |row: &str| {
            row.split(',')
                .rev()
                .take(4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(answer(row), answer(other));
    }

    // Without a file they are printed.
    let printed = lab.assay(&["model", "predict", "species", penguins]);
    assert_eq!(printed.status, 0, "{}", printed.stderr);
    assert_eq!(printed.stdout.lines().collect::<Vec<_>>(), rows);
}

#[test]
fn text_that_looks_like_numbers_stays_text() {
    let lab = TestLab::new();
    let mut rows = String::from("code,size,kind\n");
    for row in 0..200 {
        let (code, kind) = if row % 2 == 0 {
            ("007", "spy")
        } else {
            ("x9", "plant")
        };
        rows += &format!("{code},{},{kind}\n", row % 7);
    }
    lab.import(&lab.file("things.csv", rows), &[]);
    let run = lab.json(&[
        "train",
        "things",
        "--target",
        "kind",
        "--algorithm",
        "decision_tree",
    ]);
    let run = run["run_id"].as_str().expect("a run");
    lab.json(&["model", "register", run, "--name", "kinds"]);
    let new = lab.file("new.csv", "code,size\n007,1\n007,2\n");
    let answers = out(&lab, "answers.csv");
    lab.json(&[
        "model",
        "predict",
        "kinds",
        new.to_str().expect("text"),
        "-o",
        &answers,
    ]);
    for row in &lines(&lab, "answers.csv")[1..] {
        assert!(row.starts_with("007,") && row.contains(",spy,"), "{row}");
    }
}

#[test]
fn what_cannot_be_scored_is_said_and_leaves_nothing() {
    let lab = registered();
    let fish = lab.file("fish.csv", "length,island\n1,Biscoe\n");
    let fish = fish.to_str().expect("text");
    let penguins = lab.penguins();
    let penguins = penguins.to_str().expect("text");
    let answers = out(&lab, "answers.csv");
    for (path, output, status, part) in [
        (
            fish,
            answers.as_str(),
            1,
            "there is no column `bill_length_mm`, `bill_depth_mm`",
        ),
        (penguins, "answers.sqlite", 1, "names no format for answers"),
        ("nowhere.csv", answers.as_str(), 1, "nowhere.csv"),
    ] {
        let answer = lab.assay(&["model", "predict", "species", path, "-o", output]);
        assert_eq!(answer.status, status, "{}", answer.stderr);
        assert!(answer.stderr.contains(part), "{}", answer.stderr);
    }
    let left: Vec<String> = fs::read_dir(lab.path().parent().expect("a folder"))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name.starts_with(".assay") || name.starts_with("answers"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
