//! Rules in words, as a list of expectations shows them.

mod parts;

use super::condition::Condition;
use super::read::{
    ColumnTest, IgnoreRow, OutlierMethod, PairTest, Patterns, QuantileRange, RecordTest,
    SetRelation, Statistic, TableTest, Test, ValueTest, Wanted, column_types,
};
use super::{Rule, RuleType, catalogue, foreign_type};
use crate::words::number;
use parts::{bounds, condition_words, mostly_words, names, plain, set, value_text};

/// `` `body_mass_g` between 2,700 and 6,000 ``, `` `sex` not null, mostly 0.98 ``, `columns match the set of 7`. A rule
/// whose arguments are not understood has the title of its type.
pub fn describe(rule: &Rule) -> String {
    let Ok(read) = rule.read() else {
        if rule.type_ == RuleType::NotUnderstood {
            return format!("not understood: {}", foreign_type(&rule.kwargs));
        }
        let title = catalogue::rule_info(rule.type_).map_or_else(String::new, |info| info.title);
        return match rule.column() {
            Some(column) => format!("`{column}` {title}"),
            None => title,
        };
    };
    let words = test_words(&read.test);
    match &read.condition {
        Some(condition) => format!("{words}, where {}", condition_words(condition)),
        None => words,
    }
}

/// `age > 18 and city in {Oslo, Lima}`
pub fn describe_condition(condition: &Condition) -> String {
    condition_words(condition)
}

fn test_words(test: &Test) -> String {
    match test {
        Test::Values {
            column,
            test,
            mostly,
        } => format!("`{column}` {}{}", value_words(test), mostly_words(*mostly)),
        Test::Pairs {
            column_a,
            column_b,
            test,
            ignore,
            mostly,
        } => {
            let words = match test {
                PairTest::Equal => format!("`{column_a}` equals `{column_b}`"),
                PairTest::Greater { or_equal: false } => {
                    format!("`{column_a}` greater than `{column_b}`")
                }
                PairTest::Greater { or_equal: true } => {
                    format!("`{column_a}` at least `{column_b}`")
                }
                PairTest::InSet(pairs) => {
                    let pairs = pairs
                        .iter()
                        .map(|(a, b)| format!("({}, {})", value_text(a), value_text(b)));
                    format!("(`{column_a}`, `{column_b}`) in {}", set(pairs))
                }
            };
            format!("{words}{}{}", ignore_words(*ignore), mostly_words(*mostly))
        }
        Test::Records {
            columns,
            test,
            ignore,
            mostly,
        } => {
            let columns = names(columns);
            let words = match test {
                RecordTest::CompoundUnique => format!("{columns} unique together"),
                RecordTest::Different => format!("{columns} differ within a row"),
                RecordTest::Equal => format!("{columns} equal"),
                RecordTest::Sum(total) => format!("{columns} add up to {}", number(*total)),
            };
            format!("{words}{}{}", ignore_words(*ignore), mostly_words(*mostly))
        }
        Test::Column { column, test } => format!("`{column}` {}", column_words(test)),
        Test::Table(test) => table_words(test),
        Test::Query(query) => format!("no row from {}", plain(query)),
    }
}

fn ignore_words(ignore: IgnoreRow) -> &'static str {
    match ignore {
        IgnoreRow::AllMissing => "",
        IgnoreRow::AnyMissing => ", rows without missing values",
        IgnoreRow::Never => ", missing values too",
    }
}

fn value_words(test: &ValueTest) -> String {
    match test {
        ValueTest::NotNull => "not null".to_owned(),
        ValueTest::Null => "null".to_owned(),
        ValueTest::Unique => "unique".to_owned(),
        ValueTest::Between(limits) => bounds(limits),
        ValueTest::InSet { values, negated } => {
            let word = if *negated { "not in" } else { "in" };
            format!("{word} {}", set(values.iter().map(value_text)))
        }
        ValueTest::OfType(types) => {
            let types: Vec<String> = types.iter().map(|name| type_words(name)).collect();
            format!("of type {}", types.join(" or "))
        }
        ValueTest::Length(limits) => format!("length {}", bounds(limits)),
        ValueTest::Regex(patterns) => {
            pattern_words("matches", "does not match", patterns, |p| format!("/{p}/"))
        }
        ValueTest::Like { patterns, .. } => {
            pattern_words("like", "not like", patterns, |p| format!("'{p}'"))
        }
        ValueTest::Strftime(format) => format!("dates as {format}"),
        ValueTest::DateParseable => "reads as a date".to_owned(),
        ValueTest::JsonParseable => "reads as JSON".to_owned(),
        ValueTest::JsonSchema(_) => "follows a JSON schema".to_owned(),
        ValueTest::Ordered {
            descending,
            strictly,
        } => {
            let word = if *descending {
                "decreasing"
            } else {
                "increasing"
            };
            format!("{}{word}", if *strictly { "strictly " } else { "" })
        }
        ValueTest::ZScore {
            threshold,
            double_sided,
        } => {
            let sides = if *double_sided {
                "on either side of"
            } else {
                "above"
            };
            format!(
                "less than {} standard deviations {sides} the mean",
                number(*threshold)
            )
        }
        ValueTest::NotOutlier { method, multiplier } => {
            let unit = match method {
                OutlierMethod::Iqr => "interquartile ranges",
                OutlierMethod::Std => "standard deviations",
            };
            format!("without outliers beyond {} {unit}", number(*multiplier))
        }
    }
}

