//! What stands before production, and the way back.

use std::fs;

use crate::support::TestLab;

/// Two classes on a board of four fields: no straight line parts them, a tree does.
fn rows() -> String {
    let mut text = "x,y,label\n".to_owned();
    let mut state = 7_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    for _ in 0..600 {
        let (x, y, noise) = (next(), next(), next());
        let label = if ((x > 0.5) == (y > 0.5)) == (noise > 0.05) {
            "yes"
        } else {
            "no"
        };
        text.push_str(&format!("{x:.4},{y:.4},{label}\n"));
    }
    text
}

/// A lab with two versions of a model: a straight line, which is the champion, and a tree.
fn two_versions() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.file("rows.csv", rows()), &[]);
    for algorithm in ["logistic_regression", "decision_tree"] {
        let run = lab.json(&[
            "train",
            "rows",
            "--target",
            "label",
            "--algorithm",
            algorithm,
        ]);
        let run = run["run_id"].as_str().expect("a run");
        lab.json(&["model", "register", run, "--name", "m"]);
    }
    lab.json(&["model", "alias", "m@1", "champion"]);
    lab
}

fn refusal(lab: &TestLab, words: &[&str], status: i32) -> String {
    let answer = lab.assay(words);
    assert_eq!(answer.status, status, "{words:?}: {}", answer.stderr);
    answer.stderr
}

fn set_gate(lab: &TestLab, gate: &str) {
    fs::write(
        lab.path().join("assay.toml"),
        format!("[gate.production]\nexpectations = false\n{gate}"),
    )
    .expect("settings");
}

#[test]
fn better_than_the_champion_is_measured_on_the_same_rows() {
    let lab = two_versions();
    set_gate(
        &lab,
        "[gate.production.better_than]\nmetric = \"test.accuracy\"\nmargin = 0.1\n",
    );
    let gate = lab.json(&["model", "promote", "m@2", "--to", "production"]);
    let condition = &gate["conditions"][0];
    assert_eq!(condition["kind"], "comparison");
    assert_eq!(condition["passed"], true, "{condition}");
    assert_eq!(condition["name"], "better than m@1");
    assert_eq!(
        condition["needs"],
        "accuracy by more than 0.1 on 120 rows, 95% sure"
    );

    lab.json(&["model", "alias", "m@2", "champion"]);
    let refused = refusal(&lab, &["model", "promote", "m@1", "--to", "production"], 3);
    assert!(
        refused.contains(
            "better than m@2 needs accuracy by more than 0.1 on 120 rows, 95% sure, measured -"
        ),
        "{refused}"
    );
    // Nobody has to be better than itself.
    lab.json(&["model", "promote", "m@2", "--to", "candidate"]);
    lab.json(&["model", "promote", "m@2", "--to", "production"]);
}

#[test]
fn approval_age_and_limits_are_conditions() {
    let lab = two_versions();
    set_gate(
        &lab,
        "approval = true\n[gate.production.metrics]\n\"test.accuracy\" = 0.8\n",
    );
    let refused = refusal(&lab, &["model", "promote", "m@2", "--to", "production"], 3);
    assert!(
        refused.contains("approval needs a reason, measured not given")
            && refused.contains("--approve WHY"),
        "{refused}"
    );
    let refused = refusal(
        &lab,
        &[
            "model",
            "promote",
            "m@1",
            "--to",
            "production",
            "--approve",
            "seen",
        ],
        3,
    );
    assert!(
        refused.contains("test.accuracy needs at least 0.8"),
        "{refused}"
    );
    lab.json(&[
        "model",
        "promote",
        "m@2",
        "--to",
        "production",
        "--approve",
        "seen by two of us",
    ]);
    let shown = lab.json(&["model", "show", "m@2"]);
    assert!(
        shown["audit"][0]["detail"]
            .as_str()
            .is_some_and(|text| text.contains("seen by two of us"))
    );

    set_gate(&lab, "max_data_age_days = 0\n");
    let refused = refusal(&lab, &["model", "promote", "m@1", "--to", "production"], 3);
    assert!(
        refused.contains("age of the data needs at most 0 days, measured 0.0 days"),
        "{refused}"
    );
    set_gate(&lab, "max_data_age_days = -1\n");
    let refused = refusal(&lab, &["model", "promote", "m@1", "--to", "production"], 1);
    assert!(
        refused.contains("`max_data_age_days` is -1, and must be 0 or more"),
        "{refused}"
    );
}

#[test]
fn a_rollback_is_one_step_and_refuses_damaged_files() {
    let lab = two_versions();
    set_gate(&lab, "");
    let refused = refusal(&lab, &["model", "rollback", "m"], 3);
    assert!(
        refused.contains("no other version was in production before"),
        "{refused}"
    );
    lab.json(&["model", "promote", "m@1", "--to", "production"]);
    lab.json(&["model", "promote", "m@2", "--to", "production"]);
    lab.json(&["model", "alias", "m@2", "champion"]);
    let stages = || {
        let line = lab.json(&["model", "show", "m@2"])["line"].clone();
        [line[1]["stage"].clone(), line[0]["stage"].clone()]
    };

    let card = lab.path().join("registry/m/1/MODEL_CARD.md");
    let text = fs::read(&card).expect("a card");
    fs::write(&card, b"other").expect("a damage");
    let refused = refusal(&lab, &["model", "rollback", "m"], 3);
    assert!(
        refused.contains("its files are damaged: MODEL_CARD.md"),
        "{refused}"
    );
    assert_eq!(stages(), ["production", "production"]);
    fs::write(&card, text).expect("mended");

    let done = lab.json(&["model", "rollback", "m", "--approve", "it drifts"]);
    assert_eq!(
        (&done["to"]["version"], &done["from"]["version"]),
        (&1.into(), &2.into())
    );
    assert_eq!(done["aliases"][0], "champion");
    assert_eq!(stages(), ["production", "archived"]);
    lab.json(&["undo"]);
    assert_eq!(stages(), ["production", "production"]);
}
