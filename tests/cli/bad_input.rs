//! Bad input: one sentence that says what was attempted, what is wrong and what to do; the right exit status; the lab
//! as it was.

use std::path::Path;

use crate::support::{Answer, TestLab, text};

/// One sentence beginning with what was attempted, a hint, the exit status, and words that must be said.
fn refused(answer: &Answer, status: i32, words: &[&str]) {
    assert_eq!(answer.status, status, "{}{}", answer.stdout, answer.stderr);
    let lines: Vec<&str> = answer
        .stderr
        .lines()
        .filter(|line| !line.starts_with("warning: "))
        .collect();
    assert!(lines.len() == 2, "a sentence and a hint: {lines:?}");
    assert!(
        lines[0].starts_with("cannot ") && lines[1].starts_with("hint: "),
        "{lines:?}"
    );
    for word in words {
        assert!(
            answer.stderr.contains(word),
            "`{word}` is not said: {}",
            answer.stderr
        );
    }
}

#[test]
fn files_that_cannot_be_imported() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let before = lab.holdings();
    let cases: [(&str, &[u8], &[&str]); 7] = [
        ("empty.csv", b"", &["import", "empty"]),
        ("header.csv", b"a,b\n", &["import", "no rows"]),
        (
            "ragged.csv",
            b"a,b,c\n1,2,3\n4,5\n6,7,8\n",
            &["line 3", "2 fields"],
        ),
        (
            "picture.csv",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
            &["import", "is not what its name says"],
        ),
        (
            "text.parquet",
            b"a,b\n1,2\n",
            &["is not what its name says", "Parquet"],
        ),
        (
            "broken.parquet",
            b"PAR1 and then nothing of use",
            &["Parquet"],
        ),
        ("broken.jsonl", b"{\"a\": 1}\n{\"a\": \n", &["line 2"]),
    ];
    for (name, bytes, words) in cases {
        let path = lab.file(name, bytes);
        refused(&lab.assay(&["data", "import", text(&path)]), 1, words);
    }
    let absent = lab.path().join("../absent.csv");
    refused(
        &lab.assay(&["data", "import", text(&absent)]),
        1,
        &["does not exist"],
    );
    refused(
        &lab.assay(&["data", "import", text(&lab.penguins()), "--name", "../up"]),
        1,
        &["is not a name"],
    );
    assert_eq!(lab.holdings(), before);
}

/// The reader may even end its process (a changed length asks for exabytes): the worker dies, the lab does not.
#[test]
fn damaged_parquet_is_imported_whole_or_not_at_all() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let original = lab.path().join("../penguins.parquet");
    lab.json(&["data", "export", "penguins", text(&original)]);
    let bytes = std::fs::read(&original).expect("a Parquet file");
    let mut n_refused = 0;
    for place in (4..bytes.len()).step_by(bytes.len() / 25) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0xff;
        let path = lab.file("damaged.parquet", damaged);
        let answer = lab.assay(&["data", "import", text(&path)]);
        if answer.status != 0 {
            refused(&answer, 1, &["cannot import"]);
            n_refused += 1;
        }
    }
    assert!(
        n_refused > 5,
        "only {n_refused} of 25 damaged files were refused"
    );
    assert_eq!(lab.json(&["doctor"])["healthy"], true);
}

