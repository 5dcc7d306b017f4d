//! Splits, folds, choices, leaks and results of training runs.

use serde_json::Value;

use crate::support::TestLab;

const N: usize = 400;

/// Visits of 80 patients over 100 days, with an outcome that the dose and the patient decide, and its name in another
/// column.
fn visits(lab: &TestLab) {
    let mut text = "patient_id,day,dose,ward,verdict,outcome\n".to_owned();
    for row in 0..N {
        let (patient, day) = (row % 80, row * 37 % 100);
        let dose = row * 17 % 101;
        let good = (dose * 3 + patient) % 97 > 40;
        text += &format!(
            "{},2026-{:02}-{:02},{dose},{},{},{}\n",
            patient + 1000,
            day / 28 + 1,
            day % 28 + 1,
            ["a", "b", "c"][row % 3],
            if good { "cured" } else { "ill" },
            u8::from(good),
        );
    }
    let file = lab.file("visits.csv", text);
    lab.import(&file, &[]);
}

fn train(lab: &TestLab, more: &[&str]) -> Value {
    let all = [&["train", "visits", "--target", "outcome"], more].concat();
    lab.json(&all)
}

fn kinds(run: &Value) -> Vec<&str> {
    run["leaks"]
        .as_array()
        .expect("leaks")
        .iter()
        .filter_map(|leak| leak["kind"].as_str())
        .collect()
}

fn metric<'a>(run: &'a Value, name: &str) -> &'a Value {
    run["result"]["metrics"]
        .as_array()
        .expect("metrics")
        .iter()
        .find(|metric| metric["name"] == name)
        .expect("a metric")
}

#[test]
fn a_run_says_what_leaks_and_how_sure_it_is() {
    let lab = TestLab::new();
    visits(&lab);
    let run = train(
        &lab,
        &["--algorithm", "decision_tree", "--cv", "3", "--seed", "4"],
    );
    // The verdict names the outcome, patients and days are on both sides.
    let leaks = kinds(&run);
    for kind in ["target_mapped", "group_over_split", "future_rows"] {
        assert!(leaks.contains(&kind), "{kind}: {leaks:?}");
    }
    let warnings = run["warnings"].to_string();
    assert!(
        warnings.contains("stands for one class, in all 320 rows"),
        "{warnings}"
    );

    let result = &run["result"];
    assert_eq!(result["n_resamples"], 1000);
    let accuracy = metric(&run, "accuracy");
    assert_eq!(accuracy["value"], run["metrics"]["test.accuracy"]);
    assert!(accuracy["interval"]["low"].as_f64() <= accuracy["value"].as_f64());
    assert_eq!(result["threshold"]["chosen_on"], "validation_rows");
    assert_eq!(result["threshold"]["positive_class"], "1");
    let columns = result["importances"]["permutation"]["columns"]
        .as_array()
        .expect("columns");
    assert_eq!(columns[0]["column"], "verdict", "{columns:?}");

    // The same again is the same to the last digit, and the command makes it again.
    let command = run["command"].as_str().expect("a command").to_owned();
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    let again = lab.json(&words);
    assert_eq!(again["result"], run["result"]);
    assert_eq!(again["metrics"], run["metrics"]);

    let shown = lab.assay(&["runs", "show", run["run_id"].as_str().expect("an id")]);
    for words in [
        "95 % interval",
        "leak? each of the 2 values",
        "lowest cost",
        "lost when shuffled",
    ] {
        assert!(shown.stdout.contains(words), "{words}: {}", shown.stdout);
    }
}

