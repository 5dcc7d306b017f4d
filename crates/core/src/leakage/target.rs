//! The target in a feature: copied, renamed, or all but told by one column.

use std::collections::HashMap;

use super::{Leak, LeakKind};
use crate::matrix::{RawColumn, RawValues, Target};
use crate::metrics::roc_auc;
use crate::words::{count, number, percent};

/// A column alone whose AUC, r² or share of right classes is at least this leaks.
const TELLING: f64 = 0.999;
/// Fewer rows prove nothing.
const FEWEST_ROWS: usize = 20;
/// Each value of a column must stand for so many rows on average before what it tells is more than chance.
const ROWS_A_VALUE: usize = 5;

/// What `column` gives away of the target, on the same rows. Rows without a value are not looked at.
pub fn target_in_column(column: &RawColumn, target: &Target) -> Option<Leak> {
    let name = &column.name;
    match (&column.values, target) {
        (_, Target::Nothing { .. }) => None,
        (RawValues::Numbers(numbers), Target::Values(truth)) => of_numbers(name, numbers, truth),
        (RawValues::Texts(_), Target::Values(truth)) => {
            by_level(name, &Levels::of(&column.values)?, truth)
        }
        (
            values,
            Target::Classes {
                classes, indices, ..
            },
        ) => Levels::of(values)
            .and_then(|levels| of_classes(name, &levels, classes, indices))
            .or_else(|| match values {
                RawValues::Numbers(numbers) if classes.len() == 2 => {
                    separates(name, numbers, indices)
                }
                _ => None,
            }),
    }
}

fn leak(
    kind: LeakKind,
    column: &str,
    (n_rows, of_rows): (usize, usize),
    strength: f64,
    found: &str,
) -> Leak {
    Leak {
        kind,
        column: column.to_owned(),
        n_rows: n_rows as u64,
        of_rows: of_rows as u64,
        strength: Some(strength),
        sentence: format!(
            "{found}; leave `{column}` out of the recipe unless it is known before the target is"
        ),
    }
}

/// A column as codes of its values, in order of appearance.
struct Levels {
    /// `None`: missing.
    codes: Vec<Option<u32>>,
    /// The values as text, by code.
    names: Vec<String>,
    n_present: usize,
}

impl Levels {
    /// `None` when there are too many values, or too few rows, to say anything.
    fn of(values: &RawValues) -> Option<Self> {
        let (codes, names) = match values {
            RawValues::Texts(texts) => {
                let keys = texts
                    .iter()
                    .map(|text| text.as_deref().filter(|text| !text.is_empty()));
                coded(keys, texts.len(), str::to_owned)?
            }
            RawValues::Numbers(numbers) => {
                // Adding 0 makes −0 equal to 0.
                let keys = numbers
                    .iter()
                    .map(|&value| (!value.is_nan()).then(|| (value + 0.0).to_bits()));
                coded(keys, numbers.len(), |bits| f64::from_bits(bits).to_string())?
            }
        };
        let n_present = codes.iter().flatten().count();
        let enough = n_present >= FEWEST_ROWS && names.len() * ROWS_A_VALUE <= n_present;
        (enough && names.len() > 1).then_some(Self {
            codes,
            names,
            n_present,
        })
    }
}

type Coded = (Vec<Option<u32>>, Vec<String>);

fn coded<K: std::hash::Hash + Eq + Copy>(
    keys: impl Iterator<Item = Option<K>>,
    n_rows: usize,
    print: impl Fn(K) -> String,
) -> Option<Coded> {
    let mut places: HashMap<K, u32> = HashMap::new();
    let mut names = Vec::new();
    let mut codes = Vec::with_capacity(n_rows);
    for key in keys {
        codes.push(key.map(|key| {
            *places.entry(key).or_insert_with(|| {
                names.push(print(key));
                names.len() as u32 - 1
            })
        }));
        if names.len() * ROWS_A_VALUE > n_rows {
            return None;
        }
    }
    Some((codes, names))
}

fn of_numbers(column: &str, numbers: &[f64], truth: &[f64]) -> Option<Leak> {
    let (x, y): (Vec<f64>, Vec<f64>) = numbers
        .iter()
        .zip(truth)
        .filter(|(x, _)| x.is_finite())
        .map(|(&x, &y)| (x, y))
        .unzip();
    let counts = (x.len(), numbers.len());
    let varies = y.iter().any(|value| Some(value) != y.first());
    if x.len() < FEWEST_ROWS || !varies {
        return None;
    }
    if x == y {
        let found = format!(
            "`{column}` equals the target in all {} rows",
            count(x.len() as u64)
        );
        return Some(leak(LeakKind::TargetCopied, column, counts, 1.0, &found));
    }
    let r2 = correlation(&x, &y).powi(2);
    (r2 >= TELLING).then(|| {
        let found = format!("`{column}` alone explains the target (r² {})", number(r2));
        leak(LeakKind::TargetPredicted, column, counts, r2, &found)
    })
}

