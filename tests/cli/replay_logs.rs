//! Logs as production writes them: nested, late, lacking columns, labelled afterwards, growing.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{TestLab, sample, text};

const DAY_MS: i64 = 86_400_000;
/// 2024-01-30T00:00Z
const BEGIN_MS: i64 = 1_706_572_800_000;

/// A lab with a model of penguins, `species@1`.
fn registered() -> TestLab {
    let lab = TestLab::new();
    lab.import(&lab.penguins(), &[]);
    lab.register(
        "species",
        &[
            "penguins",
            "--target",
            "species",
            "--algorithm",
            "decision_tree",
        ],
    );
    lab
}

/// The penguins as records, each with its moment: a tenth of a day apart.
fn records() -> Vec<(i64, Value)> {
    let csv = sample("penguins.csv.gz");
    let mut lines = csv.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .enumerate()
        .map(|(row, line)| {
            let fields = header.iter().zip(line.split(','));
            let record = fields
                .map(|(name, field)| {
                    let value = match field.parse::<f64>() {
                        Ok(number) => json!(number),
                        Err(_) if field.is_empty() => Value::Null,
                        Err(_) => json!(field),
                    };
                    ((*name).to_owned(), value)
                })
                .collect::<serde_json::Map<_, _>>();
            (BEGIN_MS + row as i64 * DAY_MS / 10, Value::Object(record))
        })
        .collect()
}

fn without(record: &Value, columns: &[&str]) -> Value {
    let mut record = record.clone();
    let fields = record.as_object_mut().expect("a record");
    columns.iter().for_each(|name| {
        fields.remove(*name);
    });
    record
}

fn lines(records: impl Iterator<Item = Value>) -> String {
    records.map(|record| format!("{record}\n")).collect()
}

fn replay(lab: &TestLab, log: &Path, more: &[&str]) -> Value {
    lab.json(&[&["replay", text(log), "--model", "species"], more].concat())
}

fn windows(report: &Value, field: &str) -> Vec<Value> {
    let windows = report["windows"].as_array().expect("windows");
    windows.iter().map(|window| window[field].clone()).collect()
}

fn warned(report: &Value, words: &[&str]) {
    let warnings = report["warnings"].to_string();
    for word in words {
        assert!(warnings.contains(word), "{word} is not in {warnings}");
    }
}

#[test]
fn nested_records_are_read_and_cut_by_the_calendar_by_version_and_with_overlap() {
    let lab = registered();
    let nested = |(row, (time, record)): (usize, &(i64, Value))| {
        json!({
            "at": time / 1000,
            "request": { "id": format!("r{row}"), "latency_ms": row % 50 },
            "model_version": if row < 200 { 1 } else { 2 },
            "features": without(record, &["species"]),
        })
    };
    let records = records();
    let log = lab.file("log.jsonl", lines(records.iter().enumerate().map(nested)));
    let by_month = replay(
        &lab,
        &log,
        &[
            "--timestamp",
            "at",
            "--window",
            "month in Europe/Tallinn",
            "--latency",
            "request.latency_ms",
        ],
    );
    assert_eq!(
        windows(&by_month, "label"),
        ["2024-01", "2024-02", "2024-03"]
    );
    // January ends in Tallinn two hours before it does in UTC: rows 0 to 19
    assert_eq!(windows(&by_month, "n_rows"), [20, 290, 34]);
    assert_eq!(windows(&by_month, "is_too_small"), [true, false, false]);
    assert_eq!(windows(&by_month, "last_row"), [20, 310, 344]);
    let latency = &by_month["windows"][1]["latency"];
    assert_eq!(
        (latency["median_ms"].as_f64(), latency["n"].as_u64()),
        (Some(25.0), Some(290))
    );
    warned(&by_month, &["read from `features.…`"]);
    assert_eq!(by_month["columns"].as_array().map(Vec::len), Some(7));

    let by_version = replay(
        &lab,
        &log,
        &["--version-column", "model_version", "--window", "version"],
    );
    assert_eq!(windows(&by_version, "label"), ["1", "2"]);
    assert_eq!(windows(&by_version, "n_rows"), [200, 144]);

    let overlapping = replay(
        &lab,
        &log,
        &["--timestamp", "at", "--window", "10d step 5d"],
    );
    let rows: Vec<u64> = windows(&overlapping, "n_rows")
        .iter()
        .filter_map(Value::as_u64)
        .collect();
    // the first begins at a multiple of five days since 1970
    assert!(
        rows.len() >= 5 && rows[1..rows.len() - 1].iter().all(|n| *n == 100),
        "{rows:?}"
    );
    let by_rows = replay(&lab, &log, &["--window", "100rows step 50rows"]);
    assert_eq!(windows(&by_rows, "first_row"), [1, 51, 101, 151, 201, 251]);
    assert_eq!(
        windows(&by_rows, "last_row"),
        [100, 150, 200, 250, 300, 344]
    );
}

