//! Recipes with a name: from a data set, a file and a run, and trained with.

use serde_json::Value;

use crate::support::TestLab;

fn flowers(lab: &TestLab) {
    let mut text = "petal,sepal,garden,kind\n".to_owned();
    for row in 0..120 {
        let petal = f64::from(row * 7 % 50) / 10.0;
        let kind = if petal > 2.4 { "rose" } else { "lily" };
        text += &format!(
            "{petal},{},{},{kind}\n",
            row * 3 % 17,
            ["n", "s"][row as usize % 2]
        );
    }
    let file = lab.file("flowers.csv", text);
    lab.import(&file, &[]);
}

#[test]
fn a_recipe_goes_from_a_data_set_to_a_run_and_through_a_file() {
    let lab = TestLab::new();
    flowers(&lab);
    let suggest = [
        "recipe", "suggest", "flowers", "--target", "kind", "--save", "garden",
    ];
    let suggested = lab.json(&suggest);
    let file = lab.path().join("petals.json");
    let name = file.to_str().expect("a name");
    lab.json(&["recipe", "export", "garden", name]);
    let mut recipe: Value =
        serde_json::from_str(&std::fs::read_to_string(&file).expect("a file")).expect("JSON");
    assert_eq!(recipe, suggested);

    // A person takes a column out and saves it as another.
    let inputs = recipe["inputs"].as_array_mut().expect("inputs");
    inputs.retain(|input| input["name"] == "petal");
    recipe["steps"] = serde_json::json!([{ "step": "standardise", "columns": ["petal"] }]);
    std::fs::write(&file, recipe.to_string()).expect("a file");
    assert_eq!(lab.json(&["recipe", "import", name])["version"], 1);

    let by_name = lab.json(&[
        "train",
        "flowers",
        "--target",
        "kind",
        "--recipe",
        "petals",
        "--algorithm",
        "decision_tree",
    ]);
    let run = by_name["run_id"].as_str().expect("a run");
    let shown = lab.json(&["runs", "show", run]);
    assert_eq!(shown["spec"]["named_recipe"], "petals@1");
    assert_eq!(shown["recipe"], recipe);
    let command = shown["command"].as_str().expect("a command");
    assert!(command.contains("--recipe petals@1"), "{command}");
    assert_eq!(lab.json(&["runs", "reproduce", run])["identical"], true);

    // Its recipe under another name, and the same from the file.
    assert_eq!(
        lab.json(&["recipe", "save", "again", "--run", run])["recipe"],
        recipe
    );
    let by_file = lab.json(&[
        "train",
        "flowers",
        "--target",
        "kind",
        "--recipe",
        name,
        "--algorithm",
        "decision_tree",
    ]);
    assert_eq!(by_file["result"]["metrics"], by_name["result"]["metrics"]);

    lab.json(&["recipe", "delete", "petals"]);
    let list = lab.json(&["recipe", "list"]);
    let names: Vec<_> = list
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| &line["name"])
        .collect();
    assert_eq!(names, ["again", "garden"]);
    assert_eq!(lab.json(&["runs", "reproduce", run])["identical"], true);
}

#[test]
fn what_is_no_recipe_is_one_sentence() {
    let lab = TestLab::new();
    flowers(&lab);
    let broken = lab.file("broken.json", "{\"steps\": 3}");
    let broken = broken.to_str().expect("a name");
    for (arguments, status, said) in [
        (vec!["recipe", "import", broken], 1, "it is not a recipe"),
        (
            vec!["recipe", "show", "nobody"],
            1,
            "there is no recipe `nobody`",
        ),
        (vec!["recipe", "delete", "nobody"], 1, "nobody"),
        (
            vec![
                "train", "flowers", "--target", "kind", "--recipe", "nobody@2",
            ],
            1,
            "there is no recipe `nobody@2`",
        ),
    ] {
        let answer = lab.assay(&arguments);
        assert_eq!(answer.status, status, "{arguments:?}");
        assert!(answer.stderr.contains(said), "{}", answer.stderr);
    }
    assert_eq!(lab.json(&["recipe", "list"]), serde_json::json!([]));
}

/// Rows without a number where algorithms can tell; one that cannot says what to do.
#[test]
fn missing_numbers_reach_the_algorithms_that_know_them() {
    let lab = TestLab::new();
    let mut text = "depth,width,bloom\n".to_owned();
    for row in 0..200 {
        let depth = row * 13 % 29;
        let shown = if row % 3 == 0 {
            String::new()
        } else {
            depth.to_string()
        };
        // What is missing is what decides.
        let bloom = if row % 3 == 0 || depth > 20 {
            "late"
        } else {
            "early"
        };
        text += &format!("{shown},{},{bloom}\n", row * 7 % 11);
    }
    lab.import(&lab.file("beds.csv", text), &[]);
    let recipe = lab.file(
        "plain.json",
        r#"{"schema": 1, "inputs": [{"name": "depth", "kind": "integer"}, {"name": "width", "kind": "integer"}],
            "steps": [{"step": "standardise", "columns": ["width"]}]}"#,
    );
    let recipe = recipe.to_str().expect("text");
    let train = |algorithm: &str| {
        lab.assay(&[
            "--json",
            "train",
            "beds",
            "--target",
            "bloom",
            "--recipe",
            recipe,
            "--algorithm",
            algorithm,
            "--seed",
            "1",
        ])
    };
    let mut n_tried = 0;
    for info in lab.json(&["algorithms"]).as_array().expect("a list") {
        let name = info["name"].as_str().expect("a name");
        if info["takes_missing"] != true
            || !info["problems"]
                .as_array()
                .is_some_and(|p| p.contains(&"binary".into()))
        {
            continue;
        }
        n_tried += 1;
        let run = train(name);
        assert_eq!(run.status, 0, "{name}: {}", run.stderr);
        let run = run.json();
        assert!(
            run["metrics"]["test.accuracy"].as_f64() > Some(0.9),
            "{name}: {}",
            run["metrics"]
        );
        assert_eq!(run["parity"]["label_flips"], 0, "{name}: {}", run["parity"]);
        let reproduced = lab.json(&["runs", "reproduce", run["run_id"].as_str().expect("an id")]);
        assert_eq!(reproduced["identical"], true, "{name}");
    }
    assert!(n_tried >= 3, "{n_tried}");
    let refused = train("logistic_regression");
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("`depth` has missing values"),
        "{}",
        refused.stderr
    );
}