/// Pearson's, 0 when one side does not vary.
fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    if xx > 0.0 && yy > 0.0 {
        xy / (xx * yy).sqrt()
    } else {
        0.0
    }
}

/// Texts that stand for numbers: what the mean of each leaves unexplained.
fn by_level(column: &str, levels: &Levels, truth: &[f64]) -> Option<Leak> {
    let pairs = || {
        levels
            .codes
            .iter()
            .zip(truth)
            .filter_map(|(code, &y)| Some(((*code)? as usize, y)))
    };
    let mut sums = vec![(0.0, 0.0); levels.names.len()];
    for (code, y) in pairs() {
        sums[code].0 += 1.0;
        sums[code].1 += y;
    }
    let n = levels.n_present;
    let mean = pairs().map(|(_, y)| y).sum::<f64>() / n as f64;
    let spread: f64 = pairs().map(|(_, y)| (y - mean).powi(2)).sum();
    let left: f64 = pairs()
        .map(|(code, y)| (y - sums[code].1 / sums[code].0).powi(2))
        .sum();
    let r2 = if spread > 0.0 {
        1.0 - left / spread
    } else {
        0.0
    };
    (r2 >= TELLING).then(|| {
        let found = format!(
            "the values of `{column}` alone explain the target (r² {})",
            number(r2)
        );
        leak(
            LeakKind::TargetPredicted,
            column,
            (n, truth.len()),
            r2,
            &found,
        )
    })
}

fn of_classes(column: &str, levels: &Levels, classes: &[String], indices: &[u32]) -> Option<Leak> {
    // Rows by value and class.
    let mut counts: Vec<HashMap<u32, usize>> = vec![HashMap::new(); levels.names.len()];
    let mut of_class: HashMap<u32, usize> = HashMap::new();
    for (code, &class) in levels.codes.iter().zip(indices) {
        if let Some(code) = code {
            *counts[*code as usize].entry(class).or_default() += 1;
            *of_class.entry(class).or_default() += 1;
        }
    }
    let n = levels.n_present;
    let most_frequent = of_class.values().copied().max().unwrap_or(0) as f64 / n as f64;
    let n_right: usize = counts
        .iter()
        .filter_map(|classes| classes.values().max())
        .sum();
    let share = n_right as f64 / n as f64;
    if of_class.len() < 2 || share < TELLING || most_frequent >= TELLING {
        return None;
    }
    let is_pure = n_right == n;
    let is_name = |(name, found): (&String, &HashMap<u32, usize>)| {
        let class = found
            .keys()
            .next()
            .and_then(|&class| classes.get(class as usize));
        class == Some(name)
    };
    let rows = count(n as u64);
    let (kind, found) = if is_pure && levels.names.iter().zip(&counts).all(is_name) {
        let found = format!("`{column}` equals the target in all {rows} rows");
        (LeakKind::TargetCopied, found)
    } else if is_pure && counts.len() == of_class.len() {
        let found = format!(
            "each of the {} values of `{column}` stands for one class, in all {rows} rows",
            counts.len()
        );
        (LeakKind::TargetMapped, found)
    } else {
        let found = format!(
            "`{column}` alone tells the class of {} of {rows} rows ({})",
            count(n_right as u64),
            percent(share)
        );
        (LeakKind::TargetPredicted, found)
    };
    Some(leak(kind, column, (n_right, indices.len()), share, &found))
}

/// A number whose order separates two classes.
fn separates(column: &str, numbers: &[f64], indices: &[u32]) -> Option<Leak> {
    let (positive, score): (Vec<bool>, Vec<f64>) = indices
        .iter()
        .zip(numbers)
        .filter(|(_, value)| value.is_finite())
        .map(|(&class, &value)| (class == 1, value))
        .unzip();
    if score.len() < FEWEST_ROWS {
        return None;
    }
    let area = roc_auc(&positive, &score)?;
    let auc = area.max(1.0 - area);
    (auc >= TELLING).then(|| {
        let found = format!(
            "`{column}` alone separates the two classes (AUC {})",
            number(auc)
        );
        let counts = (score.len(), numbers.len());
        leak(LeakKind::TargetPredicted, column, counts, auc, &found)
    })
}
