//! Rules that a data set suggests by what it looks like. Every suggestion holds on the rows it came from.

use serde_json::{Value, json};

use super::{Expectation, Rule, RuleType, Severity, Suite};
use crate::profile::{ColumnProfile, NumericProfile, Profile};
use crate::schema::ColumnType;
use crate::words::{count, counted, number, percent};

/// Texts of at most so many distinct values are held to the set of them; also the length of a profile's top list.
const MAX_SET: u64 = 20;
/// The same for integers, which are rather classes than amounts then.
const MAX_INTEGER_SET: u64 = 10;
/// A value seen less often leaves open whether the set is complete.
const SEEN_OFTEN: u64 = 5;
/// Of fewer texts the lengths say little.
const ENOUGH_TEXTS: u64 = 20;
/// Largest missing share that is held to.
const FEW_MISSING: f64 = 0.1;

/// Suggests a suite, the rules on the table first, then column by column.
///
/// Critical is what the rows leave no doubt about: the set of columns, their types, no missing value where none is
/// missing, unique ids, sets whose every value was seen 5 times or more. A warning is what is a guess: row count,
/// ranges, means, lengths of texts, the earliest time, shares of missing values, other sets.
pub fn suggest(profile: &Profile, name: &str) -> Suite {
    let mut expectations = table_rules(profile);
    for column in &profile.columns {
        expectations.extend(column_rules(column));
    }
    Suite::new(name, expectations)
}

fn critical(rule: Rule, reason: String) -> Expectation {
    Expectation::new(rule, Severity::Critical, reason)
}

fn warning(rule: Rule, reason: String) -> Expectation {
    Expectation::new(rule, Severity::Warning, reason)
}

fn table_rules(profile: &Profile) -> Vec<Expectation> {
    let column_set: Vec<String> = profile.columns.iter().map(|c| c.name.clone()).collect();
    let n_columns = column_set.len() as u64;
    vec![
        critical(
            Rule::new(
                RuleType::ColumnsMatchSet,
                json!({"column_set": column_set, "exact_match": true}),
            ),
            format!(
                "the {} that are there",
                counted(n_columns, "column", "columns")
            ),
        ),
        warning(
            Rule::new(
                RuleType::RowCountBetween,
                json!({"min_value": profile.n_rows / 2, "max_value": profile.n_rows.saturating_mul(2)}),
            ),
            format!("half to twice the {} rows there are", count(profile.n_rows)),
        ),
    ]
}

fn column_rules(column: &ColumnProfile) -> Vec<Expectation> {
    let mut rules = vec![critical(
        Rule::new(
            RuleType::OfType,
            json!({"column": column.name, "type_": column.kind}),
        ),
        "the type of the values".to_owned(),
    )];
    rules.extend(missing_rule(column));
    if column.looks_like_id() {
        let rule = Rule::new(RuleType::ValuesUnique, json!({"column": column.name}));
        // a count that is an estimate leaves a doubt
        rules.push(if column.exact {
            critical(
                rule,
                format!("{} rows, no value twice", count(column.n_rows)),
            )
        } else {
            warning(
                rule,
                format!("about as many values as the {} rows", count(column.n_rows)),
            )
        });
        rules.extend(one_length_rule(column));
        return rules;
    }
    match set_rule(column) {
        Some(rule) => rules.push(rule),
        None => {
            rules.extend(number_rules(column));
            rules.extend(one_length_rule(column).or_else(|| longest_rule(column)));
            rules.extend(earliest_rule(column));
        }
    }
    rules
}

/// Texts that are all as long are codes.
fn one_length_rule(column: &ColumnProfile) -> Option<Expectation> {
    let text = column.text.as_ref()?;
    let length = text.max_length;
    if column.n_values() < ENOUGH_TEXTS || text.min_length != length {
        return None;
    }
    let rule = Rule::new(
        RuleType::LengthsEqual,
        json!({"column": column.name, "value": length}),
    );
    let long = counted(length, "character", "characters");
    let n_texts = counted(column.n_values(), "text", "texts");
    Some(warning(rule, format!("all of {n_texts} have {long}")))
}

/// Later texts may be twice as long: more is rather two fields in one, or a quote that was never closed.
fn longest_rule(column: &ColumnProfile) -> Option<Expectation> {
    let text = column.text.as_ref()?;
    if column.n_values() < ENOUGH_TEXTS {
        return None;
    }
    let rule = Rule::new(
        RuleType::LengthsBetween,
        json!({"column": column.name, "max_value": text.max_length.saturating_mul(2)}),
    );
    let reason = format!(
        "{} to {} seen, and twice as many",
        count(text.min_length),
        counted(text.max_length, "character", "characters")
    );
    Some(warning(rule, reason))
}

/// Nothing before the earliest; later rows may well be later.
fn earliest_rule(column: &ColumnProfile) -> Option<Expectation> {
    let time = column.time.as_ref()?;
    let rule = Rule::new(
        RuleType::ValuesBetween,
        json!({"column": column.name, "min_value": time.min}),
    );
    Some(warning(rule, format!("{} is the earliest seen", time.min)))
}

fn missing_rule(column: &ColumnProfile) -> Option<Expectation> {
    let rule = |mostly: f64| {
        let arguments = if mostly < 1.0 {
            json!({"column": column.name, "mostly": mostly})
        } else {
            json!({"column": column.name})
        };
        Rule::new(RuleType::NotNull, arguments)
    };
    if column.n_rows == 0 {
        return None;
    }
    if column.n_missing == 0 {
        let reason = format!("none of {} rows lacks it", count(column.n_rows));
        return Some(critical(rule(1.0), reason));
    }
    let missing = column.n_missing as f64 / column.n_rows as f64;
    if missing > FEW_MISSING {
        return None;
    }
    // Twice as many may be missing before it is told.
    let mostly = ((1.0 - 2.0 * missing) * 100.0).floor() / 100.0;
    let reason = format!("{} of the rows lack it", percent(missing));
    Some(warning(rule(mostly), reason))
}

