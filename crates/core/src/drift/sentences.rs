//! Drift in words: the verdict of a report and of one cell.

use super::judge::{p_text, statistic_noun};
use super::{
    ColumnDrift, ColumnSketch, Correction, Decides, DriftRule, MIN_VALUES, Method, Mode,
    SketchShape, Verdict,
};
use crate::replay::{ReplayColumn, WindowReport};
use crate::words::{count, counted, list, number, percent};

/// The rule in words, with where it comes from.
pub fn rule_sentence(rule: &DriftRule) -> String {
    let (mode, source) = (rule.mode, &rule.source);
    let set: Vec<&str> = [rule.numeric_method, rule.categorical_method]
        .into_iter()
        .flatten()
        .map(Method::label)
        .collect();
    let methods = match (set.as_slice(), mode) {
        ([], Mode::Textbook | Mode::NannyMl) => Method::JensenShannon.label().to_owned(),
        ([], Mode::Evidently) => "method that Evidently chooses for it".to_owned(),
        (set, _) => set.join(" or "),
    };
    let but = if rule.columns.is_empty() {
        String::new()
    } else {
        let names: Vec<String> = rule.columns.keys().cloned().collect();
        format!("; {} by rules of their own", list(&names, MAX_NAMES))
    };
    let correction = match rule.applied_correction() {
        Correction::BenjaminiHochberg => "after Benjamini-Hochberg",
        Correction::Bonferroni => "after Bonferroni",
        Correction::None => "without a correction",
    };
    match mode {
        Mode::Textbook if set.iter().all(|label| label.ends_with("distance")) => {
            let calibrated = if rule.calibrated {
                ", or the mean plus three standard deviations of the reference's own stretches where that is more"
            } else {
                ""
            };
            format!(
                "{mode} mode: a column drifted when its {methods} is at least {}{calibrated}, and its p-value at most {} {correction} ({source}){but}",
                rule.min_distance, rule.alpha
            )
        }
        Mode::Textbook => format!(
            "{mode} mode: a column drifted when its {methods} says so, at p-values of at most {} {correction} ({source}){but}",
            rule.alpha
        ),
        Mode::Evidently => format!(
            "{mode} mode: a column drifted when the {methods} passes Evidently's threshold, {correction} ({source}){but}"
        ),
        Mode::NannyMl => format!(
            "{mode} mode: a column drifted when its {methods} is over the mean plus three standard deviations of the reference's own chunks ({source}){but}"
        ),
    }
}

/// Names of columns that a verdict lists before it counts.
const MAX_NAMES: usize = 8;
/// A rise of the missing share that is worth a word.
const NOTABLE_MISSING_RISE: f64 = 0.01;

/// `Drifted from window 26 on: vicprice, vicdemand, transfer; now and then: nswprice`, `Stable: no column drifted in 100
/// windows`.
///
/// A column that drifted in at least half of the windows from its first drift on drifted for good, the others now and
/// then. Columns by first drift; windows count from 1 in words, and gaps are not counted.
pub fn verdict_sentence(columns: &[ReplayColumn], windows: &[WindowReport]) -> String {
    let mut drifted: Vec<(u32, &ReplayColumn)> = columns
        .iter()
        .filter_map(|column| Some((column.first_drifted_window?, column)))
        .collect();
    drifted.sort_by_key(|&(first, _)| first);
    if drifted.is_empty() {
        return nothing_drifted(windows);
    }
    let (for_good, now_and_then): (Vec<_>, Vec<_>) =
        drifted.into_iter().partition(|(first, column)| {
            let rest = windows
                .iter()
                .filter(|window| window.index >= *first && window.n_rows > 0);
            2 * u64::from(column.n_drifted_windows) >= rest.count() as u64
        });
    match (for_good.first(), now_and_then.first()) {
        (Some((first, _)), None) => {
            let once = windows.iter().filter(|window| window.n_drifted > 0).count() == 1;
            let word = if once { "in" } else { "from" };
            let on = if once { "" } else { " on" };
            let window = count(u64::from(*first) + 1);
            format!("Drifted {word} window {window}{on}: {}", names(&for_good))
        }
        (Some((first, _)), Some(_)) => format!(
            "Drifted from window {} on: {}; now and then: {}",
            count(u64::from(*first) + 1),
            names(&for_good),
            names(&now_and_then)
        ),
        (None, Some((first, _))) => format!(
            "Drifted now and then, first in window {}: {}",
            count(u64::from(*first) + 1),
            names(&now_and_then)
        ),
        (None, None) => nothing_drifted(windows),
    }
}

fn names(columns: &[(u32, &ReplayColumn)]) -> String {
    let names: Vec<String> = columns.iter().map(|(_, c)| c.name.clone()).collect();
    if names.len() > MAX_NAMES {
        list(&names, MAX_NAMES)
    } else {
        names.join(", ")
    }
}

