//! Drift that no column shows: columns that keep their values and let go of each other.

use serde_json::Value;

use crate::support::TestLab;

/// Whole numbers that look drawn at random, the same on every machine.
struct Draw(u64);

impl Draw {
    fn share(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// `pressure` follows `heat` by the correlation given; `load` and `site` stand for themselves.
fn table(seed: u64, n_rows: usize, correlation: f64) -> String {
    let mut draw = Draw(seed);
    let mut text = "heat,pressure,load,site\n".to_owned();
    for _ in 0..n_rows {
        let heat = draw.normal();
        let beside = (1.0 - correlation * correlation).sqrt() * draw.normal();
        let pressure = correlation * heat + beside;
        let load = draw.share();
        let site = if draw.share() < 0.7 { "north" } else { "south" };
        text += &format!("{heat:.6},{pressure:.6},{load:.6},{site}\n");
    }
    text
}

fn replayed(lab: &TestLab, log: &str, more: &[&str]) -> Value {
    let path = lab.path().with_file_name(log);
    let path = path.to_str().expect("a path is text");
    let call = [
        "replay",
        path,
        "--reference",
        "plant",
        "--window",
        "500rows",
    ];
    lab.json(&[&call, more].concat())
}

/// How many windows have a value at `path`, and how many of those alert.
fn alerts(report: &Value, measure: &str) -> (usize, usize) {
    let windows = report["windows"].as_array().expect("windows");
    let found: Vec<&Value> = windows
        .iter()
        .map(|window| &window["multivariate"][measure])
        .filter(|found| !found.is_null())
        .collect();
    let alerting = found.iter().filter(|found| found["alert"] == true);
    (found.len(), alerting.count())
}

#[test]
fn columns_that_let_go_of_each_other_are_seen_where_none_of_them_drifts() {
    let lab = TestLab::new();
    let known = lab.file("plant.csv", table(1, 6_000, 0.9));
    lab.import(&known, &[]);
    lab.file("same.csv", table(2, 4_020, 0.9));
    lab.file("apart.csv", table(3, 4_020, 0.1));
    let measures = ["reconstruction", "correlation", "domain"];

    // The last window holds 20 rows, which are too few to judge.
    let same = replayed(&lab, "same.csv", &["--domain-classifier"]);
    assert_eq!(measures.map(|measure| alerts(&same, measure)), [(8, 0); 3]);
    let apart = replayed(&lab, "apart.csv", &["--domain-classifier"]);
    assert_eq!(measures.map(|measure| alerts(&apart, measure)), [(8, 8); 3]);
    for report in [&same, &apart] {
        assert_eq!(report["drifted"], Value::Array(Vec::new()));
    }
    let pair = &apart["windows"][0]["multivariate"]["correlation"]["pairs"][0];
    assert_eq!(
        (&pair["first"], &pair["second"]),
        (&"heat".into(), &"pressure".into())
    );

    // Slow, and therefore not unasked.
    let plain = replayed(&lab, "apart.csv", &[]);
    assert_eq!(alerts(&plain, "domain"), (0, 0));
    assert_eq!(alerts(&plain, "correlation"), (8, 8));
    // NannyML's limits are of longer stretches, and the same for every window.
    let theirs = replayed(&lab, "apart.csv", &["--mode", "nanny_ml"]);
    assert_eq!(alerts(&theirs, "reconstruction"), (8, 8));
    let limits =
        |window: usize| &theirs["windows"][window]["multivariate"]["correlation"]["limits"];
    assert_eq!(limits(0), limits(7));
}
