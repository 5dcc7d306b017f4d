//! `assay data diff` and `assay data lineage`, from either end.

use serde_json::{Value, json};

use crate::support::TestLab;

fn lab_with_two_versions() -> TestLab {
    let lab = TestLab::new();
    let first = "id,city,price\n1,Oslo,10\n2,Rome,20\n3,Oslo,30\n4,Bonn,\n";
    let second = "id,city,price\n1,Oslo,10\n2,Rome,25\n4,Bonn,40\n5,Oslo,50\n6,,60\n";
    lab.import(&lab.file("shops.csv", first), &[]);
    lab.import(&lab.file("shops.csv", second), &[]);
    lab
}

#[test]
fn rows_are_told_apart_by_their_key() {
    let lab = lab_with_two_versions();
    let diff = lab.json(&["data", "diff", "shops@1", "shops@2", "--key", "id"]);
    let rows = &diff["rows"];
    let counts =
        ["n_added", "n_removed", "n_changed", "n_unchanged"].map(|name| rows[name].clone());
    assert_eq!(counts, [json!(2), json!(1), json!(2), json!(1)]);
    assert_eq!(
        rows["changed"],
        json!([
            {
                "key": [{ "column": "id", "value": "2" }], "left_row": 2, "right_row": 2,
                "cells": [{ "column": "price", "left": "20", "right": "25" }]
            },
            {
                "key": [{ "column": "id", "value": "4" }], "left_row": 4, "right_row": 3,
                "cells": [{ "column": "price", "left": null, "right": "40" }]
            }
        ])
    );
    assert_eq!(
        rows["changed_columns"],
        json!([{ "column": "price", "n_rows": 2 }])
    );
    assert_eq!(rows["removed"][0]["row"], 3);
    let added: Vec<&Value> = rows["added"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| &row["cells"][0]["value"])
        .collect();
    assert_eq!(added, ["5", "6"]);

    let text = lab
        .assay(&["data", "diff", "shops@1", "shops@2", "--key", "id"])
        .stdout;
    assert!(text.contains("shops@1 to shops@2: 4 to 5 rows"), "{text}");
    assert!(text.contains("~ id 2: price 20 to 25"), "{text}");
}

