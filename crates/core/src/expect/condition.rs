//! Which rows a rule looks at: conditions as pandas' `query` and as Great Expectations write them.

mod lexer;
mod parser;

use serde_json::Value;

use super::Problem;

/// A condition on one row.
///
/// A comparison with a missing value does not hold, except `!=`, which does; so it is in pandas.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        left: Operand,
        comparison: Comparison,
        right: Operand,
    },
    /// `negated`: the value is none of these; that holds for a missing one.
    In {
        column: String,
        values: Vec<Value>,
        negated: bool,
    },
    IsNull {
        column: String,
        is_null: bool,
    },
    /// A column of booleans by itself.
    IsTrue {
        column: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    Column(String),
    /// A number, a text (perhaps a date) or a boolean.
    Value(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// With the sides exchanged.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            same => same,
        }
    }

    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}

impl Condition {
    /// `age > 18 and city in ["Oslo", "Lima"]`, `col("age") > 18`, `` `body mass`.notnull() ``.
    ///
    /// # Errors
    /// A sentence that names what was not understood.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        parser::parse(text)
    }

    /// A text, or an object as Great Expectations 1.x writes it: `comparison`, `nullity`, `and`, `or`, `pass_through`.
    ///
    /// # Errors
    /// A sentence that names what was not understood.
    pub fn read(value: &Value) -> Result<Self, Problem> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Object(_) => read_object(value),
            other => Err(not_understood(other)),
        }
    }

    /// The columns it asks for, each once, in order of appearance.
    pub fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect(&mut names);
        names
    }

    fn collect<'a>(&'a self, names: &mut Vec<&'a str>) {
        let mut add = |name: &'a str| {
            if !names.contains(&name) {
                names.push(name);
            }
        };
        match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.collect(names);
                }
            }
            Self::Not(part) => part.collect(names),
            Self::Compare { left, right, .. } => {
                for side in [left, right] {
                    if let Operand::Column(name) = side {
                        add(name);
                    }
                }
            }
            Self::In { column, .. } | Self::IsNull { column, .. } | Self::IsTrue { column } => {
                add(column);
            }
        }
    }
}

fn read_object(value: &Value) -> Result<Condition, Problem> {
    let bad = || not_understood(value);
    let column = || {
        let column = value.get("column")?;
        let name = column.get("name").unwrap_or(column);
        name.as_str().map(str::to_owned)
    };
    match value.get("type").and_then(Value::as_str) {
        Some("comparison") => {
            let column = column().ok_or_else(bad)?;
            let parameter = value.get("parameter").ok_or_else(bad)?.clone();
            match value.get("operator").and_then(Value::as_str) {
                Some(operator @ ("IN" | "NOT_IN")) => Ok(Condition::In {
                    column,
                    values: parameter.as_array().ok_or_else(bad)?.clone(),
                    negated: operator == "NOT_IN",
                }),
                operator => Ok(Condition::Compare {
                    left: Operand::Column(column),
                    comparison: operator.and_then(Comparison::of).ok_or_else(bad)?,
                    right: Operand::Value(scalar(parameter).ok_or_else(bad)?),
                }),
            }
        }
        Some("nullity") => Ok(Condition::IsNull {
            column: column().ok_or_else(bad)?,
            is_null: value
                .get("is_null")
                .and_then(Value::as_bool)
                .ok_or_else(bad)?,
        }),
        Some(kind @ ("and" | "or")) => {
            let parts = value
                .get("conditions")
                .and_then(Value::as_array)
                .ok_or_else(bad)?
                .iter()
                .map(Condition::read)
                .collect::<Result<_, _>>()?;
            Ok(if kind == "and" {
                Condition::And(parts)
            } else {
                Condition::Or(parts)
            })
        }
        Some("pass_through") => {
            let text = value.get("pass_through_filter").and_then(Value::as_str);
            Condition::parse(text.ok_or_else(bad)?)
        }
        _ => Err(bad()),
    }
}

fn scalar(value: Value) -> Option<Value> {
    matches!(value, Value::Number(_) | Value::String(_) | Value::Bool(_)).then_some(value)
}

