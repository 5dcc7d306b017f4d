//! What a filter says of one row or run.

use std::cmp::Ordering;

use super::{Filter, Literal, Operator};

/// The value of a name in one row or run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value, or no such name.
    Missing,
    Number(f64),
    Text(&'a str),
    Boolean(bool),
}

impl Filter {
    /// Whether the row or run matches; `lookup` gives the value of a name.
    ///
    /// A condition on a missing value is false, except `IS NULL`; `NOT` around it makes that true. A number and a
    /// text compare as numbers when the text is one, else as texts; texts compare by code points. A boolean
    /// compares as `true` or `false` with texts (in any case) and as 1 or 0 with numbers.
    pub fn matches<'v>(&self, lookup: &impl Fn(&str) -> Value<'v>) -> bool {
        match self {
            Self::All => true,
            Self::And(filters) => filters.iter().all(|filter| filter.matches(lookup)),
            Self::Or(filters) => filters.iter().any(|filter| filter.matches(lookup)),
            Self::Not(filter) => !filter.matches(lookup),
            Self::Compare {
                name,
                operator,
                value,
            } => compare(lookup(name), value).is_some_and(|order| operator.holds(order)),
            Self::Like {
                name,
                pattern,
                ignore_case,
                negated,
            } => text_of(lookup(name))
                .is_some_and(|text| like_matches(pattern, &text, *ignore_case) != *negated),
            Self::In {
                name,
                values,
                negated,
            } => {
                let value = lookup(name);
                value != Value::Missing
                    && values
                        .iter()
                        .any(|literal| compare(value, literal) == Some(Ordering::Equal))
                        != *negated
            }
            Self::IsNull { name, negated } => (lookup(name) == Value::Missing) != *negated,
        }
    }
}

impl Operator {
    /// Whether it holds of two values in this order.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Whether the whole text fits the pattern: `%` stands for any characters, `_` for one.
pub fn like_matches(pattern: &str, text: &str, ignore_case: bool) -> bool {
    let fold = |text: &str| -> Vec<char> {
        if ignore_case {
            text.chars().flat_map(char::to_lowercase).collect()
        } else {
            text.chars().collect()
        }
    };
    let (pattern, text) = (fold(pattern), fold(text));
    let (mut p, mut t) = (0, 0);
    // The last `%` and how much of the text it has taken; one is enough, for an earlier one never needs more.
    let mut last_any: Option<(usize, usize)> = None;
    while let Some(&c) = text.get(t) {
        match pattern.get(p) {
            Some('%') => {
                last_any = Some((p, t));
                p += 1;
            }
            Some(&wanted) if wanted == '_' || wanted == c => {
                p += 1;
                t += 1;
            }
            _ => match last_any {
                Some((any, taken)) => {
                    last_any = Some((any, taken + 1));
                    p = any + 1;
                    t = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|&c| c == '%')
}

/// The pattern as a regular expression over the whole text, for engines that have no `LIKE`.
pub fn like_regex(pattern: &str, ignore_case: bool) -> String {
    let mut regex = String::from(if ignore_case { "(?is)^" } else { "(?s)^" });
    for c in pattern.chars() {
        match c {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            c => {
                if c.is_ascii_punctuation() {
                    regex.push('\\');
                }
                regex.push(c);
            }
        }
    }
    regex.push('$');
    regex
}

fn text_of(value: Value<'_>) -> Option<String> {
    match value {
        Value::Missing => None,
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.to_owned()),
        Value::Boolean(value) => Some(value.to_string()),
    }
}

/// `None` when the value is missing or not a number in a comparison of numbers.
fn compare(value: Value<'_>, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Missing, _) => None,
        (Value::Number(a), Literal::Number(b)) => a.partial_cmp(b),
        (Value::Number(a), Literal::Boolean(b)) => a.partial_cmp(&f64::from(u8::from(*b))),
        (Value::Boolean(a), Literal::Number(b)) => f64::from(u8::from(a)).partial_cmp(b),
        (Value::Boolean(a), Literal::Boolean(b)) => Some(a.cmp(b)),
        (Value::Boolean(a), Literal::Text(b)) => Some(compare_boolean(a, b)),
        (Value::Text(a), Literal::Boolean(b)) => Some(compare_boolean(*b, a).reverse()),
        (Value::Text(a), Literal::Text(b)) => Some(a.cmp(b.as_str())),
        (Value::Number(a), Literal::Text(b)) => match read_number(b) {
            Some(b) => a.partial_cmp(&b),
            None => Some(a.to_string().as_str().cmp(b)),
        },
        (Value::Text(a), Literal::Number(b)) => match read_number(a) {
            Some(a) => a.partial_cmp(b),
            None => Some(a.cmp(b.to_string().as_str())),
        },
    }
}

fn compare_boolean(value: bool, text: &str) -> Ordering {
    value.to_string().as_str().cmp(&text.to_lowercase())
}

fn read_number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| !number.is_nan())
}