#[test]
fn the_same_rows_in_other_files_and_another_order_are_the_same_windows() {
    let lab = registered();
    let timed: Vec<Value> = records()
        .into_iter()
        .map(|(time, record)| {
            let mut record = record;
            record["time"] = json!(time);
            record
        })
        .collect();
    let whole = lab.file("whole.jsonl", lines(timed.iter().cloned()));
    let by_week = ["--timestamp", "time", "--window", "1w"];
    let wanted = replay(&lab, &whole, &by_week);
    assert_eq!(wanted["performance_metric"], "accuracy");

    // another order: every row finds its window; late rows are counted and said once
    let shuffled = (0..timed.len()).map(|i| timed[i * 151 % timed.len()].clone());
    let shuffled = lab.file("shuffled.jsonl", lines(shuffled));
    let found = replay(&lab, &shuffled, &by_week);
    warned(&found, &["came after rows of a later window"]);
    assert_eq!(windows(&found, "columns"), windows(&wanted, "columns"));
    assert_eq!(
        windows(&found, "performance"),
        windows(&wanted, "performance")
    );
    // by rows they are put in order first
    let by_rows = ["--timestamp", "time", "--window", "50rows"];
    let wanted_rows = replay(&lab, &whole, &by_rows);
    let found_rows = replay(&lab, &shuffled, &by_rows);
    assert_eq!(
        windows(&found_rows, "columns"),
        windows(&wanted_rows, "columns")
    );
    assert_eq!(
        windows(&found_rows, "start_ms"),
        windows(&wanted_rows, "start_ms")
    );

    // a folder of files in another format, days and months in words of the country, one file with a gap behind it
    let folder = lab.path().with_file_name("logs");
    std::fs::create_dir(&folder).expect("a folder");
    let names = [
        "species",
        "island",
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
        "sex",
    ];
    for (part, rows) in timed.chunks(120).enumerate() {
        let mut csv = format!("{},when\n", names.join(","));
        for record in rows {
            let fields = names.map(|name| match &record[name] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            let minutes = (record["time"].as_i64().expect("a time") - BEGIN_MS) / 60_000;
            let (day, clock) = (minutes / 1440, minutes % 1440);
            // 30 January and on; February 2024 has 29 days
            let (day, month) = match day {
                0..2 => (day + 30, 1),
                2..31 => (day - 1, 2),
                _ => (day - 30, 3),
            };
            csv.push_str(&format!(
                "{},{day:02}/{month:02}/2024 {:02}:{:02}\n",
                fields.join(","),
                clock / 60,
                clock % 60
            ));
        }
        std::fs::write(folder.join(format!("part-{part}.csv")), csv).expect("a part");
    }
    let found = replay(&lab, &folder, &["--timestamp", "when", "--window", "1w"]);
    assert_eq!(windows(&found, "columns"), windows(&wanted, "columns"));
    assert_eq!(windows(&found, "start_ms"), windows(&wanted, "start_ms"));
}

#[test]
fn a_log_that_lacks_columns_goes_on_and_says_so() {
    let lab = registered();
    let poor = |(_, record): &(i64, Value)| {
        let mut record = without(record, &["sex", "bill_depth_mm", "species"]);
        record["billDepthMm"] = json!(17);
        if record["body_mass_g"] == json!(3_750.0) {
            record["body_mass_g"] = json!("heavy");
        }
        record
    };
    let records = records();
    let log = lab.file("poor.jsonl", lines(records.iter().map(poor)));
    let report = replay(&lab, &log, &["--window", "100rows"]);
    warned(
        &report,
        &[
            "the log has no column `sex`; it is missing in every row",
            "no column `bill_depth_mm`",
            "`body_mass_g` is text in the log",
            "for example `heavy`",
        ],
    );
    let of = |name: &str| {
        let columns = report["windows"][0]["columns"].as_array().expect("columns");
        let found = columns.iter().find(|column| column["column"] == name);
        found.expect("the column").clone()
    };
    assert_eq!(of("sex")["n_missing"], 100);
    assert_eq!(of("sex")["verdict"], "drifted");
    let heavy = of("body_mass_g")["n_missing"].as_u64();
    assert!(heavy.is_some_and(|n| (1..20).contains(&n)), "{heavy:?}");

    // a name is proposed, and applied when somebody says so
    let preview = lab.json(&["replay", text(&log), "--model", "species", "--preview"]);
    let proposal = &preview["proposals"][0];
    assert_eq!(
        (&proposal["column"], &proposal["found"], &proposal["by"]),
        (
            &json!("bill_depth_mm"),
            &json!("billDepthMm"),
            &json!("name")
        )
    );
    assert_eq!(preview["is_remembered"], false);
    assert!(
        preview["problems"].to_string().contains("`sex`"),
        "{preview}"
    );
    assert_eq!(preview["rows"].as_array().map(Vec::len), Some(10));
    let renamed = [
        "--renamed",
        "bill_depth_mm=billDepthMm",
        "--window",
        "100rows",
    ];
    let report = replay(&lab, &log, &renamed);
    assert!(
        !report["warnings"].to_string().contains("bill_depth_mm"),
        "{report}"
    );

    // what was said is remembered for logs of the same columns
    let preview = lab.json(&["replay", text(&log), "--model", "species", "--preview"]);
    assert_eq!(preview["is_remembered"], true);
    assert_eq!(
        preview["mapping"]["renamed"]["bill_depth_mm"],
        "billDepthMm"
    );
    let again = replay(&lab, &log, &["--as-before", "--window", "100rows"]);
    assert_eq!(windows(&again, "columns"), windows(&report, "columns"));
}

#[test]
fn labels_of_another_file_are_joined_by_id_and_by_time() {
    let lab = registered();
    let records = records();
    let bare = records.iter().enumerate().map(|(row, (time, record))| {
        let mut record = without(record, &["species"]);
        record["id"] = json!(format!("r{row}"));
        record["time"] = json!(time);
        record
    });
    let log = lab.file("log.jsonl", lines(bare));
    let mut labels = String::from("request,seen,species\n");
    for (row, (time, record)) in records.iter().enumerate().rev().take(300) {
        let species = record["species"].as_str().expect("a species");
        labels.push_str(&format!("r{row},{},{species}\n", time + 20_000));
    }
    let labels = lab.file("labels.csv", labels);
    let by_id = replay(
        &lab,
        &log,
        &[
            "--window",
            "100rows",
            "--id",
            "id",
            "--labels",
            text(&labels),
            "--label-id",
            "request",
        ],
    );
    warned(&by_id, &["44 of 344 rows found no label in labels.csv"]);
    assert_eq!(by_id["windows"][0]["performance"]["n"], 56);
    let by_time = |tolerance: &str| {
        let asked = [
            "--window",
            "100rows",
            "--timestamp",
            "time",
            "--labels",
            text(&labels),
            "--label-time",
            "seen",
            "--tolerance",
            tolerance,
        ];
        replay(&lab, &log, &asked)
    };
    assert_eq!(
        windows(&by_time("30"), "performance"),
        windows(&by_id, "performance")
    );
    assert_eq!(by_time("10")["performance"], Value::Null);
}

#[test]
fn a_log_is_held_against_a_data_set_without_a_model() {
    let lab = TestLab::new();
    let csv = sample("penguins.csv.gz");
    let first: Vec<&str> = csv.lines().take(151).collect();
    let reference = lab.file("first.csv", first.join("\n"));
    lab.import(&reference, &["--name", "penguins"]);
    let log = lab.penguins();
    let report = lab.json(&[
        "replay",
        text(&log),
        "--reference",
        "penguins",
        "--window",
        "75rows",
    ]);
    assert_eq!(
        (&report["model"], &report["reference"]),
        (&Value::Null, &json!("penguins@1"))
    );
    let names: Vec<&Value> = report["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| &column["name"])
        .collect();
    assert_eq!(names.first(), Some(&&json!("species")));
    assert_eq!(names.len(), 7, "nothing is predicted");
    // the first rows are Adelies, as in the reference; then come the others
    assert_eq!(report["windows"][0]["n_drifted"], 0);
    assert!(
        report["drifted"].to_string().contains("species"),
        "{report}"
    );
    let id = report["replay_id"].as_str().expect("an id");
    let used = lab.json(&["data", "show", "penguins"]);
    assert_eq!(used["replays"][0], id);
    let lineage = lab.json(&["data", "lineage", &format!("replay:{id}")]);
    assert!(lineage.to_string().contains("penguins"), "{lineage}");
    let page = lab.path().with_file_name("replay.html");
    lab.json(&["report", id, "-o", text(&page)]);
    let html = std::fs::read_to_string(&page).expect("a page");
    assert!(html.contains("penguins@1"));
    assert_eq!(lab.assay(&["replay", text(&log)]).status, 2);
}

/// Until the file holds the text.
#[cfg(unix)]
fn wait_for(path: &Path, wanted: &str) {
    for _ in 0..600 {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.contains(wanted) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!(
        "{wanted} never came: {}",
        std::fs::read_to_string(path).unwrap_or_default()
    );
}

#[cfg(unix)]
#[test]
fn a_growing_log_is_followed_through_rotation_and_half_written_lines() {
    use std::io::Write;
    use std::process::{Command, Stdio};

    let lab = registered();
    let folder: PathBuf = lab.path().with_file_name("growing");
    std::fs::create_dir(&folder).expect("a folder");
    let (log, rotated) = (folder.join("log.jsonl"), folder.join("log.jsonl.1"));
    let append = |text: &str| {
        let file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&log);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("lines");
    };
    let text_of: Vec<String> = records()
        .into_iter()
        .map(|(_, record)| format!("{record}\n"))
        .collect();
    append(&text_of[..110].concat());
    let said = lab.path().with_file_name("said.txt");
    let mut child = lab
        .command()
        .args([
            "replay",
            text(&folder),
            "--model",
            "species",
            "--window",
            "50rows",
            "--follow",
        ])
        .stdout(std::fs::File::create(&said).expect("a file"))
        .stderr(Stdio::null())
        .spawn()
        .expect("assay starts");
    wait_for(&said, "window 2");
    // half a line, then the rest of it
    append(&text_of[110..160].concat());
    append(&text_of[160][..20]);
    wait_for(&said, "window 3");
    append(&text_of[160][20..]);
    append(&text_of[161..170].concat());
    // moved aside, and a new one begun
    std::fs::rename(&log, &rotated).expect("a rotation");
    append(&text_of[170..].concat());
    wait_for(&said, "window 6");
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupted.expect("kill").success());
    assert!(child.wait().expect("it ends").success());
    let replays = lab.json(&[
        "replay",
        text(&folder),
        "--model",
        "species",
        "--window",
        "50rows",
    ]);
    wait_for(&said, "344 rows in 7 windows");
    assert_eq!(replays["n_rows"], 344);
}
