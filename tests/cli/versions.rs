//! Data set versions: the same rows are the same version, whatever file they came in.

use serde_json::Value;

use crate::support::TestLab;

#[test]
fn the_same_rows_are_the_same_version() {
    let lab = TestLab::new();
    let first = lab.import(&lab.penguins(), &[]);
    let again = lab.import(&lab.penguins(), &[]);
    assert_eq!(
        (&again["version"], &again["already_there"]),
        (&1.into(), &true.into())
    );
    assert_eq!(first["dataset_version"], again["dataset_version"]);

    for file in ["copy.parquet", "copy.jsonl", "copy.csv"] {
        let path = lab.path().join("..").join(file);
        lab.json(&["data", "export", "penguins", path.to_str().expect("text")]);
        let imported = lab.import(&path, &["--name", "penguins"]);
        assert_eq!(
            imported["dataset_version"], first["dataset_version"],
            "{file}"
        );
        assert_eq!(imported["already_there"], true, "{file}");
    }

    let shorter: String = std::fs::read_to_string(lab.penguins())
        .expect("penguins")
        .lines()
        .take(300)
        .map(|line| format!("{line}\n"))
        .collect();
    let second = lab.import(&lab.file("penguins.csv", shorter), &[]);
    assert_eq!(
        (&second["version"], &second["n_rows"]),
        (&2.into(), &299.into())
    );
}

#[test]
fn a_file_without_header_with_blanks_and_question_marks_comes_in_right() {
    // The first rows of the census data: no header, a blank after each comma, `?` for missing.
    let rows = "39, State-gov, 77516, Bachelors, 13, Never-married, <=50K\n\
                50, ?, 83311, Bachelors, 13, Married-civ-spouse, <=50K\n\
                38, Private, 215646, HS-grad, 9, Divorced, >50K\n";
    let lab = TestLab::new();
    let columns = "age,workclass,fnlwgt,education,education_num,marital_status,income";
    let imported = lab.import(
        &lab.file("adult.data.csv", rows),
        &["--name", "adult", "--no-header", "--columns", columns],
    );
    assert_eq!(imported["n_rows"], 3);
    let profile = lab.json(&["data", "profile", "adult"]);
    let kinds: Vec<&str> = profile["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .filter_map(|column| column["kind"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "integer", "text", "integer", "text", "integer", "text", "text"
        ]
    );
    assert_eq!(profile["columns"][1]["n_missing"], 1);
    let head = lab.json(&["data", "head", "adult"]);
    assert_eq!(
        (&head[0]["workclass"], &head[1]["workclass"]),
        (&"State-gov".into(), &Value::Null)
    );
    assert_eq!(head[2]["income"], ">50K");
}
