//! Imports that are killed, and imports side by side: nothing that was acknowledged is lost, nothing is left lying.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::support::TestLab;

/// How often an import is killed in the ordinary run; `ASSAY_KILLS` asks for more.
const KILLS: u64 = 25;
/// The latest moment of a kill, after the start of the import: about as long as one takes.
const LATEST: Duration = Duration::from_millis(400);

/// The generator of Steele, Lea, Flood (2014), so that the moments are the same in every run.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// Rows of which no two files have the same, the first ones apart.
fn rows(number: u64, n_rows: u64) -> String {
    let mut text = String::from("id,group,value\n");
    for row in 0..n_rows {
        let value = if row < n_rows / 2 {
            row
        } else {
            row * 1_000 + number
        };
        text.push_str(&format!("{row},g{},{value}.5\n", row % 7));
    }
    text
}

fn check_doctor(lab: &TestLab, when: &str) {
    let answer = lab.assay(&["--json", "doctor"]);
    assert_eq!(answer.status, 0, "{when}: {}", answer.stdout);
    assert_eq!(answer.json()["healthy"], true, "{when}: {}", answer.stdout);
}

/// Versions that were acknowledged: their content by `name@version`.
fn check_acknowledged(lab: &TestLab, acknowledged: &BTreeMap<String, Value>, when: &str) {
    for (name, imported) in acknowledged {
        let shown = lab.json(&["data", "show", name]);
        let content = &shown["version"]["content"];
        assert_eq!(content, &imported["dataset_version"], "{when}: {name}");
        let head = lab.json(&["data", "head", name, "-n", "1"]);
        assert_eq!(head[0]["group"], "g0", "{when}: {name}");
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn an_import_killed_at_any_moment_leaves_a_whole_lab() {
    let n_kills = std::env::var("ASSAY_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(KILLS);
    let lab = TestLab::new();
    let mut acknowledged = BTreeMap::new();
    let mut moments = SplitMix(20_260_117);
    let mut n_killed = 0;
    for number in 0..n_kills {
        let file = lab.file("growing.csv", rows(number, 20_000));
        let mut import = lab.command();
        import
            .args(["--json", "data", "import"])
            .arg(&file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut import = import.spawn().expect("assay starts");
        let moment = moments.next() % (LATEST.as_micros() as u64);
        sleep(Duration::from_micros(moment));
        import.kill().expect("it is killed");
        let output = import.wait_with_output().expect("it ends");
        // What was printed whole was acknowledged, even if the end of the process was the kill.
        if let Ok(imported) = serde_json::from_slice::<Value>(&output.stdout) {
            let name = format!("growing@{}", imported["version"]);
            acknowledged.insert(name, imported);
        } else {
            n_killed += 1;
        }
        let when = format!("kill {number} after {moment} µs");
        check_doctor(&lab, &when);
        // All of them in the end, and the newest now and then.
        if number % 10 == 0 {
            check_acknowledged(&lab, &acknowledged, &when);
        }
    }
    assert!(n_killed > 0, "every import was faster than its kill");
    check_acknowledged(&lab, &acknowledged, "in the end");

    // The worker of the last one may have outlived it by a moment; then only objects that versions need are left.
    let last = lab.import(&lab.file("growing.csv", rows(n_kills, 20_000)), &[]);
    assert_eq!(last["n_rows"], 20_000);
    check_doctor(&lab, "in the end");
    let leases = files_below(&lab.path().join("objects/tmp"));
    assert_eq!(leases, Vec::<PathBuf>::new());
}

#[test]
fn two_processes_import_into_one_lab_at_once() {
    let lab = TestLab::new();
    let files: Vec<PathBuf> = (0..2)
        .map(|number| lab.file(&format!("part-{number}.csv"), rows(number, 20_000)))
        .collect();
    for round in 0..3 {
        let imports: Vec<_> = files
            .iter()
            .map(|file| {
                let mut import = lab.command();
                import
                    .args([
                        "--json",
                        "data",
                        "import",
                        "--name",
                        &format!("both-{round}"),
                    ])
                    .arg(file)
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped());
                import.spawn().expect("assay starts")
            })
            .collect();
        let mut versions: Vec<u64> = imports
            .into_iter()
            .map(|import| {
                let output = import.wait_with_output().expect("it ends");
                let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(output.status.success(), "round {round}: {complaint}");
                let imported: Value =
                    serde_json::from_slice(&output.stdout).expect("one JSON document");
                imported["version"].as_u64().expect("a number")
            })
            .collect();
        versions.sort_unstable();
        assert_eq!(versions, [1, 2], "round {round}");
    }
    check_doctor(&lab, "side by side");
}
