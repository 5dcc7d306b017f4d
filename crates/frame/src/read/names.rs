//! Names for columns: unique and not empty, whatever the file says.

use std::collections::{HashMap, HashSet};

use assay_core::Task;
use assay_core::words::count;

use crate::error::Error;

/// Mended names that are told one by one.
const MAX_WARNINGS: usize = 20;

/// Names as the file has them made into names that a table can have: an empty one becomes `column_3`, a repeated one
/// `price_2`.
pub(crate) fn repaired(names: Vec<String>, task: &Task) -> Vec<String> {
    let given: HashSet<String> = names.iter().cloned().collect();
    let mut taken = HashSet::new();
    let mut next_of: HashMap<String, usize> = HashMap::new();
    let mut warnings = Vec::new();
    let mut repaired = Vec::with_capacity(names.len());
    for (i, name) in names.into_iter().enumerate() {
        let good = if name.is_empty() {
            let good = free(&format!("column_{}", i + 1), &given, &taken, &mut next_of);
            warnings.push(format!(
                "column {} has no name; it is called `{good}`",
                i + 1
            ));
            good
        } else if taken.contains(&name) {
            let good = free(&format!("{name}_2"), &given, &taken, &mut next_of);
            warnings.push(format!(
                "the name `{name}` is there twice; column {} is called `{good}`",
                i + 1
            ));
            good
        } else {
            name
        };
        taken.insert(good.clone());
        repaired.push(good);
    }
    let n_more = warnings.len().saturating_sub(MAX_WARNINGS);
    for warning in warnings.into_iter().take(MAX_WARNINGS) {
        task.warn(warning);
    }
    if n_more > 0 {
        task.warn(format!(
            "{} more names were mended like that",
            count(n_more as u64)
        ));
    }
    repaired
}

/// `column_1`, `column_2` ...
pub(crate) fn generated(n_columns: usize) -> Vec<String> {
    (1..=n_columns).map(|i| format!("column_{i}")).collect()
}

/// # Errors
/// [`Error::BadOptions`] when the numbers differ, or a name is empty or repeated.
pub(crate) fn check_given(names: &[String], n_columns: usize) -> Result<(), Error> {
    if names.len() != n_columns {
        return Err(Error::BadOptions(format!(
            "{} column names are given, the file has {n_columns} columns",
            names.len()
        )));
    }
    let mut seen = HashSet::new();
    for name in names {
        if name.trim().is_empty() || !seen.insert(name.as_str()) {
            return Err(Error::BadOptions(format!(
                "the column name `{name}` is given twice or empty"
            )));
        }
    }
    Ok(())
}

/// `base`, or `base` with the first number that makes it unlike all names.
///
/// `next_of`: the number to try next, by stem; those before it are taken for good.
fn free(
    base: &str,
    given: &HashSet<String>,
    taken: &HashSet<String>,
    next_of: &mut HashMap<String, usize>,
) -> String {
    let is_free = |name: &str| !given.contains(name) && !taken.contains(name);
    if is_free(base) {
        return base.to_owned();
    }
    let stem = base.trim_end_matches(|c: char| c.is_ascii_digit());
    let next = next_of.entry(stem.to_owned()).or_insert(2);
    loop {
        let name = format!("{stem}{next}");
        *next += 1;
        if is_free(&name) {
            return name;
        }
    }
}