fn nothing_drifted(windows: &[WindowReport]) -> String {
    let n_windows = windows.iter().filter(|window| window.n_rows > 0).count() as u64;
    let judged = windows
        .iter()
        .flat_map(|window| &window.columns)
        .any(|column| column.verdict != Verdict::NotJudged);
    if judged {
        let warned: std::collections::BTreeSet<&str> = windows
            .iter()
            .flat_map(|window| &window.columns)
            .filter(|column| column.verdict == Verdict::Warning)
            .map(|column| column.column.as_str())
            .collect();
        let near = match warned.len() {
            0 => String::new(),
            1 => "; 1 column is near it".to_owned(),
            n => format!("; {n} columns are near it"),
        };
        format!(
            "Stable: no column drifted in {}{near}",
            counted(n_windows, "window", "windows")
        )
    } else {
        format!("Not judged: no window holds {MIN_VALUES} values of a column")
    }
}

/// What one cell of the heat map shows: the change first, then what it is held against.
pub fn cell_sentence(
    drift: &ColumnDrift,
    reference: &ColumnSketch,
    window: &WindowReport,
) -> String {
    if window.n_rows == 0 {
        return "This window holds no rows.".to_owned();
    }
    let n_values = drift.n_values();
    let outside = if n_values > 0 {
        drift.n_outside as f64 / n_values as f64
    } else {
        0.0
    };
    if let Some(constant) = constant(reference) {
        return constant_sentence(drift, &constant, reference.is_numeric(), outside);
    }
    if drift.verdict == Verdict::NotJudged {
        return format!("Not judged: {}.", drift.reason);
    }
    let more_missing = drift.missing_rise >= NOTABLE_MISSING_RISE;
    let Some(measured) = measured_words(drift) else {
        return missing_sentence(drift);
    };
    let moved = match drift.verdict {
        Verdict::Drifted if more_missing => {
            let (first, rest) = measured.split_at(1);
            format!(
                "{} {}{rest}.",
                missing_sentence(drift),
                first.to_uppercase()
            )
        }
        Verdict::Drifted => format!("The distribution moved: {measured}."),
        Verdict::Warning => format!("The distribution may be moving: {measured}."),
        Verdict::Stable | Verdict::NotJudged => format!("Like the reference: {measured}."),
    };
    format!("{moved} {}", range_sentence(drift, reference, outside))
}

/// `distance 0.738`, `Kolmogorov-Smirnov test, p 0.003, effect 0.210`
fn measured_words(drift: &ColumnDrift) -> Option<String> {
    // Reports of older versions have no statistic of their own.
    let statistic = drift.statistic.or(drift.jensen_shannon)?;
    let noun = statistic_noun(drift.method);
    if drift.decides != Decides::PValue {
        return Some(format!("{noun} {statistic:.3}"));
    }
    let p = p_text(drift.p_adjusted.or(drift.p_value)?);
    let effect = drift.effect.unwrap_or(statistic);
    Some(format!("{noun}, {p}, effect {effect:.3}"))
}

/// The one value of a constant reference, as text.
fn constant(reference: &ColumnSketch) -> Option<String> {
    if !reference.is_constant() {
        return None;
    }
    match &reference.shape {
        SketchShape::Numeric { min, .. } => Some(number(*min)),
        SketchShape::Categorical { values, .. } => values.first().map(|value| format!("`{value}`")),
        SketchShape::Empty => None,
    }
}

fn constant_sentence(drift: &ColumnDrift, value: &str, numeric: bool, outside: f64) -> String {
    let n_values = drift.n_values();
    if drift.n_outside == 0 {
        let held = match n_values {
            0 => "this window holds no value".to_owned(),
            n if n == drift.n_rows => "so does this window".to_owned(),
            n => format!("so {} of this window", counted(n, "row does", "rows do")),
        };
        let missing = if drift.verdict == Verdict::Drifted {
            format!("{} ", missing_sentence(drift))
        } else {
            String::new()
        };
        return format!("{missing}Every reference row holds {value}; {held}.");
    }
    let still_there = drift.n_outside < n_values;
    let n_distinct = drift.n_unseen + u64::from(still_there);
    let change = match n_distinct {
        1 => "The one value became another.".to_owned(),
        n => format!("One value became {}.", count(n)),
    };
    let where_to = if numeric {
        "of this window lies outside the reference's range"
    } else {
        "of this window holds something else"
    };
    format!(
        "{change} Every reference row holds {value}; {} {where_to}.",
        percent(outside)
    )
}

fn missing_sentence(drift: &ColumnDrift) -> String {
    let share = drift.n_missing as f64 / drift.n_rows.max(1) as f64;
    format!(
        "Missing values rose from {} to {} of the rows.",
        percent(share - drift.missing_rise),
        percent(share)
    )
}

fn range_sentence(drift: &ColumnDrift, reference: &ColumnSketch, outside: f64) -> String {
    match &reference.shape {
        SketchShape::Numeric { min, max, .. } => {
            let range = format!("{} to {}", number(*min), number(*max));
            if drift.n_outside == 0 {
                format!("Every value lies within the reference's range, {range}.")
            } else {
                format!(
                    "{} of this window lies outside the reference's range, {range}.",
                    percent(outside)
                )
            }
        }
        _ if drift.n_unseen == 0 => "Every category was in the reference.".to_owned(),
        _ => format!(
            "{} that the reference did not hold, in {} of this window.",
            counted(drift.n_unseen, "category", "categories"),
            percent(outside)
        ),
    }
}
