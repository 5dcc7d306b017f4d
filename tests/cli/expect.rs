//! `assay expect`: suites as files and as versions, checks of every form, the gate before training.

use std::fs;

use serde_json::Value;

use crate::support::{Answer, TestLab, text};

const ORDERS: &str = "id,price,day,code\n1,2.5,2024-01-02,a1\n2,3.5,2024-01-03,b2\n3,,2024-01-04,c3\n4,90,2024-01-05,zz\n";

const SUITE: &str = r#"
name = "orders"

[[rules]]
type = "expect_column_values_to_be_between"
column = "price"
max_value = 50
reason = "nothing costs more"

[[rules]]
type = "unexpected_rows_expectation"
unexpected_rows_query = "SELECT rowid, code FROM {batch} WHERE code NOT LIKE '%' || id"
severity = "warning"

[[rules]]
type = "expect_column_values_to_match_regex"
column = "code"
regex = '^[a-z]\d$'
severity = "warning"

[[rules]]
type = "expect_table_row_count_to_equal_other_table"
other_table_name = "others"
severity = "info"
"#;

fn orders() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.file("orders.csv", ORDERS), &[]);
    lab.json(&["expect", "import", text(&lab.file("orders.toml", SUITE))]);
    lab
}

/// What a person sees; numbers that change with the clock are not among it.
fn shown(answer: &Answer) -> &str {
    assert!(answer.stderr.is_empty(), "{}", answer.stderr);
    &answer.stdout
}

