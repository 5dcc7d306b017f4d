//! The verdict: an effect worth naming, and a p-value that survives the number of tests.

use super::rulings::{CellMeasure, Ruling, Why, rulings};
use super::{
    ColumnDrift, ColumnSketch, Decides, DriftRule, Method, Mode, Verdict, compare_columns,
};
use crate::words::percent;

/// Fewer values (or rows, for missing values) are not judged in the textbook mode.
pub const MIN_VALUES: u64 = 30;

/// Evidently says that a dataset drifted from this share of its columns on.
const EVIDENTLY_SHARE: f64 = 0.5;

/// Measures and judges every column of every window against its reference: what the command line, a report and the
/// window show. A window without sketches is a gap and stays empty.
pub fn verdicts(
    references: &[ColumnSketch],
    windows: &[Vec<ColumnSketch>],
    rule: &DriftRule,
) -> Vec<Vec<ColumnDrift>> {
    let mut measured: Vec<Vec<ColumnDrift>> = windows
        .iter()
        .map(|window| {
            if window.is_empty() {
                Vec::new()
            } else {
                compare_columns(references, window, rule)
            }
        })
        .collect();
    let mut windows: Vec<&mut [ColumnDrift]> = measured.iter_mut().map(Vec::as_mut_slice).collect();
    judge_windows(&mut windows, references, rule);
    measured
}

/// Fills `p_adjusted`, the limits, `verdict` and `reason` of the columns of one window; see [`judge_windows`].
pub fn judge(columns: &mut [ColumnDrift], references: &[ColumnSketch], rule: &DriftRule) {
    judge_windows(&mut [columns], references, rule);
}

/// Fills `p_adjusted`, `decides`, the limits, `verdict` and `reason` of measured columns, from the measures alone: a
/// replay can be judged again by other limits. `method` must be the rule's.
///
/// In this order, a column
/// - is not judged when it has no reference, the reference no value, or the rule mutes it;
/// - drifted when its reference is constant and any value differs: one is enough (textbook);
/// - drifted when its missing share rose by `min_missing_rise`, over enough rows (textbook);
/// - is not judged with fewer than [`DriftRule::fewest_values`];
/// - drifted when its statistic reaches the limit (where the distance decides), its corrected p-value is at most the
///   limit (where the p-value does), or its statistic reaches the limit and the corrected p-value is at most `alpha`;
/// - is a warning when the same holds of the warning's limit;
/// - else is stable.
///
/// A column's reference is the one at its place, or else the first of its name.
pub fn judge_windows(
    windows: &mut [&mut [ColumnDrift]],
    references: &[ColumnSketch],
    rule: &DriftRule,
) {
    let reference_of = |place: usize, name: &str| {
        let is_it = |sketch: &&ColumnSketch| sketch.name == name;
        references
            .get(place)
            .filter(is_it)
            .or_else(|| references.iter().find(is_it))
    };
    // Every window has the same columns; the longest names them all.
    let longest = windows.iter().max_by_key(|columns| columns.len());
    let matched: Vec<Option<&ColumnSketch>> = longest.map_or_else(Vec::new, |columns| {
        let matched = |(place, column): (usize, &ColumnDrift)| reference_of(place, &column.column);
        columns.iter().enumerate().map(matched).collect()
    });
    let measures: Vec<Vec<CellMeasure>> = windows
        .iter()
        .map(|columns| columns.iter().map(CellMeasure::from).collect())
        .collect();
    for (columns, rulings) in windows.iter_mut().zip(rulings(&matched, &measures, rule)) {
        for (column, ruling) in columns.iter_mut().zip(rulings) {
            column.decides = ruling.decides;
            column.limit = ruling.limit;
            column.warning_limit = ruling.warning_limit;
            column.p_adjusted = ruling.p_adjusted;
            column.verdict = ruling.verdict;
            column.reason = reason(column, &ruling, rule);
        }
    }
}

