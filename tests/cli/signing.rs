//! Signed versions: made, shown, demanded, and refused when a byte of them changes.

use std::fs;
use std::path::Path;

use crate::support::TestLab;

fn with_model(lab: &TestLab) {
    lab.import(&lab.penguins(), &[]);
    let run = lab.json(&[
        "train",
        "penguins",
        "--target",
        "species",
        "--algorithm",
        "decision_tree",
    ]);
    let run = run["run_id"].as_str().expect("a run");
    lab.json(&["model", "register", run, "--name", "m"]);
}

/// A lab with a key in a file beside it, and a version that is signed with it.
fn signed() -> TestLab {
    let lab = TestLab::new();
    let key = lab.path().with_file_name("signing.key");
    let key = key.to_str().expect("text");
    let keys = lab.json(&["key", "new", "--file", key, "--name", "ada"]);
    assert_eq!(
        keys["own"]["key_id"], keys["trusted"][0]["key_id"],
        "{keys}"
    );
    with_model(&lab);
    lab
}

fn refused(lab: &TestLab, words: &[&str]) -> String {
    let answer = lab.assay(words);
    assert_eq!(
        answer.status, 3,
        "{words:?}: {}{}",
        answer.stdout, answer.stderr
    );
    answer.stdout + &answer.stderr
}

fn change_a_byte(path: &Path, at: usize) {
    let mut bytes = fs::read(path).expect("a file");
    let at = at % bytes.len();
    bytes[at] ^= 1;
    fs::write(path, bytes).expect("it is written");
}

#[test]
fn a_version_is_signed_when_there_is_a_key() {
    let lab = signed();
    let shown = lab.json(&["model", "show", "m"]);
    assert_eq!(shown["signed"]["status"], "trusted", "{}", shown["signed"]);
    assert_eq!(shown["signed"]["signer"], "ada");
    let comment = shown["signed"]["comment"].as_str().expect("a comment");
    assert!(comment.ends_with("version:m@1"), "{comment}");
    let text = lab.assay(&["model", "show", "m"]).stdout;
    assert!(text.contains("signed by ada ("), "{text}");
    // A card that changes is signed again.
    let card = lab.file("card.md", "# Birds\n");
    lab.json(&["model", "card", "m", "--from", card.to_str().expect("text")]);
    let report = lab.json(&["model", "verify", "m"]);
    assert_eq!(
        (&report["passed"], &report["signed"]["status"]),
        (&true.into(), &"trusted".into())
    );
}

#[test]
fn one_changed_byte_of_any_file_is_named_and_nothing_is_loaded() {
    let lab = signed();
    let folder = lab.path().join("registry/m/1");
    let log = lab.penguins();
    let log = log.to_str().expect("text");
    let files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    assert!(files.len() >= 13, "{files:?}");
    for path in &files {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("text");
        let whole = fs::read(path).expect("a file");
        // Behind the comment that no signature covers.
        change_a_byte(
            path,
            if name == "CHECKSUMS.minisig" {
                100
            } else {
                whole.len() / 2
            },
        );
        // Of the sums the line that changed is another file's.
        let named = if name == "CHECKSUMS" { "" } else { name };
        let ways = [
            &["model", "verify", "m"][..],
            &["replay", log, "--model", "m"],
            &["model", "export", "m", "elsewhere"],
        ];
        // All ways go through one door; one file of each sort shows it.
        let n_ways = match name {
            "model.onnx" | "sbom.cdx.json" | "CHECKSUMS.minisig" => ways.len(),
            _ => 1,
        };
        for words in ways.into_iter().take(n_ways) {
            let said = refused(&lab, words);
            assert!(said.contains(named), "{name}, {words:?}: {said}");
        }
        fs::write(path, whole).expect("it is written");
    }
    assert_eq!(lab.json(&["model", "verify", "m"])["passed"], true);
    assert!(!Path::new("elsewhere").exists());

    // Another graph with sums and no signature: the database knows better.
    let onnx = folder.join("model.onnx");
    change_a_byte(&onnx, 500);
    fs::remove_file(folder.join("CHECKSUMS.minisig")).expect("it goes");
    let bytes = fs::read(&onnx).expect("a file");
    let sums = fs::read_to_string(folder.join("CHECKSUMS")).expect("a file");
    let ours = |line: &&str| !line.contains("(model.onnx)");
    let rest: Vec<&str> = sums.lines().filter(ours).collect();
    let forged = format!(
        "{}\nBLAKE3 (model.onnx) = {}\nSHA256 (model.onnx) = {}\n",
        rest.join("\n"),
        blake3_of(&bytes),
        sha256_of(&bytes)
    );
    fs::write(folder.join("CHECKSUMS"), forged).expect("it is written");
    let said = refused(&lab, &["replay", log, "--model", "m"]);
    assert!(said.contains("model.onnx"), "{said}");
}

