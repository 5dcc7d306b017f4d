//! A report is small enough to mail, whatever was replayed.

use serde_json::{Value as Json, json};

use super::super::page;
use super::*;

/// In the first half nothing happens, in the second one of three columns drifts.
fn cell(place: usize, window: usize, n_windows: usize) -> Json {
    let is_drifted = window > n_windows / 2 && place.is_multiple_of(3);
    let noise = ((place * 7_919 + window * 104_729) % 1_000) as f64 / 1_000.0;
    let distance = if is_drifted {
        0.1 + 0.9 * noise
    } else {
        0.1 * noise
    };
    json!({
        "column": format!("column_{place}_of_a_rather_long_name"),
        "n_rows": 1_000, "n_missing": 3, "missing_rise": 0.0, "statistic": distance, "effect": distance,
        "jensen_shannon": distance, "limit": 0.1, "warning_limit": 0.05, "psi": null, "ks_statistic": null,
        "wasserstein": null, "chi_square": null, "p_value": 0.01, "p_adjusted": 0.02, "n_outside": 0, "n_unseen": 0,
        "verdict": if is_drifted { "drifted" } else { "stable" },
        "reason": format!("distance {distance:.3} and <b>p</b> 0.02"),
    })
}

fn window(index: usize, n_columns: usize, n_windows: usize) -> Json {
    let wave = (index as f64 / 20.0).sin();
    let value = 0.8 + 0.1 * wave;
    let error = 1.0 + 0.3 * wave;
    let estimate = |metric: &str| {
        json!({
            "metric": metric, "value": value + 0.02, "sampling_error": 0.01, "low": value - 0.01, "high": value + 0.05,
            "limits": null, "alert": false,
        })
    };
    let estimates: Vec<Json> = ["accuracy", "roc_auc", "f1"].map(estimate).to_vec();
    json!({
        "index": index, "first_row": index * 1_000 + 1, "last_row": (index + 1) * 1_000, "start_ms": null, "end_ms": null,
        "n_rows": 1_000, "n_drifted": 0,
        "columns": (0..n_columns).map(|place| cell(place, index, n_windows)).collect::<Vec<_>>(),
        "performance": { "value": value, "low": value - 0.03, "high": value + 0.03, "n": 1_000 },
        "estimates": estimates,
        "multivariate": {
            "reconstruction": { "n_rows": 1_000, "error": error, "sampling_error": 0.01, "low": error - 0.03,
                "high": error + 0.03, "limits": { "low": 0.8, "high": 1.1 }, "alert": error > 1.1 },
            "correlation": { "n_rows": 1_000, "statistic": error / 4.0, "limits": { "low": null, "high": 0.3 },
                "alert": error > 1.1, "pairs": [{ "first": "heat", "second": "pressure", "reference": 0.9, "window": 0.1,
                "p_value": 0.0, "p_adjusted": 0.0 }] },
            "domain": { "n_reference": 1_000, "n_window": 1_000, "roc_auc": value, "limits": { "low": null, "high": 0.65 },
                "alert": true },
        },
    })
}

fn report(n_columns: usize, n_windows: usize) -> DriftReport {
    let columns = (0..n_columns).map(|place| {
        json!({
            "name": format!("column_{place}_of_a_rather_long_name"), "role": "feature", "numeric": true, "constant": false,
            "n_drifted_windows": if place % 3 == 0 { n_windows / 2 } else { 0 },
            "first_drifted_window": if place % 3 == 0 { Json::from(n_windows / 2) } else { Json::Null },
        })
    });
    let many = |text: &str| -> Vec<String> {
        (0..500)
            .map(|n| format!("{text} {n}: {}", "word ".repeat(90)))
            .collect()
    };
    let quality = (0..500).map(|n| {
        json!({
            "kind": "missing", "column": format!("column_{n}"), "windows": (0..n_windows).collect::<Vec<_>>(),
            "worst_window": 1,
            "worst": { "kind": "missing", "column": null, "n_rows": 10, "share": 0.2, "reference_share": 0.0, "limit": 0.1,
                "alert": true, "sentence": "a fifth of the rows is missing" },
        })
    });
    let report = json!({
        "schema": 1, "replay_id": "r", "model": { "model": "plant", "version": 3 }, "logs": ["log.csv"],
        "rule": drift::DriftRule::default(), "window": "1000rows", "n_rows": n_windows * 1_000, "n_reference_rows": 100_000,
        "performance_metric": "accuracy", "performance": 0.8, "test_performance": 0.85,
        "columns": columns.collect::<Vec<_>>(),
        "windows": (0..n_windows).map(|index| window(index, n_columns, n_windows)).collect::<Vec<_>>(),
        "drifted": ["column_0_of_a_rather_long_name"], "first_drifted_window": n_windows / 2,
        "verdict": "Drifted in the second half", "warnings": many("a warning"), "findings": many("a finding"),
        "quality": quality.collect::<Vec<_>>(),
        "concept": [{ "detector": { "kind": "adwin" }, "n_rows": 1_000, "n_drifts": 1, "n_warnings": 0,
            "detections": [{ "row": 5_000, "window": n_windows / 2, "signal": "drift" }] }],
        "created_ms": 0, "duration_secs": 1.0,
    });
    serde_json::from_value(report).expect("a report")
}

fn html(report: &DriftReport) -> String {
    let mut picture = Picture::default();
    let section = section(report, &mut picture).expect("a section");
    page(
        "Replay",
        "today",
        vec![],
        Value::UNDEFINED,
        vec![],
        vec![section],
        &picture,
    )
    .expect("a page")
}

#[test]
fn a_report_is_under_two_megabytes_for_any_size() {
    for (n_columns, n_windows) in [(4, 12), (200, 500), (8, 10_000)] {
        let html = html(&report(n_columns, n_windows));
        assert!(
            html.len() < 2_000_000,
            "{n_columns} columns, {n_windows} windows: {} bytes",
            html.len()
        );
        // Every part is there, what columns are called is escaped, and the pictures follow light and dark.
        for part in [
            "Drifted in the second half",
            "a finding 7",
            "a warning 7",
            "Performance",
            "Concept drift",
            "ADWIN",
            "All columns together",
            "Data quality",
            "heat and pressure, from 0.9 to 0.1",
            "&lt;b&gt;p",
            "var(--k0)",
            "prefers-color-scheme: dark",
        ] {
            assert!(html.contains(part), "{part}");
        }
        let is_less = html.contains("each cell is the worst of");
        assert_eq!(is_less, n_windows > 150, "what is drawn as one is said");
    }
}
