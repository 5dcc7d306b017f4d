//! What two models say of the same rows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{LabelFlip, PredictionDiff, RowDifference, SliceDifference};
use crate::matrix::{Columns, Prediction};
use crate::profile::Histogram;
use crate::result::slices::parts;
use crate::words::number;

const MOST_ROWS: usize = 100;
const MOST_SLICES: usize = 100;
const MOST_FLIPS: usize = 100;
/// Fewer rows are no slice.
const FEWEST_ROWS: usize = 5;
const EDGES: [f64; 11] = [
    0.0, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0,
];

/// Both sides answer the same rows; `columns` cut them into slices. Classes are those of each side, in the order of its
/// answers: labels are compared as texts, probabilities of classes that both know.
///
/// Answers of different kinds (a label here, a value there) agree in no row.
pub fn compare_predictions(
    rows_of: &str,
    left: (&Prediction, &[String]),
    right: (&Prediction, &[String]),
    columns: &Columns,
) -> PredictionDiff {
    let n_rows = left.0.n_rows().min(right.0.n_rows());
    let pairs = Pairs::new(left, right);
    let rows: Vec<Row> = (0..n_rows).map(|row| pairs.row(row)).collect();
    let all: Vec<usize> = (0..n_rows).collect();
    let whole = Summary::of(&rows, &all);
    let mut order: Vec<usize> = all
        .iter()
        .copied()
        .filter(|&row| !rows[row].is_same)
        .collect();
    order.sort_by(|&a, &b| {
        rows[b]
            .flipped
            .cmp(&rows[a].flipped)
            .then(difference(&rows[b]).total_cmp(&difference(&rows[a])))
            .then(a.cmp(&b))
    });
    PredictionDiff {
        rows_of: rows_of.to_owned(),
        n_rows: n_rows as u64,
        agreement: whole.agreement,
        n_flips: whole.n_flips,
        flips: flips(&rows, &pairs),
        max_abs: whole.max_abs,
        mean_abs: whole.mean_abs,
        histogram: histogram(&rows),
        rows: order
            .into_iter()
            .take(MOST_ROWS)
            .map(|row| RowDifference {
                row: row as u64 + 1,
                left: text(left, row),
                right: text(right, row),
                flipped: rows[row].flipped,
                difference: rows[row].difference,
            })
            .collect(),
        slices: slices(&rows, columns),
    }
}

/// What a model says of each row: `Adelie 0.93`, `12.5`, `0.1, 0.2`.
pub fn texts_of(prediction: &Prediction, classes: &[String]) -> Vec<String> {
    (0..prediction.n_rows())
        .map(|row| text((prediction, classes), row))
        .collect()
}

struct Row {
    /// The same label; without labels, the same numbers.
    agrees: bool,
    /// The same 32-bit numbers too.
    is_same: bool,
    flipped: bool,
    /// `None` when there is nothing to subtract.
    difference: Option<f64>,
}

fn difference(row: &Row) -> f64 {
    row.difference.unwrap_or(0.0)
}

struct Pairs<'a> {
    left: (&'a Prediction, &'a [String]),
    right: (&'a Prediction, &'a [String]),
    /// Places of classes that both know.
    shared: Vec<(usize, usize)>,
}

impl<'a> Pairs<'a> {
    fn new(left: (&'a Prediction, &'a [String]), right: (&'a Prediction, &'a [String])) -> Self {
        let shared = left
            .1
            .iter()
            .enumerate()
            .filter_map(|(place, class)| {
                Some((place, right.1.iter().position(|other| other == class)?))
            })
            .collect();
        Self {
            left,
            right,
            shared,
        }
    }

