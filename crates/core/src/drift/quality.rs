//! Data quality of a window: what is missing, unseen, out of range, of another type, or too much or little of it.
//!
//! MetricLimits say what a window like the reference would show by chance alone, so that a large window is no alarm for its
//! size and a small one none for its scatter.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::estimate::MetricLimits;
use super::{ColumnSketch, SketchShape};
use crate::words::{count, number, percent};

/// Standard deviations over what is expected, at least.
const N_STDS: f64 = 3.0;
/// Chance under which values beyond the reference's ends are no accident, at most.
const ALPHA: f64 = 0.001;
/// Chance of one accident or more among all comparisons (Bonferroni), where they are many.
const ALPHA_OF_ALL: f64 = 0.05;

/// When a measure of a column is an alert.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualityLimits {
    /// A rise of the missing share up to it is never one.
    pub min_missing_rise: f64,
    /// Columns times windows that are looked at: among many some are far off by chance.
    pub n_comparisons: u64,
}

impl QualityLimits {
    fn alpha(self) -> f64 {
        (ALPHA_OF_ALL / self.n_comparisons.max(1) as f64).min(ALPHA)
    }

    /// A normal variable is over z standard deviations with a chance of at most exp(-z² / 2) (Chernoff's bound).
    fn n_stds(self) -> f64 {
        let share = ALPHA_OF_ALL / self.n_comparisons.max(1) as f64;
        (-2.0 * share.ln()).max(0.0).sqrt().max(N_STDS)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QualityKind {
    Missing,
    Unseen,
    OutOfRange,
    TypeChange,
    Volume,
}

/// One measure of one column of a window, or of the window itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct QualityFinding {
    pub kind: QualityKind,
    /// `None`: of the window.
    pub column: Option<String>,
    /// Rows that are so.
    pub n_rows: u64,
    /// Of the window's rows, or of its values.
    pub share: f64,
    /// Of the reference's.
    pub reference_share: f64,
    /// The share over which it is an alert; `None`: any row is.
    pub limit: Option<f64>,
    pub alert: bool,
    pub sentence: String,
}

/// Every measure that applies to the column.
pub fn column_quality(
    reference: &ColumnSketch,
    window: &ColumnSketch,
    limits: QualityLimits,
) -> Vec<QualityFinding> {
    if window.n_rows == 0 {
        return Vec::new();
    }
    let mut findings = vec![missing(reference, window, limits)];
    findings.extend(type_change(reference, window));
    findings.extend(out_of_range(reference, window, limits));
    findings.extend(unseen(reference, window, limits));
    findings
}

/// Values of a window that could not be read as what the reference holds, and so count as missing. `None` without one:
/// any is an alert.
pub fn unreadable(window: &ColumnSketch, n_unreadable: u64) -> Option<QualityFinding> {
    if n_unreadable == 0 {
        return None;
    }
    let share = n_unreadable as f64 / window.n_rows.max(1) as f64;
    Some(finding(
        QualityKind::TypeChange,
        window,
        n_unreadable,
        (share, 0.0),
        None,
        format!(
            "{} values of `{}` ({}) are not of the type that the reference holds.",
            count(n_unreadable),
            window.name,
            percent(share)
        ),
    ))
}

/// A window's number of rows against those of the reference's own windows (of as long a period, or one each).
/// `None` where there are under two to compare with.
pub fn volume(reference_windows: &[u64], n_rows: u64) -> Option<QualityFinding> {
    if reference_windows.len() < 2 {
        return None;
    }
    let counts: Vec<f64> = reference_windows.iter().map(|n| *n as f64).collect();
    let mean = counts.iter().sum::<f64>() / counts.len() as f64;
    let limits = MetricLimits::of_stretches(&counts, Some(0.0), None)?;
    // Counts of rare arrivals scatter by their root at least, also where the reference's were all alike.
    let reach = N_STDS * mean.sqrt();
    let low = limits.low.map_or(0.0, |low| low.min(mean - reach)).max(0.0);
    let high = limits.high.map_or(mean, |high| high.max(mean + reach));
    let alert = (n_rows as f64) < low || n_rows as f64 > high;
    let told = if alert { "outside" } else { "within" };
    Some(QualityFinding {
        kind: QualityKind::Volume,
        column: None,
        n_rows,
        share: n_rows as f64 / mean.max(f64::MIN_POSITIVE),
        reference_share: 1.0,
        limit: Some(high / mean.max(f64::MIN_POSITIVE)),
        alert,
        sentence: format!(
            "The window has {n_rows} rows, {told} the {low:.0} to {high:.0} that the reference lets expect."
        ),
    })
}

fn missing(
    reference: &ColumnSketch,
    window: &ColumnSketch,
    limits: QualityLimits,
) -> QualityFinding {
    let (before, now) = (reference.missing_share(), window.missing_share());
    let (n_before, n_now) = (reference.n_rows.max(1) as f64, window.n_rows as f64);
    let pooled = (reference.n_missing + window.n_missing) as f64 / (n_before + n_now);
    let scatter = (pooled * (1.0 - pooled) * (1.0 / n_before + 1.0 / n_now)).sqrt();
    let limit = before + (limits.n_stds() * scatter).max(limits.min_missing_rise);
    finding(
        QualityKind::Missing,
        window,
        window.n_missing,
        (now, before),
        Some(limit),
        format!(
            "{} of `{}` is missing, {} in the reference.",
            percent(now),
            window.name,
            percent(before)
        ),
    )
}

fn type_change(reference: &ColumnSketch, window: &ColumnSketch) -> Option<QualityFinding> {
    let (was, is) = (kind(reference)?, kind(window)?);
    let n = if was == is { 0 } else { window.n_values() };
    let sentence = if was == is {
        format!("`{}` holds {is}, as in the reference.", window.name)
    } else {
        format!("`{}` holds {is}, and {was} in the reference.", window.name)
    };
    let share = if was == is { 0.0 } else { 1.0 };
    Some(finding(
        QualityKind::TypeChange,
        window,
        n,
        (share, 0.0),
        None,
        sentence,
    ))
}

/// Values beyond the reference's least and largest. Were both of one law, the k outermost of all values would all be of
/// the window with the chance (n / (n + N))^k.
fn out_of_range(
    reference: &ColumnSketch,
    window: &ColumnSketch,
    limits: QualityLimits,
) -> Option<QualityFinding> {
    let (
        SketchShape::Numeric { min, max, .. },
        SketchShape::Numeric {
            values, cumulative, ..
        },
    ) = (&reference.shape, &window.shape)
    else {
        return None;
    };
    let (n, n_reference) = (window.n_values(), reference.n_values());
    let at = |place: usize| {
        place
            .checked_sub(1)
            .and_then(|p| cumulative.get(p))
            .copied()
    };
    let below = at(values.partition_point(|v| v < min)).unwrap_or(0);
    let above = n - at(values.partition_point(|v| v <= max)).unwrap_or(0).min(n);
    let share_of_window = n as f64 / (n + n_reference).max(1) as f64;
    // Either end may be passed: half the chance each.
    let most = ((limits.alpha() / 2.0).ln() / share_of_window.ln()).ceil();
    let alert = below as f64 >= most || above as f64 >= most;
    let outside = below + above;
    let share = outside as f64 / n.max(1) as f64;
    let mut found = finding(
        QualityKind::OutOfRange,
        window,
        outside,
        (share, 0.0),
        Some(2.0 * (most - 1.0).max(0.0) / n.max(1) as f64),
        format!(
            "{} values of `{}` ({}) lie outside the reference's {} to {}: {} below, {} above.",
            count(outside),
            window.name,
            percent(share),
            number(*min),
            number(*max),
            count(below),
            count(above)
        ),
    );
    found.alert = alert;
    Some(found)
}

/// Rows of categories that the reference did not hold. Of n rows like the reference's, about n · (categories seen once) / N
/// are of new ones (Good 1953). `None` where the reference holds more categories than it names.
fn unseen(
    reference: &ColumnSketch,
    window: &ColumnSketch,
    limits: QualityLimits,
) -> Option<QualityFinding> {
    let (
        SketchShape::Categorical {
            values: known,
            counts,
            n_other: 0,
        },
        SketchShape::Categorical {
            values: found,
            counts: found_counts,
            n_other,
        },
    ) = (&reference.shape, &window.shape)
    else {
        return None;
    };
    let known: std::collections::HashSet<&str> = known.iter().map(String::as_str).collect();
    let new = || {
        found
            .iter()
            .zip(found_counts)
            .filter(|(name, _)| !known.contains(name.as_str()))
    };
    // More categories than a sketch names are more than the reference holds.
    let n = new().map(|(_, count)| count).sum::<u64>() + n_other;
    let once = counts.iter().filter(|count| **count == 1).count() as f64;
    let expected = window.n_values() as f64 * once / reference.n_values().max(1) as f64;
    let most = expected + limits.n_stds() * expected.sqrt();
    let n_values = window.n_values().max(1) as f64;
    let names: Vec<&str> = new().take(3).map(|(name, _)| name.as_str()).collect();
    let sentence = if names.is_empty() {
        format!(
            "`{}` holds no category that the reference did not.",
            window.name
        )
    } else {
        let names = names.join("`, `");
        format!(
            "{n} rows of `{}` hold categories that the reference did not, such as `{names}`.",
            window.name
        )
    };
    Some(finding(
        QualityKind::Unseen,
        window,
        n,
        (n as f64 / n_values, 0.0),
        Some(most / n_values),
        sentence,
    ))
}

fn kind(sketch: &ColumnSketch) -> Option<&'static str> {
    match sketch.shape {
        SketchShape::Numeric { .. } => Some("numbers"),
        SketchShape::Categorical { .. } => Some("texts"),
        SketchShape::Empty => None,
    }
}

fn finding(
    kind: QualityKind,
    window: &ColumnSketch,
    n_rows: u64,
    (share, reference_share): (f64, f64),
    limit: Option<f64>,
    sentence: String,
) -> QualityFinding {
    QualityFinding {
        kind,
        column: Some(window.name.clone()),
        n_rows,
        share,
        reference_share,
        limit,
        alert: share > limit.unwrap_or(0.0),
        sentence,
    }
}
