//! How much each row counts in a fit.

use assay_core::RawValues;
use assay_core::code::Code;
use assay_core::recipe::InputColumn;
use assay_core::schema::ColumnType;
use assay_frame::{Frame, TargetColumn};

use crate::error::Cause;

/// The weights of the target's rows, from a column.
///
/// # Errors
/// The target itself, a column without numbers, or a weight that is missing, negative or not finite.
pub fn of_column(
    frame: &Frame,
    column: &str,
    target_name: &str,
    target: &TargetColumn,
) -> Result<Vec<f32>, Cause> {
    if column == target_name {
        return Err(Cause::with_hint(
            Code::Invalid,
            "the target cannot weigh the rows",
            "choose another column of weights",
        ));
    }
    let input = InputColumn {
        name: column.to_owned(),
        kind: ColumnType::Float,
    };
    let columns = assay_frame::raw_columns(frame, &target.rows, std::slice::from_ref(&input))?;
    let numbers = match columns
        .columns
        .into_iter()
        .next()
        .map(|column| column.values)
    {
        Some(RawValues::Numbers(numbers)) => numbers,
        _ => Vec::new(),
    };
    let usable = |weight: &f64| weight.is_finite() && *weight >= 0.0;
    if let Some(place) = numbers.iter().position(|weight| !usable(weight)) {
        let row = target.rows.get(place).map_or(0, |row| row + 1);
        return Err(Cause::with_hint(
            Code::Invalid,
            format!("row {row} has no weight from 0 up in `{column}`"),
            "fill the column, or choose another one",
        ));
    }
    Ok(numbers.into_iter().map(|weight| weight as f32).collect())
}

/// The weights of some rows, which must not all be 0.
pub fn take(weights: Option<&[f32]>, rows: &[usize]) -> Result<Option<Vec<f32>>, Cause> {
    let Some(weights) = weights else {
        return Ok(None);
    };
    let taken: Vec<f32> = rows
        .iter()
        .filter_map(|&row| weights.get(row).copied())
        .collect();
    if taken.iter().all(|&weight| weight == 0.0) {
        return Err(Cause::with_hint(
            Code::Invalid,
            "all rows that train have the weight 0",
            "choose another column of weights, or another split",
        ));
    }
    Ok(Some(taken))
}
