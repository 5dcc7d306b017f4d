//! Which rows may train, which test, and which belong together.

use assay_core::split::{self, HoldOut, SplitRows};
use assay_core::train::SplitSpec;
use assay_core::words::counted;
use assay_frame::{Frame, TargetColumn};

use crate::error::Cause;

/// The split of a run, and what its folds need to know of the rows. Rows are positions in the target's rows.
#[derive(Debug)]
pub struct Division {
    pub hold_out: HoldOut,
    /// Per position; a row without a group has a code of its own.
    groups: Option<Vec<u32>>,
    /// Per position; rows without a time are on no side.
    times: Option<Vec<i64>>,
}

impl Division {
    /// Also says in `warnings` what was left out.
    pub fn new(
        frame: &Frame,
        target: &TargetColumn,
        spec: &SplitSpec,
        seed: u64,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Cause> {
        let groups = match &spec.group {
            Some(column) if spec.method.is_grouped() => {
                Some(groups(&assay_frame::group_codes(frame, column)?, target))
            }
            _ => None,
        };
        let mut rows: Vec<usize> = (0..target.target.n_rows()).collect();
        let times = match &spec.time {
            Some(column) if spec.method == assay_core::train::SplitMethod::Time => {
                let times = of_rows(&assay_frame::row_times(frame, column)?, target);
                rows.retain(|&position| times.get(position).copied().flatten().is_some());
                let n_without = times.len() - rows.len();
                if n_without > 0 {
                    warnings.push(format!(
                        "{} without a value of `{column}` left out",
                        counted(n_without as u64, "row was", "rows were")
                    ));
                }
                Some(
                    times
                        .into_iter()
                        .map(|time| time.unwrap_or(i64::MAX))
                        .collect(),
                )
            }
            _ => None,
        };
        let division = Self {
            hold_out: HoldOut {
                train: Vec::new(),
                test: Vec::new(),
            },
            groups,
            times,
        };
        let hold_out = split::hold_out(&division.rows(target, &rows), spec, seed)?;
        Ok(Self {
            hold_out,
            ..division
        })
    }

    pub fn rows<'a>(&'a self, target: &'a TargetColumn, rows: &'a [usize]) -> SplitRows<'a> {
        SplitRows {
            target: &target.target,
            rows,
            groups: self.groups.as_deref(),
            times: self.times.as_deref(),
        }
    }

    /// Positions from the earliest to the latest.
    pub fn by_time(&self, rows: &[usize]) -> Vec<usize> {
        let mut rows = rows.to_vec();
        match &self.times {
            Some(times) => rows.sort_by_key(|&row| (times.get(row).copied(), row)),
            None => rows.sort_unstable(),
        }
        rows
    }
}

fn of_rows<T: Copy>(values: &[Option<T>], target: &TargetColumn) -> Vec<Option<T>> {
    target
        .rows
        .iter()
        .map(|&row| values.get(row).copied().flatten())
        .collect()
}

fn groups(codes: &[Option<u32>], target: &TargetColumn) -> Vec<u32> {
    let mut next = codes.iter().flatten().max().map_or(0, |&code| code + 1);
    of_rows(codes, target)
        .into_iter()
        .map(|code| {
            code.unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        })
        .collect()
}