#[test]
fn data_that_cannot_be_trained_on() {
    let lab = TestLab::new();
    let many: String = (0..40)
        .map(|row| format!("{row},{},x,,{}\n", row * 7 % 11, row % 2))
        .collect();
    lab.import(
        &lab.file("table.csv", format!("a,b,one,nothing,label\n{many}")),
        &[],
    );
    lab.import(&lab.file("two.csv", "a,label\n1,x\n2,y\n"), &[]);
    let objects = lab.holdings().4;
    let train = |dataset: &str, target: &str| {
        lab.assay(&[
            "train",
            dataset,
            "--target",
            target,
            "--algorithm",
            "decision_tree",
        ])
    };
    refused(
        &train("table", "one"),
        1,
        &["train on `table`", "`one`", "one distinct"],
    );
    refused(
        &train("table", "nothing"),
        1,
        &["train on `table`", "`nothing`"],
    );
    refused(
        &train("table", "absent"),
        1,
        &["no column `absent`", "a, b, one"],
    );
    refused(&train("two", "label"), 1, &["train on `two`", "2 rows"]);
    refused(&train("absent", "label"), 1, &["absent"]);
    let number = lab.assay(&["train", "table", "--target", "one", "--algorithm", "ridge"]);
    refused(&number, 1, &["`one`"]);
    assert_eq!(
        lab.holdings().4,
        objects,
        "a refused training leaves no bytes behind"
    );

    // a column that is all missing is imported, left out of the recipe, and said so
    let answer = train("table", "label");
    assert_eq!(answer.status, 0, "{}", answer.stderr);
    assert!(
        answer.stderr.contains("`nothing` is not used"),
        "{}",
        answer.stderr
    );
}

#[test]
fn wrong_usage_is_told_apart() {
    let lab = TestLab::new();
    for arguments in [
        &["train", "table"] as &[&str],
        &["train", "table", "--target", "a", "--algorithm", "absent"],
        &["train", "table", "--target", "a", "--test-size", "2"],
        &["replay", "log.csv"],
        &["replay", "log.csv", "--model", "m", "--window", "soon"],
        &["model", "promote", "m", "--to", "heaven"],
        &["nonsense"],
    ] {
        assert_eq!(lab.assay(arguments).status, 2, "{arguments:?}");
    }
}

#[test]
fn failed_expectations_stop_training() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let suite = r#"{"schema": 1, "name": "penguins", "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "sex"}, "severity": "critical"}]}"#;
    let suite = lab.file("suite.json", suite);
    lab.json(&["expect", "import", text(&suite)]);
    let check = lab.assay(&["--json", "expect", "check", "penguins"]);
    assert_eq!(check.status, 3);
    let result = &check.json()["results"][0];
    assert_eq!(
        (&result["n_checked"], &result["n_unexpected"]),
        (&344.into(), &11.into())
    );
    assert_eq!(result["unexpected_rows"][0], 4);
    let answer = lab.assay(&["train", "penguins", "--target", "species"]);
    refused(
        &answer,
        3,
        &["expectations failed", "`sex`", "11 rows", "4, 9"],
    );
    assert_eq!(lab.json(&["runs", "list"])["n_total"], 0);
}

#[test]
fn gates_refuse_and_say_why() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ]);
    lab.json(&[
        "model",
        "register",
        run["run_id"].as_str().expect("an id"),
        "--name",
        "species",
    ]);
    // no suite was ever checked: a rule that did not run is a failure
    refused(
        &lab.assay(&["model", "promote", "species", "--to", "production"]),
        3,
        &["expectations", "not checked"],
    );
    let settings = lab.path().join("assay.toml");
    std::fs::write(&settings, "[gate.production]\nexpectations = false\nparity = true\n\n[gate.production.metrics]\n\"test.accuracy\" = 0.9999\n")
        .expect("settings are written");
    refused(
        &lab.assay(&["model", "promote", "species", "--to", "production"]),
        3,
        &["test.accuracy", "at least 0.9999"],
    );
    assert_eq!(
        lab.json(&["model", "show", "species"])["version"]["stage"],
        "development"
    );
    std::fs::write(&settings, "[gate.production]\nexpectation = false\n")
        .expect("settings are written");
    refused(
        &lab.assay(&["model", "promote", "species", "--to", "production"]),
        1,
        &["assay.toml", "expectation"],
    );
}

