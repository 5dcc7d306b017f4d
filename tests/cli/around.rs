//! What stands around an algorithm: calibrated probabilities, targets on another scale, several algorithms as one.

use serde_json::Value;

use crate::support::TestLab;

const N: usize = 400;

/// Claims of customers: whether there was one, by chance that grows with age and falls with distance, and an amount over
/// 0 that multiplies what they say. Some amounts of `refund` are 0, some of `change` below.
fn claims(lab: &TestLab) {
    let mut text = "customer,day,age,distance,kind,claimed,amount,refund,change\n".to_owned();
    for row in 0..N {
        let (age, distance) = (20 + row * 7 % 60, row * 31 % 89);
        let chance = row * 13 % 50;
        let claimed = age + chance > 70 || distance < 5;
        let amount = (0.5 + (age as f64 / 20.0) + (row % 3) as f64 * 0.4).exp() + chance as f64;
        let refund = if row % 5 == 0 { 0.0 } else { amount / 2.0 };
        text += &format!(
            "{},2026-{:02}-{:02},{age},{distance},{},{},{amount:.2},{refund:.2},{:.2}\n",
            row % 40 + 100,
            row / 28 % 12 + 1,
            row % 28 + 1,
            ["car", "house", "boat"][row % 3],
            ["no", "yes"][usize::from(claimed)],
            amount - 60.0,
        );
    }
    let file = lab.file("claims.csv", text);
    lab.import(&file, &[]);
    let recipe = r#"{"schema": 1, "inputs": [{"name": "age", "kind": "integer"}, {"name": "distance", "kind": "integer"}, {"name": "kind", "kind": "text"}],
        "steps": [{"step": "one_hot", "columns": ["kind"], "max_categories": 5}, {"step": "standardise", "columns": ["age", "distance"]}]}"#;
    let recipe = lab.file("claims.json", recipe);
    let recipe = recipe.to_str().expect("text");
    lab.json(&["recipe", "import", recipe, "--name", "claims"]);
}

fn train(lab: &TestLab, target: &str, more: &[&str]) -> Value {
    let all = [
        &["train", "claims", "--recipe", "claims", "--target", target],
        more,
    ]
    .concat();
    let run = lab.json(&all);
    assert_eq!(run["parity"]["passed"], true, "{more:?}");
    let id = run["run_id"].as_str().expect("an id");
    let again = lab.json(&["runs", "reproduce", id]);
    assert_eq!(again["identical"], true, "{more:?}: {again}");
    run
}

#[test]
fn calibrated_probabilities_are_exported_and_told() {
    let lab = TestLab::new();
    claims(&lab);
    for (method, more) in [
        ("platt", &["--algorithm=gaussian_nb"][..]),
        (
            "isotonic",
            &["--algorithm=random_forest", "--param=n_estimators=20"],
        ),
        (
            "temperature",
            &["--algorithm=logistic_regression", "--cv=3"],
        ),
        (
            "isotonic",
            &["--algorithm=svm", "--split=grouped", "--group=customer"],
        ),
        (
            "platt",
            &["--algorithm=decision_tree", "--split=time", "--time=day"],
        ),
    ] {
        let more = [more, &["--calibrate", method]].concat();
        let run = train(&lab, "claimed", &more);
        let before = &run["result"]["uncalibrated"];
        assert_eq!(before["method"], method);
        for figure in ["log_loss", "brier"] {
            assert!(
                before[figure].as_f64().is_some_and(f64::is_finite),
                "{more:?}"
            );
        }
        assert!(before["calibration"]["expected_error"].as_f64().is_some());
        assert_eq!(run["params"]["calibrate"], method);
        let doubt = run["warnings"]
            .to_string()
            .contains("platt suits them better");
        assert_eq!(doubt, method == "isotonic", "{}", run["warnings"]);
        let shown = lab.assay(&["runs", "show", run["run_id"].as_str().expect("an id")]);
        let title = format!("calibrated ({method})");
        assert!(shown.stdout.contains(&title), "{}", shown.stdout);
    }
}

#[test]
fn targets_on_another_scale_are_measured_on_their_own() {
    let lab = TestLab::new();
    claims(&lab);
    let r2 = |run: &Value| run["metrics"]["test.r2"].as_f64().expect("a figure");
    let plain = r2(&train(&lab, "amount", &["--algorithm=ridge"]));
    for (target, transform) in [
        ("amount", "log"),
        ("amount", "box_cox"),
        ("refund", "log1p"),
        ("change", "yeo_johnson"),
    ] {
        let more = ["--algorithm=ridge", "--target-transform", transform];
        let run = train(&lab, target, &more);
        assert_eq!(run["params"]["target_transform"], transform);
        if target == "amount" {
            assert!(r2(&run) > plain, "{transform}: {} {plain}", r2(&run));
        }
    }
}

#[test]
fn several_algorithms_answer_as_one() {
    let lab = TestLab::new();
    claims(&lab);
    for (target, more) in [
        (
            "claimed",
            &[
                "--algorithm=voting",
                "--param=members=logistic_regression,knn(n_neighbors=9),decision_tree(max_depth=3)",
                "--param=weights=2,1,1",
                "--calibrate=platt",
            ][..],
        ),
        (
            "kind",
            &[
                "--algorithm=stacking",
                "--param=members=gaussian_nb,decision_tree(max_depth=3)",
                "--param=folds=3",
            ],
        ),
        (
            "amount",
            &[
                "--algorithm=stacking",
                "--param=members=ridge,ada_boost(n_estimators=10)",
                "--param=final=decision_tree(max_depth=4)",
                "--target-transform=log",
            ],
        ),
        (
            "amount",
            &["--algorithm=ada_boost", "--param=n_estimators=15"],
        ),
    ] {
        let run = if target == "kind" {
            lab.json(&[&["train", "claims", "--target", target], more].concat())
        } else {
            train(&lab, target, more)
        };
        assert_eq!(run["parity"]["passed"], true, "{more:?}");
        let columns = &run["result"]["importances"]["permutation"]["columns"];
        assert!(columns.as_array().is_some_and(|list| !list.is_empty()));
    }
}

#[test]
fn what_does_not_fit_is_refused_in_a_sentence() {
    let lab = TestLab::new();
    claims(&lab);
    for (target, more, said) in [
        (
            "amount",
            &["--algorithm=ridge", "--calibrate=platt"][..],
            "`amount` holds numbers, and probabilities are of classes",
        ),
        (
            "claimed",
            &["--algorithm=gaussian_nb", "--target-transform=log"],
            "`claimed` holds classes, which no transform takes",
        ),
        (
            "refund",
            &["--algorithm=ridge", "--target-transform=log"],
            "the target cannot be transformed by `log`: the target is 0 in row",
        ),
        (
            "amount",
            &["--algorithm=voting", "--param=members=ridge,forest"],
            "`members` of `voting` cannot be `forest`: there is no algorithm `forest`",
        ),
        (
            "amount",
            &[
                "--algorithm=voting",
                "--param=members=ridge",
                "--param=weights=1,2",
            ],
            "the parameter `weights` of `voting` is 2 numbers",
        ),
        (
            "kind",
            &["--algorithm=voting", "--param=members=ridge,gaussian_nb"],
            "some predict only classes and some only numbers",
        ),
    ] {
        let all = [&["train", "claims", "--target", target], more].concat();
        let output = lab.assay(&all);
        assert_eq!(output.status, 1, "{more:?}: {}", output.stderr);
        assert!(output.stderr.contains(said), "{more:?}: {}", output.stderr);
    }
}