fn set_rule(column: &ColumnProfile) -> Option<Expectation> {
    let most = match column.kind {
        ColumnType::Text => MAX_SET,
        ColumnType::Integer => MAX_INTEGER_SET,
        _ => return None,
    };
    // The list of top values must be all of them.
    let complete = column.top.len() as u64 == column.n_distinct;
    // As many values as rows say nothing about the next row.
    let repeats = column.n_distinct * 2 <= column.n_values();
    if column.n_distinct == 0 || column.n_distinct > most || !complete || !repeats {
        return None;
    }
    let mut value_set: Vec<String> = column.top.iter().map(|top| top.value.clone()).collect();
    if column.kind == ColumnType::Text {
        value_set.sort();
    } else {
        value_set.sort_by_key(|value| value.parse::<i64>().ok());
    }
    let rarest = column.top.iter().map(|top| top.count).min().unwrap_or(0);
    let values: Vec<Value> = value_set
        .iter()
        .map(|text| set_value(column, text))
        .collect();
    let rule = Rule::new(
        RuleType::InSet,
        json!({"column": column.name, "value_set": values}),
    );
    let distinct = counted(column.n_distinct, "distinct value", "distinct values");
    let seen = counted(rarest, "time", "times");
    let reason = format!("{distinct}, each seen {seen} or more");
    Some(if rarest >= SEEN_OFTEN {
        critical(rule, reason)
    } else {
        warning(rule, reason)
    })
}

/// Integers stay numbers.
fn set_value(column: &ColumnProfile, text: &str) -> Value {
    match (column.kind, text.parse::<i64>()) {
        (ColumnType::Integer, Ok(whole)) => whole.into(),
        _ => text.into(),
    }
}

fn number_rules(column: &ColumnProfile) -> Vec<Expectation> {
    let Some(numeric) = column
        .numeric
        .as_ref()
        .filter(|numeric| numeric.n_not_finite == 0)
    else {
        return Vec::new();
    };
    let whole = column.kind == ColumnType::Integer;
    let range = format!("{} to {}", number(numeric.min), number(numeric.max));
    if numeric.min == numeric.max {
        let rule = between(column, numeric.min, numeric.max);
        return vec![warning(rule, format!("always {}", number(numeric.min)))];
    }
    let (low, high) = widened(numeric, whole);
    let mut rules = vec![warning(
        between(column, low, high),
        format!("{range} seen, and a tenth of that range more"),
    )];
    rules.extend(mean_rule(column, numeric));
    rules
}

/// Only where half a standard deviation is more than the rounding of a sum.
fn mean_rule(column: &ColumnProfile, numeric: &NumericProfile) -> Option<Expectation> {
    let half = numeric.std / 2.0;
    if !half.is_finite() || half <= 1e-9 * numeric.mean.abs() {
        return None;
    }
    let step = round_step(numeric.std, false);
    let low = round_down(numeric.mean - half, step);
    let high = -round_down(-(numeric.mean + half), step);
    if !low.is_finite() || !high.is_finite() {
        return None;
    }
    Some(warning(
        Rule::new(
            RuleType::Mean,
            json!({"column": column.name, "min_value": low, "max_value": high}),
        ),
        format!(
            "mean {} seen, and half a standard deviation either way",
            number(numeric.mean)
        ),
    ))
}

fn between(column: &ColumnProfile, low: f64, high: f64) -> Rule {
    Rule::new(
        RuleType::ValuesBetween,
        json!({"column": column.name, "min_value": bound(column, low), "max_value": bound(column, high)}),
    )
}

/// Whole for a column of integers.
fn bound(column: &ColumnProfile, value: f64) -> Value {
    let whole =
        column.kind == ColumnType::Integer && value.fract() == 0.0 && value.abs() < 2f64.powi(53);
    if whole {
        (value as i64).into()
    } else {
        value.into()
    }
}

/// The range with a tenth of it more on either side, to round numbers; what was never negative stays so.
fn widened(numeric: &NumericProfile, whole: bool) -> (f64, f64) {
    let width = numeric.max - numeric.min;
    let step = round_step(width, whole);
    let mut low = round_down(numeric.min - width / 10.0, step);
    let mut high = -round_down(-(numeric.max + width / 10.0), step);
    if numeric.min >= 0.0 {
        low = low.max(0.0);
    }
    if numeric.max <= 0.0 {
        high = high.min(0.0);
    }
    // Whatever rounding did, and where the width itself overflows, the rows at hand must pass.
    let finite = |bound: f64, seen: f64| if bound.is_finite() { bound } else { seen };
    (
        finite(low, numeric.min).min(numeric.min),
        finite(high, numeric.max).max(numeric.max),
    )
}

/// A power of ten, a tenth to a hundredth of the width; at least 1 for whole numbers.
fn round_step(width: f64, whole: bool) -> i32 {
    let exponent = width.log10().floor() as i32 - 1;
    if whole { exponent.max(0) } else { exponent }
}

/// To a multiple of 10^exponent. Dividing by a whole power of ten keeps decimals short.
fn round_down(value: f64, exponent: i32) -> f64 {
    let power = 10f64.powi(exponent.abs());
    if exponent < 0 {
        (value * power).floor() / power
    } else {
        (value / power).floor() * power
    }
}
