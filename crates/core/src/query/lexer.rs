//! Cuts the text of a filter into tokens, each with its place.

use super::{Operator, QueryError};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Word(String),
    /// With its quote character: a back-tick, a single or a double quote.
    Quoted(String, char),
    Number(f64),
    Operator(Operator),
    Open,
    Close,
    Comma,
    Dot,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub token: Token,
    /// 0-based, in characters.
    pub position: usize,
    /// No blank stands between this token and the one before.
    pub joined: bool,
}

pub(super) fn fail<T>(message: impl Into<String>, position_chars: usize) -> Result<T, QueryError> {
    Err(QueryError {
        message: message.into(),
        position_chars,
    })
}

/// A character that a word holds; `-`, `/`, `:` and `@` stand in names of metrics and are no operators here.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | ':' | '@')
}

pub(super) fn begins_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, QueryError> {
    let mut cursor = Cursor {
        chars: text.chars().collect(),
        position: 0,
    };
    let mut tokens = Vec::new();
    loop {
        let before = cursor.position;
        while cursor.peek(0).is_some_and(char::is_whitespace) {
            cursor.position += 1;
        }
        let position = cursor.position;
        let Some(first) = cursor.peek(0) else {
            return Ok(tokens);
        };
        let token = cursor.token(first)?;
        tokens.push(Placed {
            token,
            position,
            joined: before == position && position > 0,
        });
    }
}

struct Cursor {
    chars: Vec<char>,
    position: usize,
}

impl Cursor {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.position + ahead).copied()
    }

    fn take(&mut self, n: usize, token: Token) -> Result<Token, QueryError> {
        self.position += n;
        Ok(token)
    }

    fn token(&mut self, first: char) -> Result<Token, QueryError> {
        use Operator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let second = self.peek(1);
        match (first, second) {
            ('(', _) => self.take(1, Token::Open),
            (')', _) => self.take(1, Token::Close),
            (',', _) => self.take(1, Token::Comma),
            ('=', Some('=')) => self.take(2, Token::Operator(Equal)),
            ('=', _) => self.take(1, Token::Operator(Equal)),
            ('!', Some('=')) | ('<', Some('>')) => self.take(2, Token::Operator(NotEqual)),
            ('<', Some('=')) => self.take(2, Token::Operator(LessOrEqual)),
            ('<', _) => self.take(1, Token::Operator(Less)),
            ('>', Some('=')) => self.take(2, Token::Operator(GreaterOrEqual)),
            ('>', _) => self.take(1, Token::Operator(Greater)),
            ('\'' | '"' | '`', _) => self.quoted(first),
            ('0'..='9', _) => self.number(),
            ('-' | '+', Some('0'..='9' | '.')) => self.number(),
            ('.', Some('0'..='9')) if !self.follows_a_name() => self.number(),
            ('.', _) => self.take(1, Token::Dot),
            _ if begins_word(first) => Ok(self.word()),
            _ => fail(format!("`{first}` means nothing here"), self.position),
        }
    }

    /// Whether a dot here joins two parts of a name, and does not begin a number.
    fn follows_a_name(&self) -> bool {
        self.position
            .checked_sub(1)
            .and_then(|before| self.chars.get(before))
            .is_some_and(|&c| is_word(c) || c == '`' || c == '"')
    }

    fn word(&mut self) -> Token {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|&c| is_word(c)) {
            word.push(c);
            self.position += 1;
        }
        Token::Word(word)
    }

    fn quoted(&mut self, quote: char) -> Result<Token, QueryError> {
        let start = self.position;
        let mut text = String::new();
        self.position += 1;
        while let Some(c) = self.peek(0) {
            self.position += 1;
            if c != quote {
                text.push(c);
            } else if self.peek(0) == Some(quote) {
                text.push(quote);
                self.position += 1;
            } else {
                return Ok(Token::Quoted(text, quote));
            }
        }
        fail(format!("the quote {quote} is not closed"), start)
    }

    /// A number, or a word that begins with digits when letters follow that make it none.
    fn number(&mut self) -> Result<Token, QueryError> {
        let start = self.position;
        if matches!(self.peek(0), Some('-' | '+')) {
            self.position += 1;
        }
        self.digits();
        if self.peek(0) == Some('.') {
            self.position += 1;
            self.digits();
        }
        let exponent_digits = if matches!(self.peek(1), Some('-' | '+')) {
            2
        } else {
            1
        };
        if matches!(self.peek(0), Some('e' | 'E'))
            && self
                .peek(exponent_digits)
                .is_some_and(|c| c.is_ascii_digit())
        {
            self.position += exponent_digits;
            self.digits();
        }
        while self.peek(0).is_some_and(is_word) {
            self.position += 1;
        }
        let text: String = self.chars[start..self.position].iter().collect();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Token::Number(number)),
            Ok(_) => fail(format!("`{text}` is too large a number"), start),
            Err(_) => fail(
                format!(
                    "`{text}` is no number; put quotes around a text and `back-ticks` around a name"
                ),
                start,
            ),
        }
    }

    fn digits(&mut self) {
        while self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
            self.position += 1;
        }
    }
}
