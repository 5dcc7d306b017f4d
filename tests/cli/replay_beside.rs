//! What a replay sees besides the drift of columns: types, performance measured and estimated, concept drift.

use serde_json::Value;

use crate::support::TestLab;

const N_ROWS: usize = 2_000;
const N_WINDOW: usize = 200;

/// Numbers from 0 to 1 that look drawn (the fractional parts of multiples of the golden ratio and of another root).
fn drawn(row: usize, of: f64) -> f64 {
    (row as f64 * of).fract()
}

/// A truth that follows `x` in nine of ten rows; from `turned` on it is the other way round.
fn rows(from: usize, turned: usize, with_labels: bool) -> String {
    let mut text = String::from(if with_labels { "x,z,y\n" } else { "x,z\n" });
    for row in from..from + N_ROWS {
        let (x, z) = (drawn(row, 0.618_033_988_75), drawn(row, 0.414_213_562_37));
        let follows = drawn(row, 0.732_050_807_57) > 0.1;
        let truth = (x > 0.5) == (follows == (row - from < turned));
        text.push_str(&format!("{x:.6},{z:.6}"));
        if with_labels {
            text.push_str(if truth { ",yes" } else { ",no" });
        }
        text.push('\n');
    }
    text
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn metric(window: &Value, list: &str, name: &str) -> f64 {
    let found = window[list].as_array().into_iter().flatten();
    let found = found
        .into_iter()
        .find(|found| found["metric"] == name)
        .map(|found| number(&found["value"]));
    found.unwrap_or(f64::NAN)
}

#[test]
fn a_model_is_measured_estimated_and_watched_for_concept_drift() {
    let lab = TestLab::new();
    lab.import(&lab.file("signal.csv", rows(1, N_ROWS, true)), &[]);
    lab.register(
        "signal",
        &[
            "signal",
            "--target",
            "y",
            "--algorithm",
            "logistic_regression",
        ],
    );
    let half = N_ROWS / 2;
    let replay = |name: &str, text: String| {
        let log = lab.file(name, text);
        let log = log.to_str().expect("a path is text");
        let window = format!("{N_WINDOW}rows");
        lab.json(&["replay", log, "--model", "signal", "--window", &window])
    };
    let labelled = replay("labelled.csv", rows(5_000, half, true));
    let unlabelled = replay("unlabelled.csv", rows(5_000, half, false));

    let windows = labelled["windows"].as_array().expect("windows");
    assert_eq!(windows.len(), N_ROWS / N_WINDOW);
    for (index, window) in windows.iter().enumerate() {
        let measured = metric(window, "metrics", "accuracy");
        let estimated = metric(window, "estimates", "accuracy");
        assert_eq!(measured, number(&window["performance"]["value"]));
        assert!((estimated - 0.9).abs() < 0.06, "{index}: {estimated}");
        match index < windows.len() / 2 {
            true => assert!((measured - estimated).abs() < 0.1, "{index}: {measured}"),
            false => assert!(measured < 0.3, "{index}: {measured}"),
        }
        let other = &unlabelled["windows"][index];
        assert_eq!(other["estimates"], window["estimates"]);
        assert_eq!(other.get("metrics"), None);
    }
    assert_eq!(labelled["drifted"].to_string(), "[]", "no column shows it");

    let concept = labelled["concept"].as_array().expect("detectors");
    let names: Vec<&str> = concept
        .iter()
        .filter_map(|stream| stream["detector"]["kind"].as_str())
        .collect();
    assert_eq!(names, ["adwin", "ddm", "eddm"]);
    let adwin = concept[0]["detections"].as_array().expect("detections");
    let first = adwin.iter().find(|found| found["signal"] == "drift");
    let first = first.expect("ADWIN sees the turn");
    let row = number(&first["row"]) as usize;
    assert!((half..half + N_WINDOW).contains(&row), "{row}");
    assert_eq!(number(&first["window"]) as usize, (row - 1) / N_WINDOW);
    assert_eq!(unlabelled.get("concept"), None);
    let said = labelled["findings"].to_string();
    assert!(said.contains("accuracy was worse"), "{said}");
    assert!(said.contains("ADWIN saw the errors change"), "{said}");
}

#[test]
fn values_of_another_type_are_told_by_their_windows() {
    let lab = TestLab::new();
    lab.import(&lab.file("signal.csv", rows(1, N_ROWS, false)), &[]);
    let mut lines: Vec<String> = rows(5_000, N_ROWS, false)
        .lines()
        .map(str::to_owned)
        .collect();
    for line in lines.iter_mut().skip(1 + 3 * N_WINDOW).take(10) {
        *line = line.replacen("0.", "about 0.", 1);
    }
    let log = lab.file("log.csv", lines.join("\n"));
    let report = lab.json(&[
        "replay",
        log.to_str().expect("a path is text"),
        "--reference",
        "signal",
        "--window",
        &format!("{N_WINDOW}rows"),
    ]);
    let issues = report["quality"].as_array().expect("issues");
    let found = issues
        .iter()
        .find(|issue| issue["kind"] == "type_change")
        .expect("a changed type");
    assert_eq!(found["column"], "x");
    assert_eq!(found["windows"].to_string(), "[3]");
    assert_eq!(found["worst"]["n_rows"], 10);
    assert_eq!(
        found["worst"]["sentence"],
        "10 values of `x` (5.0 %) are not of the type that the reference holds."
    );
}

/// The errors of a model of numbers grow with a column that it knows: what is expected of windows with other values is what
/// their labels say, also where the models of the errors were asked about some of their rows only; and it travels with the
/// version to another lab.
#[test]
fn errors_of_numbers_are_expected_from_a_sample_of_the_rows() {
    const N: usize = 12_000;
    const WINDOW: usize = 6_000;
    let rows = |from: usize, of_window: &dyn Fn(usize) -> f64, with_labels: bool| {
        let mut text = String::from(if with_labels { "x,z,y\n" } else { "x,z\n" });
        for row in 0..N {
            let (x, z) = (
                drawn(from + row, 0.618_033_988_75),
                drawn(from + row, 0.414_213_562_37) * of_window(row / WINDOW),
            );
            let error = 4.0 * z * (drawn(from + row, 0.732_050_807_57) - 0.5);
            text.push_str(&format!("{x:.6},{z:.6}"));
            if with_labels {
                text.push_str(&format!(",{:.6}", 3.0 * x + error));
            }
            text.push('\n');
        }
        text
    };
    let lab = TestLab::new();
    lab.import(&lab.file("numbers.csv", rows(1, &|_| 1.0, true)), &[]);
    lab.register(
        "numbers",
        &["numbers", "--target", "y", "--algorithm", "ridge"],
    );
    // The second window has the small values of `z` alone.
    let moved = |window: usize| if window == 0 { 1.0 } else { 0.3 };
    let replay = |lab: &TestLab, name: &str, text: String| {
        let log = lab.file(name, text);
        let log = log.to_str().expect("a path is text");
        lab.json(&[
            "replay",
            log,
            "--model",
            "numbers",
            "--window",
            &format!("{WINDOW}rows"),
        ])
    };
    let labelled = replay(&lab, "labelled.csv", rows(50_000, &moved, true));
    let windows = labelled["windows"].as_array().expect("windows");
    assert_eq!(windows.len(), 2);
    for name in ["mae", "rmse"] {
        for window in windows {
            let (measured, expected) = (
                metric(window, "metrics", name),
                metric(window, "estimates", name),
            );
            let off = (measured - expected).abs() / measured;
            assert!(off < 0.15, "{name}: {measured} {expected}");
        }
        let [first, second] = [0, 1].map(|window| metric(&windows[window], "estimates", name));
        assert!(second < 0.5 * first, "{name}: {first} {second}");
    }
    let of_window = windows[0]["estimates"].as_array().expect("estimates");
    let mae = of_window
        .iter()
        .find(|estimate| estimate["metric"] == "mae");
    let error = number(&mae.expect("of the absolute error")["sampling_error"]);
    assert!(error > 0.0 && error < 0.02, "{error}");

    // The same rows give the same, without labels and in the lab that the version was taken to.
    let shared = lab.path().with_file_name("shared");
    let shared = shared.to_str().expect("text");
    std::fs::create_dir(shared).expect("a folder");
    lab.json(&["model", "push", "numbers", shared]);
    let other = TestLab::new();
    other.json(&["model", "pull", shared]);
    let unlabelled = replay(&other, "unlabelled.csv", rows(50_000, &moved, false));
    for (window, own) in unlabelled["windows"]
        .as_array()
        .expect("windows")
        .iter()
        .zip(windows)
    {
        assert_eq!(window["estimates"], own["estimates"]);
        assert_eq!(window["performance"], Value::Null);
    }
}
