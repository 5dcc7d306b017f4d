//! Columns, windows and verdicts for the tests on drift.

use assay_core::drift::{
    ColumnDrift, ColumnSketch, DriftRule, compare_column, judge, sketch_column,
};
use assay_core::matrix::RawValues;
use assay_core::replay::WindowReport;

pub fn numbers(name: &str, values: &[f64]) -> ColumnSketch {
    sketch_column(name, &RawValues::Numbers(values.to_vec()))
}

pub fn texts(values: &[&str]) -> RawValues {
    RawValues::Texts(values.iter().map(|v| Some((*v).to_owned())).collect())
}

pub fn ramp(n: usize) -> Vec<f64> {
    (0..n).map(|i| i as f64 / n as f64).collect()
}

pub fn judged(reference: &ColumnSketch, window: &RawValues) -> ColumnDrift {
    let mut columns = [compare_column(reference, window)];
    judge(
        &mut columns,
        std::slice::from_ref(reference),
        &DriftRule::default(),
    );
    let [column] = columns;
    column
}

pub fn window(n_rows: u64) -> WindowReport {
    WindowReport {
        index: 25,
        first_row: 1,
        last_row: n_rows,
        start_ms: None,
        end_ms: None,
        n_rows,
        label: None,
        n_late: 0,
        is_too_small: false,
        columns: vec![],
        n_drifted: 0,
        performance: None,
        metrics: vec![],
        estimates: vec![],
        multivariate: None,
        latency: None,
    }
}