#[test]
fn groups_and_times_hold_and_candidates_are_chosen() {
    let lab = TestLab::new();
    visits(&lab);
    let no_verdict = lab.file(
        "recipe.json",
        r#"{"schema": 1, "inputs": [{"name": "dose", "kind": "integer"}, {"name": "ward", "kind": "text"}],
            "steps": [{"step": "one_hot", "columns": ["ward"], "max_categories": 5}]}"#,
    );
    let recipe = no_verdict.to_str().expect("text");
    let run = train(
        &lab,
        &[
            "--recipe",
            recipe,
            "--algorithm",
            "decision_tree",
            "--split",
            "grouped",
            "--group",
            "patient_id",
            "--cv",
            "4",
            "--cv-repeats",
            "2",
            "--candidate",
            "max_depth=1",
            "--candidate",
            "max_depth=6,min_samples_leaf=3",
            "--learning-curve",
            "3",
        ],
    );
    assert!(
        !kinds(&run).contains(&"group_over_split"),
        "{}",
        run["leaks"]
    );
    let choice = &run["result"]["choice"];
    assert_eq!(choice["chosen"], 1, "{choice}");
    assert_eq!(run["chosen_params"]["max_depth"], 6);
    let outer: u64 = choice["candidates"]
        .as_array()
        .expect("candidates")
        .iter()
        .filter_map(|candidate| candidate["n_outer_chosen"].as_u64())
        .sum();
    assert_eq!(outer, 8);
    let points = run["result"]["learning_curve"]["points"]
        .as_array()
        .expect("points");
    assert_eq!(points.len(), 3);
    assert!(points[0]["n_train_rows"].as_u64() < points[2]["n_train_rows"].as_u64());
    let command = run["command"].as_str().expect("a command");
    for words in [
        "--split grouped --group patient_id",
        "--cv 4 --cv-repeats 2",
        "--candidate max_depth=6,min_samples_leaf=3",
        "--learning-curve 3",
    ] {
        assert!(command.contains(words), "{words}: {command}");
    }

    // What a false negative costs moves the threshold down.
    let id = run["run_id"].as_str().expect("an id");
    let at = |costs: &[&str]| {
        let shown = lab.json(&[&["runs", "show", id], costs].concat());
        let choices = shown["result"]["threshold"]["choices"]
            .as_array()
            .expect("choices")
            .clone();
        let lowest = choices
            .iter()
            .find(|choice| choice["rule"] == "lowest_cost")
            .expect("a choice");
        lowest["point"]["threshold"].as_f64().expect("a threshold")
    };
    assert!(at(&["--false-negative-cost", "50"]) <= at(&[]));
    assert!(at(&["--false-positive-cost", "50"]) >= at(&[]));

    let run = train(
        &lab,
        &[
            "--weight",
            "dose",
            "--recipe",
            recipe,
            "--algorithm",
            "logistic_regression",
            "--split",
            "time",
            "--time",
            "day",
            "--gap",
            "10",
            "--cv",
            "3",
            "--cv-window",
            "100",
        ],
    );
    let leaks = kinds(&run);
    assert!(!leaks.contains(&"future_rows"), "{leaks:?}");
    let n_test = run["result"]["n_test_rows"].as_u64().expect("rows");
    assert!((80..90).contains(&n_test), "{n_test}");
    assert!(run["metrics"]["cv.accuracy.mean"].as_f64().is_some());
}

#[test]
fn what_cannot_be_split_is_said_in_a_sentence() {
    let lab = TestLab::new();
    visits(&lab);
    for (arguments, words) in [
        (&["--split", "grouped"][..], "name it with the split"),
        (&["--split", "grouped", "--group", "nobody"], "nobody"),
        (&["--split", "time", "--gap", "400"], "a gap of 400 rows"),
        (&["--split", "time", "--time", "ward"], "ISO 8601"),
        (
            &["--split", "time", "--cv", "3", "--cv-repeats", "2"],
            "cannot be repeated",
        ),
        (
            &["--algorithm", "decision_tree", "--candidate", "max_depth"],
            "holds no `=`",
        ),
    ] {
        let answer = lab.assay(&[&["train", "visits", "--target", "outcome"], arguments].concat());
        assert_eq!(answer.status, 1, "{arguments:?}: {}", answer.stderr);
        assert!(answer.stderr.contains(words), "{words}: {}", answer.stderr);
    }
}

/// Two processes: the one that trained, and the one that trains again.
#[test]
fn every_algorithm_is_reproduced_to_the_bit() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let mut n_tried = 0;
    for algorithm in assay_lab::algorithm_names() {
        for target in [
            "--target=species",
            "--target=body_mass_g",
            "--labels=species",
        ] {
            let trained = lab.assay(&[
                "--json",
                "train",
                "penguins",
                target,
                "--algorithm",
                &algorithm,
                "--seed=7",
            ]);
            if trained.status != 0 {
                // made for the other kind of target
                assert!(
                    trained.stderr.contains("does not predict")
                        || trained.stderr.contains("learns from a target")
                        || trained.stderr.contains("learns without a target")
                        || trained.stderr.contains("a number is needed"),
                    "{algorithm} on {target}: {}",
                    trained.stderr
                );
                continue;
            }
            n_tried += 1;
            let run = trained.json()["run_id"].as_str().expect("an id").to_owned();
            let found = lab.json(&["runs", "reproduce", &run]);
            assert_eq!(found["identical"], true, "{algorithm} on {target}: {found}");
            assert_eq!(found["metrics"], serde_json::json!([]), "{algorithm}");
            assert_eq!(found["environment"], serde_json::json!([]), "{algorithm}");
        }
    }
    assert!(n_tried >= 5, "{n_tried}");
    let absent = lab.assay(&["runs", "reproduce", "no-such-run"]);
    assert_ne!(absent.status, 0);
    assert!(absent.stderr.contains("no-such-run"), "{}", absent.stderr);
}

