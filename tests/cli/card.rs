//! The card of a model version, as it is written and as a person changes it.

use std::fs;

use crate::support::TestLab;

fn registered() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&["train", "penguins", "--target", "species"]);
    let run = run["run_id"].as_str().expect("a run");
    lab.json(&["model", "register", run, "--name", "species"]);
    lab
}

#[test]
fn a_card_says_what_is_known() {
    let lab = registered();
    let card = lab.json(&["model", "card", "species"]);
    assert_eq!(card["is_edited"], false);
    let text = card["text"].as_str().expect("a text");
    let (head, body) = text
        .strip_prefix("---\n")
        .and_then(|text| text.split_once("\n---\n"))
        .expect("YAML before Markdown");
    for line in [
        "pipeline_tag: tabular-classification",
        "model_name: \"species\"",
        "- \"penguins\"",
        "    - type: \"accuracy\"",
    ] {
        assert!(head.lines().any(|found| found == line), "{line}:\n{head}");
    }
    for part in [
        "# species, version 1",
        "to predict `species`",
        "344 rows and 7 columns of `penguins@1`",
        "1. impute: ",
        "| algorithm | random_forest |",
        "| accuracy | ",
        "### By slice",
        "| `island` | text | Biscoe, Dream, Torgersen |",
        "## Limits",
    ] {
        assert!(body.contains(part), "{part}:\n{body}");
    }
    // Nothing of the template is left, and no table is torn apart.
    assert!(
        !text.contains("{{") && !text.contains("{%") && !text.contains("\n\n\n"),
        "{text}"
    );
    let file = fs::read_to_string(lab.path().join("registry/species/1/MODEL_CARD.md"));
    assert_eq!(file.expect("a card"), text);
}

#[test]
fn a_changed_card_is_part_of_a_whole_folder() {
    let lab = registered();
    let mine = lab.file("mine.md", "---\nlicense: mit\n---\n# Ours\n");
    let mine = mine.to_str().expect("text");
    let card = lab.json(&["model", "card", "species", "--from", mine]);
    assert_eq!(
        (&card["is_edited"], &card["text"]),
        (&true.into(), &"---\nlicense: mit\n---\n# Ours\n".into())
    );
    assert_eq!(lab.json(&["model", "verify", "species"])["passed"], true);
    let shown = lab.json(&["model", "show", "species"]);
    assert_eq!(shown["audit"][0]["action"], "model.changed");

    // New sums would vouch for what somebody else changed.
    let signature = lab.path().join("registry/species/1/signature.json");
    let before = fs::read(&signature).expect("a signature");
    fs::write(&signature, b"{}").expect("a damage");
    let refused = lab.assay(&["model", "card", "species", "--reset"]);
    assert_ne!(refused.status, 0);
    assert!(
        refused.stderr.contains("are damaged: signature.json"),
        "{}",
        refused.stderr
    );
    fs::write(&signature, before).expect("mended");

    let card = lab.json(&["model", "card", "species", "--reset"]);
    assert_eq!(card["is_edited"], false);
    for (content, why) in [
        (" \n", "a card of 2 bytes is none"),
        ("", "a card of 0 bytes is none"),
    ] {
        let empty = lab.file("empty.md", content);
        let refused = lab.assay(&[
            "model",
            "card",
            "species",
            "--from",
            empty.to_str().expect("text"),
        ]);
        assert_eq!(refused.status, 1);
        assert!(refused.stderr.contains(why), "{}", refused.stderr);
    }
    let missing = lab.assay(&["model", "card", "species", "--from", "nowhere.md"]);
    assert_ne!(missing.status, 0);
    assert!(missing.stderr.contains("nowhere.md"), "{}", missing.stderr);
}