/// The verdict of a whole window: drifted when a column is; in Evidently's mode when half of the judged ones are.
pub fn window_verdict(columns: &[ColumnDrift], mode: Mode) -> Verdict {
    let count = |verdict| columns.iter().filter(|c| c.verdict == verdict).count();
    let n_drifted = count(Verdict::Drifted);
    let n_judged = columns.len() - count(Verdict::NotJudged);
    let drifted = match mode {
        Mode::Evidently => n_drifted as f64 >= EVIDENTLY_SHARE * n_judged as f64,
        Mode::Textbook | Mode::NannyMl => n_drifted > 0,
    };
    if n_judged == 0 {
        Verdict::NotJudged
    } else if drifted {
        Verdict::Drifted
    } else if n_drifted + count(Verdict::Warning) > 0 {
        Verdict::Warning
    } else {
        Verdict::Stable
    }
}

fn reason(column: &ColumnDrift, ruling: &Ruling, rule: &DriftRule) -> String {
    let (far, sure) = match ruling.why {
        Why::NoReference => return "there is no reference for this column".to_owned(),
        Why::EmptyReference => return "the reference holds no value".to_owned(),
        Why::Muted => return "the rule mutes this column".to_owned(),
        Why::ConstantMoved => return "a constant moved".to_owned(),
        Why::MissingRose => return format!("missing rose by {}", percent(column.missing_rise)),
        Why::TooFewValues => {
            let enough = rule.fewest_values();
            let needed = if enough == 1 {
                "one is"
            } else {
                &format!("{enough} are")
            };
            return format!("{} values, {needed} needed", column.n_values());
        }
        Why::NotMeasured if column.n_values() > 0 && rule.method_is_set(&column.column) => {
            return format!("the {} cannot measure it", column.method.label());
        }
        Why::NotMeasured => return "nothing could be measured".to_owned(),
        Why::Measured { far, sure } => (far, sure),
    };
    let p = p_text(column.p_adjusted.unwrap_or(1.0));
    let side = |over: bool| if over { "over" } else { "under" };
    if ruling.decides == Decides::PValue {
        let limit = rounded(ruling.limit);
        return match column.effect {
            Some(effect) => format!("{p} {} {limit}, effect {effect:.3}", side(!sure)),
            None => format!("{p} {} {limit}", side(!sure)),
        };
    }
    let statistic = column.statistic.unwrap_or(0.0);
    let noun = statistic_noun(column.method);
    let distance = format!(
        "{noun} {statistic:.3} {} {}",
        side(far),
        rounded(ruling.limit)
    );
    match (ruling.decides, ruling.verdict) {
        (Decides::Distance, _) => distance,
        (_, Verdict::Warning) => format!(
            "{distance} but over {}, and {p}",
            rounded(ruling.warning_limit.unwrap_or(0.0))
        ),
        (_, _) if far && sure => format!("{distance} and {p}"),
        (_, _) if far => format!("{distance} but {p} over {}", rule.alpha),
        _ => distance,
    }
}

impl DriftRule {
    fn method_is_set(&self, column: &str) -> bool {
        let of_column = self.columns.get(column).and_then(|column| column.method);
        of_column.is_some() || self.numeric_method.is_some() || self.categorical_method.is_some()
    }
}

/// The distance that is usual has no longer name.
pub(super) fn statistic_noun(method: Method) -> &'static str {
    match method {
        Method::JensenShannon => "distance",
        Method::Psi => "PSI",
        method => method.label(),
    }
}

fn rounded(limit: f64) -> f64 {
    (limit * 1000.0).round() / 1000.0
}

/// `p 4e-128`, `p 0.031`
pub(super) fn p_text(p: f64) -> String {
    if p < 1e-300 {
        "p under 1e-300".to_owned()
    } else if p < 0.001 {
        format!("p {p:.0e}")
    } else {
        format!("p {p:.3}")
    }
}