/// The type as people name it; what pandas or SQL call it stays as it is.
fn type_words(name: &str) -> String {
    match column_types(name) {
        [kind] if serde_json::to_value(kind).is_ok_and(|value| value == name) => {
            kind.label().to_owned()
        }
        _ => name.to_owned(),
    }
}

fn pattern_words(
    matches: &str,
    matches_not: &str,
    patterns: &Patterns,
    show: impl Fn(&str) -> String,
) -> String {
    let shown: Vec<String> = patterns.patterns.iter().map(|p| show(p)).collect();
    match patterns.wanted {
        Wanted::Any => format!("{matches} {}", shown.join(" or ")),
        Wanted::All => format!("{matches} {}", shown.join(" and ")),
        Wanted::None => format!("{matches_not} {}", shown.join(" or ")),
    }
}

fn column_words(test: &ColumnTest) -> String {
    match test {
        ColumnTest::Statistic {
            statistic,
            bounds: limits,
        } => {
            let name = match statistic {
                Statistic::Min => "minimum",
                Statistic::Max => "maximum",
                Statistic::Mean => "mean",
                Statistic::Median => "median",
                Statistic::Stdev => "standard deviation",
                Statistic::Sum => "sum",
                Statistic::DistinctCount => "distinct values",
                Statistic::DistinctShare => "share of distinct values",
                Statistic::NonNullShare => "share of values present",
            };
            format!("{name} {}", bounds(limits))
        }
        ColumnTest::Quantiles(ranges, _) => {
            let ranges: Vec<String> = ranges.iter().map(quantile_words).collect();
            format!("quantiles {}", ranges.join(", "))
        }
        ColumnTest::Distinct { values, relation } => {
            let relation = match relation {
                SetRelation::InSet => "in",
                SetRelation::ContainsSet => "contain",
                SetRelation::EqualsSet => "equal",
            };
            let values = set(values.iter().map(value_text));
            format!("distinct values {relation} {values}")
        }
        ColumnTest::MostCommon { values, .. } => {
            format!(
                "most common value in {}",
                set(values.iter().map(value_text))
            )
        }
        ColumnTest::KlDivergence(divergence) => match divergence.threshold {
            Some(threshold) => format!(
                "divergence from its distribution at most {}",
                number(threshold)
            ),
            None => "divergence from its distribution".to_owned(),
        },
    }
}

fn quantile_words(range: &QuantileRange) -> String {
    let limits = match (range.min, range.max) {
        (Some(min), Some(max)) if min == max => number(min),
        (Some(min), Some(max)) => format!("{} to {}", number(min), number(max)),
        (Some(min), None) => format!("at least {}", number(min)),
        (None, Some(max)) => format!("at most {}", number(max)),
        (None, None) => "any".to_owned(),
    };
    format!("{}: {limits}", number(range.probability))
}

fn table_words(test: &TableTest) -> String {
    match test {
        TableTest::RowCount(limits) => format!("row count {}", bounds(limits)),
        TableTest::RowCountOf(other) => format!("row count equals that of `{other}`"),
        TableTest::ColumnCount(limits) => format!("column count {}", bounds(limits)),
        TableTest::ColumnSet {
            columns,
            exact: true,
        } => format!("columns match the set of {}", columns.len()),
        TableTest::ColumnSet {
            columns,
            exact: false,
        } => format!("columns hold {}", set(columns.iter().cloned())),
        TableTest::ColumnList(columns) => {
            format!("columns match the list of {}", columns.len())
        }
        TableTest::ColumnExists {
            column,
            index: None,
        } => format!("`{column}` exists"),
        TableTest::ColumnExists {
            column,
            index: Some(index),
        } => format!("`{column}` is column {}", index + 1),
        TableTest::ColumnType { column, type_name } => {
            format!("`{column}` is a column of type {}", type_words(type_name))
        }
    }
}

#[cfg(test)]
mod tests;
