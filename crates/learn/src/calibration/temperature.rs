//! One number for all classes: how sharp probabilities should be (Guo, Pleiss, Sun and Weinberger 2017).

use assay_core::model::logarithm;
use assay_core::{Cancelled, Task};

use super::Row;

/// The search is over logarithms between these, as in scikit-learn.
const WIDEST: f64 = 10.0;
const NEAR_ENOUGH: f64 = 1e-13;

/// The sharpness with the least log loss on the rows; 1 without rows.
pub fn fit(rows: &[Row<'_>], task: &Task) -> Result<f64, Cancelled> {
    if rows.is_empty() {
        return Ok(1.0);
    }
    let logarithms: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| row.probabilities.iter().map(|&p| logarithm(p)).collect())
        .collect();
    // The loss is convex in the sharpness, so its slope changes its sign once.
    let slope = |sharpness: f64| -> f64 {
        let of_row = |(row, logarithms): (&Row<'_>, &Vec<f64>)| {
            let largest = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let (mut total, mut mean) = (0.0, 0.0);
            for own in logarithms {
                let power = (sharpness * (own - largest)).exp();
                total += power;
                mean += power * own;
            }
            let own = logarithms.get(row.class).copied().unwrap_or_default();
            row.weight * (mean / total - own)
        };
        rows.iter().zip(&logarithms).map(of_row).sum()
    };
    let (mut low, mut high) = (-WIDEST, WIDEST);
    while high - low > NEAR_ENOUGH {
        task.check()?;
        let middle = f64::midpoint(low, high);
        if slope(middle.exp()) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(f64::midpoint(low, high).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_that_are_too_sure_become_less_so() {
        // Said 0.9 and came true in 7 of 10: softmax(s · (ln 0.1, ln 0.9)) = 0.7 for s = ln(7/3) / ln 9.
        let sure = [0.1, 0.9];
        let rows: Vec<Row<'_>> = (0..10)
            .map(|row| Row {
                probabilities: &sure,
                class: usize::from(row < 7),
                weight: 1.0,
            })
            .collect();
        let wanted = (7.0_f64 / 3.0).ln() / 9.0_f64.ln();
        assert!((fit(&rows, &Task::silent()).unwrap() - wanted).abs() < 1e-12);
    }

    #[test]
    fn probabilities_that_say_nothing_keep_a_finite_sharpness() {
        for (probabilities, class) in [([0.5, 0.5], 0), ([0.0, 1.0], 1), ([0.0, 1.0], 0)] {
            let row = Row {
                probabilities: &probabilities,
                class,
                weight: 1.0,
            };
            let found = fit(&[row], &Task::silent()).unwrap();
            assert!(found.is_finite() && found > 0.0, "{found}");
        }
    }
}
