//! Versions go from lab to lab through a shared folder.

use std::fs;

use crate::support::TestLab;

/// A lab with a model `m` of one version, its shared folder, and its public key when it signs.
fn with_model(seed: &str, signs: bool) -> (TestLab, String, Option<String>) {
    let lab = TestLab::new();
    let beside = |name: &str| {
        let path = lab.path().with_file_name(name);
        path.to_str().expect("text").to_owned()
    };
    let key = signs.then(|| {
        let keys = lab.json(&["key", "new", "--file", &beside("signing.key")]);
        keys["own"]["public_key"]
            .as_str()
            .expect("a key")
            .to_owned()
    });
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
        "--seed",
        seed,
    ]);
    let run = run["run_id"].as_str().expect("a run").to_owned();
    lab.json(&["model", "register", &run, "--name", "m"]);
    let shared = beside("shared");
    (lab, shared, key)
}

fn refused(lab: &TestLab, words: &[&str], part: &str) {
    let answer = lab.assay(words);
    assert!(
        answer.status == 3 || answer.status == 1,
        "{words:?}: {}",
        answer.stderr
    );
    assert!(answer.stderr.contains(part), "{part}: {}", answer.stderr);
}

#[test]
fn a_pushed_version_is_pulled_and_works_without_its_run() {
    let (from, shared, key) = with_model("1", true);
    let key = key.expect("a key");
    let pushed = from.json(&["model", "push", "m", &shared]);
    assert_eq!(
        (&pushed["copied"], &pushed["version"]["model"]),
        (&true.into(), &"m".into())
    );
    assert_eq!(
        from.json(&["model", "push", "m@1", &shared])["copied"],
        false
    );

    let to = TestLab::new();
    // Signed by somebody whom this lab does not know.
    refused(&to, &["model", "pull", &shared], "not trusted here");
    to.json(&["key", "trust", "ada", &key]);
    let listed = to.json(&["model", "pull", &shared, "--list"]);
    assert_eq!(
        (&listed[0]["state"], &listed[0]["signature"]["signer"]),
        (&"new".into(), &"ada".into())
    );
    let pulled = to.json(&["model", "pull", &shared]);
    assert_eq!(
        (&pulled[0]["copied"], pulled.as_array().map(Vec::len)),
        (&true.into(), Some(1))
    );
    assert_eq!(
        to.json(&["model", "pull", &shared, "m@1"])[0]["copied"],
        false
    );
    assert_eq!(
        to.json(&["model", "pull", &shared, "--list"])[0]["state"],
        "same"
    );

    let shown = to.json(&["model", "show", "m@1"]);
    assert_eq!(shown["signed"]["signer"], "ada", "{}", shown["signed"]);
    assert_eq!(shown["version"]["stage"], "development");
    let verified = to.json(&["model", "verify", "m"]);
    // Tried on the request that its folder brought.
    assert_eq!(
        (&verified["passed"], &verified["parity"]["rows"]),
        (&true.into(), &5.into()),
        "{verified}"
    );
    let log = to.penguins();
    to.json(&["replay", log.to_str().expect("text"), "--model", "m"]);
    let answer = to.assay(&["doctor"]);
    assert_eq!(answer.status, 0, "{}{}", answer.stdout, answer.stderr);
    // Its data were never checked.
    refused(
        &to,
        &["model", "promote", "m@1", "--to", "production"],
        "not checked in its own lab",
    );
}

#[test]
fn what_was_checked_in_its_lab_counts_at_the_gate_of_another() {
    let (from, shared, _) = with_model("1", false);
    from.json(&["expect", "suggest", "penguins"]);
    from.json(&["expect", "check", "penguins"]);
    let run = from.json(&["runs", "list"])["runs"][0]["run_id"].clone();
    let run = run.as_str().expect("an id");
    from.json(&["model", "register", run, "--name", "m"]);
    from.json(&["model", "push", "m@2", &shared]);
    let to = TestLab::new();
    let gate = "[gate.production]\nexpectations = true\nparity = true\nmax_data_age_days = 3650\n";
    fs::write(to.path().join("assay.toml"), gate).expect("settings");
    to.json(&["model", "pull", &shared, "m@2"]);
    let promoted = to.json(&["model", "promote", "m@2", "--to", "production"]);
    let conditions = promoted["conditions"].as_array().expect("conditions");
    assert_eq!(conditions.len(), 3, "{promoted}");
    let measured = conditions[0]["measured"].as_str().expect("a text");
    assert!(measured.ends_with("passed in its own lab"), "{measured}");
}

#[test]
fn what_is_damaged_or_another_one_is_neither_pushed_nor_pulled() {
    let (from, shared, _) = with_model("1", false);
    from.json(&["model", "push", "m", &shared]);
    // Another version of that name and number, from both sides.
    let (other, _, _) = with_model("2", false);
    let card = other.file("card.md", "# Other birds\n");
    other.json(&["model", "card", "m", "--from", card.to_str().expect("text")]);
    refused(
        &other,
        &["model", "push", "m", &shared],
        "the folder has another version m@1",
    );
    refused(
        &other,
        &["model", "pull", &shared],
        "the lab has another version m@1",
    );
    let offers = other.json(&["model", "pull", &shared, "--list"]);
    assert_eq!(offers[0]["state"], "different");

    let file = std::path::Path::new(&shared).join("m/1/recipe.json");
    let mut bytes = fs::read(&file).expect("a file");
    bytes[10] ^= 1;
    fs::write(&file, bytes).expect("it is written");
    let to = TestLab::new();
    refused(
        &to,
        &["model", "pull", &shared],
        "m@1: its files are damaged: recipe.json",
    );
    assert_eq!(to.json(&["model", "list"]), serde_json::json!([]));
    // The same again mends nothing that somebody changed there.
    refused(&from, &["model", "push", "m", &shared], "another version");

    let own = from.path().join("registry/m/1/recipe.json");
    fs::write(&own, "{}").expect("it is written");
    let elsewhere = from.path().with_file_name("elsewhere");
    refused(
        &from,
        &["model", "push", "m", elsewhere.to_str().expect("text")],
        "recipe.json",
    );
    assert!(!elsewhere.join("m").exists());
    refused(
        &to,
        &["model", "pull", &shared, "nobody"],
        "the folder holds no `nobody`",
    );
}