#[test]
fn a_check_says_what_it_saw_and_exits_with_3() {
    let lab = orders();
    let check = lab.assay(&["expect", "check", "orders"]);
    assert_eq!(check.status, 3);
    insta::assert_snapshot!("check", shown(&check));
    let json = lab.assay(&["--json", "expect", "check", "orders"]).json();
    assert_eq!(
        (&json["suite_version"], &json["outcome"]["n_not_run"]),
        (&1.into(), &1.into())
    );
    for result in json["results"].as_array().expect("results") {
        assert!(result["n_checked"].is_u64(), "{result}");
    }
    let history = lab.assay(&["expect", "history", "orders"]);
    let time = (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME");
    insta::with_settings!({ filters => vec![time] }, {
        insta::assert_snapshot!("history", shown(&history));
    });
    let first = lab.json(&["expect", "history", "orders@1", "--report", "1"]);
    assert_eq!(first["results"], json["results"]);
}

#[test]
fn the_result_is_written_for_other_programs() {
    let lab = orders();
    let xml = lab.path().with_file_name("result.xml");
    let check = lab.assay(&["expect", "check", "orders", "--junit", text(&xml)]);
    assert_eq!(check.status, 3);
    let xml = fs::read_to_string(&xml).expect("the file is written");
    insta::with_settings!({ filters => vec![(r#" time="[^"]*""#, "")] }, {
        insta::assert_snapshot!("junit", xml);
    });
    for (format, fields) in [
        ("boolean_only", 0),
        ("basic", 8),
        ("summary", 10),
        ("complete", 12),
    ] {
        let answer = lab.assay(&["--json", "expect", "check", "orders", "--format", format]);
        assert_eq!(answer.status, 3);
        let result = &answer.json()["results"][2];
        assert_eq!(result["success"], false, "{format}");
        let n = result["result"].as_object().map_or(0, serde_json::Map::len);
        assert!(
            n >= fields.min(1) && (fields > 0 || n == 0),
            "{format}: {result}"
        );
    }
}

#[test]
fn a_suite_goes_through_both_kinds_of_files_and_its_versions_can_be_seen() {
    let lab = orders();
    let toml = lab.path().with_file_name("out.toml");
    let json = lab.path().with_file_name("out.json");
    lab.json(&["expect", "export", "orders", text(&toml)]);
    insta::assert_snapshot!("export", fs::read_to_string(&toml).expect("TOML"));
    // The same suite makes no version, whatever its form.
    for (file, more) in [(&toml, None), (&json, None), (&json, Some("--gx0"))] {
        let mut export = vec!["expect", "export", "orders", text(file)];
        export.extend(more);
        lab.json(&export);
        let again = lab.json(&["expect", "import", text(file), "--name", "orders"]);
        assert_eq!(again["suite"]["version"], 1, "{again}");
        assert_eq!(again["not_understood"], Value::Array(Vec::new()));
    }
    let edited = fs::read_to_string(&toml)
        .expect("TOML")
        .replace("50", "100");
    let edited = lab.file("edited.toml", edited);
    lab.json(&["expect", "import", text(&edited)]);
    insta::assert_snapshot!("list", shown(&lab.assay(&["expect", "list"])));
    insta::assert_snapshot!("show", shown(&lab.assay(&["expect", "show", "orders"])));
    let first = lab.json(&["expect", "show", "orders@1"]);
    assert_eq!(first["suite"]["expectations"][0]["kwargs"]["max_value"], 50);
    lab.json(&["undo"]);
    let now = lab.json(&["expect", "show", "orders"]);
    assert_eq!(now["suite"]["expectations"][0]["kwargs"]["max_value"], 50);
}

#[test]
fn another_suite_can_be_applied_and_leaves_the_own_outcome_alone() {
    let lab = orders();
    let lenient = lab.file(
        "lenient.toml",
        "name = 'lenient'\n[[rules]]\ntype = 'expect_column_to_exist'\ncolumn = 'id'\n",
    );
    lab.json(&["expect", "import", text(&lenient)]);
    assert_eq!(lab.assay(&["expect", "check", "orders"]).status, 3);
    let check = lab.json(&["expect", "check", "orders", "--suite", "lenient"]);
    assert_eq!(
        (&check["suite"], &check["outcome"]["n_passed"]),
        (&"lenient".into(), &1.into())
    );
    let detail = lab.json(&["data", "show", "orders"]);
    assert_eq!(detail["expectations"]["suite"], "orders");
    let answer = lab.assay(&["expect", "check", "orders", "--suite", "nosuch"]);
    assert_eq!(answer.status, 1);
    assert!(
        answer.stderr.contains("there is no suite `nosuch`"),
        "{}",
        answer.stderr
    );
}

#[test]
fn what_was_not_understood_is_told_and_never_passes() {
    let lab = TestLab::new();
    lab.import(&lab.file("orders.csv", ORDERS), &[]);
    let suite = r#"{"expectation_suite_name": "orders", "meta": {"great_expectations_version": "0.18.22"},
        "expectations": [
            {"expectation_type": "expect_column_to_exist", "kwargs": {"column": "id", "luck": 1}, "meta": {}},
            {"expectation_type": "expect_fortune", "kwargs": {"column": "id"}, "meta": {}}]}"#;
    let file = lab.file("gx.json", suite);
    insta::assert_snapshot!(
        "not_understood",
        shown(&lab.assay(&["expect", "import", text(&file)]))
    );
    let check = lab.assay(&["--json", "expect", "check", "orders"]);
    assert_eq!(check.status, 3);
    assert_eq!(check.json()["results"][1]["status"], "did_not_run");
    let out = lab.path().with_file_name("out.json");
    lab.json(&["expect", "export", "orders", text(&out), "--gx0"]);
    let written: Value =
        serde_json::from_str(&fs::read_to_string(&out).expect("a file")).expect("JSON");
    let given: Value = serde_json::from_str(suite).expect("JSON");
    assert_eq!(written, given);
}

#[test]
fn bad_suites_get_one_sentence() {
    let lab = orders();
    for (name, content, said) in [
        (
            "a.toml",
            "name = 'a'\n[[rules]]\ntype = 'expect_colum_to_exist'\n",
            "cannot read the suite a.toml: rule 1 (line 2) is of the type `expect_colum_to_exist`",
        ),
        (
            "b.json",
            "{\"name\": \"b\",\n oops",
            "cannot read the suite b.json: line 2: ",
        ),
        (
            "c.json",
            "{\"name\": \"c/d\", \"expectations\": []}",
            "cannot read the suite c.json: ",
        ),
        ("d.toml", "[[rules]]", "cannot read the suite d.toml: "),
    ] {
        let answer = lab.assay(&["expect", "import", text(&lab.file(name, content))]);
        let lines: Vec<&str> = answer.stderr.lines().collect();
        assert!(
            lines.len() == 2 && lines[0].starts_with(said) && lines[1].starts_with("hint: "),
            "{lines:?}"
        );
        assert_eq!(answer.status, 1);
    }
    let binary = lab.file("e.toml", [0xff, 0xfe, 0x00]);
    assert!(
        lab.assay(&["expect", "import", text(&binary)])
            .stderr
            .contains("not text in UTF-8")
    );
    let answer = lab.assay(&["expect", "export", "orders", "suite.yaml"]);
    assert!(answer.stderr.contains("name it .toml"), "{}", answer.stderr);
    assert_eq!(
        lab.json(&["expect", "list"]).as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn the_types_are_told() {
    let lab = TestLab::new();
    let types = lab.json(&["expect", "types"]);
    assert!(types.as_array().is_some_and(|types| types.len() > 50));
    insta::assert_snapshot!(
        "type",
        shown(&lab.assay(&["expect", "types", "column_values_to_be_between"]))
    );
    assert_eq!(lab.assay(&["expect", "types", "nosuch"]).status, 1);
}

#[test]
fn a_broken_rule_can_be_overridden_with_a_reason() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let suite = "name = 'penguins'\n[[rules]]\ntype = 'expect_column_values_to_not_be_null'\ncolumn = 'sex'\n";
    lab.json(&["expect", "import", text(&lab.file("penguins.toml", suite))]);
    let train = [
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ];
    let refused = lab.assay(&train);
    assert_eq!(refused.status, 3);
    assert!(refused.stderr.contains("--override"), "{}", refused.stderr);
    let blank = lab.assay(&[&train[..], &["--override", " "]].concat());
    assert_eq!(blank.status, 1);
    assert!(
        blank
            .stderr
            .contains("the reason to override its expectations is empty"),
        "{}",
        blank.stderr
    );
    assert_eq!(lab.json(&["runs", "list"])["n_total"], 0);

    let reason = "two birds were not sexed";
    let run = lab.json(&[&train[..], &["--override", reason]].concat());
    let listed = lab.json(&["runs", "list"]);
    assert_eq!(listed["runs"][0]["tags"]["expectations.overridden"], reason);
    assert!(
        run["command"]
            .as_str()
            .expect("a command")
            .contains("--override 'two birds")
    );
    assert!(
        run["warnings"][0]
            .as_str()
            .expect("a warning")
            .contains("`sex` not null")
    );
}