#[test]
fn logs_and_models_that_do_not_fit() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ]);
    lab.json(&[
        "model",
        "register",
        run["run_id"].as_str().expect("an id"),
        "--name",
        "species",
    ]);
    let log = lab.file("log.csv", "a,b\nDream,40.1\n");
    refused(
        &lab.assay(&["replay", text(&log), "--model", "species"]),
        1,
        &[
            "replay `log.csv` against `species`",
            "none of the columns",
            "`sex`",
            "it has a, b",
        ],
    );
    refused(
        &lab.assay(&["replay", text(&lab.penguins()), "--model", "absent"]),
        1,
        &["absent"],
    );
    refused(
        &lab.assay(&[
            "replay",
            text(&lab.penguins()),
            "--model",
            "species",
            "--timestamp",
            "when",
        ]),
        1,
        &["`when`"],
    );
    refused(
        &lab.assay(&[
            "replay",
            text(&lab.penguins()),
            "--model",
            "species",
            "--window",
            "1d",
        ]),
        1,
        &["timestamp"],
    );

    let exported = lab.path().join("registry/species/1/model.onnx");
    let inspected = lab.json(&["model", "inspect", text(&exported)]);
    assert_eq!(inspected["opsets"]["ai.onnx"], 17, "{inspected}");
    let other = lab.file("other.onnx", "this is no model");
    refused(
        &lab.assay(&["model", "inspect", text(&other)]),
        1,
        &["inspect `other.onnx`", "ONNX"],
    );

    // a changed byte is named, and nothing is exported
    let file = lab.path().join("registry/species/1/model.onnx");
    let mut bytes = std::fs::read(&file).expect("the model");
    bytes[100] ^= 1;
    std::fs::write(&file, bytes).expect("a changed model");
    let verified = lab.assay(&["model", "verify", "species"]);
    assert_eq!(verified.status, 3);
    assert!(
        verified.stdout.contains("model.onnx"),
        "{}",
        verified.stdout
    );
    let folder = lab.path().join("../export");
    refused(
        &lab.assay(&["model", "export", "species", text(&folder)]),
        3,
        &["model.onnx"],
    );
    assert!(!folder.exists());
}

/// A disk that takes no more bytes, by a limit on the size of files.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_lab_as_it_was() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    // Noise, so that no compression makes it fit.
    let noise = |seed: u64| {
        seed.wrapping_mul(6_364_136_223_846_793_005)
            .rotate_left(31)
            .wrapping_mul(seed | 1)
            >> 2
    };
    let rows: String = (1..60_001_u64)
        .map(|row| {
            format!(
                "{},{},{}\n",
                noise(row),
                noise(row + 1_000_000),
                noise(row + 2_000_000)
            )
        })
        .collect();
    let large = lab.file("large.csv", format!("a,b,c\n{rows}"));
    let before = lab.holdings();
    let answer = lab.assay_with_files_up_to(600, &["data", "import", text(&large)]);
    refused(&answer, 1, &["import `large.csv`"]);
    assert_eq!(lab.holdings(), before);
    assert_eq!(lab.json(&["doctor", "--repair"])["healthy"], true);
    assert_eq!(lab.import(&large, &[])["n_rows"], 60_000);
}

#[test]
fn labs_that_cannot_be_opened() {
    let lab = TestLab::without_lab();
    refused(&lab.assay(&["data", "list"]), 1, &["open the lab"]);
    let lab = TestLab::new();
    refused(&lab.assay(&["init"]), 1, &["make a lab"]);
    // a lab from a newer Assay
    let newer = rusqlite_user_version(&lab.path().join("lab.db"), 9_999);
    assert!(newer, "the header of the database was changed");
    refused(&lab.assay(&["data", "list"]), 1, &["newer"]);
}

/// Sets the schema number in the header of a SQLite file (offset 60, big-endian), as a newer version would.
fn rusqlite_user_version(path: &Path, version: u32) -> bool {
    let mut bytes = std::fs::read(path).expect("the database");
    let Some(place) = bytes.get_mut(60..64) else {
        return false;
    };
    place.copy_from_slice(&version.to_be_bytes());
    std::fs::write(path, bytes).is_ok()
}
