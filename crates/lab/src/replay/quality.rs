//! Data quality over all windows: one issue a column and kind, of what alerts alone.

use assay_core::drift::ColumnSketch;
use assay_core::drift::quality::{
    QualityFinding, QualityKind, QualityLimits, column_quality, unreadable, volume,
};
use assay_core::replay::{DriftReport, QualityIssue, WindowReport};

use super::accumulation::Rows;
use super::panes::Cut;
use super::tallies::PaneRows;

/// A rise of the missing share up to it is never an alert.
const MIN_MISSING_RISE: f64 = 0.01;
/// Windows by time that a volume is compared with at least.
const MIN_EARLIER: usize = 5;

/// How many values of a pane are not of their column's type, by place; empty where all are.
#[derive(Clone, Default)]
pub struct Unreadable {
    by_column: Vec<u64>,
}

impl Unreadable {
    pub fn of(rows: &PaneRows<'_>) -> Self {
        let columns = &rows.known.unreadable;
        if columns.iter().all(Vec::is_empty) {
            return Self::default();
        }
        let held = |found: &Vec<usize>| match rows.rows {
            Rows::Range(range) => {
                let to = |row: usize| found.partition_point(|other| *other < row);
                (to(range.end) - to(range.start)) as u64
            }
            Rows::Some(some) => {
                let there = found.iter().filter(|row| some.binary_search(row).is_ok());
                there.count() as u64
            }
        };
        Self {
            by_column: columns.iter().map(held).collect(),
        }
    }

    pub fn merge(&mut self, other: &Self) {
        if self.by_column.is_empty() {
            self.by_column.clone_from(&other.by_column);
            return;
        }
        for (ours, theirs) in self.by_column.iter_mut().zip(&other.by_column) {
            *ours += theirs;
        }
    }
}

/// What alerts in one of `n_windows`; the features stand by place in all three.
pub fn of_window(
    references: &[ColumnSketch],
    sketches: &[ColumnSketch],
    unread: &Unreadable,
    n_windows: usize,
) -> Vec<QualityFinding> {
    let limits = QualityLimits {
        min_missing_rise: MIN_MISSING_RISE,
        n_comparisons: (n_windows * references.len()) as u64,
    };
    let columns = references.iter().zip(sketches);
    let of_values = columns
        .flat_map(|(reference, sketch)| column_quality(reference, sketch, limits))
        .filter(|finding| finding.alert);
    let of_types = sketches.iter().zip(&unread.by_column);
    of_values
        .chain(of_types.filter_map(|(sketch, n_unreadable)| unreadable(sketch, *n_unreadable)))
        .collect()
}

/// Puts what the sketches say against other features in the place of what was found; types of single values and numbers of
/// rows have nothing to do with the reference. `sketches`: by window, the features first.
pub fn against_another(
    report: &mut DriftReport,
    features: &[ColumnSketch],
    sketches: &[Option<Vec<ColumnSketch>>],
) {
    let n_windows = report.windows.len();
    let windows = report.windows.iter().zip(sketches);
    let found = windows.map(|(window, sketches)| match sketches {
        Some(sketches) if !window.is_too_small => {
            let mut found = of_window(features, sketches, &Unreadable::default(), n_windows);
            found.retain(|finding| finding.kind != QualityKind::TypeChange);
            found
        }
        _ => Vec::new(),
    });
    let found = found.collect();
    let is_kept = |kind| matches!(kind, QualityKind::TypeChange | QualityKind::Volume);
    report.quality.retain(|issue| is_kept(issue.kind));
    let new = issues(found, &report.windows, &Cut::Version);
    report.quality.extend(new);
}

/// `found`: by window.
pub fn issues(
    found: Vec<Vec<QualityFinding>>,
    windows: &[WindowReport],
    cut: &Cut,
) -> Vec<QualityIssue> {
    let mut issues: Vec<QualityIssue> = Vec::new();
    let of_columns = (0..).zip(found).flat_map(|(window, findings)| {
        let findings = findings.into_iter();
        findings.map(move |finding| (window, finding))
    });
    for (window, finding) in of_columns.chain(volumes(windows, cut)) {
        let known = issues
            .iter_mut()
            .find(|issue| issue.kind == finding.kind && issue.column == finding.column);
        match known {
            Some(issue) => {
                issue.windows.push(window);
                if badness(&finding) > badness(&issue.worst) {
                    issue.worst_window = window;
                    issue.worst = finding;
                }
            }
            None => issues.push(QualityIssue {
                kind: finding.kind,
                column: finding.column.clone(),
                windows: vec![window],
                worst_window: window,
                worst: finding,
            }),
        }
    }
    issues
}

/// Rows of a window by time against those before it. The first and the last are cut off by the ends of the log, and so
/// neither judged nor compared with; a gap between them holds 0 rows.
fn volumes(windows: &[WindowReport], cut: &Cut) -> Vec<(u32, QualityFinding)> {
    let is_by_time = matches!(cut, Cut::Time(_) | Cut::Calendar(_));
    if !is_by_time || windows.len() < MIN_EARLIER + 3 {
        return Vec::new();
    }
    let whole = windows.get(1..windows.len() - 1).unwrap_or_default();
    let counts: Vec<u64> = whole.iter().map(|window| window.n_rows).collect();
    let judged = (MIN_EARLIER..counts.len()).filter_map(|at| {
        let finding = volume(counts.get(..at)?, *counts.get(at)?)?;
        Some((whole.get(at)?.index, finding))
    });
    judged.filter(|(_, finding)| finding.alert).collect()
}

/// Of the same kind and column, how far it is from the reference.
fn badness(finding: &QualityFinding) -> f64 {
    match finding.kind {
        QualityKind::Volume => finding.share.max(f64::MIN_POSITIVE).ln().abs(),
        QualityKind::Missing
        | QualityKind::Unseen
        | QualityKind::OutOfRange
        | QualityKind::TypeChange => finding.share - finding.reference_share,
    }
}

#[cfg(test)]
mod tests {
    use assay_core::replay::WindowSpec;

    use super::*;

    #[test]
    fn a_day_with_few_rows_is_told_once_there_are_days_to_compare_with() {
        let cut = |window: &str| {
            let window: WindowSpec = window.parse().expect("a window");
            Cut::of(Some(&window)).expect("a cut")
        };
        let cases: [(&str, &[u64], &[u32]); 5] = [
            ("1d", &[10, 100, 100, 100, 100, 100, 100, 3], &[]),
            ("1d", &[10, 100, 100, 100, 100, 100, 20, 100, 3], &[6]),
            ("1d", &[10, 100, 100, 100, 100, 100, 0, 100, 3], &[6]),
            ("1d", &[100, 100, 20, 100, 100, 100], &[]),
            ("100rows", &[10, 100, 100, 100, 100, 100, 20, 100, 3], &[]),
        ];
        for (window, rows, wanted) in cases {
            let windows: Vec<WindowReport> = (0..)
                .zip(rows)
                .map(|(index, n_rows)| {
                    let window = serde_json::json!({
                        "index": index, "first_row": 0, "last_row": 0, "start_ms": null, "end_ms": null,
                        "n_rows": n_rows, "columns": [], "n_drifted": 0, "performance": null,
                    });
                    serde_json::from_value(window).expect("a window")
                })
                .collect();
            let found = issues(Vec::new(), &windows, &cut(window));
            let found: Vec<u32> = found.into_iter().flat_map(|issue| issue.windows).collect();
            assert_eq!(found, wanted, "{window} {rows:?}");
        }
    }
}
