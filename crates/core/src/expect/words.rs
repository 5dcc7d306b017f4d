//! Rules in words, as a list of expectations shows them.

use super::Rule;
use crate::words::{count, number};

/// Values of a set that are written out.
const MAX_SHOWN: usize = 8;

/// `` `body_mass_g` between 2,700 and 6,000 ``, `` `sex` not null, mostly 0.98 ``, `columns match the set of 7`.
pub fn describe(rule: &Rule) -> String {
    match rule {
        Rule::ExpectColumnValuesToNotBeNull { column, mostly } => {
            format!("`{column}` not null{}", mostly_words(*mostly))
        }
        Rule::ExpectColumnValuesToBeUnique { column, mostly } => {
            format!("`{column}` unique{}", mostly_words(*mostly))
        }
        Rule::ExpectColumnValuesToBeBetween {
            column,
            min_value,
            max_value,
            strict_min,
            strict_max,
            mostly,
        } => {
            let bounds = if *strict_min || *strict_max {
                strict_bounds((*min_value, *strict_min), (*max_value, *strict_max))
            } else {
                bounds(min_value.map(number), max_value.map(number))
            };
            format!("`{column}` {bounds}{}", mostly_words(*mostly))
        }
        Rule::ExpectColumnValuesToBeInSet {
            column,
            value_set,
            mostly,
        } => format!("`{column}` in {}{}", set(value_set), mostly_words(*mostly)),
        Rule::ExpectColumnValuesToMatchRegex {
            column,
            regex,
            mostly,
        } => format!("`{column}` matches /{regex}/{}", mostly_words(*mostly)),
        Rule::ExpectColumnValuesToBeOfType { column, type_ } => {
            format!("`{column}` of type {}", type_.label())
        }
        Rule::ExpectTableRowCountToBeBetween {
            min_value,
            max_value,
        } => format!(
            "row count {}",
            bounds(min_value.map(count), max_value.map(count))
        ),
        Rule::ExpectTableColumnsToMatchSet {
            column_set,
            exact_match: true,
        } => format!("columns match the set of {}", column_set.len()),
        Rule::ExpectTableColumnsToMatchSet {
            column_set,
            exact_match: false,
        } => format!("columns hold {}", set(column_set)),
        Rule::ExpectColumnMeanToBeBetween {
            column,
            min_value,
            max_value,
        } => format!(
            "`{column}` mean {}",
            bounds(min_value.map(number), max_value.map(number))
        ),
        Rule::ExpectColumnUniqueValueCountToBeBetween {
            column,
            min_value,
            max_value,
        } => format!(
            "`{column}` distinct values {}",
            bounds(min_value.map(count), max_value.map(count))
        ),
    }
}

fn mostly_words(mostly: f64) -> String {
    if mostly < 1.0 {
        format!(", mostly {}", number(mostly))
    } else {
        String::new()
    }
}

fn bounds(min: Option<String>, max: Option<String>) -> String {
    match (min, max) {
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "without bounds".to_owned(),
    }
}

fn strict_bounds(min: (Option<f64>, bool), max: (Option<f64>, bool)) -> String {
    let low = min.0.map(|value| {
        let words = if min.1 { "over" } else { "at least" };
        format!("{words} {}", number(value))
    });
    let high = max.0.map(|value| {
        let words = if max.1 { "under" } else { "at most" };
        format!("{words} {}", number(value))
    });
    match (low, high) {
        (Some(low), Some(high)) => format!("{low} and {high}"),
        (low, high) => low.or(high).unwrap_or_else(|| "without bounds".to_owned()),
    }
}

fn set(values: &[String]) -> String {
    let shown: Vec<&str> = values.iter().take(MAX_SHOWN).map(String::as_str).collect();
    match values.len() - shown.len() {
        0 => format!("{{{}}}", shown.join(", ")),
        left => format!("{{{} and {left} more}}", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ColumnType;

    fn between(min: Option<f64>, max: Option<f64>, strict: bool, mostly: f64) -> Rule {
        Rule::ExpectColumnValuesToBeBetween {
            column: "body_mass_g".into(),
            min_value: min,
            max_value: max,
            strict_min: strict,
            strict_max: false,
            mostly,
        }
    }

    #[test]
    fn every_rule_has_words() {
        let column = || "sex".to_owned();
        let names = |n: usize| (0..n).map(|i| format!("c{i}")).collect::<Vec<_>>();
        let table = [
            (
                between(Some(2700.0), Some(6000.0), false, 1.0),
                "`body_mass_g` between 2,700 and 6,000",
            ),
            (
                between(Some(0.0), Some(9.5), true, 0.9),
                "`body_mass_g` over 0 and at most 9.5, mostly 0.9",
            ),
            (
                between(None, Some(-1.0), false, 1.0),
                "`body_mass_g` at most −1",
            ),
            (
                between(None, None, false, 1.0),
                "`body_mass_g` without bounds",
            ),
            (
                Rule::ExpectColumnValuesToNotBeNull {
                    column: column(),
                    mostly: 0.98,
                },
                "`sex` not null, mostly 0.98",
            ),
            (
                Rule::ExpectColumnValuesToBeUnique {
                    column: column(),
                    mostly: 1.0,
                },
                "`sex` unique",
            ),
            (
                Rule::ExpectColumnValuesToBeInSet {
                    column: column(),
                    value_set: vec!["FEMALE".into(), "MALE".into()],
                    mostly: 1.0,
                },
                "`sex` in {FEMALE, MALE}",
            ),
            (
                Rule::ExpectColumnValuesToMatchRegex {
                    column: column(),
                    regex: "^[A-Z]+$".into(),
                    mostly: 1.0,
                },
                "`sex` matches /^[A-Z]+$/",
            ),
            (
                Rule::ExpectColumnValuesToBeOfType {
                    column: column(),
                    type_: ColumnType::Text,
                },
                "`sex` of type text",
            ),
            (
                Rule::ExpectTableRowCountToBeBetween {
                    min_value: Some(300),
                    max_value: Some(1400),
                },
                "row count between 300 and 1,400",
            ),
            (
                Rule::ExpectTableColumnsToMatchSet {
                    column_set: names(7),
                    exact_match: true,
                },
                "columns match the set of 7",
            ),
            (
                Rule::ExpectTableColumnsToMatchSet {
                    column_set: names(10),
                    exact_match: false,
                },
                "columns hold {c0, c1, c2, c3, c4, c5, c6, c7 and 2 more}",
            ),
            (
                Rule::ExpectColumnMeanToBeBetween {
                    column: column(),
                    min_value: Some(195.0),
                    max_value: None,
                },
                "`sex` mean at least 195",
            ),
            (
                Rule::ExpectColumnUniqueValueCountToBeBetween {
                    column: column(),
                    min_value: Some(2),
                    max_value: Some(2),
                },
                "`sex` distinct values exactly 2",
            ),
        ];
        for (rule, words) in table {
            assert_eq!(describe(&rule), words);
        }
    }
}
