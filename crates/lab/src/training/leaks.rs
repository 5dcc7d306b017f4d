//! Whether the test flatters the model: looked for in every run, before the model is fitted.

use assay_core::leakage::{self, Leak};
use assay_core::schema::ColumnType;
use assay_core::train::{SplitMethod, TrainSpec};
use assay_core::{Columns, Target};

use super::Plan;
use crate::error::Cause;

/// Training rows that are looked at for the target in a column.
const MAX_ROWS: usize = 50_000;
/// A column names groups when it has at least so many of them, and twice as many rows.
const FEWEST_GROUPS: usize = 20;
/// Last words of the names of columns that name groups.
const GROUP_WORDS: [&str; 19] = [
    "id",
    "identifier",
    "uuid",
    "guid",
    "key",
    "patient",
    "subject",
    "participant",
    "person",
    "customer",
    "client",
    "user",
    "member",
    "account",
    "household",
    "family",
    "session",
    "device",
    "employee",
];

/// The two sides of a split as the model sees them.
pub struct Sides<'a> {
    pub train: (&'a Columns, &'a Target),
    pub test: (&'a Columns, &'a Target),
    /// 0-based rows of the version.
    pub train_rows: &'a [usize],
    pub test_rows: &'a [usize],
}

impl Plan {
    pub fn leaks(&self, spec: &TrainSpec, sides: &Sides<'_>) -> Result<Vec<Leak>, Cause> {
        // Without a target nothing is tested that could be flattered.
        if matches!(sides.train.1, Target::Nothing { .. }) {
            return Ok(Vec::new());
        }
        let mut leaks = target_leaks(sides);
        leaks.extend(leakage::duplicate_rows(sides.train, sides.test));
        leaks.extend(self.group_leaks(spec, sides)?);
        leaks.extend(self.time_leak(spec, sides)?);
        Ok(leaks)
    }

    fn group_leaks(&self, spec: &TrainSpec, sides: &Sides<'_>) -> Result<Vec<Leak>, Cause> {
        let split = &spec.split;
        // Rows of one group at different times are what a split by time is about.
        if split.method == SplitMethod::Time {
            return Ok(Vec::new());
        }
        let mut leaks = Vec::new();
        for column in &self.version.columns.columns {
            let is_named = split.group.as_deref() == Some(&column.name);
            let is_kept = is_named && split.method.is_grouped();
            let may_be = matches!(column.kind, ColumnType::Integer | ColumnType::Text)
                && names_groups(&column.name)
                && column.name != spec.target;
            if is_kept || !(is_named || may_be) {
                continue;
            }
            let codes = assay_frame::group_codes(&self.frame, &column.name)?;
            let n_groups = codes
                .iter()
                .flatten()
                .max()
                .map_or(0, |&code| code as usize + 1);
            let n_rows = codes.iter().flatten().count();
            if is_named || (n_groups >= FEWEST_GROUPS && n_rows >= 2 * n_groups) {
                leaks.extend(leakage::group_over_split(
                    &column.name,
                    &codes,
                    sides.train_rows,
                    sides.test_rows,
                ));
            }
        }
        Ok(leaks)
    }

    /// The first column of times in which the future trains.
    fn time_leak(&self, spec: &TrainSpec, sides: &Sides<'_>) -> Result<Option<Leak>, Cause> {
        let by_column = spec.split.method == SplitMethod::Time && spec.split.time.is_some();
        if by_column {
            return Ok(None);
        }
        for column in &self.version.columns.columns {
            if !matches!(column.kind, ColumnType::Date | ColumnType::Datetime) {
                continue;
            }
            let times = assay_frame::row_times(&self.frame, &column.name)?;
            let leak =
                leakage::future_rows(&column.name, &times, sides.train_rows, sides.test_rows);
            if leak.is_some() {
                return Ok(leak);
            }
        }
        Ok(None)
    }
}

fn target_leaks(sides: &Sides<'_>) -> Vec<Leak> {
    let (columns, target) = sides.train;
    let step = columns.n_rows.div_ceil(MAX_ROWS).max(1);
    if step == 1 {
        return in_columns(columns, target);
    }
    let rows: Vec<usize> = (0..columns.n_rows).step_by(step).collect();
    in_columns(&columns.take(&rows), &target.take(&rows))
}

fn in_columns(columns: &Columns, target: &Target) -> Vec<Leak> {
    columns
        .columns
        .iter()
        .filter_map(|column| leakage::target_in_column(column, target))
        .collect()
}

/// Whether the last word of a name, `customer_id` or `CustomerID`, is one for groups.
fn names_groups(name: &str) -> bool {
    let spaced: String = name
        .chars()
        .zip(std::iter::once('_').chain(name.chars()))
        .flat_map(|(c, before)| {
            let starts = c.is_uppercase() && before.is_lowercase();
            starts.then_some('_').into_iter().chain(c.to_lowercase())
        })
        .collect();
    let last = spaced
        .split(|c: char| !c.is_alphanumeric())
        .rfind(|word| !word.is_empty());
    last.is_some_and(|last| GROUP_WORDS.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::names_groups;

    #[test]
    fn names_of_groups_are_told_by_their_last_word() {
        for name in [
            "id",
            "customer_id",
            "CustomerID",
            "PassengerId",
            "patient",
            "Item_Identifier",
        ] {
            assert!(names_groups(name), "{name}");
        }
        for name in [
            "width",
            "paid",
            "humid",
            "idle",
            "customer_age",
            "",
            "bill_length_mm",
        ] {
            assert!(!names_groups(name), "{name}");
        }
    }
}