#[test]
fn a_lab_may_demand_signatures_of_keys_that_it_trusts() {
    let lab = TestLab::new();
    with_model(&lab);
    let log = lab.penguins();
    let replay = ["replay", log.to_str().expect("text"), "--model", "m"];
    assert_eq!(lab.assay(&replay).status, 0);
    let settings = lab.path().join("assay.toml");
    let text = fs::read_to_string(&settings).expect("settings");
    let demanding = text.replace("# required = false", "required = true");
    assert_ne!(text, demanding);
    fs::write(&settings, demanding).expect("settings");
    let said = refused(&lab, &replay);
    assert!(said.contains("not signed"), "{said}");

    let key = lab.path().with_file_name("signing.key");
    lab.json(&["key", "new", "--file", key.to_str().expect("text")]);
    assert_eq!(lab.json(&["model", "sign", "m"])["status"], "trusted");
    assert_eq!(lab.assay(&replay).status, 0);

    // A key that is trusted no more.
    let text = fs::read_to_string(&settings).expect("settings");
    let without: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with("\"own\""))
        .collect();
    fs::write(&settings, without.join("\n")).expect("settings");
    let said = refused(&lab, &replay);
    assert!(said.contains("a key that is not trusted here"), "{said}");
}

#[test]
fn a_folder_is_verified_wherever_it_lies() {
    let lab = signed();
    let folder = lab.path().with_file_name("copy");
    let copy = folder.to_str().expect("text");
    lab.json(&["model", "export", "m", copy]);
    assert_eq!(
        lab.json(&["model", "verify", copy])["signed"]["signer"],
        "ada"
    );
    let key = lab.json(&["key", "show"])["own"]["public_key"].clone();
    let key = key.as_str().expect("a key");

    let elsewhere = TestLab::without_lab();
    let words = ["model", "verify", copy, "--key", key];
    assert_eq!(elsewhere.json(&words)["passed"], true);
    let said = refused(&elsewhere, &["model", "verify", copy]);
    assert!(said.contains("not trusted here"), "{said}");
    change_a_byte(&folder.join("recipe.json"), 40);
    assert!(refused(&elsewhere, &words).contains("recipe.json"));
}

#[test]
fn what_cannot_be_a_key_is_refused_in_a_sentence() {
    let lab = TestLab::new();
    let inside = lab.path().join("signing.key");
    let other = lab.file("other.txt", "no key at all\n");
    let other = other.to_str().expect("text");
    for (words, part) in [
        (
            vec!["key", "new", "--file", inside.to_str().expect("text")],
            "lies in the lab",
        ),
        (vec!["key", "new", "--file", other], "other.txt"),
        (
            vec!["key", "trust", "ada", other],
            "no public key of minisign",
        ),
        (vec!["key", "show"], "assay key new"),
    ] {
        let answer = lab.assay(&words);
        assert_ne!(answer.status, 0, "{words:?}");
        assert!(answer.stderr.contains(part), "{words:?}: {}", answer.stderr);
    }
    assert!(!inside.exists());
    with_model(&lab);
    let answer = lab.assay(&["model", "sign", "m"]);
    assert_eq!(answer.status, 3, "{}", answer.stderr);
    let mut command = lab.command();
    let answer = command
        .env("ASSAY_SIGNING_KEY", other)
        .args(["model", "sign", "m"]);
    let answer = crate::support::Answer::of(answer.output().expect("assay starts"));
    assert!(
        answer.stderr.contains("cannot be used"),
        "{}",
        answer.stderr
    );
}

fn blake3_of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

fn sha256_of(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
