//! From words to a condition. `or` binds less than `and`, that less than `not`.

use serde_json::Value;

use super::lexer::{Token, tokens};
use super::{Comparison, Condition, Operand};
use crate::expect::Problem;

/// Brackets may stand so deep in one another.
const MAX_DEPTH: usize = 64;

pub(super) fn parse(text: &str) -> Result<Condition, Problem> {
    if text.trim().is_empty() {
        return Err(Problem("the row condition is empty".to_owned()));
    }
    let tokens = tokens(text).map_err(|at| not_understood(text, at))?;
    let mut parser = Parser {
        text,
        tokens: &tokens,
        depth: 0,
    };
    let condition = parser.any()?;
    match parser.tokens.first() {
        None => Ok(condition),
        Some(_) => Err(parser.problem()),
    }
}

fn not_understood(text: &str, at: usize) -> Problem {
    let rest = &text[at..];
    let end = rest
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || matches!(c, '.' | '('))
        .map_or(rest.len(), |(end, _)| end);
    Problem(format!(
        "the row condition `{text}` is not understood at `{}`",
        &rest[..end]
    ))
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [(usize, Token<'a>)],
    depth: usize,
}

/// One side of a comparison.
enum Side {
    One(Operand),
    List(Vec<Value>),
}

impl<'a> Parser<'a> {
    fn problem(&self) -> Problem {
        match self.tokens.first() {
            Some((at, _)) => not_understood(self.text, *at),
            None => Problem(format!("the row condition `{}` ends too early", self.text)),
        }
    }

    fn next(&mut self) -> Option<&'a Token<'a>> {
        let ((_, token), rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(token)
    }

    /// Takes the next token when it is one of these words or symbols.
    fn take(&mut self, wanted: &[&str]) -> bool {
        let found = match self.tokens.first() {
            Some((_, Token::Word(word))) => wanted.iter().any(|w| w.eq_ignore_ascii_case(word)),
            Some((_, Token::Symbol(symbol))) => wanted.contains(symbol),
            _ => false,
        };
        if found {
            self.next();
        }
        found
    }

    fn need(&mut self, wanted: &str) -> Result<(), Problem> {
        if self.take(&[wanted]) {
            Ok(())
        } else {
            Err(self.problem())
        }
    }

    fn any(&mut self) -> Result<Condition, Problem> {
        let mut parts = vec![self.all()?];
        while self.take(&["or", "|"]) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Condition::Or))
    }

    fn all(&mut self) -> Result<Condition, Problem> {
        let mut parts = vec![self.negated()?];
        while self.take(&["and", "&"]) {
            parts.push(self.negated()?);
        }
        Ok(one_or(parts, Condition::And))
    }

    fn negated(&mut self) -> Result<Condition, Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Problem(format!(
                "the row condition has more than {MAX_DEPTH} brackets in one another"
            )));
        }
        let condition = if self.take(&["not", "~"]) {
            Condition::Not(Box::new(self.negated()?))
        } else if self.take(&["("]) {
            let inner = self.any()?;
            self.need(")")?;
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, Problem> {
        let mut left = self.side()?;
        if let Side::One(Operand::Column(column)) = &left {
            if let Some(is_null) = self.nullity()? {
                return Ok(Condition::IsNull {
                    column: column.clone(),
                    is_null,
                });
            }
            let negated = self.take(&["not"]);
            if self.take(&["in"]) {
                let Side::List(values) = self.side()? else {
                    return Err(self.problem());
                };
                return Ok(Condition::In {
                    column: column.clone(),
                    values,
                    negated,
                });
            }
            if negated {
                return Err(self.problem());
            }
        }
        let mut parts = Vec::new();
        while let Some((_, Token::Symbol(symbol))) = self.tokens.first() {
            let Some(comparison) = Comparison::of(symbol) else {
                break;
            };
            self.next();
            let right = self.side()?;
            parts.push(self.compare(&left, comparison, &right)?);
            left = right;
        }
        match (parts.is_empty(), left) {
            (false, _) => Ok(one_or(parts, Condition::And)),
            (true, Side::One(Operand::Column(column))) => Ok(Condition::IsTrue { column }),
            (true, _) => Err(self.problem()),
        }
    }

    fn compare(
        &self,
        left: &Side,
        comparison: Comparison,
        right: &Side,
    ) -> Result<Condition, Problem> {
        use Comparison::{Equal, NotEqual};
        match (left, right) {
            (Side::One(Operand::Value(_)), Side::One(Operand::Value(_))) => Err(Problem(format!(
                "the row condition `{}` names no column",
                self.text
            ))),
            (Side::One(value @ Operand::Value(_)), Side::One(column)) => Ok(Condition::Compare {
                left: column.clone(),
                comparison: comparison.mirrored(),
                right: value.clone(),
            }),
            (Side::One(left), Side::One(right)) => Ok(Condition::Compare {
                left: left.clone(),
                comparison,
                right: right.clone(),
            }),
            // pandas takes `==` with a list for `in`
            (Side::One(Operand::Column(column)), Side::List(values))
                if matches!(comparison, Equal | NotEqual) =>
            {
                Ok(Condition::In {
                    column: column.clone(),
                    values: values.clone(),
                    negated: comparison == NotEqual,
                })
            }
            _ => Err(Problem(format!(
                "the row condition `{}` compares a list",
                self.text
            ))),
        }
    }

    /// `.isnull()` and its like.
    fn nullity(&mut self) -> Result<Option<bool>, Problem> {
        let is_null = if self.take(&[".isnull", ".isna", ".is_null"]) {
            true
        } else if self.take(&[".notnull", ".notna", ".is_not_null", ".NOTNULL"]) {
            false
        } else {
            return Ok(None);
        };
        self.need("(")?;
        self.need(")")?;
        Ok(Some(is_null))
    }

    fn side(&mut self) -> Result<Side, Problem> {
        let before = self.tokens;
        if self.take(&["[", "(", "{"]) {
            return self.list().map(Side::List);
        }
        let called = matches!(before.get(1), Some((_, Token::Symbol("("))));
        let operand = match self.next() {
            Some(Token::Word("col" | "date")) if called => return self.call(before),
            Some(Token::Word("True" | "true")) => Operand::Value(true.into()),
            Some(Token::Word("False" | "false")) => Operand::Value(false.into()),
            Some(Token::Word(name)) if !is_grammar(name) => Operand::Column((*name).to_owned()),
            Some(Token::Quoted(name)) => Operand::Column((*name).to_owned()),
            Some(Token::Number(text)) => Operand::Value(number(text)),
            Some(Token::Text(text)) => Operand::Value(text.as_str().into()),
            _ => {
                self.tokens = before;
                return Err(self.problem());
            }
        };
        Ok(Side::One(operand))
    }

    /// `col("age")` or `date("2026-01-02")`
    fn call(&mut self, before: &'a [(usize, Token<'a>)]) -> Result<Side, Problem> {
        self.need("(")?;
        let Some(Token::Text(text)) = self.next() else {
            self.tokens = before;
            return Err(self.problem());
        };
        self.need(")")?;
        Ok(Side::One(match before.first() {
            Some((_, Token::Word("col"))) => Operand::Column(text.clone()),
            _ => Operand::Value(text.as_str().into()),
        }))
    }

    /// What follows an opening bracket, the closing one included.
    fn list(&mut self) -> Result<Vec<Value>, Problem> {
        let mut values = Vec::new();
        while !self.take(&["]", ")", "}"]) {
            match self.side()? {
                Side::One(Operand::Value(value)) => values.push(value),
                _ => return Err(self.problem()),
            }
            if !self.take(&[","]) && !self.closes() {
                return Err(self.problem());
            }
        }
        Ok(values)
    }

    fn closes(&self) -> bool {
        matches!(
            self.tokens.first(),
            Some((_, Token::Symbol("]" | ")" | "}")))
        )
    }
}

fn is_grammar(word: &str) -> bool {
    ["and", "or", "not", "in"]
        .iter()
        .any(|grammar| grammar.eq_ignore_ascii_case(word))
}

fn one_or(mut parts: Vec<Condition>, many: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            many(parts)
        }
    }
}

/// Whole numbers stay whole.
fn number(text: &str) -> Value {
    let text = text.trim_start_matches('+');
    match text.parse::<i64>() {
        Ok(whole) => whole.into(),
        Err(_) => text.parse::<f64>().unwrap_or(f64::NAN).into(),
    }
}
