//! The flat YAML documents that MLflow keeps beside its files.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

/// A description longer than this is none.
const MAX_BYTES: u64 = 16 << 20;

/// A document whose values are asked for by name.
#[derive(Debug, Default)]
pub(crate) struct Document(BTreeMap<String, Value>);

impl Document {
    /// What is wrong with it is said in one clause.
    pub fn read(path: &Path) -> Result<Self, String> {
        let mut text = String::new();
        fs::File::open(path)
            .and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text))
            .map_err(|error| error.to_string())?;
        serde_saphyr::from_str(&text)
            .map(Self)
            .map_err(|error| one_line(&error.to_string()))
    }

    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Numbers come as their digits; empty and absent are the same.
    pub fn text(&self, key: &str) -> Option<String> {
        let text = match self.0.get(key)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    pub fn integer(&self, key: &str) -> Option<i64> {
        match self.0.get(key)? {
            Value::Number(number) => number
                .as_i64()
                .or_else(|| number.as_f64().map(|value| value as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The texts of a map of texts.
    pub fn texts(&self, key: &str) -> BTreeMap<String, String> {
        let Some(Value::Object(map)) = self.0.get(key) else {
            return BTreeMap::new();
        };
        map.iter()
            .map(|(key, value)| match value {
                Value::String(text) => (key.clone(), text.clone()),
                other => (key.clone(), other.to_string()),
            })
            .collect()
    }
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}