    fn row(&self, row: usize) -> Row {
        let have_labels = matches!(
            (self.left.0, self.right.0),
            (Prediction::Classes { .. }, Prediction::Classes { .. })
        );
        let (numbers, flipped) = match (self.left.0, self.right.0) {
            (
                Prediction::Classes {
                    probabilities,
                    n_classes,
                    ..
                },
                Prediction::Classes {
                    probabilities: others,
                    n_classes: n_others,
                    ..
                },
            ) => {
                let pairs = self.shared.iter().filter_map(|&(a, b)| {
                    let left = probabilities.get(row * n_classes + a)?;
                    Some((*left, *others.get(row * n_others + b)?))
                });
                let flipped = self.label(self.left, row) != self.label(self.right, row);
                (pairs.collect::<Vec<_>>(), flipped)
            }
            (Prediction::Values(left), Prediction::Values(right)) => (
                left.get(row)
                    .copied()
                    .zip(right.get(row).copied())
                    .into_iter()
                    .collect(),
                false,
            ),
            (
                Prediction::Coordinates {
                    values,
                    n_components,
                },
                Prediction::Coordinates {
                    values: others,
                    n_components: n_others,
                },
            ) if n_components == n_others => {
                let range = row * n_components..(row + 1) * n_components;
                let left = values.get(range.clone()).unwrap_or_default();
                let right = others.get(range).unwrap_or_default();
                (
                    left.iter().copied().zip(right.iter().copied()).collect(),
                    false,
                )
            }
            _ => (Vec::new(), false),
        };
        let is_same = !flipped
            && !numbers.is_empty()
            && numbers
                .iter()
                .all(|&(a, b)| a as f32 == b as f32 || a.is_nan() && b.is_nan());
        let difference = numbers
            .iter()
            .map(|&(a, b)| {
                if a.is_nan() && b.is_nan() || a == b {
                    0.0
                } else {
                    (a - b).abs()
                }
            })
            // What is finite here and not there is as different as can be.
            .map(|difference| {
                if difference.is_finite() {
                    difference
                } else {
                    f64::MAX
                }
            })
            .reduce(f64::max);
        Row {
            agrees: if have_labels { !flipped } else { is_same },
            is_same,
            flipped,
            difference,
        }
    }

    fn label<'b>(&self, side: (&'b Prediction, &'b [String]), row: usize) -> Option<&'b str> {
        let Prediction::Classes { indices, .. } = side.0 else {
            return None;
        };
        let index = usize::try_from(*indices.get(row)?).ok()?;
        side.1.get(index).map(String::as_str)
    }
}

struct Summary {
    agreement: f64,
    n_flips: u64,
    max_abs: Option<f64>,
    mean_abs: Option<f64>,
}

impl Summary {
    fn of(all: &[Row], rows: &[usize]) -> Self {
        let rows = || rows.iter().filter_map(|&row| all.get(row));
        let n = rows().count().max(1) as f64;
        let n_flips = rows().filter(|row| row.flipped).count();
        let n_same = rows().filter(|row| row.agrees).count();
        let differences = || rows().filter_map(|row| row.difference);
        let n_differences = differences().count();
        Self {
            agreement: n_same as f64 / n,
            n_flips: n_flips as u64,
            max_abs: differences().reduce(f64::max),
            mean_abs: (n_differences > 0).then(|| {
                let sum: f64 = differences().map(|difference| difference / n).sum();
                sum * n / n_differences as f64
            }),
        }
    }
}

fn flips(rows: &[Row], pairs: &Pairs<'_>) -> Vec<LabelFlip> {
    let mut counted: BTreeMap<(String, String), u64> = BTreeMap::new();
    for row in (0..rows.len()).filter(|&row| rows[row].flipped) {
        let label = |side| pairs.label(side, row).unwrap_or_default().to_owned();
        *counted
            .entry((label(pairs.left), label(pairs.right)))
            .or_default() += 1;
    }
    let mut flips: Vec<LabelFlip> = counted
        .into_iter()
        .map(|((left, right), n_rows)| LabelFlip {
            left,
            right,
            n_rows,
        })
        .collect();
    flips.sort_by_key(|flip| Reverse(flip.n_rows));
    flips.truncate(MOST_FLIPS);
    flips
}

fn histogram(rows: &[Row]) -> Histogram {
    let largest = rows.iter().map(difference).fold(1.0, f64::max);
    let mut edges = EDGES.to_vec();
    if largest > 1.0 {
        edges.push(largest);
    }
    let mut counts = vec![0; edges.len() - 1];
    for difference in rows.iter().filter_map(|row| row.difference) {
        let bin = edges.partition_point(|&edge| edge <= difference);
        counts[bin.saturating_sub(1).min(edges.len() - 2)] += 1;
    }
    Histogram { edges, counts }
}

fn slices(rows: &[Row], columns: &Columns) -> Vec<SliceDifference> {
    let mut slices = Vec::new();
    for column in &columns.columns {
        for (label, within) in parts(&column.values) {
            if within.len() < FEWEST_ROWS || within.len() == rows.len() {
                continue;
            }
            let found = Summary::of(rows, &within);
            slices.push(SliceDifference {
                column: column.name.clone(),
                label,
                n_rows: within.len() as u64,
                agreement: found.agreement,
                n_flips: found.n_flips,
                max_abs: found.max_abs,
                mean_abs: found.mean_abs,
            });
        }
    }
    let share = |slice: &SliceDifference| slice.n_flips as f64 / slice.n_rows as f64;
    slices.sort_by(|a, b| {
        share(b)
            .total_cmp(&share(a))
            .then(
                b.mean_abs
                    .unwrap_or(0.0)
                    .total_cmp(&a.mean_abs.unwrap_or(0.0)),
            )
            .then(b.n_rows.cmp(&a.n_rows))
    });
    slices.truncate(MOST_SLICES);
    slices
}

