//! Suites from TOML. A person wrote it, so whatever is not understood is an error that says where.

use assay_core::expect::{Expectation, Rule, RuleType, SUITE_SCHEMA, Severity, Suite};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::toml_write::FIELDS;
use super::{SuiteFileError, line_at};

pub fn from_toml(text: &str) -> Result<Suite, SuiteFileError> {
    read(text).map_err(SuiteFileError::in_brief)
}

fn read(text: &str) -> Result<Suite, SuiteFileError> {
    let document = DeTable::parse(text).map_err(|error| SuiteFileError::Syntax {
        line: error.span().map_or(1, |span| line_at(text, span.start)),
        wrong: error.message().to_owned(),
    })?;
    let mut rules = None;
    let mut name = None;
    let mut other = Map::new();
    for (key, value) in document.get_ref() {
        let line = line_at(text, key.span().start);
        let wrong = |wrong: String| SuiteFileError::Syntax { line, wrong };
        match key.get_ref().as_ref() {
            "rules" => rules = Some(value),
            "name" => match json(value).map_err(wrong)? {
                Value::String(text) if !text.trim().is_empty() => name = Some(text),
                _ => return Err(wrong("`name` is not a text".to_owned())),
            },
            "schema" => {
                if json(value).map_err(wrong)?.as_u64() != Some(SUITE_SCHEMA.into()) {
                    return Err(wrong(format!(
                        "`schema` is not {SUITE_SCHEMA}, the only one that is known here"
                    )));
                }
            }
            "other" => match json(value).map_err(wrong)? {
                Value::Object(fields) => other = fields,
                _ => return Err(wrong("`other` is not a table".to_owned())),
            },
            unknown => {
                return Err(wrong(format!(
                    "a suite has no `{unknown}`; it has `name` and `[[rules]]`"
                )));
            }
        }
    }
    let Some(name) = name else {
        return Err(SuiteFileError::NotASuite("it has no `name`".to_owned()));
    };
    Ok(Suite {
        schema: SUITE_SCHEMA,
        name,
        expectations: rules.map_or(Ok(Vec::new()), |rules| read_rules(text, rules))?,
        other,
    })
}

fn read_rules(
    text: &str,
    rules: &Spanned<DeValue<'_>>,
) -> Result<Vec<Expectation>, SuiteFileError> {
    let not_a_list = || SuiteFileError::Syntax {
        line: line_at(text, rules.span().start),
        wrong: "`rules` is not a list; write [[rules]] before each rule".to_owned(),
    };
    let DeValue::Array(entries) = rules.get_ref() else {
        return Err(not_a_list());
    };
    let mut expectations = Vec::with_capacity(entries.len());
    for (place, entry) in entries.iter().enumerate() {
        let DeValue::Table(table) = entry.get_ref() else {
            return Err(not_a_list());
        };
        let expectation = read_rule(table).map_err(|(byte, wrong)| SuiteFileError::Rule {
            rule: place + 1,
            line: line_at(text, byte.unwrap_or(entry.span().start)),
            wrong,
        })?;
        expectations.push(expectation);
    }
    Ok(expectations)
}

/// What is wrong, and the byte where, when it is not the rule as a whole.
type Wrong = (Option<usize>, String);

fn read_rule(table: &DeTable<'_>) -> Result<Expectation, Wrong> {
    let mut fields = Map::new();
    let mut arguments = Vec::new();
    for (key, value) in table {
        let at = key.span().start;
        let name = key.get_ref().as_ref();
        let value =
            json(value).map_err(|wrong| (Some(at), format!("has a `{name}` that {wrong}")))?;
        if FIELDS.contains(&name) {
            fields.insert(name.to_owned(), value);
        } else {
            arguments.push((at, name.to_owned(), value));
        }
    }
    let type_: RuleType = match fields.shift_remove("type") {
        Some(Value::String(name)) => name
            .parse()
            .map_err(|_| (None, format!("is of the type `{name}`, which there is not")))?,
        Some(_) => return Err((None, "has a `type` that is not a text".to_owned())),
        None => return Err((None, "has no `type`".to_owned())),
    };
    // As the file has them, whatever order the parser keeps.
    arguments.sort_by_key(|(at, ..)| *at);
    let mut rule = Rule {
        type_,
        kwargs: Map::new(),
    };
    for (at, name, value) in arguments {
        rule.kwargs.insert(name.clone(), value);
        if rule.not_understood().contains(&name.as_str()) {
            return Err((
                Some(at),
                format!("has `{name}`, which {type_} does not take"),
            ));
        }
    }
    rule.kwargs
        .extend(field(&mut fields, "kwargs")?.unwrap_or_else(Map::new));
    // What is not understood never was; whatever else is written must be right.
    if type_ != RuleType::NotUnderstood {
        rule.read()
            .map_err(|problem| (None, format!("cannot be understood: {problem}")))?;
    }
    let severity = field(&mut fields, "severity").map_err(|(at, _)| {
        (
            at,
            "has a `severity` other than critical, warning and info".to_owned(),
        )
    })?;
    Ok(Expectation {
        notes: field(&mut fields, "notes")?,
        meta: field(&mut fields, "meta")?.unwrap_or_default(),
        id: field(&mut fields, "id")?,
        description: field(&mut fields, "description")?,
        other: field(&mut fields, "other")?.unwrap_or_default(),
        ..Expectation::new(
            rule,
            severity.unwrap_or(Severity::Critical),
            field(&mut fields, "reason")?.unwrap_or(String::new()),
        )
    })
}

fn field<T: DeserializeOwned>(
    fields: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, Wrong> {
    let Some(value) = fields.shift_remove(name) else {
        return Ok(None);
    };
    serde_json::from_value(value).map(Some).map_err(|_| {
        (
            None,
            format!("has a `{name}` of another form than it should have"),
        )
    })
}

/// A value as JSON has it; the error goes on after "a value that".
fn json(value: &Spanned<DeValue<'_>>) -> Result<Value, String> {
    Ok(match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        // A date without quotes means its text.
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Integer(digits) => {
            let whole = i64::from_str_radix(digits.as_str(), digits.radix()).map(Value::from);
            whole
                .or_else(|_| u64::from_str_radix(digits.as_str(), digits.radix()).map(Value::from))
                .map_err(|_| "is a whole number of more than 64 bits".to_owned())?
        }
        DeValue::Float(digits) => digits
            .as_str()
            .parse()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map(Value::Number)
            .ok_or_else(|| "is no finite number".to_owned())?,
        DeValue::Array(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        DeValue::Table(table) => return object(table),
    })
}

fn object(table: &DeTable<'_>) -> Result<Value, String> {
    let mut fields: Vec<_> = table.iter().collect();
    fields.sort_by_key(|(key, _)| key.span().start);
    let mut object = Map::new();
    for (key, value) in fields {
        object.insert(key.get_ref().to_string(), json(value)?);
    }
    if object.len() > 1 {
        return Ok(Value::Object(object));
    }
    // The two forms in which the writer puts what TOML cannot say.
    match (object.get("null"), object.get("json")) {
        (Some(Value::Bool(true)), _) => Ok(Value::Null),
        (_, Some(Value::String(text))) => {
            serde_json::from_str(text).map_err(|error| format!("holds JSON that is none: {error}"))
        }
        _ => Ok(Value::Object(object)),
    }
}
