//! The fields of a request. They stand in the query or in a JSON body; unknown ones are ignored, a number may come as
//! text, and a repeated field of a query is a list.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Refusal;

#[derive(Debug, Default, PartialEq)]
pub struct Fields(Map<String, Value>);

impl Fields {
    pub fn read(query: Option<&str>, body: &[u8]) -> Result<Self, Refusal> {
        let mut fields = Map::new();
        for (key, value) in form(query.unwrap_or_default()) {
            let value = Value::String(value);
            match fields.get_mut(&key) {
                None => {
                    fields.insert(key, value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        if !body.is_empty() {
            match serde_json::from_slice(body) {
                Ok(Value::Object(given)) => fields.extend(given),
                Ok(_) => return Err(Refusal::invalid("the request's body is no JSON object")),
                Err(error) => {
                    return Err(Refusal::invalid(format!(
                        "the request's body is not JSON: {error}"
                    )));
                }
            }
        }
        Ok(Self(fields))
    }

    /// What the path names counts before what is said elsewhere.
    pub fn with(mut self, named: Vec<(String, String)>) -> Self {
        let named = named.into_iter();
        self.0
            .extend(named.map(|(name, value)| (name, Value::String(value))));
        self
    }

    /// `None` when it is absent or null.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(name, other)),
        }
    }

    /// Present and not empty.
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        match self.text(name)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(Refusal::missing(name)),
        }
    }

    pub fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let found = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_i64().or_else(|| {
                number
                    .as_f64()
                    .filter(|n| n.fract() == 0.0)
                    .map(|n| n as i64)
            }),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        found
            .map(Some)
            .ok_or_else(|| wrong_type(name, self.0.get(name).unwrap_or(&Value::Null)))
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true)),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false)),
            Some(other) => Err(wrong_type(name, other)),
        }
    }

    /// A number, or `NaN`, `Infinity`, `-Infinity` as text.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Refusal> {
        let found = match self.0.get(name) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        found
            .map(Some)
            .ok_or_else(|| wrong_type(name, self.0.get(name).unwrap_or(&Value::Null)))
    }

    /// Texts; one alone is a list of it.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        self.list(name)
            .into_iter()
            .map(|value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                other => Err(wrong_type(name, other)),
            })
            .collect()
    }

    pub fn objects(&self, name: &str) -> Result<Vec<Self>, Refusal> {
        let whole = || wrong_type(name, self.0.get(name).unwrap_or(&Value::Null));
        self.list(name)
            .into_iter()
            .map(|value| match value {
                Value::Object(fields) => Ok(Self(fields.clone())),
                _ => Err(whole()),
            })
            .collect()
    }

    /// Without fields when it is absent.
    pub fn object(&self, name: &str) -> Result<Self, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(Value::Object(fields)) => Ok(Self(fields.clone())),
            Some(other) => Err(wrong_type(name, other)),
        }
    }

    /// `None` when it is absent or null.
    pub fn present_object(&self, name: &str) -> Result<Option<Self>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.object(name).map(Some),
        }
    }

    /// Whatever it is.
    pub fn json(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// `{key: value, …}`
    pub fn texts_by_name(&self, name: &str) -> Result<BTreeMap<String, String>, Refusal> {
        self.object(name)?
            .0
            .into_iter()
            .map(|(key, value)| match value {
                Value::String(text) => Ok((key, text)),
                other => Err(wrong_type(&key, &other)),
            })
            .collect()
    }

    /// `[{key, value}, …]`
    pub fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, Refusal> {
        self.objects(name)?
            .iter()
            .map(|pair| {
                let value = match pair.0.get("value") {
                    None | Some(Value::Null) => String::new(),
                    Some(Value::String(text)) => text.clone(),
                    Some(other) => other.to_string(),
                };
                Ok((pair.required("key")?.to_owned(), value))
            })
            .collect()
    }

    fn list(&self, name: &str) -> Vec<&Value> {
        match self.0.get(name) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(values)) => values.iter().collect(),
            Some(one) => vec![one],
        }
    }
}

fn wrong_type(name: &str, found: &Value) -> Refusal {
    Refusal::invalid(format!(
        "Invalid value {found} for parameter '{name}' supplied. See the API docs for more information about request parameters."
    ))
}

/// The pairs of a query, decoded.
fn form(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key, true), decoded(value, true))
        })
}

/// Percent signs and, in queries, plus signs resolved; what is not UTF-8 becomes the replacement character.
pub fn decoded(text: &str, plus_is_blank: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escaped {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                let blank = plus_is_blank && *first == b'+';
                bytes.push(if blank { b' ' } else { *first });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_bodies_are_the_same_fields() {
        let query = Fields::read(Some("run_id=ab&n=3&x=a%20b%2Fc+d&x=%C3%A9"), b"").unwrap();
        assert_eq!(query.text("run_id"), Ok(Some("ab")));
        assert_eq!(query.integer("n"), Ok(Some(3)));
        assert_eq!(query.texts("x").unwrap(), ["a b/c d", "é"]);
        let body = Fields::read(
            None,
            br#"{"run_id": "ab", "n": 3, "x": ["a"], "v": "NaN", "tags": [{"key": "k", "value": ""}], "o": null}"#,
        )
        .unwrap();
        assert_eq!(body.integer("n"), Ok(Some(3)));
        assert!(body.number("v").unwrap().is_some_and(f64::is_nan));
        assert_eq!(
            body.pairs("tags").unwrap(),
            [("k".to_owned(), String::new())]
        );
        assert_eq!(body.text("o"), Ok(None));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        assert!(Fields::read(None, b"[1]").is_err());
        assert!(Fields::read(None, b"{").is_err());
        let fields =
            Fields::read(None, br#"{"n": "x", "t": 3, "tags": [{"value": "v"}]}"#).unwrap();
        assert!(fields.integer("n").is_err());
        assert!(fields.text("t").is_err());
        assert!(fields.required("absent").is_err());
        assert!(fields.pairs("tags").is_err());
    }

    #[test]
    fn half_an_escape_stays_as_it_is() {
        for (given, wanted) in [
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("a%2", "a%2"),
            ("%41", "A"),
        ] {
            assert_eq!(decoded(given, false), wanted);
        }
    }
}
