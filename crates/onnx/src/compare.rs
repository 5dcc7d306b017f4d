//! Two predictions of the same rows, side by side.

mod parts;

use std::cmp::Ordering;

use assay_core::matrix::Prediction;
use assay_core::parity::{Differences, PARITY_SCHEMA, ParityReport, TOLERANCE};
use assay_core::profile::Histogram;

pub use parts::{compare_adversarial, compare_slices};

use crate::error::Error;

/// How many of the worst rows are named.
const N_WORST: usize = 10;
/// The histogram's edges run from −12 to 0 in steps of one half; smaller and larger differences fall into the
/// outermost bins.
const FIRST_EDGE: f64 = -12.0;
const EDGE_STEP: f64 = 0.5;
const N_BINS: usize = 24;

/// Compares our own predictions with those of a session on the same rows.
///
/// It passes when there is at least one row, no row has another label, and no difference |a − b| / max(1, |a|) is over
/// [`TOLERANCE`]. A value that is not finite on either side counts as the largest difference there is. A row is exact
/// when both answers are the same 32-bit numbers, which is what the graph answers in. `runtime` is written down as it
/// is, for example `onnxruntime 1.31.1`.
///
/// # Errors
/// [`Error::Compare`] when the two differ in kind, rows or classes.
pub fn compare(
    ours: &Prediction,
    theirs: &Prediction,
    runtime: &str,
) -> Result<ParityReport, Error> {
    let rows = differences(ours, theirs)?;
    let all = summary(rows.iter());
    Ok(ParityReport {
        schema: PARITY_SCHEMA,
        rows: all.rows,
        max_abs_diff: all.max_abs_diff,
        max_rel_diff: all.max_rel_diff,
        label_flips: all.label_flips,
        tolerance: TOLERANCE,
        passed: all.passed,
        n_exact: all.n_exact,
        log10_differences: Histogram {
            edges: (0..=N_BINS)
                .map(|edge| FIRST_EDGE + EDGE_STEP * edge as f64)
                .collect(),
            counts: all.log10_counts,
        },
        worst_rows: worst(&rows),
        runtime: runtime.to_owned(),
        parts: None,
    })
}

/// The same in a few figures.
///
/// # Errors
/// As [`compare`].
pub fn compare_all(ours: &Prediction, theirs: &Prediction) -> Result<Differences, Error> {
    Ok(summary(differences(ours, theirs)?.iter()))
}

fn summary<'a>(rows: impl Iterator<Item = &'a Row>) -> Differences {
    let mut all = Differences {
        log10_counts: vec![0; N_BINS],
        ..Differences::default()
    };
    for row in rows {
        all.rows += 1;
        all.max_abs_diff = all.max_abs_diff.max(row.absolute);
        all.max_rel_diff = all.max_rel_diff.max(row.relative);
        all.label_flips += u64::from(row.flipped);
        all.n_exact += u64::from(row.exact);
        if !row.exact {
            all.log10_counts[bin(row.absolute)] += 1;
        }
    }
    all.passed = all.rows > 0 && all.label_flips == 0 && all.max_rel_diff <= TOLERANCE;
    all
}

/// What one row shows.
struct Row {
    absolute: f64,
    relative: f64,
    exact: bool,
    flipped: bool,
}

fn differences(ours: &Prediction, theirs: &Prediction) -> Result<Vec<Row>, Error> {
    if ours.n_rows() != theirs.n_rows() {
        return Err(Error::Compare(format!(
            "{} rows against {}",
            ours.n_rows(),
            theirs.n_rows()
        )));
    }
    match (ours, theirs) {
        (Prediction::Values(ours), Prediction::Values(theirs)) => Ok(ours
            .iter()
            .zip(theirs)
            .map(|(&a, &b)| row(&[a], &[b], false))
            .collect()),
        (
            Prediction::Classes {
                indices,
                probabilities,
                n_classes,
            },
            Prediction::Classes {
                indices: their_indices,
                probabilities: their_probabilities,
                n_classes: their_n_classes,
            },
        ) => {
            let n_values = indices.len() * n_classes;
            if n_classes != their_n_classes
                || probabilities.len() != n_values
                || their_probabilities.len() != n_values
            {
                return Err(Error::Compare(format!(
                    "{} probabilities of {n_classes} classes against {} of {their_n_classes}",
                    probabilities.len(),
                    their_probabilities.len()
                )));
            }
            let width = (*n_classes).max(1);
            Ok(probabilities
                .chunks(width)
                .zip(their_probabilities.chunks(width))
                .zip(indices.iter().zip(their_indices))
                .map(|((a, b), (index, their_index))| row(a, b, index != their_index))
                .collect())
        }
        (
            Prediction::Coordinates {
                values,
                n_components,
            },
            Prediction::Coordinates {
                values: theirs,
                n_components: their_n_components,
            },
        ) => {
            if n_components != their_n_components {
                return Err(Error::Compare(format!(
                    "{n_components} coordinates against {their_n_components}"
                )));
            }
            let width = (*n_components).max(1);
            let pairs = values.chunks(width).zip(theirs.chunks(width));
            Ok(pairs.map(|(a, b)| row(a, b, false)).collect())
        }
        _ => Err(Error::Compare(
            "answers of one kind against answers of another".to_owned(),
        )),
    }
}

fn row(ours: &[f64], theirs: &[f64], flipped: bool) -> Row {
    let mut row = Row {
        absolute: 0.0,
        relative: 0.0,
        exact: !flipped,
        flipped,
    };
    for (&a, &b) in ours.iter().zip(theirs) {
        let (absolute, relative) = if a.is_finite() && b.is_finite() {
            let absolute = (a - b).abs().min(f64::MAX);
            (absolute, absolute / a.abs().max(1.0))
        } else {
            (f64::MAX, f64::MAX)
        };
        row.absolute = row.absolute.max(absolute);
        row.relative = row.relative.max(relative);
        row.exact &= absolute < f64::MAX && a as f32 == b as f32;
    }
    row
}

fn bin(absolute: f64) -> usize {
    // A difference of 0 is −inf here and falls into the first bin: a flipped label with equal probabilities.
    let position = (absolute.log10() - FIRST_EDGE) / EDGE_STEP;
    (position.max(0.0) as usize).min(N_BINS - 1)
}

/// 1-based; other labels first, then by the relative difference.
fn worst(rows: &[Row]) -> Vec<u64> {
    let mut differing: Vec<usize> = (0..rows.len()).filter(|&row| !rows[row].exact).collect();
    differing.sort_by(|&a, &b| worse_first(&rows[a], &rows[b]).then(a.cmp(&b)));
    differing
        .into_iter()
        .take(N_WORST)
        .map(|row| row as u64 + 1)
        .collect()
}

fn worse_first(a: &Row, b: &Row) -> Ordering {
    let by_relative = b.relative.partial_cmp(&a.relative);
    b.flipped
        .cmp(&a.flipped)
        .then(by_relative.unwrap_or(Ordering::Equal))
}
