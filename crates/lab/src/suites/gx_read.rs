//! Suite files of Great Expectations: 1.x (`name`, `type`) and 0.x (`expectation_suite_name`, `expectation_type`).

use assay_core::expect::{Expectation, Rule, RuleType, SUITE_SCHEMA, Severity, Suite};
use assay_core::suites::NotUnderstood;
use serde_json::{Map, Value};

use super::{OWN_META, ReadSuite, SuiteFileError, in_brief, kept};

/// Reads a suite of either generation, or one that was stored here as JSON. Nothing is dropped: what is not understood
/// is kept with the suite, listed, and never lets a check pass.
pub fn from_gx_json(text: &str) -> Result<ReadSuite, SuiteFileError> {
    let value: Value = serde_json::from_str(text).map_err(|error| SuiteFileError::Syntax {
        line: error.line(),
        wrong: in_brief(&without_place(&error.to_string())),
    })?;
    let Value::Object(mut fields) = value else {
        return Err(SuiteFileError::NotASuite(
            "it is JSON, but no object with `name` and `expectations`".to_owned(),
        ));
    };
    let Some(Value::Array(entries)) = fields.shift_remove("expectations") else {
        return Err(SuiteFileError::NotASuite(
            "it holds no list `expectations`".to_owned(),
        ));
    };
    let name = ["name", "expectation_suite_name"]
        .into_iter()
        .find_map(|key| match fields.get(key) {
            Some(Value::String(name)) if !name.trim().is_empty() => {
                let name = name.clone();
                fields.shift_remove(key);
                Some(name)
            }
            _ => None,
        })
        .ok_or_else(|| {
            SuiteFileError::NotASuite(
                "it has no `name` (nor `expectation_suite_name`) that is a text".to_owned(),
            )
        })?;
    // Our own number of the format, not part of the suite.
    fields.shift_remove("schema");
    // The writer always adds one.
    if fields.get("meta") == Some(&Value::Object(Map::new())) {
        fields.shift_remove("meta");
    }
    let mut not_understood = Vec::new();
    let expectations = entries
        .into_iter()
        .zip(1_u32..)
        .map(|(entry, rule)| read_entry(entry, rule, &mut not_understood))
        .collect();
    Ok(ReadSuite {
        suite: Suite {
            schema: SUITE_SCHEMA,
            name,
            expectations,
            other: fields,
        },
        not_understood,
    })
}

/// `expected value at line 1 column 2` without the place, which is said before it.
fn without_place(message: &str) -> String {
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message.get(..end).unwrap_or(message).to_owned()
}

fn read_entry(entry: Value, rule: u32, not_understood: &mut Vec<NotUnderstood>) -> Expectation {
    let mut tell = |type_: &str, wrong: String| {
        not_understood.push(NotUnderstood {
            rule,
            type_: in_brief(type_),
            wrong: in_brief(&wrong),
        });
    };
    let named = ["type", "expectation_type"]
        .into_iter()
        .find_map(|key| entry.get(key).and_then(Value::as_str));
    let Some(type_name) = named.map(str::to_owned) else {
        tell("", "it names no type".to_owned());
        return kept(entry);
    };
    let known: Option<RuleType> = type_name.parse().ok();
    let (Some(type_), Value::Object(fields)) = (known, &entry) else {
        tell(
            &type_name,
            "there is no such type here; it will count as a rule that did not run".to_owned(),
        );
        return kept(entry);
    };
    let kwargs = match fields.get("kwargs") {
        None => Map::new(),
        Some(Value::Object(kwargs)) => kwargs.clone(),
        Some(_) => {
            tell(
                &type_name,
                "its `kwargs` are no object; it will count as a rule that did not run".to_owned(),
            );
            return kept(entry);
        }
    };
    let expectation = read_fields(Rule { type_, kwargs }, fields);
    for argument in expectation.rule.not_understood() {
        tell(
            &type_name,
            format!("its argument `{argument}` is kept and has no effect"),
        );
    }
    if expectation.other.contains_key("severity") {
        tell(
            &type_name,
            "its severity is none of critical, warning and info, and counts as critical".to_owned(),
        );
    }
    if let Err(problem) = expectation.rule.read() {
        tell(
            &type_name,
            format!("{problem}; it will count as a rule that did not run"),
        );
    }
    expectation
}

/// Everything beside type and arguments. What has not the form it should have stays in `other`.
fn read_fields(rule: Rule, fields: &Map<String, Value>) -> Expectation {
    let mut expectation = Expectation::new(rule, Severity::Critical, "");
    let mut other = fields.clone();
    for key in ["type", "expectation_type", "kwargs"] {
        other.shift_remove(key);
    }
    take(&mut other, "severity", &mut expectation.severity);
    take(&mut other, "meta", &mut expectation.meta);
    take(&mut other, "reason", &mut expectation.reason);
    take_some(&mut other, "notes", &mut expectation.notes);
    take_some(&mut other, "id", &mut expectation.id);
    take_some(&mut other, "description", &mut expectation.description);
    if let Some(Value::Object(own)) = expectation.meta.get_mut(OWN_META) {
        take(own, "severity", &mut expectation.severity);
        take(own, "reason", &mut expectation.reason);
        if expectation.notes.is_none() {
            take_some(own, "notes", &mut expectation.notes);
        }
        if expectation.id.is_none() {
            take_some(own, "id", &mut expectation.id);
        }
        if expectation.description.is_none() {
            take_some(own, "description", &mut expectation.description);
        }
        if own.is_empty() {
            expectation.meta.shift_remove(OWN_META);
        }
    }
    expectation.other = other;
    expectation
}

fn take<T: serde::de::DeserializeOwned>(fields: &mut Map<String, Value>, key: &str, to: &mut T) {
    if let Some(value) = fields.get(key)
        && let Ok(read) = serde_json::from_value(value.clone())
    {
        *to = read;
        fields.shift_remove(key);
    }
}

/// Leaves a `null` where it is, because a field that is absent would not come back as one.
fn take_some<T: serde::de::DeserializeOwned>(
    fields: &mut Map<String, Value>,
    key: &str,
    to: &mut Option<T>,
) {
    if let Some(value) = fields.get(key)
        && let Ok(read) = serde_json::from_value(value.clone())
    {
        *to = Some(read);
        fields.shift_remove(key);
    }
}
