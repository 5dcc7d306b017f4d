//! The filter grammar of rows and runs: one language for `island = "Dream" and body_mass_g > 4000` and for
//! ``metrics.test.accuracy > 0.9 and params.`max depth` in (5, 10)``.
//!
//! ```text
//! filter    = and ("or" and)*
//! and       = not ("and" not)*
//! not       = "not" not | "(" filter ")" | condition
//! condition = name ("=" | "!=" | "<" | "<=" | ">" | ">=") value
//!           | name ["not"] ("like" | "ilike") string        % any characters, _ one character
//!           | name ["not"] "in" "(" value ("," value)* ")"
//!           | name "is" ["not"] "null"
//! name      = part ("." part)*                               part: a word, `…` or "…"
//! value     = number | true | false | '…' | "…"
//! ```
//!
//! Keywords in any case. Inside quotes the quote itself is doubled. `==` and `<>` are read as `=` and `!=`.

mod display;
mod lexer;
mod matching;
mod parser;

pub use display::name_text;
pub use matching::{Value, like_matches, like_regex};
pub use parser::parse;

/// Parentheses and `not` may nest this deep.
pub const MAX_DEPTH: usize = 100;

/// A parsed condition. Written out (`Display`) it reads back as the same filter.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Filter {
    /// The empty text: everything matches.
    #[default]
    All,
    /// At least two.
    And(Vec<Filter>),
    /// At least two.
    Or(Vec<Filter>),
    /// Two-valued: true where the inner condition is false, also when it is false for a missing value.
    Not(Box<Filter>),
    Compare {
        name: String,
        operator: Operator,
        value: Literal,
    },
    Like {
        name: String,
        pattern: String,
        ignore_case: bool,
        negated: bool,
    },
    /// At least one value.
    In {
        name: String,
        values: Vec<Literal>,
        negated: bool,
    },
    IsNull {
        name: String,
        negated: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value as it is written in a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Finite.
    Number(f64),
    Text(String),
    Boolean(bool),
}

/// What is wrong with the text of a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}, at character {}", position_chars + 1)]
pub struct QueryError {
    pub message: String,
    /// 0-based, counted in characters; the length of the text when something is missing at its end.
    pub position_chars: usize,
}

impl Filter {
    /// The names it speaks of, each once, in order of appearance.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect_names(&mut names);
        names
    }

    fn collect_names<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::All => {}
            Self::And(filters) | Self::Or(filters) => {
                for filter in filters {
                    filter.collect_names(names);
                }
            }
            Self::Not(filter) => filter.collect_names(names),
            Self::Compare { name, .. }
            | Self::Like { name, .. }
            | Self::In { name, .. }
            | Self::IsNull { name, .. } => {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
    }
}
