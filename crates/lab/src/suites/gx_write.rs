//! Suites as files of Great Expectations, of its own generation or the one before.

use assay_core::expect::{Expectation, RuleType, Severity, Suite};
use assay_core::suites::SuiteFormat;
use serde_json::{Map, Value, json};

use super::{ENTRY, OWN_META};

/// The file's text. Formats that are not Great Expectations' are written as its newest one.
pub fn to_gx_json(suite: &Suite, format: SuiteFormat) -> String {
    let value = to_gx_value(suite, format);
    // The alternate form of a JSON value is indented.
    format!("{value:#}\n")
}

pub fn to_gx_value(suite: &Suite, format: SuiteFormat) -> Value {
    let old = format == SuiteFormat::GreatExpectations0;
    let name = if old {
        "expectation_suite_name"
    } else {
        "name"
    };
    let mut fields = Map::new();
    fields.insert(name.to_owned(), json!(suite.name));
    let entries: Vec<Value> = suite
        .expectations
        .iter()
        .map(|expectation| entry(expectation, old))
        .collect();
    fields.insert("expectations".to_owned(), Value::Array(entries));
    fields.insert("meta".to_owned(), json!({}));
    fields.extend(suite.other.clone());
    Value::Object(fields)
}

fn entry(expectation: &Expectation, old: bool) -> Value {
    let (type_key, other_key) = if old {
        ("expectation_type", "type")
    } else {
        ("type", "expectation_type")
    };
    let rule = &expectation.rule;
    if rule.type_ == RuleType::NotUnderstood {
        let mut entry = rule.kwargs.get(ENTRY).cloned().unwrap_or(Value::Null);
        if let Value::Object(fields) = &mut entry
            && !fields.contains_key(type_key)
            && let Some(type_) = fields.shift_remove(other_key)
        {
            fields.shift_insert(0, type_key.to_owned(), type_);
        }
        return entry;
    }
    let mut fields = Map::new();
    fields.insert(type_key.to_owned(), json!(rule.type_));
    fields.insert("kwargs".to_owned(), Value::Object(rule.kwargs.clone()));
    let mut own = Map::new();
    let mut beside = Map::new();
    if !expectation.reason.is_empty() {
        own.insert("reason".to_owned(), json!(expectation.reason));
    }
    // The older generation knows no more than type, arguments and meta.
    let place = if old { &mut own } else { &mut beside };
    if let Some(notes) = &expectation.notes {
        place.insert("notes".to_owned(), json!(notes));
    }
    if let Some(id) = &expectation.id {
        place.insert("id".to_owned(), json!(id));
    }
    if let Some(description) = &expectation.description {
        place.insert("description".to_owned(), json!(description));
    }
    if !old || expectation.severity != Severity::Critical {
        place.insert("severity".to_owned(), json!(expectation.severity));
    }
    fields.insert(
        "meta".to_owned(),
        Value::Object(with_own(&expectation.meta, own)),
    );
    fields.extend(beside);
    fields.extend(expectation.other.clone());
    Value::Object(fields)
}

/// What has no field of its own goes to a part of `meta` that is named after us.
fn with_own(meta: &Map<String, Value>, own: Map<String, Value>) -> Map<String, Value> {
    let mut meta = meta.clone();
    if own.is_empty() {
        return meta;
    }
    match meta.get_mut(OWN_META) {
        Some(Value::Object(there)) => there.extend(own),
        // Somebody else's word of that name is not overwritten.
        Some(_) => {}
        None => {
            meta.insert(OWN_META.to_owned(), Value::Object(own));
        }
    }
    meta
}
