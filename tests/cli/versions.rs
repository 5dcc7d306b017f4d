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

#[test]
fn versions_are_tagged_and_restored() {
    let lab = TestLab::new();
    lab.import(&lab.file("t.csv", "a,b\n1,x\n2,y\n"), &[]);
    lab.import(&lab.file("t.csv", "a,b\n1,x\n3,z\n"), &[]);
    lab.json(&["data", "tag", "t@1", "gold"]);
    let gold = lab.json(&["data", "show", "t@gold"]);
    assert_eq!(gold["version"]["version"], 1);
    let restored = lab.json(&["data", "restore", "t@gold"]);
    assert_eq!(
        (
            &restored["version"],
            &restored["restored_from"],
            &restored["parent"]
        ),
        (&3.into(), &1.into(), &2.into())
    );
    assert_eq!(lab.json(&["data", "head", "t"])[1]["b"], "y");
    let listed = lab.assay(&["data", "versions", "t"]).stdout;
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 4, "{listed}");
    assert!(lines[1].contains("version 1"), "{listed}");
    assert!(lines[3].contains("gold"), "{listed}");

    lab.json(&["data", "tag", "t", "gold", "--remove"]);
    assert_eq!(lab.assay(&["data", "show", "t@gold"]).status, 1);
    lab.json(&["undo"]);
    assert_eq!(
        lab.json(&["data", "show", "t@gold"])["version"]["version"],
        1
    );
    for (arguments, part) in [
        (["data", "tag", "t@1", "3"], "means a version by itself"),
        (["data", "tag", "t@9", "gold"], "there is no data set `t@9`"),
        (["data", "tag", "t", "none"], ""),
    ] {
        let mut arguments = arguments.to_vec();
        if part.is_empty() {
            arguments.push("--remove");
        }
        let answer = lab.assay(&arguments);
        assert_eq!(answer.status, 1, "{arguments:?}");
        assert!(answer.stderr.contains(part), "{}", answer.stderr);
    }
    let again = lab.assay(&["data", "restore", "t"]);
    assert_eq!(again.status, 1);
    assert!(
        again.stderr.contains("nothing to restore"),
        "{}",
        again.stderr
    );
}
