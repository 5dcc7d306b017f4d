//! Bounds, sets, names and conditions in words.

use serde_json::Value;

use crate::expect::condition::{Comparison, Condition, Operand};
use crate::expect::read::{Bound, Bounds};
use crate::words::number;

/// Values of a set that are written out.
const MAX_SHOWN: usize = 8;
/// Characters of a query that are written out.
const MAX_PLAIN: usize = 80;

pub(super) fn mostly_words(mostly: f64) -> String {
    if mostly < 1.0 {
        format!(", mostly {}", number(mostly))
    } else {
        String::new()
    }
}

pub(super) fn bounds(limits: &Bounds) -> String {
    let min = limits.min.as_ref().map(bound_text);
    let max = limits.max.as_ref().map(bound_text);
    let low = if limits.strict_min {
        "over"
    } else {
        "at least"
    };
    let high = if limits.strict_max {
        "under"
    } else {
        "at most"
    };
    match (min, max) {
        (Some(min), Some(max)) if limits.strict_min || limits.strict_max => {
            format!("{low} {min} and {high} {max}")
        }
        (Some(min), Some(max)) if min == max => format!("exactly {min}"),
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("{low} {min}"),
        (None, Some(max)) => format!("{high} {max}"),
        (None, None) => "without bounds".to_owned(),
    }
}

fn bound_text(bound: &Bound) -> String {
    match bound {
        Bound::Integer(value) => number(*value as f64),
        Bound::Float(value) => number(*value),
        Bound::Text(text) => text.clone(),
    }
}

pub(super) fn set(values: impl ExactSizeIterator<Item = String>) -> String {
    let n = values.len();
    let shown: Vec<String> = values.take(MAX_SHOWN).collect();
    match n - shown.len() {
        0 => format!("{{{}}}", shown.join(", ")),
        left => format!("{{{} and {left} more}}", shown.join(", ")),
    }
}

/// A text without its quotes, everything else as JSON.
pub(super) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn names(columns: &[String]) -> String {
    let quoted: Vec<String> = columns.iter().map(|name| format!("`{name}`")).collect();
    crate::words::list(&quoted, MAX_SHOWN)
}

/// On one line, cut where it is long.
pub(super) fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_PLAIN) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

pub(super) fn condition_words(condition: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(inner_words).collect();
        parts.join(word)
    };
    match condition {
        Condition::And(parts) => joined(parts, " and "),
        Condition::Or(parts) => joined(parts, " or "),
        Condition::Not(part) => format!("not {}", inner_words(part)),
        Condition::Compare {
            left,
            comparison,
            right,
        } => format!(
            "{} {} {}",
            operand_text(left),
            comparison_text(*comparison),
            operand_text(right)
        ),
        Condition::In {
            column,
            values,
            negated,
        } => {
            let word = if *negated { "not in" } else { "in" };
            format!("{column} {word} {}", set(values.iter().map(value_text)))
        }
        Condition::IsNull { column, is_null } => {
            let word = if *is_null { "missing" } else { "not missing" };
            format!("{column} is {word}")
        }
        Condition::IsTrue { column } => column.clone(),
    }
}

fn inner_words(condition: &Condition) -> String {
    let words = condition_words(condition);
    match condition {
        Condition::And(_) | Condition::Or(_) => format!("({words})"),
        _ => words,
    }
}

fn operand_text(operand: &Operand) -> String {
    match operand {
        Operand::Column(name) => name.clone(),
        Operand::Value(value) => value.to_string(),
    }
}

fn comparison_text(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}
