//! A suite as TOML, for a person to read and change: every rule is explained, and reads back as it was.

use std::fmt::Write as _;

use assay_core::expect::{Expectation, Suite, describe};
use serde_json::{Map, Value};

/// Keys of a rule that are no arguments.
pub(super) const FIELDS: [&str; 9] = [
    "type",
    "kwargs",
    "severity",
    "reason",
    "notes",
    "description",
    "meta",
    "id",
    "other",
];

pub fn to_toml(suite: &Suite) -> String {
    let n = suite.expectations.len();
    let rules = if n == 1 { "rule" } else { "rules" };
    let mut text = format!(
        "# Expectations `{}`: {n} {rules}. `assay expect import FILE` reads this file back.\n\
         # severity: critical (stops training; also when it is left out), warning or info.\n\
         # `assay expect types` tells the types and their arguments.\n\n",
        on_one_line(&suite.name)
    );
    line(&mut text, "schema", &suite.schema.into());
    line(&mut text, "name", &suite.name.clone().into());
    if !suite.other.is_empty() {
        line(&mut text, "other", &Value::Object(suite.other.clone()));
    }
    for (number, expectation) in (1_u32..).zip(&suite.expectations) {
        rule(&mut text, number, expectation);
    }
    text
}

fn rule(text: &mut String, number: u32, expectation: &Expectation) {
    let rule = &expectation.rule;
    let _ = write!(
        text,
        "\n# {number}. {}\n[[rules]]\n",
        on_one_line(&describe(rule))
    );
    line(text, "type", &rule.type_.name().into());
    let strange = rule.not_understood();
    let mut kept = Map::new();
    for (name, value) in &rule.kwargs {
        if strange.contains(&name.as_str()) || FIELDS.contains(&name.as_str()) {
            kept.insert(name.clone(), value.clone());
        } else {
            line(text, name, value);
        }
    }
    if !kept.is_empty() {
        text.push_str("# not understood, kept as it came:\n");
        line(text, "kwargs", &Value::Object(kept));
    }
    if let Ok(severity) = serde_json::to_value(expectation.severity) {
        line(text, "severity", &severity);
    }
    if !expectation.reason.is_empty() {
        line(text, "reason", &expectation.reason.clone().into());
    }
    if let Some(Ok(notes)) = expectation.notes.as_ref().map(serde_json::to_value) {
        line(text, "notes", &notes);
    }
    if let Some(description) = &expectation.description {
        line(text, "description", &description.clone().into());
    }
    if !expectation.meta.is_empty() {
        line(text, "meta", &Value::Object(expectation.meta.clone()));
    }
    if let Some(id) = &expectation.id {
        line(text, "id", &id.clone().into());
    }
    if !expectation.other.is_empty() {
        line(text, "other", &Value::Object(expectation.other.clone()));
    }
}

fn line(text: &mut String, key: &str, value: &Value) {
    push_key(text, key);
    text.push_str(" = ");
    match value {
        // A query reads better as it was written.
        Value::String(long) if long.contains('\n') && is_plain(long) => {
            if long.ends_with('\'') || long.contains("'''") {
                let long = long.replace('\\', "\\\\").replace('"', "\\\"");
                let _ = write!(text, "\"\"\"\n{long}\"\"\"");
            } else {
                let _ = write!(text, "'''\n{long}'''");
            }
        }
        other => push(text, other),
    }
    text.push('\n');
}

/// One value on one line.
fn push(text: &mut String, value: &Value) {
    match value {
        // TOML has no null.
        Value::Null => text.push_str("{ null = true }"),
        Value::Bool(flag) => {
            let _ = write!(text, "{flag}");
        }
        Value::Number(number) => {
            let whole = number.is_i64() || number.is_u64();
            match number.as_f64() {
                // `{:?}` always has a point or an exponent.
                Some(float) if !whole => {
                    let _ = write!(text, "{float:?}");
                }
                _ => {
                    let _ = write!(text, "{number}");
                }
            }
        }
        Value::String(string) => push_string(text, string),
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                push(text, item);
            }
            text.push(']');
        }
        // Would read back as the null above, or as this very form.
        Value::Object(fields)
            if fields.len() == 1
                && (fields.contains_key("null") || fields.contains_key("json")) =>
        {
            text.push_str("{ json = ");
            push_string(text, &value.to_string());
            text.push_str(" }");
        }
        Value::Object(fields) if fields.is_empty() => text.push_str("{}"),
        Value::Object(fields) => {
            text.push_str("{ ");
            for (place, (key, item)) in fields.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                push_key(text, key);
                text.push_str(" = ");
                push(text, item);
            }
            text.push_str(" }");
        }
    }
}

fn push_key(text: &mut String, key: &str) {
    let bare = !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare {
        text.push_str(key);
    } else {
        push_escaped(text, key);
    }
}

/// A pattern keeps its backslashes.
fn push_string(text: &mut String, string: &str) {
    if string.contains('\\') && is_plain(string) && !string.contains(['\'', '\n']) {
        let _ = write!(text, "'{string}'");
    } else {
        push_escaped(text, string);
    }
}

/// JSON's escapes are TOML's too, but for one character.
fn push_escaped(text: &mut String, string: &str) {
    text.push_str(
        &Value::String(string.to_owned())
            .to_string()
            .replace('\u{7f}', "\\u007f"),
    );
}

/// Whether all of its characters may stand in TOML as they are.
fn is_plain(string: &str) -> bool {
    string
        .chars()
        .all(|c| !c.is_control() || c == '\n' || c == '\t')
}

fn on_one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