fn text((prediction, classes): (&Prediction, &[String]), row: usize) -> String {
    match prediction {
        Prediction::Classes {
            indices,
            probabilities,
            n_classes,
        } => {
            let index = indices.get(row).copied().unwrap_or_default() as usize;
            let label = classes.get(index).map_or("", String::as_str);
            match probabilities.get(row * n_classes + index) {
                Some(&probability) => format!("{label} {}", number(probability)),
                None => label.to_owned(),
            }
        }
        Prediction::Values(values) => values.get(row).map(|&v| number(v)).unwrap_or_default(),
        Prediction::Coordinates {
            values,
            n_components,
        } => values
            .get(row * n_components..(row + 1) * n_components)
            .unwrap_or_default()
            .iter()
            .map(|&value| number(value))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{RawColumn, RawValues};

    fn classes(labels: &[u32], first: &[f64]) -> Prediction {
        Prediction::Classes {
            indices: labels.to_vec(),
            probabilities: first.iter().flat_map(|&p| [p, 1.0 - p]).collect(),
            n_classes: 2,
        }
    }

    fn names(texts: [&str; 2]) -> Vec<String> {
        texts.map(str::to_owned).to_vec()
    }

    #[test]
    fn labels_are_compared_by_name_and_slices_say_where_they_flip() {
        let left = classes(&[0, 0, 0, 0, 0, 1, 1, 1, 1, 1], &[0.9; 10]);
        // The same classes in the other order: index 1 is `a` here.
        let right = classes(&[1, 1, 1, 1, 1, 0, 0, 0, 1, 1], &[0.1; 10]);
        let island: Vec<Option<String>> = (0..10)
            .map(|row| Some(if row < 5 { "Dream" } else { "Biscoe" }.to_owned()))
            .collect();
        let columns = Columns {
            n_rows: 10,
            columns: vec![RawColumn {
                name: "island".to_owned(),
                values: RawValues::Texts(island),
            }],
        };
        let diff = compare_predictions(
            "rows",
            (&left, &names(["a", "b"])),
            (&right, &names(["b", "a"])),
            &columns,
        );
        assert_eq!((diff.n_flips, diff.agreement), (2, 0.8));
        assert_eq!(diff.flips.len(), 1);
        assert_eq!(
            (diff.flips[0].left.as_str(), diff.flips[0].right.as_str()),
            ("b", "a")
        );
        assert!(
            diff.max_abs.is_some_and(|max| max < 1e-12),
            "{:?}",
            diff.max_abs
        );
        assert_eq!(
            diff.rows.iter().map(|row| row.row).collect::<Vec<_>>(),
            [9, 10]
        );
        assert_eq!(diff.rows[0].left, "b 0.1");
        let (slice, other) = (&diff.slices[0], &diff.slices[1]);
        assert_eq!(
            (slice.label.as_str(), slice.n_flips, slice.agreement),
            ("Biscoe", 2, 0.6)
        );
        assert_eq!(
            (other.label.as_str(), other.n_flips, other.agreement),
            ("Dream", 0, 1.0)
        );
    }

    #[test]
    fn values_differ_by_their_difference_and_what_is_not_finite_differs_most() {
        let nothing = Columns {
            n_rows: 4,
            columns: Vec::new(),
        };
        let left = Prediction::Values(vec![1.0, 2.0, f64::NAN, 4.0]);
        let right = Prediction::Values(vec![1.0, 2.5, f64::NAN, f64::INFINITY]);
        let diff = compare_predictions("rows", (&left, &[]), (&right, &[]), &nothing);
        assert_eq!((diff.n_flips, diff.agreement), (0, 0.5));
        assert_eq!(diff.max_abs, Some(f64::MAX));
        assert_eq!(
            diff.rows.iter().map(|row| row.row).collect::<Vec<_>>(),
            [4, 2]
        );
        assert_eq!(diff.histogram.counts.iter().sum::<u64>(), 4);
        assert!(diff.mean_abs.is_some_and(f64::is_finite));
    }

    #[test]
    fn answers_of_different_kinds_agree_in_no_row() {
        let nothing = Columns {
            n_rows: 2,
            columns: Vec::new(),
        };
        let left = Prediction::Values(vec![1.0, 2.0]);
        let right = classes(&[0, 1], &[0.5, 0.5]);
        let diff =
            compare_predictions("rows", (&left, &[]), (&right, &names(["a", "b"])), &nothing);
        assert_eq!((diff.agreement, diff.max_abs), (0.0, None));
    }
}
