//! The comparison by kind of adversarial rows, and by slice of the test rows.

use assay_core::Columns;
use assay_core::adversarial::{AdversarialKind, AdversarialRows};
use assay_core::matrix::Prediction;
use assay_core::parity::{AdversarialPart, ParitySlice};
use assay_core::result::parts;

use super::{Row, differences, summary, worse_first};
use crate::error::Error;

/// Slices that a report keeps.
const MAX_SLICES: usize = 100;

/// The differences by what is wrong with a row, of the kinds that there are.
///
/// # Errors
/// As [`super::compare`].
pub fn compare_adversarial(
    rows: &AdversarialRows,
    ours: &Prediction,
    theirs: &Prediction,
) -> Result<Vec<AdversarialPart>, Error> {
    let compared = differences(ours, theirs)?;
    let of_kind = |kind: AdversarialKind| {
        let mut of_kind: Vec<(usize, &Row)> = compared
            .iter()
            .enumerate()
            .filter(|(row, _)| rows.kinds.get(*row) == Some(&kind))
            .collect();
        // Stable: of rows that differ alike the first is named.
        of_kind.sort_by(|(_, a), (_, b)| worse_first(a, b));
        let (worst, _) = *of_kind.first()?;
        Some(AdversarialPart {
            kind,
            differences: summary(of_kind.iter().map(|(_, row)| *row)),
            worst: rows.changes.get(worst).cloned().unwrap_or_default(),
        })
    };
    Ok(AdversarialKind::ALL
        .into_iter()
        .filter_map(of_kind)
        .collect())
}

/// The differences by the commonest values of each column and by quartiles of numbers, the largest first.
///
/// # Errors
/// As [`super::compare`].
pub fn compare_slices(
    columns: &Columns,
    ours: &Prediction,
    theirs: &Prediction,
) -> Result<Vec<ParitySlice>, Error> {
    let compared = differences(ours, theirs)?;
    let mut slices = Vec::new();
    for column in &columns.columns {
        for (label, rows) in parts(&column.values) {
            slices.push(ParitySlice {
                column: column.name.clone(),
                label,
                differences: summary(rows.iter().filter_map(|&row| compared.get(row))),
            });
        }
    }
    // Stable: slices that differ alike stay in the order of the columns.
    slices.sort_by(|a, b| {
        let (a, b) = (&a.differences, &b.differences);
        b.label_flips
            .cmp(&a.label_flips)
            .then(b.max_rel_diff.total_cmp(&a.max_rel_diff))
    });
    slices.truncate(MAX_SLICES);
    Ok(slices)
}