#[test]
fn without_a_key_rows_are_compared_as_a_whole() {
    let lab = lab_with_two_versions();
    let diff = lab.json(&["data", "diff", "shops@1", "shops@2"]);
    let rows = &diff["rows"];
    let counts =
        ["n_added", "n_removed", "n_changed", "n_unchanged"].map(|name| rows[name].clone());
    assert_eq!(counts, [json!(4), json!(3), json!(0), json!(1)]);
    let price = &diff["distributions"][2];
    assert_eq!(price["means"], json!([20.0, 37.0]));
    assert_eq!(price["missing_share"], json!([0.25, 0.0]));
    assert_eq!(price["magnitude"], "large");
    let same = lab.json(&["data", "diff", "shops@2", "shops"]);
    assert_eq!(
        (&same["same_content"], &same["distributions"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(same["rows"]["n_unchanged"], 5);
    assert_eq!(same["row_groups"]["n_shared_rows"], 5);
}

#[test]
fn columns_that_came_went_moved_and_changed_their_type_are_said() {
    let lab = TestLab::new();
    lab.import(&lab.file("t.csv", "a,b,old\n1,x,1\n2,y,1\n"), &[]);
    lab.import(&lab.file("t.csv", "b,a,new\nx,1.5,1\ny,2,1\n"), &[]);
    let diff = lab.json(&["data", "diff", "t@1", "t@2", "--key", "b"]);
    let columns = &diff["columns"];
    assert_eq!(columns["added"][0]["name"], "new");
    assert_eq!(columns["removed"][0]["name"], "old");
    assert_eq!(
        columns["retyped"],
        json!([{ "name": "a", "from": "int", "to": "float" }])
    );
    assert_eq!(columns["moved"].as_array().map(Vec::len), Some(2));
    // 2 and 2.0 are the same number.
    assert_eq!(diff["rows"]["n_changed"], 1);
    assert_eq!(diff["rows"]["n_unchanged"], 1);
}

#[test]
fn what_is_no_key_is_an_error() {
    let lab = lab_with_two_versions();
    for (key, wrong) in [
        (
            "city",
            "`city` cannot be the key: rows 1 and 3 of shops@1 have the same (`city` = Oslo)",
        ),
        ("nothing", "there is no column `nothing`"),
    ] {
        let answer = lab.assay(&["data", "diff", "shops@1", "shops@2", "--key", key]);
        assert_eq!(answer.status, 1);
        assert!(answer.stderr.contains(wrong), "{}", answer.stderr);
    }
    let both = lab.json(&["data", "diff", "shops@1", "shops@2", "--key", "city,id"]);
    assert_eq!(both["rows"]["n_changed"], 2);
}

#[test]
fn lineage_is_read_from_either_end() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let trained = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ]);
    let run = trained["run_id"].as_str().expect("an id").to_owned();
    lab.json(&["model", "register", &run, "--name", "species"]);
    lab.json(&["data", "tag", "penguins@1", "gold"]);

    let from_data = lab.json(&["data", "lineage", "penguins@gold"]);
    let from_model = lab.json(&["data", "lineage", "model:species"]);
    let from_run = lab.json(&["data", "lineage", &format!("run:{run}")]);
    let ids = |lineage: &Value| -> Vec<String> {
        let nodes = lineage["nodes"].as_array().expect("nodes");
        nodes
            .iter()
            .map(|node| node["id"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let all = ids(&from_data);
    assert_eq!(all.len(), 4, "{from_data}");
    assert!(all[0].starts_with("source:"), "{all:?}");
    assert_eq!(
        all[1..],
        [
            "penguins@1".to_owned(),
            format!("run:{run}"),
            "model:species@1".to_owned()
        ]
    );
    assert_eq!(ids(&from_model), all);
    assert_eq!(ids(&from_run), all);
    let relations = |lineage: &Value| -> Vec<Value> {
        let mut found: Vec<Value> = lineage["edges"].as_array().expect("edges").clone();
        found.sort_by_key(ToString::to_string);
        found
    };
    assert_eq!(relations(&from_model), relations(&from_data));
    assert_eq!(from_model["focus"], "model:species@1");
    assert_eq!(from_data["edges"][0]["relation"], "imported");

    // A restored version came by way of the older one, whose file is named once.
    lab.import(&lab.file("penguins.csv", "species,sex\na,b\n"), &[]);
    lab.json(&["data", "restore", "penguins@1"]);
    let restored = lab.json(&["data", "lineage", "penguins@3"]);
    let edges: Vec<String> = restored["edges"]
        .as_array()
        .expect("edges")
        .iter()
        .map(|edge| {
            format!("{} {} {}", edge["from"], edge["relation"], edge["to"]).replace('"', "")
        })
        .collect();
    assert!(
        edges.contains(&"penguins@1 restored_as penguins@3".to_owned()),
        "{edges:?}"
    );
    assert!(
        edges.contains(&"penguins@2 followed_by penguins@3".to_owned()),
        "{edges:?}"
    );
    assert_eq!(edges.len(), 3, "{edges:?}");

    for bad in ["job:1", "run:nothing", "nothing", "replay:0"] {
        let answer = lab.assay(&["data", "lineage", bad]);
        assert_ne!(answer.status, 0, "{bad}");
    }
}

/// Too much to be compared while somebody waits: a job does it, and its answer is kept.
#[test]
fn long_comparisons_are_jobs_whose_answer_is_kept() {
    let lab = TestLab::new();
    let version = |changed: u32| {
        let rows: String = (0..30_000_u32)
            .map(|row| {
                let price = if row < changed { row + 1 } else { row };
                format!("{row},{price},{},{},a,b,c\n", row % 7, row / 9)
            })
            .collect();
        lab.import(
            &lab.file("many.csv", format!("id,price,x,y,p,q,r\n{rows}")),
            &[],
        );
    };
    version(0);
    version(10);
    let arguments = ["data", "diff", "many@1", "many@2", "--key", "id"];
    let diff = lab.json(&arguments);
    assert_eq!(diff["rows"]["n_changed"], 10);
    assert_eq!(diff["rows"]["n_unchanged"], 29_990);
    assert_eq!(lab.json(&arguments), diff);
    let twice = lab.assay(&["data", "diff", "many@1", "many@2", "--key", "x"]);
    assert_eq!(twice.status, 1);
    assert!(
        twice
            .stderr
            .contains("cannot compare `many@1` with `many@2`"),
        "{}",
        twice.stderr
    );
}
