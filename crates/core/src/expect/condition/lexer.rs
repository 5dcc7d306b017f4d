//! The words of a row condition.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token<'a> {
    /// A name, or a word of the grammar.
    Word(&'a str),
    /// A name between backticks: never a word of the grammar.
    Quoted(&'a str),
    Number(&'a str),
    Text(String),
    /// Operators, brackets, commas, and `.isnull` with its dot.
    Symbol(&'a str),
}

/// Tokens with the place where each begins; or the place of what is none.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token<'_>)>, usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let rest = &text[at..];
        let (token, length) = token(first, rest).ok_or(at)?;
        found.push((at, token));
        at += length;
    }
    Ok(found)
}

fn token(first: char, rest: &str) -> Option<(Token<'_>, usize)> {
    const SYMBOLS: [&str; 16] = [
        "==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ",", "&", "|", "~", "{", "}",
    ];
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        return Some((Token::Symbol(symbol), symbol.len()));
    }
    match first {
        '`' => {
            let name = rest.strip_prefix('`')?.split_once('`')?.0;
            Some((Token::Quoted(name), name.len() + 2))
        }
        '"' | '\'' => quoted(first, rest),
        '.' if !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            let length = 1 + word_length(&rest[1..]);
            (length > 1).then(|| (Token::Symbol(&rest[..length]), length))
        }
        '0'..='9' | '.' | '-' | '+' => {
            let length = number_length(rest);
            let number = &rest[..length];
            number
                .parse::<f64>()
                .is_ok()
                .then_some((Token::Number(number), length))
        }
        _ => {
            let length = word_length(rest);
            (length > 0).then(|| (Token::Word(&rest[..length]), length))
        }
    }
}

/// A backslash keeps the next character as it is.
fn quoted(quote: char, rest: &str) -> Option<(Token<'_>, usize)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => text.push(characters.next()?.1),
            c if c == quote => return Some((Token::Text(text), at + 1)),
            c => text.push(c),
        }
    }
    None
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(text.len())
}

fn number_length(text: &str) -> usize {
    let mut before = ' ';
    text.find(|c: char| {
        let sign = matches!(c, '-' | '+') && matches!(before, ' ' | 'e' | 'E');
        let part = c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E') || sign;
        before = c;
        !part
    })
    .unwrap_or(text.len())
}
