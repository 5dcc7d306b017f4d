//! The messages of a W&B run file, as far as runs are read from them. Numbers of fields are those of
//! `wandb_internal.proto`; what is not named here is passed over.

use prost::Message;
use serde_json::Value;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Record {
    #[prost(message, optional, tag = "2")]
    pub history: Option<History>,
    #[prost(message, optional, tag = "3")]
    pub summary: Option<Summary>,
    #[prost(message, optional, tag = "5")]
    pub config: Option<Config>,
    #[prost(message, optional, tag = "17")]
    pub run: Option<Run>,
    #[prost(message, optional, tag = "18")]
    pub exit: Option<Exit>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Run {
    #[prost(string, tag = "1")]
    pub run_id: String,
    #[prost(string, tag = "2")]
    pub entity: String,
    #[prost(string, tag = "3")]
    pub project: String,
    #[prost(message, optional, tag = "4")]
    pub config: Option<Config>,
    #[prost(string, tag = "6")]
    pub run_group: String,
    #[prost(string, tag = "7")]
    pub job_type: String,
    #[prost(string, tag = "8")]
    pub display_name: String,
    #[prost(string, tag = "9")]
    pub notes: String,
    #[prost(string, repeated, tag = "10")]
    pub tags: Vec<String>,
    #[prost(string, tag = "12")]
    pub sweep_id: String,
    #[prost(string, tag = "13")]
    pub host: String,
    #[prost(message, optional, tag = "17")]
    pub start_time: Option<Timestamp>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Timestamp {
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

impl Timestamp {
    pub fn millis(&self) -> i64 {
        self.seconds
            .saturating_mul(1000)
            .saturating_add(i64::from(self.nanos / 1_000_000))
    }
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Exit {
    #[prost(int32, tag = "1")]
    pub exit_code: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct History {
    #[prost(message, repeated, tag = "1")]
    pub item: Vec<Item>,
    #[prost(message, optional, tag = "2")]
    pub step: Option<Step>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Step {
    #[prost(int64, tag = "1")]
    pub num: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Summary {
    #[prost(message, repeated, tag = "1")]
    pub update: Vec<Item>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Config {
    #[prost(message, repeated, tag = "1")]
    pub update: Vec<Item>,
}

/// Of a history, a summary or a configuration: older clients write the value as JSON, newer ones by its type.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Item {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, repeated, tag = "2")]
    pub nested_key: Vec<String>,
    #[prost(bool, optional, tag = "4")]
    pub boolean: Option<bool>,
    #[prost(sint64, optional, tag = "5")]
    pub integer: Option<i64>,
    #[prost(double, optional, tag = "6")]
    pub number: Option<f64>,
    #[prost(string, optional, tag = "7")]
    pub text: Option<String>,
    #[prost(string, optional, tag = "8")]
    pub json: Option<String>,
    #[prost(string, optional, tag = "16")]
    pub value_json: Option<String>,
}

/// A value without its inner structure.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Leaf {
    Number(f64),
    /// As a person reads it: texts without quotes, lists as JSON.
    Text(String),
}

impl Item {
    /// Its name, with `.` between the parts of a nested one.
    pub fn name(&self) -> String {
        match self.nested_key.is_empty() {
            true => self.key.clone(),
            false => self.nested_key.join("."),
        }
    }

    /// The values in it by their names; maps are taken apart.
    pub fn leaves(&self) -> Vec<(String, Leaf)> {
        let name = self.name();
        if let Some(number) = self.number {
            return vec![(name, Leaf::Number(number))];
        }
        if let Some(integer) = self.integer {
            return vec![(name, Leaf::Number(integer as f64))];
        }
        if let Some(boolean) = self.boolean {
            return vec![(name, Leaf::Text(boolean.to_string()))];
        }
        if let Some(text) = &self.text {
            return vec![(name, Leaf::Text(text.clone()))];
        }
        let Some(json) = self.json.as_ref().or(self.value_json.as_ref()) else {
            return Vec::new();
        };
        let mut leaves = Vec::new();
        match json.trim() {
            // as Python writes them
            "NaN" => leaves.push((name, Leaf::Number(f64::NAN))),
            "Infinity" => leaves.push((name, Leaf::Number(f64::INFINITY))),
            "-Infinity" => leaves.push((name, Leaf::Number(f64::NEG_INFINITY))),
            text => match serde_json::from_str(text) {
                Ok(value) => take_apart(name, value, &mut leaves),
                Err(_) => leaves.push((name, Leaf::Text(text.to_owned()))),
            },
        }
        leaves
    }
}

fn take_apart(name: String, value: Value, leaves: &mut Vec<(String, Leaf)>) {
    let leaf = match value {
        Value::Null => return,
        Value::Object(map) => {
            for (key, value) in map {
                take_apart(format!("{name}.{key}"), value, leaves);
            }
            return;
        }
        Value::Number(number) => match number.as_f64() {
            Some(number) => Leaf::Number(number),
            None => Leaf::Text(number.to_string()),
        },
        Value::String(text) => Leaf::Text(text),
        other => Leaf::Text(other.to_string()),
    };
    leaves.push((name, leaf));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_older_and_newer_clients_are_the_same() {
        let json = |text: &str| Item {
            key: "a".to_owned(),
            value_json: Some(text.to_owned()),
            ..Item::default()
        };
        let leaf = |name: &str, leaf| (name.to_owned(), leaf);
        for (item, expected) in [
            (json("1.5"), vec![leaf("a", Leaf::Number(1.5))]),
            (json("\"x\""), vec![leaf("a", Leaf::Text("x".to_owned()))]),
            (
                json("Infinity"),
                vec![leaf("a", Leaf::Number(f64::INFINITY))],
            ),
            (
                json("[1, 2]"),
                vec![leaf("a", Leaf::Text("[1,2]".to_owned()))],
            ),
            (
                json(r#"{"b": {"c": 3}, "d": null}"#),
                vec![leaf("a.b.c", Leaf::Number(3.0))],
            ),
            (
                Item {
                    nested_key: vec!["a".to_owned(), "b".to_owned()],
                    integer: Some(-4),
                    ..Item::default()
                },
                vec![leaf("a.b", Leaf::Number(-4.0))],
            ),
        ] {
            assert_eq!(item.leaves(), expected, "{item:?}");
        }
    }
}
