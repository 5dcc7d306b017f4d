//! Reads tokens into a filter by recursive descent; the depth is bounded, so hostile text cannot exhaust the stack.

use super::lexer::{Placed, Token, fail, tokens};
use super::{Filter, Literal, MAX_DEPTH, QueryError};

/// Reads a filter. The empty text is [`Filter::All`].
///
/// # Errors
/// What is wrong with the text, with the character where it is.
pub fn parse(text: &str) -> Result<Filter, QueryError> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Ok(Filter::All);
    }
    let mut parser = Parser {
        tokens,
        next: 0,
        end: text.chars().count(),
    };
    let filter = parser.or(0)?;
    match parser.peek() {
        None => Ok(filter),
        Some(Token::Close) => fail("this `)` has no `(`", parser.position()),
        Some(_) => fail(
            format!("`and` or `or` must stand before {}", parser.found()),
            parser.position(),
        ),
    }
}

/// Words that are no names unless quoted.
pub(super) const KEYWORDS: [&str; 10] = [
    "and", "or", "not", "in", "is", "null", "like", "ilike", "true", "false",
];

struct Parser {
    tokens: Vec<Placed>,
    next: usize,
    /// The length of the text in characters.
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|placed| &placed.token)
    }

    fn position(&self) -> usize {
        self.tokens
            .get(self.next)
            .map_or(self.end, |placed| placed.position)
    }

    /// The next token, for an error.
    fn found(&self) -> String {
        match self.peek() {
            None => "the end".to_owned(),
            Some(Token::Word(word)) => format!("`{word}`"),
            Some(Token::Quoted(text, quote)) => format!("{quote}{text}{quote}"),
            Some(Token::Number(number)) => format!("`{number}`"),
            Some(Token::Operator(operator)) => format!("`{operator}`"),
            Some(Token::Open) => "`(`".to_owned(),
            Some(Token::Close) => "`)`".to_owned(),
            Some(Token::Comma) => "`,`".to_owned(),
            Some(Token::Dot) => "`.`".to_owned(),
        }
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword))
    }

    fn eat_keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        self.next += usize::from(found);
        found
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn or(&mut self, depth: usize) -> Result<Filter, QueryError> {
        let first = self.and(depth)?;
        let mut filters = vec![first];
        while self.eat_keyword("or") {
            filters.push(self.and(depth)?);
        }
        Ok(join(filters, Filter::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Filter, QueryError> {
        let first = self.not(depth)?;
        let mut filters = vec![first];
        while self.eat_keyword("and") {
            filters.push(self.not(depth)?);
        }
        Ok(join(filters, Filter::And))
    }

    fn not(&mut self, depth: usize) -> Result<Filter, QueryError> {
        let position = self.position();
        let deeper = || {
            if depth >= MAX_DEPTH {
                fail(
                    format!("conditions nest deeper than {MAX_DEPTH}; write it flatter"),
                    position,
                )
            } else {
                Ok(depth + 1)
            }
        };
        if self.eat_keyword("not") {
            return Ok(Filter::Not(Box::new(self.not(deeper()?)?)));
        }
        if self.eat(&Token::Open) {
            let filter = self.or(deeper()?)?;
            if self.eat(&Token::Close) {
                return Ok(filter);
            }
            let message = format!(
                "`)` must close the `(` at character {}, before {}",
                position + 1,
                self.found()
            );
            return fail(message, self.position());
        }
        self.condition()
    }

    fn condition(&mut self) -> Result<Filter, QueryError> {
        let name = self.name()?;
        if let Some(&Token::Operator(operator)) = self.peek() {
            self.next += 1;
            let value = self.literal()?;
            return Ok(Filter::Compare {
                name,
                operator,
                value,
            });
        }
        if self.eat_keyword("is") {
            let negated = self.eat_keyword("not");
            if self.eat_keyword("null") {
                return Ok(Filter::IsNull { name, negated });
            }
            let message = format!("`null` must follow `is`, not {}", self.found());
            return fail(message, self.position());
        }
        let negated = self.eat_keyword("not");
        if self.eat_keyword("in") {
            let values = self.list()?;
            return Ok(Filter::In {
                name,
                values,
                negated,
            });
        }
        for (keyword, ignore_case) in [("like", false), ("ilike", true)] {
            if self.eat_keyword(keyword) {
                let position = self.position();
                let Literal::Text(pattern) = self.literal()? else {
                    return fail(
                        format!("a pattern in quotes must follow `{keyword}`"),
                        position,
                    );
                };
                return Ok(Filter::Like {
                    name,
                    pattern,
                    ignore_case,
                    negated,
                });
            }
        }
        let message = format!(
            "a comparison (=, !=, <, <=, >, >=, like, ilike, in, is null) must follow `{name}`, not {}",
            self.found()
        );
        fail(message, self.position())
    }

    /// Parts joined by dots, without blanks around them.
    fn name(&mut self) -> Result<String, QueryError> {
        let mut name = self.name_part(true)?;
        while self.peek() == Some(&Token::Dot) {
            self.next += 1;
            name.push('.');
            name.push_str(&self.name_part(false)?);
        }
        Ok(name)
    }

    fn name_part(&mut self, first: bool) -> Result<String, QueryError> {
        let placed = self.tokens.get(self.next);
        let part = match placed.map(|placed| (&placed.token, placed.joined)) {
            Some((Token::Word(word), joined)) if joined || first => {
                let keyword = KEYWORDS.iter().any(|k| word.eq_ignore_ascii_case(k));
                (!(first && keyword)).then(|| word.clone())
            }
            Some((Token::Quoted(text, '`' | '"'), joined)) if joined || first => Some(text.clone()),
            _ => None,
        };
        match part {
            Some(part) => {
                self.next += 1;
                Ok(part)
            }
            None if first => {
                let message = format!("a name must stand here, not {}", self.found());
                fail(message, self.position())
            }
            None => {
                let message = format!("a name must follow the dot, not {}", self.found());
                fail(message, self.position())
            }
        }
    }

    fn literal(&mut self) -> Result<Literal, QueryError> {
        let literal = match self.peek() {
            Some(Token::Number(number)) => Literal::Number(*number),
            Some(Token::Quoted(text, '\'' | '"')) => Literal::Text(text.clone()),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Literal::Boolean(true),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => {
                Literal::Boolean(false)
            }
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("null") => {
                return fail(
                    "nothing equals `null`; write `is null` or `is not null`",
                    self.position(),
                );
            }
            Some(Token::Word(word)) => {
                return fail(
                    format!("a value must stand here; put quotes around a text: '{word}'"),
                    self.position(),
                );
            }
            _ => {
                let message = format!("a value must stand here, not {}", self.found());
                return fail(message, self.position());
            }
        };
        self.next += 1;
        Ok(literal)
    }

    fn list(&mut self) -> Result<Vec<Literal>, QueryError> {
        if !self.eat(&Token::Open) {
            let message = format!(
                "a list in parentheses must follow `in`, not {}",
                self.found()
            );
            return fail(message, self.position());
        }
        let mut values = vec![self.literal()?];
        loop {
            if self.eat(&Token::Close) {
                return Ok(values);
            }
            if !self.eat(&Token::Comma) {
                let message = format!("`,` or `)` must follow a value, not {}", self.found());
                return fail(message, self.position());
            }
            values.push(self.literal()?);
        }
    }
}

/// One filter stays itself.
fn join(mut filters: Vec<Filter>, many: impl Fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(only) if filters.is_empty() => only,
        Some(last) => {
            filters.push(last);
            many(filters)
        }
        None => Filter::All,
    }
}
