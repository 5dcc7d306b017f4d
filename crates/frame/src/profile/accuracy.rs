//! How exact the figures are, in words.

use assay_core::profile::{Accuracy, Figures};
use assay_core::sketch::{BUCKET_ERROR, DistinctSample};
use assay_core::words::{count, percent};

use super::Limits;
use super::associations::Compared;
use super::look::Look;

/// Of adaptive sampling: 1.2 / √limit (Flajolet 1990); a bound is three of them.
const THREE_ERRORS: f64 = 3.6;

pub(super) fn of(
    look: &Look<'_>,
    rows: &DistinctSample<()>,
    compared: &Compared,
    limits: Limits,
) -> Vec<Accuracy> {
    let (limit, row_limit) = (limits.distinct, limits.distinct_rows);
    let columns = || look.figures.iter().map(|column| &column.profile);
    let many = columns().any(|column| !column.exact);
    let buckets = columns().any(|column| !column.exact && column.numeric.is_some());
    let share = |limit: usize| percent(THREE_ERRORS / (limit.max(1) as f64).sqrt());
    let seen = count(look.n_seen as u64);
    let group = |figures, exact: bool, bound: String| Accuracy {
        figures,
        exact,
        bound: if exact { String::new() } else { bound },
    };
    let top_error = look
        .figures
        .iter()
        .map(|column| 3.0 * column.top_error / column.profile.n_values().max(1) as f64)
        .fold(0.0, f64::max);
    vec![
        group(Figures::Totals, true, String::new()),
        group(
            Figures::Distinct,
            !many,
            format!(
                "exact up to {} distinct values of a column; past that estimated, within {} (three standard errors)",
                count(limit as u64),
                share(limit)
            ),
        ),
        group(
            Figures::Top,
            top_error == 0.0,
            format!(
                "exact up to {} distinct values of a column; past that, values in at least 0.1 % of the rows, their \
                 counts within {:.2} % of the rows (three standard errors)",
                count(limit as u64),
                (100.0 * top_error).max(0.01)
            ),
        ),
        group(
            Figures::Quantiles,
            !buckets,
            format!(
                "exact up to {} distinct values of a column; past that within {:.3} % of the value itself",
                count(limit as u64),
                100.0 * BUCKET_ERROR
            ),
        ),
        group(
            Figures::DuplicateRows,
            rows.is_complete(),
            format!(
                "estimated past {} distinct rows, within {} of the rows that repeat others; when none is seen to repeat, \
                 none is told",
                count(row_limit as u64),
                share(row_limit)
            ),
        ),
        group(
            Figures::Associations,
            compared.is_exact,
            format!(
                "from a sample of {} rows; a correlation is within {:.2} of that of all rows (three standard errors)",
                count(compared.n_rows as u64),
                3.0 / (compared.n_rows.max(1) as f64).sqrt()
            ),
        ),
        group(
            Figures::Notes,
            !look.is_sample() && compared.is_exact,
            format!("rows and pairs of columns from a sample of {seen} rows"),
        ),
    ]
}
