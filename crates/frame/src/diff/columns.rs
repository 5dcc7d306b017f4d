//! The change of each column's distribution.

use std::collections::HashMap;

use assay_core::Task;
use assay_core::schema::ColumnType;
use assay_core::version_diff::{
    ColumnChange, Effect, category_effects, missing_effect, number_effects,
};

use super::{Comparison, common_columns, hashes};
use crate::columns::View;
use crate::error::Error;
use crate::frame::Frame;
use crate::hash::MISSING;
use crate::stored::StoredTable;

/// With more distinct values a column is no distribution over categories.
const MOST_CATEGORIES: usize = 100_000;

/// Of the columns that both have, in the order of the right one; one column is in memory at a time.
///
/// # Errors
/// [`Error::Cancelled`], and what the disk says.
pub fn column_changes(
    left: &StoredTable,
    right: &StoredTable,
    task: &Task,
) -> Result<Vec<ColumnChange>, Error> {
    let columns = common_columns(left, right);
    let total = columns.len() as u64;
    let mut changes = Vec::with_capacity(columns.len());
    for ((name, comparison), done) in columns.into_iter().zip(0..) {
        task.step(done, total, "comparing columns");
        let names = [name];
        let (a, b) = (left.columns(&names, task)?, right.columns(&names, task)?);
        let [name] = names;
        changes.push(change(&name, &a, &b, comparison)?);
    }
    Ok(changes)
}

fn change(
    name: &str,
    left: &Frame,
    right: &Frame,
    comparison: Comparison,
) -> Result<ColumnChange, Error> {
    let (a, b) = (left.view(name)?, right.view(name)?);
    let share = |view: View<'_>, frame: &Frame| match frame.n_rows() {
        0 => 0.0,
        n => view.n_missing() as f64 / n as f64,
    };
    let missing_share = [share(a, left), share(b, right)];
    let mut change = ColumnChange {
        name: name.to_owned(),
        type_label: right
            .schema()
            .column(name)
            .map(assay_core::schema::Column::type_label)
            .unwrap_or_default(),
        missing_share,
        means: None,
        stds: None,
        n_distinct: None,
        effects: Vec::new(),
        magnitude: Default::default(),
        remark: None,
    };
    if a.n_missing() == left.n_rows() || b.n_missing() == right.n_rows() {
        change.remark = Some("one version has no value here".to_owned());
    } else if let (Some(x), Some(y)) = (ordered(a), ordered(b))
        && comparison != Comparison::Texts
    {
        if let Some((means, stds, effects)) = number_effects(&x, &y) {
            change.effects = effects;
            if a.kind().is_numeric() {
                change.means = Some(means);
                change.stds = Some(stds);
            }
        }
    } else {
        categories(&mut change, &hashes(a, comparison), &hashes(b, comparison));
    }
    change
        .effects
        .push(missing_effect(missing_share[0], missing_share[1]));
    let strongest = change
        .effects
        .iter()
        .map(|effect: &Effect| effect.magnitude)
        .max();
    change.magnitude = strongest.unwrap_or_default();
    Ok(change)
}

/// Numbers, and times as numbers; infinite ones are left out. `None` for what has no order.
fn ordered(view: View<'_>) -> Option<Vec<f64>> {
    let numbers = match (view, view.kind()) {
        (View::Date(values), _) => values.iter().flatten().map(f64::from).collect(),
        (View::Datetime(values), _) => values.iter().flatten().map(|value| value as f64).collect(),
        (_, ColumnType::Boolean) => return None,
        _ => view.numbers()?.into_iter().flatten().collect::<Vec<_>>(),
    };
    Some(
        numbers
            .into_iter()
            .filter(|number| number.is_finite())
            .collect(),
    )
}

fn categories(change: &mut ColumnChange, left: &[u64], right: &[u64]) {
    let mut counts: HashMap<u64, (u64, u64)> = HashMap::new();
    let mut count = |hashes: &[u64], is_left: bool| {
        for &hash in hashes.iter().filter(|hash| **hash != MISSING) {
            let entry = counts.entry(hash).or_default();
            if is_left {
                entry.0 += 1;
            } else {
                entry.1 += 1;
            }
            if counts.len() > MOST_CATEGORIES {
                return false;
            }
        }
        true
    };
    if !count(left, true) || !count(right, false) {
        change.remark = Some(format!(
            "more than {MOST_CATEGORIES} distinct values: no distribution to compare"
        ));
        return;
    }
    let counts: Vec<(u64, u64)> = counts.into_values().collect();
    let distinct =
        |pick: fn(&(u64, u64)) -> u64| counts.iter().filter(|pair| pick(pair) > 0).count() as u64;
    change.n_distinct = Some([distinct(|pair| pair.0), distinct(|pair| pair.1)]);
    change.effects = category_effects(&sorted(counts));
}

/// Sums of floats depend on their order, which a hash map does not keep.
fn sorted(mut counts: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    counts.sort_unstable();
    counts
}