#[test]
fn the_loss_of_every_iteration_is_a_metric_of_the_run() {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target=species",
        "--algorithm=lightgbm",
        "--param",
        "n_estimators=12",
    ]);
    let last = run["metrics"]["train.loss"].as_f64().expect("a loss");
    assert!(last > 0.0 && last < 1.0, "{last}");
    let listed = lab.json(&["runs", "list", "--filter", "metrics.train.loss < 1"]);
    assert_eq!(listed["runs"][0]["run_id"], run["run_id"]);
}

/// What "copy as command" gives is given to a shell, which then makes the same model.
#[test]
#[cfg(unix)]
fn the_command_of_a_run_trains_the_same_model() {
    let lab = TestLab::new();
    visits(&lab);
    let recipe = lab.file(
        "dose.json",
        r#"{"schema": 1, "inputs": [{"name": "dose", "kind": "integer"}],
            "steps": [{"step": "standardise", "columns": ["dose"]}]}"#,
    );
    let recipe = recipe.to_str().expect("text");
    lab.json(&["recipe", "import", recipe, "--name", "the dose"]);
    for more in [
        &[
            "--algorithm=extra_trees",
            "--param=n_estimators=7",
            "--seed=3",
            "--split=stratified-grouped",
            "--group=patient_id",
            "--cv=3",
            "--cv-split=random",
            "--candidate=max_depth=2",
            "--candidate=max_depth=5",
            "--inner-folds=2",
        ][..],
        &[
            "--algorithm=logistic_regression",
            "--recipe=the dose",
            "--weight=dose",
            "--test-size=0.3",
        ],
        &[
            "--algorithm=gaussian_nb",
            "--recipe",
            recipe,
            "--split=random",
        ],
        &[
            "--algorithm=decision_tree",
            "--split=time",
            "--time=day",
            "--gap=5",
        ],
        &[
            "--algorithm=stacking",
            "--param=members=gaussian_nb,decision_tree(max_depth=3,criterion=entropy)",
            "--calibrate=platt",
            "--candidate=members=gaussian_nb,logistic_regression,folds=3",
            "--candidate=folds=2",
        ],
    ] {
        let run = train(&lab, more);
        let command = run["command"].as_str().expect("a command");
        let script = command.replacen("assay train", "\"$ASSAY\" --json --lab lab train", 1);
        assert_ne!(script, command);
        let output = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(lab.path().parent().expect("a folder"))
            .env("ASSAY", env!("CARGO_BIN_EXE_assay"))
            .output()
            .expect("sh starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {said}");
        let again: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(
            again["result"]["metrics"], run["result"]["metrics"],
            "{command}"
        );
        assert_eq!(again["params"], run["params"], "{command}");
        assert_eq!(again["command"], run["command"]);
    }
}

#[test]
fn the_metrics_of_the_catalogue_are_those_of_a_run() {
    let lab = TestLab::new();
    visits(&lab);
    let run = train(&lab, &["--algorithm", "decision_tree"]);
    let listed = lab.json(&["runs", "metrics"]);
    let known: Vec<&str> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|metric| metric["name"].as_str())
        .collect();
    for metric in run["result"]["metrics"].as_array().expect("metrics") {
        let name = metric["name"].as_str().expect("a name");
        // Metrics of one class carry its name.
        let plain = name.split(['.', '[']).next().expect("a word");
        assert!(known.contains(&plain), "{name} is not among {known:?}");
    }
}

#[test]
fn every_part_of_a_result_is_a_picture() {
    let lab = TestLab::new();
    visits(&lab);
    let forest = train(
        &lab,
        &["--algorithm", "random_forest", "--learning-curve", "3"],
    );
    let numbers = lab.json(&[
        "train",
        "visits",
        "--target",
        "dose",
        "--algorithm",
        "ridge",
    ]);
    let (forest, numbers) = (&forest["run_id"], &numbers["run_id"]);
    let draw = |run: &Value, chart: &str, ending: &str| {
        let picture = lab.path().join(format!("{chart}.{ending}"));
        let name = picture.to_str().expect("text").to_owned();
        let run = run.as_str().expect("an id");
        (
            lab.assay(&["report", run, "--chart", chart, "-o", &name]),
            picture,
        )
    };
    for (run, chart) in [
        (forest, "confusion"),
        (forest, "precision-recall"),
        (forest, "calibration"),
        (forest, "importances"),
        (forest, "own-importances"),
        (forest, "learning-curve"),
        (numbers, "residuals"),
    ] {
        let (answer, picture) = draw(run, chart, "svg");
        assert_eq!(answer.status, 0, "{chart}: {}", answer.stderr);
        let svg = std::fs::read_to_string(picture).expect("a picture");
        assert!(
            svg.starts_with("<svg") && svg.contains("test rows"),
            "{chart}"
        );
    }
    let (answer, picture) = draw(numbers, "calibration", "png");
    assert_eq!(answer.status, 1);
    assert!(
        answer.stderr.contains("has no calibration"),
        "{}",
        answer.stderr
    );
    assert!(!picture.exists());
}