fn not_understood(value: &Value) -> Problem {
    Problem(format!("the row condition `{value}` is not understood"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn compare(column: &str, comparison: Comparison, value: Value) -> Condition {
        Condition::Compare {
            left: Operand::Column(column.to_owned()),
            comparison,
            right: Operand::Value(value),
        }
    }

    #[test]
    fn both_grammars_and_the_objects_are_read() {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let is_null = |column: &str, is_null| Condition::IsNull {
            column: column.to_owned(),
            is_null,
        };
        let any = |values: Value, negated| Condition::In {
            column: "city".to_owned(),
            values: values.as_array().unwrap().clone(),
            negated,
        };
        let texts = [
            ("age > 18", compare("age", Greater, json!(18))),
            ("18 < age", compare("age", Greater, json!(18))),
            (
                "0.5 <= f < 2e1",
                Condition::And(vec![
                    compare("f", GreaterOrEqual, json!(0.5)),
                    compare("f", Less, json!(20.0)),
                ]),
            ),
            ("city == 'Oslo'", compare("city", Equal, json!("Oslo"))),
            (
                "`body mass` != -3",
                compare("body mass", NotEqual, json!(-3)),
            ),
            ("b == True", compare("b", Equal, json!(true))),
            ("city in [\"a\", 'b']", any(json!(["a", "b"]), false)),
            ("city not in ('a',)", any(json!(["a"]), true)),
            ("city == ['a']", any(json!(["a"]), false)),
            ("city.isnull()", is_null("city", true)),
            (
                "not city.notna()",
                Condition::Not(Box::new(is_null("city", false))),
            ),
            ("col(\"age\") <= 5", compare("age", LessOrEqual, json!(5))),
            ("col(\"my city\").notnull()", is_null("my city", false)),
            (
                "col(\"day\") >= date(\"2026-01-02\")",
                compare("day", GreaterOrEqual, json!("2026-01-02")),
            ),
            (
                "a == 1 or b & ~(c > 2)",
                Condition::Or(vec![
                    compare("a", Equal, json!(1)),
                    Condition::And(vec![
                        Condition::IsTrue { column: "b".into() },
                        Condition::Not(Box::new(compare("c", Greater, json!(2)))),
                    ]),
                ]),
            ),
        ];
        for (text, condition) in texts {
            assert_eq!(Condition::parse(text), Ok(condition), "{text}");
        }
        let objects = [
            (
                json!({"type": "comparison", "column": {"name": "age"}, "operator": ">=", "parameter": 3}),
                compare("age", GreaterOrEqual, json!(3)),
            ),
            (
                json!({"type": "comparison", "column": {"name": "city"}, "operator": "NOT_IN", "parameter": ["a"]}),
                any(json!(["a"]), true),
            ),
            (
                json!({"type": "or", "conditions": [
                    {"type": "nullity", "column": {"name": "x"}, "is_null": false},
                    {"type": "pass_through", "pass_through_filter": "y > 1"}]}),
                Condition::Or(vec![is_null("x", false), compare("y", Greater, json!(1))]),
            ),
        ];
        for (object, condition) in objects {
            assert_eq!(Condition::read(&object), Ok(condition), "{object}");
        }
    }

    #[test]
    fn columns_are_named_once() {
        let condition = Condition::parse("a > b and (c.isnull() or a in [1])").unwrap();
        assert_eq!(condition.columns(), ["a", "b", "c"]);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (text, problem) in [
            ("", "the row condition is empty"),
            ("a >", "the row condition `a >` ends too early"),
            (
                "a > 1 b",
                "the row condition `a > 1 b` is not understood at `b`",
            ),
            (
                "a = 1",
                "the row condition `a = 1` is not understood at `=`",
            ),
            (
                "a.str.len() > 3",
                "the row condition `a.str.len() > 3` is not understood at `.str`",
            ),
            (
                "city == 'Oslo",
                "the row condition `city == 'Oslo` is not understood at `'Oslo`",
            ),
            ("1 == 1", "the row condition `1 == 1` names no column"),
            (
                "a + 1 > 2",
                "the row condition `a + 1 > 2` is not understood at `+`",
            ),
        ] {
            assert_eq!(
                Condition::parse(text),
                Err(Problem(problem.to_owned())),
                "{text}"
            );
        }
        assert!(Condition::read(&json!({"type": "xor"})).is_err());
        assert!(Condition::read(&json!(3)).is_err());
    }
}
